"""Units are discs: the colour says how large a value is, and the number stands in it. One that is
not computed yet is a question mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nnlab.arithmetic import brief
from nnlab.figures import palette
from nnlab.figures.grid import Sizes


def discs(values: Sequence[float | None], limit: float, sizes: Sizes) -> dict[str, Any]:
    """The look of a scatter of units; `limit` is the size of a value with the full colour."""
    fills = [palette.diverging(value or 0.0, limit) for value in values]
    return {
        "mode": "markers+text",
        "text": ["?" if value is None else brief(value) for value in values],
        "textfont": {"size": sizes.text, "color": [palette.ink(fill) for fill in fills]},
        "marker": {
            "size": sizes.circle,
            "color": fills,
            "opacity": 1,
            "line": {"width": 1.5, "color": palette.QUIET},
        },
    }
