"""Whatever comes between a visitor and the server, the experiment is there again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from benchmarks.server import free_port, serving
from tests.browser.app import (
    Server,
    note_a_run,
    open_page,
    wait_for_the_noted_run,
    wait_until_idle,
)
from tests.browser.test_playground import expect_said, press, said, stage, step

APP = "[data-testid=stApp]"
STATE = "data-test-connection-state"
ASLEEP_MS = 5000


@pytest.fixture
def wires(page: Page) -> list[WebSocketRoute]:
    """The page's websockets, which a test can cut."""
    found: list[WebSocketRoute] = []

    def pass_on(wire: WebSocketRoute) -> None:
        found.append(wire)
        wire.connect_to_server()

    page.route_web_socket("**/_stcore/stream", pass_on)
    return found


class Restarting:
    """A server that can be killed and started again at the same place."""

    def __init__(self, log: Path) -> None:
        self.server = Server(f"http://127.0.0.1:{free_port()}", log)
        self._stack = ExitStack()

    def start(self) -> None:
        port = int(self.server.url.rpartition(":")[2])
        self._served = self._stack.enter_context(serving(port=port, log=self.server.log))

    def kill(self) -> None:
        self._served.kill()
        self._stack.close()


@pytest.fixture(scope="module")
def restarting(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restarting]:
    server = Restarting(tmp_path_factory.mktemp("faults") / "log.txt")
    server.start()
    yield server
    server.kill()


def link(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def at_work(page: Page, server: Server) -> None:
    """An experiment of the visitor's own, ten epochs on."""
    open_page(page, server, "playground")
    press(page, "New start")
    press(page, "10 epochs")
    expect_said(page, "step 100")
    wait_until_idle(page)


def test_a_server_that_was_killed_and_started_again_shows_the_same_numbers(
    page: Page, restarting: Restarting
) -> None:
    at_work(page, restarting.server)
    before, where = said(page), link(page)
    note_a_run(page)
    restarting.kill()
    expect(page.locator(APP)).not_to_have_attribute(STATE, "CONNECTED")
    restarting.start()
    wait_for_the_noted_run(page)
    assert said(page) == before
    assert link(page) == where
    press(page, "Epoch")
    expect_said(page, "step 110")


def test_a_wire_that_was_cut_while_it_played_loses_nothing(
    page: Page, restarting: Restarting, wires: list[WebSocketRoute]
) -> None:
    at_work(page, restarting.server)
    experiment = link(page)["e"]
    press(page, "Play")
    page.wait_for_function("() => +new URLSearchParams(location.search).get('at') > 150")
    there = step(page)
    wires[-1].close()
    expect(page.locator(APP)).to_have_attribute(STATE, "CONNECTED")
    wait_for_more_wires(page, wires, 2)
    wait_until_idle(page)
    assert step(page) >= there
    assert link(page)["e"] == experiment
    expect(stage(page).get_by_role("button", name="Pause", exact=True)).to_be_visible()


def wait_for_more_wires(page: Page, wires: list[WebSocketRoute], count: int) -> None:
    while len(wires) < count:
        page.wait_for_timeout(100)


def test_a_browser_that_slept_finds_its_experiment(page: Page, restarting: Restarting) -> None:
    at_work(page, restarting.server)
    experiment = link(page)["e"]
    press(page, "Play")
    page.wait_for_function("() => +new URLSearchParams(location.search).get('at') > 150")
    there = step(page)
    browser = page.context.new_cdp_session(page)
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    page.wait_for_timeout(ASLEEP_MS)
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    expect(page.locator(APP)).to_have_attribute(STATE, "CONNECTED")
    page.wait_for_function(
        "([there]) => +new URLSearchParams(location.search).get('at') > there + 50", arg=[there]
    )
    assert link(page)["e"] == experiment
