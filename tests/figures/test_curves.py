"""Curves that stand beside each other can be told apart."""

from __future__ import annotations

from nnlab.figures.curves import Curve, curves, style
from nnlab.race import LANES


def test_no_two_curves_look_alike() -> None:
    assert len({style(place) for place in range(30)}) == 30


def test_values_that_span_much_get_powers_of_ten() -> None:
    small = curves([Curve("a", [1.0, 2.0])], ("step", "loss"))
    wide = curves([Curve("a", [1.0, 2.0]), Curve("b", [1e-6, 0.1], 1)], ("step", "loss"))
    assert (small.layout.yaxis.type, wide.layout.yaxis.type) == ("linear", "log")
    assert wide.layout.showlegend


def test_a_curve_begins_at_its_first_step_and_a_line_stands_at_the_step_looked_at() -> None:
    picture = curves([Curve("a", [1.0, 2.0], first=3)], ("step", "loss"), at=4)
    assert list(picture.data[0].x) == [3, 4]
    assert picture.layout.shapes[0].x0 == 4


def test_the_optimizers_curves_differ_also_without_colours() -> None:
    assert len({style(place)[1] for place in range(len(LANES))}) == len(LANES)


def test_what_stays_the_same_is_drawn_above_0() -> None:
    (axis,) = curves([Curve("", [0.2, 0.2])], ("", ""), scale="linear").select_yaxes()
    assert axis.rangemode == "tozero"
