"""The field is the plane of the data: behind it the network's output as an image, on it the points
of each class, filled for training and hollow for the test. With one feature it is a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from nnlab.figures import palette
from nnlab.figures.markup import as_text
from nnlab.language import gettext as _

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "pentagon")
CURVE = "output"
HEIGHT = 305
_PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@dataclass(frozen=True)
class Group:
    """Points that are drawn alike: x, y [N], the numbers of their rows, a name, the place of their
    colour, or their values [N] where numbers are predicted; hollow ones are held out."""

    x: ArrayLike
    y: ArrayLike
    rows: Sequence[int]
    name: str
    place: int
    hollow: bool
    values: ArrayLike | None = None


@dataclass(frozen=True)
class Field:
    """The plane's range and axis names, the largest value where numbers are predicted, and whether
    points can be added and moved ("touch") or not ("look")."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    names: tuple[str, ...]
    limit: float = 1.0
    use: str = "look"


def field(shown: Field, groups: Sequence[Group]) -> go.Figure:
    """The points over an image that frames will change."""
    flat = len(shown.low) == 2
    first, second = map(as_text, (*shown.names, _("target y"))[:2])
    return palette.figure(
        HEIGHT,
        [
            *([] if flat else [_curve(shown)]),
            *(_points(each, shown.limit) for each in groups),
            *([_key()] if any(each.hollow for each in groups) else []),
        ],
        images=[_image(shown)] if flat else [],
        showlegend=True,
        legend={
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "x": 0,
            "font": {"size": palette.SMALL_TEXT_SIZE},
        },
        xaxis={"range": [shown.low[0], shown.high[0]], "title": {"text": first, "standoff": 4}},
        yaxis={
            "range": [shown.low[1], shown.high[1]] if flat else None,
            "title": {"text": second, "standoff": 4},
        },
        hovermode="closest",
        meta={"plane": shown.use == "touch", "square": True},
    )


def _image(shown: Field) -> dict[str, Any]:
    (left, bottom), (right, top) = shown.low, shown.high
    return {
        "source": f"data:image/gif;base64,{_PIXEL}",
        "xref": "x",
        "yref": "y",
        "x": left,
        "y": top,
        "sizex": right - left,
        "sizey": top - bottom,
        "sizing": "stretch",
        "layer": "below",
    }


def _curve(shown: Field) -> dict[str, Any]:
    """Where the frames draw the network's output over the one feature."""
    return {
        "type": "scatter",
        "uid": CURVE,
        "name": _("output y"),
        "x": list(shown.low[:1] + shown.high[:1]),
        "y": [0.0, 0.0],
        "mode": "lines",
        "line": {"color": palette.SELECTED, "width": 3},
    }


def _points(group: Group, limit: float) -> dict[str, Any]:
    symbol = class_symbol(group.place) + ("-open" if group.hollow else "")
    marker: dict[str, Any] = {"symbol": symbol, "size": 8, "opacity": 1}
    if group.values is None:
        marker["color"] = class_color(group.place)
        marker["line"] = {"width": 2 if group.hollow else 1, "color": _rim(group)}
    else:
        shades = [palette.diverging(float(each), limit) for each in np.asarray(group.values)]
        marker |= {"color": shades, "line": {"width": 1.5, "color": palette.QUIET}}
    return {
        "type": "scatter",
        "name": as_text(group.name),
        "showlegend": not group.hollow,
        "mode": "markers",
        "x": group.x,
        "y": group.y,
        "customdata": [f"p{row}" for row in group.rows],
        "marker": marker,
        "hovertemplate": f"{as_text(group.name)} (%{{x:.3f}}, %{{y:.3f}})<extra></extra>",
    }


def _key() -> dict[str, Any]:
    """What the legend says about all hollow points."""
    marker = {"symbol": "circle-open", "size": 8, "color": palette.QUIET, "line": {"width": 2}}
    place = {"x": [None], "y": [None], "mode": "markers", "marker": marker}
    return {"type": "scatter", "name": _("test"), "hoverinfo": "skip", **place}


def _rim(group: Group) -> str:
    return class_color(group.place) if group.hollow else "#ffffff"


def class_color(place: int) -> str:
    """The colour of a class; from the ninth on they come again, with other symbols."""
    return palette.SERIES[place % len(palette.SERIES)]


def class_symbol(place: int) -> str:
    """The symbol of a class."""
    return SYMBOLS[(place + place // len(palette.SERIES)) % len(SYMBOLS)]


LEVELS = 16
"""Shades of each class, from undecided to certain."""


@cache
def shades(strength: float = 1.0) -> tuple[int, ...]:
    """256 colours, three numbers each, from the most negative over nothing to the most positive;
    below strength 1 they are mixed with white, so that points stand out before them."""
    full = [palette.diverging(place / 127.5 - 1, 1.0) for place in range(256)]
    colors = [palette.mix("#ffffff", color, strength) for color in full]
    return tuple(channel for color in colors for channel in palette.channels(color))


@cache
def class_shades(classes: int) -> tuple[int, ...]:
    """For each class LEVELS colours, from nearly white to its own, mixed with white."""
    colors = [
        palette.mix("#ffffff", class_color(place), 0.1 + 0.5 * level / (LEVELS - 1))
        for place in range(classes)
        for level in range(LEVELS)
    ]
    return tuple(channel for color in colors for channel in palette.channels(color))
