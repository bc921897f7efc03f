"""The view redraws in place, links its parts to those of other views, and reports clicks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.app import Server
from tests.browser.conftest import PHONE
from tests.browser.ground import ALL_DRAWN, open_ground, place, serve_ground

RINGS = """() => [...document.querySelectorAll('.nnlab-lit')].map(
  (lit) => lit.querySelectorAll('.ring').length)"""
PLOT = "document.querySelector('.st-key-{key} .nnlab-view').firstChild"


@pytest.fixture(scope="module")
def ground(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve_ground(tmp_path_factory.mktemp("ground")) as server:
        yield server


def point_at(page: Page, key: str, index: int) -> None:
    x, y = place(page, key, index)
    page.mouse.move(x - 4, y)
    page.mouse.move(x, y)


@pytest.mark.thorough
def test_the_same_node_is_redrawn(page: Page, ground: Server, errors: list[str]) -> None:
    open_ground(page, ground)
    page.evaluate(f"window.before = {PLOT.format(key='bars')}")
    before = page.evaluate("window.before.data[0].y[0]")
    page.locator("#range0").first.press("ArrowRight")
    page.wait_for_function("old => window.before.data[0].y[0] !== old", arg=before)
    assert page.evaluate(f"window.before === {PLOT.format(key='bars')}")
    assert errors == []


def test_what_did_not_change_is_not_redrawn(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    curve = page.locator(".st-key-curve .nnlab-view")
    bars = page.locator(".st-key-bars .nnlab-view")
    page.locator("#range0").first.press("ArrowRight")
    expect(bars).to_have_attribute("data-drawn", "2")
    assert curve.get_attribute("data-drawn") == "1"


@pytest.mark.thorough
def test_zoom_is_kept_over_an_update(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    page.evaluate(f"Plotly.relayout({PLOT.format(key='dots')}, {{'xaxis.range': [2, 5]}})")
    page.locator("#range0").first.press("ArrowRight")
    dots = page.locator(".st-key-dots .nnlab-view")
    expect(dots).to_have_attribute("data-drawn", "2")
    assert page.evaluate(f"{PLOT.format(key='dots')}._fullLayout.xaxis.range") == [2, 5]


def test_pointing_lights_the_part_up_everywhere_until_it_ends(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    point_at(page, "bars", 0)
    page.wait_for_function(f"({RINGS})().join() === '1,1,1,0'")
    expect(page.locator(".row.lit")).to_have_count(1)
    page.mouse.move(2, 2)
    page.wait_for_function(f"({RINGS})().join() === '0,0,0,0'")
    page.locator(".row").nth(2).hover()
    page.wait_for_function(f"({RINGS})().join() === '1,1,1,0'")


def test_a_click_is_kept_before_the_next_run(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    x, y = place(page, "bars", 2)
    page.mouse.click(x, y)
    expect(page.get_by_test_id("stText")).to_contain_text("picked w0.0.2")


@pytest.mark.thorough
def test_a_click_on_a_view_without_pick_says_nothing(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    page.mouse.click(*place(page, "dots", 2))
    page.wait_for_timeout(500)
    expect(page.get_by_test_id("stText")).to_contain_text("picked None")


@pytest.mark.thorough
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_letters_have_the_color_of_the_theme(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    color = page.locator(".st-key-bars .xtick text").first.evaluate("e => getComputedStyle(e).fill")
    assert color == page.locator("h1").evaluate("e => getComputedStyle(e).color")


@pytest.mark.thorough
def test_a_change_of_theme_redraws(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    tick = page.locator(".st-key-bars .xtick text").first
    before = tick.evaluate("e => getComputedStyle(e).fill")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "old => getComputedStyle(document.querySelector('.st-key-bars .xtick text')).fill !== old",
        arg=before,
    )


@pytest.mark.thorough
def test_it_follows_the_width_of_the_window(page: Page, ground: Server) -> None:
    open_ground(page, ground)
    page.set_viewport_size(PHONE)
    page.wait_for_function(f"{PLOT.format(key='bars')}._fullLayout.width <= 390")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_finger_scrolls_the_page_over_a_figure(browser: Browser, ground: Server) -> None:
    page = browser.new_context(viewport=PHONE, has_touch=True).new_page()
    open_ground(page, ground)
    x, y = place(page, "bars", 8)
    before = page.get_by_test_id("stMain").evaluate("main => main.scrollTop")
    finger = page.context.new_cdp_session(page)
    for kind, way in (("touchStart", 0), *(("touchMove", 15 * step) for step in range(1, 11))):
        points = [{"x": x, "y": y + way}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(30)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(
        "before => document.querySelector('[data-testid=stMain]').scrollTop < before", arg=before
    )
    page.context.close()


def test_leaving_the_page_takes_the_view_down(
    page: Page, ground: Server, errors: list[str]
) -> None:
    open_ground(page, ground)
    page.get_by_role("link", name="depth").click()
    page.locator(".st-key-cloud .nnlab-view").wait_for()
    page.wait_for_function(ALL_DRAWN)
    assert page.evaluate(f"{PLOT.format(key='cloud')}._fullLayout.scene.dragmode") == "turntable"
    page.go_back()
    page.locator(".st-key-bars .nnlab-view").wait_for()
    page.wait_for_function(ALL_DRAWN)
    assert errors == []


def test_a_script_that_does_not_load_is_said(page: Page, ground: Server) -> None:
    page.route("**/plotly-*.min.js", lambda route: route.abort())
    page.goto(ground.url)
    bars = page.locator(".st-key-bars .nnlab-view")
    expect(bars).to_contain_text("could not be drawn")
    page.unroute_all()
    page.locator("#range0").first.press("ArrowRight")
    expect(bars).not_to_contain_text("could not be drawn")
    expect(bars).to_have_attribute("data-drawn", "1")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, ground: Server) -> None:
    open_ground(page, ground, "?w=nonsense")
    results = Axe().run(page)
    grave = [v for v in results.response["violations"] if v["impact"] in {"serious", "critical"}]
    assert grave == [], results.generate_report()


def test_the_numbers_of_a_picture_are_read_as_a_table_by_keyboard(
    page: Page, ground: Server
) -> None:
    open_ground(page, ground)
    drawn = page.evaluate(f"Array.from({PLOT.format(key='curve')}._fullData[0].y)")
    page.locator(".st-key-curve nnlab-keep summary").focus()
    for key in ("Enter", "Tab", "Enter"):
        page.keyboard.press(key)
    rows = page.locator("nnlab-numbers dialog tbody tr")
    expect(rows).to_have_count(len(drawn))
    last = float(rows.last.locator("td").last.inner_text())
    assert last == pytest.approx(drawn[-1], rel=1e-5)
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    expect(page.locator("nnlab-numbers dialog")).to_have_count(0)
