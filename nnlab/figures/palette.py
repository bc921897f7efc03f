"""The colours and sizes that every figure shares.

A figure sets no background and no font colour: the browser takes both from the app's theme. So
every colour here must be seen on white and on near-black, and told apart by colour-blind readers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

POSITIVE = "#1f77b4"
NEGATIVE = "#d95f02"
NEUTRAL = "#f2f2f2"
QUIET = "#808590"
SELECTED = "#c2359a"

#: Colours for things that stand beside each other; they also differ in symbol or dash.
SERIES = (
    NEGATIVE,
    POSITIVE,
    "#12876f",
    SELECTED,
    "#8a6d00",
    "#6b4fbb",
    "#5c6b00",
    QUIET,
)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

#: From the most negative value, over 0 in the middle, to the most positive.
DIVERGING = (
    (0.0, NEGATIVE),
    (0.25, "#f3ab6d"),
    (0.5, NEUTRAL),
    (0.75, "#86b9de"),
    (1.0, POSITIVE),
)

#: Whether Plotly checks every property of a figure. That takes four times as long as making it,
#: so only the tests turn it on.
CHECKED = False

HEIGHT = 360
SMALL_HEIGHT = 240
TEXT_SIZE = 13
SMALL_TEXT_SIZE = 11

TRANSPARENT = "rgba(0,0,0,0)"
_MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}
_AXIS = {"zeroline": False, "automargin": True, "exponentformat": "power"}
_NUMBERS = ("x", "y", "z")
_MANY = 16


def figure(height: int, traces: Sequence[Any] = (), **layout: Any) -> go.Figure:
    """A figure of `height` pixels in the shared style; `layout` adds to it or overrides it.

    `traces` are Plotly traces, or their dictionaries, in drawing order.
    """
    drawing = {"data": [_packed(trace) for trace in traces], "layout": _said(base(height) | layout)}
    return go.Figure(drawing, _validate=CHECKED)


def _packed(trace: Any) -> Any:
    """A trace with its many numbers in arrays: Plotly copies a figure twice before it is written,
    and lists number by number."""
    if not isinstance(trace, dict):
        return trace
    return trace | {
        name: np.asarray(trace[name], dtype=np.float64)
        for name in _NUMBERS
        if _are_many_numbers(trace.get(name))
    }


def _are_many_numbers(values: Any) -> bool:
    many = isinstance(values, (list, tuple)) and len(values) > _MANY
    return many and all(type(value) in (int, float) for value in values)


def _said(layout: dict[str, Any]) -> dict[str, Any]:
    """Without what is None: Plotly's script draws no second picture over an axis whose range is
    null."""
    return {
        name: _said(value) if isinstance(value, dict) else value
        for name, value in layout.items()
        if value is not None
    }


def base(height: int) -> dict[str, Any]:
    """The layout all figures start from: see-through, narrow margins, zoom kept on updates."""
    return {
        "template": {"layout": {"xaxis": _AXIS, "yaxis": _AXIS}},
        "height": height,
        "margin": _MARGIN,
        "paper_bgcolor": TRANSPARENT,
        "plot_bgcolor": TRANSPARENT,
        "font": {"size": TEXT_SIZE},
        "hoverlabel": {"align": "left"},
        "showlegend": False,
        "uirevision": "kept",
    }


def colorscale() -> list[list[float | str]]:
    """`DIVERGING` in the form Plotly's `colorscale` wants; use it with `zmid=0`."""
    return [[place, color] for place, color in DIVERGING]


def sign_color(value: float) -> str:
    """`POSITIVE` or `NEGATIVE`; zero and NaN are `QUIET`."""
    if value > 0:
        return POSITIVE
    return NEGATIVE if value < 0 else QUIET


def diverging(value: float, limit: float) -> str:
    """The colour of `value` on the scale from `-limit` to `limit`, as '#rrggbb'.

    Values beyond the limit take the end's colour; NaN and a limit of 0 take the neutral one.
    """
    if math.isnan(value) or not limit > 0:
        return NEUTRAL
    place = min(max((value / limit + 1) / 2, 0.0), 1.0)
    above = next(index for index in range(1, len(DIVERGING)) if place <= DIVERGING[index][0])
    (low, start), (high, end) = DIVERGING[above - 1 : above + 1]
    return mix(start, end, (place - low) / (high - low))


def mix(start: str, end: str, share: float) -> str:
    """The colour `share` of the way from `start` to `end`, all three as '#rrggbb'."""
    pairs = zip(channels(start), channels(end), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def ink(fill: str) -> str:
    """Black or white: whichever reads better on `fill`."""
    return max(("#000000", "#ffffff"), key=lambda color: contrast(color, fill))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2, 'contrast ratio')."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    """Relative luminance of '#rrggbb', 0 to 1 (WCAG 2.2, 'relative luminance')."""
    red, green, blue = (_linear(channel / 255) for channel in channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def channels(color: str) -> tuple[int, int, int]:
    """Red, green and blue of '#rrggbb', 0 to 255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
