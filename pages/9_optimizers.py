"""Lesson 9: what optimizers remember, and what they make of a gradient."""

from __future__ import annotations

from functools import partial

import streamlit as st

from nnlab.language import gettext as _
from nnlab.ui import frame, lesson
from nnlab.ui.lessons import optimizers
from nnlab.ui.live import live

lesson.question(
    _("Which optimizer, and why?"),
    _(
        "All optimizers get the same gradient. They differ in what they **remember** of earlier "
        "ones, and in how long a step they make of it. Here seven of `torch.optim` start from the "
        "same place."
    ),
)
lesson.predict(
    "optimizers_guess",
    _(
        "a ravine is twenty times as steep across as along. Plain SGD gets a large learning rate. "
        "How does it go down?"
    ),
    {"straight": _("Straight"), "zigzag": _("In a zigzag"), "not": _("Not at all")},
    right="zigzag",
    because=_(
        "The step follows the steepest side, so it jumps from wall to wall, and along the floor it "
        "gains little. Momentum adds the steps up: the jumps cancel, the gains grow. Below both "
        "have the same learning rate: look at SGD and at Momentum from above."
    ),
)

live(partial(optimizers.explore, frame.device()), partial(optimizers.tell, frame.device()))

st.subheader(_("A learning rate that changes"), anchor=False)
st.markdown(
    _(
        "A **schedule** multiplies the learning rate by a factor for every epoch. It is known "
        "before the training starts. Here a neuron fits a straight line through 13 points, and "
        "every step sees only **one** of them: it follows that point's gradient, not the loss's."
    )
)
lesson.predict(
    "optimizers_jitter",
    _("the learning rate stays at 0.2. Where is the loss over all 13 points after 50 epochs?"),
    {"bottom": _("At the bottom"), "above": _("Above it, restless"), "lost": _("It diverges")},
    right="above",
    because=_(
        "Each point pulls the line its own way, and a long step gives in to the latest one. With "
        "short steps the pulls cancel. So: long ones at first to get there, short ones at the end "
        "to come to rest."
    ),
)
live(partial(optimizers.plan, frame.device()), optimizers.tell_plan)
