"""The plane of two features: how strongly a network says yes at each place (the shade), where it
is undecided (the line), and the points it is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from nnlab.figures import palette
from nnlab.language import gettext as _

MOST_LARGE = 24
"""Points up to which they are drawn large; more of them would cover the plane."""
_OPACITY = 0.55


@dataclass(frozen=True)
class Boundary:
    """`output` [rows, columns] over `x` [columns] and `y` [rows]; the line is drawn where `score`
    is 0, and the shade turns from one colour to the other where the output is `undecided`."""

    x: ArrayLike
    y: ArrayLike
    output: ArrayLike
    score: ArrayLike
    undecided: float
    names: tuple[str, str] = ("x<sub>1</sub>", "x<sub>2</sub>")


@dataclass(frozen=True)
class Place:
    """A point in the plane. Yes is drawn as a square, no as a circle, neither as a cross that can
    lie on another point."""

    x: float
    y: float
    yes: bool | None
    text: str = ""
    hover: str = ""
    part: str = ""


class _Mark(NamedTuple):
    symbol: str
    color: str
    size: int
    edge: int


_MARKS = {
    True: _Mark("square", palette.POSITIVE, 18, 2),
    False: _Mark("circle", palette.NEGATIVE, 20, 2),
    None: _Mark("x", palette.SELECTED, 11, 1),
}


@dataclass(frozen=True)
class Arrow:
    """The weights of one unit as an arrow, and its bias."""

    weights: tuple[float, float]
    bias: float


def boundary(
    shown: Boundary, places: Sequence[Place] = (), arrow: Arrow | None = None
) -> go.Figure:
    """Shade, line, arrow and points, in a square plane."""
    x, y = np.asarray(shown.x), np.asarray(shown.y)
    middle, reach = float(x.mean()), float(np.ptp(x)) / 2
    arrows = [_arrow(arrow, middle, reach)] if arrow and any(arrow.weights) else []
    return palette.figure(
        palette.HEIGHT + 60,
        [_shade(shown, x, y), _line(shown, x, y), *arrows, *([_points(places)] if places else [])],
        xaxis={
            "range": (float(x[0]), float(x[-1])),
            "constrain": "domain",
        },
        yaxis={
            "range": (float(y[0]), float(y[-1])),
            "constrain": "domain",
            "constraintoward": "top",
            "scaleanchor": "x",
        },
        annotations=_names(shown.names),
    )


def _names(names: tuple[str, str]) -> list[dict[str, Any]]:
    """The axis names in the plane's corners: titles would slip under a square plane's ticks."""
    first, second = names
    corner = {"xref": "x domain", "yref": "y domain", "showarrow": False}
    return [
        {"text": f"{first} →", "x": 0.99, "y": 0.01, "xanchor": "right", **corner},
        {"text": f"↑ {second}", "x": 0.01, "y": 0.99, "xanchor": "left", **corner},
    ]


def _shade(shown: Boundary, x: NDArray[Any], y: NDArray[Any]) -> dict[str, Any]:
    output = np.asarray(shown.output)
    span = max(0.5, float(np.abs(output - shown.undecided).max()))
    return {
        "type": "heatmap",
        "x": x,
        "y": y,
        "z": output,
        "zmin": shown.undecided - span,
        "zmax": shown.undecided + span,
        "colorscale": _see_through(),
        "zsmooth": "fast",
        "colorbar": {
            "orientation": "h",
            "thickness": 10,
            "lenmode": "pixels",
            "len": 280,
            "y": 1.0,
            "yanchor": "bottom",
            "outlinewidth": 0,
            "title": {"text": _("output y"), "side": "top"},
            "nticks": 5,
        },
        "hovertemplate": "(%{x:.2f}, %{y:.2f})<br>y = %{z:.3f}<extra></extra>",
    }


def _line(shown: Boundary, x: NDArray[Any], y: NDArray[Any]) -> dict[str, Any]:
    return {
        "type": "contour",
        "x": x,
        "y": y,
        "z": np.asarray(shown.score),
        "contours": {"start": 0, "end": 0, "size": 1, "coloring": "none"},
        "line": {"color": palette.QUIET, "width": 4, "smoothing": 0},
        "showscale": False,
        "hoverinfo": "skip",
    }


def _arrow(arrow: Arrow, middle: float, reach: float) -> dict[str, Any]:
    """From the point of the line nearest to the middle, in the direction of the weights, with a
    leg along each axis. Lengths keep their order but are squeezed to stay in the plane."""
    weights = np.asarray(arrow.weights)
    length = float(np.hypot(*weights))
    distance = (float(weights.sum()) * middle + arrow.bias) / length
    foot = middle - weights / length * distance
    start = foot if np.abs(foot - middle).max() < reach else np.full(2, middle)
    tip = start + weights * reach / (1 + length)
    corner = (float(tip[0]), float(start[1]))
    x = (start[0], (start[0] + tip[0]) / 2, corner[0], corner[0], tip[0], None, start[0], tip[0])
    y = (start[1], start[1], corner[1], (start[1] + tip[1]) / 2, tip[1], None, start[1], tip[1])
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x,
        "y": y,
        "customdata": ("b0.0", "w0.0.0", "", "w0.0.1", "", "", "b0.0", ""),
        "line": {"color": palette.SELECTED, "width": 2},
        "marker": {
            "color": palette.SELECTED,
            "symbol": ("circle",) * 7 + ("arrow",),
            "size": (8, 6, 0, 6, 0, 0, 0, 16),
            "angleref": "previous",
            "opacity": 1,
        },
        "hoverinfo": "text",
        "hovertext": _arrow_hovers(arrow),
    }


def _arrow_hovers(arrow: Arrow) -> tuple[str, ...]:
    bias = _("bias {value:.3f}").format(value=arrow.bias)
    first, second = (
        _("weight {number}: {value:.3f}").format(number=number, value=value)
        for number, value in enumerate(arrow.weights, start=1)
    )
    return (bias, first, "", second, "", "", bias, f"{first}<br>{second}")


def _points(places: Sequence[Place]) -> dict[str, Any]:
    marks = [_MARKS[place.yes] for place in places]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [place.x for place in places],
        "y": [place.y for place in places],
        "text": [place.text for place in places],
        "textposition": "top center",
        "customdata": [place.part for place in places],
        "hovertext": [place.hover for place in places],
        "hoverinfo": "text",
        "marker": {
            "symbol": [mark.symbol for mark in marks],
            "color": [mark.color for mark in marks],
            "size": [mark.size if len(marks) <= MOST_LARGE else mark.size / 2 for mark in marks],
            "opacity": 1,
            "line": {"width": [mark.edge for mark in marks], "color": "white"},
        },
    }


def _see_through() -> list[list[float | str]]:
    """From NEGATIVE over nothing to POSITIVE, so that the page shows through in any theme."""
    negative, positive = palette.channels(palette.NEGATIVE), palette.channels(palette.POSITIVE)
    return [
        [0.0, _with_alpha(negative, _OPACITY)],
        [0.499, _with_alpha(negative, 0.0)],
        [0.501, _with_alpha(positive, 0.0)],
        [1.0, _with_alpha(positive, _OPACITY)],
    ]


def _with_alpha(channels: tuple[int, int, int], alpha: float) -> str:
    red, green, blue = channels
    return f"rgba({red},{green},{blue},{alpha})"
