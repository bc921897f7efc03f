"""A slice is a plane: what lies in it is found again, what it leaves out is what lies across."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from nnlab.experiment import Experiment
from nnlab.slices import Slice, of_main_directions, of_parameters, of_random_directions
from nnlab.terrains import TERRAINS
from nnlab.training import Run, train
from tests.strategies import experiments

NETWORKS = ("xor", "tutorial")


@cache
def run_of(name: str) -> Run:
    return train(TERRAINS[name])


def every_slice(run: Run) -> list[Slice]:
    last = run.parameters.shape[1] - 1
    return [of_parameters(run, 0, last), of_random_directions(run, 3), of_main_directions(run)]


@settings(max_examples=20)
@given(st.sampled_from(NETWORKS), st.lists(st.tuples(*[st.floats(-2, 2)] * 2), min_size=1))
def test_a_place_that_is_lifted_is_projected_to_itself(
    name: str, places: list[tuple[float, float]]
) -> None:
    wanted = torch.tensor(places, dtype=torch.float64)
    for each in every_slice(run_of(name)):
        torch.testing.assert_close(
            each.project(each.lift(wanted)), wanted, rtol=1e-4, atol=1e-4, check_dtype=False
        )


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_left_out_stands_at_a_right_angle_to_the_slice(name: str) -> None:
    run = run_of(name)
    for each in every_slice(run):
        across = run.parameters.double() - each.lift(each.project(run.parameters)).double()
        torch.testing.assert_close(
            across @ each.directions.T, torch.zeros(len(run), 2).double(), rtol=0, atol=1e-5
        )


@pytest.mark.parametrize("name", NETWORKS)
def test_no_slice_leaves_out_less_of_the_path_than_its_own_main_directions(name: str) -> None:
    run = run_of(name)
    pair, random, main = (each.left_out(run.parameters) for each in every_slice(run))
    assert 0 <= main <= min(pair, random) <= max(pair, random) <= 1


@pytest.mark.parametrize("name", ["line", "groups", "hinge"])
def test_of_a_neuron_nothing_is_left_out_and_places_are_weight_and_bias(name: str) -> None:
    run = run_of(name)
    whole = of_parameters(run, 0, 1)
    assert whole.left_out(run.parameters) == 0
    assert torch.equal(whole.project(run.parameters).float(), run.parameters)
    assert torch.equal(whole.lift(run.parameters), run.parameters)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_random_direction_is_as_long_as_the_weights_of_each_unit(name: str) -> None:
    run = run_of(name)
    for direction in of_random_directions(run, 5).directions:
        used = 0
        for parameter in run.module().parameters():
            part = direction[used : (used := used + parameter.numel())].view_as(parameter)
            norms = parameter.double().norm(dim=1) if parameter.dim() > 1 else None
            wanted = torch.zeros_like(part) if norms is None else norms
            torch.testing.assert_close(part if norms is None else part.norm(dim=1), wanted)


def test_the_same_seed_draws_the_same_directions_and_another_seed_others() -> None:
    run = run_of("tutorial")
    one, same, other = (of_random_directions(run, seed).directions for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


@settings(max_examples=25)
@given(experiments())
def test_every_experiment_has_its_main_directions_at_a_right_angle(experiment: Experiment) -> None:
    run = train(experiment)
    found = of_main_directions(run)
    unit: Tensor = torch.eye(2, dtype=torch.float64)
    torch.testing.assert_close(found.directions @ found.directions.T, unit)
    assert 0 <= found.left_out(run.parameters) <= 1 + 1e-9
    assert (found.high > found.low).all()


@pytest.mark.parametrize("name", NETWORKS)
def test_the_ends_enclose_the_path(name: str) -> None:
    run = run_of(name)
    found = of_main_directions(run)
    places = found.project(run.parameters)
    assert (places >= found.low).all()
    assert (places <= found.high).all()


def test_the_first_direction_of_a_grid_changes_fastest() -> None:
    found = of_main_directions(run_of("xor"))
    first, second = found.axes(3)
    grid = found.grid(3)
    assert torch.equal(grid[:3, 0], first)
    assert torch.equal(grid[::3, 1], second)
