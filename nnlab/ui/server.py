"""What the server's life depends on: one thread for torch, the slow imports done once, and
no two threads of one session on the same run.

This is the first nnlab module that an app imports: torch reads OMP_NUM_THREADS only once.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, wraps
from importlib import import_module
from typing import Any, TypeVar

import streamlit as st
from streamlit import cli_util, config
from streamlit.runtime import app_session, backend_operation_handler
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx, script_runner
from streamlit.runtime.state import SafeSessionState
from streamlit.web.server import server_util

from nnlab.ui import gathering, incoming, link, wire
from nnlab.ui.hosting.turns import turns
from nnlab.ui.plotly_js import serve_plotly

os.environ.setdefault("OMP_NUM_THREADS", "1")

FRONT_DOOR = "streamlit_app.py"
FIRST_PAGE_S = 2.0
"""Seconds that the browser has to draw the first page and its picture, before the rest is made
ready beside it."""
HEAD_START_S = 3.0
"""Seconds that a browser has to fetch the first page, before torch is imported beside it: on two
cores each would wait for the other. They are over as soon as the page stands so far: ended by that
alone, the heading came two thirds of a second sooner than after 0.7 s, and the picture no later."""
_AT_ONCE = ("nnlab.ui.front", "nnlab.ui.lessons.home")
_FIRST = ("torch", "nnlab.devices", "nnlab.ui.lessons.first_neuron")
_LATER = ("sympy", "torch._dynamo", "pandas")
"""The first optimizer wants torch._dynamo, which takes about a second beyond sympy."""
_LOCK = "nnlab.lock"
_making = threading.Lock()
_wanted = threading.Event()
T = TypeVar("T")


def once(work: Callable[[], T]) -> Callable[[], T]:
    """Do it once per process; whoever comes meanwhile waits until it is done."""
    lock, kept = threading.Lock(), cache(work)

    @wraps(work)
    def done() -> T:
        with lock:
            return kept()

    return done


def warm() -> None:
    """Do all that a visitor would otherwise wait for. A house does it before it opens; a laptop in
    parts, so that its first page is there soon."""
    prepare()
    _rest()


def prepare() -> None:
    """Do what every page needs."""
    _look_around()
    _prepare()


@once
def _prepare() -> None:
    serve_plotly()
    wire.thin_all()
    wire.send_no_tables()
    gathering.hear_all()
    incoming.check_all()
    hush()
    list_steadily()


@once
def begin() -> threading.Thread:
    """Start to import what the first page needs, beside whatever else is done at the start."""
    thread = threading.Thread(target=_import_first, name="importing", daemon=True)
    thread.start()
    return thread


def _import_first() -> None:
    for name in _AT_ONCE:
        import_module(name)
    _wanted.wait(HEAD_START_S)
    # All that is made is kept: looking for garbage in it would be a tenth of the work.
    gc.disable()
    try:
        for name in _FIRST:
            import_module(name)
    finally:
        gc.enable()


def has_torch() -> bool:
    """Whether torch is there, and what the first page does with it."""
    return not begin().is_alive()


def wait_for_torch() -> None:
    """Go on when torch is there; nobody gets a head start any more."""
    _wanted.set()
    begin().join()


@once
def finish() -> None:
    """Import what the home page can do without and every lesson may need.

    Nothing is drawn while one of them is imported, and a lesson waits for all: Plotly looks for
    pandas among the modules that are there, and finds half a module as long as another thread
    imports it. What torch imports late, it imports in circles, where two threads that do so at once
    could get half a module as well.
    """
    wait_for_torch()
    for name in _LATER:
        with turns().alone():
            import_module(name)
    gc.collect()
    # All that lives now lives as long as the server: the collector need not look at it again.
    gc.freeze()


@once
def finish_soon() -> None:
    """Do the rest when the browser has drawn the first page."""
    later = threading.Timer(FIRST_PAGE_S, _rest)
    later.daemon = True
    later.start()


def _rest() -> None:
    finish()
    import_module("nnlab.engines.compiled").warm()


@asynccontextmanager
async def laptop(_app: Any) -> AsyncIterator[None]:
    """The life of a server that was started by `streamlit run`."""
    asyncio.get_running_loop().call_soon(open_browser)
    yield


def open_browser() -> None:
    """As Streamlit does by itself where it is given no App."""
    if not config.get_option("server.headless"):
        address = config.get_option("browser.serverAddress")
        if not config.is_manually_set("browser.serverAddress"):
            address = config.get_option("server.address") or address
        cli_util.open_browser(server_util.get_url(server_util.get_display_address(address)))


@cache
def list_steadily() -> None:
    """From now on, listing a session's keys is tried anew when another thread has just added one.

    Each run has a lock of its own for the state that all runs of a session share, so that a click
    could end the run before it in the middle of a select box.
    """
    listed = vars(SafeSessionState)["filtered_state"]

    def steadily(state: SafeSessionState) -> Any:
        while True:
            try:
                return listed.fget(state)
            except RuntimeError as error:
                if "changed size" not in str(error):
                    raise

    SafeSessionState.filtered_state = property(steadily)  # type: ignore[assignment]


def hush() -> None:
    """Leave out of the log what fast hands do to every page: a click on something that a run of the
    page takes away at the same moment. It has no effect, and is nobody's fault."""
    for logger in (app_session, script_runner, backend_operation_handler):
        logging.getLogger(logger.__name__).addFilter(_is_news)


_LATE = ("Couldn't find fragment with id", "The fragment with id %s does not exist anymore")


def _is_news(record: logging.LogRecord) -> bool:
    """All but a click on a part of a page, or on a file to take away, that is no longer there."""
    error = record.exc_info[1] if record.exc_info else None
    lost = isinstance(error, MediaFileStorageError) and str(error).endswith("not found")
    return not lost and not str(record.msg).startswith(_LATE)


def _look_around() -> None:
    """Read nnlab.toml; where something in it isn't allowed, no page is shown but a sentence."""
    try:
        import_module("nnlab.ui.hosting.house").house()
    except ValueError as error:
        st.error(f"{error}", icon=":material/error:")
        st.stop()


def session_lock() -> threading.RLock:
    """The one lock of this session: `with session_lock(): ...` around whatever touches a run.

    A click starts a second thread while the first is still inside backward(). The first has been
    asked to stop and does so at its next Streamlit call, so the second waits only for that.
    Callbacks and fragments run outside the page: they take the lock themselves.
    """
    with _making:
        if _LOCK not in st.session_state:
            st.session_state[_LOCK] = threading.RLock()
        lock: threading.RLock = st.session_state[_LOCK]
    return lock


def enter_by_the_front_door() -> None:
    """Start again with streamlit_app.py where Streamlit has started a page by itself.

    It does so for the first visitors of a process that come with a link to a page: until
    st.navigation was called once, it takes every file of a folder named pages/ for an app.
    """
    context = get_script_run_ctx()
    entered = context is None or not context.pages_manager.main_script_path.endswith(FRONT_DOOR)
    if not entered and not link.arrived():
        PagesManager.uses_pages_directory = False
        st.rerun()
