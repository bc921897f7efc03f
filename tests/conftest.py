"""Settings of all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

# No test is judged by the clock: the first call of a library is slow, and machines are shared.
settings.register_profile("nnlab", deadline=None)
settings.load_profile("nnlab")


@pytest.fixture(autouse=True)
def checked_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plotly checks every figure that a test makes."""
    monkeypatch.setattr("nnlab.figures.palette.CHECKED", True)
