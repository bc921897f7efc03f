"""A loss over two numbers, from above as contours or from the side as a relief, with the trails of
those who walk on it, arrows that point downhill, and places that are marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from nnlab.figures import palette
from nnlab.language import gettext as _

WIDE = 100.0
"""From this ratio of the largest to the smallest loss on, heights and colours are logarithmic."""
RELIEF_HEIGHT = 460
CONTOUR_HEIGHT = 460
LEVELS = 18
_SCALE = ((0.0, "#ffffff"), (0.5, "#b9c9da"), (1.0, "#6d87a3"))
_FLATTENED = 0.35
_LINES = "#8496a9"
_CASING = "#ffffff"
_INK = "#1b1f26"


@dataclass(frozen=True)
class Ground:
    """`losses` [rows, columns] over `first` [columns] and `second` [rows]; what the two are."""

    first: ArrayLike
    second: ArrayLike
    losses: ArrayLike
    names: tuple[str, str]


@dataclass(frozen=True)
class Trail:
    """A way over the ground: places, the losses there, and the number of the place that is lit.
    `parts` are the ids of the places."""

    name: str
    first: Sequence[float]
    second: Sequence[float]
    losses: Sequence[float]
    lit: int
    color: str = palette.POSITIVE
    dash: str = "solid"
    parts: Sequence[str] = ()


@dataclass(frozen=True)
class Mark:
    """A place with a name: the ball, or a bottom."""

    name: str
    first: float
    second: float
    loss: float
    color: str = palette.SELECTED
    symbol: str = "circle"


@dataclass(frozen=True)
class Arrows:
    """Slopes [M, 2] of the loss at places [M, 2], in the units of the two axes: the arrows point
    the other way, downhill, and none is longer than `reach`."""

    places: ArrayLike
    slopes: ArrayLike
    reach: float

    @property
    def moves(self) -> NDArray[Any]:
        """The arrows [M, 2]. Slopes differ by powers of 10: their lengths differ by less."""
        slopes = np.nan_to_num(np.asarray(self.slopes, dtype=np.float64))
        steep = np.linalg.norm(slopes, axis=1, keepdims=True)
        steepest = steep.max(initial=0.0)
        if not steepest:
            return slopes
        share = (steep / steepest) ** _FLATTENED
        return -slopes / np.where(steep == 0, 1.0, steep) * share * self.reach


def contours(
    ground: Ground,
    trails: Sequence[Trail] = (),
    marks: Sequence[Mark] = (),
    arrows: Arrows | None = None,
) -> go.Figure:
    """From above: the lighter, the lower. Each cell has the id "at<row>.<column>". There is no
    legend, which would take longer to draw than all the rest."""
    first, second = np.asarray(ground.first), np.asarray(ground.second)
    return palette.figure(
        CONTOUR_HEIGHT,
        [
            _levels(ground),
            *_casing(trails),
            *_each(_way, trails),
            *_each(_stand, trails),
            *_each(_mark, marks),
        ],
        xaxis={"range": _ends(first), "constrain": "domain", "title": {"text": ground.names[0]}},
        yaxis={
            "range": _ends(second),
            "constrain": "domain",
            "scaleanchor": "x",
            "scaleratio": float(np.ptp(first) / np.ptp(second)),
            "title": {"text": ground.names[1]},
        },
        shapes=[_arrows(arrows)] if arrows else [],
        meta={"text": _("loss")},
    )


def relief(ground: Ground, trails: Sequence[Trail] = (), marks: Sequence[Mark] = ()) -> go.Figure:
    """From the side: turn it with the mouse or a finger."""
    axes = {"xaxis": {"title": {"text": ground.names[0]}, "range": _ends(np.asarray(ground.first))}}
    axes["yaxis"] = {"title": {"text": ground.names[1]}, "range": _ends(np.asarray(ground.second))}
    height = _("loss, powers of 10") if is_wide(ground.losses) else _("loss")
    return palette.figure(
        RELIEF_HEIGHT,
        [_skin(ground), *_each3(_way3, trails, ground), *_each3(_mark3, marks, ground)],
        scene={
            **axes,
            "zaxis": {"title": {"text": height}},
            "camera": {
                "eye": {"x": 1.4, "y": -1.65, "z": 1.1},
                "center": {"x": 0, "y": 0, "z": -0.2},
            },
            "aspectmode": "cube",
        },
        showlegend=bool(trails),
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        margin={"l": 0, "r": 0, "t": 30, "b": 0},
    )


def is_wide(losses: ArrayLike) -> bool:
    """Whether the losses are all above 0 and span so much that only powers of 10 can tell them
    apart."""
    drawn = np.asarray(losses)
    known = drawn[np.isfinite(drawn)]
    return bool(known.size) and known.min() > 0 and bool(known.max() > WIDE * known.min())


def heights(ground: Ground, losses: ArrayLike) -> NDArray[Any]:
    """Losses as they are drawn on this ground: as they are, or their powers of 10."""
    drawn = np.asarray(losses, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(drawn) if is_wide(ground.losses) else drawn


def _each(draw: Any, things: Iterable[Any]) -> list[dict[str, Any]]:
    return [trace for thing in things for trace in draw(thing)]


def _each3(draw: Any, things: Iterable[Any], ground: Ground) -> list[dict[str, Any]]:
    return [trace for thing in things for trace in draw(thing, ground)]


def _levels(ground: Ground) -> dict[str, Any]:
    losses = np.asarray(ground.losses, dtype=np.float32)
    return {
        "type": "contour",
        "x": np.asarray(ground.first),
        "y": np.asarray(ground.second),
        "z": heights(ground, losses).astype(np.float32),
        "ncontours": LEVELS,
        "colorscale": [list(stop) for stop in _SCALE],
        "line": {"color": _LINES, "width": 0.7},
        "showscale": False,
        "showlegend": False,
        "text": losses,
        "meta": {"cells": "at"},
        "hovertemplate": _("loss %{text:.4g}<br>at (%{x:.3f}, %{y:.3f})") + "<extra></extra>",
    }


def _arrows(arrows: Arrows) -> dict[str, Any]:
    """All arrows as one path: a browser draws it a hundred times as fast as so many markers."""
    starts, moves = np.asarray(arrows.places, dtype=np.float64), arrows.moves
    tips = starts + moves
    across = np.stack((-moves[:, 1], moves[:, 0]), 1)
    wings = [tips - 0.35 * moves + side * 0.2 * across for side in (1, -1)]
    strokes = np.stack((starts, tips, wings[0], tips, wings[1]), 1)
    written = ("L".join(f"{x:.4g},{y:.4g}" for x, y in stroke) for stroke in strokes.tolist())
    return {
        "type": "path",
        "path": "".join(f"M{stroke}" for stroke in written),
        "line": {"color": _INK, "width": 1.1},
    }


def _casing(trails: Sequence[Trail]) -> list[dict[str, Any]]:
    """Under all lines a wider one in white, so that they are seen on any ground."""
    if not trails:
        return []
    return [
        {
            "type": "scatter",
            "x": np.concatenate([(*trail.first, np.nan) for trail in trails]),
            "y": np.concatenate([(*trail.second, np.nan) for trail in trails]),
            "mode": "lines",
            "hoverinfo": "skip",
            "showlegend": False,
            "line": {"color": _CASING, "width": 5},
        }
    ]


def _way(trail: Trail) -> list[dict[str, Any]]:
    many = len(trail.first) > 60
    return [
        {
            "type": "scatter",
            "x": list(trail.first),
            "y": list(trail.second),
            "mode": "lines" if many else "lines+markers",
            "line": {"color": trail.color, "width": 2.5, "dash": trail.dash},
            "marker": {"size": 5, "color": trail.color},
            "name": trail.name,
            "showlegend": True,
            "customdata": list(trail.parts),
            "text": [f"{loss:.6g}" for loss in trail.losses],
            "hoverinfo": "all",
            "hovertemplate": trail.name + _(": loss %{text}") + "<extra></extra>",
        }
    ]


def _stand(trail: Trail) -> list[dict[str, Any]]:
    mark = Mark(
        trail.name,
        trail.first[trail.lit],
        trail.second[trail.lit],
        trail.losses[trail.lit],
        trail.color,
        "circle-open",
    )
    return _mark(mark)


def _mark(mark: Mark) -> list[dict[str, Any]]:
    said = _("{name}: loss {loss}").format(name=mark.name, loss=f"{mark.loss:.6g}")
    return [
        {
            "type": "scatter",
            "x": [mark.first],
            "y": [mark.second],
            "text": [f"{mark.loss:.6g}"],
            "mode": "markers",
            "marker": {
                "size": 14,
                "color": mark.color,
                "symbol": mark.symbol,
                "line": {"color": mark.color if "open" in mark.symbol else _CASING, "width": 3},
            },
            "hovertemplate": said + "<extra></extra>",
            "showlegend": False,
        }
    ]


def _skin(ground: Ground) -> dict[str, Any]:
    return {
        "type": "surface",
        "x": np.asarray(ground.first),
        "y": np.asarray(ground.second),
        "z": heights(ground, np.asarray(ground.losses)),
        "colorscale": "Viridis",
        "showscale": False,
        "opacity": 0.92,
        "hovertemplate": "(%{x:.3f}, %{y:.3f}): %{z:.4f}<extra></extra>",
    }


def _way3(trail: Trail, ground: Ground) -> list[dict[str, Any]]:
    there = _within(trail, ground)
    return [
        {
            "type": "scatter3d",
            "x": list(trail.first),
            "y": list(trail.second),
            "z": np.where(there, heights(ground, trail.losses), np.nan),
            "mode": "lines",
            "line": {"color": trail.color, "width": 6},
            "name": trail.name,
            "showlegend": True,
            "hoverinfo": "skip",
        },
        *_mark3(
            Mark(
                trail.name,
                trail.first[trail.lit],
                trail.second[trail.lit],
                trail.losses[trail.lit],
                trail.color,
            ),
            ground,
        ),
    ]


def _within(trail: Trail, ground: Ground) -> NDArray[Any]:
    """Which places of a trail lie on the ground: the others are beside the picture."""
    pairs = ((trail.first, ground.first), (trail.second, ground.second))
    sides = [
        (np.asarray(values) >= _ends(np.asarray(axis))[0])
        & (np.asarray(values) <= _ends(np.asarray(axis))[1])
        for values, axis in pairs
    ]
    return np.logical_and(*sides)


def _mark3(mark: Mark, ground: Ground) -> list[dict[str, Any]]:
    said = _("{name}: loss {loss}").format(name=mark.name, loss=f"{mark.loss:.6g}")
    return [
        {
            "type": "scatter3d",
            "x": [mark.first],
            "y": [mark.second],
            "z": heights(ground, [mark.loss]),
            "mode": "markers",
            "marker": {"size": 6, "color": mark.color},
            "hovertemplate": said + "<extra></extra>",
            "showlegend": False,
        }
    ]


def _ends(axis: NDArray[Any]) -> tuple[float, float]:
    return float(axis[0]), float(axis[-1])
