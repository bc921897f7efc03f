"""Lesson 7: what zero_grad is for, and ten other ways to break a training."""

from __future__ import annotations

from functools import partial

import streamlit as st

from nnlab.language import gettext as _
from nnlab.ui import lesson
from nnlab.ui.lessons import bugs
from nnlab.ui.live import live

lesson.question(
    _("What does zero_grad do?"),
    _(
        "`backward()` does not write a gradient into `.grad`, it **adds** it to what is there. "
        "`optimizer.zero_grad()` empties `.grad` before. One forgotten line, and training goes "
        "wrong without an error message."
    ),
)
lesson.predict(
    "bugs_guess",
    _(
        "a weight's gradient is 0.2. The weight stays as it is, and backward() is run three times "
        "without zero_grad. What is in `.grad`?"
    ),
    {"once": "0.2", "sum": "0.6", "power": "0.008", "zero": "0"},
    right="sum",
    because=_("0.2 + 0.2 + 0.2 = 0.6. See it grow below, step by step."),
)

seed = bugs.choose_start()
live(partial(bugs.pile_up, seed), bugs.tell)

st.header(_("The bug zoo"), anchor=False)
st.markdown(
    _(
        "Programs that run without any error, and are wrong. Look at the curve and the code, say "
        "what is wrong, and mend it: your remedy is run, and the curve tells whether it helped."
    )
)
live(partial(bugs.visit_zoo, seed), bugs.count_mended)
