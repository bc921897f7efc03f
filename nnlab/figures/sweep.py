"""Pictures of a sweep: a heatmap with a cell for every pair of settings, the band between the best
and the worst seed, and two runs over each other with their difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.language import gettext as _

ROW_HEIGHT = 38
INK, HALO = "#000000", "#ffffff"
BEST, GOOD, WORST = 0.1, 0.4, 1.0
"""Losses at the ends of the colours and between them: they mean the same while a grid fills."""
BLUE = palette.mix(palette.POSITIVE, palette.NEUTRAL, 0.2)
"""Lighter than elsewhere, since numbers are read on it."""


@dataclass(frozen=True)
class Heat:
    """Learning rates and hidden sizes, and for each size a row with each rate's loss: None where it
    is not there yet, NaN where it diverged. `picked` is (row, column)."""

    rates: Sequence[float]
    sizes: Sequence[int]
    losses: Sequence[Sequence[float | None]]
    picked: tuple[int, int]


@dataclass(frozen=True)
class Band:
    """Over the epochs [M] the loss of the best, the middle and the worst seed, each [M]."""

    epochs: Sequence[float]
    best: Sequence[float]
    middle: Sequence[float]
    worst: Sequence[float]


@dataclass(frozen=True)
class Pair:
    """Two runs: the epochs and losses of each, and their names."""

    epochs: tuple[Sequence[float], Sequence[float]]
    losses: tuple[Sequence[float], Sequence[float]]
    names: tuple[str, str]


def heatmap(heat: Heat) -> go.Figure:
    """Colours by the logarithm of the loss; every cell carries its number, or says "diverged"."""
    rows, columns = range(len(heat.sizes)), range(len(heat.rates))
    row, column = heat.picked
    border = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    lines = ({"color": HALO, "width": 8}, {"color": palette.SELECTED, "width": 4})
    return palette.figure(
        ROW_HEIGHT * len(heat.sizes) + 60,
        [_cells(heat, rows, columns)],
        dragmode=False,
        xaxis=_axis(_("learning rate"), [f"{rate:g}" for rate in heat.rates]),
        yaxis=_axis(_("hidden size"), [str(size) for size in heat.sizes]),
        shapes=[{"type": "rect", "line": line, **border} for line in lines],
    )


def _cells(heat: Heat, rows: range, columns: range) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "x": list(columns),
        "y": list(rows),
        "z": [[_height(loss) for loss in row] for row in heat.losses],
        "zmin": math.log10(BEST),
        "zmax": math.log10(WORST),
        "text": [[_in_cell(loss) for loss in row] for row in heat.losses],
        "texttemplate": "%{text}",
        "textfont": {"color": INK},
        "customdata": [[cell(row, column) for column in columns] for row in rows],
        "colorscale": scale(),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": _("median test loss: %{text}") + "<extra></extra>",
    }


def scale() -> list[list[float | str]]:
    """From the best loss over a good one to the worst, by their logarithms."""
    middle = math.log(GOOD / BEST) / math.log(WORST / BEST)
    return [[0.0, BLUE], [middle, palette.NEUTRAL], [1.0, palette.NEGATIVE]]


def cell(row: int, column: int) -> str:
    """The id that a click on a cell gives."""
    return f"c{row}.{column}"


def _height(loss: float | None) -> float | None:
    """The logarithm of a loss; one that diverged is as bad as any can be."""
    if loss is None:
        return None
    return math.log10(min(max(loss, 1e-4), 1.0)) if math.isfinite(loss) else 0.0


def said(loss: float) -> str:
    """A loss as it ended, with a cross for one that diverged."""
    return f"{loss:.4f}" if math.isfinite(loss) else "×"


def _in_cell(loss: float | None) -> str:
    """At most five signs up to 99999, since the longest makes all numbers small; dots for a loss
    that is still to come."""
    if loss is None:
        return "…"
    digits = 3 - min(int(math.log10(max(loss, 1.0))), 3) if math.isfinite(loss) else 0
    return f"{loss:.{digits}f}" if math.isfinite(loss) else "×"


def _axis(title: str, names: Sequence[str]) -> dict[str, Any]:
    places = list(range(len(names)))
    return {
        "title": {"text": title},
        "tickvals": places,
        "ticktext": names,
        "showgrid": False,
        "fixedrange": True,
    }


def band(drawn: Band) -> go.Figure:
    """The worst and the best seed as the edges of an area, the middle one as a line in it."""
    edges = {"mode": "lines", "line": {"color": palette.POSITIVE, "width": 1}}
    area = {"fill": "tonexty", "fillcolor": palette.POSITIVE + "33"}
    middle = {"mode": "lines", "line": {"color": palette.POSITIVE, "width": 3}}
    return palette.figure(
        palette.SMALL_HEIGHT,
        [
            _curve(drawn.epochs, drawn.worst, _("worst seed")) | edges,
            _curve(drawn.epochs, drawn.best, _("best seed")) | edges | area,
            _curve(drawn.epochs, drawn.middle, _("middle seed")) | middle,
        ],
        **_layout(),
    )


def pair(drawn: Pair) -> go.Figure:
    """Both losses; where they were measured at the same epochs, the second minus the first under
    them, on a scale of its own."""
    looks = ((palette.POSITIVE, "solid"), (palette.NEGATIVE, "dash"))
    curves = [
        _curve(epochs, losses, name)
        | {"mode": "lines", "line": {"color": color, "dash": dash, "width": 2.5}}
        for epochs, losses, name, (color, dash) in zip(
            drawn.epochs, drawn.losses, drawn.names, looks, strict=True
        )
    ]
    layout = _layout()
    if list(drawn.epochs[0]) == list(drawn.epochs[1]):
        curves.append(_difference(drawn))
        layout["yaxis"] |= {"domain": [0.42, 1.0]}
        layout["yaxis2"] = {"domain": [0.0, 0.3], "zeroline": True, "nticks": 4}
        layout["xaxis"] |= {"anchor": "y2"}
    return palette.figure(palette.SMALL_HEIGHT + 100, curves, **layout)


def _difference(drawn: Pair) -> dict[str, Any]:
    apart = [other - one for one, other in zip(*drawn.losses, strict=True)]
    line = {"color": palette.QUIET, "dash": "dot", "width": 2.5}
    curve = _curve(drawn.epochs[0], apart, _("difference"))
    return curve | {"mode": "lines", "line": line, "yaxis": "y2"}


def _curve(epochs: Sequence[float], losses: Sequence[float], name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": list(epochs),
        "y": list(losses),
        "name": name,
        "hovertemplate": "%{y:.4f}",
    }


def _layout() -> dict[str, Any]:
    return {
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        "hovermode": "x",
        "xaxis": {"title": {"text": _("epoch")}, "rangemode": "tozero"},
        "yaxis": {"title": {"text": _("loss")}},
    }
