"""The loss curve: how far the outputs were from the targets at every recorded step, and where in
the run one stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.language import gettext as _

WIDE = 1000.0
"""From this ratio of the largest to the smallest loss on, the axis is logarithmic."""


@dataclass(frozen=True)
class LossCurve:
    """Losses at steps, the step one stands at, and the step at which the loss diverged, if it
    did. `steps_per_epoch` turns steps into epochs."""

    steps: Sequence[int]
    losses: Sequence[float]
    at: int
    steps_per_epoch: int = 1
    diverged_at: int | None = None


def loss_curve(curve: LossCurve) -> go.Figure:
    """The curve over epochs, a marker where one stands, a cross where the loss diverged."""
    epochs = [step / curve.steps_per_epoch for step in curve.steps]
    here = max(i for i, step in enumerate(curve.steps) if step <= curve.at or i == 0)
    traces = [_line(curve, epochs), _marker(epochs[here], curve.losses[here])]
    if curve.diverged_at is not None:
        traces.append(_cross(curve.diverged_at / curve.steps_per_epoch, curve.losses[-1]))
    return palette.figure(
        palette.SMALL_HEIGHT,
        traces,
        hovermode="closest",
        xaxis={"title": {"text": _("epoch")}, "rangemode": "tozero"},
        yaxis={"title": {"text": _("loss")}, **_scale(curve.losses)},
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
    )


def _line(curve: LossCurve, epochs: Sequence[float]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": list(epochs),
        "y": list(curve.losses),
        "mode": "lines+markers" if len(epochs) <= 60 else "lines",
        "line": {"color": palette.POSITIVE, "width": 2.5},
        "marker": {"size": 4},
        "customdata": [f"s{step}" for step in curve.steps],
        "hovertemplate": _("epoch %{x:.4~g}, loss %{y:.6f}") + "<extra></extra>",
    }


def _marker(epoch: float, loss: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [epoch],
        "y": [loss],
        "mode": "markers",
        "marker": {"size": 13, "color": palette.SELECTED, "symbol": "circle-open", "line.width": 3},
        "hoverinfo": "skip",
    }


def _cross(epoch: float, loss: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [epoch],
        "y": [loss],
        "mode": "markers+text",
        "text": [_("diverged")],
        "textposition": "middle left",
        "marker": {"size": 14, "color": palette.NEGATIVE, "symbol": "x"},
        "hovertemplate": _("NaN or infinity from epoch %{x:.4~g} on") + "<extra></extra>",
    }


def _scale(losses: Sequence[float]) -> dict[str, Any]:
    """A logarithmic axis has so few ticks that all are powers of ten."""
    positive = [loss for loss in losses if loss > 0 and math.isfinite(loss)]
    wide = len(positive) == len(losses) and max(positive) > WIDE * min(positive)
    return {"type": "log", "nticks": 4} if wide else {"type": "linear"}
