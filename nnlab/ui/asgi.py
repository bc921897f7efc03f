"""nnlab as an ASGI server runs it, for a house with visitors: `uvicorn nnlab.ui.asgi:app`. All that
is slow is done before the first visitor; a laptop does with `streamlit run streamlit_app.py`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

# First of all: it sets the number of threads, which torch reads only once.
from nnlab.ui import server  # isort: split

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config
from streamlit.runtime import get_instance

from nnlab.limits import ExperimentError
from nnlab.ui.hosting import counters
from nnlab.ui.hosting.admission import Admission
from nnlab.ui.hosting.elsewhere import Elsewhere
from nnlab.ui.hosting.governor import governor
from nnlab.ui.hosting.headers import Headers, policy
from nnlab.ui.hosting.house import House, house
from nnlab.ui.hosting.log import LOGGER, keep_log
from nnlab.ui.hosting.memory import give_back
from nnlab.ui.hosting.overlook import overlook
from nnlab.ui.plotly_js import Packed

SCRIPT = Path(__file__).parents[2] / server.FRONT_DOOR
LET_GO_S = 30.0
"""Seconds between two looks for visitors who will not come back."""


def _house() -> House:
    """The house, or the end of this server with the one sentence that says what is wrong in it."""
    try:
        return house()
    except ExperimentError as error:
        raise SystemExit(str(error)) from None


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    server.warm()
    counters.PLAYERS.set_function(lambda: governor().players)
    letting_go = asyncio.create_task(_let_go())
    with overlook(house()):
        logging.getLogger(LOGGER).info("nnlab is open")
        yield
    letting_go.cancel()
    with suppress(asyncio.CancelledError):
        await letting_go


async def _let_go() -> None:
    """For a while Streamlit keeps all of a visitor whose wire was cut, and lets go of it only when
    the next one comes: after a lesson, that can be tomorrow."""
    while True:
        await asyncio.sleep(LET_GO_S)
        manager: Any = get_instance()._session_mgr
        manager._session_storage._cache.expire()
        give_back()


def _count(error: Exception) -> None:
    """Streamlit shows and logs it."""
    counters.ERRORS.inc()


def _app(of: House) -> st.App:
    # Streamlit reads its own variables of the environment only where its command starts it.
    config.set_option("server.disconnectedSessionTTL", of.return_seconds)
    # With its first setting Streamlit takes the log over.
    keep_log(of)
    doors = [
        Middleware(Headers, policy=policy(of.frame_ancestors)),
        Middleware(Admission, most=of.sessions),
        Middleware(Elsewhere),
        Middleware(Packed),
    ]
    return st.App(SCRIPT, lifespan=_lifespan, middleware=doors, on_script_error=_count)


app = _app(_house())
