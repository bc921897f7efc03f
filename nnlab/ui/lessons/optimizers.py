"""The race, the ledger and the schedules of the lesson on optimizers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st
import torch
from torch import Tensor

from nnlab import parts
from nnlab.experiment import Experiment
from nnlab.figures.curves import Curve, curves, style
from nnlab.figures.landscape import Ground, Mark, Trail, contours, relief
from nnlab.landscape import Landscape
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.ledger import Update, ledger, update_in_training, update_in_valley
from nnlab.limits import Whole
from nnlab.optimizers import OPTIMIZERS
from nnlab.race import LANES, NETWORK, experiment, first_rate, first_setting, racer
from nnlab.registry import Choice
from nnlab.schedules import SCHEDULES
from nnlab.scripts.program import program
from nnlab.scripts.race import script as race_program
from nnlab.terrains import TERRAINS, bottom_of_line
from nnlab.training import Run
from nnlab.ui import lesson, link
from nnlab.ui.choice import choose
from nnlab.ui.runs import run_of
from nnlab.ui.shelf import Shelf
from nnlab.ui.slider import LogScale, Scale, WholeScale, form, live_slider, live_sliders
from nnlab.ui.take_away import Look, Taken, take_away
from nnlab.ui.view import view
from nnlab.valleys import VALLEYS, Point, Racer, ground, walks

PICK = "optimizers_pick"
SIZE = 60
MOST_STEPS = 300
MOST_EPOCHS = 100
MOST_WALKS = 256
_NEAR = 0.1
_GROUNDS = {
    "ravine": N_("Ravine"),
    "saddle": N_("Saddle"),
    "rosenbrock": "Rosenbrock",
    "beale": "Beale",
    "himmelblau": "Himmelblau",
    NETWORK: N_("The tutorial's network"),
}
_WANTED = {"rosenbrock": 3, "beale": 4}
"""How many must arrive where not all can."""
_START = Experiment()
_LINE = TERRAINS["line"]
_PLANNED = replace(_LINE, training=replace(_LINE.training, epochs=50, batch_size=1, shuffle=True))
"""One row a step: what a schedule is for."""
_ASKED_RATE = 0.1


@dataclass(frozen=True, eq=False)
class Way:
    """How a racer fared: its heights (losses) at every step, and on a valley its places [R, 2]."""

    heights: list[float]
    places: Tensor = field(default_factory=lambda: torch.zeros(1, 2))


@dataclass(frozen=True, eq=False)
class Walked:
    """A way that a racer was let go for so many steps. It holds every shorter one."""

    way: Way
    steps: int

    def first(self, steps: int) -> Way:
        """The way as it is after fewer steps, or as many."""
        return Way(self.way.heights[: steps + 1], self.way.places[: steps + 1])


@dataclass(frozen=True, eq=False)
class Race:
    """What is on the screen: the ground, the start, the racers and their ways, and what is looked
    at in the ledger: a racer, a step and a number."""

    ground: str
    start: Point
    steps: int
    racers: Mapping[str, Racer]
    ways: Mapping[str, Way]
    looked_at: str
    step: int
    part: str

    @property
    def update(self) -> Update:
        """The update that the ledger tells."""
        chosen = self.racers[self.looked_at]
        if self.ground == NETWORK:
            return update_in_training(experiment(_START, chosen, self.steps), self.step, self.part)
        coordinate = "xy".index(self.part)
        return update_in_valley(self.ground, chosen, self.start, self.step, coordinate)


def explore(device: str) -> Race:
    """Choose the ground, set the racers, look at one of their steps."""
    names = {name: _(text) for name, text in _GROUNDS.items()}
    where = choose(_("Where do they race?"), names, "optimizers_ground", "ravine", required=True)
    controls, sights = st.columns([2, 3], gap="large")
    with controls:
        start, steps = _choose_start(where)
        racers = _slide_racers(where)
    fared = ways(where, racers, start, steps, device)
    with controls:
        looked_at, step, part = _choose_look(where, fared)
    race = Race(where, start, steps, racers, fared, looked_at, step, part)
    with sights:
        _show_places(race)
        _show_heights(race)
        _show_tasks(race)
    st.subheader(_("The ledger of one step"), anchor=False)
    _show_ledger(race)
    return race


def tell(device: str, race: Race) -> None:
    """The formula and the program of what is on the screen."""
    lesson.formula(formula(race))
    lesson.code(script(race))
    take_away(_taken(race, device))


def _taken(race: Race, device: str) -> Taken | None:
    """The network of the racer that is looked at, at that step; a valley has none."""
    if race.ground != NETWORK:
        return None
    run = _run(race.racers[race.looked_at], race.steps, device)
    return Taken("optimizers", lambda: Look.at(run, race.step))


def formula(race: Race) -> str:
    """The rule of the racer that is looked at."""
    return OPTIMIZERS[race.racers[race.looked_at].optimizer.name].formula


def script(race: Race) -> str:
    """The program that prints where the racers end, or the losses of the one that is looked at."""
    if race.ground == NETWORK:
        return program(experiment(_START, race.racers[race.looked_at], race.steps))
    looked_at = (race.looked_at, race.step)
    return race_program(race.ground, race.start, race.racers, race.steps, looked_at)


def _choose_start(where: str) -> tuple[Point, int]:
    """The start by sliders or by a click, and the number of steps."""
    most = MOST_EPOCHS if where == NETWORK else MOST_STEPS
    steps = live_slider(_("steps"), f"optimizers_steps_{where}", 60, WholeScale(1, most))
    if where == NETWORK:
        return (0.0, 0.0), int(steps)
    valley, key = VALLEYS[where], f"optimizers_start_{where}"
    scale = Scale(min(valley.low), max(valley.high), 0.01)
    _take_pick(where, key, scale)
    x, y = live_sliders((_("start x"), _("start y")), key, valley.start, scale)
    return (x, y), int(steps)


def _take_pick(where: str, key: str, scale: Scale) -> None:
    """A click on cell "at<row>.<column>" starts the race there."""
    row, dot, column = str(st.session_state.pop(PICK, None) or "").removeprefix("at").partition(".")
    if dot and row.isdecimal() and column.isdecimal():
        valley = VALLEYS[where]
        cells, ends = (int(column), int(row)), zip(valley.low, valley.high, strict=True)
        picked = [
            scale.accept(round(low + (high - low) * min(cell / (SIZE - 1), 1.0), 3))
            for cell, (low, high) in zip(cells, ends, strict=True)
        ]
        link.write(key, form(picked, valley.start))


def _slide_racers(where: str) -> dict[str, Racer]:
    """A learning rate for each racer, and the settings that each has of its own."""
    st.markdown(_("Learning rate η of each"))
    rates = live_sliders(
        list(LANES),
        f"optimizers_rates_{where}",
        [first_rate(name, where) for name in LANES],
        LogScale(1e-5, 10.0, 0.05),
    )
    st.markdown(_("What else they have"))
    rows = [(name, symbol) for name, lane in LANES.items() for symbol in lane.settings]
    values = live_sliders(
        [f"{name} {symbol}" for name, symbol in rows],
        f"optimizers_settings_{where}",
        [first_setting(name, symbol, where) for name, symbol in rows],
        Scale(0.0, 0.999, 0.001),
    )
    given = dict(zip(rows, values, strict=True))
    return {
        name: racer(name, rate, {symbol: given[name, symbol] for symbol in LANES[name].settings})
        for name, rate in zip(LANES, rates, strict=True)
    }


def ways(
    where: str, racers: Mapping[str, Racer], start: Point, steps: int, device: str
) -> dict[str, Way]:
    """How each racer fares. Who was not changed need not walk again; the others walk together, and
    half as far again where more steps are asked for than before: soon it will be more still."""
    if where == NETWORK:
        return {
            name: Way(_run(each, steps, device).losses.tolist()) for name, each in racers.items()
        }
    shelf = _shelf()
    known = {each: shelf.get((where, each, start)) for each in racers.values()}
    new = [each for each, kept in known.items() if kept is None or kept.steps < steps]
    further = any(known[each] is not None for each in new)
    walked = {each: kept for each, kept in known.items() if kept is not None}
    walked |= _walk(where, new, start, min(steps + steps // 2, MOST_STEPS) if further else steps)
    return {name: walked[each].first(steps) for name, each in racers.items()}


def _walk(where: str, racers: Sequence[Racer], start: Point, steps: int) -> dict[Racer, Walked]:
    """Let racers walk, and keep how far they came."""
    found = {}
    for each, way in zip(racers, walks(where, racers, start, steps), strict=True):
        found[each] = Walked(Way(way.heights.tolist(), way.places), steps)
        _shelf().put((where, each, start), found[each])
    return found


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf[tuple[str, Racer, Point], Walked]:
    return Shelf(MOST_WALKS)


def _run(racing: Racer, steps: int, device: str) -> Run:
    return run_of(experiment(_START, racing, steps), device)


def _choose_look(where: str, ways: Mapping[str, Way]) -> tuple[str, int, str]:
    """The racer, the step and the number whose ledger is shown."""
    who = choose(
        _("Look at"), {name: name for name in LANES}, "optimizers_racer", "Adam", "list", width=160
    )
    names = parts.names(_START.sizes) if where == NETWORK else ["x", "y"]
    part = choose(
        _("and its number"),
        {name: name for name in names},
        f"optimizers_part_{'network' if where == NETWORK else 'valley'}",
        names[0],
        "list",
        width=160,
    )
    last = max(len(ways[who].heights) - 2, 0)
    if last == 0:
        return who, 0, part
    link.forget_beyond("optimizers_at", last)
    step = live_slider(_("at step"), "optimizers_at", 0, WholeScale(0, last))
    return who, int(step), part


def _show_places(race: Race) -> None:
    if race.ground == NETWORK:
        return
    look = choose(
        _("Look at it"),
        {"contours": _("From above"), "relief": _("From the side")},
        "optimizers_look",
        "contours",
        "segments",
        required=True,
    )
    trails = [_trail(race, name, place) for place, name in enumerate(LANES)]
    marks = [
        Mark(_("minimum"), x, y, 0.0, "#1b1f26", "star") for x, y in VALLEYS[race.ground].minima
    ]
    earth = Ground(*_earth(race.ground), ("x", "y"))
    alt = _("Seven ways over the ground; the lowest ends at {height}.").format(
        height=f"{min(way.heights[-1] for way in race.ways.values()):.6g}"
    )
    if look == "relief":
        view(relief(earth, trails, marks), key="optimizers_relief", alt=alt)
    else:
        view(contours(earth, trails, marks), key="optimizers_contours", alt=alt, pick=PICK)
    st.caption(
        _(
            "Colours and dashes are those of the curves below. Stars are the minima, rings the "
            "step that is looked at. Click the ground to start there."
        )
    )


@st.cache_resource(show_spinner=False)
def _earth(name: str) -> tuple[Tensor, Tensor, Tensor]:
    return ground(name, SIZE)


def _trail(race: Race, name: str, place: int) -> Trail:
    way = race.ways[name]
    first, second = way.places.T.tolist()
    color, dash = style(place)
    return Trail(name, first, second, way.heights, min(race.step, len(first) - 1), color, dash)


def _show_heights(race: Race) -> None:
    title = _("loss") if race.ground == NETWORK else _("height")
    drawn = [Curve(name, race.ways[name].heights, place) for place, name in enumerate(LANES)]
    ends = ", ".join(f"{name} {way.heights[-1]:.4g}" for name, way in race.ways.items())
    view(
        curves(drawn, (_("step"), title), race.step),
        key="optimizers_heights",
        alt=_("Seven curves that end at: {ends}.").format(ends=ends),
    )


def _show_ledger(race: Race) -> None:
    update = race.update
    rows = ledger(update)
    st.markdown(
        _("**{racer}**, `{part}`, step {step}: {before} becomes **{after}**.").format(
            racer=race.looked_at,
            part=race.part,
            step=race.step,
            before=f"{update.before:.6g}",
            after=f"{update.after:.6g}",
        )
    )
    with st.container(key="optimizers_ledger"):
        st.table(
            {
                " ": [row.symbol for row in rows],
                _("formula"): [row.formula for row in rows],
                _("with today's numbers"): [row.numbers for row in rows],
                _("by hand"): [f"{row.value:.6g}" for row in rows],
                _("PyTorch keeps"): [_kept(row.buffer, row.kept) for row in rows],
            }
        )


def _kept(buffer: str, kept: float | None) -> str:
    return "" if kept is None else f"{buffer} {kept:.6g}"


def _show_tasks(race: Race) -> None:
    if race.ground == NETWORK:
        losses = [way.heights[-1] for way in race.ways.values()]
        lesson.task(
            _("Bring all seven losses below 0.01 in 60 steps."),
            _("Each needs a learning rate of its own: what is small for one is large for another."),
            done=max(losses) < 0.01 and race.steps <= 60,
        )
        return
    if race.ground == "ravine":
        lesson.task(
            _(
                "From the start at (-7, 2), let plain SGD go down without one jump over the floor "
                "(y = 0), and yet end below a height of 0.05 in 60 steps."
            ),
            _(
                "No jumps, but now it creeps: what fits the steep sides is small for the flat "
                "floor. One learning rate has to do for both; the other six try to help it."
            ),
            done=_goes_straight(race),
        )
    wanted = _WANTED.get(race.ground, len(LANES))
    lesson.task(
        _("Let at least {count} of the 7 end nearer than 0.1 to a minimum.").format(count=wanted)
        if wanted < len(LANES)
        else _("Let all 7 end nearer than 0.1 to a minimum."),
        _("The ground decides which optimizer is the best. There is none that always wins."),
        done=sum(_distance(race, way) < _NEAR for way in race.ways.values()) >= wanted,
    )


def _goes_straight(race: Race) -> bool:
    """Whether plain SGD goes down the ravine on one side of its floor, and far enough."""
    way = race.ways["SGD"]
    one_side = bool((way.places[:, 1] >= 0).all())
    asked = race.start == VALLEYS["ravine"].start and race.steps <= 60
    return asked and one_side and way.heights[-1] < 0.05


def _distance(race: Race, way: Way) -> float:
    end = way.places[-1].tolist()
    return min(math.dist(end, minimum) for minimum in VALLEYS[race.ground].minima)


def plan(device: str) -> Experiment:
    """A schedule, drawn before it runs, and what a neuron makes of it that sees one row a step."""
    names = {name: name for name in SCHEDULES}
    controls, sights = st.columns([2, 3], gap="large")
    with controls:
        chosen = choose(_("schedule"), names, "optimizers_schedule", "constant", "list", width=220)
        schedule = Choice(chosen, tuple(sorted(_slide_schedule(chosen).items())))
        schedule = SCHEDULES.accept("schedule", schedule)
        rate = live_slider(
            _("learning rate"), "optimizers_planned_rate", 0.2, LogScale(1e-3, 0.3, 0.05)
        )
    planned = replace(_PLANNED, training=replace(_PLANNED.training, learning_rate=rate))
    scheduled = replace(planned, training=replace(planned.training, schedule=schedule))
    with sights:
        _show_schedule(scheduled)
        end = _show_planned(planned, scheduled, device)
    with controls:
        _show_planned_task(rate, end)
    return scheduled


def tell_plan(scheduled: Experiment) -> None:
    """The program of the training with the schedule."""
    lesson.program(scheduled, "optimizers_planned")


_OPTIONS = {
    "epochs": N_("epochs"),
    "warm_up_epochs": N_("epochs of warm-up"),
    "gamma": N_("factor"),
    "floor": N_("least factor"),
}


def _slide_schedule(name: str) -> dict[str, float]:
    """A slider for each option of the schedule."""
    given = {}
    for key, option in SCHEDULES[name].options.items():
        whole = isinstance(option.rule, Whole)
        scale = WholeScale(1, 100) if whole else Scale(0.0, 1.0, 0.01)
        value = live_slider(_(_OPTIONS[key]), f"optimizers_{name}_{key}", option.default, scale)
        given[key] = int(value) if whole else value
    return given


def _show_schedule(planned: Experiment) -> None:
    training = planned.training
    rates = [
        training.learning_rate * SCHEDULES.make(training.schedule, epoch)
        for epoch in range(training.epochs)
    ]
    view(
        curves([Curve("", rates)], (_("epoch"), _("learning rate")), height=220, scale="linear"),
        key="optimizers_schedule_curve",
        alt=_("The learning rate goes from {first} to {last}.").format(
            first=f"{rates[0]:.4g}", last=f"{rates[-1]:.4g}"
        ),
    )


def _show_planned(planned: Experiment, scheduled: Experiment, device: str) -> float:
    """The losses at a constant rate and with the schedule; returns where the last one ends."""
    asked = {_("constant"): planned}
    if scheduled != planned:
        asked[scheduled.training.schedule.name] = scheduled
    ways = {name: _losses(run_of(each, device)) for name, each in asked.items()}
    bottom = [bottom_of_line()] * (planned.training.epochs + 1)
    drawn = [Curve(name, losses, place) for place, (name, losses) in enumerate(ways.items())]
    ends = ", ".join(f"{name} {losses[-1]:.6f}" for name, losses in ways.items())
    drawn.append(Curve(_("the lowest"), bottom, 2))
    view(
        curves(drawn, (_("epoch"), _("loss")), height=240, scale="log"),
        key="optimizers_planned",
        alt=_("The losses end at: {ends}. The lowest that there is: {lowest}.").format(
            ends=ends, lowest=f"{bottom[0]:.6f}"
        ),
    )
    st.caption(
        _("The loss over all 13 points after each epoch. It ends at: {ends}.").format(ends=ends)
    )
    return list(ways.values())[-1][-1]


def _losses(run: Run) -> list[float]:
    """The loss over all rows at the beginning and after each epoch."""
    ends = run.steps % run.experiment.data.n_samples == 0
    found: list[float] = Landscape(run.experiment).losses(run.parameters[ends]).tolist()
    return found


def _show_planned_task(rate: float, end: float) -> None:
    lesson.task(
        _(
            "With a learning rate of at least 0.1, let the loss end within 1% of the lowest, "
            "{lowest}."
        ).format(lowest=f"{bottom_of_line():.4f}"),
        _(
            "Large steps come near the bottom soon, small ones come to rest there. Whichever way "
            "the rate falls, it has to fall."
        ),
        done=rate >= _ASKED_RATE and end <= 1.01 * bottom_of_line(),
    )
