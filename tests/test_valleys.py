"""The valleys have the minima they say, and a racer goes its way whoever else races."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.optimizers import OPTIMIZERS
from nnlab.registry import Choice
from nnlab.valleys import LOST, VALLEYS, Descent, Racer, ground, walks

NAMES = st.sampled_from(list(VALLEYS))
RACERS = st.builds(Racer, st.sampled_from(list(OPTIMIZERS)).map(Choice), st.floats(1e-4, 0.5))


@pytest.mark.parametrize("name", VALLEYS)
def test_at_its_minima_a_valley_is_0_and_level_and_nowhere_lower(name: str) -> None:
    valley = VALLEYS[name]
    for minimum in valley.minima:
        point = torch.tensor(minimum, dtype=torch.float64, requires_grad=True)
        height = valley.make(point)
        height.backward()
        assert point.grad is not None
        assert abs(height.item()) < 1e-9
        assert float(point.grad.norm()) < 1e-4
    _x, _y, heights = ground(name, 81)
    assert float(heights.min()) >= 0


@pytest.mark.parametrize("name", VALLEYS)
def test_minima_and_start_lie_in_the_picture(name: str) -> None:
    valley = VALLEYS[name]
    for x, y in (*valley.minima, valley.start):
        assert valley.low[0] <= x <= valley.high[0]
        assert valley.low[1] <= y <= valley.high[1]


@pytest.mark.parametrize("name", VALLEYS)
def test_the_line_of_pytorch_is_the_function(name: str) -> None:
    point = torch.tensor([0.7, -1.3], dtype=torch.float64)
    x, y = point
    said = eval(VALLEYS[name].lines, {"x": x, "y": y})  # noqa: S307
    torch.testing.assert_close(said, VALLEYS[name].make(point))


@settings(max_examples=20)
@given(NAMES, RACERS, st.integers(0, 30), st.integers(0, 30))
def test_a_shorter_walk_is_the_beginning_of_a_longer(
    name: str, racer: Racer, steps: int, more: int
) -> None:
    (short,), (long,) = (
        walks(name, [racer], VALLEYS[name].start, many) for many in (steps, steps + more)
    )
    for one, other in zip(short, long, strict=True):
        torch.testing.assert_close(one, other[: steps + 1], rtol=0, atol=0)


@settings(max_examples=30)
@given(NAMES, RACERS, st.integers(0, 30))
def test_a_walk_is_the_loop_that_one_would_write(name: str, racer: Racer, steps: int) -> None:
    valley = VALLEYS[name]
    point = torch.tensor(valley.start, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, racer.optimizer.name)([point], lr=racer.learning_rate)
    (found,) = walks(name, [racer], valley.start, steps)
    for place, height, gradient in zip(*found, strict=True):
        optimizer.zero_grad()
        now = valley.make(point)
        now.backward()
        assert point.grad is not None
        torch.testing.assert_close(place, point.detach(), equal_nan=True)
        torch.testing.assert_close(height, now.detach(), equal_nan=True)
        torch.testing.assert_close(gradient, point.grad, equal_nan=True)
        optimizer.step()
    end = valley.make(point.detach())
    assert len(found.heights) == steps + 1 or not float(end) <= LOST


@settings(max_examples=20)
@given(NAMES, st.lists(RACERS, min_size=2, max_size=4))
def test_the_order_of_the_race_changes_no_walk(name: str, racers: list[Racer]) -> None:
    start = VALLEYS[name].start
    alone = {racer: walks(name, [racer], start, 15)[0] for racer in racers}
    for order in (racers, racers[::-1]):
        for racer, found in zip(order, walks(name, order, start, 15), strict=True):
            assert all(map(torch.equal, found, alone[racer]))


@settings(max_examples=20)
@given(NAMES, RACERS)
def test_one_who_is_lost_leads_nobody_astray(name: str, racer: Racer) -> None:
    start = VALLEYS[name].start
    lost = Racer(Choice("SGD"), 1e6)
    (alone,) = walks(name, [racer], start, 15)
    short, found = walks(name, [lost, racer], start, 15)
    assert len(short.heights) < 16
    assert all(map(torch.equal, found, alone))


def test_a_race_of_nobody_is_no_walk() -> None:
    assert walks("ravine", [], (-7.0, 2.0), 5) == ()


def test_steps_that_are_too_large_end_the_walk_with_finite_heights() -> None:
    found = walks("rosenbrock", [Racer(Choice("SGD"), 1.0)], (-1.2, 1.0), 50)[0]
    assert len(found.heights) < 51
    assert found.heights.isfinite().all()


def test_the_start_may_be_anywhere() -> None:
    assert Descent("beale", Racer(Choice("Adam"), 0.1), (0.5, -2.0)).point.tolist() == [0.5, -2.0]
