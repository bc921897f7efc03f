"""Lesson 3: units side by side are a layer, layers in a row are a network."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from nnlab.edits import interventions
from nnlab.figures.matrix import matrix
from nnlab.figures.network import diagram, draw_trace
from nnlab.language import gettext as _
from nnlab.network import begin, build, locate, trace
from nnlab.scripts.layers import layers_code
from nnlab.ui import layers_lesson, lesson
from nnlab.ui.controls import choose_seed, choose_untrained
from nnlab.ui.parts import change_part, choose_part, edit_table, read_edits, undo_buttons
from nnlab.ui.view import view

lesson.question(
    _("What do layers add?"),
    _(
        "Several neurons that see the same inputs are a **layer**; what one layer puts out, the "
        "next one takes in. Each layer's weights stand in one **matrix**, so that a whole layer is "
        "one matrix product."
    ),
)
lesson.predict(
    "layers_count",
    _(
        "a network has 3 inputs, 2 hidden units and 1 output. How many weights and biases are "
        "there to be learned?"
    ),
    {"6": "6", "8": "8", "9": "9", "11": "11"},
    right="11",
    because=_(
        "The hidden units have 3 weights each and a bias: 2 × (3 + 1) = 8. The output has 2 "
        "weights and a bias: 3. Together 11. Count the edges below, and a b under each unit."
    ),
)

seed = choose_seed("layers", layers_lesson.FEATURES, layers_lesson.EDITS)
with st.expander(_("Shape of the network"), icon=":material/account_tree:"):
    plain = choose_untrained("layers", seed)
start = begin(plain)
sights, controls = st.columns([3, 2], gap="large")
with controls:
    st.subheader(_("One of its numbers"), anchor=False)
    part = choose_part("layers", plain.sizes)
    parameter, index = locate(start.module, part.id)
    drawn = parameter[index].item()
    edits = change_part("layers", part, drawn, read_edits("layers", plain.sizes))
    undo_buttons("layers", edits, plain.sizes)
    st.subheader(_("The features x"), anchor=False)
    features = layers_lesson.choose_features(start.samples.x)

experiment = replace(plain, interventions=interventions(edits))
module = build(experiment)
layers = trace(module, features)
drawing = draw_trace(layers, selected=part.id, limit=3.0)

with sights:
    view(
        diagram(drawing),
        key="layers_diagram",
        alt=layers_lesson.alt(drawing),
        pick="layers_pick",
    )
    st.caption(
        _(
            "Blue solid edges are positive weights, orange dashed ones negative; the wider, the "
            "larger. Point at a part to see its arithmetic, click it to change it."
        )
    )
    layers_lesson.push_task(drawing, start.samples.x, edits)

pictured, listed = st.columns(2, gap="large")
with pictured:
    st.subheader(_("The same layer as a matrix"), anchor=False)
    view(
        matrix(drawing, part.layer),
        key="layers_matrix",
        alt=_("Weights and biases of {layer}.").format(layer=drawing.layers[part.layer].name),
        pick="layers_pick",
    )
with listed:
    st.subheader(_("As a table to type into"), anchor=False)
    edit_table("layers", drawing, part.layer, edits)

worked, written = st.columns(2, gap="large")
with worked:
    lesson.numbers(layers_lesson.arithmetic(drawing, part))
    st.markdown(layers_lesson.shapes(experiment))
with written:
    lesson.formula(layers_lesson.formula(experiment, part))

st.subheader(_("So what do layers add?"), anchor=False)
layers_lesson.xor_task(module, experiment.sizes)
lesson.predict(
    "layers_linear",
    _("all activations are Identity, so nothing bends. What can three layers do that one can't?"),
    {"more": _("More"), "nothing": _("Nothing"), "less": _("Less")},
    right="nothing",
    because=_("(x W1 + B1) W2 + B2 is x (W1 W2) + (B1 W2 + B2): one matrix and one bias. Try it:"),
)
layers_lesson.collapse_task(layers)
lesson.code(layers_code(experiment, features[0].tolist()))
