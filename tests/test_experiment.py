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
from nnlab.network import build, running
from nnlab.parts import names
from nnlab.registry import Choice
from nnlab.training import train
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


CHANGES = [
    Intervention(3, "batch_size", 4),
    Intervention(3, "l1", 0.5),
    Intervention(3, "optimizer", Choice("Adam", (("amsgrad", True),))),
    Intervention(3, "dropout0", 0.5),
    Intervention(3, "gamma0.4", 2.0),
    Intervention(3, "beta0.0", -2.0),
]
NORMED = Network((Layer(5, Choice("ReLU"), batch_norm=True), Layer(1)))


@pytest.mark.parametrize("change", CHANGES)
def test_what_can_be_changed_keeps_its_type_when_written_and_read(change: Intervention) -> None:
    experiment = Experiment(network=NORMED, interventions=(change,))
    (again,) = Experiment.loads(experiment.dumps()).interventions
    assert again == change
    assert type(again.value) is type(change.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("learning_rate", 1001.0),
        ("l2", -0.1),
        ("batch_size", 0),
        ("batch_size", 2.5),
        ("batch_size", 3),
        ("optimizer", "Exec"),
        ("optimizer", {"name": "SGD", "nesterov": True}),
        ("optimizer", 1.0),
        ("dropout0", 0.99),
        ("dropout1", 0.5),
        ("gamma1.0", 1.0),
        ("gamma0.5", 1.0),
        ("w0.0.0", "SGD"),
        ("epochs", 3),
    ],
)
def test_a_change_keeps_the_rule_of_what_it_changes(field: str, value: object) -> None:
    change = {"step": 1, "field": field, "value": value}
    with pytest.raises(ExperimentError) as caught:
        replace(Experiment(network=NORMED), interventions=(change,))  # type: ignore[arg-type]
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("last", [Layer(1, dropout=0.5), Layer(1, batch_norm=True)])
def test_the_last_layer_gives_the_outputs_as_they_are(last: Layer) -> None:
    with pytest.raises(ExperimentError, match="last layer"):
        Experiment(network=Network((Layer(3), last)))


@pytest.mark.parametrize("size", [2, 4, 5, 8, 10, 100])
def test_a_batch_norm_learns_from_batches_of_two_rows_or_more(size: int) -> None:
    training = Training(batch_size=size, epochs=3)
    assert train(Experiment(network=NORMED, training=training)).losses.isfinite().all()


@pytest.mark.parametrize("size", [1, 3, 9])
def test_a_batch_norm_refuses_a_batch_of_a_single_row(size: int) -> None:
    with pytest.raises(ExperimentError, match="single row"):
        Experiment(network=NORMED, training=Training(batch_size=size))


@given(experiments())
def test_sizes_of_what_is_recorded_are_the_modules(experiment: Experiment) -> None:
    module = build(experiment)
    assert experiment.n_parameters == sum(each.numel() for each in module.parameters())
    assert experiment.n_buffers == sum(each.numel() for each in running(module))
    assert len(names(experiment.sizes, experiment.norms)) == experiment.n_parameters


def test_an_experiment_written_before_there_was_more_to_say_is_read_as_it_was() -> None:
    text = (
        '{"version":1,"data":{"source":"seed_batch","seed":null},"network":{"layers":[{"units":5,'
        '"activation":"ReLU"},{"units":1,"activation":"Sigmoid"}],"initialiser":"default"},'
        '"training":{"loss":"MSELoss","optimizer":"SGD","learning_rate":0.01,"epochs":50,'
        '"batch_size":100000,"shuffle":false,"zero_grad":true},"seed":0,"interventions":[]}'
    )
    assert Experiment.loads(text) == Experiment()
