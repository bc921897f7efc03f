"""The learning curves: the loss on the rows that are learned from and on those held out, over the
epochs, with a mark for every change on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.language import gettext as _
from nnlab.language import ngettext

TRAIN, TEST, HERE = "train", "test", "here"
HEIGHT = 200
FLAG_LINES, FLAG_LINE = 3, 15
"""How many lines flags stand in, and how high one is in pixels."""
LETTER = 0.03
"""The share of the epochs that a letter of a flag covers; a Chinese one covers two of them."""


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


@dataclass(frozen=True)
class Flag:
    """The marks that stand together, the line in which they do, and the epochs that it covers."""

    marks: tuple[Mark, ...]
    line: int
    start: float
    end: float

    @property
    def text(self) -> str:
        """The change, or how many they are."""
        if len(self.marks) == 1:
            return self.marks[0].text
        return _count(len(self.marks))

    @property
    def all(self) -> str:
        """Each change in a line of its own."""
        said = _("epoch {epoch}: {text}")
        return "<br>".join(said.format(epoch=f"{m.epoch:.4g}", text=m.text) for m in self.marks)


def flags(marks: Sequence[Mark], last: float) -> list[Flag]:
    """A flag for each mark of a run of so many epochs, on the side and in the line where there is
    room; where there is none, the mark joins the flag before it. No two cover each other.

    >>> close = [Mark(epoch, f"lr = {epoch}") for epoch in range(1, 6)]
    >>> [flag.text for flag in flags(close, 100)]
    ['lr = 1', 'lr = 2', '3 changes']
    """
    found: list[Flag] = []
    for mark in sorted(marks, key=lambda mark: mark.epoch):
        start, end = _covered(mark, last)
        full = {flag.line for flag in found if flag.start < end and start < flag.end}
        line = next((each for each in range(FLAG_LINES) if each not in full), None)
        if line is None:
            found[-1] = replace(found[-1], marks=(*found[-1].marks, mark))
        else:
            found.append(Flag((mark,), line, start, end))
    return found


def _covered(mark: Mark, last: float) -> tuple[float, float]:
    """Room for the mark's text or, should others join it, for how many they are."""
    letters = max(
        sum(1 + (letter > "\u2e7f") for letter in text) for text in (mark.text, _count(99))
    )
    width = letters * LETTER * max(last, 1)
    if mark.epoch > last / 2:
        return mark.epoch - width, mark.epoch
    return mark.epoch, max(mark.epoch, mark.until) + width


def _count(number: int) -> str:
    return ngettext("{count} change", "{count} changes", number).format(count=number)


def _flags(marks: Sequence[Mark], last: float) -> Iterator[dict[str, Any]]:
    for flag in flags(marks, last):
        first = flag.marks[0]
        left = flag.start < first.epoch
        yield {
            "x": first.epoch if left else max(first.epoch, first.until),
            "y": 1,
            "yref": "y domain",
            "yshift": -FLAG_LINE * flag.line,
            "text": flag.text,
            "hovertext": flag.all,
            "showarrow": False,
            "xanchor": "right" if left else "left",
            "yanchor": "top",
            "font": {"size": palette.SMALL_TEXT_SIZE, "color": palette.SELECTED},
        }
