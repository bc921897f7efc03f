"""A column of a table holds numbers or words, and cells in which nothing was measured. What makes a
cell a number is decided here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nnlab.datasets.sources import MOST_CLASSES
from nnlab.language import gettext as _

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "missing", "?", ".", "-"})
"""Cells that say that nothing was measured, in lower case."""

Task = Literal["classes", "numbers"]
Cell = float | str | None

POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?", re.I | re.A)
COMMA = re.compile(r"[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?", re.I | re.A)
Forms = tuple[re.Pattern[str], ...]
"""How numbers may be written; where commas separate columns, 1,234 could mean two things."""


class TableError(ValueError):
    """A table that can't be used. `str()` is one sentence in the reader's language."""

    def __init__(self, sentence: str, **details: object) -> None:
        super().__init__(sentence, details)
        self.sentence, self.details = sentence, details

    def __str__(self) -> str:
        return _(self.sentence).format(**self.details)


@dataclass(frozen=True)
class Column:
    """A column's name, its kind, and its cells: all numbers or all words, None where missing."""

    name: str
    kind: Literal["number", "text"]
    cells: tuple[Cell, ...]

    @property
    def missing(self) -> int:
        """How many cells are missing."""
        return self.cells.count(None)

    @property
    def distinct(self) -> tuple[Any, ...]:
        """The different values in their order, missing cells left out."""
        return tuple(sorted(cell for cell in set(self.cells) if cell is not None))

    @property
    def task(self) -> Task:
        """What this column asks for as a target: words and few whole numbers are classes."""
        values = self.distinct
        few = 2 <= len(values) <= MOST_CLASSES
        whole = all(isinstance(value, float) and value.is_integer() for value in values)
        return "classes" if self.kind == "text" or (few and whole) else "numbers"


def column(name: str, cells: Sequence[str], forms: Forms) -> Column:
    """The column of these texts: of numbers if everything that is there has one of the forms."""
    trimmed = map(printable, cells)
    texts = [None if text.lower() in MISSING else text for text in trimmed]
    there = [text for text in texts if text is not None]
    for form in forms:
        if all(map(form.fullmatch, there)):
            numbers = (None if text is None else float(text.replace(",", ".")) for text in texts)
            return Column(name, "number", tuple(numbers))
    return Column(name, "text", tuple(texts))


def printable(text: str) -> str:
    """The text without line breaks and the like, nor spaces around it."""
    return (text if text.isprintable() else "".join(filter(str.isprintable, text))).strip()


def is_number(text: str, forms: Forms) -> bool:
    """Whether a cell is a number in one of the forms."""
    return any(form.fullmatch(printable(text)) for form in forms)


def is_missing(text: str) -> bool:
    """Whether a cell says that nothing was measured."""
    return printable(text).lower() in MISSING
