"""The terrains, the ball and the tasks of the lesson on loss surfaces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from types import MappingProxyType

import streamlit as st
import torch
from torch import Tensor

from nnlab import parts
from nnlab.experiment import Experiment
from nnlab.figures.landscape import Arrows, Ground, Mark, Trail, contours, relief
from nnlab.figures.loss import LossCurve, loss_curve
from nnlab.figures.palette import QUIET
from nnlab.landscape import SIZE, Landscape, Surface, starting_at
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.language import sentences
from nnlab.scripts.landscape import RECIPES
from nnlab.scripts.landscape import script as program
from nnlab.slices import SLICES, Cut, Slice
from nnlab.terrains import TERRAINS, is_neuron
from nnlab.training import Run
from nnlab.ui import lesson, link
from nnlab.ui.choice import choose
from nnlab.ui.controls import choose_seed
from nnlab.ui.runs import run_of
from nnlab.ui.shelf import Shelf
from nnlab.ui.slider import LogScale, Scale, WholeScale, form, live_slider, live_sliders
from nnlab.ui.take_away import Look, Taken, take_away
from nnlab.ui.view import view

PICK = "surface_pick"
ARROWS = 11
MOST_SURFACES = 64
LONG_SECONDS = 0.5
"""What takes longer shows its progress."""
_REACH = 5.0
"""How far the picture of a neuron goes from 0."""
_NEURON_BALL, _SHARE_BALL = (-3.0, 3.0), (-0.6, 0.6)

_TERRAINS = {
    "line": N_("One neuron: a straight line"),
    "groups": N_("One neuron: two groups"),
    "hinge": N_("One neuron: ReLU"),
    "xor": N_("Network: XOR, 9 parameters"),
    "tutorial": N_("Network: the tutorial's, 61 parameters"),
}
_KINDS = {
    "random": N_("two random directions"),
    "main": N_("main directions of the path"),
    "pair": N_("two parameters"),
}


@dataclass(frozen=True, eq=False)
class Seen:
    """What is on the screen: the slice of the run, the surface over it, where the ball lies and
    the run that begins there; a ball that does not roll makes one step of it."""

    run: Run
    cut: Cut
    over: Slice
    land: Landscape
    surface: Surface
    place: Tensor
    rolls: bool
    rolled: Run

    @property
    def lowest(self) -> float:
        return float(self.surface.losses.nan_to_num(torch.inf).min())

    @property
    def ball_loss(self) -> float:
        return float(self.rolled.losses[0])

    @property
    def ball_gradient(self) -> Tensor:
        return self.rolled.gradients[0]


def choose_start() -> Experiment:
    """The terrain, and the seed of the first weights."""
    names = {name: _(text) for name, text in _TERRAINS.items()}
    chosen = choose(_("What is learned?"), names, "surface_terrain", "line", "list", width=340)
    return replace(TERRAINS[chosen], seed=choose_seed("surface", first=TERRAINS[chosen].seed))


def explore(start: Experiment, device: str) -> Seen:
    """Choose the slice, place the ball, let it roll: the pictures and the numbers follow."""
    controls, sights = st.columns([2, 3], gap="large")
    with controls:
        seen = _look(run_of(_slide(start), device), device)
        _show_tasks(seen)
    with sights:
        step = _choose_step(seen)
        _show_ground(seen, step)
        st.caption(_said(seen))
    left, right = st.columns(2, gap="large")
    with left:
        lesson.numbers(worked(seen))
    with right:
        said = _("The loss on the ball's way") if seen.rolls else _("The loss on the run's way")
        st.subheader(said, anchor=False)
        _show_curve(seen, step)
    return seen


def tell(seen: Seen) -> None:
    """The formula and the program of what is on the screen."""
    lesson.formula(formula(seen.run.experiment))
    lesson.code(script(seen))
    take_away(_taken(seen))


def _taken(seen: Seen) -> Taken:
    """The network where the ball lies, and its way from there."""
    return Taken("surface", lambda: Look.at(seen.rolled, 0))


def formula(experiment: Experiment) -> str:
    """The loss as a function of the two numbers that the picture shows."""
    if is_neuron(experiment):
        return r"L(w, b) = \frac{1}{n}\sum_{i=1}^{n} (f(w x_i + b) - y_i)^2"
    return (
        r"L(a, b) = L(\theta^* + a\,\delta + b\,\eta), \qquad"
        r"\frac{\partial L}{\partial a} = \delta \cdot \nabla L, \quad"
        r"\frac{\partial L}{\partial b} = \eta \cdot \nabla L"
    )


def script(seen: Seen) -> str:
    """The program that prints the numbers of the ball."""
    cut = seen.cut
    recipe = RECIPES[cut.kind].format(first=cut.first, second=cut.second, seed=cut.seed)
    a, b = seen.place.tolist()
    return program(seen.run.experiment, recipe, (a, b))


def worked(seen: Seen) -> str:
    """The ball's numbers, and its next step."""
    a, b = seen.place.tolist()
    first, second = _names(seen)
    slopes = seen.over.along(seen.ball_gradient[None])[0].tolist()
    lines = [
        _("The ball lies at {first} = {a}, {second} = {b}, where the loss is **{loss}**."),
        _("Its slope there is **{da}** per unit of {first} and **{db}** per unit of {second}."),
        _("All {count} parameters together: the length of the gradient is {norm}."),
    ]
    rate = seen.run.experiment.training.learning_rate
    values = {
        "first": first,
        "second": second,
        "a": f"{a:.4f}",
        "b": f"{b:.4f}",
        "loss": f"{seen.ball_loss:.6f}",
        "da": f"{slopes[0]:.6f}",
        "db": f"{slopes[1]:.6f}",
        "count": len(seen.ball_gradient),
        "norm": f"{float(seen.ball_gradient.norm()):.6f}",
    }
    text = "\n\n".join(line.format(**values) for line in lines)
    return text + _next_step(seen, slopes, rate)


def _next_step(seen: Seen, slopes: list[float], rate: float) -> str:
    """The next step as a sum; with directions that are not orthonormal there is no such sum."""
    if len(seen.rolled) < 2:
        return ""
    after = seen.over.project(seen.rolled.parameters[1:2])[0].tolist()
    rows = [
        f"{name}: {old:8.4f} - {rate:g} × {slope:9.5f} = {new:8.4f}"
        for name, old, slope, new in zip(
            _names(seen), seen.place.tolist(), slopes, after, strict=True
        )
    ]
    if seen.cut.kind == "random":
        rows = [f"{name}: {new:8.4f}" for name, new in zip(_names(seen), after, strict=True)]
    loss = _("loss after this step: {loss}").format(loss=f"{float(seen.rolled.losses[1]):.6f}")
    lines = "\n".join([_("the next step"), *rows, loss])
    return f"\n\n```text\n{lines}\n```"


def _slide(start: Experiment) -> Experiment:
    training = start.training
    rate = live_slider(
        _("learning rate"), "surface_rate", training.learning_rate, LogScale(1e-3, 100.0, 0.05)
    )
    epochs = live_slider(_("steps"), "surface_steps", training.epochs, WholeScale(1, 300))
    return replace(start, training=replace(training, learning_rate=rate, epochs=int(epochs)))


def _choose_cut(run: Run) -> Cut:
    """Of a neuron there is only the one plane of its weight and its bias."""
    if is_neuron(run.experiment):
        return Cut("pair")
    kinds = {name: _(text) for name, text in _KINDS.items()}
    kind = choose(_("The picture shows the plane of"), kinds, "surface_slice", "random", "list")
    return _SETTINGS[kind](run)


def _main_cut(run: Run) -> Cut:
    return Cut("main")


def _random_cut(run: Run) -> Cut:
    seed = live_slider(_("seed of the directions"), "surface_seed2", 0, WholeScale(0, 99))
    return Cut("random", seed=int(seed))


def _pair_cut(run: Run) -> Cut:
    names = {name: name for name in parts.names(run.experiment.sizes)}
    places = list(names)
    with st.container(horizontal=True):
        first = choose(_("across"), names, "surface_first", places[0], "list", width=130)
        second = choose(_("upwards"), names, "surface_second", places[-1], "list", width=130)
    one, other = places.index(first), places.index(second)
    return Cut("pair", one, other if other != one else (one + 1) % len(places))


_SETTINGS: Mapping[str, Callable[[Run], Cut]] = MappingProxyType(
    {"main": _main_cut, "random": _random_cut, "pair": _pair_cut}
)


def _over(run: Run, cut: Cut) -> Slice:
    """The slice; the picture of a neuron always shows the same square."""
    over = SLICES[cut.kind](run, cut)
    if not is_neuron(run.experiment):
        return over
    ends = torch.full((2,), _REACH, dtype=torch.float64)
    return replace(over, low=-ends, high=ends)


def _place_ball(run: Run, over: Slice) -> Tensor:
    """Two sliders, or a click on the ground: for a neuron its weight and bias themselves, else how
    far from the middle of the picture, -1 to 1."""
    neuron = is_neuron(run.experiment)
    key = "surface_ball" if neuron else "surface_share"
    default = _NEURON_BALL if neuron else _SHARE_BALL
    scale = Scale(-_REACH, _REACH, 0.01) if neuron else Scale(-1.0, 1.0, 0.01)
    middle, half = (over.low + over.high) / 2, (over.high - over.low) / 2
    _take_pick(key, default, scale)
    labels = ("w", "b") if neuron else (_("ball across"), _("ball upwards"))
    values = torch.tensor(live_sliders(labels, key, default, scale), dtype=torch.float64)
    return values if neuron else middle + values * half


def _take_pick(key: str, default: tuple[float, float], scale: Scale) -> None:
    """A click on cell "at<row>.<column>" puts the ball there."""
    row, dot, column = str(st.session_state.pop(PICK, None) or "").removeprefix("at").partition(".")
    if dot and row.isdecimal() and column.isdecimal():
        steps = [2 * min(int(cell), SIZE - 1) / (SIZE - 1) - 1 for cell in (column, row)]
        picked = [round(step * scale.maximum, 3) for step in steps]
        link.write(key, form(picked, default))


def _look(run: Run, device: str) -> Seen:
    """The slice and the ball that are chosen, and the ball's run: one step of it while it rests."""
    cut = _choose_cut(run)
    over = _over(run, cut)
    place = _place_ball(run, over)
    land = Landscape(run.experiment, run.module())
    surface = _surface(land, over, (run.experiment, cut))
    rolls = _choose_roll() == "rolls"
    start = starting_at(run.experiment, over.lift(place[None])[0])
    epochs = start.training.epochs if rolls else 1
    rolled = run_of(replace(start, training=replace(start.training, epochs=epochs)), device)
    return Seen(run, cut, over, land, surface, place, rolls, rolled)


def _surface(land: Landscape, over: Slice, asked: tuple[Experiment, Cut]) -> Surface:
    """A surface stays while the ball is moved."""
    surface = _shelf().get(asked)
    if surface is None:
        surface = whole(land.surface_gradually(over))
        _shelf().put(asked, surface)
    return surface


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf[tuple[Experiment, Cut], Surface]:
    return Shelf(MOST_SURFACES)


def whole(parts: Iterable[Surface]) -> Surface:
    """The last of a surface's parts. One that takes long shows its progress, and Streamlit stops it
    there when a newer run waits."""
    began, bar = monotonic(), None
    for surface in parts:
        if bar is None and monotonic() - began < LONG_SECONDS:
            continue
        said = _("surface: {share}").format(share=f"{surface.share:.0%}")
        bar = bar or st.progress(0.0)
        bar.progress(surface.share, said)
    if bar is not None:
        bar.empty()
    return surface


def _choose_roll() -> str:
    ways = {"rests": _("Rests"), "rolls": _("Let it roll")}
    return choose(_("The ball"), ways, "surface_roll", "rests", "segments", required=True)


def _choose_step(seen: Seen) -> int:
    last = max(len(seen.run), len(seen.rolled)) - 1
    link.forget_beyond("surface_at", last)
    if last == 0:
        return 0
    return int(live_slider(_("go to step"), "surface_at", last, WholeScale(0, last)))


def _names(seen: Seen) -> tuple[str, str]:
    """What the two numbers are called."""
    if seen.cut.kind != "pair":
        return "a", "b"
    names = parts.names(seen.run.experiment.sizes)
    if is_neuron(seen.run.experiment):
        return "w", "b"
    return names[seen.cut.first], names[seen.cut.second]


def _show_ground(seen: Seen, step: int) -> None:
    looks = {"contours": _("From above"), "relief": _("From the side")}
    look = choose(_("Look at it"), looks, "surface_look", "contours", "segments", required=True)
    surface = seen.surface
    ground = Ground(surface.first, surface.second, surface.losses, _names(seen))
    a, b = seen.place.tolist()
    ball = Mark(_("ball"), a, b, seen.ball_loss)
    trails = [replace(_trail(seen, seen.run, _("the run"), step), color=QUIET, dash="dash")]
    if seen.rolls:
        trails.append(_trail(seen, seen.rolled, _("from the ball"), step))
    alt = _("The loss over {first} and {second}; the ball lies where it is {loss}.").format(
        first=_names(seen)[0], second=_names(seen)[1], loss=f"{seen.ball_loss:.6f}"
    )
    if look == "relief":
        view(relief(ground, trails, [ball]), key="surface_relief", alt=alt)
    else:
        picture = contours(ground, trails, [ball], _arrows(seen))
        view(picture, key="surface_contours", alt=alt, pick=PICK)


def _arrows(seen: Seen) -> Arrows:
    over = seen.over
    inset = (over.high - over.low) / (2 * ARROWS)
    places = replace(over, low=over.low + inset, high=over.high - inset).grid(ARROWS)
    return Arrows(places, seen.land.slopes(over, places), float(1.6 * inset[0]))


def _trail(seen: Seen, run: Run, name: str, step: int) -> Trail:
    first, second = seen.over.project(run.parameters).T.tolist()
    moments = [f"s{number}" for number in run.steps.tolist()]
    return Trail(name, first, second, run.losses.tolist(), run.moment(step), parts=moments)


def _show_curve(seen: Seen, step: int) -> None:
    run = seen.rolled if seen.rolls else seen.run
    curve = LossCurve(run.steps.tolist(), run.losses.tolist(), step, diverged_at=run.diverged_at)
    last = f"{float(run.losses[-1]):.6f}"
    view(
        loss_curve(curve),
        key="surface_curve",
        alt=_("Loss curve that ends at {loss}.").format(loss=last),
    )
    if run.diverged_at is not None:
        st.warning(
            _("The loss diverged at step {step}: the steps are too large.").format(
                step=run.diverged_at
            ),
            icon=":material/trending_up:",
        )


def _said(seen: Seen) -> str:
    """What is seen, and what is not."""
    arrows = _(
        "Dashed: the run; solid: the ball's own. Arrows point downhill, against the gradient. "
        "Click the ground to place the ball."
    )
    if is_neuron(seen.run.experiment):
        whole = _("This is the whole landscape: nothing is left out.")
        return sentences(whole, arrows)
    left_out = seen.over.left_out(seen.run.parameters)
    slice_of = _(
        "A slice of {count} dimensions. It leaves out {share} of the run's movement (of its "
        "squared distances from the end): there the path runs above or below this picture, and "
        "its losses are not the picture's."
    ).format(count=seen.run.experiment.n_parameters, share=f"{left_out:.1%}")
    biases = _("Along random directions the biases stay as they are.")
    return sentences(slice_of, biases if seen.cut.kind == "random" else "", arrows)


def _show_tasks(seen: Seen) -> None:
    tasks = [_slice_task] if not is_neuron(seen.run.experiment) else [_reach_task, _stuck_task]
    for each in tasks:
        each(seen)


def _reach_task(seen: Seen) -> None:
    best = float(seen.rolled.losses[:11].min())
    lesson.task(
        _("Let the ball come within 1% of the lowest loss on the picture in 10 steps or fewer."),
        _("Steps that fit the bend of the valley arrive fast; too small ones crawl."),
        done=best <= 1.01 * seen.lowest,
    )


def _stuck_task(seen: Seen) -> None:
    steep = float(seen.ball_gradient.norm())
    lesson.task(
        _(
            "Find a place where the loss is more than twice the lowest and yet the gradient is "
            "shorter than 0.001, so that the ball stays. (The bowl of the straight line has none: "
            "take the neuron with ReLU or the one with two groups.)"
        ),
        _("A plateau: the gradient knows only the slope under the ball, not where the bottom is."),
        done=steep < 0.001 and seen.ball_loss > 2 * seen.lowest,
    )


def _slice_task(seen: Seen) -> None:
    lesson.task(
        _("Find a slice that leaves out less than 5% of the run's movement."),
        _("The path turns little: two directions hold nearly all of it. Random ones hold none."),
        done=seen.over.left_out(seen.run.parameters) < 0.05,
    )
    lesson.task(
        _("Place the ball so that its run ends at more than three times the first run's loss."),
        _("Another start, another valley: which one a run finds depends on where it begins."),
        done=seen.rolls and float(seen.rolled.losses[-1]) > 3 * float(seen.run.losses[-1]),
    )
