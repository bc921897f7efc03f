"""The neuron of the home page, to try at once."""

from __future__ import annotations

import streamlit as st

from nnlab.arithmetic import bracketed, number
from nnlab.figures.neuron import feature_plane
from nnlab.gates import CORNERS, GATES, answers, corner_outputs, corner_sums
from nnlab.language import gettext as _
from nnlab.neuron import Neuron, evaluate
from nnlab.ui import lesson
from nnlab.ui.lessons.neuron import FIRST_GATE
from nnlab.ui.slider import Scale, live_sliders
from nnlab.ui.view import view

_SCALE = Scale(-5.0, 5.0, 0.1)


def explore() -> None:
    """Three sliders, one line in the plane, and something to bring about with them."""
    controls, sight = st.columns(2, gap="large")
    with controls:
        neuron = _slide()
        lesson.task(
            _("One neuron, three numbers. Move them until all four corners have a ✓."),
            _("That is a neuron: two weights turn the line, the bias shifts it."),
            done=answers(neuron) == GATES["AND"],
        )
        st.markdown(_corners(neuron))
    with sight:
        view(
            feature_plane(neuron, evaluate(neuron), GATES["AND"]),
            key="home_plane",
            alt=_("Plane of the two features, shaded by the output, with the undecided line."),
        )


def _slide() -> Neuron:
    labels = [_("weight {number}").format(number=place) for place in (1, 2)]
    weights = live_sliders(
        labels, "home_weights", FIRST_GATE.weights, _SCALE, parts=["w0.0.0", "w0.0.1"]
    )
    (bias,) = live_sliders([_("bias")], "home_bias", (FIRST_GATE.bias,), _SCALE, parts=["b0.0"])
    return Neuron(FIRST_GATE.features, weights, bias)


def _corners(neuron: Neuron) -> str:
    """What the neuron says at the four corners, with the numbers of now, as Markdown."""
    first, second, bias = (bracketed(value) for value in (*neuron.weights, neuron.bias))
    sums = corner_sums(neuron).tolist()
    rows = [
        f"{x:g} × {first} + {y:g} × {second} + {bias} = {number(z)} → {output:.2f}"
        for (x, y), z, output in zip(CORNERS, sums, corner_outputs(neuron).tolist(), strict=True)
    ]
    # In a block of code they would wait for the browser's highlighter, which is large.
    return "  \n".join(f"`{row}`" for row in rows)
