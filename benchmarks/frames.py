"""How smoothly the playground plays in a real browser: changed frames a second, bytes and the
server's processor time for each, and how soon a slider's effect is seen while it plays.

Run it with `make bench`. Browser and server share this machine's cores.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from playwright.sync_api import Page, WebSocket, sync_playwright

from benchmarks.latency import MEASURE
from benchmarks.server import Served, browser, serving
from nnlab.experiment import Layer, Network
from nnlab.permalink import to_text
from nnlab.registry import Choice
from nnlab.ui.playground import START

SECONDS = 10
MOVES = 20
DEEP = replace(START, network=Network((*[Layer(8, Choice("Tanh"))] * 6, Layer(1))))
EXPERIMENTS = {"2-4-2-1": START, "six layers of 8": DEEP}

COUNT = """
async (seconds) => {
  const stage = document.querySelector('.nnlab-stage');
  const field = document.querySelector('.st-key-play_field .nnlab-view');
  const found = {frames: 0, pictures: 0, blank: 0, dimmed: 0};
  const bench = document.querySelector('.st-key-play_bench');
  let looking = true;
  const look = () => {
    const image = field.querySelector('.imagelayer image')?.getAttribute('href') ?? '';
    const drawn = image.startsWith('data:image/png') && field.querySelector('.scatterlayer path');
    const stale = [...bench.querySelectorAll('[data-stale=true]')];
    found.blank += !drawn;
    found.dimmed += stale.some((element) => getComputedStyle(element).opacity < 1);
    if (looking) requestAnimationFrame(look);
  };
  look();
  const frames = new MutationObserver((changes) => { found.frames += changes.length; });
  frames.observe(stage, {attributeFilter: ['data-frame']});
  let last = '';
  const pictures = new MutationObserver((changes) => {
    const now = field.querySelector('.imagelayer image')?.getAttribute('href');
    found.pictures += now !== last;
    last = now;
  });
  pictures.observe(field, {attributeFilter: ['data-frames']});
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  looking = false;
  frames.disconnect();
  pictures.disconnect();
  return {...found, seconds: (performance.now() - began) / 1000};
}
"""


@dataclass
class Traffic:
    """What came over the websockets of a page."""

    received: int = 0
    sockets: list[WebSocket] = field(default_factory=list)

    def listen(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        socket.on("framereceived", self._count)

    def _count(self, payload: str | bytes) -> None:
        self.received += len(payload)


def play(page: Page, served: Served, text: str) -> Traffic:
    """Open an experiment and press Play."""
    traffic = Traffic()
    page.on("websocket", traffic.listen)
    page.goto(f"{served.url}/playground?e={quote(text)}")
    page.locator(".nnlab-stage[data-frame]").wait_for(timeout=60_000)
    page.locator(".st-key-play_curve .nnlab-view:not([data-drawn='0'])").wait_for()
    page.wait_for_timeout(1000)
    page.locator(".nnlab-stage button.main").click()
    page.wait_for_timeout(1000)
    return traffic


def measure(page: Page, served: Served, text: str) -> str:
    """The rest of a row of the table."""
    traffic = play(page, served, text)
    received, cpu = traffic.received, served.cpu_seconds()
    counted = page.evaluate(COUNT, SECONDS)
    received, cpu = traffic.received - received, served.cpu_seconds() - cpu
    rate = counted["frames"] / counted["seconds"]
    pictures = counted["pictures"] / counted["seconds"]
    frames = max(counted["frames"], 1)
    answers = page.evaluate(MEASURE, ["play_rate_sliders", "play_curve", MOVES])
    answered = sorted(value for value in answers if not math.isnan(value))
    median = statistics.median(answered) if answered else math.nan
    cells = (
        f"{rate:.1f}",
        f"{pictures:.1f}",
        f"{received / frames:.0f}",
        f"{1000 * cpu / frames:.1f}",
        f"{counted['blank']}, {counted['dimmed']}",
        f"{median:.0f}",
        f"{len(answers) - len(answered)}",
    )
    return " | ".join(cells)


def main() -> None:
    print(
        "| network | frames/s | changed pictures/s | bytes/frame | server CPU ms/frame "
        "| blank, dimmed | slider to picture, median ms | missed |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    with serving() as served, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, experiment in EXPERIMENTS.items():
            page = chromium.new_page(viewport={"width": 1280, "height": 900})
            print(f"| {name} | {measure(page, served, to_text(experiment, START))} |", flush=True)
            page.close()
        chromium.close()


if __name__ == "__main__":
    main()
