"""How soon a lesson answers when a slider is let go of, in a real browser: every slider of every
lesson with its view, from the letting go to the first picture or text in sight that has changed,
and to the last one. For each group of sliders its page is opened anew, and moved a little from
there at first, then far.

Run it with `make bench`, or with the names of lessons. Browser and server share this machine's
cores. Rows of one group take turns.
"""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass

from playwright.sync_api import Page

from benchmarks.chromium import visiting, window

MOVES = 8
"""So many near ones and so many far ones, at least one for each row."""

MEASURE = """
async ([group, moves]) => {
  document.querySelector(`.st-key-${group}`).scrollIntoView({block: 'center'});
  const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await rest(1000);
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
    let timer = setTimeout(done, 3000);
    const watch = new MutationObserver((found) => {
      if (!found.some(tells)) return;
      at.push(performance.now());
      clearTimeout(timer);
      timer = setTimeout(done, 400);
    });
    watch.observe(document.querySelector('[data-testid=stMain]'),
      {subtree: true, childList: true, characterData: true, attributeFilter: ['data-drawn']});
  });
  const starts = ranges().map((range) => +range.value);
  const within = (range, place) => Math.min(Math.max(place, +range.min), +range.max);
  const ways = {
    near: (range, start, turn) => {
      const unit = Math.max(+range.step, (range.max - range.min) / 50);
      return within(range, start + unit * Math.ceil(turn / 2) * (turn % 2 ? 1 : -1));
    },
    far: (range, start, turn) => +range.min + (range.max - range.min) * (1 + 11 * turn % 39) / 41,
  };
  const moved = async (way, move) => {
    const all = ranges(), which = move % all.length, range = all[which], before = range.value;
    let turn = Math.floor(move / all.length) + 1;
    while (range.value === before && turn < 99) range.value = way(range, starts[which], turn++);
    const later = changes(), began = performance.now();
    for (const name of ['input', 'change'])
      range.dispatchEvent(new Event(name, {bubbles: true, composed: true}));
    const at = await later;
    return at.length ? [at[0] - began, at.at(-1) - began] : [null, null];
  };
  const times = {}, rows = ranges().length, most = Math.max(moves, rows);
  for (const [name, way] of Object.entries(ways)) {
    times[name] = [];
    for (let move = 0; move < most; move++) times[name].push(await moved(way, move));
  }
  return [rows, times];
}
"""

IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"

GROUPS = """
() => [...document.querySelectorAll('[class*=st-key-]')].flatMap((element) =>
  [...element.classList].filter((name) => /^st-key-.*_sliders$/.test(name))
    .map((name) => name.slice(7)))
"""


@dataclass(frozen=True)
class View:
    """A lesson as it is opened by a link. Its sliders are found on the page; `only` names those
    that no view before it has."""

    path: str
    query: str = ""
    only: tuple[str, ...] = ()


VIEWS = (
    View(""),
    View("tensor"),
    View("tensor", "?tensor_part=combine"),
    View("tensor", "?tensor_part=share"),
    View("tensor", "?tensor_part=move"),
    View("neuron"),
    View("neuron", "?neuron_aim=AND"),
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


def groups_of(page: Page, url: str, seen: View) -> list[str]:
    """The groups of sliders of a view."""
    arrive(page, url, seen)
    found: list[str] = page.evaluate(GROUPS)
    return [key for key in found if not seen.only or any(part in key for part in seen.only)]


def arrive(page: Page, url: str, seen: View) -> None:
    """Open a view anew and let it come to rest."""
    page.goto(f"{url}/{seen.path}{seen.query}")
    page.locator("[class*=_sliders]").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    page.locator(IDLE).wait_for(timeout=60_000)
    page.locator(".nnlab-view[aria-busy]").first.wait_for(state="hidden")


def row_of(page: Page, seen: View, group: str) -> str:
    """One row of the table."""
    rows, times = page.evaluate(MEASURE, [group, MOVES])
    name = f"{seen.path or 'home'}{seen.query} | {group.removesuffix('_sliders')}"
    pairs = [pair for each in times.values() for pair in each]
    told = f"{rows} | {len(pairs)} | {sum(pair[0] is None for pair in pairs)}"
    return f"| {name} | {told} | {' | '.join(_numbers(each) for each in times.values())} |"


def _numbers(pairs: list[tuple[float | None, float | None]]) -> str:
    """The median of the first answers, the slowest of them, and the median of the last ones."""
    first, last = ([pair[which] for pair in pairs if pair[which] is not None] for which in (0, 1))
    if not first:
        return " | | "
    found = (statistics.median(first), max(first), statistics.median(last))
    return " | ".join(f"{each:.0f}" for each in found)


def main() -> None:
    print(
        "| view | sliders | rows | moves | unanswered | near: first, ms | slowest | last ", end=""
    )
    print("| far: first, ms | slowest | last |")
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    with visiting() as (chromium, served):
        page = window(chromium)
        for seen in VIEWS:
            if sys.argv[1:] and seen.path not in sys.argv[1:]:
                continue
            for group in groups_of(page, served.url, seen):
                arrive(page, served.url, seen)
                print(row_of(page, seen, group), flush=True)


if __name__ == "__main__":
    main()
