"""What stands around every lesson: the list of lessons, the language, the look."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from nnlab import language
from nnlab.devices import available
from nnlab.language import gettext as _
from nnlab.ui import link
from nnlab.ui.choice import choose
from nnlab.ui.component import component

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
    return [
        _page("0_home.py", "home", _("Home"), ":material/home:"),
        _page("1_tensor.py", "tensor", _("What is a tensor?"), ":material/grid_on:"),
        _page("2_neuron.py", "neuron", _("What does one neuron compute?"), ":material/lens_blur:"),
        _page("3_layers.py", "layers", _("What do layers add?"), ":material/layers:"),
        _page("4_training.py", "training", _("How does a network learn?"), ":material/school:"),
        _page(
            "5_playground.py",
            "playground",
            _("What can a small network learn?"),
            ":material/play_circle:",
        ),
        _page(
            "6_backward.py",
            "backward",
            _("How does the network know what to change?"),
            ":material/keyboard_double_arrow_left:",
        ),
        _page("7_bugs.py", "bugs", _("What does zero_grad do?"), ":material/bug_report:"),
        _page("8_surface.py", "surface", _("Where is the bottom?"), ":material/landscape:"),
        _page("9_optimizers.py", "optimizers", _("Which optimizer, and why?"), ":material/sprint:"),
        _page("10_depth.py", "depth", _("Why did it stop learning?"), ":material/layers_clear:"),
        _page("11_sweep.py", "sweep", _("Which learning rate? Which size?"), ":material/apps:"),
    ]


def surround(pages: list[StreamlitPage]) -> None:
    """At the side the lessons, the language and the device. (Streamlit's own menu of pages is
    off, since it would list the files of pages/ as well.)"""
    with st.sidebar:
        for page in pages:
            st.page_link(page)
        choose(
            _("Language"),
            language.LANGUAGES,
            LANGUAGE,
            language.ENGLISH,
            look="segments",
            required=True,
        )
        names = {"auto": _("auto"), **{name: name for name in available()}}
        choose(_("Compute on"), names, DEVICE, "auto", look="list")
        _dress(
            key="page",
            data={"lang": language.current().replace("_", "-"), "css": _CSS},
            on_returned_change=_nothing,
        )


def _nothing() -> None:
    """A browser whose wire was cut asks for the page: that is run anew already."""


def device() -> str:
    """The device that the visitor chose."""
    return st.session_state.get(DEVICE) or "auto"


def _page(file: str, path: str, title: str, icon: str) -> StreamlitPage:
    source = _ROOT / "pages" / file
    return st.Page(source, title=title, icon=icon, url_path=path, default=path == "home")
