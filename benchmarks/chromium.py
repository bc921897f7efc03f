"""A browser before the app that is measured, each for as long as it lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.server import Served, browser, serving


@contextmanager
def visiting() -> Iterator[tuple[Browser, Served]]:
    """A running server of the app, and a browser that draws without a graphics card."""
    with serving() as served, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium, served
        chromium.close()


def window(chromium: Browser) -> Page:
    """An empty page of the width of a laptop's."""
    return chromium.new_page(viewport={"width": 1280, "height": 900})
