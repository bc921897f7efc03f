"""The app opens as it should, before any lesson is looked at."""

from __future__ import annotations

from urllib.request import urlopen

import pytest
from playwright.sync_api import Page

from tests.browser.app import Server, open_page
from tests.browser.conftest import DESKTOP, PHONE, ROOT

# Notes every link that was ever on the page, however short: a phantom is gone before one looks.
WATCH = """
window.everSeen = new Set();
new MutationObserver(() => {
    for (const link of document.querySelectorAll("a"))
        window.everSeen.add(link.innerText.trim());
}).observe(document, {subtree: true, childList: true, characterData: true});
"""
# What the older listing makes of the names of the files; also the paths of the lessons.
PHANTOMS = {path.stem.partition("_")[2] for path in (ROOT / "pages").glob("*.py")}


def test_the_server_is_healthy(server: Server) -> None:
    with urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:  # noqa: S310
        assert answer.read() == b"ok"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_home_page_opens_without_a_complaint(
    page: Page, server: Server, errors: list[str]
) -> None:
    open_page(page, server)
    assert page.locator("[data-testid=stException]").count() == 0
    assert errors == []
    assert server.complaints() == []


@pytest.mark.parametrize("path", sorted(PHANTOMS - {"home"}))
def test_a_lesson_opens_by_its_own_path(
    page: Page, server: Server, errors: list[str], path: str
) -> None:
    open_page(page, server, path)
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.url.startswith(f"{server.url}/{path}")
    assert errors == []
    assert server.complaints() == []


def test_the_older_listing_of_pages_never_shows(page: Page, server: Server) -> None:
    page.add_init_script(WATCH)
    open_page(page, server)
    seen = set(page.evaluate("[...everSeen]"))
    assert seen
    assert not PHANTOMS & seen


def test_nothing_is_asked_of_other_machines(page: Page, server: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, server)
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []


@pytest.mark.parametrize("viewport", [PHONE], ids=["phone"])
def test_a_phone_never_scrolls_sideways(page: Page, server: Server) -> None:
    open_page(page, server)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
