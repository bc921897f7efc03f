"""How soon the picture follows the finger: from a slider's movement in a real browser to the
changed picture, on every lesson, how many pictures a second while it is dragged, and how soon the
picture is there where a slider is moved and let go of at once, so that the whole page runs.

Run it with `make bench`, or with the names of lessons. Browser and server share this machine's
cores.
"""

from __future__ import annotations

import math
import statistics
import sys
from dataclasses import dataclass

from playwright.sync_api import Page

from benchmarks.chromium import visiting, window

MOVES = 40
DRAG_SECONDS = 3
LET_GO = 12
STRIDE = 11
"""Places from one move to the next. Moves that change no picture are left out in this way: a
weight's step is drawn like its gradient, six operations before it."""

MEASURE = """
async ([slider, picture, moves, letGo, stride]) => {
  const input = document.querySelector(`.st-key-${slider}`);
  const range = [...input.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)
    .map((root) => root.querySelector('input[type=range]')).find(Boolean)
    ?? input.querySelector('input[type=range]');
  const view = document.querySelector(`.st-key-${picture} .nnlab-view`);
  const low = +range.min, high = +range.max, step = (high - low) / 41;
  const move = (place) => {
    range.value = low + step * (1 + place % 39);
    range.dispatchEvent(new Event('input', {bubbles: true, composed: true}));
    if (letGo) range.dispatchEvent(new Event('change', {bubbles: true, composed: true}));
  };
  const drawn = () => new Promise((resolve) => {
    const watch = new MutationObserver(() => { watch.disconnect(); resolve(performance.now()); });
    watch.observe(view, {attributeFilter: ['data-drawn']});
    setTimeout(() => { watch.disconnect(); resolve(NaN); }, 3000);
  });
  const times = [];
  for (let place = 0; place < moves; place++) {
    const began = performance.now(), later = drawn();
    move(place * stride);
    times.push(await later - began);
    await new Promise((resolve) => setTimeout(resolve, letGo ? 500 : 120));
  }
  return times;
}
"""
DRAG = (
    MEASURE[: MEASURE.index("  const times = [];")]
    + """
  let pictures = 0;
  const watch = new MutationObserver((changes) => { pictures += changes.length; });
  watch.observe(view, {attributeFilter: ['data-drawn']});
  const began = performance.now();
  for (let place = 0; performance.now() - began < moves * 1000; place++) {
    move(place);
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  return pictures / (performance.now() - began) * 1000;
}
"""
)


@dataclass(frozen=True)
class Lesson:
    """A slider of a lesson and the picture that it moves, by their keys."""

    path: str
    slider: str
    picture: str
    query: str = ""


LESSONS = (
    Lesson("tensor", "tensor_value_sliders", "tensor_shared_view", "?tensor_part=share"),
    Lesson("neuron", "neuron_seed_weights_sliders", "neuron_diagram"),
    Lesson("layers", "layers_x_sliders", "layers_diagram"),
    Lesson("training", "training_rate_sliders", "training_curve"),
    Lesson("training", "training_at_sliders", "training_diagram"),
    Lesson("surface", "surface_ball_sliders", "surface_contours", "?surface_roll=rolls"),
    Lesson("surface", "surface_rate_sliders", "surface_contours", "?surface_terrain=tutorial"),
    Lesson("optimizers", "optimizers_rates_ravine_sliders", "optimizers_contours"),
    Lesson("optimizers", "optimizers_start_ravine_sliders", "optimizers_contours"),
    Lesson("depth", "depth_units_sliders", "depth_sizes"),
    Lesson("backward", "backward_x0_sliders", "backward_diagram", "?backward_at=20"),
    Lesson("backward", "backward_at_sliders", "backward_diagram"),
    Lesson("bugs", "bugs_rate_sliders", "bugs_pile"),
    Lesson("bugs", "bugs_at_sliders", "bugs_pile"),
)


def measure(page: Page, url: str, lesson: Lesson) -> str:
    """One row of the table."""
    page.goto(f"{url}/{lesson.path}{lesson.query}")
    page.locator(f".st-key-{lesson.slider}").wait_for(timeout=60_000)
    page.locator(f".st-key-{lesson.picture} .nnlab-view:not([data-drawn='0'])").wait_for()
    page.wait_for_timeout(1500)
    keys = [lesson.slider, lesson.picture]
    times = page.evaluate(MEASURE, [*keys, MOVES, False, STRIDE])
    answered = sorted(value for value in times if not math.isnan(value))
    rate = page.evaluate(DRAG, [*keys, DRAG_SECONDS, False, STRIDE])
    page.wait_for_timeout(1000)
    let_go = statistics.median(page.evaluate(MEASURE, [*keys, LET_GO, True, STRIDE]))
    median, late = statistics.median(answered), answered[int(len(answered) * 0.95)]
    name = f"{lesson.path}: {lesson.slider.removesuffix('_sliders')}"
    missed = len(times) - len(answered)
    return f"| {name} | {median:.0f} | {late:.0f} | {rate:.1f} | {let_go:.0f} | {missed} |"


def main() -> None:
    print("| lesson: slider | median ms | p95 ms | pictures/s, dragged | ms, let go | missed |")
    print("|---|--:|--:|--:|--:|--:|")
    with visiting() as (chromium, served):
        page = window(chromium)
        for lesson in LESSONS:
            if sys.argv[1:] and lesson.path not in sys.argv[1:]:
                continue
            print(measure(page, served.url, lesson), flush=True)


if __name__ == "__main__":
    main()
