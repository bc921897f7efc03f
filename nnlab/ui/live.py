"""A live part of a lesson is redrawn alone while a slider in it is dragged, since a browser draws a
few elements faster than a page. When something in it is decided (a slider let go of, a choice made,
a part clicked) the rest is shown anew, all that follows from it, and still not the whole page.

What is decided must go through nnlab.ui.link: what a widget of Streamlit keeps for itself moves the
part, and leaves the rest behind.
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


def _nothing(seen: object) -> None:
    """What follows from a part on which nothing else depends."""


def live(part: Callable[[], T], rest: Callable[[T], None] = _nothing) -> None:
    """Show a part, and under it the rest: all that follows from what the part returns.

    While the part is moved, the rest stands as when something was decided last. What is decided is
    answered by both alone.
    """
    st.fragment(_shown)(part, rest, _Known())


def live_every(seconds: float | None, part: Callable[[], None]) -> None:
    """Show a part anew after every so many seconds, since it goes on by itself. When something is
    decided in it, the whole lesson follows."""
    st.fragment(run_every=seconds)(_shown_again)(part)


@dataclass(eq=False)
class _Known(Generic[T]):
    """What is known of a part between its runs: what was decided last, and what of the link it
    asks for."""

    decided: list[T] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)


def _shown(part: Callable[[], T], rest: Callable[[T], None], known: _Known[T]) -> None:
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


def _shown_again(part: Callable[[], None]) -> None:
    language.use(language.current())
    with session_lock(), turns().turn(FRAME_S):
        if alone() and link.settled():
            st.rerun()
        part()


def alone() -> bool:
    """Whether a part is run now, and not the whole lesson."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)
