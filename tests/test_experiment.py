"""An experiment is one frozen value that can be written, read, compared and refused."""

from __future__ import annotations

import contextlib
import json
from dataclasses import FrozenInstanceError, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import (
    Data,
    Experiment,
    Intervention,
    Layer,
    Network,
    Spec,
    Training,
)
from nnlab.limits import ExperimentError
from nnlab.registry import Choice
from tests.strategies import experiments

HOSTILE = [
    "",
    "null",
    "[]",
    "[" * 100_000,
    '"text"',
    "{",
    '{"unknown": 1}',
    '{"seed": -1}',
    '{"seed": NaN}',
    '{"seed": 1e999}',
    '{"seed": true}',
    '{"seed": "1"}',
    '{"version": 2}',
    '{"version": null}',
    '{"network": null}',
    '{"network": {"layers": []}}',
    '{"network": {"layers": [{}]}}',
    '{"network": {"layers": [{"units": 1000000000}]}}',
    '{"network": {"layers": [{"units": 4096}, {"units": 4096}]}}',
    '{"network": {"layers": [{"units": 1, "activation": "Exec"}]}}',
    '{"network": {"layers": [{"units": 1, "activation": {"name": "ReLU", "inplace": true}}]}}',
    '{"network": {"layers": [{"units": 1, "activation": {"name": ["ReLU"]}}]}}',
    '{"training": {"learning_rate": Infinity}}',
    (
        '{"training": {"epochs": 1000000, "batch_size": 1, "loss": "MSELoss"}, "data": '
        '{"source": {"name": "xor", "n_samples": 100000}}}'
    ),
    '{"training": {"loss": "CrossEntropyLoss"}}',
    '{"training": {"optimizer": {"name": "SGD", "nesterov": true}}}',
    '{"training": {"loss": "BCELoss"}, "network": {"layers": [{"units": 1}]}}',
    '{"data": {"source": {"name": "points", "rows": [[1, 2], [1, 2, 3]]}}}',
    '{"data": {"source": {"name": "points", "rows": [[1, "x"]]}}}',
    '{"interventions": [{"step": 0, "field": "w9.0.0", "value": 1}]}',
    '{"interventions": [{"step": 0, "field": "w0.0.10", "value": 1}]}',
    '{"interventions": [{"step": 0, "field": "seed", "value": 1}]}',
    '{"interventions": [{"step": 0, "field": "learning_rate", "value": -1}]}',
    '{"interventions": [{"step": 0, "field": "b0.0", "value": NaN}]}',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_bad_json_gets_one_short_sentence(text: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        Experiment.loads(text)
    assert 10 < len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ExperimentError):
        assert Experiment.loads(text)


@given(experiments())
def test_written_and_read_again_it_is_equal(experiment: Experiment) -> None:
    again = Experiment.loads(experiment.dumps())
    assert again == experiment
    assert hash(again) == hash(experiment)
    assert again.dumps() == experiment.dumps()
    json.loads(experiment.dumps(), parse_constant=pytest.fail)


def test_two_ways_to_say_the_same_are_equal() -> None:
    said = Choice("LeakyReLU", (("negative_slope", 0.01),))
    assert Layer(3, said) == Layer(3, Choice("LeakyReLU"))
    assert ACTIVATIONS.accept("x", {"name": "LeakyReLU", "negative_slope": 0.01}) == Choice(
        "LeakyReLU"
    )


def test_it_can_not_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Experiment().seed = 1  # type: ignore[misc]


@pytest.mark.parametrize("spec", [Data, Layer, Network, Training, Intervention, Experiment])
def test_every_field_has_a_rule_that_can_say_what_it_allows(spec: type[Spec]) -> None:
    for field in fields(spec):
        assert field.metadata["rule"].allowed()


def test_interventions_stand_in_the_order_of_their_steps() -> None:
    late, early = Intervention(20, "b0.0", 1.0), Intervention(3, "learning_rate", 0.5)
    experiment = Experiment(interventions=(late, early))
    assert experiment.interventions == (early, late)
    assert experiment == replace(experiment, interventions=(early, late))


def test_sizes_and_counts_are_those_of_the_tutorial() -> None:
    experiment = Experiment()
    assert experiment.sizes == (10, 5, 1)
    assert experiment.n_parameters == 10 * 5 + 5 + 5 + 1
    assert (experiment.steps_per_epoch, experiment.n_steps) == (1, 50)
