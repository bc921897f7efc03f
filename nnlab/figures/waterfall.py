"""The sum of a neuron, built up term by term: each bar starts where the one above it ended, and
the last bar is the whole sum."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.language import gettext as _

_ROW = 30
_ROOM = 0.35
"""Room for a label beyond the end of a bar, as a share of all bars' span."""


@dataclass(frozen=True)
class Waterfall:
    """The features, weights, products and bias that add up to `total`."""

    features: tuple[float, ...]
    weights: tuple[float, ...]
    products: tuple[float, ...]
    bias: float
    total: float


def waterfall(shown: Waterfall) -> go.Figure:
    """Horizontal bars: one for each product, one for the bias, one for the sum."""
    steps = (*shown.products, shown.bias)
    ends = tuple(itertools.accumulate(steps))
    starts = (0.0, *ends[:-1])
    return palette.figure(
        _ROW * (len(steps) + 1) + 40,
        [_connectors(ends), _bars(shown, (*steps, shown.total), (*starts, 0.0), ends)],
        bargap=0.3,
        xaxis={
            "range": _range(starts, ends),
            "zeroline": True,
            "zerolinewidth": 1.5,
            "title": {"text": _("the sum so far"), "standoff": 4},
        },
        yaxis={
            "range": (len(steps) + 0.6, -0.6),
            "showgrid": False,
            "tickvals": list(range(len(steps) + 1)),
            "ticktext": _labels(len(shown.products)),
        },
    )


def _bars(
    shown: Waterfall, lengths: tuple[float, ...], starts: tuple[float, ...], ends: tuple[float, ...]
) -> dict[str, Any]:
    count = len(shown.products)
    return {
        "type": "bar",
        "orientation": "h",
        "x": lengths,
        "y": list(range(count + 2)),
        "base": starts,
        "text": [f"{value:+.3f}" for value in lengths],
        "textposition": "outside",
        "textangle": 0,
        "cliponaxis": False,
        "customdata": [f"w0.0.{i}" for i in range(count)] + ["b0.0", "u0.0"],
        "hovertext": _hovers(shown, ends),
        "hoverinfo": "text",
        "marker": {
            "color": [palette.sign_color(value) for value in lengths],
            "pattern": {
                "shape": ["/" if value < 0 else "" for value in lengths],
                "fillmode": "replace",
                "solidity": 0.55,
                "size": 6,
            },
            "line": {
                "color": [palette.sign_color(value) for value in lengths],
                "width": [1.0] * (count + 1) + [3.0],
            },
        },
    }


def _connectors(ends: tuple[float, ...]) -> dict[str, Any]:
    """Thin lines from where each bar ends to where the next one starts."""
    x = [value for end in ends for value in (end, end, None)]
    y = [value for row in range(len(ends)) for value in (row, row + 1, None)]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": palette.QUIET, "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _labels(count: int) -> list[str]:
    products = [f"x<sub>{i}</sub> · w<sub>{i}</sub>" for i in range(1, count + 1)]
    return [*products, _("bias"), _("<b>sum z</b>")]


def _hovers(shown: Waterfall, ends: tuple[float, ...]) -> list[str]:
    product = _("{feature:.4f} × {weight:.4f} = {product:.4f}<br>sum so far: {sum:.4f}")
    products = [
        product.format(feature=x, weight=w, product=p, sum=s)
        for x, w, p, s in zip(shown.features, shown.weights, shown.products, ends, strict=False)
    ]
    bias = _("bias {bias:.4f}<br>sum with bias: {sum:.4f}").format(bias=shown.bias, sum=shown.total)
    return [*products, bias, _("sum z = {sum:.4f}").format(sum=shown.total)]


def _range(starts: tuple[float, ...], ends: tuple[float, ...]) -> tuple[float, float]:
    """From the lowest to the highest end, with room for the labels: left of bars that go left."""
    span = max(0.1, *ends) - min(0.0, *ends)
    bars = [*zip(starts, ends, strict=True), (0.0, ends[-1])]
    low = min(end - (_ROOM if end < start else 0) * span for start, end in bars)
    high = max(end + (_ROOM if end >= start else 0) * span for start, end in bars)
    edge = 0.05 * span
    return min(low, -edge), max(high, edge)
