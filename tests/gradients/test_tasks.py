"""A task is done when what it asks for is so, and not before."""

from __future__ import annotations

from dataclasses import replace

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.experiment import Experiment, Intervention
from nnlab.gradients.chain_rule import backward_pass
from nnlab.gradients.tasks import drawn_rows, silent_units, went_downhill
from nnlab.network import begin
from tests.gradients.networks import small


@settings(max_examples=40)
@given(small())
def test_the_parameters_of_a_silent_unit_have_no_gradient(experiment: Experiment) -> None:
    told = backward_pass(experiment)
    for part in silent_units(told):
        layer, unit = (int(number) for number in part[1:].split("."))
        assert not told.layers[layer].d_weight[unit].any()
        assert not told.layers[layer].d_bias[unit].any()


@settings(max_examples=30)
@given(small(), st.sampled_from([-1, 1]))
def test_a_small_move_goes_downhill_only_against_the_gradient(
    experiment: Experiment, sign: int
) -> None:
    gradient = backward_pass(experiment).gradient[0].item()
    value = next(begin(experiment).module.parameters()).flatten()[0].item()
    moved = Intervention(0, "w0.0.0", value + sign * 1e-3)
    if went_downhill(replace(experiment, interventions=(moved,))):
        assert sign * gradient < 0


def test_nothing_changed_is_not_downhill() -> None:
    assert not went_downhill(Experiment())


@given(st.integers(0, 99), st.integers(1, 4), st.integers(1, 4), st.sampled_from([0, 2, 3]))
def test_drawn_rows_have_a_target_that_fits(
    seed: int, rows: int, features: int, classes: int
) -> None:
    drawn = drawn_rows(seed, rows, features, classes)
    assert torch.tensor(drawn).shape == (rows, features + 1)
    assert {row[-1] for row in drawn} <= set(range(max(classes, 2)))
