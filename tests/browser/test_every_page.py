"""What must hold on every page: in both languages and themes, by keyboard, on a phone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.app import Server, open_page, wait_until_idle
from tests.browser.conftest import DESKTOP, PHONE, ROOT

HOME = ""
LESSONS = (path.stem.partition("_")[2] for path in (ROOT / "pages").glob("[1-9]*.py"))
PAGES = [HOME, *sorted(LESSONS)]
OFTEN = [HOME, "tensor", "layers", "training", "playground"]
"""Pages that `make test` visits on a phone; `make thorough` visits all."""
OVERLAPS = """
() => {
  const all = document.querySelectorAll('[data-testid=stMain] [data-testid=stElementContainer]');
  const shown = [...all]
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([element]) => element.checkVisibility() && !element.closest('details:not([open])'))
    .filter(([, box]) => box.width > 0 && box.height > 0);
  const overlap = (one, other) =>
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2
    && Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2;
  return shown.flatMap(([one, a], i) => shown.slice(i + 1)
    .filter(([other, b]) => !one.contains(other) && !other.contains(one) && overlap(a, b))
    .map(([other]) => [one.innerText.slice(0, 40), other.innerText.slice(0, 40)]));
}
"""


def settle(page: Page) -> None:
    """Wait until every picture of the page is drawn."""
    wait_until_idle(page)
    page.locator("#nnlab-style").wait_for(state="attached")
    for place in range(page.locator(".nnlab-view").count()):
        expect(page.locator(".nnlab-view").nth(place)).not_to_have_attribute("data-drawn", "0")


def serious_violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe holds against the page as it is now."""
    found = Axe().run(page).response["violations"]
    return [
        (each["id"], [node["html"][:200] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]


def expect_tidy(page: Page) -> None:
    """Nothing lies over anything else, and nothing scrolls sideways."""
    wide = "e => e.scrollWidth - e.clientWidth"
    assert page.evaluate(f"({wide})(document.documentElement)") <= 0
    assert page.locator("[data-testid=stMain]").evaluate(wide) <= 0
    assert page.evaluate(OVERLAPS) == []


@pytest.mark.parametrize("path", PAGES)
def test_it_opens_by_its_own_path_and_axe_finds_nothing_serious(
    page: Page, server: Server, errors: list[str], path: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, server, path)
    settle(page)
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []
    assert page.url.startswith(f"{server.url}/{path}")
    assert page.locator("[data-testid=stException]").count() == 0
    assert errors == []
    assert server.complaints() == []
    assert serious_violations(page) == []


@pytest.mark.parametrize(
    "path",
    [
        *OFTEN,
        *(pytest.param(path, marks=pytest.mark.thorough) for path in PAGES if path not in OFTEN),
    ],
)
@pytest.mark.parametrize("viewport", [PHONE], ids=["phone"])
@pytest.mark.parametrize("theme", ["dark"])
def test_on_a_phone_in_chinese_and_dark(page: Page, server: Server, path: str) -> None:
    open_page(page, server, path, lang="zh_CN")
    settle(page)
    expect_tidy(page)
    assert serious_violations(page) == []


@pytest.mark.thorough
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("viewport", [PHONE], ids=["phone"])
def test_on_a_phone_in_english(page: Page, server: Server, path: str) -> None:
    open_page(page, server, path)
    settle(page)
    expect_tidy(page)


@pytest.mark.thorough
@pytest.mark.parametrize("path", PAGES)
def test_the_other_language_is_one_click_away_and_stays_in_the_link(
    page: Page, server: Server, path: str
) -> None:
    open_page(page, server, path)
    english = page.locator("h1").inner_text()
    page.get_by_text("简体中文", exact=True).click()
    expect(page.locator("h1")).not_to_have_text(english) if path != HOME else None
    page.wait_for_url(re.compile("lang=zh_CN"))
    page.reload()
    page.locator("h1").first.wait_for()
    settle(page)
    assert re.search("[\u4e00-\u9fff]", page.locator("[data-testid=stMain]").inner_text())
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_a_browser_that_speaks_chinese_is_answered_in_chinese(
    browser: Browser, server: Server
) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    open_page(page, server, "neuron")
    expect(page.get_by_text("简体中文", exact=True)).to_be_visible()
    assert re.search("[\u4e00-\u9fff]", page.locator("h1").inner_text())
    context.close()


@pytest.mark.parametrize("viewport", [DESKTOP], ids=["desktop"])
def test_the_first_lesson_is_one_click_from_home(page: Page, server: Server) -> None:
    open_page(page, server)
    settle(page)
    page.locator("[data-testid=stMain]").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is a tensor?")
