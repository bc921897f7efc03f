"""Broken and mended curves are told apart by more than colour, and gaps stay gaps."""

from __future__ import annotations

import math

from nnlab.figures.accumulation import pile
from nnlab.figures.bug import bug_curves


def test_every_curve_has_a_name_a_colour_and_a_dash_of_its_own() -> None:
    curves = {"one": [1.0, 2.0], "two": [2.0, 3.0]}
    figure = bug_curves(curves, curves)
    looks = {(trace.line.color, trace.line.dash) for trace in figure.data}
    assert len({trace.name for trace in figure.data}) == len(looks) == 4


def test_what_is_no_finite_number_is_not_drawn() -> None:
    (line,) = bug_curves({"loss": [1.0, math.inf, math.nan]}, {}).data
    assert line.y == (1.0, None, None)


def test_a_curve_that_explodes_has_a_logarithmic_axis() -> None:
    assert bug_curves({"loss": [1.0, 1e9]}, {}).layout.yaxis.type == "log"
    assert bug_curves({"loss": [1.0, 0.0]}, {}).layout.yaxis.type == "linear"


def test_the_pile_has_two_bars_for_each_step_and_frames_one() -> None:
    figure = pile([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], 2)
    assert [len(trace.x) for trace in figure.data] == [3, 3]
    (frame,) = figure.layout.shapes
    assert (frame.x0 + frame.x1) / 2 == 2
