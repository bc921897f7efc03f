"""The facts that decide the server's life, each seen to matter."""

# ruff: noqa: PLC0415 (a script under test brings its own imports)
from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from streamlit import cli_util, config
from streamlit.testing.v1 import AppTest

from nnlab.ui import server

ROOT = Path(__file__).parents[2]


def python(code: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_torch_has_one_thread_even_in_the_threads_of_scripts() -> None:
    code = """
import nnlab.ui.server, torch, threading
seen = []
thread = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
thread.start(); thread.join()
print(torch.get_num_threads(), *seen)
"""
    assert python(code) == "1 1"


def test_the_server_imports_no_torch_before_it_has_set_the_threads() -> None:
    code = "import sys, nnlab.ui.server; print('torch' in sys.modules)"
    assert python(code) == "False"


def test_a_warm_process_has_imported_what_is_slow_and_frozen_it() -> None:
    code = """
import gc, sys
from nnlab.ui.server import warm
warm()
slow = {"torch._dynamo", "plotly.graph_objects"}
print(slow <= set(sys.modules), gc.get_freeze_count() > 100_000)
"""
    assert python(code) == "True True"


def test_the_first_page_waits_for_nothing_that_it_does_not_need() -> None:
    code = """
import gc, sys
from streamlit.testing.v1 import AppTest
from nnlab.ui import server
server.FIRST_PAGE_S = 3600
seen = AppTest.from_file("streamlit_app.py", default_timeout=60).run()
slow = {"torch._dynamo", "pandas"}
print(len(seen.exception), bool(seen.title), slow & set(sys.modules), gc.get_freeze_count())
server.finish()
print(slow <= set(sys.modules), gc.get_freeze_count() > 100_000, gc.isenabled())
"""
    assert python(code).splitlines() == ["0 True set() 0", "True True True"]


def test_streamlit_is_given_a_server_that_imports_torch_before_anybody_comes() -> None:
    code = """
import sys
from pathlib import Path
from streamlit.web.server.app_discovery import discover_asgi_app
print(discover_asgi_app(Path("streamlit_app.py")).import_string)
import streamlit_app
print(streamlit_app.app.script_path == Path(streamlit_app.__file__))
from nnlab.ui import server
server.begin().join()
there = {"torch", "nnlab.ui.lessons.first_neuron"} <= set(sys.modules)
print(there, "torch._dynamo" in sys.modules)
"""
    assert python(code).splitlines() == ["streamlit_app:app", "True", "True False"]


def test_optimizers_are_made_by_many_threads_while_torch_is_still_importing_what_they_need() -> (
    None
):
    code = """
import sys, threading
from nnlab.ui import server
import torch
go, steps = threading.Barrier(9), []
def learn():
    weight = torch.ones(1, requires_grad=True)
    go.wait()
    optimizer = torch.optim.SGD([weight], lr=0.5)
    (weight * weight).backward()
    optimizer.step()
    steps.append(weight.item())
threads = [threading.Thread(target=learn) for _ in range(8)]
for thread in threads: thread.start()
assert "torch._dynamo" not in sys.modules
go.wait()
server.finish()
for thread in threads: thread.join()
print(steps)
"""
    assert python(code) == str([0.0] * 8)


@pytest.mark.parametrize("late", ["torch._dynamo", "pandas"])
def test_nothing_is_drawn_from_half_a_module(late: str) -> None:
    code = f"""
import sys, time
from threading import Event, Thread
from types import ModuleType
from streamlit.testing.v1 import AppTest
from nnlab.ui import server
server.FIRST_PAGE_S = 3600
app = AppTest.from_file("streamlit_app.py", default_timeout=60).run()
half, go_on, whole = Event(), Event(), server.import_module
def slowly(name):
    if name == "{late}":
        sys.modules[name] = ModuleType(name)
        half.set()
        go_on.wait()
        del sys.modules[name]
    return whole(name)
server.import_module = slowly
finishing, drawing = Thread(target=server.finish), Thread(target=app.run)
finishing.start()
half.wait()
drawing.start()
while drawing.is_alive() and not server.turns()._line:
    time.sleep(0.001)
print(drawing.is_alive())
go_on.set()
finishing.join()
drawing.join()
print([each.message for each in app.exception])
"""
    assert python(code).splitlines() == ["True", "[]"]


def test_what_is_done_once_is_done_when_anybody_goes_on() -> None:
    begun, may_end, seen = [], threading.Event(), []

    @server.once
    def work() -> str:
        begun.append(threading.get_ident())
        may_end.wait()
        return "done"

    threads = [threading.Thread(target=lambda: seen.append(work())) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert not seen
    may_end.set()
    for thread in threads:
        thread.join()
    assert (len(begun), seen) == (1, ["done"] * 4)


@pytest.mark.parametrize(
    ("options", "opened"),
    [
        ({"server.headless": True}, []),
        ({"server.headless": False}, ["http://localhost:8501"]),
        (
            {"server.headless": False, "server.address": "192.168.0.7"},
            ["http://192.168.0.7:8501"],
        ),
    ],
)
def test_a_laptop_opens_its_browser(
    options: dict[str, object], opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(cli_util, "open_browser", told.append)
    known = config.get_option
    options = {"server.port": 8501, "server.address": None, **options}
    monkeypatch.setattr(config, "get_option", lambda name: options.get(name, known(name)))
    server.open_browser()
    assert told == opened


def page(leave: str = "") -> None:
    import streamlit as st

    from nnlab.ui.server import session_lock

    with session_lock():
        st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        if leave == "stop":
            st.stop()
        if leave == "rerun" and st.session_state["runs"] == 1:
            st.rerun()
        if leave == "error":
            raise ValueError(leave)


def lock_of(app: AppTest) -> threading.RLock:
    lock: threading.RLock = app.session_state["nnlab.lock"]
    return lock


def test_a_session_has_one_lock_for_all_its_runs() -> None:
    app = AppTest.from_function(page).run()
    first = lock_of(app)
    assert lock_of(app.run()) is first
    assert lock_of(AppTest.from_function(page).run()) is not first


@pytest.mark.parametrize("leave", ["", "stop", "rerun", "error"])
def test_the_lock_is_open_again_however_a_run_ends(leave: str) -> None:
    lock = lock_of(AppTest.from_function(page, args=(leave,)).run())
    free: list[bool] = []
    thread = threading.Thread(target=lambda: free.append(lock.acquire(blocking=False)))
    thread.start()
    thread.join()
    assert free == [True]


def test_the_log_is_silent_of_clicks_that_came_too_late_and_of_nothing_else() -> None:
    code = """
import logging, sys
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import script_runner
from nnlab.ui import server
server.warm()
for module in (app_session, script_runner):
    module._LOGGER.addHandler(logging.StreamHandler(sys.stdout))
    module._LOGGER.setLevel(logging.INFO)
script_runner._LOGGER.warning("Couldn't find fragment with id %s. This can happen.", "1")
app_session._LOGGER.info("The fragment with id %s does not exist anymore - it might", "1")
script_runner._LOGGER.warning("Something else.")
"""
    assert python(code) == "Something else."


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ("{}", ""),
        ("{'1': {'callable': lambda: 1 / 0}}", "Error executing deferred callable for file_id 1"),
    ],
)
def test_the_log_says_that_a_file_failed_but_not_that_it_had_gone(files: str, said: str) -> None:
    code = f"""
import asyncio, logging, sys
from unittest.mock import Mock
from streamlit.runtime import backend_operation_handler as handler
from streamlit.runtime.media_file_manager import MediaFileManager
from nnlab.ui import server
server.hush()
handler._LOGGER.addHandler(logging.StreamHandler(sys.stdout))
manager = MediaFileManager(storage=Mock())
manager._deferred_callables = {files}
asked = Mock(deferred_file=Mock(file_id="1"), request_id="1")
handler.BackendOperationResponse = handler.DeferredFileResponsePayload = Mock
asyncio.run(handler.DeferredFileHandler(lambda: manager).handle(asked, "one"))
"""
    assert python(code).partition("\n")[0] == said


def test_the_keys_of_a_session_are_listed_while_another_thread_adds_some() -> None:
    code = """
from streamlit.runtime.state import SafeSessionState, SessionState
from nnlab.ui import server
server.list_steadily()
troubles = iter([RuntimeError("dictionary changed size during iteration")])
class Busy(SessionState):
    @property
    def filtered_state(self):
        for trouble in troubles:
            raise trouble
        return {"kept": 1}
print(SafeSessionState(Busy(), lambda: None).filtered_state)
"""
    assert python(code) == "{'kept': 1}"
