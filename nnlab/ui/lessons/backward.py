"""The controls, the debugger and the tasks of the lesson on gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

import streamlit as st

from nnlab.arithmetic import number
from nnlab.edits import interventions
from nnlab.engines.selection import REFERENCE
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.figures.backward import Moment, backward_diagram
from nnlab.figures.drawing import layer_names, names
from nnlab.figures.graph import graph_figure
from nnlab.gradients.activations import DERIVATIVES
from nnlab.gradients.chain_rule import BackwardPass, backward_pass
from nnlab.gradients.comparison import AGREE, CURVED, FLOAT32, KINK, Comparison, compare
from nnlab.gradients.graph import Node, graph, responsible
from nnlab.gradients.losses import LOSS_DERIVATIVES
from nnlab.gradients.tasks import drawn_rows, silent_units, went_downhill
from nnlab.gradients.walk import Operation, Walk, walk
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.losses import LOSSES
from nnlab.network import begin, locate
from nnlab.registry import Choice
from nnlab.scripts.backward import Line, listing, script
from nnlab.training import STEPS, train
from nnlab.ui import lesson, link
from nnlab.ui.choice import choose
from nnlab.ui.controls import choose_activation, choose_seed, count
from nnlab.ui.parts import change_part, choose_part, read_edits, undo_buttons
from nnlab.ui.slider import LogScale, Scale, WholeScale, live_slider, live_sliders, parse
from nnlab.ui.take_away import Look, Taken, take_away
from nnlab.ui.view import view

PAGE, AT = "backward", "backward_at"
MOST_ROWS = 4
SEED = 18
_FEATURES = Scale(-5.0, 5.0, 0.01)
_ENDS = MappingProxyType(
    {"BCELoss": "Sigmoid", "BCEWithLogitsLoss": "Identity", "CrossEntropyLoss": "Identity"}
)
"""Losses that go with one last activation only."""
_CLASSES = MappingProxyType({"BCELoss": 2, "BCEWithLogitsLoss": 2, "CrossEntropyLoss": 3})
_OUTPUTS = MappingProxyType({"CrossEntropyLoss": 3})

_SAID = MappingProxyType(
    {
        "zero": N_("What an earlier backward() left in `.grad` is thrown away."),
        "z": N_("The unit adds up what comes in, each times its weight, and its bias."),
        "a": N_("The activation bends the sum. That is what the unit passes on."),
        "term": N_("How far off this row is."),
        "loss": N_("The loss is the mean over all rows: one number for the whole batch."),
        "da": N_("How the loss changes if this output grows a little: the **upstream** gradient."),
        "slope": N_("The **local** derivative: how steep the activation is at this sum."),
        "dz": N_("Upstream times local: that is the chain rule."),
        "dw": N_("The gradient of the sum times what came in along this weight."),
        "db": N_("A bias comes in as it is, so it gets the gradient of the sum."),
        "update": N_("A step against the gradient. Only here does a number of the network move."),
    }
)
_REASONS = MappingProxyType(
    {
        AGREE: N_("they agree"),
        KINK: N_("a kink"),
        FLOAT32: N_("rounding in float32"),
        CURVED: N_("a steep curve"),
    }
)
_EXPLAINED = MappingProxyType(
    {
        KINK: N_(
            "**A kink:** a ReLU (or |ŷ - y|) stands exactly where it bends. There is no one slope "
            "there: PyTorch takes 0, while the finite difference moves to both sides and gives the "
            "middle of two slopes."
        ),
        FLOAT32: N_(
            "**Rounding in float32:** the numbers keep about 7 digits, and where large ones nearly "
            "cancel, few are left. The same backward() in float64 agrees with the difference."
        ),
        CURVED: N_(
            "**A steep curve:** over the distance of the finite difference the loss bends so much "
            "that it is not a straight line. The derivative is right, the difference is not."
        ),
    }
)

_TURNS = MappingProxyType(
    {"back": (":material/skip_previous:", "B"), "next": (":material/skip_next:", "N")}
)


@dataclass(frozen=True, eq=False)
class Seen:
    """What is on the screen: a backward pass and the operation one stands at."""

    told: BackwardPass
    operation: Operation


@lru_cache(maxsize=64)
def _told(experiment: Experiment) -> BackwardPass:
    return backward_pass(experiment)


@lru_cache(maxsize=64)
def _compared(experiment: Experiment) -> Comparison:
    return compare(_told(experiment))


@lru_cache(maxsize=64)
def _noted(experiment: Experiment) -> tuple[Node, ...]:
    return graph(experiment)


def choose_network() -> Experiment:
    """The shape of a small network, its activation, the loss, and how many rows there are."""
    kept = [f"{PAGE}_{letter}{row}" for row in range(MOST_ROWS) for letter in "xy"]
    seed = choose_seed(PAGE, f"{PAGE}_edits", AT, *kept, first=SEED)
    with st.expander(_("Shape of the network"), icon=":material/account_tree:"):
        with st.container(horizontal=True):
            rows = count(_("rows in the batch"), f"{PAGE}_rows", (1, MOST_ROWS), 1)
            inputs = count(_("inputs"), f"{PAGE}_inputs", (1, 4), 2)
            hidden = count(_("hidden layers"), f"{PAGE}_hidden", (0, 3), 1)
            units = count(_("units in each"), f"{PAGE}_units", (1, 4), 2)
        with st.container(horizontal=True):
            loss = st.selectbox(
                _("loss"), list(LOSSES), key=f"{PAGE}_loss", bind="query-params", width=220
            )
            inner = _hidden_activation()
            end = _last_activation(loss)
    classes = _CLASSES.get(loss, 0)
    layers = (*[Layer(units, inner)] * hidden, Layer(_OUTPUTS.get(loss, 1), end))
    points = (("classes", classes), ("rows", drawn_rows(seed, rows, inputs, classes)))
    return Experiment(
        Data(Choice("points", points)),
        Network(layers, Choice("randn")),
        Training(loss=Choice(loss), epochs=1),
        seed,
    )


def _hidden_activation() -> Choice:
    chosen = st.selectbox(
        _("hidden activation"),
        list(DERIVATIVES),
        key=f"{PAGE}_activation",
        bind="query-params",
        width=200,
    )
    return Choice(chosen)


def _last_activation(loss: str) -> Choice:
    if loss not in _ENDS:
        return choose_activation(layer_names(1)[0], f"{PAGE}_end")
    text = _("{loss} goes with the last activation {name}.").format(loss=loss, name=_ENDS[loss])
    st.caption(text)
    return Choice(_ENDS[loss])


def explore(drawn: Experiment) -> Seen:
    """Walk through the step, change any number, and see code, picture and arithmetic follow."""
    picked = st.session_state.get(f"{PAGE}_pick")
    sights, controls = st.columns([3, 2], gap="large")
    with controls:
        experiment, row = _change(drawn)
    told = _told(experiment)
    walked = walk(told, row, names(experiment.sizes))
    _follow(picked, walked)
    with sights:
        moment = Moment(told, walked, row, _choose_operation(walked))
        _show_network(moment)
    operation = walked.operations[moment.at]
    coded, noted = st.columns(2, gap="large")
    with coded:
        st.subheader(_("The line at work"), anchor=False)
        st.code(code_at(listing(experiment), operation), language=None)
        lesson.numbers(arithmetic(operation, _compared(experiment)))
    with noted:
        _show_graph(experiment, operation)
    show_comparison(_compared(experiment))
    return Seen(told, operation)


def tell(seen: Seen) -> None:
    """The tasks, the formula and the program of what is on the screen."""
    show_tasks(seen)
    lesson.formula(formula(seen.told.experiment))
    lesson.code(script(seen.told.experiment))
    take_away(_taken(seen))


def _taken(seen: Seen) -> Taken:
    """The network on the screen, before its first update."""
    return Taken("backward", lambda: Look.at(train(seen.told.experiment, engine=REFERENCE), 0))


def _change(drawn: Experiment) -> tuple[Experiment, int]:
    """The experiment with the numbers that the learner has set, and the row to look at."""
    st.subheader(_("Change a number"), anchor=False)
    part = choose_part(PAGE, drawn.sizes)
    parameter, index = locate(begin(drawn).module, part.id)
    edits = read_edits(PAGE, drawn.sizes)
    edits = change_part(PAGE, part, parameter[index].item(), edits)
    undo_buttons(PAGE, edits, drawn.sizes)
    row = _choose_row(drawn.data.n_samples)
    rows = _change_rows(drawn, row)
    rate = live_slider(_("learning rate"), f"{PAGE}_rate", 0.1, LogScale(1e-3, 10.0, 0.05))
    classes = drawn.data.classes
    changed = replace(
        drawn,
        data=Data(Choice("points", (("classes", classes), ("rows", rows)))),
        training=replace(drawn.training, learning_rate=rate),
        interventions=interventions(edits),
    )
    return changed, row


def _choose_row(n_rows: int) -> int:
    if n_rows == 1:
        return 0
    rows = {str(row): _("row {number}").format(number=row + 1) for row in range(n_rows)}
    return int(choose(_("Look at"), rows, f"{PAGE}_row", "0", "segments", required=True))


def _change_rows(drawn: Experiment, shown: int) -> tuple[tuple[float, ...], ...]:
    """Sliders for the features and the target of the row that is looked at; the other rows are as
    they were set."""
    starts = dict(drawn.data.source.options)["rows"]
    (labels, *_rest), classes = names(drawn.sizes), drawn.data.classes
    target = WholeScale(0, classes - 1) if classes else _FEATURES
    rows = []
    for row, (*features, start) in enumerate(starts):
        x_key, y_key = f"{PAGE}_x{row}", f"{PAGE}_y{row}"
        if row == shown:
            parts = [f"x{place}" for place in range(len(labels))]
            x = live_sliders(labels, x_key, features, _FEATURES, parts)
            y = live_slider(_("target y"), y_key, start, target)
        else:
            x, _faults = parse(link.read(x_key), features, _FEATURES)
            (y,), _faults = parse(link.read(y_key), (start,), target)
        rows.append((*x, y))
    return tuple(rows)


def _follow(picked: str | None, walked: Walk) -> None:
    """A click on a part goes to where it is computed in the step of the loop that is shown."""
    if not picked:
        return
    at = min(link.count(AT) or 0, len(walked) - 1)
    place = walked.about(picked, walked.operations[at].step)
    if place is not None:
        _go(place)


def _go(place: int) -> None:
    link.write(AT, str(place) if place else "")


def _choose_operation(walked: Walk) -> int:
    """The slider over all operations, the steps of the loop, and a button to either side.
    Keys: N for the next operation, B for the one before."""
    last = len(walked) - 1
    link.forget_beyond(AT, last)
    steps = st.container()
    at = int(live_slider(_("operation"), AT, 0, WholeScale(0, last)))
    with steps:
        _choose_step(walked, at)
    with st.container(horizontal=True, vertical_alignment="center"):
        _turn("back", _("Back"), at - 1, last)
        _turn("next", _("Next"), at + 1, last)
        st.caption(_("operation {at} of {count}").format(at=at + 1, count=last + 1))
    return at


def _choose_step(walked: Walk, at: int) -> None:
    """One row for the five steps: its place keeps the keyboard's focus while the step changes."""
    key = f"{PAGE}_step"
    st.session_state[key] = walked.operations[at].step
    st.segmented_control(
        _("step of the loop"),
        STEPS,
        key=key,
        required=True,
        wrap=True,
        label_visibility="collapsed",
        on_change=_go_to_step,
        args=(walked, key),
    )


def _go_to_step(walked: Walk, key: str) -> None:
    if (step := st.session_state[key]) in STEPS:
        _go(walked.first(step))


def _turn(name: str, label: str, place: int, last: int) -> None:
    icon, shortcut = _TURNS[name]
    st.button(
        label,
        key=f"{PAGE}_{name}",
        icon=icon,
        shortcut=shortcut,
        disabled=not 0 <= place <= last,
        on_click=_go,
        args=(place,),
    )


def _show_network(moment: Moment) -> None:
    operation = moment.walk.operations[moment.at]
    alt = _("Network at the operation {symbol} = {value}.").format(
        symbol=operation.symbol, value=number(operation.value)
    )
    view(backward_diagram(moment), key=f"{PAGE}_diagram", alt=alt, pick=f"{PAGE}_pick")
    st.caption(
        _(
            "Edges show weights on the way forward and gradients on the way back. Blue solid is "
            "positive, orange dashed negative, dotted 0 or not computed yet. Click a part to go "
            "to it and change it."
        )
    )


def code_at(lines: Sequence[Line], operation: Operation) -> str:
    """The five lines of the loop, the one at work opened, with a mark at the line that computes."""
    shown = [line for line in lines if not line.inner or line.step == operation.step]
    return "\n".join(_marked(line, operation) for line in shown)


def _marked(line: Line, operation: Operation) -> str:
    within = not line.inner and line.step == operation.step
    mark = "▶" if line.computes(operation) else "▼" if within else " "
    return f"{mark} {'    ' * line.inner}{line.text}"


def arithmetic(operation: Operation, found: Comparison) -> str:
    """The calculation in words, in symbols and with today's numbers, as Markdown; beside a
    parameter's gradient what the two other ways to it give."""
    said = _(_SAID[operation.kind])
    indent = " " * len(operation.symbol)
    lines = [f"{operation.symbol} = {operation.rule}"]
    if operation.kind != "zero":
        lines += [f"{indent} = {operation.worked}", f"{indent} = {number(operation.value)}"]
    if operation.kind in {"dw", "db"}:
        place = found.parts.index(operation.part)
        ways = {
            _("autograd .grad"): found.autograd,
            _("chain rule"): found.chain_rule,
            _("finite difference"): found.finite_difference,
        }
        lines += [f"{way}: {values[place].item():.7g}" for way, values in ways.items()]
    written = "\n".join(lines)
    return f"{said}\n\n```text\n{written}\n```"


def show_comparison(found: Comparison) -> None:
    """Each parameter's gradient by three ways, and why they differ where they do."""
    st.subheader(_("Three ways to each gradient"), anchor=False)
    columns: dict[str, list] = {
        _("parameter"): found.parts,
        _("autograd .grad"): found.autograd.tolist(),
        _("chain rule"): found.chain_rule.tolist(),
        _("finite difference"): found.finite_difference.tolist(),
        _("largest distance"): found.distance.tolist(),
        _("why"): [_(_REASONS[reason]) for reason in found.reasons],
    }
    value = st.column_config.NumberColumn(format="%.7g")
    formats = dict.fromkeys(list(columns)[1:4], value)
    formats[_("largest distance")] = st.column_config.NumberColumn(format="%.1e")
    height = min(38 + 35 * len(found.parts), 420)
    st.dataframe(columns, hide_index=True, height=height, column_config=formats)
    for reason in dict.fromkeys(found.reasons):
        if reason in _EXPLAINED:
            st.info(_(_EXPLAINED[reason]), icon=":material/call_split:")
    st.caption(
        _(
            "The finite difference moves one parameter by 0.00001 up and down in float64 and looks "
            "at the loss: (L(w + h) - L(w - h)) / 2h. It knows nothing of derivatives."
        )
    )


def _show_graph(experiment: Experiment, operation: Operation) -> None:
    st.subheader(_("What autograd noted down"), anchor=False)
    nodes = _noted(experiment)
    view(
        graph_figure(nodes, responsible(nodes, operation)),
        key=f"{PAGE}_graph",
        alt=_("Computation graph with {count} nodes, from {first} down to the parameters.").format(
            count=len(nodes), first=nodes[0].name
        ),
    )
    st.caption(
        _(
            "Read from loss.grad_fn after backward(). Each box knows its own derivative and passes "
            "a gradient along its arrows; dotted boxes are parameters, whose .grad is filled. x "
            "has no box: nobody asked for its gradient. Point at a box to see what it saved."
        )
    )


def show_tasks(seen: Seen) -> None:
    """Three things to bring about."""
    told = seen.told
    lesson.task(
        _(
            "Change exactly one weight or bias so that the loss falls. Its gradient's sign says "
            "which way."
        ),
        _("Against the sign of the gradient: that is all that `optimizer.step()` knows, too."),
        done=went_downhill(told.experiment),
    )
    silent = silent_units(told)
    lesson.task(
        _("With ReLU: find inputs for which the gradient of a hidden unit's weights is exactly 0."),
        _(
            "Its sum is not above 0 for any row, so its slope is 0 and nothing behind it can learn "
            "from these rows."
        ),
        done=bool(silent),
    )
    lesson.task(
        _(
            "Make the three ways disagree: bring the sum of a ReLU unit to exactly 0. (Set its "
            "inputs and its bias to 0.)"
        ),
        _("At the kink there is no one slope. Autograd simply decides for 0."),
        done=KINK in _compared(told.experiment).reasons,
    )


def formula(experiment: Experiment) -> str:
    """The chain rule for one weight, and the derivatives that this network needs, in LaTeX."""
    loss, last = experiment.training.loss.name, experiment.network.layers[-1].activation.name
    hidden = experiment.network.layers[0].activation.name
    slopes: Mapping[str, str] = {name: DERIVATIVES[name].formula for name in (hidden, last)}
    chain = (
        r"\frac{\partial L}{\partial w} &= \frac{\partial L}{\partial a} \cdot f'(z) \cdot x\\"
        r"\frac{\partial L}{\partial x} &= \sum_{\text{units}}"
        r"\frac{\partial L}{\partial z} w"
    )
    lines = [
        chain,
        rf"\frac{{\partial L}}{{\partial \hat{{y}}}} &= {LOSS_DERIVATIVES[loss].formula}",
        *(rf"\text{{{name}}}'(z) &= {written}" for name, written in slopes.items()),
    ]
    return r"\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}"
