"""What a class answers is kept in one file, also when all answer at once."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from nnlab import answer_book
from nnlab.answer_book import AnswerBookError, keep, read
from nnlab.answers import Answer
from nnlab.assignment import Assignment

ANSWER = Answer(Assignment("neuron", "Why?"), "'); DROP TABLE answers; --", "Ada")


def test_a_book_that_was_never_written_is_empty_and_is_not_made_by_looking(tmp_path: Path) -> None:
    assert read(tmp_path / "book.db").answers == ()
    assert not list(tmp_path.iterdir())


def test_a_class_that_answers_at_once_is_kept_whole(tmp_path: Path) -> None:
    book = tmp_path / "book.db"
    said = [replace(ANSWER, name=str(place)) for place in range(30)]
    with ThreadPoolExecutor(8) as pupils:
        list(pupils.map(lambda answer: keep(book, answer), said))
    assert sorted(read(book).answers, key=lambda each: int(each.name)) == said


def test_who_comes_while_another_begins_the_book_waits_for_it(tmp_path: Path) -> None:
    book = tmp_path / "book.db"
    other = sqlite3.connect(book, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE another (number INTEGER)")
    with ThreadPoolExecutor(1) as pupil, closing(other):
        kept = pupil.submit(keep, book, ANSWER)
        assert not wait([kept], timeout=0.3).done
        other.execute("COMMIT")
        kept.result()
    assert read(book).answers == (ANSWER,)


def test_what_stands_in_it_and_is_no_answer_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    book = tmp_path / "book.db"
    keep(book, ANSWER)
    with closing(sqlite3.connect(book)) as connection, connection:
        connection.execute("INSERT INTO answers (answer) VALUES ('nonsense')")
    found = read(book)
    assert found.answers == (ANSWER,)
    assert len(found.complaints) == 1


@pytest.mark.parametrize("text", [b"", b"no database at all" * 100])
def test_a_file_that_is_no_book_is_one_sentence(tmp_path: Path, text: bytes) -> None:
    book = tmp_path / "book.db"
    book.write_bytes(text)
    if text:
        with pytest.raises(AnswerBookError, match="can't be used"):
            keep(book, ANSWER)
        assert book.read_bytes() == text
    else:
        keep(book, ANSWER)
        assert read(book).answers == (ANSWER,)


def test_a_place_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(AnswerBookError, match="can't be used"):
        keep(tmp_path / "nowhere" / "book.db", ANSWER)


def test_the_book_does_not_grow_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_book, "MOST_PAGES", 8)
    book = tmp_path / "book.db"
    long = replace(ANSWER, said="x" * 2000)
    with pytest.raises(AnswerBookError, match="can't be used"):
        list(map(partial(keep, book), [long] * 40))
    assert read(book).answers
