from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnlab.figures.boundary import Arrow, Boundary, Place, boundary

number = st.floats(-5, 5)
AXIS = np.linspace(-1, 2, 31)


def plane(arrow: Arrow) -> Boundary:
    first, second = arrow.weights
    score = AXIS[None, :] * first + AXIS[:, None] * second + arrow.bias
    return Boundary(AXIS, AXIS, 1 / (1 + np.exp(-score)), score, 0.5)


def arrow_trace(figure: go.Figure) -> go.Scatter:
    return next(trace for trace in figure.data if trace.type == "scatter")


@given(number, number, number)
def test_the_arrow_points_along_the_weights_and_stays_in_the_plane(
    first: float, second: float, bias: float
) -> None:
    assume(np.hypot(first, second) > 0.01)
    arrow = Arrow((first, second), bias)
    trace = arrow_trace(boundary(plane(arrow), arrow=arrow))
    along = np.array([trace.x[-1] - trace.x[-2], trace.y[-1] - trace.y[-2]])
    assert along @ np.array([-second, first]) == pytest.approx(0, abs=1e-6)
    assert along @ np.array([first, second]) > 0
    assert np.hypot(*along) < np.ptp(AXIS) / 2


@given(number, number, number)
def test_the_arrow_starts_on_the_undecided_line_where_that_is_in_sight(
    first: float, second: float, bias: float
) -> None:
    assume(np.hypot(first, second) > 0.1)
    assume(abs(bias + 0.5 * (first + second)) / np.hypot(first, second) < 1.4)
    arrow = Arrow((first, second), bias)
    trace = arrow_trace(boundary(plane(arrow), arrow=arrow))
    assert first * trace.x[0] + second * trace.y[0] + bias == pytest.approx(0, abs=1e-6)


def test_weights_of_zero_have_no_arrow() -> None:
    arrow = Arrow((0.0, 0.0), 1.0)
    figure = boundary(plane(arrow), arrow=arrow)
    assert [trace.type for trace in figure.data] == ["heatmap", "contour"]


def test_the_line_is_drawn_where_the_score_is_zero() -> None:
    contour = boundary(plane(Arrow((1.0, 1.0), 0.0))).data[1]
    assert (contour.contours.start, contour.contours.end) == (0, 0)


def test_the_shade_turns_where_the_network_is_undecided() -> None:
    heatmap = boundary(plane(Arrow((3.0, 1.0), 0.2))).data[0]
    assert (heatmap.zmin + heatmap.zmax) / 2 == 0.5
    assert heatmap.zmin <= np.min(heatmap.z)
    assert np.max(heatmap.z) <= heatmap.zmax


def test_yes_and_no_differ_in_shape_as_well_as_colour() -> None:
    places = [Place(0, 0, False, "a"), Place(1, 1, True, "b", part="u0.0"), Place(1, 0, None)]
    points = boundary(plane(Arrow((1.0, 1.0), 0.0)), places).data[-1]
    assert len(set(points.marker.symbol)) == len(set(points.marker.color)) == 3
    assert list(points.customdata) == ["", "u0.0", ""]


def test_right_angles_look_right() -> None:
    assert boundary(plane(Arrow((1.0, 1.0), 0.0))).layout.yaxis.scaleanchor == "x"
