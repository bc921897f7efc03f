from __future__ import annotations

import torch

from nnlab.figures.activation import Operation, activation_curve


def operation(z: float) -> Operation:
    x = torch.linspace(-6, 6, 161)
    return Operation(x, torch.tanh(x), z, torch.tanh(torch.tensor(z)).item())


def test_the_point_rides_where_it_was_put_and_is_the_unit() -> None:
    shown = operation(0.75)
    point = activation_curve(shown).data[-1]
    assert (point.x[0], point.y[0]) == (shown.pre_activation, shown.output)
    assert list(point.customdata) == ["u0.0"]


def test_the_dotted_lines_lead_from_both_axes_to_the_point() -> None:
    shown = operation(-1.5)
    figure = activation_curve(shown)
    guides = figure.data[1]
    left, bottom = figure.layout.xaxis.range[0], figure.layout.yaxis.range[0]
    assert list(guides.x) == [shown.pre_activation, shown.pre_activation, left]
    assert list(guides.y) == [bottom, shown.output, shown.output]


def test_curve_and_numbers_are_inside_the_picture() -> None:
    figure = activation_curve(operation(5.0))
    low, high = figure.layout.yaxis.range
    assert low < min(figure.data[0].y)
    assert max(figure.data[0].y) < high
    assert "5.000" in figure.layout.annotations[0].text


def test_a_flat_curve_still_has_a_picture() -> None:
    x = torch.linspace(-6, 6, 161)
    low, high = activation_curve(Operation(x, torch.zeros(161), 0.0, 0.0)).layout.yaxis.range
    assert low < 0 < high
