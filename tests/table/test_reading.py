"""Tables of every usual kind are read; every other file is refused with one sentence."""

from __future__ import annotations

import contextlib
import csv
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnlab.limits import ExperimentError
from nnlab.table import Column, TableError, read_table

NUMBERS = [(1.5, -2.0), (0.25, 4.0), (1e-05, 1e3)]
FLOWERS = "length,kind\n1.5,rose\n2.5,\n,lily\n"


def columns(text: str, encoding: str = "utf-8") -> list[Column]:
    return list(read_table(text.encode(encoding)).columns)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("header", [["a", "b"], []])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_delimiter_with_names_or_without(
    delimiter: str, header: list[str], newline: str
) -> None:
    lines = [header] * bool(header) + [list(map(str, row)) for row in NUMBERS]
    first, second = columns(newline.join(map(delimiter.join, lines)))
    assert (first.name, second.name) == (tuple(header) or ("column 1", "column 2"))
    assert list(zip(first.cells, second.cells, strict=True)) == NUMBERS


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_decimal_commas(delimiter: str) -> None:
    lines = (delimiter.join(("1,5", "x", "-2")), delimiter.join((",5", "y", "1,25e2")))
    first, word, last = columns("\n".join(lines))
    assert (first.cells, last.cells) == ((1.5, 0.5), (-2.0, 125.0))
    assert word.kind == "text"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_in_any_encoding(encoding: str) -> None:
    length, kind = columns("长度,种类\n1.5,玫瑰\n2.5,百合\n", encoding)
    assert (length.name, kind.name) == ("长度", "种类")
    assert kind.cells == ("玫瑰", "百合")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_accents_in_any_encoding(encoding: str) -> None:
    length, kind = columns("Länge,Größe des Stücks\n1,près\n2,où\n", encoding)
    assert (length.name, kind.name) == ("Länge", "Größe des Stücks")
    assert kind.cells == ("près", "où")


@pytest.mark.parametrize("word", ["", "NA", "nan", "NaN", "?", "N/A", "null", " "])
def test_missing_cells(word: str) -> None:
    first, second = columns(f"a,b\n1,{word}\n{word},x\n2,y\n")
    assert (first.kind, first.missing, first.distinct) == ("number", 1, (1.0, 2.0))
    assert (second.kind, second.missing, second.distinct) == ("text", 1, ("x", "y"))


def test_quoted_fields_may_hold_anything() -> None:
    first, second = columns('"a, b",c\n"x ""y"", z",1\n"two\nlines",2\n')
    assert first.name == "a, b"
    assert first.cells == ('x "y", z', "twolines")
    assert second.cells == (1.0, 2.0)


def test_names_are_made_short_different_and_printable() -> None:
    names = [each.name for each in columns(f"a,a,,{'n' * 99},\x07b,a (2)\n1,2,3,4,5,6\n")]
    assert names == ["a", "a (2)", "column 3", "n" * 60, "b", "a (2) (6)"]


def test_a_delimiter_at_the_end_of_each_line_is_no_column() -> None:
    assert [each.name for each in columns("a,b,\n1,2,\n3,4,\n")] == ["a", "b"]


def test_what_a_column_asks_for_as_a_target() -> None:
    text = "few,many,word,half\n" + "".join(f"{i % 3},{i},w,{i % 2 / 2}\n" for i in range(20))
    assert [each.task for each in columns(text)] == ["classes", "numbers", "classes", "numbers"]


REFUSED = {
    "empty": b"",
    "blank": b" \n\n \r\n",
    "only a mark": b"\xef\xbb\xbf",
    "only names": b"a,b\n",
    "one column": b"1\n2\n",
    "one column and an empty one": b"1,\n2,\n",
    "ragged": b"a,b\n1,2\n1,2,3\n",
    "an open quotation mark": b'a,b\n1,"2\n3,4\n',
    "NUL": b"a,b\n1,\x002\n",
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "half a letter": b"\xff\xfea",
    "too many columns": b",".join([b"1"] * 66),
    "too many rows": b"1,2\n" * 10_001,
    "too many bytes": b"1,2\n" * 1_250_001,
    "a field without end": b"a,b\n1," + b"x" * 200_000,
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_is_one_sentence(content: bytes) -> None:
    with pytest.raises(TableError) as caught:
        read_table(content)
    sentence = str(caught.value)
    assert 10 < len(sentence) < 200
    assert sentence.endswith(".")
    assert not {"\n", "{", "}"} & set(sentence)


def test_a_ragged_line_is_named() -> None:
    with pytest.raises(TableError, match="Line 5 has 3 fields, but the first line has 2"):
        read_table(b'a,b\n"1\n1",2\n\n1,2,3\n')


def try_everything(content: bytes) -> None:
    with contextlib.suppress(TableError):
        table = read_table(content)
        *features, target = [each.name for each in table.columns]
        for task in ("classes", "numbers"):
            for missing in ("drop", "mean"):
                with contextlib.suppress(TableError):
                    assert table.to_choice(features, target, missing, task)  # type: ignore[arg-type]


@given(st.binary(max_size=300))
@example(b"a,b\n1,1e308\n2,-inf\n")
@example(b"a,b\n1,1e999\n2,3\n")
@example(b"\x01|")
@example(b"\x85,b\n\xa0,1\n2,3\n")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try_everything(content)


CELLS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.sampled_from(["", "NA", "a", "b", "=1+1", "1,5", '"', "'", "\x7f", "٣", "1_0", "é"]),
    st.text(max_size=5),
)


@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=12)
    ),
    st.sampled_from(";,\t| "),
    st.sampled_from(["utf-8", "utf-16", "gb18030"]),
)
def test_any_table_is_read_or_refused(rows: list[list[str]], delimiter: str, code: str) -> None:
    text = StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    try_everything(text.getvalue().encode(code, errors="replace"))


def test_a_refusal_is_a_value_error_like_that_of_an_experiment() -> None:
    assert issubclass(TableError, ValueError)
    assert issubclass(ExperimentError, ValueError)
