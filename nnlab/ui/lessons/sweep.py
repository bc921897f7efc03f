"""The grid of the lesson on sweeps, filling while one looks, the seeds of one cell, and one run
beside another with a single thing changed."""

from __future__ import annotations

import math
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from nnlab.data import Data
from nnlab.engines.selection import REFERENCE
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.figures.sweep import Band, Heat, Pair, band, cell, heatmap, pair
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.permalink import to_text
from nnlab.registry import Choice
from nnlab.sweep import Outcome, Sweep, outcome_of, sweep
from nnlab.training import train
from nnlab.ui import lesson, link
from nnlab.ui.choice import choose
from nnlab.ui.hosting import counters
from nnlab.ui.hosting.cluster import cluster
from nnlab.ui.hosting.house import house
from nnlab.ui.live import live_every
from nnlab.ui.playground.session import EXPERIMENT, START
from nnlab.ui.runs import run_of
from nnlab.ui.take_away import Look, Taken
from nnlab.ui.view import view

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SIZES = (1, 2, 4, 8, 16)
MOST_SWEEPS = 8
LOOK_S = 0.4
"""Seconds between two pictures of a grid that is filling."""
PICK = "sweep_cell"
GOOD = 0.4
_FIRST = (2, 4)

_DATA = {"circle": N_("a circle"), "xor": N_("XOR"), "moons": N_("two moons")}
_SEEDS = {"1": 1, "3": 3, "10": 10}


@dataclass
class Filling:
    """A sweep on its way, shared by all who look at it."""

    work: Sweep
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: bool = False

    def __post_init__(self) -> None:
        self._results: Iterator[Any] = iter(self.work)
        self._until = time.monotonic() + house().sweep_seconds

    @property
    def done(self) -> bool:
        return self.ended or self.work.progress == 1.0

    def fill(self, seconds: float) -> None:
        """Take in what has come since, and what comes in so many seconds. What takes longer than
        this house gives a sweep is ended."""
        until = time.monotonic() + seconds
        with self.lock:
            if not self.done and time.monotonic() > self._until:
                self.ended = True
                self.work.cancel()
                next(self._results, None)
            while not self.done and time.monotonic() < until:
                if next(self._results, None) is None:
                    break


@st.cache_resource(show_spinner=False, max_entries=MOST_SWEEPS)
def filling(text: str, seeds: int) -> Filling:
    """The one sweep over this experiment."""
    grid = {"hidden": SIZES, "learning_rate": RATES, "seed": range(seeds)}
    return Filling(sweep(Experiment.loads(text), grid, cluster().executor))


def choose_grid() -> Filling:
    """The data and the number of seeds."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        data = choose(
            _("data"), {name: _(text) for name, text in _DATA.items()}, "sweep_data", "circle"
        )
        seeds = choose(_("seeds"), {name: name for name in _SEEDS}, "sweep_seeds", "10")
    _admit(len(SIZES) * len(RATES) * _SEEDS[seeds or "10"])
    if cluster().complaint:
        st.info(cluster().complaint)
    return filling(start(data or "circle").dumps(), _SEEDS[seeds or "10"])


def _admit(networks: int) -> None:
    """Go on if this house trains so many networks at once; else say so, and end."""
    most = house().sweep_networks
    if networks > most:
        counters.REFUSALS.labels("bounds").inc()
        text = _(
            "This sweep has {networks} networks, but this server trains at most {most} at once: "
            "choose fewer seeds."
        )
        st.error(text.format(networks=networks, most=most), icon=":material/error:")
        st.stop()


def start(data: str) -> Experiment:
    """What every cell has in common."""
    source = Choice(data, (("n_samples", 100), ("noise", 0.1)))
    return Experiment(
        Data(source, seed=0, test_share=0.5),
        Network((Layer(4, Choice("Tanh")), Layer(1))),
        Training(loss=Choice("BCEWithLogitsLoss"), epochs=40, batch_size=10, shuffle=True),
    )


def explore(held: Filling) -> Experiment:
    """The grid until it is full, then what can be found in it. Gives the picked experiment."""
    live_every(None if held.done else LOOK_S, partial(_grid, held))
    hidden, rate = picked()
    outcomes = cells(held.work)[hidden, rate]
    if not outcomes:
        return held.work.experiments[hidden, rate, 0]
    left, right = st.columns(2, gap="large")
    with left:
        show_seeds(outcomes)
        open_in_playground(outcomes[0].experiment)
        show_tasks(held, outcomes)
    with right:
        compare(outcomes[0].experiment)
    return outcomes[0].experiment


def _grid(held: Filling) -> None:
    working = not held.done
    if working:
        held.fill(LOOK_S)
        count = len(held.work.outcomes)
        text = _("{count} of {all} networks trained").format(
            count=count, all=len(held.work.experiments)
        )
        st.progress(held.work.progress, text)
    losses = medians(held.work)
    hidden, rate = picked()
    place = SIZES.index(hidden), RATES.index(rate)
    view(
        heatmap(Heat(RATES, SIZES, losses, place)),
        key="sweep_heat",
        alt=_("Heatmap of the test loss by learning rate and hidden size."),
        pick=PICK,
    )
    if held.ended:
        text = _(
            "The sweep was ended after {seconds} seconds, which is what this server gives one. "
            "What was trained until then is shown."
        )
        st.info(text.format(seconds=house().sweep_seconds), icon=":material/timer_off:")
    if held.work.failed:
        st.warning(_("{count} networks could not be trained.").format(count=len(held.work.failed)))
    if working and held.done:
        st.rerun()


def picked() -> tuple[int, float]:
    """The hidden size and the learning rate of the cell that was clicked last."""
    clicked = st.session_state.pop(PICK, "")
    if clicked:
        link.write(PICK, clicked)
    places = {cell(row, column): (row, column) for row in range(5) for column in range(9)}
    row, column = places.get(link.read(PICK), _FIRST)
    return SIZES[row], RATES[column]


def cells(work: Sweep) -> dict[tuple[int, float], list[Outcome]]:
    """What is there of each cell, seed by seed."""
    found: dict[tuple[int, float], list[Outcome]] = {
        (hidden, rate): [] for hidden in SIZES for rate in RATES
    }
    for (hidden, rate, _seed), outcome in sorted(work.outcomes.items()):
        found[hidden, rate].append(outcome)
    return found


def last_loss(outcome: Outcome) -> float:
    """The last test loss, infinite for one that diverged."""
    return math.inf if outcome.diverged_at is not None else float(outcome.losses[-1, 1])


def medians(work: Sweep) -> list[list[float | None]]:
    """The middle seed's last test loss, for each size and rate; None where nothing is there."""
    found = cells(work)
    return [
        [
            statistics.median_high(map(last_loss, found[hidden, rate]))
            if found[hidden, rate]
            else None
            for rate in RATES
        ]
        for hidden in SIZES
    ]


def show_seeds(outcomes: list[Outcome]) -> None:
    """The band of a cell, and what the best seed alone would have promised."""
    st.subheader(_("Every seed of this cell"), anchor=False)
    whole = [each for each in outcomes if each.diverged_at is None]
    experiment = outcomes[0].experiment
    hidden, rate = experiment.sizes[1], experiment.training.learning_rate
    losses = [last_loss(each) for each in outcomes]
    text = _(
        "Hidden size **{hidden}**, learning rate **{rate}**: the test loss ends between "
        "**{best}** and **{worst}**, depending on nothing but the seed."
    )
    best, worst = (f"{value:.4f}" for value in (min(losses), max(losses)))
    st.markdown(text.format(hidden=hidden, rate=f"{rate:g}", best=best, worst=worst))
    if not whole:
        st.warning(_("All of them diverged."), icon=":material/trending_up:")
        return
    columns = list(zip(*(each.losses[:, 1].tolist() for each in whole), strict=True))
    epochs = [step / experiment.steps_per_epoch for step in whole[0].steps.tolist()]
    view(
        band(
            Band(
                epochs,
                [min(each) for each in columns],
                [statistics.median_high(each) for each in columns],
                [max(each) for each in columns],
            )
        ),
        key="sweep_band",
        alt=_("Band of the test loss of all seeds, which ends from {best} to {worst}.").format(
            best=best, worst=worst
        ),
    )


def taken(experiment: Experiment) -> Taken:
    """The network that is picked, at the end of its run."""

    def look() -> Look:
        run = train(experiment, engine=REFERENCE)
        return Look(run, int(run.steps[-1]))

    return Taken("sweep", look)


def open_in_playground(experiment: Experiment) -> None:
    """A link to the playground with this very run."""
    label = _("Open this in the playground")
    st.markdown(f"[{label}](playground?{urlencode({EXPERIMENT: to_text(experiment, START)})})")


def show_tasks(held: Filling, outcomes: list[Outcome]) -> None:
    """Settings that do not need luck, and settings that do."""
    losses = [last_loss(each) for each in outcomes]
    lesson.task(
        _("Click a cell in which every seed ends below {good}.").format(good=GOOD),
        _("Such settings do not need luck."),
        done=held.done and max(losses) < GOOD,
    )
    lesson.task(
        _(
            "Click a cell in which luck decides: the worst seed ends at three times the best or "
            "more."
        ),
        _("One curve alone would have told you anything you like."),
        done=held.done and len(losses) > 1 and max(losses) >= 3 * min(losses),
    )


# ---- one change ----


def _rate(factor: float) -> Callable[[Experiment], Experiment]:
    def change(experiment: Experiment) -> Experiment:
        rate = min(experiment.training.learning_rate * factor, 1000.0)
        return _trained(experiment, learning_rate=rate)

    return change


def _trained(experiment: Experiment, **settings: Any) -> Experiment:
    return replace(experiment, training=replace(experiment.training, **settings))


CHANGES: Mapping[str, tuple[str, Callable[[Experiment], Experiment]]] = MappingProxyType(
    {
        "faster": (N_("learning rate × 3"), _rate(3.0)),
        "slower": (N_("learning rate ÷ 3"), _rate(1 / 3)),
        "adam": (N_("Adam, not SGD"), lambda each: _trained(each, optimizer=Choice("Adam"))),
        "whole": (N_("all rows in a batch"), lambda each: _trained(each, batch_size=100_000)),
        "l2": (N_("L2 penalty 0.01"), lambda each: _trained(each, l2=0.01)),
    }
)


def compare(experiment: Experiment) -> None:
    """The first seed's run beside itself with one change: the same rows, the same first weights."""
    st.subheader(_("One change"), anchor=False)
    name = choose(
        _("what is changed"),
        {name: _(text) for name, (text, _change) in CHANGES.items()},
        "sweep_change",
        "faster",
    )
    text, change = CHANGES[name or "faster"]
    other = change(experiment)
    one, changed = (outcome_of(run_of(each)) for each in (experiment, other))
    epochs, losses = [], []
    for each in (one, changed):
        per_epoch = each.experiment.steps_per_epoch
        epochs.append([step / per_epoch for step in each.steps.tolist()])
        losses.append(each.losses[:, 1].tolist())
    view(
        pair(Pair((epochs[0], epochs[1]), (losses[0], losses[1]), (_("as it was"), _(text)))),
        key="sweep_pair",
        alt=_("Test losses of both runs."),
    )
    st.markdown(
        _("Changed: {changes}. All else is equal: the rows, the first weights, the seed.").format(
            changes=", ".join(f"`{each}`" for each in differences(experiment, other))
        )
    )
    st.markdown(
        _("The test loss ends at **{one}** as it was, and at **{other}** with the change.").format(
            one=f"{losses[0][-1]:.4f}", other=f"{losses[1][-1]:.4f}"
        )
    )


def differences(one: Experiment, other: Experiment) -> list[str]:
    """What two experiments' trainings have different, as "name: old → new"."""
    mine, yours = one.training.to_json(), other.training.to_json()
    return [
        f"{name}: {_short(mine[name])} → {_short(yours[name])}"
        for name in mine
        if mine[name] != yours[name]
    ]


def _short(value: Any) -> str:
    named = value["name"] if isinstance(value, dict) else value
    return f"{named:g}" if isinstance(named, int | float) else str(named)


def script(experiment: Experiment) -> str:
    """Lines that train the picked cell's seeds and print their last test losses."""
    return f"""from nnlab import Experiment
from nnlab.sweep import sweep

experiment = Experiment.loads(
    '{experiment.dumps()}'
)
grid = {{
    "hidden": [{experiment.sizes[1]}],
    "learning_rate": [{experiment.training.learning_rate!r}],
    "seed": range(10),
}}
for values, outcome in sweep(experiment, grid):
    print(values, f"{{outcome.losses[-1, 1]:.4f}}")
"""
