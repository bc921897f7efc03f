"""What a broken program measured, and beside it what was measured with a remedy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.language import gettext as _

WIDE = 1000.0
"""From this ratio of the largest to the smallest value on, the axis is logarithmic."""

Named = Mapping[str, Sequence[float]]
"""Curves by what they are called."""


def bug_curves(broken: Named, tried: Named) -> go.Figure:
    """Lines over epochs; those of the broken program dashed. `tried` may be empty."""
    drawn = [
        *_lines(broken, _("{name}, as it is"), palette.NEGATIVE, ("dash", "dot")),
        *_lines(tried, _("{name}, with the remedy"), palette.POSITIVE, ("solid", "dashdot")),
    ]
    values = [y for line in drawn for y in line["y"] if y is not None]
    return palette.figure(
        palette.HEIGHT,
        drawn,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="closest",
        xaxis={"title": {"text": _("epoch")}, "rangemode": "tozero"},
        yaxis={"type": _scale(values), "rangemode": "tozero"},
        margin={"l": 8, "r": 8, "t": 64, "b": 8},
    )


def _lines(
    curves: Named, pattern: str, color: str, dashes: tuple[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": pattern.format(name=name),
            "x": list(range(len(curve))),
            "y": [value if math.isfinite(value) else None for value in curve],
            "line": {"color": color, "width": 2.5, "dash": dash},
        }
        for (name, curve), dash in zip(curves.items(), dashes, strict=False)
    ]


def _scale(values: Sequence[float]) -> str:
    wide = bool(values) and min(values) > 0 and max(values) > WIDE * min(values)
    return "log" if wide else "linear"
