"""The playground: a real network learns, live, on data that one chooses."""

from __future__ import annotations

from nnlab.language import gettext as _
from nnlab.ui import lesson
from nnlab.ui.choice import choose
from nnlab.ui.playground_lesson import workbench

lesson.question(
    _("What can a small network learn?"),
    _(
        "Press **Play** and watch it: every square is what one unit says at each place, every line "
        "is a weight. Change anything while it learns."
    ),
)
mode = choose(
    _("controls"),
    {"learn": _("a few"), "full": _("all")},
    "mode",
    "learn",
    look="segments",
    required=True,
)
workbench(mode)
