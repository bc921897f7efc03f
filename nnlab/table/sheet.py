"""A sheet is the raw rows of an experiment as a table in which cells are changed, rows added and
taken out. What was changed becomes edits of the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nnlab.data import Data, PointEdit, edited
from nnlab.rows import Rows

MOST_ROWS = 1000
"""Rows that can be looked through and changed by hand."""

Cells = Mapping[int, float | None]
"""Cells by their column: the features in their order, then the target. None is an empty cell."""


@dataclass(frozen=True)
class Changes:
    """Cells that were changed, by the place of their row; rows added; places of rows taken out."""

    cells: Mapping[int, Cells] = field(default_factory=dict)
    added: Sequence[Cells] = ()
    removed: Sequence[int] = ()


def sheet(rows: Rows) -> list[list[float]]:
    """The columns of the sheet: the raw features, then the target."""
    columns = [*rows.raw.x.T, rows.raw.y[:, 0]]
    return [column.tolist() for column in columns]


def changed(data: Data, rows: Rows, changes: Changes) -> Data:
    """The data after the changes. An emptied cell keeps what it was; a new row that is not yet
    full is left out.

    Raises ExperimentError for a class that isn't there, and when no row is left.
    """
    return edited(data, *_edits(data, rows, changes))


def _edits(data: Data, rows: Rows, changes: Changes) -> Iterator[PointEdit]:
    columns = sheet(rows)
    for place, cells in changes.cells.items():
        before = {number: column[place] for number, column in enumerate(columns)}
        yield PointEdit(int(rows.numbers[place]), _filled(before, cells))
    for place in changes.removed:
        yield PointEdit(int(rows.numbers[place]))
    nothing: dict[int, float | None] = dict.fromkeys(range(len(columns)))
    full = (row for row in changes.added if None not in {**nothing, **row}.values())
    for number, row in enumerate(full, start=data.n_row_numbers):
        yield PointEdit(number, _filled({}, row))


def _filled(before: Mapping[int, float], cells: Cells) -> tuple[float, ...]:
    after = {**before, **{place: cell for place, cell in cells.items() if cell is not None}}
    return tuple(float(after[place]) for place in sorted(after))
