"""A learner takes what is on the screen away, comes back another day, and finds it again."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import safetensors.torch
from playwright.sync_api import Locator, Page, expect

from nnlab.rows import rows_of
from nnlab.ui.playground.session import START
from tests.browser.app import Server, open_page, wait_until_idle, widget
from tests.browser.test_playground import expect_said, loss, press, stage, step

# What a spreadsheet would take for a formula, beside what it would not.
ROWS = [["=1+1", "+x", "-x", "@x", "a,b", 'say "a"', "x", -1.5, None]]


def opened(page: Page, server: Server) -> None:
    open_page(page, server, "playground", tour="off")
    expect(stage(page)).to_have_attribute("data-frame", re.compile(r"\d+"))
    wait_until_idle(page)


def panel(page: Page) -> Locator:
    shelf = widget(page, "playground_take")
    shelf.locator("summary").first.click()
    expect(widget(page, "playground_bring")).to_be_visible()
    return shelf


def saved(page: Page, button: Locator, folder: Path) -> Path:
    with page.expect_download() as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def bring(page: Page, path: Path) -> None:
    widget(page, "playground_bring").locator("input[type=file]").set_input_files(path)


def no_cell_is_a_formula(page: Page, tmp_path: Path) -> None:
    page.evaluate(
        """(rows) => {
            const keep = document.createElement("nnlab-keep")
            const texts = { label: "l", csv: "c" }
            keep.offer = { name: "rows", texts, files: { csv: () => rows } }
            document.body.append(keep)
            keep.details.open = true
        }""",
        ROWS,
    )
    path = saved(page, page.locator("body > nnlab-keep button"), tmp_path)
    (cells,) = csv.reader(path.read_text(encoding="utf-8").splitlines())
    assert cells == ["'=1+1", "'+x", "'-x", "'@x", "a,b", 'say "a"', "x", "-1.5", ""]


def test_weights_are_taken_away_and_brought_back(
    page: Page, server: Server, tmp_path: Path
) -> None:
    opened(page, server)
    fresh = loss(page)
    press(page, "10 epochs")
    expect_said(page, "epoch 10")
    wait_until_idle(page)
    learned, at = loss(page), step(page)
    assert learned != fresh
    panel(page)
    taken = saved(page, widget(page, "playground_take_safetensors").locator("button"), tmp_path)
    experiment = saved(page, widget(page, "playground_take_json").locator("button"), tmp_path)
    assert taken.name == "nnlab-playground.safetensors"
    assert list(safetensors.torch.load_file(taken)["0.weight"].shape) == [4, 2]

    opened(page, server)
    assert (loss(page), step(page)) == (fresh, 0)
    panel(page)
    bad = tmp_path / "bad.pt"
    bad.write_bytes(taken.read_bytes())
    bring(page, bad)
    expect(page.get_by_test_id("stAlert").get_by_text("This is no state_dict")).to_be_visible()
    assert loss(page) == fresh
    bring(page, taken)
    expect_said(page, f"training loss {learned:.4f}")
    assert step(page) == 0
    bring(page, experiment)
    expect_said(page, f"step {at}")
    assert loss(page) == learned


def test_a_figure_is_saved_by_keyboard(
    page: Page, server: Server, tmp_path: Path, errors: list[str]
) -> None:
    opened(page, server)
    menu = widget(page, "play_field").locator("nnlab-keep")
    opener = menu.locator("summary")
    expect(opener).to_be_visible()
    wait_until_idle(page)
    opener.focus()
    page.keyboard.press("Enter")
    expect(menu.locator("button[data-kind=svg]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.locator("button[data-kind=svg]")).to_be_hidden()
    expect(opener).to_be_focused()
    files = {}
    for presses, kind in enumerate(("png", "svg", "csv"), start=2):
        page.keyboard.press("Enter")
        for _ in range(presses):
            page.keyboard.press("Tab")
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        files[kind] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[kind])
        expect(opener).to_be_focused()
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    drawing = files["svg"].read_text(encoding="utf-8")
    assert drawing.startswith("<svg")
    assert "x1" in drawing
    assert "data:image/png" in drawing
    head, *points = csv.reader(files["csv"].read_text(encoding="utf-8").splitlines())
    assert head == ["trace", "x", "y", "z", "text"]
    rows = rows_of(START).raw.x.tolist()
    assert sorted([float(x), float(y)] for _trace, x, y, *_ in points) == sorted(rows)
    no_cell_is_a_formula(page, tmp_path)
    assert not errors


def test_streamlits_own_words_are_in_the_pages_language(page: Page, server: Server) -> None:
    """Texts and names, as soon as they appear; and English again when the page is."""
    open_page(page, server, "training", lang="zh_CN")
    tools = page.get_by_test_id("stElementToolbarButton").get_by_role("button")
    expect(tools.first).to_have_attribute("aria-label", re.compile("[一-鿿]"))
    names = tools.evaluate_all("all => all.map((each) => each.ariaLabel)")
    assert [name for name in names if not re.search("[一-鿿]", name)] == []
    page.get_by_role("button", name="搜索").first.dispatch_event("click")
    expect(page.locator(".gdg-search-status")).to_have_text("输入要搜索的内容")
    expect(widget(page, "device").locator("input")).to_have_value("自动")
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("button", name="Search", exact=True).first).to_be_attached()
    expect(page.locator(".gdg-search-status")).to_have_text("Type to search")
    expect(widget(page, "device").locator("input")).to_have_value("auto")


def test_a_list_in_which_nothing_is_found_says_so_in_the_pages_language(
    page: Page, server: Server
) -> None:
    open_page(page, server, "teacher", lang="zh_CN")
    lessons = widget(page, "teacher_lesson").locator("input")
    lessons.fill("zzzz")
    expect(page.get_by_test_id("stSelectboxVirtualDropdown")).to_have_text("没有匹配项")


@pytest.mark.thorough
def test_a_file_that_is_too_large_is_refused_in_the_pages_language(
    page: Page, server: Server
) -> None:
    open_page(page, server, "layers", lang="zh_CN")
    widget(page, "layers_take").locator("summary").first.click()
    chooser = widget(page, "layers_bring")
    expect(chooser.locator("button")).to_have_accessible_name(re.compile("选择文件$"))
    chooser.locator("input[type=file]").set_input_files(
        {"name": "Close.json", "mimeType": "application/json", "buffer": b"0" * 6_000_000}
    )
    expect(chooser).to_contain_text(re.compile("文件不能超过 .*MB。"))
    expect(chooser).to_contain_text("Close.json")
    open_page(page, server, "class", lang="zh_CN")
    codes = widget(page, "class_codes")
    codes.locator("textarea").fill("NNLAB1")
    expect(codes.get_by_test_id("InputInstructions")).to_contain_text("按 Ctrl+Enter 生效")
