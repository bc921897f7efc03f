"""Several curves over the same steps, told apart by colour, dash and name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.figures.landscape import is_wide

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "9px,3px,2px,3px,2px,3px")
"""As many as there are optimizers, so that their curves differ also without colours."""
_POWERS = 12
"""So many powers of 10 are shown below the largest value."""


@dataclass(frozen=True)
class Curve:
    """One value for every step; `place` chooses its colour and dash."""

    name: str
    values: Sequence[float]
    place: int = 0
    first: int = 0


def style(place: int) -> tuple[str, str]:
    """The colour and the dash of the curve with this place. No two of the first 30 are alike."""
    return (
        palette.SERIES[place % len(palette.SERIES)],
        DASHES[(place % len(palette.SERIES) + place // len(palette.SERIES)) % len(DASHES)],
    )


def curves(
    drawn: Sequence[Curve],
    names: tuple[str, str],
    at: int | None = None,
    height: int = 300,
    scale: str = "",
) -> go.Figure:
    """The curves over their steps and, if wanted, a line at one step. Where no `scale` ("linear" or
    "log") is asked for, it is logarithmic if the values span much."""
    everything = [value for curve in drawn for value in curve.values]
    scale = scale or ("log" if is_wide(everything) else "linear")
    shapes = [] if at is None else [_upright(at)]
    return palette.figure(
        height,
        [_line(curve) for curve in drawn],
        shapes=shapes,
        xaxis={"title": {"text": names[0]}},
        yaxis={
            "title": {"text": names[1]},
            "type": scale,
            "rangemode": "tozero",
            "range": _powers(everything) if scale == "log" else None,
        },
        showlegend=len(drawn) > 1,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        margin={"l": 8, "r": 16, "t": 30, "b": 8},
        hovermode="closest",
    )


def _line(curve: Curve) -> dict[str, Any]:
    color, dash = style(curve.place)
    steps = list(range(curve.first, curve.first + len(curve.values)))
    return {
        "type": "scatter",
        "x": steps,
        "y": list(curve.values),
        "mode": "lines" if len(steps) > 1 else "markers",
        "name": curve.name,
        "line": {"color": color, "dash": dash, "width": 2.2},
        "hovertemplate": f"{curve.name}: %{{y:.5g}} (%{{x}})<extra></extra>",
    }


def _powers(values: Sequence[float]) -> tuple[float, float]:
    """The powers of 10 that are shown: what has almost vanished beside the largest is left out."""
    high = math.log10(max(values))
    low = max(math.log10(min(value for value in values if value > 0)), high - _POWERS)
    return low - 0.3, high + 0.3


def _upright(at: int) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": at,
        "x1": at,
        "yref": "y domain",
        "y0": 0,
        "y1": 1,
        "line": {"color": palette.QUIET, "width": 1, "dash": "dot"},
    }
