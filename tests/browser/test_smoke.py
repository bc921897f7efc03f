"""The app opens as it should, before any lesson is looked at."""

from __future__ import annotations

from urllib.request import urlopen

from playwright.sync_api import Page

from tests.browser.app import Server, open_page
from tests.browser.conftest import ROOT

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


def test_the_older_listing_of_pages_never_shows(page: Page, server: Server) -> None:
    page.add_init_script(WATCH)
    open_page(page, server)
    seen = set(page.evaluate("[...everSeen]"))
    assert seen
    assert not PHANTOMS & seen
