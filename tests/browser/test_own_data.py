"""A learner's own table in a real browser: chosen, used, changed by hand."""

from __future__ import annotations

import random

from playwright.sync_api import Page, expect

from nnlab.bounds import MOST_BYTES
from tests.browser.app import Server, open_page, wait_until_idle, widget
from tests.browser.test_playground import expect_said, press, said

FLOWERS = b"<b>width</b>,height,kind\n" + b"\n".join(
    b"%d,%d,%s" % (row, row % 7, (b"rose", b"<i>tulip</i>")[row % 2]) for row in range(20)
)

LARGE = b"word,height\n" + b"\n".join(
    b"%s%d,%d" % (b"w" * 99_980, row, row) for row in range(10, 60)
)


def test_a_table_too_long_for_a_link_is_brought_back_by_the_browser(
    page: Page, server: Server
) -> None:
    """Loaded again, the page is served by a session that knows nothing of the last one."""
    chance = random.Random(0)  # noqa: S311
    rows = (f"{chance.random()},{chance.random()},{chance.randrange(2)}" for _ in range(300))
    table = "\n".join(("wide,high,kind", *rows)).encode()
    open_page(page, server, "playground", tour="off", own="file")
    widget(page, "play_own").locator("summary").click()
    chooser = widget(page, "play_file").locator("input[type=file]")
    chooser.set_input_files({"name": "own.csv", "mimeType": "text/csv", "buffer": table})
    expect(widget(page, "play_use").get_by_role("button")).to_be_visible()
    wait_until_idle(page)
    widget(page, "play_use").get_by_role("button").click()
    expect(page.get_by_text("Your browser keeps it")).to_be_visible()
    press(page, "Epoch")
    expect_said(page, "epoch 1")
    wait_until_idle(page)
    before = said(page)
    page.reload()
    expect(widget(page, "play_field").get_by_text("wide")).to_be_visible()
    wait_until_idle(page)
    assert said(page) == before
    press(page, "Undo")
    expect(widget(page, "play_field").get_by_text("wide")).to_have_count(0)
    wait_until_idle(page)
    undone = said(page)
    page.reload()
    expect_said(page, "training loss")
    wait_until_idle(page)
    assert said(page) == undone
    expect(widget(page, "play_field").get_by_text("wide")).to_have_count(0)


def test_a_file_is_used_and_a_row_deleted_in_the_table(page: Page, server: Server) -> None:
    open_page(page, server, "playground", tour="off", own="file")
    widget(page, "play_own").locator("summary").click()
    chooser = widget(page, "play_file").locator("input[type=file]")
    assert MOST_BYTES - 2000 < len(LARGE) <= MOST_BYTES
    chooser.set_input_files({"name": "large.csv", "mimeType": "text/csv", "buffer": LARGE})
    expect(page.get_by_text("column to predict")).to_be_visible()
    chooser.set_input_files({"name": "own.csv", "mimeType": "text/csv", "buffer": FLOWERS})
    widget(page, "play_use").get_by_role("button").click()
    expect(widget(page, "play_field").get_by_text("<b>width</b>")).to_be_visible()
    page.get_by_text("the rows as a table").click()
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_have_count(1)
    table.scroll_into_view_if_needed()
    wait_until_idle(page)
    before = page.url
    table.locator("canvas").first.click(position={"x": 16, "y": 88}, force=True)
    page.wait_for_timeout(300)
    page.keyboard.press("Delete")
    expect(page).not_to_have_url(before)
    wait_until_idle(page)
    expect(table).to_have_count(1)
    page.get_by_role("button", name="10 epochs", exact=True).click()
    page.wait_for_url("**at=*")
    wait_until_idle(page)
    image = widget(page, "play_field").locator(".imagelayer image")
    picture = image.get_attribute("href")
    page.reload()
    expect(widget(page, "play_field").get_by_text("<b>width</b>")).to_be_visible()
    expect(image).to_have_attribute("href", picture or "none")
