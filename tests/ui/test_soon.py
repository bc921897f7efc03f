"""What needs torch comes when torch is there; on the first page all else is there before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.ui import server
from nnlab.ui.soon import coming, soon

ROOT = Path(__file__).parents[2]

LATE = """
import sys
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import parse_tree_from_messages
from nnlab.ui import server

page = []

def wait():
    "Torch comes when somebody waits for it; `page` is what that one has shown by then."
    if not page:
        sent = get_script_run_ctx()._enqueue.__self__.forward_msg_queue._queue
        page.append(parse_tree_from_messages(sent))
        print([name for name in ("torch", "numpy", "pandas", "sympy") if name in sys.modules])

def parts(block):
    return [(each.type, parts(each)) if hasattr(each, "children") else each.type
            for each in block.children.values()]

server.has_torch, server.wait_for_torch = lambda: bool(page), wait
app = AppTest.from_file("streamlit_app.py", default_timeout=60)
"""


def python(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", LATE + code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_first_page_stands_before_torch_is_there(language: str) -> None:
    code = f"""
app.query_params["lang"] = "{language}"
app.run()
(before,) = page
print(before.main.title[0].value, before.main.markdown[0].value == app.main.markdown[0].value)
print([len(each.get("page_link")) for each in (before.main, before.sidebar, app.main, app.sidebar)])
print(len(before.sidebar.selectbox), len(app.sidebar.selectbox), len(app.exception))
"""
    assert python(code) == ["[]", "nnlab True", "[15, 15, 15, 15]", "0 1 0"]


def test_what_comes_later_stands_where_it_would_have_stood_at_once() -> None:
    code = """
later = parts(app.run().main)
print(later == parts(app.run().main), later != parts(page[0].main))
"""
    assert python(code)[1:] == ["True True"]


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not there yet, and comes when somebody waits for it."""
    monkeypatch.setattr(server, "has_torch", lambda: False)
    monkeypatch.setattr(server, "wait_for_torch", lambda: None)


def _break_off() -> None:
    raise ZeroDivisionError


@pytest.mark.usefixtures("no_torch")
def test_what_a_page_promised_before_it_broke_off_comes_on_no_other() -> None:
    came: list[str] = []
    with pytest.raises(ZeroDivisionError), coming():
        soon(lambda: came.append("lost"), meanwhile=_break_off)
    with coming():
        soon(lambda: came.append("kept"), meanwhile=lambda: came.append("meanwhile"))
    assert came == ["meanwhile", "kept"]


@pytest.mark.usefixtures("no_torch")
def test_a_page_that_is_run_alone_waits_for_torch() -> None:
    came: list[str] = []
    soon(lambda: came.append("came"))
    assert came == ["came"]
