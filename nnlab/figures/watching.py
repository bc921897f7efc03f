"""What is watched while a network learns: how often classes are taken for each other, how good it
is, how its weights, activations and gradients are spread over the moments of the run, layer by
layer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.language import gettext as _

HEIGHT = 300
MARGIN = {"l": 8, "r": 8, "t": 28, "b": 8}
"""Room for titles above."""
GAP = 0.3
"""Between two pictures side by side, as a share of a picture's width."""
SHADES = [[0.0, palette.NEUTRAL], [1.0, palette.POSITIVE]]
MOST_CELLS_WITH_NUMBERS = 64
_NEVER_BELOW = 1e-30
"""A gradient of exactly 0 has no place on a log axis: it is drawn as this."""


@dataclass(frozen=True)
class Table:
    """How often each class (a row) was taken for each (a column)."""

    title: str
    counts: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Spread:
    """For one layer: how many values lie in each bin (with so many edges and one), for each epoch
    [M][bins]."""

    title: str
    epochs: Sequence[float]
    edges: Sequence[float]
    counts: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Line:
    """A value over the epochs."""

    title: str
    values: Sequence[float]


@dataclass(frozen=True)
class Pairs:
    """True numbers and what was predicted for them."""

    title: str
    true: Sequence[float]
    predicted: Sequence[float]


def confusion_matrices(tables: Sequence[Table], names: Sequence[str]) -> go.Figure:
    """The tables side by side, the first class above."""
    traces = [_table(table, names, place) for place, table in enumerate(tables, start=1)]
    axes = _side_by_side(
        len(tables),
        {"title": {"text": _("predicted")}, "type": "category", "showgrid": False},
        {"type": "category", "autorange": "reversed", "showgrid": False},
    )
    axes["yaxis"] |= {"title": {"text": _("true class")}}
    titles = [table.title for table in tables]
    return palette.figure(HEIGHT + 20, traces, **axes, margin=MARGIN, annotations=_titles(titles))


def _table(table: Table, names: Sequence[str], place: int) -> dict[str, Any]:
    counts = [list(row) for row in table.counts]
    few = len(counts) ** 2 <= MOST_CELLS_WITH_NUMBERS
    return {
        "type": "heatmap",
        "x": list(names),
        "y": list(names),
        "z": counts,
        "colorscale": SHADES,
        "zmin": 0,
        # Twice as far as the counts go: black numbers stay readable on the light half.
        "zmax": 2 * max(1, *(count for row in counts for count in row)),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "texttemplate": "%{z}" if few else None,
        "textfont": {"color": palette.ink(palette.NEUTRAL)},
        "hovertemplate": _("true: {true}, predicted: {predicted}").format(
            true="%{y}", predicted="%{x}"
        )
        + ": %{z}<extra></extra>",
        **_axes_of(place),
    }


def spreads(layers: Sequence[Spread]) -> go.Figure:
    """For each layer moments from left to right and values upwards; the darker, the more."""
    traces = [_spread(layer, place) for place, layer in enumerate(layers, start=1)]
    axes = _side_by_side(len(layers), {"title": {"text": _("epoch")}}, {})
    return palette.figure(
        HEIGHT, traces, **axes, margin=MARGIN, annotations=_titles([each.title for each in layers])
    )


def _spread(layer: Spread, place: int) -> dict[str, Any]:
    edges, epochs = list(layer.edges), list(layer.epochs)
    middles = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    return {
        "type": "heatmap",
        "x": epochs,
        "y": middles,
        "z": [list(column) for column in zip(*layer.counts, strict=True)],
        "colorscale": SHADES,
        "zmin": 0,
        "showscale": False,
        "hovertemplate": _("epoch {epoch}, value {value}: {count}").format(
            epoch="%{x:.4g}", value="%{y:.3g}", count="%{z}"
        )
        + "<extra></extra>",
        **_axes_of(place),
    }


def lines(epochs: Sequence[float], drawn: Sequence[Line], unit: str, scale: str) -> go.Figure:
    """Lines over the epochs; `unit` says what goes upwards, `scale` is "linear" or "log"."""
    low = _NEVER_BELOW if scale == "log" else None
    traces = [_line(epochs, line, place, low) for place, line in enumerate(drawn)]
    return palette.figure(
        HEIGHT,
        traces,
        showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        hovermode="x",
        xaxis={"title": {"text": _("epoch")}, "rangemode": "tozero"},
        yaxis={"title": {"text": unit}, "type": scale},
    )


def _line(epochs: Sequence[float], line: Line, place: int, low: float | None) -> dict[str, Any]:
    colors, dashes = palette.SERIES, palette.DASHES
    values = list(line.values) if low is None else [max(value, low) for value in line.values]
    return {
        "type": "scatter",
        "name": line.title,
        "x": list(epochs),
        "y": values,
        "mode": "lines",
        "line": {
            "color": colors[place % len(colors)],
            "dash": dashes[(place + place // len(colors)) % len(dashes)],
            "width": 2.5,
        },
        "hovertemplate": "%{y:.4g}",
    }


def predicted_against_true(groups: Sequence[Pairs]) -> go.Figure:
    """A point for each row: on the line where the prediction is right."""
    every = [value for pairs in groups for side in (pairs.true, pairs.predicted) for value in side]
    ends = [min(every, default=0.0), max(every, default=1.0)]
    straight = {
        "type": "scatter",
        "x": ends,
        "y": ends,
        "mode": "lines",
        "name": _("right"),
        "line": {"color": palette.QUIET, "dash": "dot"},
        "hoverinfo": "skip",
    }
    return palette.figure(
        HEIGHT + 40,
        [straight, *(_points(pairs, place) for place, pairs in enumerate(groups))],
        showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        xaxis={"title": {"text": _("true")}},
        yaxis={"title": {"text": _("predicted")}},
    )


def _points(pairs: Pairs, place: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": pairs.title,
        "x": list(pairs.true),
        "y": list(pairs.predicted),
        "mode": "markers",
        "marker": {
            "color": palette.SERIES[place],
            "symbol": ("circle", "diamond-open")[place % 2],
            "size": 6,
        },
        "hovertemplate": "%{x:.4g} → %{y:.4g}",
    }


def _axes_of(place: int) -> dict[str, str]:
    number = "" if place == 1 else str(place)
    return {"xaxis": f"x{number}", "yaxis": f"y{number}"}


def _side_by_side(count: int, xaxis: dict[str, Any], yaxis: dict[str, Any]) -> dict[str, Any]:
    """Axes for so many pictures in a row."""
    axes: dict[str, Any] = {}
    width = 1 / (count + GAP * (count - 1))
    for place in range(count):
        left = place * (1 + GAP) * width
        number = "" if place == 0 else str(place + 1)
        domain = [left, min(left + width, 1.0)]
        axes[f"xaxis{number}"] = {**xaxis, "domain": domain, "anchor": f"y{number}"}
        axes[f"yaxis{number}"] = {**yaxis, "anchor": f"x{number}"}
    return axes


def _titles(texts: Sequence[str]) -> list[dict[str, Any]]:
    width = 1 / (len(texts) + GAP * (len(texts) - 1))
    return [
        {
            "text": text,
            "x": (place * (1 + GAP) + 0.5) * width,
            "y": 1,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "center",
            "yanchor": "bottom",
            "showarrow": False,
        }
        for place, text in enumerate(texts)
    ]
