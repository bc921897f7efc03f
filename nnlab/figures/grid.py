"""Where the units of a network stand: one column for the inputs and one for each layer.

x counts columns; y is in pixels below the top, and so negative. Sizes fit a phone's width.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MOST_UNITS = 10
"""Units of a layer that are drawn; a larger layer shows its first five and its last five."""


class Sizes(NamedTuple):
    """Pixels: distance between rows, diameter of a circle, two sizes of text."""

    row: int
    circle: int
    text: int
    small: int


ROOMY, NARROW, DENSE = Sizes(84, 46, 13, 12), Sizes(58, 40, 12, 10), Sizes(46, 29, 9, 9)


class Grid(NamedTuple):
    """Where things are: per column which units are drawn and how high; x is the column's number."""

    rows: tuple[dict[int, float], ...]
    hidden: tuple[int, ...]
    sizes: Sizes
    height: int


def drawn_units(count: int, wanted: int = 0) -> tuple[int, ...]:
    """The units of a layer that are drawn: all up to ten, else five at each end.

    A wanted unit from the folded middle takes the place of the last of the first five.
    """
    if count <= MOST_UNITS:
        return tuple(range(count))
    half = MOST_UNITS // 2
    folded = half <= wanted < count - half
    first = (*range(half - 1), wanted if folded else half - 1)
    return (*first, *range(count - half, count))


def wanted_units(selected: str) -> dict[int, int]:
    """Column -> unit that must be drawn so that the selected part is seen."""
    numbers = [int(text) for text in selected[1:].split(".") if text.isdigit()]
    if selected.startswith("w") and len(numbers) == 3:
        return {numbers[0] + 1: numbers[1], numbers[0]: numbers[2]}
    return {numbers[0] + 1: numbers[1]} if len(numbers) == 2 else {}


def place(counts: Sequence[int], selected: str) -> Grid:
    """Place columns of `counts` units so that the selected part is among those drawn."""
    wanted = wanted_units(selected)
    units = [drawn_units(count, wanted.get(column, 0)) for column, count in enumerate(counts)]
    hidden = tuple(count - len(drawn) for count, drawn in zip(counts, units, strict=True))
    slots = max(len(drawn) + bool(more) for drawn, more in zip(units, hidden, strict=True))
    sizes = _sizes(len(counts), slots)
    top, room = round(5.6 * sizes.small), max(slots, 2) * sizes.row
    rows = tuple(
        _heights(drawn, more, sizes.row, top + room / 2)
        for drawn, more in zip(units, hidden, strict=True)
    )
    return Grid(rows, hidden, sizes, top + room + sizes.small)


def _sizes(columns: int, slots: int) -> Sizes:
    if columns > 5 or slots > 8:
        return DENSE
    return NARROW if columns > 3 or slots > 4 else ROOMY


def _heights(units: Sequence[int], more: int, row: int, middle: float) -> dict[int, float]:
    """Unit -> y in pixels below the top (negative), the column centred on `middle`."""
    gap = MOST_UNITS // 2 if more else len(units)
    slots = len(units) + bool(more)
    first = -middle + (slots - 1) / 2 * row
    return {unit: first - (place + (place >= gap)) * row for place, unit in enumerate(units)}
