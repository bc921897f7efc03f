"""Tensors drawn as what they are: one cell, a row, a sheet of rows and columns, or a stack of
sheets, with the number in every cell and the indices at the sides."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from nnlab.figures import palette
from nnlab.language import gettext as _
from nnlab.tensors.cells import Cell, Shape, cells, name, part

#: How a cell looks for the part it plays: colour, width and dash of its edge, strength of its fill.
ROLES: Mapping[str, tuple[str, float, str, float]] = {
    "waiting": (palette.QUIET, 1, "dot", 0.0),
    "plain": (palette.QUIET, 1, "solid", 0.08),
    "first": (palette.POSITIVE, 2.5, "solid", 0.28),
    "second": (palette.NEGATIVE, 2.5, "dash", 0.28),
    "result": (palette.SELECTED, 3.5, "solid", 0.22),
}

_ROW = 36
_HEADING, _GAP = 1.35, 0.55
_SLANT, _BETWEEN_SHEETS = 0.3, 0.35
_NARROWEST = 4.4
_MOST_AT_FULL_SIZE, _LONGEST_AT_FULL_SIZE, _LONGEST_BOLD = 6.6, 9, 8

Point = tuple[float, float]


@dataclass(frozen=True)
class Drawn:
    """A tensor to draw. `texts` is what each cell shows, `roles` names a look from ROLES for the
    cells that aren't plain, `hovers` is what pointing at a cell says."""

    name: str
    shape: Shape
    texts: Mapping[Cell, str]
    roles: Mapping[Cell, str] = field(default_factory=dict)
    hovers: Mapping[Cell, str] = field(default_factory=dict)
    heading: str = ""

    @property
    def rows(self) -> int:
        """Rows of one sheet."""
        return self.shape[-2] if len(self.shape) > 1 else 1

    @property
    def columns(self) -> int:
        """Columns of one sheet."""
        return self.shape[-1] if self.shape else 1

    @property
    def sheets(self) -> list[Cell]:
        """The leading indices of each sheet, front to back."""
        return cells(self.shape[:-2])

    @property
    def slant(self) -> float:
        """How far each row of a sheet is pushed aside: sheets in a stack lean."""
        return _SLANT if len(self.shape) > 2 else 0.0

    @property
    def width(self) -> float:
        """In cells, with the indices at the left."""
        return 0.6 + self.columns + self.slant * self.rows

    @property
    def height(self) -> float:
        """In cells, with the heading and the indices on top."""
        count = len(self.sheets)
        return _HEADING + count * self.rows + max(count - 1, 0) * _BETWEEN_SHEETS


@dataclass(frozen=True)
class Placed:
    """A drawn tensor and where the first cell of its first sheet begins; y grows downwards."""

    drawn: Drawn
    left: float
    top: float

    def corner(self, sheet: int, row: float, column: float) -> Point:
        """The point where a row and a column of a sheet begin."""
        drawn = self.drawn
        lean = drawn.slant * (drawn.rows - row)
        return (
            self.left + lean + column,
            self.top + sheet * (drawn.rows + _BETWEEN_SHEETS) + row,
        )

    def places(self) -> Iterator[tuple[Cell, int, int, int]]:
        """Every cell with its sheet, row and column."""
        for order, cell in enumerate(cells(self.drawn.shape)):
            rest, column = divmod(order, self.drawn.columns)
            sheet, row = divmod(rest, self.drawn.rows)
            yield cell, sheet, row, column


def column(drawn: Sequence[Drawn]) -> list[Placed]:
    """Tensors under each other, so that their columns line up."""
    placed, top = [], 0.0
    for one in drawn:
        placed.append(Placed(one, 0.6, top + _HEADING))
        top += one.height + _GAP
    return placed


def corner(drawn: Sequence[Drawn]) -> list[Placed]:
    """A product of matrices: a at the left, b on top, and where a row of a meets a column of b,
    their cell of c."""
    a, b, c = drawn
    left, top = a.width + 0.9, b.height + _GAP + _HEADING
    return [Placed(a, 0.6, top), Placed(b, left, _HEADING), Placed(c, left, top)]


def two_columns(drawn: Sequence[Drawn], first: int) -> list[Placed]:
    """Two columns of tensors: so many in the first, the rest in the second."""
    shift = max(one.width for one in drawn[:first]) + 0.5
    right = [Placed(one.drawn, one.left + shift, one.top) for one in column(drawn[first:])]
    return [*column(drawn[:first]), *right]


def draw(
    drawn: Sequence[Drawn],
    arrangement: Callable[[Sequence[Drawn]], list[Placed]] = column,
) -> go.Figure:
    """One figure of one or more tensors, arranged by `column`, `corner` or `two_columns`."""
    placed = arrangement(drawn)
    right = max(one.left + one.drawn.width - 0.6 for one in placed) + 0.1
    bottom = max(one.top + one.drawn.height - _HEADING for one in placed) + 0.15
    spare = max(_NARROWEST - right, 0.0) / 2
    longest = max((len(text) for one in drawn for text in one.texts.values()), default=0)
    roomy = right <= _MOST_AT_FULL_SIZE and longest <= _LONGEST_AT_FULL_SIZE
    size = palette.TEXT_SIZE if roomy else palette.SMALL_TEXT_SIZE
    axis = {"visible": False, "fixedrange": True}
    return palette.figure(
        math.ceil(bottom * _ROW) + 8,
        [*(_fills(placed, role) for role in ROLES), _labels(placed), _numbers(placed, size)],
        margin={"l": 2, "r": 2, "t": 4, "b": 4},
        xaxis={**axis, "range": (-spare, right + spare)},
        yaxis={**axis, "range": (bottom, 0)},
        hovermode="closest",
        dragmode=False,
    )


def _fills(placed: Sequence[Placed], role: str) -> dict[str, Any]:
    """All cells of one role as one trace of closed outlines."""
    x: list[float | None] = []
    y: list[float | None] = []
    for one in placed:
        for cell, sheet, row, col in one.places():
            if one.drawn.roles.get(cell, "plain") == role:
                outline = _outline(one, sheet, row, col)
                x += [*(point[0] for point in outline), None]
                y += [*(point[1] for point in outline), None]
    color, width, dash, strength = ROLES[role]
    red, green, blue = palette.channels(color)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "fill": "toself",
        "fillcolor": f"rgba({red},{green},{blue},{strength})",
        "line": {"color": color, "width": width, "dash": dash},
        "hoverinfo": "skip",
    }


def _outline(one: Placed, sheet: int, row: int, col: int) -> list[Point]:
    room = 0.04
    top, bottom, left, right = row + room, row + 1 - room, col + room, col + 1 - room
    around = ((top, left), (top, right), (bottom, right), (bottom, left), (top, left))
    return [one.corner(sheet, y, x) for y, x in around]


def _numbers(placed: Sequence[Placed], size: int) -> dict[str, Any]:
    """The number in the middle of every cell; this is also what is pointed at and clicked."""
    found = [(one, *place) for one in placed for place in one.places()]
    middles = [one.corner(sheet, row + 0.5, col + 0.5) for one, _cell, sheet, row, col in found]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [x for x, _y in middles],
        "y": [y for _x, y in middles],
        "text": [_number(one.drawn, cell) for one, cell, *_place in found],
        "textfont": {"size": size},
        "customdata": [part(one.drawn.name, cell) for one, cell, *_place in found],
        "hovertext": [_hover(one.drawn, cell) for one, cell, *_place in found],
        "hoverinfo": "text",
        "marker": {"size": 26, "symbol": "square", "color": palette.TRANSPARENT},
    }


def _number(drawn: Drawn, cell: Cell) -> str:
    text, quiet = drawn.texts[cell], drawn.roles.get(cell, "plain") in ("plain", "waiting")
    return text if quiet or len(text) > _LONGEST_BOLD else f"<b>{text}</b>"


def _hover(drawn: Drawn, cell: Cell) -> str:
    return drawn.hovers.get(cell, f"{name(drawn.name, cell)} = {drawn.texts[cell]}")


def _labels(placed: Sequence[Placed]) -> dict[str, Any]:
    """Headings, and the index of every row, column and sheet."""
    written = [label for one in placed for label in (*_headings(one), *_indices(one))]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [x for (x, _y), _text, _where, _size in written],
        "y": [y for (_x, y), _text, _where, _size in written],
        "text": [text for _point, text, _where, _size in written],
        "textposition": [where for _point, _text, where, _size in written],
        "textfont": {"size": [size for _point, _text, _where, size in written]},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


Label = tuple[Point, str, str, int]


def _headings(one: Placed) -> Iterator[Label]:
    drawn = one.drawn
    heading = drawn.heading or _("{name}: shape {shape}").format(name=drawn.name, shape=drawn.shape)
    yield (one.left - 0.6, one.top - 0.9), heading, "middle right", palette.TEXT_SIZE


def _indices(one: Placed) -> Iterator[Label]:
    drawn, size = one.drawn, palette.SMALL_TEXT_SIZE
    for index in range(drawn.columns if drawn.shape else 0):
        x, y = one.corner(0, 0, index + 0.5)
        yield (x, y - 0.25), str(index), "middle center", size
    for sheet, leading in enumerate(drawn.sheets if len(drawn.shape) > 1 else []):
        for row in range(drawn.rows):
            text = ", ".join(map(str, (*leading, row)))
            x, y = one.corner(sheet, row + 0.5, 0)
            yield (x - 0.08, y), text, "middle left", size
