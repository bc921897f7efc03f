"""How many of a class have chosen each answer."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.figures.markup import as_text
from nnlab.language import gettext as _

BAR_HEIGHT = 44
_LINE, _LINES = 24, 3


def counted(counts: Mapping[str, int]) -> go.Figure:
    """A bar for each option in its order, from top to bottom, its count at its end."""
    places = list(range(len(counts)))
    most = max([*counts.values(), 1])
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "x": list(counts.values()),
        "text": [str(count) for count in counts.values()],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": palette.POSITIVE},
        "hovertext": [as_text(option) for option in counts],
        "hovertemplate": "%{hovertext}: %{x}<extra></extra>",
    }
    return palette.figure(
        BAR_HEIGHT * len(counts) + 60,
        [bars],
        xaxis={"title": {"text": _("answers")}, "range": [0, most * 1.12], "dtick": -(-most // 6)},
        yaxis={
            "tickvals": places,
            "ticktext": ["<br>".join(_lines(option)) for option in counts],
            "autorange": "reversed",
        },
    )


def _lines(option: str) -> list[str]:
    """A long option in a few lines; Plotly would let it take the whole picture."""
    lines = wrap(option, _LINE, max_lines=_LINES, placeholder=" …", break_long_words=True)
    return [as_text(line) for line in lines]
