"""The computation graph as autograd keeps it: the loss at the top, under it the operations that
led to it, at the sides the parameters. Arrows point where backward() passes gradients on to."""

from __future__ import annotations

from typing import Any, NamedTuple

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.gradients.graph import Node, main_path
from nnlab.language import gettext as _

_ROW = 80
_HALF = 0.46
"""Half a box's width; columns are 1 apart."""
_BRANCH = 0.5
"""How far the rows of a weight and of a bias stand apart, in rows."""
_HEIGHT = 0.2


class _Box(NamedTuple):
    node: Node
    x: float
    y: float
    lit: bool


def graph_figure(nodes: tuple[Node, ...], lit: int | None) -> go.Figure:
    """Draw the graph; `lit` is the place of the node that is at work."""
    boxes = _boxes(nodes, lit)
    lowest = min(box.y for box in boxes.values()) - 0.4
    return palette.figure(
        round(_ROW * (0.4 - lowest)),
        [_texts(list(boxes.values()))],
        hovermode="closest",
        dragmode=False,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        shapes=[_outline(box) for box in boxes.values()],
        annotations=_arrows(nodes, boxes),
        xaxis={"visible": False, "fixedrange": True, "range": [-0.5, 2.5]},
        yaxis={"visible": False, "fixedrange": True, "range": [lowest, 0.4]},
    )


def _boxes(nodes: tuple[Node, ...], lit: int | None) -> dict[int, _Box]:
    """The main path in the first column, a row for each; beside a layer's product its bias, below
    that the weight, which comes by way of a transpose."""
    boxes: dict[int, _Box] = {}
    y = 0.0
    for place in main_path(nodes):
        boxes[place] = _Box(nodes[place], 0, y, place == lit)
        sides = [each for each in nodes[place].inputs if each not in main_path(nodes)]
        for row, side in enumerate(sides):
            column, height = 1, y - _BRANCH * row
            boxes[side] = _Box(nodes[side], column, height, side == lit)
            for leaf in nodes[side].inputs:
                boxes[leaf] = _Box(nodes[leaf], column + 1, height, leaf == lit)
        y -= 1.0
    return boxes


def _outline(box: _Box) -> dict[str, Any]:
    leaf = bool(box.node.parameter)
    color = palette.SELECTED if box.lit else palette.POSITIVE if leaf else palette.QUIET
    return {
        "type": "rect",
        "x0": box.x - _HALF,
        "x1": box.x + _HALF,
        "y0": box.y - _HEIGHT,
        "y1": box.y + _HEIGHT,
        "line": {
            "color": color,
            "width": 4 if box.lit else 1.5,
            "dash": "dot" if leaf else "solid",
        },
    }


def _arrows(nodes: tuple[Node, ...], boxes: dict[int, _Box]) -> list[dict[str, Any]]:
    pairs = [(boxes[place], boxes[each]) for place in boxes for each in nodes[place].inputs]
    return [_arrow(one, other) for one, other in pairs]


def _arrow(one: _Box, other: _Box) -> dict[str, Any]:
    """From the lower edge straight down, or from the right edge to the left edge of the next."""
    down = one.x == other.x
    return {
        "x": other.x if down else other.x - _HALF,
        "y": other.y + _HEIGHT if down else other.y,
        "ax": one.x if down else one.x + _HALF,
        "ay": one.y - _HEIGHT if down else one.y,
        "axref": "x",
        "ayref": "y",
        "showarrow": True,
        "arrowhead": 2,
        "arrowwidth": 1.5,
        "arrowcolor": palette.QUIET,
        "text": "",
    }


def _texts(boxes: list[_Box]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [box.x for box in boxes],
        "y": [box.y for box in boxes],
        "text": [_label(box.node) for box in boxes],
        "textfont": {"size": 10},
        "marker": {"size": 30, "opacity": 0},
        "hovertext": [_hover(box.node) for box in boxes],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _label(node: Node) -> str:
    """A leaf by its parameter, another node by its operation, without the ending that all have."""
    name = node.parameter or node.name.removesuffix("0")
    broken = name.replace("WithLogits", "<br>WithLogits").replace(
        "CrossEntropy", "<br>CrossEntropy"
    )
    return f"<b>{broken}</b><br>{node.shape}" if broken == name else f"<b>{broken}</b>"


def _hover(node: Node) -> str:
    lines = [f"<b>{node.name}</b>", _("shape {shape}").format(shape=node.shape)]
    if node.parameter:
        lines.append(_("fills {name}.grad").format(name=node.parameter))
    lines += [
        _("saved for backward: {name} {shape}").format(name=name, shape=shape)
        for name, shape in node.saved
    ]
    return "<br>".join(lines)
