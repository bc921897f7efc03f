"""Reading a table: the bytes of a file become text, the text lines, the lines columns. The
encoding, the delimiter and whether the first line holds the names are found out."""

from __future__ import annotations

import codecs
import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from nnlab.bounds import MOST_BYTES
from nnlab.datasets.sources import LONGEST_NAME, MOST_COLUMNS, MOST_ROWS
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.spreadsheet import unguarded
from nnlab.table.columns import (
    COMMA,
    POINT,
    Column,
    Forms,
    TableError,
    column,
    is_missing,
    is_number,
    printable,
)
from nnlab.table.samples import Table

FORMS: dict[str, Forms] = {
    "\t": (POINT, COMMA),
    ";": (POINT, COMMA),
    "|": (POINT, COMMA),
    ",": (POINT,),
    " ": (POINT, COMMA),
}
"""The delimiters in the order in which they are believed (a comma may also stand in a number, a
space in words), and how numbers may be written between them."""

ONE_COLUMN = N_(
    "There is only one column: at least two are needed, one for a feature and one for the target, "
    "with commas between them."
)

_TRIED_LINES = 50
_ENOUGH = 0.8
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Line:
    """The fields of one line and its number in the file, counted from 1."""

    number: int
    fields: list[str]


def read_table(content: bytes) -> Table:
    """Read a file of at most 5 MB, 10,000 rows and 65 columns: any usual delimiter and encoding,
    decimal points or commas, with or without a first line of names.

    Raises TableError, whose sentence says what is wrong and how to mend it.
    """
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise TableError(N_("The file is larger than {most} MB: take a part of it."), most=most)
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    delimiter = delimiter_of(text)
    lines = list(itertools.islice(_lines(text, delimiter), MOST_ROWS + 2))
    _check_length(lines, text)
    _check_shape(lines)
    return _table(lines, FORMS[delimiter])


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, GB18030 or, if none of these, Latin-1.

    Raises TableError for what is no text.
    """
    utf_16 = content.startswith(_UTF_16)
    encodings = ("utf-16",) if utf_16 else ("utf-8-sig", _old_encoding(content))
    texts = (_decoded(content, encoding) for encoding in encodings)
    text = next((each for each in texts if each is not None), "\0")
    if "\0" in text:
        raise TableError(
            N_("This is not a text file: save the table as CSV (UTF-8) and choose that file.")
        )
    return text


def delimiter_of(text: Sequence[str]) -> str:
    """The first delimiter that parts most lines into equally many fields, else the best."""
    shares = {each: _agreement(text[:_TRIED_LINES], each) for each in FORMS}
    enough = (each for each, share in shares.items() if share >= _ENOUGH)
    return next(enough, max(shares, key=lambda each: shares[each]))


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _old_encoding(content: bytes) -> str:
    """In GB18030 the bytes above 127 come in pairs, in Latin-1 most of them stand alone."""
    runs = re.findall(rb"[\x80-\xff]+", content)
    paired = sum(len(run) % 2 == 0 for run in runs)
    chinese = 2 * paired > len(runs) and _decoded(content, "gb18030") is not None
    return "gb18030" if chinese else "latin-1"


def _agreement(text: Sequence[str], delimiter: str) -> float:
    """The share of lines with the most common number of fields, if that is more than one."""
    widths: Counter[int] = Counter()
    with suppress(TableError):  # perhaps only cut off within a field: what came before counts
        widths.update(len(line.fields) for line in _lines(text, delimiter))
    width, count = max(widths.items(), key=lambda item: item[1], default=(0, 0))
    return count / widths.total() if width > 1 else 0.0


def _lines(text: Sequence[str], delimiter: str) -> Iterator[Line]:
    """Every line that is not blank. In quotation marks a field may hold anything."""
    if delimiter == " ":
        text = [re.sub(" +", " ", line.strip()) for line in text]
    reader = csv.reader((f"{line}\n" for line in text), delimiter=delimiter, strict=True)
    try:
        for fields in reader:
            if any(map(str.strip, fields)):
                yield Line(reader.line_num, fields)
    except csv.Error:
        sentence = N_(
            "Line {line} has a quotation mark that is never closed, or more text right after a "
            "closed one: write a quotation mark inside a field twice."
        )
        raise TableError(sentence, line=min(reader.line_num, len(text))) from None


def _check_length(lines: Sequence[Line], text: Sequence[str]) -> None:
    """No more than a line of names and the rows are taken apart: of the rest there is a count."""
    if len(lines) > MOST_ROWS + 1:
        raise _too_many(sum(map(bool, text)))


def _too_many(rows: int) -> TableError:
    sentence = N_("There are {count} rows, but at most {most} can be read: leave some out.")
    return TableError(sentence, count=rows, most=MOST_ROWS)


def _check_shape(lines: Sequence[Line]) -> None:
    if not lines:
        raise TableError(N_("The file is empty: it needs a line for each sample."))
    width = len(lines[0].fields)
    if width < 2:
        raise TableError(ONE_COLUMN)
    if width > MOST_COLUMNS:
        sentence = N_("There are {count} columns, but at most {most} can be read: leave some out.")
        raise TableError(sentence, count=width, most=MOST_COLUMNS)
    for line in lines:
        if len(line.fields) != width:
            sentence = N_(
                "Line {line} has {count} fields, but the first line has {width}: give every line "
                "equally many, and put a field that holds the delimiter in quotation marks."
            )
            raise TableError(sentence, line=line.number, count=len(line.fields), width=width)


def _table(lines: Sequence[Line], forms: Forms) -> Table:
    names = lines[0].fields if _begins_with_names(lines, forms) else []
    rows = lines[1:] if names else lines
    if not rows:
        raise TableError(N_("There is only a line of names: put a line for each sample below it."))
    if len(rows) > MOST_ROWS:
        raise _too_many(len(rows))
    cells = zip(*(map(unguarded, line.fields) for line in rows), strict=True)
    tidy = _tidy(names or [""] * len(lines[0].fields))
    columns = [column(*pair, forms) for pair in zip(tidy, cells, strict=True)]
    columns = list(_without_empty(columns, names))
    if len(columns) < 2:
        raise TableError(ONE_COLUMN)
    return Table(tuple(columns), tuple(line.number for line in rows))


def _begins_with_names(lines: Sequence[Line], forms: Forms) -> bool:
    """Whether the first line is no sample: a word stands above a column of numbers, or different
    words above everything."""
    first = lines[0].fields
    words = [not is_number(cell, forms) and not is_missing(cell) for cell in first]
    for place, is_word in enumerate(words):
        below = [line.fields[place] for line in lines[1:] if not is_missing(line.fields[place])]
        if is_word and below and all(is_number(cell, forms) for cell in below):
            return True
    return all(words) and len(set(first)) == len(first)


def _tidy(names: Sequence[str]) -> list[str]:
    """A printable, short and different name for each column."""
    tidy: list[str] = []
    for number, given in enumerate(names, start=1):
        name = printable(unguarded(given))[:LONGEST_NAME].strip()
        name = name or _("column {number}").format(number=number)
        others = (f"{name[: LONGEST_NAME - 10]} ({other})" for other in itertools.count(number))
        tidy.append(next(each for each in itertools.chain((name,), others) if each not in tidy))
    return tidy


def _without_empty(columns: Sequence[Column], names: Sequence[str]) -> Iterator[Column]:
    """A delimiter at the end of every line makes a column with no name and no cell: no column."""
    for place, each in enumerate(columns):
        named = bool(names and names[place].strip())
        if named or each.missing < len(each.cells):
            yield each
