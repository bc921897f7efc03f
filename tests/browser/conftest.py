"""A browser and the app's server, once for all browser tests; a page of its own for each test."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Literal
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from benchmarks.server import free_port
from tests.browser.app import Server

ROOT = Path(__file__).parents[2]
# Without a window of its own a browser takes half the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Software drawing, and no traffic of the browser's own.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
HOST = "http://127.0.0.1/"

# Nothing is judged by the clock: a machine that runs tests is often busy.
expect.set_options(timeout=30_000)

Theme = Literal["light", "dark"]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser. Without one, tests are skipped on a laptop and fail where CI=true."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    reason = f"no browser found: install one of {', '.join(NAMES)}, or set CHROMIUM to its path"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def playwright() -> Playwright:
    """The one of this process: it can't have two, and several folders of tests browse."""
    begun = sync_playwright().start()
    atexit.register(begun.stop)
    return begun


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    browser = playwright().chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app, served on a free port, its log in a file. Asks for the browser so that nothing is
    started where nothing can look at it.
    """
    port = free_port()
    running = Server(f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("server") / "log.txt")
    with running.log.open("w", encoding="utf-8") as log, _serve(port, log) as process:
        try:
            _wait_for_health(running, process)
            yield running
        finally:
            process.terminate()
            process.wait(timeout=20)


def _serve(port: int, log: IO[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    return subprocess.Popen(
        [*command, *options, "--server.fileWatcherType=none"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )


def _wait_for_health(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{server.url}/_stcore/health", timeout=5):  # noqa: S310
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{server.log.read_text(encoding='utf-8')}")


@pytest.fixture
def theme() -> Theme:
    """The theme of the visitor's system: parametrize a test with "light" and "dark"."""
    return "light"


@pytest.fixture
def viewport() -> ViewportSize:
    """The size of the visitor's window: parametrize a test with PHONE for a telephone's."""
    return DESKTOP


@pytest.fixture
def errors() -> list[str]:
    """What the browser's console complained about during this test."""
    return []


@pytest.fixture(scope="session")
def doorsteps() -> dict[tuple[str, int], Page]:
    """One for each theme and width: an empty page at the app's host. What it opens lives in its
    process, where the app's scripts are compiled already."""
    return {}


@pytest.fixture
def page(
    browser: Browser,
    doorsteps: dict[tuple[str, int], Page],
    theme: Theme,
    viewport: ViewportSize,
    errors: list[str],
) -> Iterator[Page]:
    """An empty page; its errors are collected in `errors`."""
    kind = theme, viewport["width"]
    if kind not in doorsteps:
        context = browser.new_context(
            color_scheme=theme, viewport=viewport, locale="en-US", reduced_motion="reduce"
        )
        doorsteps[kind] = _doorstep(context)
    with doorsteps[kind].expect_popup() as opened:
        doorsteps[kind].evaluate("void window.open('about:blank')")
    page = opened.value
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: _note(message, errors))
    yield page
    page.close()


def _doorstep(context: BrowserContext) -> Page:
    page = context.new_page()
    page.route(HOST, lambda route: route.fulfill(body=""))
    page.goto(HOST)
    return page


def _note(message: ConsoleMessage, errors: list[str]) -> None:
    # Where a page is opened by its own path, Streamlit first looks for its server below that path.
    groping = re.search(r"/\w+/_stcore/", message.location["url"])
    if message.type == "error" and not groping:
        errors.append(f"{message.text} ({message.location['url']})")
