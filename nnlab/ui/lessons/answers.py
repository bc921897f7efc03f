"""A class's answers: gathered from files, from codes and from the server's own book, and shown as
what they are, texts that somebody has typed."""

from __future__ import annotations

import hmac
import time
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from nnlab.address import address_of
from nnlab.answer_book import AnswerBookError, read
from nnlab.answers import (
    MOST_ANSWERS,
    Answer,
    Collected,
    assignments,
    latest,
    moment,
    read_codes,
    read_file,
    tally,
    without_repeats,
    write_csv,
)
from nnlab.assignment import Assignment
from nnlab.figures.class_answers import counted
from nnlab.language import gettext as _
from nnlab.ui import contents
from nnlab.ui.hosting.house import house
from nnlab.ui.markup import as_lines, as_text
from nnlab.ui.share import root
from nnlab.ui.view import view

MOST_COMPLAINTS = 5
MOST_FILE_MB = 1
LONGEST_CELL = 500
WRONG_KEY_S = 0.5
"""Seconds that a wrong key costs, so that nobody tries a thousand."""


def gather() -> tuple[Answer, ...]:
    """Every answer that was brought, each once."""
    found = _from_files() + _from_codes() + _from_book()
    for complaint in found.complaints[:MOST_COMPLAINTS]:
        st.warning(as_text(complaint), icon=":material/error:")
    more = len(found.complaints) - MOST_COMPLAINTS
    if more > 0:
        st.warning(_("And {count} more that could not be read.").format(count=more))
    return without_repeats(found.answers)[:MOST_ANSWERS]


def _from_files() -> Collected:
    files = st.file_uploader(
        _("Answer files (.json or .txt, at most {most} MB each)").format(most=MOST_FILE_MB),
        type=["json", "txt"],
        accept_multiple_files=True,
        key="class_files",
        max_upload_size=MOST_FILE_MB,
    )
    read_ones = (read_file(each.name, each.getvalue()) for each in files[:MOST_ANSWERS])
    return sum(read_ones, Collected())


def _from_codes() -> Collected:
    text = st.text_area(
        _("Answer codes: paste the whole chat, whatever else stands in it"),
        key="class_codes",
        height=120,
    )
    return read_codes(text) if text.strip() else Collected()


def _from_book() -> Collected:
    """The answers that this server has kept, for whoever knows the key."""
    book = house().answers_database
    if not book:
        return Collected()
    key = st.text_input(
        _("The teacher's key, for the answers that this server has kept"),
        type="password",
        key="class_key",
        max_chars=200,
    )
    if not key:
        return Collected()
    if not _is_key(key):
        time.sleep(WRONG_KEY_S)
        return Collected(complaints=(_("That is not the teacher's key of this server."),))
    try:
        return read(Path(book))
    except AnswerBookError as error:
        return Collected(complaints=(str(error),))


def _is_key(key: str) -> bool:
    """Whether this is the key that the house has set; one that is not set opens nothing."""
    wanted = house().teacher_key
    return bool(wanted) and hmac.compare_digest(key.encode(), wanted.encode())


def show(answers: Sequence[Answer]) -> None:
    """The answers to one question: counted, listed, and to take away."""
    if not answers:
        st.info(_("No answers yet."), icon=":material/inbox:")
        return
    assignment = _choose_question(answers)
    mine = [answer for answer in answers if answer.assignment == assignment]
    if st.toggle(_("Only the last answer under each name"), value=True, key="class_latest"):
        mine = list(latest(mine))
    st.markdown(as_lines(assignment.question))
    st.caption(_("Answers: {count}").format(count=len(mine)))
    if assignment.options:
        _show_counts(mine, assignment)
    _show_table(mine)
    st.download_button(
        _("All answers as a table (CSV)"),
        lambda: write_csv(answers, link_of).encode("utf-8-sig"),
        file_name="answers.csv",
        mime="text/csv",
        key="class_csv",
        on_click="ignore",
    )


def _choose_question(answers: Sequence[Answer]) -> Assignment:
    """The question with the most answers, or another that was answered."""
    asked = assignments(answers)
    if len(asked) == 1:
        return asked[0]
    place = st.selectbox(
        _("question"),
        range(len(asked)),
        format_func=lambda each: asked[each].question[:80],
        key="class_question",
    )
    return asked[place]


def _show_counts(answers: Sequence[Answer], assignment: Assignment) -> None:
    counts = tally(answers, assignment)
    said = ", ".join(f"{option}: {count}" for option, count in counts.items())
    view(
        counted(counts),
        key="class_counts",
        alt=_("How many chose each answer: {counts}.").format(counts=said),
    )


def _show_table(answers: Sequence[Answer]) -> None:
    """Each answer with the link to its view, which is always a page of this very server."""
    st.dataframe(
        {
            _("time (UTC)"): [moment(answer) for answer in answers],
            _("name"): [_cell(answer.name) for answer in answers],
            _("answer"): [_cell(answer.said) for answer in answers],
            _("view"): [link_of(answer) for answer in answers],
        },
        column_config={
            _("view"): st.column_config.LinkColumn(display_text=_("open")),
            _("answer"): st.column_config.TextColumn(width="large"),
        },
        hide_index=True,
        key="class_table",
    )


def _cell(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def link_of(answer: Answer) -> str:
    """The link to what was on the pupil's screen; empty where that was no lesson of nnlab."""
    try:
        address = address_of(answer.view)
    except ValueError:
        return ""
    return f"{root()}{address}" if contents.entry_of(address.path) else ""
