"""The home page before torch is there: it waits with everything but the place of its neuron."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.ground import ALL_DRAWN, serve_ground

TOP = "document.querySelector('h3').getBoundingClientRect().top"


def test_nothing_moves_when_the_neuron_comes_and_plotly_is_there_before_it(
    page: Page, tmp_path: Path, errors: list[str]
) -> None:
    with serve_ground(tmp_path, "late_torch") as server:
        page.goto(server.url)
        page.wait_for_function("window.Plotly && document.querySelector('h3')")
        before = page.evaluate(TOP)
        (tmp_path / "torch").touch()
        page.wait_for_function(ALL_DRAWN)
        assert abs(page.evaluate(TOP) - before) <= 2
        assert page.locator(".st-key-home_awaited").count() == 0
    assert errors == []
