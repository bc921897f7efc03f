"""Settings of all tests."""

from __future__ import annotations

import gc
import os
from contextvars import ContextVar

import pytest
from hypothesis import settings

# As in the app: torch splits a batch norm of any size over its threads, which on a busy machine
# then wait for each other in every step. torch reads this once, when it is first imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test is judged by the clock: the first call of a library is slow, and machines are shared.
settings.register_profile("nnlab", deadline=None, max_examples=40)
settings.load_profile("nnlab")


def pytest_collection_finish() -> None:
    """What is imported lives as long as the tests: the collector need not look at it again, which
    takes an eighth of their time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def checked_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plotly checks every figure that a test makes."""
    monkeypatch.setattr("nnlab.figures.palette.CHECKED", True)


@pytest.fixture(autouse=True)
def language_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test speaks, the next does not."""
    monkeypatch.setattr("nnlab.language._chosen", ContextVar("language", default=None))
    monkeypatch.setattr("nnlab.language._ask", lambda: None)
