"""A live part of a lesson is redrawn alone while a slider in it is dragged, since a browser draws a
few elements faster than a page. When something in it is decided (a slider let go of, a choice made,
a part clicked) the whole lesson follows.

What is decided must go through nnlab.ui.link: Streamlit's own widgets stand outside of live parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from nnlab import language
from nnlab.ui import link
from nnlab.ui.hosting.turns import FRAME_S, HAND_S, turns
from nnlab.ui.server import session_lock

T = TypeVar("T")


@st.fragment
def live(part: Callable[[], T]) -> T:
    """Show a part and return what it returns (to the whole lesson only, when that is run)."""
    return _shown(part)


def live_every(seconds: float | None, part: Callable[[], T]) -> T:
    """As live, and once more after every so many seconds, for what goes on by itself."""
    shown: Callable[[Callable[[], T], float], T] = st.fragment(run_every=seconds)(_shown)
    return shown(part, FRAME_S)


def _shown(part: Callable[[], T], within: float = HAND_S) -> T:
    language.use(language.current())
    with session_lock(), turns().turn(within):
        if alone() and link.settled():
            st.rerun()
        return part()


def alone() -> bool:
    """Whether a part is run now, and not the whole lesson."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)
