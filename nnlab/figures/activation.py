"""The curve of an activation, with the operating point on it: where the neuron is right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from nnlab.figures import palette
from nnlab.language import gettext as _


@dataclass(frozen=True)
class Operation:
    """A curve (`x` and `y`, equally long) and the point (`pre_activation`, `output`) on it."""

    x: ArrayLike
    y: ArrayLike
    pre_activation: float
    output: float
    part: str = "u0.0"


def activation_curve(shown: Operation) -> go.Figure:
    """The curve, the operating point with its value, and dotted lines from it to both axes."""
    x, y = np.asarray(shown.x), np.asarray(shown.y)
    low, high = float(y.min()), float(y.max())
    room = 0.15 * max(high - low, 0.5)
    bottom, left = low - room, float(x[0])
    return palette.figure(
        palette.SMALL_HEIGHT + 40,
        [
            _line(x, y),
            _guides(shown, left, bottom),
            _point(shown),
        ],
        xaxis={
            "range": (left, float(x[-1])),
            "title": {"text": _("pre-activation z"), "standoff": 4},
        },
        yaxis={"range": (bottom, high + 2 * room), "title": {"text": _("output y"), "standoff": 4}},
        annotations=[_value(shown)],
    )


def _line(x: ArrayLike, y: ArrayLike) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": palette.QUIET, "width": 3, "simplify": False},
        "hovertemplate": "z = %{x:.2f}<br>y = %{y:.4f}<extra></extra>",
    }


def _guides(shown: Operation, left: float, bottom: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": (shown.pre_activation, shown.pre_activation, left),
        "y": (bottom, shown.output, shown.output),
        "line": {"color": palette.SELECTED, "width": 1.5, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _point(shown: Operation) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": (shown.pre_activation,),
        "y": (shown.output,),
        "customdata": (shown.part,),
        "marker": {"color": palette.SELECTED, "size": 14, "line": {"width": 2, "color": "white"}},
        "hovertemplate": "z = %{x:.4f}<br>y = %{y:.4f}<extra></extra>",
    }


def _value(shown: Operation) -> dict[str, Any]:
    """The point's numbers, in the corner that a rising curve leaves free."""
    return {
        "text": f"z = {shown.pre_activation:.3f}<br><b>y = {shown.output:.3f}</b>",
        "align": "left",
        "showarrow": False,
        "xref": "paper",
        "yref": "paper",
        "x": 0.02,
        "y": 0.98,
        "xanchor": "left",
        "yanchor": "top",
    }
