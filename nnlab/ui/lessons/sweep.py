"""The grid of the lesson on sweeps, filling while one looks, the seeds of one cell, and one run
beside another with a single thing changed."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import streamlit as st

from nnlab.data import Data
from nnlab.engines.selection import REFERENCE
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.figures.sweep import GOOD, Band, Heat, Pair, band, cell, heatmap, pair, said
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.permalink import to_text
from nnlab.registry import Choice
from nnlab.sweep import Outcome, outcome_of, sweep
from nnlab.training import train
from nnlab.ui import lesson, link
from nnlab.ui.choice import choose
from nnlab.ui.hosting import counters
from nnlab.ui.hosting.cluster import cluster
from nnlab.ui.hosting.house import house
from nnlab.ui.hosting.turns import turns
from nnlab.ui.lessons.filling import Filling, threads
from nnlab.ui.live import live_every
from nnlab.ui.playground.session import EXPERIMENT, START
from nnlab.ui.runs import run_of
from nnlab.ui.take_away import Look, Taken
from nnlab.ui.view import view

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SIZES = (1, 2, 4, 8, 16)
MOST_SWEEPS = 8
LOOK_S, AGAIN_S = 0.1, 0.4
"""Seconds that a picture waits for what comes, and until the next one of a grid that is filling."""
PICK, BY_HAND = "sweep_cell", ("sweep_hidden", "sweep_rate")
_FIRST = (2, 4)

_DATA = {"circle": N_("a circle"), "xor": N_("XOR"), "moons": N_("two moons")}
_SEEDS = {"1": 1, "3": 3, "10": 10}
_STOPPED, _VISITOR = "nnlab.sweep_stopped", "nnlab.sweep_visitor"


@st.cache_resource(show_spinner=False, max_entries=MOST_SWEEPS)
def filling(text: str, seeds: int) -> Filling:
    """The one sweep over this experiment."""
    grid = {"hidden": SIZES, "learning_rate": RATES, "seed": range(seeds)}
    work = sweep(Experiment.loads(text), grid, cluster().executor or threads())
    return Filling(work, house().sweep_seconds)


def choose_grid() -> Filling:
    """The data and the number of seeds, and whether it goes on."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        data = choose(
            _("data"), {name: _(text) for name, text in _DATA.items()}, "sweep_data", "circle"
        )
        seeds = choose(_("seeds"), {name: name for name in _SEEDS}, "sweep_seeds", "10")
        _admit(len(SIZES) * len(RATES) * _SEEDS[seeds or "10"])
        held = filling(start(data or "circle").dumps(), _SEEDS[seeds or "10"])
        _show_switch(held)
    if cluster().complaint:
        st.info(cluster().complaint)
    return held


def _show_switch(held: Filling) -> None:
    """The button that stops the sweep, or lets it go on."""
    if held.done:
        return
    if _stopped(held):
        icon = ":material/play_arrow:"
        st.button(_("Go on"), icon=icon, key="sweep_go_on", type="primary", on_click=_go_on)
    else:
        st.button(_("Stop"), icon=":material/stop:", key="sweep_stop", on_click=_stop, args=(held,))


def _stopped(held: Filling) -> bool:
    return st.session_state.get(_STOPPED) is held


def _stop(held: Filling) -> None:
    st.session_state[_STOPPED] = held
    held.leave(_visitor())


def _go_on() -> None:
    st.session_state[_STOPPED] = None


def _visitor() -> str:
    name: str = st.session_state.setdefault(_VISITOR, uuid4().hex)
    return name


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
    rests = held.done or _stopped(held)
    live_every(None if rests else AGAIN_S, partial(_grid if rests else _fill, held))
    hidden, rate = picked()
    outcomes = cells(held)[hidden, rate]
    if not outcomes:
        if rests:
            st.info(_("Nothing of this cell is there: click one with a number."))
        return held.work.experiments[hidden, rate, 0]
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("Every seed of this cell"), anchor=False)
        pick_by_hand(hidden, rate)
        show_seeds(outcomes)
        open_runs(outcomes)
        show_tasks(held, outcomes)
    with right:
        compare(outcomes[0])
    return outcomes[0].experiment


def _fill(held: Filling) -> None:
    """The grid as it is now; once all is there, the whole lesson follows."""
    turns().leave()
    held.look(_visitor(), LOOK_S)
    if held.done:
        st.rerun()
    _grid(held)


def _grid(held: Filling) -> None:
    if not held.done:
        _show_progress(held)
    hidden, rate = picked()
    place = SIZES.index(hidden), RATES.index(rate)
    view(
        heatmap(Heat(RATES, SIZES, medians(held), place)),
        key="sweep_heat",
        alt=_("Heatmap of the test loss by learning rate and hidden size."),
        pick=PICK,
    )
    _explain(held)
    if held.ended:
        text = _(
            "The sweep was ended after {seconds} seconds, which is what this server gives one. "
            "What was trained until then is shown."
        )
        st.info(text.format(seconds=house().sweep_seconds), icon=":material/timer_off:")
    if held.work.failed:
        st.warning(_("{count} networks could not be trained.").format(count=len(held.work.failed)))


def _show_progress(held: Filling) -> None:
    text = _("{count} of {all} networks trained")
    if _stopped(held):
        text = _("Stopped: {count} of {all} networks are trained, and stay.")
    count, all_ = len(held.work.outcomes), len(held.work.experiments)
    st.progress(held.work.progress, text.format(count=count, all=all_))


def _explain(held: Filling) -> None:
    """What a cell shows, and what has trained it where."""
    says = _(
        "The median test loss of the seeds after {epochs} epochs: blue is below {good}, orange "
        "above, × diverged. Click a cell."
    )
    epochs = next(iter(held.work.experiments.values())).training.epochs
    st.caption(says.format(epochs=epochs, good=GOOD))
    engines = Counter(outcome.engine for _values, outcome in held.outcomes)
    if engines:
        names = ", ".join(f"{name} ({count})" for name, count in engines.most_common())
        says = _("engine: {name}").format(name=names)
        st.caption(f"{says}, {cluster().place}")


def picked() -> tuple[int, float]:
    """The hidden size and the learning rate of the cell that was clicked last."""
    clicked = st.session_state.pop(PICK, "")
    if clicked:
        link.write(PICK, clicked)
    places = {cell(row, column): (row, column) for row in range(5) for column in range(9)}
    row, column = places.get(link.read(PICK), _FIRST)
    return SIZES[row], RATES[column]


def pick_by_hand(hidden: int, rate: float) -> None:
    """The same choice without a mouse."""
    with st.container(horizontal=True):
        for label, options, key, value in (
            (_("hidden size"), SIZES, BY_HAND[0], hidden),
            (_("learning rate"), RATES, BY_HAND[1], rate),
        ):
            st.session_state[key] = value
            st.selectbox(label, options, key=key, format_func="{:g}".format, on_change=_pick)


def _pick() -> None:
    hidden, rate = (st.session_state[key] for key in BY_HAND)
    if hidden in SIZES and rate in RATES:
        link.write(PICK, cell(SIZES.index(hidden), RATES.index(rate)))


def cells(held: Filling) -> dict[tuple[int, float], list[Outcome]]:
    """What is there of each cell, seed by seed."""
    found: dict[tuple[int, float], list[Outcome]] = {
        (hidden, rate): [] for hidden in SIZES for rate in RATES
    }
    for (hidden, rate, _seed), outcome in held.outcomes:
        found[hidden, rate].append(outcome)
    return found


def last_loss(outcome: Outcome) -> float:
    """The last test loss, infinite for one that diverged."""
    return math.inf if outcome.diverged_at is not None else float(outcome.losses[-1, 1])


def medians(held: Filling) -> list[list[float | None]]:
    """The seeds' median last test loss, for each size and rate; None where nothing is there."""
    found = cells(held)
    return [
        [
            statistics.median(map(last_loss, found[hidden, rate])) if found[hidden, rate] else None
            for rate in RATES
        ]
        for hidden in SIZES
    ]


def show_seeds(outcomes: list[Outcome]) -> None:
    """The band of a cell, and what the best seed alone would have promised."""
    whole = [each for each in outcomes if each.diverged_at is None]
    experiment = outcomes[0].experiment
    hidden, rate = experiment.sizes[1], experiment.training.learning_rate
    losses = [last_loss(each) for each in outcomes]
    text = _(
        "Hidden size **{hidden}**, learning rate **{rate}**: the test loss ends between "
        "**{best}** and **{worst}**, depending on nothing but the seed."
    )
    best, worst = (said(value) for value in (min(losses), max(losses)))
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
                [statistics.median(each) for each in columns],
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
        return Look.at(run, int(run.steps[-1]))

    return Taken("sweep", look)


def open_runs(outcomes: list[Outcome]) -> None:
    """Links to the playground, each at the end of its run: the best seed, the middle one, the
    worst."""
    order, last = sorted(outcomes, key=last_loss), len(outcomes) - 1
    links = (_seed(order[place]) for place in sorted({0, len(order) // 2, last}))
    text = _("Open a run in the playground, the best first: {links}")
    st.markdown(text.format(links=" · ".join(links)))


def _seed(outcome: Outcome) -> str:
    seed, loss = outcome.experiment.seed, said(last_loss(outcome))
    label = _("seed {seed}: {loss}").format(seed=seed, loss=loss)
    return _link(label, outcome.experiment, at=int(outcome.steps[-1]))


def _link(label: str, experiment: Experiment, **more: int) -> str:
    query = {EXPERIMENT: to_text(experiment, START), **more}
    return f"[{label}](playground?{urlencode(query)})"


def show_tasks(held: Filling, outcomes: list[Outcome]) -> None:
    """Settings that do not need luck, and settings that do. The cell that is open at first is
    nobody's answer."""
    losses = [last_loss(each) for each in outcomes]
    chosen = held.done and bool(link.read(PICK))
    lesson.task(
        _("Click a cell in which every seed ends below {good}.").format(good=GOOD),
        _("Such settings do not need luck."),
        done=chosen and max(losses) < GOOD,
    )
    lesson.task(
        _(
            "Train with several seeds, and click a cell in which luck decides: the worst seed ends "
            "at three times the best or more."
        ),
        _("One curve alone would have told you anything you like."),
        done=chosen and len(losses) > 1 and max(losses) >= 3 * min(losses),
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


def compare(outcome: Outcome) -> None:
    """The first seed's run beside itself with one change: the same rows, the same first weights."""
    st.subheader(_("One change"), anchor=False)
    name = choose(
        _("what is changed"),
        {name: _(text) for name, (text, _change) in CHANGES.items()},
        "sweep_change",
        "faster",
    )
    text, change = CHANGES[name or "faster"]
    experiment, other = outcome.experiment, change(outcome.experiment)
    one, changed = (outcome_of(run_of(each)) for each in (experiment, other))
    _show_pair(one, changed, _(text))
    st.markdown(
        _("Changed: {changes}. All else is equal: the rows, the first weights, the seed.").format(
            changes=", ".join(f"`{each}`" for each in differences(experiment, other))
        )
    )
    ends = said(last_loss(one)), said(last_loss(changed))
    st.markdown(
        _("The test loss ends at **{one}** as it was, and at **{other}** with the change.").format(
            one=ends[0], other=ends[1]
        )
    )
    there = said(last_loss(outcome))
    if there != ends[0]:
        st.caption(
            _(
                "In the sweep seed {seed} ended at {there}: the engines add in another order, and "
                "with steps this large the last digit grows until it is seen."
            ).format(seed=experiment.seed, there=there)
        )


def _show_pair(one: Outcome, changed: Outcome, name: str) -> None:
    epochs, losses = [], []
    for each in (one, changed):
        per_epoch = each.experiment.steps_per_epoch
        epochs.append([step / per_epoch for step in each.steps.tolist()])
        losses.append(each.losses[:, 1].tolist())
    view(
        pair(Pair((epochs[0], epochs[1]), (losses[0], losses[1]), (_("as it was"), name))),
        key="sweep_pair",
        alt=_("Test losses of both runs."),
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
