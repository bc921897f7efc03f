"""The server of an app of tests/browser/apps, and what the page of ground.py shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page

from benchmarks.server import free_port
from tests.browser.app import Server

ROOT = Path(__file__).parents[2]
APPS = Path(__file__).parent / "apps"
ALL_DRAWN = """() => {
  const views = [...document.querySelectorAll('.nnlab-view')]
  return views.length && views.every((view) => view.dataset.drawn > 0 && !view.ariaBusy)
}"""
# Where the middle of a bar, cell or dot is on the screen.
PLACE = """([key, place]) => {
  const plot = document.querySelector(`.st-key-${key} .nnlab-view`).firstChild
  const { xaxis, yaxis } = plot._fullLayout
  const { type, y } = plot._fullData[0]
  const height = { bar: y?.[place] / 2, heatmap: 0 }[type] ?? y[place]
  const box = plot.getBoundingClientRect()
  return [box.x + xaxis._offset + xaxis.d2p(place), box.y + yaxis._offset + yaxis.d2p(height)]
}"""


@contextmanager
def serve_ground(folder: Path, app: str = "ground") -> Iterator[Server]:
    """Serve one of APPS from `folder`: Streamlit serves what lies in static/ beside the script."""
    shutil.copy(APPS / f"{app}.py", folder / "app.py")
    (folder / "static").symlink_to(ROOT / "static")
    port = free_port()
    server = Server(f"http://127.0.0.1:{port}", folder / "log.txt")
    command = [sys.executable, "-m", "streamlit", "run", str(folder / "app.py")]
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    with (
        server.log.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            [*command, *options, "--server.fileWatcherType=none"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _wait(server)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(server: Server) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urlopen(f"{server.url}/_stcore/health", timeout=5):  # noqa: S310
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(server.log.read_text(encoding="utf-8"))


def open_ground(page: Page, server: Server, query: str = "") -> None:
    """Open the page of sliders and wait until its figures are drawn."""
    page.goto(f"{server.url}/{query}")
    page.wait_for_function(ALL_DRAWN, timeout=60_000)


def place(page: Page, key: str, index: int) -> tuple[float, float]:
    """Scroll a view into sight and return where the point with this index is on the screen."""
    page.locator(f".st-key-{key} .nnlab-view").scroll_into_view_if_needed()
    x, y = page.evaluate(PLACE, [key, index])
    return x, y
