"""From the columns of a table to samples: which are features, which is the target, what becomes of
words and of missing cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal, NamedTuple

from nnlab.datasets import DATASETS
from nnlab.datasets.sources import BIGGEST, LONGEST_NAME, MOST_CLASSES, MOST_COLUMNS
from nnlab.language import gettext_noop as N_
from nnlab.registry import Choice
from nnlab.table.columns import Cell, Column, TableError, Task

MOST_CATEGORIES = 10
"""Different words in a feature."""

Missing = Literal["drop", "mean"]


class Targets(NamedTuple):
    """The targets of the rows, and the labels of the classes; none for numbers to predict."""

    cells: tuple[float, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Columns of equal length, and the number of each row's line in the file."""

    columns: tuple[Column, ...]
    lines: tuple[int, ...]

    def column(self, name: str) -> Column:
        """The column of that name. Raises TableError if there is none."""
        for each in self.columns:
            if each.name == name:
                return each
        raise TableError(N_("There is no column called {name}: choose another."), name=name)

    def to_choice(
        self,
        features: Sequence[str],
        target: str,
        missing: Missing = "drop",
        task: Task = "classes",
    ) -> Choice:
        """The chosen columns as the data set `points`. A feature of words becomes one column of
        0 and 1 for each word. Rows without a target are dropped; rows with a missing feature are
        dropped too, or get the mean of its column. Classes are numbered in the order of their
        values.

        Raises TableError.
        """
        _check_roles(features, target)
        wanted = [self.column(name) for name in (*features, target)]
        full = self.rows_with(*wanted[COMPLETE[missing]])
        if not full.lines:
            raise TableError(N_("No row is left: each has a missing cell in a chosen column."))
        *inputs, goal = (full.column(each.name) for each in wanted)
        encoded = [pair for each in inputs for pair in full.encoded(each)]
        if len(encoded) >= MOST_COLUMNS:
            sentence = N_("The columns make {count} features, but at most {most} can be used.")
            raise TableError(sentence, count=len(encoded), most=MOST_COLUMNS - 1)
        targets, labels = TARGETS[task](full, goal)
        names, cells = zip(*encoded, strict=True)
        rows = tuple(zip(*cells, targets, strict=True))
        about = {"rows": rows, "classes": len(labels), "names": names, "labels": labels}
        return DATASETS.accept("data.source", {"name": "points", **about})

    def rows_with(self, *columns: Column) -> Table:
        """The rows in which none of these columns has a missing cell."""
        cells = zip(*(each.cells for each in columns), strict=True)
        kept = [place for place, row in enumerate(cells) if None not in row]
        parts = (
            Column(each.name, each.kind, tuple(each.cells[place] for place in kept))
            for each in self.columns
        )
        return Table(tuple(parts), tuple(self.lines[place] for place in kept))

    def numbers(self, column: Column) -> tuple[float, ...]:
        """The cells of a column of numbers, its mean where one is missing. Raises TableError for
        the first number that is too large to learn from."""
        for line, cell in zip(self.lines, column.cells, strict=True):
            if isinstance(cell, float) and abs(cell) > BIGGEST:
                raise TableError(
                    N_(
                        "Line {line} has {value} in column {name}, beyond {most}: divide the "
                        "whole column by a power of ten, or choose another."
                    ),
                    line=line,
                    value=f"{cell:g}",
                    name=column.name,
                    most=f"{BIGGEST:,.0f}",
                )
        return _filled(column.cells)

    def encoded(self, column: Column) -> list[tuple[str, tuple[float, ...]]]:
        """The named columns of numbers that a feature becomes: itself, or one for each word."""
        _check_varies(column)
        if column.kind == "number":
            return [(column.name, self.numbers(column))]
        words = column.distinct
        if len(words) > MOST_CATEGORIES:
            raise TableError(
                N_(
                    "Column {name} has {count} different words, but at most {most} can be told "
                    "apart in a feature: leave it out."
                ),
                name=column.name,
                count=len(words),
                most=MOST_CATEGORIES,
            )
        return [(f"{column.name} = {word}"[:LONGEST_NAME], _is(word, column)) for word in words]


COMPLETE: Mapping[Missing, slice] = {"drop": slice(None), "mean": slice(-1, None)}
"""Of the features and the target, the columns without which a row can't be used."""


def _numbers(table: Table, goal: Column) -> Targets:
    """The target as numbers to predict."""
    if goal.kind == "text":
        sentence = N_("Column {name} holds words: it can be learned as classes, not as a number.")
        raise TableError(sentence, name=goal.name)
    _check_varies(goal)
    return Targets(table.numbers(goal), ())


def _classes(table: Table, goal: Column) -> Targets:
    """The target as class numbers, with the classes' labels."""
    values = goal.distinct
    if len(values) > MOST_CLASSES:
        raise TableError(
            N_(
                "Column {name} has {count} different values, but at most {most} classes can be "
                "learned: choose another, or predict it as a number."
            ),
            name=goal.name,
            count=len(values),
            most=MOST_CLASSES,
        )
    _check_varies(goal)
    numbered = {value: float(number) for number, value in enumerate(values)}
    cells = tuple(numbered[cell] for cell in goal.cells if cell is not None)
    return Targets(cells, tuple(map(_label, values)))


TARGETS: Mapping[Task, Callable[[Table, Column], Targets]] = {
    "numbers": _numbers,
    "classes": _classes,
}


def _check_roles(features: Sequence[str], target: str) -> None:
    if not features:
        raise TableError(N_("No feature is chosen: choose at least one column to learn from."))
    if target in features or len(set(features)) < len(features):
        raise TableError(N_("A column is chosen twice: each can be one feature or the target."))


def _check_varies(column: Column) -> None:
    if len(column.distinct) < 2:
        raise TableError(
            N_(
                "Column {name} has one value in all the rows that can be used, so nothing can "
                "be learned from it or about it: choose another."
            ),
            name=column.name,
        )


def _filled(cells: Sequence[Cell]) -> tuple[float, ...]:
    there = [cell for cell in cells if isinstance(cell, float)]
    mean = fmean(there)
    return tuple(cell if isinstance(cell, float) else mean for cell in cells)


def _is(word: str | float, column: Column) -> tuple[float, ...]:
    return _filled([None if cell is None else float(cell == word) for cell in column.cells])


def _label(value: str | float) -> str:
    return value[:LONGEST_NAME] if isinstance(value, str) else repr(value).removesuffix(".0")
