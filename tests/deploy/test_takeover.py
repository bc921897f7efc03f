"""A replica is killed in the middle of a lesson, and its visitor's page comes back by itself on the
other one, with the same experiment: sessions hold nothing that the link doesn't."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.app import Server, open_page, wait_until_idle
from tests.browser.test_playground import expect_said, press, said, stage, step, type_exact
from tests.deploy.house import House, Replica, figure, wait_for

STATE = "data-test-connection-state"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    yield context.new_page()
    context.close()


def host_of_the_visitor(house: House) -> Replica:
    alive = [each for each in house.replicas if each.alive]
    (one,) = (each for each in alive if figure(each, "nnlab_sessions") == 1)
    return one


def link(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def edit_a_bias(page: Page) -> None:
    canvas = stage(page).locator("canvas").first
    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[class*='st-key-play_part_b0-0']").first).to_be_visible()
    type_exact(page, "play_part_b0-0", "5")
    page.wait_for_url(re.compile("b0.0"))


def test_the_other_replica_takes_over_a_paused_and_a_playing_visitor(
    house: House, page: Page
) -> None:
    app = page.locator("[data-testid=stApp]")
    open_page(page, Server(house.url, house.replicas[0].log), "playground")
    press(page, "10 epochs")
    expect_said(page, "step 100")
    edit_a_bias(page)
    wait_until_idle(page)
    before, link_before = said(page), link(page)
    first = host_of_the_visitor(house)

    first.kill()
    expect(app).not_to_have_attribute(STATE, "CONNECTED")
    expect(app).to_have_attribute(STATE, "CONNECTED")
    second = host_of_the_visitor(house)
    assert second is not first
    wait_until_idle(page)
    assert said(page) == before
    assert link(page) == link_before

    first.start()
    press(page, "Play")
    page.wait_for_function(
        "() => +new URLSearchParams(location.search).get('at') > 150", timeout=60_000
    )
    wait_for(first.url, first.log)
    second.kill()
    expect(app).not_to_have_attribute(STATE, "CONNECTED")
    played, experiment = step(page), link(page)["e"]
    expect(stage(page).get_by_role("button", name="Play", exact=True)).to_be_visible()
    wait_until_idle(page)
    assert host_of_the_visitor(house) is first
    assert 150 < step(page) <= played
    assert link(page)["e"] == experiment
    second.start()
    wait_for(second.url, second.log)

    press(page, "Epoch")
    expect(stage(page)).to_be_visible()
    press(page, "Undo")
    page.wait_for_url(lambda url: "b0.0" in url)
