"""A number's `.grad` step by step: what piles up without zero_grad beside what stands there with
it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.language import gettext as _


def pile(piled: Sequence[float], cleared: Sequence[float], at: int) -> go.Figure:
    """Two bars for each step; `at` is the step that is looked at."""
    return palette.figure(
        palette.SMALL_HEIGHT + 40,
        [
            _bars(piled, _("without zero_grad"), palette.NEGATIVE, "/"),
            _bars(cleared, _("with zero_grad"), palette.POSITIVE, ""),
        ],
        barmode="group",
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        shapes=[_frame(at)],
        xaxis={"title": {"text": _("step")}, "dtick": 1},
        yaxis={"title": {"text": ".grad"}, "zeroline": True},
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
    )


def _bars(values: Sequence[float], name: str, color: str, pattern: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": list(range(len(values))),
        "y": list(values),
        "marker": {
            "color": color,
            "pattern": {"shape": pattern, "fillmode": "replace", "solidity": 0.55, "size": 6},
            "line": {"color": color, "width": 1},
        },
        "hovertemplate": _("step %{x}, .grad %{y:.4g}") + f"<extra>{name}</extra>",
    }


def _frame(at: int) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": at - 0.5,
        "x1": at + 0.5,
        "y0": 0,
        "y1": 1,
        "line": {"color": palette.SELECTED, "width": 2},
    }
