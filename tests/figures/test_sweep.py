"""The pictures of a sweep say what the numbers are."""

from __future__ import annotations

import math

from nnlab.figures.sweep import Band, Heat, Pair, band, heatmap, pair


def test_a_cell_is_a_number_a_cross_or_still_to_come() -> None:
    (cells,) = heatmap(Heat((0.1, 1.0), (2, 4), ((0.5, math.inf), (None, 0.001)), (1, 0))).data
    assert [list(row) for row in cells.text] == [["0.500", "×"], ["…", "0.001"]]
    assert cells.z[0][1] == 0.0 > cells.z[0][0] > cells.z[1][1]
    assert cells.z[1][0] is None
    assert [list(row) for row in cells.customdata] == [["c0.0", "c0.1"], ["c1.0", "c1.1"]]


def test_the_band_is_filled_between_the_worst_and_the_best() -> None:
    worst, best, middle = band(Band((0, 1), (3, 1), (4, 2), (5, 3))).data
    assert (list(worst.y), list(best.y), list(middle.y)) == ([5, 3], [3, 1], [4, 2])
    assert best.fill == "tonexty"


def test_the_difference_is_drawn_where_both_were_measured() -> None:
    drawn = pair(Pair(((0, 1), (0, 1)), ((3, 1), (4, 3)), ("one", "other")))
    assert list(drawn.data[2].y) == [1, 2]
    assert len(pair(Pair(((0, 1), (0,)), ((3, 1), (4,)), ("one", "other"))).data) == 2
