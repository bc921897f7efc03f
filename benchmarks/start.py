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

TIMES = 5
IMPORTS = """
import time
began = time.perf_counter()
import torch
middle = time.perf_counter()
from nnlab import Experiment, train
print(middle - began, time.perf_counter() - middle)
"""
DRAWN = "[data-testid=stMain] h1, [data-testid=stMain] h2"
PICTURE = "[data-testid=stMain] .js-plotly-plot .main-svg"
KEPT = {"PYTHONDONTWRITEBYTECODE": ""}
"""Python keeps what it has compiled, as it does on a laptop, whatever this shell says."""


def import_seconds() -> tuple[float, float]:
    """Seconds that torch's import takes, and nnlab's after it."""
    found = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True
    )
    torch, nnlab = map(float, found.stdout.split())
    return torch, nnlab


def page_seconds(chromium: Browser) -> tuple[float, float]:
    """Seconds from starting the server to the page's heading and its last running script, and to
    its picture, which Plotly draws when the page stands."""
    began = time.perf_counter()
    with serving(laptop, free_port(), environment=KEPT) as served:
        page = chromium.new_page()
        page.goto(served.url)
        page.wait_for_selector(DRAWN, timeout=60_000)
        page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")
        drawn = time.perf_counter() - began
        page.wait_for_selector(PICTURE, state="attached")
        picture = time.perf_counter() - began
        page.close()
    return drawn, picture


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
    pages, pictures = (sorted(each) for each in zip(*seconds, strict=True))
    times = ", ".join(f"{each:.1f}" for each in pages)
    print(f"first page drawn after {statistics.median(pages):.1f} s (at most 3): {times}")
    print(f"its picture after {statistics.median(pictures):.1f} s")


if __name__ == "__main__":
    main()
