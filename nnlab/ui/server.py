"""What the server's life depends on: one thread for torch, plotly.js served from this machine, the
slow imports done once, and no two threads of one session on the same run.

This is the first nnlab module that an app imports: torch reads OMP_NUM_THREADS only once.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import tempfile
import threading
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime import app_session, backend_operation_handler
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx, script_runner
from streamlit.runtime.state import SafeSessionState

from nnlab.ui import gathering, incoming, link, wire

os.environ.setdefault("OMP_NUM_THREADS", "1")

STATIC = Path(__file__).parent.parent.parent / "static"
FRONT_DOOR = "streamlit_app.py"
FIRST_PAGE_S = 3.0
"""Seconds that the first page has to itself, before the fast engine is made ready beside it."""
_LOCK = "nnlab.lock"
_making = threading.Lock()


@cache
def warm() -> None:
    """Do once per process what the first visitor would otherwise wait for."""
    _look_around()
    serve_plotly()
    wire.thin_all()
    gathering.hear_all()
    incoming.check_all()
    hush()
    list_steadily()
    torch, compiled = import_module("torch"), import_module("nnlab.engines.compiled")
    import_module("plotly.graph_objects").Figure().to_json()
    # The first optimizer imports torch._dynamo, which takes about a second.
    torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    gc.collect()
    # All that lives now lives as long as the server: the collector need not look at it again.
    gc.freeze()
    later = threading.Timer(FIRST_PAGE_S, compiled.warm)
    later.daemon = True
    later.start()


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


@cache
def plotly_script() -> str:
    """The name of plotly.js in static/, with the version of the installed package in it."""
    return f"plotly-{import_module('plotly').__version__}.min.js"


@cache
def serve_plotly(folder: Path = STATIC) -> Path:
    """Copy plotly.js from the installed package to `folder`, where the browser gets it.

    Raises RuntimeError, in one sentence, where it is missing and can't be written.
    """
    target = folder / plotly_script()
    if not target.exists():
        try:
            _copy(target)
        except OSError as error:
            message = (
                f"Plotly's script can't be written to {target}: make that folder writable once, "
                "or copy package_data/plotly.min.js of the plotly package there under this name."
            )
            raise RuntimeError(message) from error
    return target


def _copy(target: Path) -> None:
    """Write beside the target, then rename, so that no browser gets half a script."""
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as beside:
        part = Path(beside) / target.name
        with files("plotly.package_data").joinpath("plotly.min.js").open("rb") as source:
            part.write_bytes(source.read())
        part.chmod(0o644)
        shutil.move(part, target)
