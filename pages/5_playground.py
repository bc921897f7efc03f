"""The playground: a real network learns, live, on data that one chooses."""

from __future__ import annotations

from nnlab.language import gettext as _
from nnlab.ui import lesson
from nnlab.ui.playground.lesson import workbench

lesson.question(
    _("What can a small network learn?"),
    _(
        "Press **Play**: every square is what one unit says at each place, every line a weight. "
        "Change anything on the way."
    ),
)
workbench()
