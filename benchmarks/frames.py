"""How smoothly the playground plays in a real browser: changed frames a second, bytes and the
server's processor time for each, and how soon a slider's effect is seen while it plays: the first
frame with the change while it is dragged, the mark on the curve when it is let go of.

Run it with `make bench`. Browser and server share this machine's cores.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from playwright.sync_api import Page, WebSocket

from benchmarks.chromium import visiting, window
from benchmarks.server import Served
from nnlab.experiment import Layer, Network
from nnlab.permalink import to_text
from nnlab.registry import Choice
from nnlab.ui.playground.session import START

SECONDS = 10
MOVES = 20
PATIENCE_S = 3
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

FEEL = """
async ([moves, seconds]) => {
  const hosts = [...document.querySelectorAll('.st-key-play_rate_sliders *')];
  const roots = hosts.map((host) => host.shadowRoot);
  const root = roots.find((shadow) => shadow?.querySelector("input"));
  const [range, number] = root.querySelectorAll('input');
  const marks = document.querySelector('.nnlab-stage .marks');
  const curve = document.querySelector('.st-key-play_curve .nnlab-view');
  const low = +range.min, high = +range.max, step = (high - low) / 41;
  const say = (kind) => range.dispatchEvent(new Event(kind, {bubbles: true, composed: true}));
  const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const seen = (node, options, there) => new Promise((resolve) => {
    const began = performance.now();
    const done = (ms) => { watch.disconnect(); clearTimeout(late); resolve(ms); };
    const watch = new MutationObserver(() => there() && done(performance.now() - began));
    const late = setTimeout(() => done(NaN), 1000 * seconds);
    watch.observe(node, options);
  });
  const values = () => [...marks.children].map((mark) => Number(mark.title.split(' = ')[1]));
  const same = (value, wanted) => Math.abs(value / wanted - 1) < 1e-3;
  const times = {dragged: [], letGo: []};
  for (let place = 0; place < moves; place++) {
    range.value = low + step * (1 + (place * 7) % 39);
    say('input');
    const wanted = Number(number.title);
    times.dragged.push(await seen(marks, {childList: true}, () => same(values().at(-1), wanted)));
    await rest(120 + 7 * place);
    if (place % 4 < 3) continue;
    say('change');
    const label = `= ${Number(wanted.toPrecision(4))}`;
    const told = () => curve.textContent.includes(label);
    times.letGo.push(told() ? 0 : await seen(curve, {attributeFilter: ['data-drawn']}, told));
    await rest(300);
  }
  return times;
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
    felt = page.evaluate(FEEL, [MOVES, PATIENCE_S])
    cells = (
        f"{rate:.1f}",
        f"{pictures:.1f}",
        f"{received / frames:.0f}",
        f"{1000 * cpu / frames:.1f}",
        f"{counted['blank']}, {counted['dimmed']}",
        *_answers(felt["dragged"]),
        *_answers(felt["letGo"]),
    )
    return " | ".join(cells)


def _answers(times: list[float]) -> tuple[str, str]:
    """The median in milliseconds, and how many were not seen at all."""
    seen = [value for value in times if not math.isnan(value)]
    median = statistics.median(seen) if seen else math.nan
    return f"{median:.0f}", f"{len(times) - len(seen)} of {len(times)}"


def main() -> None:
    print(
        "| network | frames/s | changed pictures/s | bytes/frame | server CPU ms/frame "
        "| blank, dimmed | dragged to frame, ms | missed | let go to curve, ms | missed |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    with visiting() as (chromium, served):
        for name, experiment in EXPERIMENTS.items():
            page = window(chromium)
            print(f"| {name} | {measure(page, served, to_text(experiment, START))} |", flush=True)
            page.close()


if __name__ == "__main__":
    main()
