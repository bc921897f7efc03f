"""A live part of a lesson is redrawn alone while a slider in it is dragged, since a browser draws a
few elements faster than a page. When something in it is decided (a slider let go of, a choice made,
a part clicked) what follows from it is shown anew: the rest that goes with it, or the whole lesson.

What is decided must go through nnlab.ui.link: Streamlit's own widgets stand outside of live parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

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


def live_with(part: Callable[[], T], rest: Callable[[T], None]) -> None:
    """Show a part, and under it the rest: all that follows from what the part returns.

    While the part is moved, the rest stands as when something was decided last. What is decided is
    answered by both alone, which a browser draws sooner than the whole lesson.
    """
    st.fragment(_shown_with)(part, rest, _Known())


@dataclass(eq=False)
class _Known(Generic[T]):
    """What is known of a part between its runs: what was decided last, and what of the link it
    asks for."""

    decided: list[T] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


def _shown_with(part: Callable[[], T], rest: Callable[[T], None], known: _Known[T]) -> None:
    language.use(language.current())
    with session_lock(), turns().turn(HAND_S):
        with link.asking(known.keys):
            seen = part()
            if link.settled() or not known.decided:
                known.decided[:] = [seen]
            rest(*known.decided)
        link.answer()
        if alone():
            link.tidy()


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
