"""Every lesson that trains says which engine has done it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

PAGES = Path(__file__).parents[2] / "pages"


@pytest.mark.parametrize("name", ["4_training", "8_surface", "9_optimizers"])
def test_the_engine_is_told(name: str) -> None:
    page = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=60).run()
    assert not page.exception
    assert any(each.value.startswith("engine: reference (") for each in page.caption)


def test_where_nothing_is_trained_no_engine_is_told() -> None:
    page = AppTest.from_file(str(PAGES / "2_neuron.py"), default_timeout=60).run()
    assert not any("engine" in each.value for each in page.caption)
