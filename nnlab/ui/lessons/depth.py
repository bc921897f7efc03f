"""The towers, the tasks and the pictures of the lesson on depth and initialisation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import streamlit as st

from nnlab.activations import ACTIVATIONS
from nnlab.engines.selection import REFERENCE
from nnlab.experiment import Experiment, Layer, Training
from nnlab.figures.curves import Curve
from nnlab.figures.loss import LossCurve, loss_curve
from nnlab.figures.signals import shares, sizes, spread
from nnlab.initialisers import INITIALISERS
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.registry import Choice
from nnlab.scripts.depth import script as program
from nnlab.signals import REACH, Signals, measure, tower
from nnlab.training import Run, train
from nnlab.ui import lesson, link
from nnlab.ui.choice import choose
from nnlab.ui.controls import choose_seed
from nnlab.ui.runs import run_of
from nnlab.ui.slider import LogScale, Scale, WholeScale, live_slider
from nnlab.ui.take_away import Look, Taken, take_away
from nnlab.ui.view import view

MOST_LAYERS, MOST_UNITS, MOST_EPOCHS = 30, 64, 60
WANTED = (0.5, 2.0)
_MOST_FLAT, _MOST_DEAD = 0.1, 0.1
_SHOWN_ROWS = 6


@dataclass(frozen=True)
class Aim:
    """What is to be found out: which activation, how deep, the initialiser to begin with, and what
    must be brought about. An aim without an activation leaves all free."""

    name: str
    text: str = ""
    praise: str = ""
    activation: str = ""
    depth: int = 10
    initialiser: str = "default"
    settings: tuple[tuple[str, float], ...] = ()


AIMS: Mapping[str, Aim] = MappingProxyType(
    {
        "Identity": Aim(
            N_("Keep it without bending"),
            N_(
                "20 layers without activation. Choose an initialiser so that the standard "
                "deviation of the last hidden layer lies between 0.5 and 2."
            ),
            N_(
                "Xavier is made for this: a sum of n products keeps its size if each weight has "
                "the variance 2 / (inputs + outputs)."
            ),
            "Identity",
            20,
        ),
        "Tanh": Aim(
            N_("Keep it with Tanh"),
            N_(
                "20 layers with Tanh. Bring the last hidden layer's standard deviation between "
                "0.5 and 2, with less than 10% of its activations flat."
            ),
            N_(
                "Tanh takes a little away in every layer, so that Xavier alone fades: the weights "
                "must be about 5/3 as large. Much larger ones drive it to its flat ends."
            ),
            "Tanh",
            20,
        ),
        "ReLU": Aim(
            N_("Keep it with ReLU"),
            N_(
                "20 layers with ReLU. Choose an initialiser so that the standard deviation of the "
                "last hidden layer lies between 0.5 and 2. (Try other seeds too.)"
            ),
            N_(
                "ReLU throws half of the signal away. Kaiming makes up for it with twice the "
                "variance: 2 / inputs."
            ),
            "ReLU",
            20,
        ),
        "dead": Aim(
            N_("Revive dead units"),
            N_(
                "More than half of these units give 0 for every digit: their gradient is 0, they "
                "will never learn. Bring the dead units below 10%, with ReLU."
            ),
            N_("Weights on both sides of 0 let every unit see something that it answers to."),
            "ReLU",
            8,
            "uniform",
            (("low", -0.3), ("high", 0.1)),
        ),
        "free": Aim(N_("Everything free"), activation="", depth=10),
    }
)


@dataclass(frozen=True, eq=False)
class Seen:
    """What is on the screen: the experiment, its run if it is trained, the step that is looked at,
    and the signals there."""

    aim: str
    experiment: Experiment
    run: Run | None
    step: int
    signals: Signals


def choose_start() -> tuple[str, int]:
    """The aim, and the seed of the digits and the first weights."""
    names = {name: _(aim.name) for name, aim in AIMS.items()}
    aim = choose(_("What do you want to find out?"), names, "depth_aim", "Identity", required=True)
    return aim, choose_seed("depth", first=0)


def explore(aim: str, seed: int, device: str) -> Seen:
    """Choose initialiser, depth and width; look at the signals at first or along the run."""
    controls, sights = st.columns([2, 3], gap="large")
    with controls:
        experiment = _choose_tower(aim, seed)
        run, step = _choose_moment(experiment, device)
        module = None if run is None else run.at(step).module()
        learned = experiment if run is None else run.experiment
        seen = Seen(aim, learned, run, step, measure(learned, module))
        _show_task(seen)
    with sights:
        _show_sizes(seen)
        _show_spread(seen)
    left, right = st.columns([3, 2], gap="large")
    with left:
        lesson.numbers(worked(seen))
    with right:
        _show_dead(seen)
        _show_curve(seen)
    return seen


def tell(seen: Seen) -> None:
    """The formula and the program of what is on the screen."""
    lesson.formula(formula(seen))
    lesson.code(script(seen))
    take_away(_taken(seen))


def _taken(seen: Seen) -> Taken:
    """The network as it is drawn, or at the step that is looked at."""

    def look() -> Look:
        run = train(seen.experiment, engine=REFERENCE) if seen.run is None else seen.run
        return Look.at(run, seen.step)

    return Taken("depth", look)


def formula(seen: Seen) -> str:
    """What the initialiser draws, and why its size matters."""
    drawn = INITIALISERS[seen.experiment.network.initialiser.name].formula
    sum_of = r"\mathrm{Var}(z) = n_{in}\,\mathrm{Var}(w)\,\mathrm{E}[x^2]"
    return rf"\begin{{gathered}}{sum_of}\\w \sim {drawn}\end{{gathered}}"


def script(seen: Seen) -> str:
    """The program that prints the sizes by layer."""
    return program(seen.experiment, seen.step)


def worked(seen: Seen) -> str:
    """The sizes by layer: the first ones and the last ones."""
    found = seen.signals
    rows = [
        f"{number:>2} {std:7.2g} {by_row:7.2g} {gradient:7.2g} {flat:4.0%} {dead:>2}/{units}"
        for number, (std, by_row, gradient, flat, dead, units) in enumerate(
            zip(
                found.std.tolist(),
                found.row_std.tolist(),
                found.weight_gradient.tolist(),
                found.flat.tolist(),
                found.dead.tolist(),
                found.units.tolist(),
                strict=True,
            ),
            start=1,
        )
    ]
    if len(rows) > 2 * _SHOWN_ROWS:
        rows = [*rows[:_SHOWN_ROWS], " ...", *rows[-_SHOWN_ROWS:]]
    head = f"   {'std(a)':>7} {'by row':>7} {'|dL/dw|':>7} flat dead"
    text = _(
        "std(a) is the standard deviation of a layer's activations, *by row* the part of it that "
        "goes from digit to digit, |dL/dw| the root mean square of its weights' gradients. *Flat*: "
        "the slope of the activation is below 5% of its steepest. A unit that is flat for every "
        "row is *dead*."
    )
    body = "\n".join([head, *rows])
    return f"{text}\n\n```text\n{body}\n```"


def _choose_tower(aim: str, seed: int) -> Experiment:
    given = AIMS[aim]
    names = {name: name for name in INITIALISERS}
    chosen = choose(
        _("initialiser"), names, f"depth_init_{aim}", given.initialiser, "list", width=220
    )
    initialiser = _slide_settings(chosen, aim)
    activation = given.activation or _choose_activation()
    depth = live_slider(
        _("hidden layers"), f"depth_layers_{aim}", given.depth, WholeScale(1, MOST_LAYERS)
    )
    units = live_slider(_("units in each"), "depth_units", 64, WholeScale(1, MOST_UNITS))
    hidden = [Layer(int(units), Choice(activation))] * int(depth)
    training = Training(Choice("CrossEntropyLoss"), epochs=0)
    return tower(hidden, initialiser, seed, training)


def _choose_activation() -> str:
    names = {name: name for name in ACTIVATIONS}
    return choose(_("activation"), names, "depth_activation", "Tanh", "list", width=220)


def _slide_settings(name: str, aim: str) -> Choice:
    """A slider for each setting of the initialiser."""
    first = dict(AIMS[aim].settings)
    given = {
        key: live_slider(
            key, f"depth_{aim}_{key}", first.get(key, _FIRST.get(key, option.default)), _SCALES[key]
        )
        for key, option in INITIALISERS[name].options.items()
    }
    return INITIALISERS.accept("initialiser", {"name": name, **given})


_FIRST = {"low": -0.1, "high": 0.1, "std": 0.1}
_SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        "mean": Scale(-0.5, 0.5, 0.01),
        "std": LogScale(1e-3, 3.0, 0.02),
        "low": Scale(-1.0, 1.0, 0.01),
        "high": Scale(-1.0, 1.0, 0.01),
    }
)


def _choose_moment(experiment: Experiment, device: str) -> tuple[Run | None, int]:
    """The network as it is drawn, or a step of its training."""
    looks = {"first": _("as it is drawn"), "trained": _("while it learns")}
    look = choose(_("Look at the network"), looks, "depth_look", "first", "segments", required=True)
    return _LOOKS[look](experiment, device)


def _untrained(experiment: Experiment, device: str) -> tuple[None, int]:
    return None, 0


def _trained(experiment: Experiment, device: str) -> tuple[Run, int]:
    rate = live_slider(_("learning rate"), "depth_rate", 0.1, LogScale(1e-4, 10.0, 0.05))
    epochs = live_slider(_("epochs"), "depth_epochs", 20, WholeScale(1, MOST_EPOCHS))
    training = replace(experiment.training, learning_rate=rate, epochs=int(epochs))
    run = run_of(replace(experiment, training=training), device)
    last = len(run) - 1
    link.forget_beyond("depth_at", last)
    if last == 0:
        return run, 0
    return run, int(live_slider(_("go to epoch"), "depth_at", last, WholeScale(0, last)))


_LOOKS: Mapping[str, Callable[[Experiment, str], tuple[Run | None, int]]] = MappingProxyType(
    {"first": _untrained, "trained": _trained}
)


def _last_hidden(seen: Seen) -> float:
    return float(seen.signals.std[-2])


def _show_task(seen: Seen) -> None:
    aim = AIMS[seen.aim]
    if aim.text:
        lesson.task(_(aim.text), _(aim.praise), done=_CHECKS[seen.aim](seen))


def _kept_size(seen: Seen) -> bool:
    deep = len(seen.experiment.network.layers) > AIMS[seen.aim].depth
    return deep and seen.step == 0 and WANTED[0] <= _last_hidden(seen) <= WANTED[1]


def _kept_slope(seen: Seen) -> bool:
    return _kept_size(seen) and float(seen.signals.flat[-2]) < _MOST_FLAT


def _revived(seen: Seen) -> bool:
    deep = len(seen.experiment.network.layers) > AIMS[seen.aim].depth
    alive = float(seen.signals.std[:-1].min()) > 0
    return deep and alive and seen.signals.dead_share < _MOST_DEAD


_CHECKS: Mapping[str, Callable[[Seen], bool]] = MappingProxyType(
    {"Identity": _kept_size, "Tanh": _kept_slope, "ReLU": _kept_size, "dead": _revived}
)


def _show_sizes(seen: Seen) -> None:
    found = seen.signals
    drawn = [
        Curve(_("activations: std"), found.std.tolist(), 0),
        Curve(_("from digit to digit"), found.row_std.tolist(), 3),
        Curve(_("gradients of the weights"), found.weight_gradient.tolist(), 1),
        Curve(_("gradients of the activations: std"), found.gradient_std.tolist(), 2),
    ]
    view(
        sizes(drawn, WANTED),
        key="depth_sizes",
        alt=_(
            "Activations have a standard deviation of {first} in layer 1, {last} at the end, of "
            "which {signal} goes from digit to digit."
        ).format(
            first=f"{found.std[0]:.4g}",
            last=f"{_last_hidden(seen):.4g}",
            signal=f"{found.row_std[-2]:.4g}",
        ),
    )
    st.caption(
        _(
            "Forwards the activations go from left to right, backwards the gradients from right "
            "to left. The band is from 0.5 to 2. Biases can keep the activations' size up, but "
            "they are the same for all digits: only what goes **from digit to digit** is signal."
        )
    )


def _show_spread(seen: Seen) -> None:
    st.subheader(_("How the activations are spread"), anchor=False)
    view(
        spread(seen.signals.histogram, REACH),
        key="depth_spread",
        alt=_("For each layer the share of its activations at each value from -3 to 3."),
    )


def _show_dead(seen: Seen) -> None:
    st.subheader(_("Dead units"), anchor=False)
    found = seen.signals
    view(
        shares(found.dead[:-1].tolist(), found.units[:-1].tolist()),
        key="depth_dead",
        alt=_("{share} of the hidden units are dead.").format(share=f"{found.dead_share:.1%}"),
    )


def _show_curve(seen: Seen) -> None:
    run = seen.run
    if run is None:
        return
    losses = run.losses.tolist()
    st.subheader(_("The loss on the way"), anchor=False)
    view(
        loss_curve(LossCurve(run.steps.tolist(), losses, seen.step, 1, run.diverged_at)),
        key="depth_curve",
        alt=_("Loss curve that ends at {loss}.").format(loss=f"{losses[-1]:.6f}"),
    )
