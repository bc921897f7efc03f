"""The pictures of a sweep say what the numbers are."""

from __future__ import annotations

import itertools
import math

import pytest

from nnlab.figures import palette
from nnlab.figures.sweep import INK, Band, Heat, Pair, band, heatmap, pair, scale


def test_a_cell_is_a_number_a_cross_or_still_to_come() -> None:
    (cells,) = heatmap(Heat((0.1, 1.0), (2, 4), ((0.5, math.inf), (None, 0.001)), (1, 0))).data
    assert [list(row) for row in cells.text] == [["0.500", "×"], ["…", "0.001"]]
    assert cells.z[0][1] == 0.0 > cells.z[0][0] > cells.z[1][1]
    assert cells.z[1][0] is None
    assert [list(row) for row in cells.customdata] == [["c0.0", "c0.1"], ["c1.0", "c1.1"]]


@pytest.mark.parametrize("share", [each / 20 for each in range(20)])
def test_the_number_in_a_cell_can_be_read_on_every_colour(share: float) -> None:
    for (_low, start), (_high, end) in itertools.pairwise(scale()):
        assert palette.contrast(INK, palette.mix(str(start), str(end), share)) >= 4.5


def test_a_colour_means_the_same_while_the_grid_fills() -> None:
    few = heatmap(Heat((0.1, 1.0), (2,), ((0.5, None),), (0, 0))).data[0]
    more = heatmap(Heat((0.1, 1.0), (2,), ((0.5, 0.01),), (0, 0))).data[0]
    assert (few.zmin, few.zmax) == (more.zmin, more.zmax)


def test_no_number_is_longer_than_five_signs() -> None:
    losses = (0.0, 0.69935, 1.0, 15.932, 250.0, 99_999.0)
    (cells,) = heatmap(Heat(losses, (2,), (losses,), (0, 0))).data
    assert list(cells.text[0]) == ["0.000", "0.699", "1.000", "15.93", "250.0", "99999"]


def test_the_band_is_filled_between_the_worst_and_the_best() -> None:
    worst, best, middle = band(Band((0, 1), (3, 1), (4, 2), (5, 3))).data
    assert (list(worst.y), list(best.y), list(middle.y)) == ([5, 3], [3, 1], [4, 2])
    assert best.fill == "tonexty"


def test_the_difference_is_drawn_where_both_were_measured() -> None:
    drawn = pair(Pair(((0, 1), (0, 1)), ((3, 1), (4, 3)), ("one", "other")))
    assert list(drawn.data[2].y) == [1, 2]
    assert len(pair(Pair(((0, 1), (0,)), ((3, 1), (4,)), ("one", "other"))).data) == 2
