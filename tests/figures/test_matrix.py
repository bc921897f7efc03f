"""The matrix holds the same weights under the same ids as the network's picture."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.figures.matrix import matrix
from nnlab.figures.network import Diagram, diagram
from tests.figures.networks import network


def cells(drawing: Diagram, layer: int) -> dict[str, float]:
    return {
        part: value
        for trace in matrix(drawing, layer).data
        for parts, values in zip(trace.customdata, trace.z, strict=True)
        for part, value in zip(parts, values, strict=True)
    }


def test_cells_are_the_weights_and_biases() -> None:
    drawing = network(3, 2, 1)
    found = cells(drawing, 0)
    layer = drawing.layers[0]
    assert found == {
        **{f"w0.{o}.{i}": layer.weight[o][i] for o in range(2) for i in range(3)},
        **{f"b0.{o}": layer.bias[o] for o in range(2)},
    }


def test_rows_are_inputs_as_in_mm() -> None:
    weights = matrix(network(3, 2), 0).data[0]
    assert len(weights.z) == 3
    assert len(weights.z[0]) == 2


def test_the_diagram_knows_every_cell_of_a_small_network() -> None:
    drawing = network(3, 2, 1)
    drawn: set[Any] = {p for t in diagram(drawing).data if t.customdata for p in t.customdata}
    assert set(cells(drawing, 0)) | set(cells(drawing, 1)) <= drawn


def test_big_matrices_leave_the_numbers_out() -> None:
    assert matrix(network(3, 2), 0).data[0].texttemplate
    assert not matrix(network(10, 32), 0).data[0].texttemplate


def test_rows_and_columns_are_named() -> None:
    figure = matrix(network(3, 2, 1), 1)
    assert list(figure.layout.yaxis.ticktext) == ["h1.1", "h1.2", "B"]
    assert list(figure.layout.xaxis.ticktext) == ["y1"]


def test_the_row_of_biases_is_named_in_big_matrices_too() -> None:
    assert matrix(network(32, 32), 0).layout.yaxis.ticktext[-1] == "B"


@pytest.mark.parametrize("selected", ["w0.1.2", "b0.1", "u0.1"])
def test_the_selected_part_has_a_border(selected: str) -> None:
    drawing = network(3, 2, 1, selected=selected)
    (border,) = matrix(drawing, 0).layout.shapes
    assert (border.x0, border.x1) == (0.5, 1.5)
    assert not matrix(drawing, 1).layout.shapes


@pytest.mark.parametrize("selected", ["", "x1", "nonsense"])
def test_what_is_no_part_of_the_matrix_has_none(selected: str) -> None:
    assert not matrix(network(3, 2, 1, selected=selected), 0).layout.shapes


def test_zero_is_in_the_middle_of_the_colours() -> None:
    trace = matrix(network(3, 2), 0).data[0]
    assert trace.zmin == -trace.zmax
