"""The learning curves: the loss on the rows that are learned from and on those held out, over the
epochs, with a mark for every change on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.language import gettext as _

TRAIN, TEST, HERE = "train", "test", "here"
HEIGHT = 200
FLAG_LINES, FLAG_LINE = 3, 15
"""How many lines flags stand in, and how high one is in pixels."""


@dataclass(frozen=True)
class Mark:
    """Something that was changed, said in a few words: at an epoch, or again and again from there
    until another."""

    epoch: float
    text: str
    until: float = 0.0


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
        shapes=[shape for mark in curves.marks for shape in _uprights(mark)],
        annotations=list(_flags(curves.marks, curves.epochs[-1])),
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


def _uprights(mark: Mark) -> Iterator[dict[str, Any]]:
    """A line where it was changed first; a band as far as it was changed again and again."""
    place = {"xref": "x", "yref": "y domain", "x0": mark.epoch, "y0": 0, "y1": 1}
    line = {"color": palette.SELECTED, "width": 1.5, "dash": "dot"}
    yield {"type": "line", **place, "x1": mark.epoch, "line": line}
    if mark.until > mark.epoch:
        band = {"fillcolor": palette.SELECTED, "opacity": 0.2, "line": {"width": 0}}
        yield {"type": "rect", **place, "x1": mark.until, **band}


def _flags(marks: Sequence[Mark], last: float) -> Iterator[dict[str, Any]]:
    """Each on the side where there is room, in one of a few lines, so that neighbours can be
    read."""
    for number, mark in enumerate(marks):
        left = mark.epoch > last / 2
        yield {
            "x": mark.epoch if left else max(mark.epoch, mark.until),
            "y": 1,
            "yref": "y domain",
            "yshift": -FLAG_LINE * (number % FLAG_LINES),
            "text": mark.text,
            "showarrow": False,
            "xanchor": "right" if left else "left",
            "yanchor": "top",
            "font": {"size": palette.SMALL_TEXT_SIZE, "color": palette.SELECTED},
        }
