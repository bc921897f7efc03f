"""Pictures by layer: nothing that is 0 or not a number is drawn as if it were a size."""

from __future__ import annotations

import math

import numpy as np

from nnlab.figures.curves import Curve
from nnlab.figures.signals import shares, sizes, spread


def test_sizes_stand_over_their_layers_and_what_has_no_size_leaves_a_gap() -> None:
    (line,) = sizes([Curve("std", [1.0, 0.0, 0.01, math.nan])]).data
    assert list(line.x) == [1, 2, 3, 4]
    assert list(line.y) == [1.0, None, 0.01, None]


def test_the_axis_holds_all_sizes_and_the_band() -> None:
    picture = sizes([Curve("std", [1e-9, 1e4])], (0.5, 2.0))
    low, high = picture.layout.yaxis.range
    assert low < -9
    assert high > 4
    assert (picture.layout.shapes[0].y0, picture.layout.shapes[0].y1) == (0.5, 2.0)


def test_a_layers_column_is_its_histogram() -> None:
    histogram = np.array([[0.0, 1.0, 0.0], [0.25, 0.5, 0.25]])
    (heat,) = spread(histogram, 3.0).data
    np.testing.assert_allclose(heat.z, np.sqrt(histogram.T))
    assert list(heat.y) == [-2.0, 0.0, 2.0]
    assert heat.text[0][1] == "25.0%"


def test_dead_units_are_counted_on_an_axis_of_all_units() -> None:
    figure = shares([0, 3], [8, 8])
    (dead,) = figure.data
    assert list(dead.y) == [0, 3]
    assert figure.layout.yaxis.range == (0, 8)
    assert not figure.layout.annotations


def test_where_no_unit_is_dead_nothing_is_drawn_and_it_is_said() -> None:
    figure = shares([0, 0], [8, 8])
    assert [each.text for each in figure.layout.annotations] == ["no dead units"]
    assert not any(figure.data[0].y)
