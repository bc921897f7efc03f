"""One step of the loop on its way through a network: values appear from left to right, gradients
from the loss back to the left. What is not computed yet is a question mark.

Forward, edges show weights; backward, the gradients that have already been found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import plotly.graph_objects as go

from nnlab.arithmetic import brief, number
from nnlab.figures import palette
from nnlab.figures.discs import discs
from nnlab.figures.drawing import layer_names, names
from nnlab.figures.grid import Grid, place
from nnlab.figures.network import MOST_LABELS, STROKES, WEIGHTLESS, WIDTHS
from nnlab.gradients.chain_rule import BackwardPass
from nnlab.gradients.walk import LOSS, Walk
from nnlab.language import gettext as _

_FORWARD = ("zero_grad", "forward", "loss")


@dataclass(frozen=True)
class Moment:
    """A walk through a backward pass, one row of its batch, and the operation one stands at."""

    told: BackwardPass
    walk: Walk
    row: int
    at: int

    @property
    def forward(self) -> bool:
        """Whether edges still show weights."""
        return self.walk.operations[self.at].step in _FORWARD

    @property
    def selected(self) -> str:
        """The part that is being computed."""
        return self.walk.operations[self.at].part


class _Edge(NamedTuple):
    part: str
    start: tuple[float, float]
    end: tuple[float, float]
    handle: tuple[float, float]
    weight: float
    value: float | None
    """What the edge shows, None where it is not known yet."""


class _Circle(NamedTuple):
    part: str
    x: float
    y: float
    name: str
    value: float | None
    below: str


def backward_diagram(moment: Moment) -> go.Figure:
    """Draw the network and, at the right, the loss. The number of traces is always the same."""
    sizes = moment.told.experiment.sizes
    grid = place((*sizes, 1), moment.selected)
    edges, circles = list(_edges(moment, grid)), list(_circles(moment, grid))
    traces = [
        _lines([each for each in edges if each.part == moment.selected], *_HALO),
        *_strokes(edges),
        _lines(_to_loss(grid), palette.QUIET, "2px,3px", 1.0),
        _ring([each for each in circles if each.part == _owner(moment.selected)], grid),
        _discs(circles, grid),
        _handles(edges, grid),
        _badges(circles, grid),
        _captions(moment, grid),
    ]
    return palette.figure(
        grid.height,
        traces,
        hovermode="closest",
        dragmode=False,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"visible": False, "fixedrange": True, "range": [-0.5, len(sizes) + 0.5]},
        yaxis={"visible": False, "fixedrange": True, "range": [-grid.height, 0]},
    )


_HALO = (palette.SELECTED, "solid", WIDTHS[-1] + 6)


def _owner(part: str) -> str:
    """A bias has no place of its own: its unit gets the ring."""
    return f"u{part[1:]}" if part.startswith("b") else part


def _edges(moment: Moment, grid: Grid) -> Iterator[_Edge]:
    known = moment.walk.known(moment.at)
    for column, layer in enumerate(moment.told.layers):
        weight, ends = layer.forward.weight.tolist(), grid.rows[column + 1]
        for order, (out, end) in enumerate(ends.items()):
            along = 0.36 + 0.32 * (order / (len(ends) - 1) if len(ends) > 1 else 0)
            for into, start in grid.rows[column].items():
                part = f"w{column}.{out}.{into}"
                value = weight[out][into] if moment.forward else known.get(("dw", part))
                handle = (column + along, start + (end - start) * along)
                ends_at = (column + 1, end)
                yield _Edge(part, (column, start), ends_at, handle, weight[out][into], value)


def _to_loss(grid: Grid) -> list[_Edge]:
    last = len(grid.rows) - 1
    (loss,) = grid.rows[last].values()
    return [
        _Edge("", (last - 1, y), (last, loss), (0, 0), 0.0, None)
        for y in grid.rows[last - 1].values()
    ]


def _circles(moment: Moment, grid: Grid) -> Iterator[_Circle]:
    known, row = moment.walk.known(moment.at), moment.row
    called = names(moment.told.experiment.sizes)
    for unit, y in grid.rows[0].items():
        value = moment.told.x[row, unit].item()
        yield _Circle(f"x{unit}", 0, y, called[0][unit], value, called[0][unit])
    for column, layer in enumerate(moment.told.layers, start=1):
        for unit, y in grid.rows[column].items():
            part = f"u{column - 1}.{unit}"
            d_z = known.get(("dz", part))
            bias = f"b {brief(layer.forward.bias[unit].item())}"
            below = bias if d_z is None else f"dz {brief(d_z)}"
            yield _Circle(part, column, y, called[column][unit], known.get(("a", part)), below)
    last = len(grid.rows) - 1
    yield _Circle(LOSS, last, grid.rows[last][0], LOSS, known.get(("loss", LOSS)), LOSS)


def _strokes(edges: list[_Edge]) -> list[dict[str, Any]]:
    """One trace for each sign and width; the last one for what is 0 or not known."""
    largest = max((abs(edge.value) for edge in edges if edge.value), default=0.0)
    bins: dict[tuple[int, int], list[_Edge]] = {
        (sign, width): [] for sign in STROKES for width in range(len(WIDTHS))
    }
    bins[WEIGHTLESS] = []
    for edge in edges:
        share = abs(edge.value) / largest if edge.value else 0.0
        sign = 1 if (edge.value or 0.0) > 0 else -1
        width = min(int(share * len(WIDTHS)), len(WIDTHS) - 1)
        bins[(sign, width) if share > 0 else WEIGHTLESS].append(edge)
    return [
        _lines(group, *STROKES.get(sign, (palette.QUIET, "2px,4px")), WIDTHS[width])
        for (sign, width), group in bins.items()
    ]


def _lines(edges: list[_Edge], color: str, dash: str, width: float) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    for edge in edges:
        x += (edge.start[0], edge.end[0], None)
        y += (edge.start[1], edge.end[1], None)
    line = {"color": color, "dash": dash, "width": width}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}


def _ring(circles: list[_Circle], grid: Grid) -> dict[str, Any]:
    marker = {"size": grid.sizes.circle + 11, "color": palette.SELECTED, "opacity": 1}
    return _points(circles) | {"mode": "markers", "marker": marker, "hoverinfo": "skip"}


def _discs(circles: list[_Circle], grid: Grid) -> dict[str, Any]:
    limit = max(1.0, *(abs(each.value) for each in circles if each.value is not None))
    look = discs([each.value for each in circles], limit, grid.sizes)
    return (
        _points(circles)
        | look
        | {
            "customdata": [each.part for each in circles],
            "hovertext": [f"{each.name} = {_shown(each.value)}" for each in circles],
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
    )


def _badges(circles: list[_Circle], grid: Grid) -> dict[str, Any]:
    """Under each input its name, under each unit its bias, and later its gradient dL/dz."""
    below = grid.sizes.circle / 2 + grid.sizes.small / 2 + 3
    return _points(circles) | {
        "y": [each.y - below for each in circles],
        "mode": "markers+text",
        "text": [each.below for each in circles],
        "textfont": {"size": grid.sizes.small, "shadow": "auto"},
        "marker": {"size": grid.sizes.small + 4, "opacity": 0},
        "customdata": [_badge_part(each.part) for each in circles],
        "hovertext": [f"{each.name}: {each.below}" for each in circles],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _badge_part(part: str) -> str:
    return f"b{part[1:]}" if part.startswith("u") else part


def _handles(edges: list[_Edge], grid: Grid) -> dict[str, Any]:
    """What can be pointed at on each edge: what it shows, when there are few."""
    few = len(edges) <= MOST_LABELS
    return {
        "type": "scatter",
        "mode": "markers+text" if few else "markers",
        "x": [edge.handle[0] for edge in edges],
        "y": [edge.handle[1] for edge in edges],
        "text": ["" if edge.value is None else brief(edge.value) for edge in edges],
        "textfont": {"size": grid.sizes.small, "shadow": "auto"},
        "marker": {"size": 20 if few else 8, "opacity": 0},
        "customdata": [edge.part for edge in edges],
        "hovertext": [_edge_hover(edge) for edge in edges],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _edge_hover(edge: _Edge) -> str:
    return _("weight {weight}, shown {value}").format(
        weight=number(edge.weight), value=_shown(edge.value)
    )


def _shown(value: float | None) -> str:
    return _("not computed yet") if value is None else number(value)


def _points(circles: list[_Circle]) -> dict[str, Any]:
    return {"type": "scatter", "x": [each.x for each in circles], "y": [each.y for each in circles]}


def _captions(moment: Moment, grid: Grid) -> dict[str, Any]:
    """Above each column what it is."""
    layers = moment.told.layers
    titles = zip(layer_names(len(layers)), layers, strict=True)
    texts = [_("Inputs"), *(f"{name}<br>{each.forward.name}" for name, each in titles), _("Loss")]
    return {
        "type": "scatter",
        "mode": "text",
        "x": list(range(len(grid.rows))),
        "y": [-2.0] * len(grid.rows),
        "text": [text.replace(" ", "<br>", 1) for text in texts],
        "textposition": "bottom center",
        "textfont": {"size": grid.sizes.small, "shadow": "auto"},
        "hoverinfo": "skip",
    }
