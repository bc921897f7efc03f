"""One layer's weights as the matrix that `torch.mm(x, W)` takes, shape (inputs, units), with the
bias as a row of its own below. A cell has the same id as its edge in the network's picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from nnlab.arithmetic import brief, number, product
from nnlab.figures import palette
from nnlab.figures.drawing import Diagram, names
from nnlab.language import gettext as _

MOST_NUMBERS = 10
"""Rows or columns up to which the cells carry their numbers."""
ROW_HEIGHT = 34
TALLEST = 420
MOST_TICKS = 12
BIAS_GAP = 0.35
"""Between the weights and the row of biases, in rows."""


def matrix(drawing: Diagram, layer: int) -> go.Figure:
    """Draw W and B of linear layer `layer`; the selected part has a thick border."""
    drawn = drawing.layers[layer]
    rows, columns = len(drawing.columns[layer]), len(drawn.bias)
    height = min(ROW_HEIGHT * (rows + 1), TALLEST) + 44
    row_names, column_names = names(drawing.sizes)[layer : layer + 2]
    x, y = list(range(columns)), [*range(rows), rows + BIAS_GAP]
    return palette.figure(
        height,
        [_weights(drawing, layer, x, y[:-1]), _biases(drawing, layer, x, y[-1])],
        dragmode=False,
        xaxis=_axis(column_names, x, side="top"),
        yaxis=_axis((*row_names, "B"), y, autorange="reversed"),
        shapes=_border(drawing.selected, layer, rows),
    )


def _weights(
    drawing: Diagram, layer: int, x: Sequence[float], y: Sequence[float]
) -> dict[str, Any]:
    inputs, weight = drawing.columns[layer], drawing.layers[layer].weight
    cells = [[(out, into) for out in range(len(weight))] for into in range(len(inputs))]
    return _heatmap(drawing, layer) | {
        "x": x,
        "y": y,
        "z": [[weight[out][into] for out, into in row] for row in cells],
        "customdata": [[f"w{layer}.{out}.{into}" for out, into in row] for row in cells],
        "text": [[brief(weight[out][into]) for out, into in row] for row in cells],
        "hovertext": [
            [
                f"w × x = {product(weight[out][into], inputs[into])}"
                f" = {number(weight[out][into] * inputs[into])}"
                for out, into in row
            ]
            for row in cells
        ],
    }


def _biases(drawing: Diagram, layer: int, x: Sequence[float], y: float) -> dict[str, Any]:
    bias = drawing.layers[layer].bias
    return _heatmap(drawing, layer) | {
        "x": x,
        "y": [y],
        "z": [list(bias)],
        "customdata": [[f"b{layer}.{unit}" for unit in range(len(bias))]],
        "text": [[brief(value) for value in bias]],
        "hovertext": [[_("bias = {value}").format(value=number(value)) for value in bias]],
    }


def _heatmap(drawing: Diagram, layer: int) -> dict[str, Any]:
    """What both share. Under numbers only the light half of the scale is used, for black text."""
    drawn = drawing.layers[layer]
    values = [*drawn.bias, *(value for row in drawn.weight for value in row)]
    limit = drawing.limit or max(map(abs, values), default=0.0) or 1.0
    numbers = max(len(drawn.bias), len(drawing.columns[layer])) <= MOST_NUMBERS
    reach = 2 * limit if numbers else limit
    return {
        "type": "heatmap",
        "colorscale": palette.colorscale(),
        "zmin": -reach,
        "zmax": reach,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "texttemplate": "%{text}" if numbers else None,
        "textfont": {"size": palette.SMALL_TEXT_SIZE + 1, "color": palette.ink(palette.NEUTRAL)},
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _axis(names: Sequence[str], places: Sequence[float], **settings: Any) -> dict[str, Any]:
    every = -(-len(names) // MOST_TICKS)
    shown = sorted({*range(0, len(names) - every + 1, every), len(names) - 1})
    return {
        "tickvals": [places[place] for place in shown],
        "ticktext": [names[place] for place in shown],
        "tickfont": {"size": palette.SMALL_TEXT_SIZE},
        "showgrid": False,
        "fixedrange": True,
    } | settings


def _border(selected: str, layer: int, rows: int) -> list[dict[str, Any]]:
    """Around the selected cell; around the whole column of a selected unit."""
    kind, place = selected[:1], selected[1:].split(".")
    if kind not in ("w", "b", "u") or place[0] != str(layer):
        return []
    column, bias = int(place[1]), rows + BIAS_GAP
    first, last = {
        "w": lambda: (int(place[2]), int(place[2])),
        "b": lambda: (bias, bias),
        "u": lambda: (0, bias),
    }[kind]()
    line = {"color": palette.SELECTED, "width": 4}
    box = {"x0": column - 0.5, "x1": column + 0.5, "y0": first - 0.5, "y1": last + 0.5}
    return [{"type": "rect", "line": line} | box]
