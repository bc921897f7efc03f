"""A learner watches a grid fill, stops it, lets it go on, and opens one of its runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from nnlab.sweep import experiments_of, outcome_of
from nnlab.training import train
from nnlab.ui.lessons.sweep import CHANGES, last_loss, start
from tests.browser.app import Server, click_part, open_page, wait_until_idle, widget
from tests.browser.ground import serve_ground
from tests.browser.test_playground import expect_said

NUMBERS = """() => document.querySelector('.st-key-sweep_heat .js-plotly-plot')
    ?.data[0].text.flat().filter((said) => said !== '…').length ?? 0"""


@pytest.fixture(scope="module")
def slow(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve_ground(tmp_path_factory.mktemp("slow"), "slow_sweep") as server:
        yield server


def test_a_grid_fills_while_one_looks_stops_and_goes_on(page: Page, slow: Server) -> None:
    open_page(page, slow, sweep_seeds="3")
    page.wait_for_function(f"() => ({NUMBERS})() > 0")
    some = page.evaluate(NUMBERS)
    page.wait_for_function(f"([some]) => ({NUMBERS})() > some", arg=[some])
    page.get_by_role("button", name="Stop").click()
    expect(
        page.get_by_text(re.compile(r"Stopped: \d+ of 135 networks are trained"))
    ).to_be_visible()
    wait_until_idle(page)
    more = page.evaluate(NUMBERS)
    assert some < more < 45
    page.wait_for_timeout(1500)
    assert page.evaluate(NUMBERS) == more
    page.get_by_role("button", name="Go on").click()
    page.wait_for_function(f"() => ({NUMBERS})() === 45")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.get_by_text("One change")).to_be_visible()


@pytest.mark.thorough
def test_a_cell_is_compared_and_its_run_opened_with_the_same_numbers(
    page: Page, server: Server
) -> None:
    (experiment,) = experiments_of(
        start("circle"), {"hidden": [8], "learning_rate": [0.3], "seed": [0]}
    ).values()
    one, other = (
        f"{last_loss(outcome_of(train(each))):.4f}"
        for each in (experiment, CHANGES["adam"][1](experiment))
    )
    open_page(page, server, "sweep", sweep_seeds="1")
    expect(page.get_by_text("One change")).to_be_visible()
    click_part(page, "sweep_heat", "c3.5")
    page.wait_for_url(re.compile("sweep_cell=c3.5"))
    widget(page, "sweep_change").get_by_text("Adam, not SGD").click()
    expect(page.get_by_text("optimizer: SGD → Adam")).to_be_visible()
    expect(page.get_by_text(f"ends at {one} as it was, and at {other} with")).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("link", name=f"seed 0: {one}").click()
    expect_said(opened.value, "step 200")
    expect_said(opened.value, f"test loss {one}")
    opened.value.close()
