"""Pictures of a loss over two numbers: heights are the losses, arrows point downhill."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.figures.landscape import (
    Arrows,
    Ground,
    Mark,
    Trail,
    contours,
    heights,
    is_wide,
    relief,
)

AXIS = np.linspace(-1, 1, 4)
BOWL = AXIS[:, None] ** 2 + AXIS[None] ** 2
TRAIL = Trail(
    "SGD", [0.9, 0.1, 0.0], [0.5, 0.1, 0.0], [1.06, 0.02, 0.0], 1, parts=["s0", "s1", "s2"]
)
BALL = Mark("ball", 0.5, 0.5, 0.5)


def ground(losses: np.ndarray = BOWL) -> Ground:
    return Ground(AXIS, AXIS, losses, ("w", "b"))


def test_the_cells_of_the_ground_know_where_they_are() -> None:
    (level, *_rest) = contours(ground()).data
    assert level.type == "contour"
    assert level.meta == {"cells": "at"}
    assert level.text[0][3] == pytest.approx(BOWL[0, 3])


@pytest.mark.parametrize("draw", [contours, relief])
def test_losses_that_span_much_are_drawn_as_powers_of_ten(draw: object) -> None:
    wide = np.logspace(-3, 3, 16).reshape(4, 4)
    assert is_wide(wide)
    assert not is_wide(BOWL)
    assert callable(draw)
    np.testing.assert_allclose(draw(ground(wide)).data[0].z, np.log10(wide))
    np.testing.assert_allclose(draw(ground()).data[0].z, BOWL)


def test_the_same_heights_for_ground_and_trail() -> None:
    wide = ground(np.logspace(-3, 3, 16).reshape(4, 4))
    picture = relief(wide, [TRAIL], [BALL])
    np.testing.assert_allclose(picture.data[1].z[:2], np.log10(TRAIL.losses[:2]))
    np.testing.assert_allclose(heights(wide, [10.0]), [1.0])


def test_losses_that_are_not_numbers_leave_a_hole() -> None:
    holed = BOWL.copy()
    holed[0, 0], holed[1, 1] = np.nan, np.inf
    assert not is_wide(np.full((2, 2), np.nan))
    contours(ground(holed)).to_json()


def test_a_trail_is_drawn_in_order_and_the_lit_place_stands_out() -> None:
    picture = contours(ground(), [TRAIL], [BALL])
    (way,) = [each for each in picture.data if each.name == "SGD"]
    assert list(way.x) == TRAIL.first
    assert list(way.customdata) == ["s0", "s1", "s2"]
    rings = [each for each in picture.data[1:] if each.marker.symbol == "circle-open"]
    assert [(each.x[0], each.y[0]) for each in rings] == [(0.1, 0.1)]


@given(st.lists(st.tuples(*[st.floats(-9, 9)] * 2), min_size=1, max_size=9))
def test_arrows_point_against_the_slope_and_none_is_too_long(
    slopes: list[tuple[float, float]],
) -> None:
    places = np.zeros((len(slopes), 2))
    moves = Arrows(places, np.array(slopes), 0.3).moves
    assert (np.linalg.norm(moves, axis=1) <= 0.3 + 1e-9).all()
    for move, slope in zip(moves, np.array(slopes), strict=True):
        assert move @ slope <= 0
        cross = move[0] * slope[1] - move[1] * slope[0]
        assert abs(cross) <= 1e-9 * max(1.0, float(np.linalg.norm(slope)))


def test_all_arrows_are_one_path() -> None:
    arrows = Arrows(np.zeros((3, 2)), np.ones((3, 2)), 0.3)
    (shape,) = contours(ground(), arrows=arrows).layout.shapes
    assert shape.path.count("M") == 3
    assert shape.path.startswith("M0,0L-0.2121,-0.2121L")


def test_the_numbers_beside_the_places_are_called_losses() -> None:
    figure = contours(ground(), marks=[Mark("ball", 0.0, 0.0, 1.5)])
    assert figure.layout.meta == {"text": "loss"}
    assert list(figure.data[-1].text) == ["1.5"]
