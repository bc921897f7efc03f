"""How soon nnlab is there: its import beyond torch's own, and the first page of an app that has
just been started, drawn in a real browser.

    python -m benchmarks.start            (needs Chromium, and the packages that the tests need)

Each is the median of several processes, after one that nobody counts: the disk's caches are warm.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from playwright.sync_api import Browser, sync_playwright

from benchmarks.server import browser, free_port, laptop, serving
from nnlab.ui.contents import SECTIONS

TIMES = 5
LESSONS = sum(map(len, SECTIONS.values()))
IMPORTS = """
import time
began = time.perf_counter()
import torch
middle = time.perf_counter()
from nnlab import Experiment, train
print(middle - began, time.perf_counter() - middle)
"""
HEADING = "[data-testid=stMain] h1"
CARDS = "[data-testid=stMain] [class*=st-key-card_]"
AT_REST = "[data-test-script-state=notRunning]"
PICTURE = "[data-testid=stMain] .js-plotly-plot .main-svg"
WHAT = ("first page drawn (at most 3 s)", "at rest", "its picture")
KEPT = {"PYTHONDONTWRITEBYTECODE": ""}
"""Python keeps what it has compiled, as it does on a laptop, whatever this shell says."""


def import_seconds() -> tuple[float, float]:
    """Seconds that torch's import takes, and nnlab's after it."""
    found = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True
    )
    torch, nnlab = map(float, found.stdout.split())
    return torch, nnlab


def page_seconds(chromium: Browser) -> tuple[float, float, float]:
    """Seconds from starting the server until all of the page is there that needs no torch (the
    heading, the text, a card for each lesson), until its script is at rest, and until its picture
    is drawn."""
    began = time.perf_counter()
    with serving(laptop, free_port(), environment=KEPT) as served:
        page = chromium.new_page()
        page.goto(served.url)
        page.wait_for_selector(HEADING, timeout=60_000)
        page.locator(CARDS).nth(LESSONS - 1).wait_for(state="attached")
        drawn = time.perf_counter() - began
        page.wait_for_selector(AT_REST, state="attached")
        rest = time.perf_counter() - began
        page.wait_for_selector(PICTURE, state="attached")
        picture = time.perf_counter() - began
        page.close()
    return drawn, rest, picture


def main() -> None:
    if (program := browser()) is None:
        sys.exit("no Chromium here")
    imports = [import_seconds() for _ in range(1 + TIMES)][1:]
    torch, nnlab = (statistics.median(each) for each in zip(*imports, strict=True))
    print(f"import torch: {torch:.2f} s; nnlab beyond it: {nnlab:.2f} s (at most 0.5)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        seconds = [page_seconds(chromium) for _ in range(1 + TIMES)][1:]
        chromium.close()
    for what, times in zip(WHAT, zip(*seconds, strict=True), strict=True):
        each = ", ".join(f"{time:.1f}" for time in sorted(times))
        print(f"{what} after {statistics.median(times):.1f} s: {each}")


if __name__ == "__main__":
    main()
