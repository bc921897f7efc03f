"""Lesson 4: the loop of five lines that lets a network learn."""

from __future__ import annotations

import streamlit as st

from nnlab.figures.loss import loss_curve
from nnlab.figures.network import diagram
from nnlab.language import gettext as _
from nnlab.scripts.module import STYLES
from nnlab.scripts.training import script
from nnlab.step import trace_step
from nnlab.ui import frame, lesson
from nnlab.ui.choice import choose
from nnlab.ui.runs import run_of
from nnlab.ui.training_lesson import (
    choose_experiment,
    choose_moment,
    curve,
    log,
    network_at,
    verdict,
    walk,
)
from nnlab.ui.view import view

lesson.question(
    _("How does a network learn?"),
    _(
        "Ten rows of random numbers, ten targets. The network guesses, the **loss** says how far "
        "off it is, and each **step** moves every weight a little so that the loss falls."
    ),
)
lesson.predict(
    "training_guess",
    _("after the tutorial's 50 epochs with learning rate 0.01, how far has the loss fallen?"),
    {"zero": _("Nearly to 0"), "half": _("To about a half"), "hardly": _("Hardly at all")},
    right="hardly",
    because=_(
        "50 small steps move the weights only a little. Read the log below, then find a learning "
        "rate and a number of epochs that do better."
    ),
)

controls, sights = st.columns([2, 3], gap="large")
with controls:
    experiment = choose_experiment()
run = run_of(experiment, frame.device())
with sights:
    verdict(run)
    moment = choose_moment(run)
    view(
        loss_curve(curve(run, moment)),
        key="training_curve",
        alt=_("Loss curve that ends at {loss}.").format(loss=f"{run.losses[-1]:.6f}"),
    )
    view(
        diagram(network_at(run, moment)),
        key="training_diagram",
        alt=_("Diagram of the network at step {step}.").format(step=int(run.steps[moment])),
    )

lesson.task(
    _("Bring the loss below 0.05."),
    _("The network has learned ten random rows by heart: it can't know anything about an 11th."),
    done=run.losses[-1].item() < 0.05,
)
lesson.task(
    _("Make the loss diverge. (Which last activation does not hold it back?)"),
    _(
        "Sigmoid keeps y_pred between 0 and 1, so that the loss stays below 1. "
        "Without it nothing does."
    ),
    done=run.diverged_at is not None,
)

printed, parts = st.columns([2, 3], gap="large")
with printed:
    st.subheader(_("What the tutorial prints"), anchor=False)
    st.code(log(run, moment), language=None, wrap_lines=True)
with parts:
    st.subheader(_("One step, part by part"), anchor=False)
    walk(trace_step(run, moment))

lesson.formula(
    r"\theta \leftarrow \theta - \eta \frac{\partial L}{\partial \theta}, \qquad "
    r"L = \frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2"
)
lesson.code(
    script(
        experiment,
        choose(_("Written as"), {name: name for name in STYLES}, "training_style", "Sequential"),
    )
)
