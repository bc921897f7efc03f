"""The browser of tests/browser."""

from __future__ import annotations

from tests.browser.conftest import browser, chromium, doorsteps, errors, page, theme, viewport

__all__ = ["browser", "chromium", "doorsteps", "errors", "page", "theme", "viewport"]
