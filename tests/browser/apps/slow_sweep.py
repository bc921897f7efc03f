"""The lesson on sweeps with one worker, who takes two seconds for every part of the work."""

from __future__ import annotations

from nnlab.ui.server import session_lock, warm  # isort: split

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

import nnlab
from nnlab.ui import frame, link
from nnlab.ui.lessons import sweep


class Slow(ThreadPoolExecutor):
    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        def slowly() -> Any:
            time.sleep(2)
            return work(*args, **kwargs)

        return super().submit(slowly)


@cache
def slow() -> Slow:
    return Slow(1)


warm()
vars(sweep)["threads"] = slow
frame.speak()
lesson = st.Page(Path(nnlab.__file__).parents[1] / "pages" / "11_sweep.py", default=True)
page = st.navigation([lesson], position="hidden")
link.arrive(page.url_path)
with session_lock():
    page.run()
