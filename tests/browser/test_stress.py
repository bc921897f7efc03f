"""Many clicks at random, also while training runs, and the server is as well as before."""

from __future__ import annotations

import random
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page

from tests.browser.app import Server, open_page, wait_until_idle

BUTTONS = (
    "[data-testid=stMain] button:visible, [data-testid=stMain] input[type=range]:visible, "
    ".nnlab-view:visible, [data-testid=stSidebar] a:visible"
)


@pytest.mark.parametrize("clicks", [60, pytest.param(400, marks=pytest.mark.thorough)])
def test_random_clicks_leave_the_server_healthy(page: Page, server: Server, clicks: int) -> None:
    chance = random.Random(0)  # noqa: S311
    before = server.log.read_text(encoding="utf-8")
    open_page(page, server, "training", training_epochs="1000", training_batch="2")
    for _ in range(clicks):
        targets = page.locator(BUTTONS)
        target = targets.nth(chance.randrange(max(targets.count(), 1)))
        try:
            target.click(timeout=300, force=True, position={"x": chance.uniform(2, 12), "y": 8})
        except Exception:  # noqa: BLE001, S112  (it is gone: the page has moved on)
            continue
    open_page(page, server, "neuron")
    wait_until_idle(page)
    with urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:  # noqa: S310
        assert answer.read() == b"ok"
    assert page.locator("[data-testid=stException]").count() == 0
    assert server.log.read_text(encoding="utf-8") == before
