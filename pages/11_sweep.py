"""The lesson on sweeps: many networks instead of one lucky one."""

from __future__ import annotations

import streamlit as st

from nnlab.language import gettext as _
from nnlab.ui import lesson
from nnlab.ui.code import show_code
from nnlab.ui.lessons.sweep import choose_grid, explore, script, taken
from nnlab.ui.take_away import take_away

lesson.question(
    _("Which learning rate? Which size?"),
    _(
        "Nobody knows beforehand: one tries. A **sweep** trains a network for every pair of "
        "settings, with several seeds each, since one run alone may be lucky."
    ),
)
lesson.predict(
    "sweep_guess",
    _("the learning rates go from 0.001 to 10. Where is the test loss lowest?"),
    {"low": _("Near 0.001"), "middle": _("In between"), "high": _("At 10")},
    right="middle",
    because=_(
        "With tiny steps 40 epochs do not lead far; with huge ones every step jumps past the goal."
    ),
)

experiment = explore(choose_grid())

lesson.formula(
    r"\theta \leftarrow \theta - \eta \frac{\partial L}{\partial \theta}, \qquad "
    r"\tilde{L}(\eta, h) = \operatorname{median}_{s}\; L_{\text{test}}(\eta, h, s)"
)
lesson.program(experiment, "sweep")
st.markdown(_("The seeds of this cell all at once, with nnlab as a library:"))
show_code(script(experiment), "sweep_seeds_code")
take_away(taken(experiment))
