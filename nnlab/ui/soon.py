"""What needs torch comes soon. Torch is by far the slowest import: right after a server's start
the first page shows all the rest before torch is there, and keeps the places of what needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nnlab.ui import server

Part = Callable[[], None]


class _Promise(NamedTuple):
    """A part that is to come, its place, and what stands there until then."""

    part: Part
    place: DeltaGenerator
    before: DeltaGenerator


_PROMISED: ContextVar[list[_Promise]] = ContextVar("promised")


@contextmanager
def coming() -> Iterator[None]:
    """What is promised in here comes at the end, once torch is there."""
    promised: list[_Promise] = []
    outside = _PROMISED.set(promised)
    try:
        yield
    finally:
        _PROMISED.reset(outside)
    for promise in promised:
        _keep(promise)


def _nothing() -> None:
    """Nothing stands in the place of what nobody looks for yet."""


def soon(part: Part, meanwhile: Part = _nothing) -> None:
    """Show a part of the page, or where torch is not there yet, promise it: until it comes,
    `meanwhile` is in its place."""
    place = st.container()
    with place:
        before = st.empty()
    promise, promised = _Promise(part, place, before), _PROMISED.get(None)
    if promised is None or server.has_torch():
        _keep(promise)
    else:
        promised.append(promise)
        with before.container():
            meanwhile()


def _keep(promise: _Promise) -> None:
    server.wait_for_torch()
    promise.before.empty()
    with promise.place:
        promise.part()
