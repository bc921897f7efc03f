"""The network as a picture: a circle for each unit with its value in it, a line for each weight.

A blue solid line is positive, an orange dashed one negative, and the wider the larger. Layers of
more than ten units fold their middle, and say how many units are hidden there.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from nnlab.arithmetic import brief, number, product, worked
from nnlab.figures import palette
from nnlab.figures.discs import discs
from nnlab.figures.drawing import Diagram, DrawnLayer, draw_trace, show_products, unit_sum
from nnlab.figures.grid import DENSE, Grid, Sizes, place
from nnlab.language import gettext as _
from nnlab.language import ngettext

__all__ = ["Diagram", "DrawnLayer", "diagram", "draw_trace", "show_products"]

MOST_LABELS = 24
"""Edges that carry their number as text; with more of them the text would cover the picture."""
MOST_LABELS_IN_LAYER = 12
FEW_EDGES = 80
"""With more edges the lines become thinner and paler, so that the values stay in front."""
WIDTHS = (1.0, 2.0, 3.2, 4.6, 6.2)
STROKES = {1: (palette.POSITIVE, "solid"), -1: (palette.NEGATIVE, "7px,4px")}
WEIGHTLESS = (0, 0)
"""The bin of edges that are exactly 0 (or NaN): thin, grey and dotted."""


def diagram(drawing: Diagram) -> go.Figure:
    """Draw the network from left to right. The number of traces is always the same.

    >>> from nnlab import Experiment
    >>> from nnlab.network import begin, trace
    >>> beginning = begin(Experiment())
    >>> figure = diagram(draw_trace(trace(beginning.module, beginning.samples.x)))
    >>> figure.data[-1].text[0]
    'Inputs<br>10 values'
    """
    grid = place(drawing.sizes, drawing.selected)
    edges = _edges(drawing, grid)
    traces = [
        *_chosen_edge(drawing, edges),
        *_strokes(edges, drawing.limit or _largest(edges)),
        _chosen_ring(drawing, grid),
        _circles(drawing, grid),
        _handles(edges, grid.sizes),
        _biases(drawing, grid),
        _captions(drawing, grid),
    ]
    return palette.figure(
        grid.height,
        traces,
        hovermode="closest",
        dragmode=False,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"visible": False, "fixedrange": True, "range": [-0.5, len(grid.rows) - 0.5]},
        yaxis={"visible": False, "fixedrange": True, "range": [-grid.height, 0]},
    )


class _Edge(NamedTuple):
    part: str
    start: tuple[float, float]
    end: tuple[float, float]
    handle: tuple[float, float]
    value: float
    hover: str


def _edges(drawing: Diagram, grid: Grid) -> list[_Edge]:
    return [
        edge
        for column, layer in enumerate(drawing.layers)
        for edge in _layer_edges(drawing, grid, column, layer)
    ]


def _layer_edges(drawing: Diagram, grid: Grid, column: int, layer: DrawnLayer) -> Iterable[_Edge]:
    """The edges between two columns; their handles stand apart, further right for lower units."""
    inputs, starts, ends = drawing.columns[column], grid.rows[column], grid.rows[column + 1]
    shown = layer.shown
    for order, (out, end) in enumerate(ends.items()):
        along = 0.36 + 0.32 * (order / (len(ends) - 1) if len(ends) > 1 else 0)
        for into, start in starts.items():
            part = f"w{column}.{out}.{into}"
            value = shown[out][into]
            hover = _edge_hover(drawing, layer, inputs[into], out, into)
            handle = (column + along, start + (end - start) * along)
            yield _Edge(part, (column, start), (column + 1, end), handle, value, hover)


def _edge_hover(drawing: Diagram, layer: DrawnLayer, value: float, out: int, into: int) -> str:
    weight = layer.weight[out][into]
    lines = [
        _("{layer}, unit {unit}, input {source}").format(
            layer=layer.name, unit=out + 1, source=into + 1
        ),
        f"w × x = {product(weight, value)} = {number(weight * value)}",
    ]
    if drawing.edge_name:
        lines.append(f"{drawing.edge_name} = {number(layer.shown[out][into])}")
    return "<br>".join(lines)


def _largest(edges: Sequence[_Edge]) -> float:
    return max((abs(edge.value) for edge in edges if math.isfinite(edge.value)), default=0.0)


def _bin(value: float, limit: float) -> tuple[int, int]:
    """(sign, index into WIDTHS) of an edge."""
    if math.isnan(value) or value == 0:
        return WEIGHTLESS
    share = min(abs(value) / limit, 1.0) if limit else 1.0
    return (1 if value > 0 else -1), min(int(share * len(WIDTHS)), len(WIDTHS) - 1)


def _strokes(edges: Sequence[_Edge], limit: float) -> list[dict[str, Any]]:
    """One trace for each sign and width, so that many edges cost no more than few."""
    bins: dict[tuple[int, int], list[_Edge]] = {
        (sign, width): [] for sign in STROKES for width in range(len(WIDTHS))
    }
    bins[WEIGHTLESS] = []
    for edge in edges:
        bins[_bin(edge.value, limit)].append(edge)
    fade = 1.0 if len(edges) <= FEW_EDGES else 0.55
    return [_stroke(sign, WIDTHS[width], group, fade) for (sign, width), group in bins.items()]


def _stroke(sign: int, width: float, edges: Sequence[_Edge], fade: float) -> dict[str, Any]:
    color, dash = STROKES.get(sign, (palette.QUIET, "2px,4px"))
    line = {"color": color, "dash": dash, "width": width * fade}
    return _lines(edges, line) | {"opacity": fade}


def _lines(edges: Sequence[_Edge], line: dict[str, Any]) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    for edge in edges:
        x += (edge.start[0], edge.end[0], None)
        y += (edge.start[1], edge.end[1], None)
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}


def _chosen_edge(drawing: Diagram, edges: Sequence[_Edge]) -> list[dict[str, Any]]:
    chosen = [edge for edge in edges if edge.part == drawing.selected]
    return [_lines(chosen, {"color": palette.SELECTED, "width": WIDTHS[-1] + 6})]


def _handles(edges: Sequence[_Edge], sizes: Sizes) -> dict[str, Any]:
    """What can be pointed at on each edge: its number when there are few, else unseen points."""
    labelled = _few(edges)
    return {
        "type": "scatter",
        "mode": "markers+text" if labelled else "markers",
        "x": [edge.handle[0] for edge in edges],
        "y": [edge.handle[1] for edge in edges],
        "text": [brief(edge.value) for edge in edges] if labelled else None,
        "textfont": {"size": sizes.small, "shadow": "auto"},
        "marker": {"size": 20 if labelled else 8, "opacity": 0},
        "customdata": [edge.part for edge in edges],
        "hovertext": [edge.hover for edge in edges],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _few(edges: Sequence[_Edge]) -> bool:
    per_layer = Counter(edge.start[0] for edge in edges)
    return len(edges) <= MOST_LABELS and max(per_layer.values()) <= MOST_LABELS_IN_LAYER


def _circles(drawing: Diagram, grid: Grid) -> dict[str, Any]:
    drawn = list(_units(drawing, grid))
    limit = max(1.0, *(abs(value) for *_place, value in drawn if math.isfinite(value)), 1.0)
    return discs([value for *_place, value in drawn], limit, grid.sizes) | {
        "type": "scatter",
        "x": [column for column, _unit, _y, _value in drawn],
        "y": [y for _column, _unit, y, _value in drawn],
        "customdata": [_unit_part(column, unit) for column, unit, *_rest in drawn],
        "hovertext": [_unit_hover(drawing, column, unit) for column, unit, *_rest in drawn],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _units(drawing: Diagram, grid: Grid) -> Iterable[tuple[int, int, float, float]]:
    """(column, unit, y, value) of every circle."""
    for column, rows in enumerate(grid.rows):
        for unit, y in rows.items():
            yield column, unit, y, drawing.columns[column][unit]


def _unit_part(column: int, unit: int) -> str:
    return f"u{column - 1}.{unit}" if column else f"x{unit}"


def _unit_hover(drawing: Diagram, column: int, unit: int) -> str:
    if column == 0:
        value = number(drawing.inputs[unit])
        return _("input {unit} = {value}").format(unit=unit + 1, value=value)
    layer = drawing.layers[column - 1]
    title = _("{layer}, unit {unit}").format(layer=layer.name, unit=unit + 1)
    return "<br>".join((f"<b>{title}</b>", *worked(unit_sum(drawing, column - 1, unit))))


def _chosen_ring(drawing: Diagram, grid: Grid) -> dict[str, Any]:
    """A thick ring around the selected unit; for a bias, around the unit it belongs to."""
    part = "u" + drawing.selected[1:] if drawing.selected.startswith("b") else drawing.selected
    chosen = [
        (column, y)
        for column, unit, y, _value in _units(drawing, grid)
        if _unit_part(column, unit) == part
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _y in chosen],
        "y": [y for _x, y in chosen],
        "marker": {"size": grid.sizes.circle + 11, "color": palette.SELECTED, "opacity": 1},
        "hoverinfo": "skip",
    }


def _biases(drawing: Diagram, grid: Grid) -> dict[str, Any]:
    """Under each unit its bias, under each input its name."""
    drawn = list(_units(drawing, grid))
    below = grid.sizes.circle / 2 + grid.sizes.small / 2 + 3
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [column for column, *_rest in drawn],
        "y": [y - below for _column, _unit, y, _value in drawn],
        "text": [_badge(drawing, column, unit) for column, unit, *_rest in drawn],
        "textfont": {"size": grid.sizes.small, "shadow": "auto"},
        "marker": {"size": grid.sizes.small + 4, "opacity": 0},
        "customdata": [_badge_part(column, unit) for column, unit, *_rest in drawn],
        "hovertext": [_badge_hover(drawing, column, unit) for column, unit, *_rest in drawn],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _badge(drawing: Diagram, column: int, unit: int) -> str:
    if column == 0:
        return f"x{unit + 1}"
    return f"b {brief(drawing.layers[column - 1].bias[unit])}"


def _badge_part(column: int, unit: int) -> str:
    return f"b{column - 1}.{unit}" if column else f"x{unit}"


def _badge_hover(drawing: Diagram, column: int, unit: int) -> str:
    if column == 0:
        return _unit_hover(drawing, column, unit)
    bias = number(drawing.layers[column - 1].bias[unit])
    return _("bias of unit {unit} = {value}").format(unit=unit + 1, value=bias)


def _captions(drawing: Diagram, grid: Grid) -> dict[str, Any]:
    """Above each column what it is; in a folded middle how many units are hidden."""
    columns = range(len(grid.rows))
    folded = [column for column in columns if grid.hidden[column]]
    middles = [(grid.rows[c][min(grid.rows[c])] + min(grid.rows[c].values())) / 2 for c in folded]
    more = [_("{count} more").format(count=grid.hidden[column]) for column in folded]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [*columns, *folded],
        "y": [*(-2.0 for _column in columns), *middles],
        "text": [
            *(_caption(drawing, column, grid) for column in columns),
            *(f"⋮<br>{text}" for text in more),
        ],
        "textposition": ["bottom center"] * len(columns) + ["middle center"] * len(folded),
        "textfont": {"size": grid.sizes.small, "shadow": "auto"},
        "hoverinfo": "skip",
    }


def _caption(drawing: Diagram, column: int, grid: Grid) -> str:
    if column == 0:
        count = len(drawing.inputs)
        return "<br>".join(
            (_("Inputs"), ngettext("{count} value", "{count} values", count).format(count=count))
        )
    layer = drawing.layers[column - 1]
    count = len(layer.value)
    units = ngettext("{count} unit", "{count} units", count).format(count=count)
    name = layer.name.replace(" ", "<br>", 1) if grid.sizes is DENSE else layer.name
    return "<br>".join((f"<b>{name}</b>", units, layer.activation))
