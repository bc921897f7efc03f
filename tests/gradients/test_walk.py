"""Every scalar on the way is the sum of the products it is said to be, and none is left out."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.experiment import Experiment
from nnlab.figures.drawing import names
from nnlab.gradients.chain_rule import backward_pass
from nnlab.gradients.walk import Walk, walk
from nnlab.network import build
from nnlab.parts import names as part_names
from nnlab.training import STEPS, train
from tests.gradients.networks import small


def told(experiment: Experiment, row: int = 0) -> Walk:
    passed = backward_pass(experiment)
    return walk(passed, row % len(passed.x), names(experiment.sizes))


@settings(max_examples=50)
@given(small(), st.integers(0, 3))
def test_a_value_is_the_sum_of_its_products(experiment: Experiment, row: int) -> None:
    for each in told(experiment, row).operations:
        if each.terms:
            products = [math.prod(factors) for factors in each.terms]
            scale = max(1.0, *map(abs, products))
            assert math.isclose(sum(products), each.value, rel_tol=1e-4, abs_tol=1e-5 * scale)
        assert each.worked


@settings(max_examples=40)
@given(small())
def test_the_steps_stand_in_the_loops_order_and_each_can_be_found(experiment: Experiment) -> None:
    found = told(experiment)
    places = [STEPS.index(each.step) for each in found.operations]
    assert places == sorted(places)
    assert {STEPS[place] for place in places} == set(STEPS)
    for step in STEPS:
        assert found.operations[found.first(step)].step == step


@settings(max_examples=40)
@given(small())
def test_every_parameter_gets_its_gradient_and_its_update_once(experiment: Experiment) -> None:
    operations = told(experiment).operations
    gradients = [each.part for each in operations if each.kind in {"dw", "db"}]
    updates = [each.part for each in operations if each.kind == "update"]
    assert sorted(gradients) == sorted(part_names(experiment.sizes))
    assert updates == part_names(experiment.sizes)


@settings(max_examples=30)
@given(small())
def test_the_walk_ends_where_one_step_of_training_ends(experiment: Experiment) -> None:
    values = [each.value for each in told(experiment).operations if each.kind == "update"]
    after = train(experiment).parameters[-1]
    torch.testing.assert_close(torch.tensor(values), after, rtol=1e-4, atol=1e-5)


@settings(max_examples=30)
@given(small(), st.integers(0, 3))
def test_the_outputs_told_are_the_modules(experiment: Experiment, row: int) -> None:
    passed = backward_pass(experiment)
    row %= len(passed.x)
    last = len(experiment.sizes) - 2
    known = told(experiment, row).known(len(told(experiment, row)))
    shown = [known["a", f"u{last}.{unit}"] for unit in range(experiment.network.outputs)]
    expected = build(experiment)(passed.x)[row].detach()
    torch.testing.assert_close(torch.tensor(shown), expected, rtol=1e-4, atol=1e-5)


@settings(max_examples=20)
@given(small(), st.integers(0, 300))
def test_nothing_is_known_before_it_is_computed(experiment: Experiment, at: int) -> None:
    found = told(experiment)
    at %= len(found)
    later = {(each.kind, each.part) for each in found.operations[at + 1 :]}
    earlier = {(each.kind, each.part) for each in found.operations[: at + 1]}
    assert set(found.known(at)) == earlier
    assert later - earlier == later - set(found.known(at))


def test_a_part_is_found_in_a_step() -> None:
    found = told(replace(Experiment(), seed=1))
    place = found.about("w0.1.2", "backward")
    assert place is not None
    assert (found.operations[place].kind, found.operations[place].part) == ("dw", "w0.1.2")
    assert found.about("w0.1.2", "forward") is None
