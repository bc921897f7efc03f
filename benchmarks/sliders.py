"""How soon a lesson answers when a slider is let go of, in a real browser: every slider of every
lesson with its view, from the letting go to the first picture or text in sight that has changed,
and to the last one.

Run it with `make bench`, or with the names of lessons. Browser and server share this machine's
cores. Rows of one group take turns.
"""

from __future__ import annotations

import math
import statistics
import sys
from dataclasses import dataclass

from playwright.sync_api import Page

from benchmarks.chromium import visiting, window

LEAST_MOVES = 15

MEASURE = """
async ([group, moves]) => {
  const input = document.querySelector(`.st-key-${group}`);
  input.scrollIntoView({block: 'center'});
  const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await rest(1500);
  const ranges = () => [...document.querySelectorAll(`.st-key-${group} *`)]
    .map((e) => e.shadowRoot).filter(Boolean)
    .flatMap((root) => [...root.querySelectorAll('input[type=range]')]);
  const inSight = (node) => {
    const element = node.nodeType === 1 ? node : node.parentElement;
    const {top, bottom, height} = element?.getBoundingClientRect() ?? {};
    return height > 0 && bottom > 0 && top < innerHeight;
  };
  // Pictures tell when they are drawn; what Plotly does before that is no picture yet.
  const tells = ({type, target, addedNodes}) => {
    const element = target.nodeType === 1 ? target : target.parentElement;
    if (type === 'attributes') return inSight(target);
    if (!element?.isConnected || element.closest(`.nnlab-view, .st-key-${group}`)) return false;
    return inSight(target) && (type === 'characterData' || addedNodes.length > 0);
  };
  const changes = () => new Promise((resolve) => {
    const at = [];
    const done = () => { watch.disconnect(); resolve(at); };
    let timer = setTimeout(done, 5000);
    const watch = new MutationObserver((found) => {
      if (!found.some(tells)) return;
      at.push(performance.now());
      clearTimeout(timer);
      timer = setTimeout(done, 400);
    });
    watch.observe(document.querySelector('[data-testid=stMain]'),
      {subtree: true, childList: true, characterData: true, attributeFilter: ['data-drawn']});
  });
  const times = [];
  for (let move = 0; move < moves; move++) {
    const all = ranges(), range = all[move % all.length], before = range.value;
    const low = +range.min, high = +range.max;
    for (let place = 1; range.value === before; place += 11)
      range.value = low + (high - low) * (1 + (place + 11 * move) % 39) / 41;
    const later = changes(), began = performance.now();
    for (const name of ['input', 'change'])
      range.dispatchEvent(new Event(name, {bubbles: true, composed: true}));
    const at = await later;
    times.push(at.length ? [at[0] - began, at.at(-1) - began] : [NaN, NaN]);
  }
  return times;
}
"""

GROUPS = """
() => [...document.querySelectorAll('[class*=st-key-]')].flatMap((element) => {
  const key = [...element.classList].find((name) => /^st-key-.*_sliders$/.test(name));
  if (!key) return [];
  const roots = [...element.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean);
  return [[key.slice(7), roots.flatMap((root) => [...root.querySelectorAll('.row')]).length]];
})
"""


@dataclass(frozen=True)
class View:
    """A lesson as it is opened by a link. Its sliders are found on the page; `only` names those
    that no view before it has."""

    path: str
    query: str = ""
    only: tuple[str, ...] = ()


VIEWS = (
    View("tensor"),
    View("neuron"),
    View("layers"),
    View("training"),
    View("backward", "?backward_at=20"),
    View("bugs"),
    View("surface"),
    View("surface", "?surface_look=relief&surface_roll=rolls"),
    View("surface", "?surface_terrain=tutorial"),
    View("surface", "?surface_terrain=tutorial&surface_look=relief"),
    View("optimizers"),
    View("optimizers", "?optimizers_look=relief", ("rates", "steps")),
    View("optimizers", "?optimizers_ground=network", ("network", "at")),
    View("optimizers", "?optimizers_schedule=step", ("_step_",)),
    View("depth"),
    View("depth", "?depth_aim=dead&depth_look=trained"),
    View("depth", "?depth_look=trained", ("rate", "epochs", "at")),
)


def groups_of(page: Page, url: str, seen: View) -> dict[str, int]:
    """The groups of sliders on a page at rest, and how many rows each has."""
    page.goto(f"{url}/{seen.path}{seen.query}")
    page.locator("[class*=_sliders]").first.wait_for(timeout=60_000)
    page.wait_for_timeout(5000)
    found: dict[str, int] = dict(page.evaluate(GROUPS))
    return {
        key: rows
        for key, rows in found.items()
        if not seen.only or any(part in key for part in seen.only)
    }


def row_of(page: Page, seen: View, group: str, rows: int) -> str:
    """One row of the table."""
    times = page.evaluate(MEASURE, [group, max(LEAST_MOVES, 2 * rows)])
    answered = [pair for pair in times if not math.isnan(pair[0] or math.nan)]
    name = f"{seen.path}{seen.query} | {group.removesuffix('_sliders')}"
    told = f"{rows} | {len(times)} | {len(times) - len(answered)}"
    if not answered:
        return f"| {name} | {told} | | | | |"
    first, last = (sorted(pair[which] for pair in answered) for which in (0, 1))
    numbers = (f"{statistics.median(each):.0f} | {late(each):.0f}" for each in (first, last))
    return f"| {name} | {told} | {' | '.join(numbers)} |"


def late(ordered: list[float]) -> float:
    """What 95 of 100 do not exceed."""
    return ordered[math.ceil(0.95 * len(ordered)) - 1]


def main() -> None:
    print("| view | sliders | rows | moves | unanswered | first, ms | p95 | last, ms | p95 |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|")
    with visiting() as (chromium, served):
        page = window(chromium)
        for seen in VIEWS:
            if sys.argv[1:] and seen.path not in sys.argv[1:]:
                continue
            for group, rows in groups_of(page, served.url, seen).items():
                print(row_of(page, seen, group, rows), flush=True)


if __name__ == "__main__":
    main()
