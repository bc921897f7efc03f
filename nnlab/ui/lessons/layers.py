"""The features, tasks and worked words of the lesson on layers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
import torch
from torch import Tensor, nn

from nnlab.activations import ACTIVATIONS
from nnlab.arithmetic import number, worked
from nnlab.collapse import collapse, is_linear
from nnlab.edits import Edits, interventions
from nnlab.engines.selection import REFERENCE
from nnlab.experiment import Experiment
from nnlab.figures.drawing import Diagram, draw_trace, names, unit_sum
from nnlab.figures.matrix import matrix
from nnlab.figures.network import diagram
from nnlab.gates import CORNERS, GATES
from nnlab.language import gettext as _
from nnlab.network import LayerTrace, begin, build, locate, trace
from nnlab.scripts.layers import layers_code
from nnlab.training import train
from nnlab.ui import lesson, link
from nnlab.ui.parts import (
    Part,
    change_part,
    choose_part,
    edit_table,
    read_edits,
    show_part,
    undo_buttons,
)
from nnlab.ui.slider import Scale, live_sliders
from nnlab.ui.take_away import Look, Taken, take_away
from nnlab.ui.view import view

FEATURES, EDITS = "layers_x", "layers_edits"
_FEATURE_SCALE = Scale(-5.0, 5.0, 0.01)
_GATES = "w0.0.0:6,w0.0.1:6,b0.0:-3,w0.1.0:6,w0.1.1:6,b0.1:-9,w1.0.0:1,w1.0.1:1,b1.0:0"
"""Hidden unit 1 is an OR, hidden unit 2 an AND; the output's numbers are still to be found."""
_GATES_SHAPE = {
    "layers_inputs": 2,
    "layers_hidden": 1,
    "layers_units1": 2,
    "layers_outputs": 1,
    "layers_activation1": "Sigmoid",
    "layers_activation_output": "Sigmoid",
}


@dataclass(frozen=True, eq=False)
class Seen:
    """The network on the screen: its experiment with the edits, its features [1, I], what it
    computes from them, and the part that is chosen."""

    experiment: Experiment
    features: Tensor
    module: nn.Sequential
    layers: tuple[LayerTrace, ...]
    part: Part


def explore(plain: Experiment) -> Seen:
    """Choose a part, change it, move the features: the pictures and the arithmetic follow."""
    start = begin(plain)
    sights, controls = st.columns([3, 2], gap="large")
    with controls:
        part, edits = _choose_and_change(plain, start.module)
        features = choose_features(start.samples.x)
    experiment = replace(plain, interventions=interventions(edits))
    module = build(experiment)
    seen = Seen(experiment, features, module, trace(module, features), part)
    drawing = draw_trace(seen.layers, selected=part.id, limit=3.0)
    with sights:
        _show_network(drawing)
        push_task(drawing, start.samples.x, edits)
    pictured, listed = st.columns(2, gap="large")
    with pictured:
        _show_matrix(drawing, part.layer)
    with listed:
        st.subheader(_("As a table to type into"), anchor=False)
        edit_table("layers", drawing, part.layer, edits)
    worked_out, counted = st.columns(2, gap="large")
    with worked_out:
        lesson.numbers(arithmetic(drawing, part))
    with counted:
        st.markdown(shapes(experiment))
    return seen


def tell(seen: Seen) -> None:
    """What layers add: two tasks and a prediction. Then the formula and the program."""
    st.subheader(_("So what do layers add?"), anchor=False)
    xor_task(seen.module, seen.experiment.sizes)
    _predict_linear()
    collapse_task(seen.layers)
    lesson.formula(formula(seen.experiment, seen.part))
    lesson.code(layers_code(seen.experiment, seen.features[0].tolist()))
    take_away(_taken(seen))


def _predict_linear() -> None:
    lesson.predict(
        "layers_linear",
        _("all activations are Identity, so nothing bends. Can two layers then do more than one?"),
        {"more": _("More"), "nothing": _("Just as much"), "less": _("Less")},
        right="nothing",
        because=_(
            "(x W1 + B1) W2 + B2 is x (W1 W2) + (B1 W2 + B2): one matrix and one bias. Try it:"
        ),
    )


def _taken(seen: Seen) -> Taken:
    """The network on the screen, which has not learned anything."""
    return Taken("layers", lambda: Look.at(train(seen.experiment, engine=REFERENCE), 0))


def _choose_and_change(plain: Experiment, module: nn.Sequential) -> tuple[Part, dict[str, float]]:
    st.subheader(_("One of its numbers"), anchor=False)
    part = choose_part("layers", plain.sizes)
    parameter, index = locate(module, part.id)
    edits = change_part("layers", part, parameter[index].item(), read_edits("layers", plain.sizes))
    undo_buttons("layers", edits, plain.sizes)
    st.subheader(_("The features x"), anchor=False)
    return part, edits


def _show_network(drawing: Diagram) -> None:
    view(diagram(drawing), key="layers_diagram", alt=alt(drawing), pick="layers_pick")
    st.caption(
        _(
            "Blue solid edges are positive weights, orange dashed ones negative; the wider, the "
            "larger. Point at a part to see its arithmetic, click it to change it."
        )
    )


def _show_matrix(drawing: Diagram, layer: int) -> None:
    st.subheader(_("The same layer as a matrix"), anchor=False)
    view(
        matrix(drawing, layer),
        key="layers_matrix",
        alt=_("Weights and biases of {layer}.").format(layer=drawing.layers[layer].name),
        pick="layers_pick",
    )


def choose_features(drawn: Tensor) -> Tensor:
    """A slider for each of the features [1, I], which starts where randn drew it."""
    start = drawn[0].tolist()
    (labels,) = names((len(start), 1))[:1]
    parts = [f"x{place}" for place in range(len(start))]
    return torch.tensor([live_sliders(labels, FEATURES, start, _FEATURE_SCALE, parts)])


def alt(drawing: Diagram) -> str:
    """The picture in words."""
    sizes = ", ".join(map(str, drawing.sizes))
    outputs = ", ".join(number(value) for value in drawing.columns[-1])
    return _("Network with columns of {sizes}. Output: {outputs}.").format(
        sizes=sizes, outputs=outputs
    )


def arithmetic(drawing: Diagram, part: Part) -> str:
    """The chosen unit's calculation with its numbers, as Markdown."""
    unit = names(drawing.sizes)[part.layer + 1][part.unit]
    lines = "\n".join(worked(unit_sum(drawing, part.layer, part.unit)))
    title = _(
        "Multiply, add, bend: unit {unit} is column {column} of {matrix}, because Python counts "
        "from 0."
    ).format(unit=f"**{unit}**", column=part.unit, matrix=f"`W{part.layer + 1}`")
    return f"{title}\n\n```text\n{lines}\n```"


def shapes(experiment: Experiment) -> str:
    """The shape of every matrix and how many numbers it holds, as a Markdown table."""
    rows = [("x", 1, experiment.sizes[0], "")]
    for place, (inputs, units) in enumerate(itertools.pairwise(experiment.sizes), start=1):
        rows.append((f"W{place}", inputs, units, f"{inputs} × {units} = {inputs * units}"))
        rows.append((f"B{place}", 1, units, f"{units}"))
    lines = [f"| `{name}` | ({n}, {m}) | {held} |" for name, n, m, held in rows]
    head = "| | " + _("shape") + " | " + _("parameters") + " |\n|---|---|--:|"
    total = "| " + _("together") + f" | | **{experiment.n_parameters}** |"
    return "\n".join((head, *lines, total))


def formula(experiment: Experiment, part: Part) -> str:
    """A line for each layer, and the chosen layer's activation written out, in LaTeX."""
    layers = experiment.network.layers
    hidden = [f"h_{{{place}}}" for place in range(1, len(layers))]
    values = ["x", *(hidden if len(hidden) > 1 else ["h"] * len(hidden)), "y"]
    lines = [
        rf"{after} &= \text{{{layer.activation.name}}}({before} W_{{{place}}} + B_{{{place}}})"
        for place, (before, after, layer) in enumerate(
            zip(values, values[1:], layers, strict=False), start=1
        )
    ]
    chosen = layers[part.layer].activation.name
    lines.append(rf"\text{{{chosen}}}(z) &= {ACTIVATIONS[chosen].formula}")
    return r"\begin{aligned}" + r"\\".join(lines) + r"\end{aligned}"


def push_task(drawing: Diagram, drawn: Tensor, edits: Edits) -> None:
    """Raise the output without touching the features."""
    untouched = torch.equal(torch.tensor([drawing.inputs]), drawn)
    lesson.task(
        _(
            "Bring the first output above 0.9. Leave the features alone: change only weights or "
            "biases. How few are enough?"
        ),
        _("Edited numbers: {count}.").format(count=len(edits)),
        done=bool(edits) and untouched and drawing.columns[-1][0] > 0.9,
    )


def xor_task(module: nn.Sequential, sizes: Sequence[int]) -> None:
    """The gate that one neuron can't be: start with an OR and an AND, find the output's numbers."""
    _offer_start()
    table = None
    if sizes[0] == 2:
        table = trace(module, torch.tensor(CORNERS))
    lesson.task(
        _(
            "Make an XOR, which one neuron could not be: the output above 0.5 exactly where one "
            "of two inputs is 1. Press the button, then change only the three numbers of the "
            "output."
        ),
        _(
            "The output says: OR, but not AND. The hidden layer has made new features in which "
            "one line is enough."
        ),
        done=table is not None and _answers(table) == GATES["XOR"],
    )
    if table is not None:
        st.markdown(_truth_table(table, names(sizes)))


def _answers(layers: Sequence[LayerTrace]) -> tuple[bool, ...]:
    return tuple((layers[-1].activation[:, 0] > 0.5).tolist())


def _truth_table(layers: Sequence[LayerTrace], columns: Sequence[Sequence[str]]) -> str:
    """Every layer's values at the four corners, as Markdown; at most two units of each."""
    heads = list(itertools.chain(*(column[:2] for column in columns)))
    rows = [
        [*corner, *itertools.chain(*(each.activation[row, :2].tolist() for each in layers))]
        for row, corner in enumerate(CORNERS)
    ]
    head = f"| {' | '.join(heads)} |\n|{'--:|' * len(heads)}"
    return "\n".join((head, *(f"| {' | '.join(f'{v:.2f}' for v in row)} |" for row in rows)))


@st.fragment
def _offer_start() -> None:
    """The button changes the shape too, which stands above: the whole lesson follows."""
    if st.button(
        _("Start with two hidden units that are an OR and an AND"),
        icon=":material/join_inner:",
        on_click=_start_xor,
        key="layers_start_xor",
    ):
        st.rerun()


def _start_xor() -> None:
    for key, value in _GATES_SHAPE.items():
        st.session_state[key] = value
    show_part("layers", Part(1, 0, "0"))
    link.write(EDITS, _GATES)
    link.write(FEATURES, "1_0")


def collapse_task(layers: Sequence[LayerTrace]) -> None:
    """Take the bends out and see several layers become one."""
    done = len(layers) > 1 and is_linear(layers)
    lesson.task(
        _(
            "Keep a hidden layer and set every activation to Identity, in the shape of the "
            "network above."
        ),
        _("Now one layer does the same, whatever the features are:"),
        done=done,
    )
    if done:
        st.code(_collapsed(layers), language="text")


def _collapsed(layers: Sequence[LayerTrace]) -> str:
    one = collapse(layers)
    product = " ".join(f"W{place}" for place in range(1, len(layers) + 1))
    output = torch.mm(layers[0].input, one.weight) + one.bias
    return "\n".join(
        (
            f"W = {product}   {tuple(one.weight.shape)}",
            *(f"    {' '.join(f'{value:9.4f}' for value in row)}" for row in one.weight.tolist()),
            f"B = {' '.join(f'{value:.4f}' for value in one.bias[0].tolist())}",
            f"x W + B = {' '.join(f'{value:.4f}' for value in output[0].tolist())}",
            f"y       = {' '.join(f'{value:.4f}' for value in layers[-1].activation[0].tolist())}",
        )
    )
