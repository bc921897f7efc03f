"""A pupil's side of a teacher's link: the question at the top of its lesson, the answer with the
view at that moment, and what is hidden or locked meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from nnlab.address import here
from nnlab.answer_book import AnswerBookError, keep
from nnlab.answers import LONGEST_ANSWER, LONGEST_NAME, Answer, to_code
from nnlab.assignment import Assignment
from nnlab.language import gettext as _
from nnlab.limits import ExperimentError
from nnlab.ui import contents, link
from nnlab.ui.component import component
from nnlab.ui.control_groups import GROUPS, keys_of
from nnlab.ui.hosting.house import house
from nnlab.ui.markup import as_lines, as_text
from nnlab.ui.share import show_text

TASK = "task"
_SAID, _NAME, _HELD = "task_said", "task_name", "nnlab.task"

_mount = component("guide", isolated=True)


@dataclass
class Held:
    """The assignment that this session's link brings, what was answered to it, and what has to be
    told: what is wrong with the link or with the answer."""

    text: str
    assignment: Assignment | None = None
    answer: Answer | None = None
    kept: bool = False
    told: str = ""


def ask(page: str) -> None:
    """The question where it belongs, elsewhere the way back to it; nothing without a question."""
    held = _held()
    if held.told:
        st.warning(held.told, icon=":material/link_off:")
    if held.assignment is None:
        return
    if held.assignment.lesson != page:
        _show_way_back(held.assignment)
        return
    _guide(held.assignment, waiting=held.assignment.answer_first and held.answer is None)
    with st.container(border=True, key="task"):
        _show_question(held.assignment)
        if held.answer is None:
            _ask(held.assignment, page)
        else:
            _show_answer(held.answer, kept=held.kept)


def _held() -> Held:
    text = link.read(TASK)
    held: Held | None = st.session_state.get(_HELD)
    if held is None or held.text != text:
        held = st.session_state[_HELD] = _opened(text)
    return held


def _opened(text: str) -> Held:
    if not text:
        return Held(text)
    try:
        assignment = Assignment.from_text(text)
    except ExperimentError as error:
        said = _("The teacher's question in this link can't be read: {reason}")
        return Held(text, told=said.format(reason=as_text(str(error))))
    return Held(text, assignment)


def _guide(assignment: Assignment, *, waiting: bool) -> None:
    """Hide and lock what the assignment names; a lesson that waits can't be started."""
    with st.sidebar:
        _mount(
            key="guide",
            data={
                "hidden": keys_of(assignment.hidden, assignment.lesson),
                "locked": keys_of(assignment.locked, assignment.lesson),
                "waiting": waiting,
            },
        )


def _show_way_back(assignment: Assignment) -> None:
    entry = contents.entry_of(assignment.lesson)
    if entry:
        label = _("Back to the question of your teacher: {lesson}").format(lesson=_(entry.title))
        st.page_link(f"pages/{entry.file}", label=label, icon=":material/assignment:")


def _show_question(assignment: Assignment) -> None:
    st.caption(_("Your teacher asks:"))
    st.markdown(as_lines(assignment.question))
    shown = [_(GROUPS[name].label) for name in assignment.locked if name in GROUPS]
    if shown:
        st.caption(_("Locked meanwhile: {controls}.").format(controls=", ".join(shown)))


def _ask(assignment: Assignment, page: str) -> None:
    if assignment.answer_first:
        said = _("Answer first: until then nothing on this page can be moved or started.")
        st.caption(f":material/lock: {said}")
    with st.form("task_form", border=False):
        if assignment.options:
            st.radio(
                _("Your answer"),
                range(len(assignment.options)),
                format_func=lambda place: as_text(assignment.options[place]),
                index=None,
                key=_SAID,
            )
        else:
            st.text_area(_("Your answer"), key=_SAID, max_chars=LONGEST_ANSWER)
        st.text_input(
            _("Your name, or one that you make up (may stay empty)"),
            key=_NAME,
            max_chars=LONGEST_NAME,
        )
        st.form_submit_button(_("Record my answer"), type="primary", on_click=_record, args=(page,))


def _record(page: str) -> None:
    """Make an answer of what stands in the form, and keep it where the house has a book."""
    held = _held()
    assignment, said = held.assignment, st.session_state.get(_SAID)
    if assignment is None:
        return
    words = assignment.options[said] if isinstance(said, int) else str(said or "").strip()
    view = here(page, st.query_params.to_dict()).without(TASK)
    name = str(st.session_state.get(_NAME) or "").strip()[:LONGEST_NAME]
    try:
        held.answer = Answer(
            assignment, words[:LONGEST_ANSWER], name, str(view)[:10_000], int(time.time())
        )
        held.told = ""
    except ExperimentError:
        held.told = _("Choose or write an answer first.")
        return
    _keep(held, held.answer)


def _keep(held: Held, answer: Answer) -> None:
    book = house().answers_database
    held.kept = bool(book)
    try:
        if book:
            keep(Path(book), answer)
    except AnswerBookError as error:
        held.kept, held.told = False, as_text(str(error))


def _again() -> None:
    held = _held()
    held.answer = None


def _show_answer(answer: Answer, *, kept: bool) -> None:
    st.success(
        _("Your answer: {answer}").format(answer=as_text(answer.said[:200])),
        icon=":material/task_alt:",
    )
    if kept:
        st.caption(_("This server has kept it for your teacher: there is nothing to send."))
    else:
        st.caption(
            _(
                "Nobody has it yet. Send your teacher the code, say in a chat, or the file. "
                "Both also say what is on your screen now. Reloading this page loses them."
            )
        )
    show_text(to_code(answer), "task_code", _("The code of your answer"))
    with st.container(horizontal=True):
        st.download_button(
            _("The answer as a file"),
            answer.dumps(),
            file_name=_file_name(answer.name),
            mime="application/json",
            key="task_file",
            on_click="ignore",
        )
        st.button(_("Answer again"), key="task_again", on_click=_again)


def _file_name(name: str) -> str:
    plain = "".join(sign for sign in name if sign.isalnum())[:30]
    return f"answer-{plain}.json" if plain else "answer.json"
