"""The live slider speaks while it is dragged, keeps to its scale, and lives in the link."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.app import Server, wait_until_idle
from tests.browser.ground import open_ground, serve_ground


@pytest.fixture(scope="module")
def ground(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve_ground(tmp_path_factory.mktemp("ground")) as server:
        yield server


def said(page: Page) -> Locator:
    return page.get_by_test_id("stText")


def press_at(page: Page, slider: Locator, share: float) -> None:
    """Put the mouse down on a slider, `share` of its way from the left."""
    box = slider.bounding_box()
    assert box
    page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()


@pytest.mark.thorough
def test_it_speaks_while_it_is_held(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    slider = page.get_by_label("weight 1", exact=True)
    press_at(page, slider, 0.5)
    expect(said(page)).not_to_contain_text("first -0.8 ")
    assert "w=" not in page.url
    box = slider.bounding_box()
    assert box
    for step in range(20):
        page.mouse.move(box["x"] + box["width"] * (0.5 + step / 40), box["y"] + 5)
    last = slider.input_value()
    expect(said(page)).to_contain_text(f"first {float(last)!r} ")
    page.mouse.up()
    expect(page).to_have_url(re.compile(rf"[?&]w={re.escape(last)}$"))


def test_a_held_thumb_is_not_moved_by_python(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    slider = page.get_by_label("weight 1", exact=True)
    press_at(page, slider, 0.75)
    held = slider.input_value()
    expect(said(page)).to_contain_text(f"first {float(held)!r} ")
    page.get_by_role("button", name="Other defaults").evaluate("button => button.click()")
    expect(page.get_by_label("weight 2: exact value")).to_have_value("-0.2")
    assert slider.input_value() == held
    page.mouse.up()


def test_the_keyboard_moves_it_by_its_step(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    slider = page.get_by_label("weight 1", exact=True)
    for key, value in (("ArrowRight", "-0.75"), ("End", "3.0"), ("Home", "-3.0")):
        slider.press(key)
        expect(said(page)).to_contain_text(f"first {value} ")
    slider.press("PageUp")
    expect(said(page)).not_to_contain_text("first -3.0 ")


def test_a_log_scale_multiplies_and_says_the_real_value(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    slider = page.get_by_label("learning rate", exact=True)
    expect(slider).to_have_attribute("aria-valuetext", "0.01")
    for _ in range(10):
        slider.press("ArrowRight")
    expect(said(page)).to_contain_text("rate 0.1 ")
    expect(slider).to_have_attribute("aria-valuetext", "0.1")


@pytest.mark.parametrize(
    ("typed", "value", "sentence"),
    [
        ("0.123456", "0.123456", ""),
        ("99", "3.0", "Use a number from -3 to 3."),
        ("-1e9", "-3.0", "Use a number from -3 to 3."),
        ("e", "-0.8", "Use a number from -3 to 3."),
        ("", "-0.8", "Use a number from -3 to 3."),
    ],
)
def test_an_exact_number(page: Page, ground: Server, typed: str, value: str, sentence: str) -> None:
    open_ground(page, ground)
    entry = page.get_by_label("weight 1: exact value")
    entry.press("Control+a")
    entry.press("Backspace")
    entry.press_sequentially(typed)
    entry.press("Tab")
    expect(page.locator(".said").first).to_have_text(sentence)
    expect(said(page)).to_contain_text(f"first {value} ")


@pytest.mark.thorough
def test_whole_numbers_stay_whole(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    entry = page.get_by_label("epochs: exact value")
    entry.fill("7.6")
    entry.press("Enter")
    expect(said(page)).to_contain_text("epochs 8.0 ")
    entry.press("ArrowDown")
    expect(said(page)).to_contain_text("epochs 7.0 ")


def test_the_link_restores_it(page: Page, ground: Server) -> None:
    open_ground(page, ground, "?w=1.5&rate=0.5")
    expect(said(page)).to_contain_text("first 1.5 rate 0.5 ")
    page.get_by_label("weight 1", exact=True).press("ArrowRight")
    expect(page).to_have_url(re.compile(r"w=1\.55"))
    page.reload()
    expect(said(page)).to_contain_text("first 1.55 rate 0.5 ")


def test_nonsense_in_the_link_is_told_and_can_be_mended(page: Page, ground: Server) -> None:
    open_ground(page, ground, "?w=_hello")
    warning = page.get_by_test_id("stAlert")
    expect(warning).to_contain_text("hello")
    expect(said(page)).to_contain_text("first -0.8 ")
    page.get_by_label("weight 2", exact=True).press("End")
    expect(warning).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?w=_3$"))


@pytest.mark.thorough
def test_forgetting_brings_the_default_back(page: Page, ground: Server) -> None:
    open_ground(page, ground, "?w=1.5&rate=0.5")
    page.get_by_role("button", name="Reset").click()
    expect(said(page)).to_contain_text("first -0.8 rate 0.01 ")
    expect(page.get_by_label("weight 1: exact value")).to_have_value("-0.8")
    expect(page).to_have_url(f"{ground.url}/")


@pytest.mark.thorough
def test_new_defaults_move_only_what_was_left_alone(page: Page, ground: Server) -> None:
    open_ground(page, ground, "?w=1.5")
    page.get_by_role("button", name="Other defaults").click()
    expect(page.get_by_label("weight 2: exact value")).to_have_value("-0.2")
    expect(page.get_by_label("weight 1: exact value")).to_have_value("1.5")


@pytest.mark.thorough
def test_fewer_rows_keep_the_first(page: Page, ground: Server) -> None:
    open_ground(page, ground, "?w=1.5__2.5&rows=2")
    expect(page.get_by_label("weight 1: exact value")).to_have_value("1.5")
    expect(page.locator(".st-key-w_sliders .row")).to_have_count(2)


@pytest.mark.thorough
def test_values_survive_another_page_and_the_back_button_leaves(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    for key in ("End", "Home", "End"):
        page.get_by_label("weight 1", exact=True).press(key)
    expect(page).to_have_url(f"{ground.url}/?w=3")
    page.get_by_role("link", name="depth").click()
    expect(page.locator("h1")).to_have_text("Depth")
    page.get_by_role("link", name="sliders").click()
    expect(said(page)).to_contain_text("first 3.0 ")
    expect(page).to_have_url(f"{ground.url}/?w=3")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Depth")
    page.go_back()
    expect(said(page)).to_contain_text("first 3.0 ")


def test_moving_makes_no_history(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    before = page.evaluate("history.length")
    for value in ("1", "2", "0.5"):
        page.get_by_label("weight 1: exact value").fill(value)
        page.get_by_label("weight 1: exact value").press("Enter")
        expect(page).to_have_url(f"{ground.url}/?w={value}")
    page.get_by_role("button", name="Reset").click()
    wait_until_idle(page)
    assert page.evaluate("history.length") == before
