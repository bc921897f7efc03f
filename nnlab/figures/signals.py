"""Pictures of what goes through the layers of a network: the size of activations and gradients by
layer, how the activations are spread, and how many units are dead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from nnlab.figures import palette
from nnlab.figures.curves import Curve, style
from nnlab.language import gettext as _

_LOW, _HIGH = 1e-12, 1e12
_HEIGHT = 280
_WANTED = "rgba(18, 135, 111, 0.16)"


def sizes(drawn: Sequence[Curve], wanted: tuple[float, float] | None = None) -> go.Figure:
    """Sizes by layer from 1, in powers of 10; the band that is wanted, if any. Sizes of 0 leave a
    gap."""
    band = [] if wanted is None else [_band(*wanted)]
    return palette.figure(
        _HEIGHT + 40,
        [_points(curve) for curve in drawn],
        shapes=band,
        xaxis={"title": {"text": _("layer")}, "rangemode": "tozero"},
        yaxis={
            "title": {"text": _("size")},
            "type": "log",
            "range": _range(drawn),
        },
        showlegend=True,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        margin={"l": 8, "r": 16, "t": 30, "b": 8},
    )


def spread(histogram: ArrayLike, reach: float) -> go.Figure:
    """Shares [L, bins] of the activations of each layer, from -reach to reach upwards."""
    shares = np.asarray(histogram)
    count, bins = shares.shape
    edges = np.linspace(-reach, reach, bins + 1)
    return palette.figure(
        _HEIGHT,
        [
            {
                "type": "heatmap",
                "x": list(range(1, count + 1)),
                "y": ((edges[:-1] + edges[1:]) / 2).round(6),
                "z": np.sqrt(shares.T),
                "text": [[f"{share:.1%}" for share in row] for row in shares.T.tolist()],
                "colorscale": [[0.0, "rgba(128, 133, 144, 0.12)"], [1.0, palette.POSITIVE]],
                "showscale": False,
                "hovertemplate": _("layer %{x}, about %{y:.2f}: %{text}") + "<extra></extra>",
            }
        ],
        xaxis={"title": {"text": _("layer")}},
        yaxis={"title": {"text": _("activations")}},
    )


def shares(dead: Sequence[int], units: Sequence[int]) -> go.Figure:
    """How many units of each layer are dead; the axis goes up to all of them."""
    return palette.figure(
        200,
        [
            {
                "type": "bar",
                "x": list(range(1, len(units) + 1)),
                "y": list(dead),
                "name": _("dead units"),
                "text": list(units),
                "textposition": "none",
                "marker": {"color": palette.NEGATIVE},
                "hovertemplate": _("layer %{x}: %{y} of %{text} units are dead")
                + "<extra></extra>",
            }
        ],
        annotations=[] if any(dead) else [_in_the_middle(_("no dead units"))],
        xaxis={"title": {"text": _("layer")}, "range": [0.4, len(units) + 0.6]},
        yaxis={"title": {"text": _("dead units")}, "range": [0, max(units, default=1)]},
    )


def _in_the_middle(text: str) -> dict[str, Any]:
    return {"text": text, "xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}


def _points(curve: Curve) -> dict[str, Any]:
    color, dash = style(curve.place)
    return {
        "type": "scatter",
        "x": list(range(1, len(curve.values) + 1)),
        "y": [value if _LOW < value < _HIGH else None for value in curve.values],
        "mode": "lines+markers",
        "name": curve.name,
        "line": {"color": color, "dash": dash, "width": 2},
        "marker": {"size": 7, "symbol": ("circle", "square", "diamond")[curve.place % 3]},
        "hovertemplate": f"{curve.name}: %{{y:.4g}} (%{{x}})<extra></extra>",
    }


def _range(drawn: Sequence[Curve]) -> tuple[float, float]:
    """Powers of 10 that hold all sizes; at least from a thousandth to ten."""
    known = [value for curve in drawn for value in curve.values if _LOW < value < _HIGH]
    low, high = min([*known, 1e-3]), max([*known, 10.0])
    return float(np.log10(low)) - 0.3, float(np.log10(high)) + 0.3


def _band(low: float, high: float) -> dict[str, Any]:
    return {
        "type": "rect",
        "xref": "x domain",
        "x0": 0,
        "x1": 1,
        "y0": low,
        "y1": high,
        "fillcolor": _WANTED,
        "line": {"width": 0},
        "layer": "below",
    }
