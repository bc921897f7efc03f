"""A learner writes a network as a line, then runs a class of their own and stops one that hangs."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.app import Server, open_page, wait_until_idle, widget


def test_a_line_and_a_class(page: Page, server: Server, errors: list[str]) -> None:
    open_page(page, server, "module")
    line = widget(page, "module_line").locator("textarea")
    line.fill("Linear(2, 8) -> ReLU -> Linear(4, 1)")
    line.press("Control+Enter")
    expect(page.get_by_text("write Linear(8, 1)")).to_be_visible()
    line.fill("nn.Sequential(nn.Linear(2, 9), nn.Tanh(), nn.Linear(9, 1))")
    line.press("Control+Enter")
    expect(page.get_by_text("Done.")).to_be_visible()

    page.get_by_text("as a class in Python").click()
    widget(page, "module_run").get_by_role("button").click()
    plane = widget(page, "module_plane").locator(".nnlab-view")
    expect(plane).not_to_have_attribute("data-drawn", "0", timeout=90_000)
    expect(widget(page, "module_run").get_by_role("button")).to_be_enabled()

    code = widget(page, "module_code").locator("textarea")
    code.fill("while True:\n    pass")
    code.press("Control+Enter")
    wait_until_idle(page)
    widget(page, "module_run").get_by_role("button").click()
    widget(page, "module_stop").get_by_role("button").click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    assert errors == []
    assert server.complaints() == []
