"""The learning curves: the loss on the rows that are learned from and on those held out, over the
epochs, with a mark for every change on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.language import gettext as _

TRAIN, TEST, HERE = "train", "test", "here"
HEIGHT = 200


@dataclass(frozen=True)
class Mark:
    """Something that was changed, at an epoch, said in a few words."""

    epoch: float
    text: str


@dataclass(frozen=True)
class Curves:
    """Epochs [M], the losses there on training and test rows [M], and the epoch looked at. No test
    losses: none are held out. `scale` is "linear" or "log"."""

    epochs: Sequence[float]
    train: Sequence[float]
    test: Sequence[float]
    at: float
    marks: Sequence[Mark] = ()
    scale: str = "linear"


def learning_curves(curves: Curves) -> go.Figure:
    """Both curves, the place that is looked at, and the changes.

    >>> figure = learning_curves(Curves(epochs=[0, 1], train=[0.9, 0.5], test=[], at=1))
    >>> [trace.name for trace in figure.data]
    ['training loss', None]
    """
    here = max((i for i, epoch in enumerate(curves.epochs) if epoch <= curves.at), default=0)
    test = [_line(TEST, _("test loss"), curves.epochs, curves.test)] if len(curves.test) else []
    return palette.figure(
        HEIGHT,
        [
            _line(TRAIN, _("training loss"), curves.epochs, curves.train),
            *test,
            _here(curves.epochs[here], curves.train[here]),
        ],
        showlegend=True,
        legend={
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "x": 0,
            "font": {"size": palette.SMALL_TEXT_SIZE},
        },
        hovermode="x",
        xaxis={"title": {"text": _("epoch"), "standoff": 4}, "rangemode": "tozero"},
        yaxis={"title": {"text": _("loss"), "standoff": 4}, "type": curves.scale},
        shapes=[_upright(mark) for mark in curves.marks],
        annotations=[_flag(mark) for mark in curves.marks],
    )


_LOOKS = {TRAIN: (palette.POSITIVE, "solid"), TEST: (palette.NEGATIVE, "dash")}


def _line(name: str, text: str, epochs: Sequence[float], losses: Sequence[float]) -> dict[str, Any]:
    color, dash = _LOOKS[name]
    return {
        "type": "scatter",
        "uid": name,
        "name": text,
        "x": list(epochs),
        "y": list(losses),
        "mode": "lines",
        "line": {"color": color, "dash": dash, "width": 2.5},
        "hovertemplate": "%{y:.6f}",
    }


def _here(epoch: float, loss: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "uid": HERE,
        "x": [epoch],
        "y": [loss],
        "mode": "markers",
        "marker": {"size": 12, "color": palette.SELECTED, "symbol": "circle-open", "line.width": 3},
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _upright(mark: Mark) -> dict[str, Any]:
    line = {"color": palette.SELECTED, "width": 1.5, "dash": "dot"}
    place = {"x0": mark.epoch, "x1": mark.epoch, "y0": 0, "y1": 1}
    return {"type": "line", "xref": "x", "yref": "y domain", "line": line, **place}


def _flag(mark: Mark) -> dict[str, Any]:
    return {
        "x": mark.epoch,
        "y": 1,
        "yref": "y domain",
        "text": mark.text,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "top",
        "font": {"size": palette.SMALL_TEXT_SIZE, "color": palette.SELECTED},
    }
