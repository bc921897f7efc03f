"""An answer is what a pupil said to an assignment, and the view at that moment. It comes back to
the teacher as a file or as a short code that can be pasted into a chat, without any account."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any, ClassVar

from nnlab.assignment import Assignment
from nnlab.codec import decode, encode
from nnlab.language import gettext as _
from nnlab.limits import Because, ExperimentError, Prose, Whole
from nnlab.spec import Of, Spec, ruled
from nnlab.spreadsheet import GUARD, guarded

VERSION = 1
MOST_ANSWERS = 1000
MOST_TEXT = 5_000_000
"""Characters of a file, or of what is pasted, that are read at all."""
LONGEST_CODE = 3000
"""Characters; a longer code leaves the view out, which the file keeps."""
LONGEST_ANSWER = 2000
LONGEST_NAME = 60
_LATEST = 2**34
_CODE = re.compile(rf"NNLAB{VERSION}-([^-]*)(-END)?", re.IGNORECASE)
_NO_LETTER = re.compile(r"[^A-Z2-7]")


@dataclass(frozen=True)
class Answer(Spec):
    """What was said to which assignment, by whom (a made-up name, or none), looking at which view
    ("playground?e=..."), and when, in seconds since 1970."""

    path: ClassVar[str] = "answer"
    assignment: Assignment = ruled(Of(Assignment))
    said: str = ruled(Prose(LONGEST_ANSWER, least=1))
    name: str = ruled(Prose(LONGEST_NAME), "")
    view: str = ruled(Prose(10_000), "")
    when: int = ruled(Whole(0, _LATEST), 0)

    def dumps(self) -> str:
        """This answer as the text of a file."""
        return json.dumps({"version": VERSION, **self.to_json()}, ensure_ascii=False, indent=1)

    @classmethod
    def loads(cls, text: str) -> Answer:
        """Read a file. Raises ExperimentError for anything else."""
        try:
            data = json.loads(text) if len(text) <= MOST_TEXT else None
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            raise ExperimentError(_("the file"), text, Because(_("an answer saved by nnlab")))
        Whole(1, VERSION).accept("version", data.pop("version", VERSION))
        return cls.from_json(data)


@dataclass(frozen=True)
class Collected:
    """Answers, and a sentence for each thing that could not be read."""

    answers: tuple[Answer, ...] = ()
    complaints: tuple[str, ...] = ()

    def __add__(self, other: Collected) -> Collected:
        return Collected(self.answers + other.answers, self.complaints + other.complaints)


def to_code(answer: Answer) -> str:
    """The answer in capital letters and digits, which chats and telephones leave alone."""
    code = _code(answer.to_json())
    return code if len(code) <= LONGEST_CODE else _code(answer.to_json() | {"view": ""})


def _code(data: dict[str, Any]) -> str:
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return f"NNLAB{VERSION}-{encode(text, 'chat')}-END"


def read_codes(text: str) -> Collected:
    """Every answer whose code stands somewhere in a text, such as a whole chat."""
    found = list(_CODE.finditer(text[:MOST_TEXT]))[:MOST_ANSWERS]
    if not found:
        return Collected(complaints=(_("There is no answer code in this text."),))
    damaged = _("Answer code {number} is damaged or cut off: ask for it once more.")
    answers: list[Answer] = []
    complaints: list[str] = []
    for number, match in enumerate(found, start=1):
        try:
            answers.append(_answer_of(match))
        except ExperimentError:
            complaints.append(damaged.format(number=number))
    return Collected(tuple(answers), tuple(complaints))


def _answer_of(match: re.Match[str]) -> Answer:
    """The answer of a code; spaces, line breaks and the > of a quotation are no part of it."""
    letters, end = match.groups()
    decoded = decode(_NO_LETTER.sub("", letters.upper()), "chat")
    return Answer.loads(decoded.text if decoded.whole and end else "")


def read_file(name: str, data: bytes) -> Collected:
    """The answers of a file: one that nnlab has saved, or a text with codes in it."""
    text = data[:MOST_TEXT].decode("utf-8", errors="replace").removeprefix("\ufeff")
    if not text.lstrip().startswith("{"):
        found = read_codes(text)
        return Collected(found.answers, tuple(f"{name}: {each}" for each in found.complaints))
    try:
        return Collected((Answer.loads(text),))
    except ExperimentError as error:
        return Collected(complaints=(f"{name}: {error}",))


# ---- a class's answers ----


def without_repeats(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Each answer once: pupils send a file and a code, or the same code again."""
    return tuple(dict.fromkeys(answers))


def latest(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The newest answer under each name; those without a name are all kept."""
    newest: dict[object, Answer] = {}
    for place, answer in enumerate(sorted(answers, key=lambda each: each.when)):
        newest[" ".join(answer.name.split()).casefold() or place] = answer
    return tuple(newest.values())


def assignments(answers: Iterable[Answer]) -> tuple[Assignment, ...]:
    """The assignments that were answered, the one with the most answers first."""
    return tuple(each for each, _count in Counter(a.assignment for a in answers).most_common())


def tally(answers: Sequence[Answer], assignment: Assignment) -> dict[str, int]:
    """How many said each of the options, in their order."""
    counts = Counter(answer.said for answer in answers if answer.assignment == assignment)
    return {option: counts[option] for option in assignment.options}


def write_csv(answers: Iterable[Answer], link: Callable[[Answer], str]) -> str:
    """A table for a spreadsheet: when in UTC, name, question, answer and the link to the view.
    What would be a formula to a spreadsheet is guarded."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow((_("time (UTC)"), _("name"), _("question"), _("answer"), _("view")))
    for answer in answers:
        words = (answer.name, answer.assignment.question, answer.said, link(answer))
        writer.writerow((moment(answer), *map(_harmless, words)))
    return text.getvalue()


def moment(answer: Answer) -> str:
    """When it was said, in UTC; empty where that is not known."""
    return f"{datetime.fromtimestamp(answer.when, UTC):%Y-%m-%d %H:%M}" if answer.when else ""


def _harmless(word: str) -> str:
    """Spreadsheets look for formulas also behind spaces, tabs and line breaks."""
    bare = word.lstrip()
    return f"{GUARD}{word}" if bare != guarded(bare) or word[:1] in "\t\r\n" else word
