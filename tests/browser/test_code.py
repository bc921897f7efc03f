"""A learner takes the program of what is on the screen away, runs it, and reads with the pictures
beside it what each line makes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.app import Server, open_page, wait_until_idle
from tests.browser.test_playground import expect_said, loss, press, stage, type_exact
from tests.interpreter import printed_by


def line(page: Page, text: str) -> Locator:
    return page.locator(".code .line").filter(has_text=text).first


def downloaded(page: Page, name: str) -> str:
    with page.expect_download() as caught:
        page.get_by_role("button", name=name).click()
    return Path(caught.value.path()).read_text(encoding="utf-8")


def test_the_program_of_a_run_with_changes_prints_the_number_on_the_screen(
    page: Page, server: Server
) -> None:
    open_page(page, server, "playground")
    expect(stage(page)).to_have_attribute("data-frame", re.compile(r"\d+"))
    wait_until_idle(page)
    press(page, "Epoch")
    expect_said(page, "step 10")
    stage(page).locator("canvas").first.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    type_exact(page, "play_part_b0-0", "1.5")
    expect(line(page, "model[0].bias[0] = 1.5")).to_be_visible()
    press(page, "Epoch")
    expect_said(page, "step 20")
    type_exact(page, "play_rate", "0.05")
    wait_until_idle(page)
    for _ in range(3):
        press(page, "Step")
    expect_said(page, "step 23")
    expect(line(page, "if step == 23:")).to_be_visible()
    expect(line(page, '["lr"] = 0.05')).to_be_visible()
    wait_until_idle(page)
    source = downloaded(page, "program.py")
    (said,) = printed_by([source])
    *losses, training, _test = (float(each.split("loss:")[1]) for each in said.splitlines())
    assert len(losses) == 23
    assert f"{training:.4f}" == f"{loss(page):.4f}"
    cells = json.loads(downloaded(page, "program.ipynb"))["cells"]
    assert "plt.plot(losses)" in cells[-1]["source"]
    # What is still drawn would move the lines away from under the mouse.
    wait_until_idle(page)
    read_with_the_pictures(page)


def read_with_the_pictures(page: Page) -> None:
    """By mouse, by keys, and copied."""
    curve = page.locator(".st-key-play_curve .nnlab-view")
    line(page, "criterion = nn").hover()
    expect(curve).to_have_class(re.compile("marked"))
    canvas = stage(page).locator("canvas").first
    line(page, "model = nn.Sequential").hover()
    expect(canvas).to_have_class(re.compile("marked"))
    expect(curve).not_to_have_class(re.compile("marked"))
    line(page, "radius = ").click()
    field = page.locator(".st-key-play_field .nnlab-view")
    expect(field).to_have_class(re.compile("marked"))
    expect(field).to_be_in_viewport()
    lines = page.get_by_role("listbox", name="Lines of code")
    lines.focus()
    page.keyboard.press("End")
    expect(curve).to_have_class(re.compile("marked"))
    page.keyboard.press("Escape")
    expect(curve).not_to_have_class(re.compile("marked"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("import torch\n")
