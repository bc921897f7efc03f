"""What stands around every lesson: the list of lessons, the language, the look."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from nnlab import language
from nnlab.language import gettext as _
from nnlab.ui import link
from nnlab.ui.choice import choose
from nnlab.ui.component import component
from nnlab.ui.contents import HOME, SECTIONS, Entry
from nnlab.ui.share import share
from nnlab.ui.soon import soon
from nnlab.ui.words import streamlit_words

LANGUAGE = "lang"
DEVICE = "device"

_dress = component("page", isolated=True)

_ROOT = Path(__file__).parents[2]
_CSS = (_ROOT / "static" / "app.css").read_text(encoding="utf-8")


def speak() -> None:
    """Use the language of the link; where a visitor's first link names none, the browser's."""
    if not link.read(LANGUAGE) and LANGUAGE not in st.session_state:
        link.write(LANGUAGE, _unless_english(language.best(st.context.locale)))
    language.use(link.read(LANGUAGE) or language.ENGLISH)
    # Live parts and callbacks run later, in threads of their own.
    language.follow(_reader)


def _reader() -> str | None:
    return link.read(LANGUAGE) if get_script_run_ctx(suppress_warning=True) else None


def _unless_english(name: str) -> str:
    return "" if name == language.ENGLISH else name


def lessons() -> list[StreamlitPage]:
    """The pages in reading order."""
    return [_page(entry) for entry in (HOME, *chain(*SECTIONS.values()))]


def surround(pages: Sequence[StreamlitPage]) -> None:
    """At the side the language, the lessons and the device."""
    with st.sidebar:
        choose(
            _("Language"),
            language.LANGUAGES,
            LANGUAGE,
            language.ENGLISH,
            look="segments",
            required=True,
            label_visibility="collapsed",
        )
        share()
        _list(pages)
        soon(_offer_devices)
        _dress(key="page", data=_look(), on_returned_change=_nothing)


def _list(pages: Sequence[StreamlitPage]) -> None:
    """The lessons in their sections. (Streamlit's own menu of pages is off, since it would list
    the files of pages/ as well.)"""
    home, *rest = pages
    following = iter(rest)
    with st.container(key="contents", gap=None):
        st.page_link(home)
        for section, entries in SECTIONS.items():
            heading = _(section)
            st.caption(f"**{heading}**")
            for entry, page in zip(entries, following, strict=False):
                st.page_link(page, label=f"{entry.number}. {page.title}")


def _offer_devices() -> None:
    # All the rest of the frame is on the screen before torch is there, which knows the devices.
    from nnlab.devices import available  # noqa: PLC0415

    names = {"auto": _("auto"), **{name: name for name in available()}}
    choose(_("Compute on"), names, DEVICE, "auto", look="list")


def _look() -> dict[str, object]:
    """What the browser dresses the page with."""
    tag = language.current().replace("_", "-")
    return {"lang": tag, "css": _CSS, "words": streamlit_words()}


def _nothing() -> None:
    """A browser whose wire was cut asks for the page: that is run anew already."""


def lead_on(pages: Sequence[StreamlitPage], page: StreamlitPage) -> None:
    """At the end of a lesson the way to the one before and the next."""
    at = [each.url_path for each in pages].index(page.url_path)
    if at == 0:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", key="onward"):
        st.page_link(pages[at - 1], icon=":material/arrow_back:")
        for following in pages[at + 1 : at + 2]:
            label = _("Next: {lesson}").format(lesson=following.title)
            st.page_link(following, label=label, icon=":material/arrow_forward:")


def device() -> str:
    """The device that the visitor chose."""
    return st.session_state.get(DEVICE) or "auto"


def _page(entry: Entry) -> StreamlitPage:
    return st.Page(
        _ROOT / "pages" / entry.file,
        title=_(entry.title),
        icon=f":material/{entry.icon}:",
        url_path=entry.path,
        default=entry is HOME,
    )
