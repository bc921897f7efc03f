"""The controls, tasks and worked numbers of the lesson on one neuron. Its aim is either to look at
the tutorial's neuron or to make one that answers as a logic gate does."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from nnlab import gates
from nnlab.activations import ACTIVATIONS
from nnlab.figures import neuron as pictures
from nnlab.gates import GATES, SEPARABLE, answers, right
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.neuron import MOST_FEATURES, Evaluation, Neuron, code, draw, evaluate, formula
from nnlab.ui import lesson, link
from nnlab.ui.choice import choose
from nnlab.ui.slider import Scale, live_sliders
from nnlab.ui.view import view

SEED = "seed"
FIRST_GATE = Neuron((1.0, 1.0), (1.0, -1.0), 0.5)
"""Where the gates start: a neuron that is none of them."""

_NAMES = {
    SEED: N_("The tutorial's neuron"),
    "AND": N_("Make an AND"),
    "OR": N_("Make an OR"),
    "XOR": N_("Try an XOR"),
}
_SCALE = Scale(-5.0, 5.0, 0.01)
_BIT = Scale(0.0, 1.0, 0.01)
_LAST_SEED = 2**31 - 1
_SEEN = "neuron_seen"
_HONEST_TRY = 6
"""So many different rows of answers, and the best of them, must be seen before the reason is."""


@dataclass(frozen=True)
class Tally:
    """How far the learner came with a gate: the different rows of answers seen, and the most
    answers that were right in one of them."""

    seen: int
    best: int


@dataclass(frozen=True)
class GateTask:
    """What to make of the neuron, what to say then, and how many answers can be right."""

    text: str
    praise: str
    possible: int = 4


_TASKS = {
    "AND": GateTask(
        N_("Make it an AND: yes only where both features are 1."),
        N_("Only the corner (1, 1) is left on the side that the arrow points to."),
    ),
    "OR": GateTask(
        N_("Make it an OR: yes where at least one feature is 1."),
        N_("Only the corner (0, 0) is left behind. From an AND you get here with the bias alone."),
    ),
    "XOR": GateTask(
        N_("Try to make it an XOR: yes where exactly one feature is 1."),
        N_(
            "You have found out that it can't be done: 3 of 4 is the best. Add the sums z of two "
            "opposite corners: z(0, 1) + z(1, 0) and z(0, 0) + z(1, 1) are both w₁ + w₂ + 2b, "
            "always the same. XOR wants the first above 0 and the second not. Lesson 3 shows "
            "what a second layer changes."
        ),
        possible=3,
    ),
}


def choose_aim() -> str:
    """The tutorial's neuron, or the name of a gate."""
    aims = {aim: _(_NAMES[aim]) for aim in (SEED, *GATES)}
    chosen = choose(_("What do you want to do?"), aims, "neuron_aim", default=SEED, required=True)
    return chosen or SEED


def choose_start(aim: str) -> Neuron:
    """The neuron before a slider is moved: the gates' or the tutorial's own, and its activation."""
    link.keep(_SEEN)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = FIRST_GATE if aim in GATES else _drawn(_keys(SEED))
        activation = st.selectbox(
            _("activation"),
            list(ACTIVATIONS),
            list(ACTIVATIONS).index("Sigmoid"),
            key="neuron_activation",
            bind="query-params",
            width=160,
        )
    return replace(start, activation=activation)


def explore(aim: str, start: Neuron) -> Neuron:
    """A slider for each number of the neuron, and the pictures that move with it."""
    controls, sights = st.columns([2, 3], gap="large")
    with controls:
        neuron = _slide(aim, start)
        evaluation = evaluate(neuron)
        task(aim, neuron, evaluation)
    drawn = summed = sights
    if len(neuron.features) == 2:
        drawn, summed = st.columns(2, gap="large")
        with sights:
            _show_plane(aim, neuron, evaluation)
    with drawn:
        _show_products(neuron, evaluation)
    with summed:
        _show_sum(neuron, evaluation)
    bent, worked = st.columns(2, gap="large")
    with bent:
        _show_curve(neuron, evaluation)
    with worked:
        lesson.numbers(calculation(neuron, evaluation))
    return neuron


def tell(neuron: Neuron) -> None:
    """The formula and the program of what is on the screen."""
    lesson.formula(formula(neuron))
    lesson.code(code(neuron))


def _show_plane(aim: str, neuron: Neuron, evaluation: Evaluation) -> None:
    st.subheader(_("The plane of its two features"), anchor=False)
    view(
        pictures.feature_plane(neuron, evaluation, GATES.get(aim, ())),
        key="neuron_plane",
        alt=_("Plane of the two features, shaded by the output, with the undecided line."),
    )
    st.caption(
        _(
            "On the thick line z is 0: there the neuron is undecided. On the side that the arrow "
            "points to z is above 0, and that counts as a yes. The arrow is made of the two "
            "weights and stands at a right angle to the line. Weights turn the line, and larger "
            "ones make the shade change faster; the bias shifts it. The cross is where the "
            "features are now."
        )
    )


def _show_products(neuron: Neuron, evaluation: Evaluation) -> None:
    st.subheader(_("Each product on its edge"), anchor=False)
    view(
        pictures.products_on_edges(neuron, evaluation),
        key="neuron_diagram",
        alt=_("Diagram of a neuron whose output is {y}.").format(
            y=f"{evaluation.output.item():.4f}"
        ),
    )


def _show_sum(neuron: Neuron, evaluation: Evaluation) -> None:
    st.subheader(_("The sum, term by term"), anchor=False)
    z = evaluation.pre_activation.item()
    view(
        pictures.sum_by_terms(neuron, evaluation),
        key="neuron_sum",
        alt=_("Bars that add up to the sum z = {z}.").format(z=f"{z:.4f}"),
    )


def _show_curve(neuron: Neuron, evaluation: Evaluation) -> None:
    st.subheader(_("The activation bends it"), anchor=False)
    z, y = evaluation.pre_activation.item(), evaluation.output.item()
    view(
        pictures.operating_point(neuron, evaluation),
        key="neuron_curve",
        alt=_("Activation curve: z = {z} gives y = {y}.").format(z=f"{z:.4f}", y=f"{y:.4f}"),
    )


def predict(aim: str) -> None:
    """Ask before the answer is seen: what a weight does, or what the bias does."""
    if aim in GATES:
        lesson.predict(
            "neuron_shift",
            _("the neuron answers yes on one side of a line. What does the bias do to that line?"),
            {"turns": _("It turns it"), "shifts": _("It shifts it"), "both": _("Both")},
            right="shifts",
            because=_(
                "The weights alone say in which direction the line runs. The bias moves it along "
                "the arrow without turning it. Try both below."
            ),
        )
    else:
        lesson.predict(
            "neuron_raise",
            _("you raise one weight a little. What does the output do?"),
            {
                "rises": _("It rises"),
                "falls": _("It falls"),
                "depends": _("It depends on the feature"),
            },
            right="depends",
            because=_(
                "The weight is multiplied by its feature: raise it and the product rises where "
                "the feature is positive, falls where it is negative, and stays where it is 0. "
                "Try it below."
            ),
        )


def task(aim: str, neuron: Neuron, evaluation: Evaluation) -> None:
    """What to bring about with these controls."""
    if aim in GATES:
        _answer(aim, neuron)
    else:
        _balance(evaluation)


def calculation(neuron: Neuron, evaluation: Evaluation) -> str:
    """The sum row by row, as Markdown: figures under figures, narrow enough for a phone."""
    values = zip(neuron.features, neuron.weights, evaluation.products[0].tolist(), strict=True)
    z, y = evaluation.pre_activation.item(), evaluation.output.item()
    rows = [
        f"x{place}·w{place} {x:9.4f} × {w:7.4f} = {product:8.4f}"
        for place, (x, w, product) in enumerate(values, start=1)
    ]
    sums = [("b", neuron.bias), ("z", z), (f"y = {neuron.activation}(z)", y)]
    lines = "\n".join([*rows, *(f"{name:<27}{value:9.4f}" for name, value in sums)])
    return f"```text\n{lines}\n```"


def _keys(group: str) -> tuple[str, ...]:
    return tuple(f"neuron_{group}_{part}" for part in ("features", "weights", "bias"))


def _drawn(keys: tuple[str, ...]) -> Neuron:
    """The tutorial's neuron, drawn by torch.randn from the seed number."""
    n = st.number_input(
        _("features (n)"),
        min_value=1,
        max_value=MOST_FEATURES,
        value=5,
        key="neuron_n",
        bind="query-params",
        on_change=link.forget,
        args=keys,
        width=130,
    )
    seed = st.number_input(
        _("seed number"),
        min_value=0,
        max_value=_LAST_SEED,
        value=7,
        help=_("torch.manual_seed with this number, then the tutorial's lines, draw the same."),
        key="neuron_seed",
        bind="query-params",
        on_change=link.forget,
        args=keys,
        width=130,
    )
    st.button(_("New random numbers"), icon=":material/casino:", on_click=_redraw, args=keys)
    return draw(n, seed)


def _slide(aim: str, start: Neuron) -> Neuron:
    """The neuron as the sliders have it."""
    keys, scale = _keys("gate" if aim in GATES else SEED), _BIT if aim in GATES else _SCALE
    places = range(len(start.features))
    features = live_sliders(
        [_("feature {number}").format(number=place + 1) for place in places],
        keys[0],
        start.features,
        scale,
        parts=[f"x{place}" for place in places],
    )
    weights = live_sliders(
        [_("weight {number}").format(number=place + 1) for place in places],
        keys[1],
        start.weights,
        _SCALE,
        parts=[f"w0.0.{place}" for place in places],
    )
    (bias,) = live_sliders([_("bias")], keys[2], (start.bias,), _SCALE, parts=["b0.0"])
    return Neuron(features, weights, bias, start.activation)


def _redraw(*keys: str) -> None:
    st.session_state["neuron_seed"] = (st.session_state["neuron_seed"] + 1) % _LAST_SEED
    link.forget(*keys)


def _balance(evaluation: Evaluation) -> None:
    z, y = evaluation.pre_activation.item(), evaluation.output.item()
    lesson.task(
        _("Bring the sum z to 0, within 0.01, with any slider. Where on its curve is it then?"),
        _("At z = {z} the neuron is undecided: y = {y}.").format(z=f"{z:.3f}", y=f"{y:.3f}"),
        done=abs(z) <= 0.01,
    )


def _answer(gate: str, neuron: Neuron) -> None:
    wanted, tally = _TASKS[gate], _count(gate, neuron)
    now = right(answers(neuron), gate)
    lesson.task(
        _(wanted.text),
        _(wanted.praise),
        done=now == 4 or (tally.best == wanted.possible < 4 and tally.seen >= _HONEST_TRY),
    )
    st.caption(
        _(
            "Right now {now} of 4 answers are right. Best so far: {best} of 4. You have "
            "seen {seen} of the {possible} different rows of answers that one neuron can give."
        ).format(now=now, best=tally.best, seen=tally.seen, possible=SEPARABLE)
    )


def _count(gate: str, neuron: Neuron) -> Tally:
    """Add the neuron's answers to those seen so far, which the link keeps once a slider is let
    go of."""
    seen = gates.read(link.read(_SEEN)) | {answers(neuron)}
    link.hold(_SEEN, gates.written(seen))
    if link.settled():
        link.keep(_SEEN)
    return Tally(len(seen), max(right(row, gate) for row in seen))
