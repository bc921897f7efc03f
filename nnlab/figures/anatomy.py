"""The inside of any module: a column for each station that its values pass, in their order, with a
circle and a number for every unit, and lines from the stations that feed it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import plotly.graph_objects as go

from nnlab.arithmetic import number
from nnlab.figures import palette
from nnlab.figures.discs import discs
from nnlab.figures.grid import Grid, place
from nnlab.figures.markup import as_text
from nnlab.language import gettext as _
from nnlab.language import ngettext
from nnlab.sandbox.portrait import Station

MOST_COLUMNS = 10
"""Stations that are drawn; the table beside the picture has all."""
_LONGEST_NAME = 14


def anatomy(stations: Sequence[Station]) -> go.Figure:
    """Draw the stations from left to right. Blue is positive, orange negative."""
    drawn = tuple(stations[:MOST_COLUMNS])
    grid = place([max(each.units, 1) for each in drawn], "")
    return palette.figure(
        grid.height,
        [_ways(drawn, grid), _circles(drawn, grid), _captions(drawn, grid)],
        hovermode="closest",
        dragmode=False,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"visible": False, "fixedrange": True, "range": [-0.5, len(drawn) - 0.5]},
        yaxis={"visible": False, "fixedrange": True, "range": [-grid.height, 0]},
    )


def _ways(stations: Sequence[Station], grid: Grid) -> dict[str, Any]:
    """From every unit to every unit where parameters mix them, also at a later call of the same
    module, else from each to its own."""
    mixing = {each.name for each in stations if each.parameters}
    x: list[float | None] = []
    y: list[float | None] = []
    for column, station in enumerate(stations):
        for source in station.sources:
            for start, end in _pairs(grid, source, column, mixed=station.name in mixing):
                x += (source, column, None)
                y += (start, end, None)
    line = {"color": palette.QUIET, "width": 1}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": line,
        "opacity": 0.6,
        "hoverinfo": "skip",
    }


def _pairs(grid: Grid, source: int, column: int, *, mixed: bool) -> Iterator[tuple[float, float]]:
    starts, ends = grid.rows[source], grid.rows[column]
    if not mixed and starts.keys() == ends.keys():
        yield from ((starts[unit], ends[unit]) for unit in starts)
    else:
        yield from ((start, end) for start in starts.values() for end in ends.values())


def _circles(stations: Sequence[Station], grid: Grid) -> dict[str, Any]:
    units = [
        (column, unit, y, stations[column].value(unit))
        for column, rows in enumerate(grid.rows)
        for unit, y in rows.items()
    ]
    limit = max((abs(value) for *_place, value in units if math.isfinite(value)), default=1.0)
    return discs([value for *_place, value in units], limit or 1.0, grid.sizes) | {
        "type": "scatter",
        "x": [column for column, *_rest in units],
        "y": [y for _column, _unit, y, _value in units],
        "hovertext": [_hover(stations[column], unit, value) for column, unit, _y, value in units],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _hover(station: Station, unit: int, value: float) -> str:
    said = _("unit {unit} = {value}").format(unit=unit + 1, value=number(value))
    return "<br>".join((f"<b>{as_text(station.name)}</b>", as_text(station.kind), said))


def _captions(stations: Sequence[Station], grid: Grid) -> dict[str, Any]:
    """Above each column its name and how many units it has; where its middle is folded, how many
    of them are hidden."""
    columns = range(len(stations))
    folded = [column for column in columns if grid.hidden[column]]
    middles = [sum(grid.rows[column].values()) / len(grid.rows[column]) for column in folded]
    more = [_("{count} more").format(count=grid.hidden[column]) for column in folded]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [*columns, *folded],
        "y": [*(-2.0 for _column in columns), *middles],
        "text": [*map(_caption, stations), *(f"⋮<br>{text}" for text in more)],
        "textposition": ["bottom center"] * len(columns) + ["middle center"] * len(folded),
        "textfont": {"size": grid.sizes.small, "shadow": "auto"},
        "hoverinfo": "skip",
    }


def _caption(station: Station) -> str:
    units = ngettext("{count} unit", "{count} units", station.units).format(count=station.units)
    module = station.kind.partition("(")[0]
    words = [station.name, *([module] if module else [])]
    short = [
        each if len(each) <= _LONGEST_NAME else f"{each[: _LONGEST_NAME - 1]}…" for each in words
    ]
    return "<br>".join((f"<b>{as_text(short[0])}</b>", *map(as_text, short[1:]), units))
