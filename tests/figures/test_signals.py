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


def test_dead_units_stand_before_all_units() -> None:
    everyone, dead = shares([0, 3], [8, 8]).data
    assert list(everyone.y) == [8, 8]
    assert list(dead.y) == [0, 3]
