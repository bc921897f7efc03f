"""The loss curve: how far the outputs were from the targets at every recorded step, and where in
the run one stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.language import gettext as _

WIDE = 1000.0
"""From this ratio of the largest to the smallest loss on, the axis is logarithmic."""


@dataclass(frozen=True)
class LossCurve:
    """Losses at steps, the step one stands at, and the step at which the loss diverged, if it
    did. `steps_per_epoch` turns steps into epochs; without it the curve counts in steps."""

    steps: Sequence[int]
    losses: Sequence[float]
    at: int
    steps_per_epoch: int | None = None
    diverged_at: int | None = None

    def place(self, step: int) -> float:
        """Where a step lies on the axis."""
        return step / (self.steps_per_epoch or 1)


def loss_curve(curve: LossCurve) -> go.Figure:
    """The curve, a marker where one stands, a cross where the loss diverged."""
    words = _words(curve)
    here = max(i for i, step in enumerate(curve.steps) if step <= curve.at or i == 0)
    traces = [
        _line(curve, words.point),
        _marker(curve.place(curve.steps[here]), curve.losses[here]),
    ]
    if curve.diverged_at is not None:
        traces.append(_cross(curve.place(curve.diverged_at), curve.losses[-1], words.diverged))
    return palette.figure(
        palette.SMALL_HEIGHT,
        traces,
        hovermode="closest",
        xaxis={"title": {"text": words.axis}, "rangemode": "tozero"},
        yaxis={"title": {"text": _("loss")}, **_scale(curve.losses)},
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
    )


class _Words(NamedTuple):
    """What the axis is called, and what is said of a point and of the place of divergence."""

    axis: str
    point: str
    diverged: str


def _words(curve: LossCurve) -> _Words:
    if curve.steps_per_epoch is None:
        return _Words(
            _("step"),
            _("step %{x}, loss %{y:.6f}"),
            _("NaN or infinity from step %{x} on"),
        )
    return _Words(
        _("epoch"),
        _("epoch %{x:.4~g}, loss %{y:.6f}"),
        _("NaN or infinity from epoch %{x:.4~g} on"),
    )


def _line(curve: LossCurve, said: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [curve.place(step) for step in curve.steps],
        "y": list(curve.losses),
        "mode": "lines+markers" if len(curve.steps) <= 60 else "lines",
        "line": {"color": palette.POSITIVE, "width": 2.5},
        "marker": {"size": 4},
        "customdata": [f"s{step}" for step in curve.steps],
        "hovertemplate": said + "<extra></extra>",
    }


def _marker(place: float, loss: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [place],
        "y": [loss],
        "mode": "markers",
        "marker": {"size": 13, "color": palette.SELECTED, "symbol": "circle-open", "line.width": 3},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _cross(place: float, loss: float, said: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [place],
        "y": [loss],
        "mode": "markers+text",
        "text": [_("diverged")],
        "textposition": "middle left",
        "marker": {"size": 14, "color": palette.NEGATIVE, "symbol": "x"},
        "hovertemplate": said + "<extra></extra>",
    }


def _scale(losses: Sequence[float]) -> dict[str, Any]:
    """A logarithmic axis has so few ticks that all are powers of ten."""
    positive = [loss for loss in losses if loss > 0 and math.isfinite(loss)]
    wide = len(positive) == len(losses) and max(positive) > WIDE * min(positive)
    return {"type": "log", "nticks": 4} if wide else {"type": "linear"}
