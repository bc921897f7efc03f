"""Text of a visitor's own is shown as the text that it is, wherever it is shown."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.app import Server, open_page, wait_until_idle, widget
from tests.hostile.texts import MARKUP

NAMES = [text[:40].replace('"', '""') for text in MARKUP]
FILE = "\n".join(
    [
        f'"{NAMES[0]}","{NAMES[1]}","{NAMES[2]}"',
        *(f'{row},{row % 7},"{NAMES[3 + row % 3]}"' for row in range(30)),
    ]
)
OUTSIDE = "![in](//example.org/i.png)"


def expect_no_markup(page: Page) -> None:
    assert page.title() != "in"
    made = "a[href^='javascript'], [onerror], [onload], img[src*='example.org']"
    assert page.locator(made).count() == 0


def test_a_visitors_text_is_no_markup(page: Page, server: Server, errors: list[str]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, server, "neuron", neuron_seed_bias=f"\n\n{OUTSIDE}\n")
    expect(page.get_by_test_id("stAlert").first).to_contain_text(OUTSIDE)
    expect_no_markup(page)
    open_page(page, server, "playground", e=MARKUP[1], own="file", tour="off")
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    expect_no_markup(page)
    widget(page, "play_own").locator("summary").click()
    chooser = widget(page, "play_file").locator("input[type=file]")
    chooser.set_input_files(
        FilePayload(name=f"{MARKUP[1]}.csv", mimeType="text/csv", buffer=FILE.encode())
    )
    widget(page, "play_use").get_by_role("button").click()
    expect(widget(page, "play_field").get_by_text(MARKUP[0][:20])).to_be_visible()
    wait_until_idle(page)
    expect_no_markup(page)
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []
    assert errors == []
    assert server.complaints() == []
