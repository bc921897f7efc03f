"""The answer book is a file in which a teacher's own server keeps what pupils have answered: one
SQLite table, made when the first answer comes, and bounded in size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from nnlab.answers import MOST_ANSWERS, Answer, Collected
from nnlab.language import gettext as _
from nnlab.limits import ExperimentError

MOST_PAGES = 25_000
"""Pages of 4096 bytes: a hundred megabytes."""
PATIENCE_S = 5.0
"""Seconds that a whole class writing at once may make one answer wait."""
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY,
    received TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    answer TEXT NOT NULL CHECK (length(answer) <= 40000)
)
"""


class AnswerBookError(OSError):
    """The book can't be written or read. `str()` is one sentence in the reader's language."""


def keep(book: Path, answer: Answer) -> None:
    """Write an answer into the book. Raises AnswerBookError."""
    with _opened(book) as connection:
        connection.execute("INSERT INTO answers (answer) VALUES (?)", (answer.dumps(),))


def read(book: Path) -> Collected:
    """The newest answers, oldest first; none where there is no book yet. Raises AnswerBookError."""
    if not book.exists():
        return Collected()
    with _opened(book) as connection:
        query = "SELECT id, answer FROM answers ORDER BY id DESC LIMIT ?"
        rows = connection.execute(query, (MOST_ANSWERS,)).fetchall()
    answers: list[Answer] = []
    complaints: list[str] = []
    for number, text in reversed(rows):
        try:
            answers.append(Answer.loads(str(text)))
        except ExperimentError as error:
            complaints.append(_("Entry {number}: {reason}").format(number=number, reason=error))
    return Collected(tuple(answers), tuple(complaints))


@contextmanager
def _opened(book: Path) -> Iterator[sqlite3.Connection]:
    """The book, its table made if need be; what was written is kept when all has gone well."""
    try:
        with closing(sqlite3.connect(book, timeout=PATIENCE_S)) as connection, connection:
            connection.execute(f"PRAGMA max_page_count={MOST_PAGES}")
            connection.execute(_TABLE)
            yield connection
    except (sqlite3.Error, OSError) as error:
        sentence = _("The book of answers can't be used: {reason}.").format(reason=error)
        raise AnswerBookError(sentence) from error
