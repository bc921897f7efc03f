"""Lesson 2: features times weights, plus a bias, through an activation."""

from __future__ import annotations

import streamlit as st

from nnlab.figures import neuron as pictures
from nnlab.gates import GATES
from nnlab.language import gettext as _
from nnlab.neuron import code, evaluate, formula
from nnlab.ui import lesson
from nnlab.ui.neuron_lesson import calculation, choose_aim, choose_neuron, predict, task
from nnlab.ui.view import view

lesson.question(
    _("What does one neuron compute?"),
    _(
        "A neuron takes a few numbers, the **features**, and gives one number back. It multiplies "
        "each feature by a **weight**, adds the products and a **bias**, and sends the sum through "
        "an **activation**."
    ),
)
aim = choose_aim()
predict(aim)

controls, sights = st.columns([2, 3], gap="large")
with controls:
    neuron = choose_neuron(aim)
    evaluation = evaluate(neuron)
    task(aim, neuron, evaluation)
z, y = evaluation.pre_activation.item(), evaluation.output.item()

drawn = summed = sights
if len(neuron.features) == 2:
    drawn, summed = st.columns(2, gap="large")
    with sights:
        st.subheader(_("The plane of its two features"), anchor=False)
        view(
            pictures.feature_plane(neuron, evaluation, GATES.get(aim, ())),
            key="neuron_plane",
            alt=_("Plane of the two features, shaded by the output, with the undecided line."),
        )
        st.caption(
            _(
                "On the thick line z is 0: there the neuron is undecided. On the side that the "
                "arrow points to z is above 0, and that counts as a yes. The arrow is made of the "
                "two weights and stands at a right angle to the line. Weights turn the line, and "
                "larger ones make the shade change faster; the bias shifts it. The cross is where "
                "the features are now."
            )
        )
with drawn:
    st.subheader(_("Each product on its edge"), anchor=False)
    view(
        pictures.products_on_edges(neuron, evaluation),
        key="neuron_diagram",
        alt=_("Diagram of a neuron whose output is {y}.").format(y=f"{y:.4f}"),
    )
with summed:
    st.subheader(_("The sum, term by term"), anchor=False)
    view(
        pictures.sum_by_terms(neuron, evaluation),
        key="neuron_sum",
        alt=_("Bars that add up to the sum z = {z}.").format(z=f"{z:.4f}"),
    )

bent, worked = st.columns(2, gap="large")
with bent:
    st.subheader(_("The activation bends it"), anchor=False)
    view(
        pictures.operating_point(neuron, evaluation),
        key="neuron_curve",
        alt=_("Activation curve: z = {z} gives y = {y}.").format(z=f"{z:.4f}", y=f"{y:.4f}"),
    )
with worked:
    lesson.numbers(calculation(neuron, evaluation))
    lesson.formula(formula(neuron))
lesson.code(code(neuron))
