"""A teacher makes one link of a view, a question, and what the class is to leave alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from types import MappingProxyType

import streamlit as st

from nnlab.address import Address, address_of
from nnlab.assignment import MOST_OPTIONS, Assignment
from nnlab.language import gettext as _
from nnlab.limits import ExperimentError
from nnlab.presets import PRESETS
from nnlab.ui import contents, link
from nnlab.ui.choice import choose
from nnlab.ui.control_groups import groups_on
from nnlab.ui.markup import as_text
from nnlab.ui.playground.gallery import PRESET
from nnlab.ui.share import root, show_link
from nnlab.ui.task import TASK

VIEW = "view"
"""The parameter that brings a view from the button "Ask my class about this"."""
_LONGEST_SHOWN = 400


def choose_view() -> Address | None:
    """What the class will see: a lesson as it begins, a ready-made start, or any view of one's
    own by its link. None, and a sentence, where that is nothing."""
    given = link.read(VIEW)
    way = choose(
        _("What will they see?"),
        {
            "lesson": _("a lesson as it begins"),
            "preset": _("a ready-made start"),
            "link": _("a view of my own"),
        },
        "teacher_way",
        "link" if given else "lesson",
        look="segments",
        required=True,
    )
    return WAYS[way]()


def _a_lesson() -> Address:
    titles = {entry.path: _(entry.title) for entry in _lessons()}
    return Address(choose(_("lesson"), titles, "teacher_lesson", "playground", look="list"))


def _a_preset() -> Address:
    titles = {name: _(preset.title) for name, preset in PRESETS.items()}
    name = choose(_("start"), titles, "teacher_preset", next(iter(PRESETS)), look="list")
    return Address("playground", ((PRESET, name), ("tour", "off")))


def _a_link() -> Address | None:
    text = st.text_input(
        _("The link to it: set everything as you want it there, press Share, and copy the link"),
        value=link.read(VIEW),
        key="teacher_link",
        max_chars=10_000,
    )
    if not text:
        return None
    try:
        address = address_of(text)
    except ValueError:
        address = Address("")
    if address.path not in {entry.path for entry in _lessons()}:
        said = _("This is no link to a lesson: {text}").format(text=as_text(text[:_LONGEST_SHOWN]))
        st.error(said, icon=":material/link_off:")
        return None
    return address.without(TASK)


WAYS: Mapping[str, Callable[[], Address | None]] = MappingProxyType(
    {"lesson": _a_lesson, "preset": _a_preset, "link": _a_link}
)


def _lessons() -> list[contents.Entry]:
    every = chain(*contents.SECTIONS.values())
    return [entry for entry in every if entry not in contents.FOR_TEACHERS]


def choose_assignment(view: Address) -> Assignment | None:
    """The question and what goes with it. None, and a sentence, until it is one."""
    question, options = _write_question()
    hidden, locked = _choose_groups(view.path)
    first = st.toggle(
        _("They answer before they can start or move anything: a prediction"),
        key="teacher_first",
        persist_state="session",
    )
    if not question:
        st.info(_("Write a question: then the link is here."), icon=":material/edit:")
        return None
    try:
        return Assignment(view.path, question, options, hidden, locked, first)
    except ExperimentError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return None


def _write_question() -> tuple[str, tuple[str, ...]]:
    """The question and the answers to choose from. They stay when one looks at another page."""
    question = st.text_area(
        _("Your question"),
        key="teacher_question",
        max_chars=500,
        height=100,
        persist_state="session",
    )
    options = st.text_area(
        _("Answers to choose from, one a line; none for an answer in their own words"),
        key="teacher_options",
        max_chars=MOST_OPTIONS * 121,
        height=100,
        persist_state="session",
    )
    return question.strip(), tuple(line for each in options.splitlines() if (line := each.strip()))


def _choose_groups(lesson: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The groups of controls to hide and to lock."""
    groups = {name: _(label) for name, label in groups_on(lesson).items()}
    chosen = [
        st.multiselect(
            label,
            list(groups),
            format_func=groups.__getitem__,
            key=f"{key}_{lesson}",
            placeholder=_("nothing"),
            persist_state="session",
        )
        for label, key in ((_("Hide"), "teacher_hidden"), (_("Lock"), "teacher_locked"))
    ]
    st.caption(
        _(
            "This keeps eyes and hands on the question. It is guidance, not security: whoever "
            "edits the link sees everything."
        )
    )
    return tuple(chosen[0]), tuple(chosen[1])


def give(view: Address, assignment: Assignment) -> None:
    """The link for the class, as a text and as a QR code, and how to put it into an LMS."""
    address = view.with_(**{TASK: assignment.to_text()})
    whole = f"{root()}{address}"
    show_link(whole, "teacher_out")
    st.link_button(_("Try it as a pupil"), whole, icon=":material/open_in_new:")
    with st.expander(_("Inside a course page (Moodle, Canvas, ...)"), icon=":material/web:"):
        st.markdown(
            _(
                "Paste this where the course page takes HTML. The one who runs this server has to "
                "allow the course page's site once, in `frame_ancestors` of nnlab.toml."
            )
        )
        framed = f"{root()}{address.with_(embed='true')}"
        st.code(
            f'<iframe src="{framed}" width="100%" height="900" '
            f'allow="clipboard-write; fullscreen" title="nnlab"></iframe>',
            language="html",
            wrap_lines=True,
        )
