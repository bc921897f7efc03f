"""The link in the browser's address bar holds what the learner has set, so that reloading or
sharing it restores the view. Here is the only place that reads and writes it by hand; Streamlit's
own widgets do it with bind="query-params".

A parameter is read from the link when the learner arrives at its page, by a link, a reload or the
back button. From then on the session knows better and the link follows: while a slider moves,
browsers send links that are a moment old.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field

import streamlit as st
from streamlit.errors import StreamlitAPIException

_MEMORY = "nnlab.link"
_ASKING: ContextVar[tuple[set[str], ...]] = ContextVar("asking", default=())
"""The part of the page that this thread runs; empty for the page itself."""


@dataclass
class _Memory:
    """What one session knows of its link. An empty text, or none, stands for the default."""

    page: str = ""
    settled: bool = False
    read: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    behind: bool = False
    asked: list[set[str]] = field(default_factory=lambda: [set()])


def arrive(page: str) -> None:
    """Say which page this run shows: on another page than before, the link is read anew."""
    memory = _memory()
    answer()
    memory.asked = [set()]
    if memory.page != page:
        memory.page = page
        memory.behind = False
        memory.read.clear()


def mend() -> list[str]:
    """Take numbers without end out of the link, and return whose they were: Streamlit's own number
    inputs, bound to the link, would end in a traceback."""
    gone = []
    for key, text in st.query_params.to_dict().items():
        if _endless(text):
            with suppress(StreamlitAPIException):
                del st.query_params[key]
                gone.append(key)
    return gone


def _endless(text: str) -> bool:
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return False


def lag(*, behind: bool) -> None:
    """Say whether there is more on the page than a link can carry, so that it tells of before."""
    _memory().behind = behind


def lags() -> bool:
    """Whether the link tells of before."""
    return _memory().behind


def settle() -> None:
    """Say that something was decided: all that follows from it has to be shown."""
    _memory().settled = True


def settled() -> bool:
    """Whether something was decided that is not yet answered."""
    return _memory().settled


def answer() -> None:
    """Say that all that follows from what was decided is shown."""
    _memory().settled = False


def arrived() -> bool:
    """Whether this session has been told its page: it came in by streamlit_app.py."""
    return bool(_memory().page)


def page() -> str:
    """The path of the page that this session shows; empty for the first one."""
    return _memory().page


def read(key: str) -> str:
    """Return a parameter's text; empty when nothing was set. Mends the link if it says else."""
    memory = _memory()
    given = st.query_params.get(key)
    if given is not None and key not in memory.read:
        memory.texts[key] = memory.written[key] = given
    memory.read.add(key)
    (_ASKING.get() or memory.asked)[0].add(key)
    _put(key, memory.written.get(key, ""))
    return memory.texts.get(key, "")


def hold(key: str, text: str) -> None:
    """Remember a text for this session, not yet in the link: a slider is still being dragged."""
    _memory().texts[key] = text


def keep(key: str) -> None:
    """Put what is held into the link, though nothing is decided by it."""
    memory, text = _memory(), read(key)
    memory.written[key] = text
    _put(key, text)


def write(key: str, text: str) -> None:
    """Remember a text for this session and put it into the link; an empty one leaves the link."""
    if text != _memory().written.get(key, ""):
        settle()
    follow(key, text)


def follow(key: str, text: str) -> None:
    """Write what goes on by itself: nothing was decided."""
    memory = _memory()
    memory.texts[key] = memory.written[key] = text
    memory.read.add(key)
    _put(key, text)


def take(key: str) -> str:
    """Return what was set since it was last taken, and leave neither memory nor link of it."""
    memory, text = _memory(), read(key)
    memory.texts.pop(key, None)
    memory.written.pop(key, None)
    _put(key, "")
    return text


def forget(*keys: str) -> None:
    """Put parameters back to their defaults: for `on_click=link.forget, args=("neuron_w",)`."""
    for key in keys:
        write(key, "")


def count(key: str) -> int | None:
    """The whole number that a parameter says, None where it says no number of up to nine digits."""
    text = read(key)
    return int(text) if len(text) < 10 and text.isdecimal() else None


def forget_beyond(key: str, last: int) -> None:
    """Put a parameter back to its default where it counts beyond the last that there is."""
    if (count(key) or 0) > last:
        forget(key)


@contextmanager
def asking(keys: set[str]) -> Iterator[None]:
    """What a part of the page that is run alone asks for within goes into `keys`, in place of what
    it asked for before."""
    memory = _memory()
    keys.clear()
    if not any(each is keys for each in memory.asked):
        memory.asked.append(keys)
    before = _ASKING.set((keys,))
    try:
        yield
    finally:
        _ASKING.reset(before)


def tidy() -> None:
    """Take out of the link what this page knows and nothing on the screen asks for. The session
    still knows it: it comes back with what asks for it."""
    memory = _memory()
    asked = set().union(*memory.asked)
    for key in st.query_params.to_dict():
        own = key.startswith(f"{memory.page}_") and memory.page
        if own and key not in asked and key not in st.session_state:
            del st.query_params[key]


def _put(key: str, text: str) -> None:
    if text and st.query_params.get(key) != text:
        st.query_params[key] = text
    elif not text and key in st.query_params:
        del st.query_params[key]


def _memory() -> _Memory:
    memory: _Memory = st.session_state.setdefault(_MEMORY, _Memory())
    return memory
