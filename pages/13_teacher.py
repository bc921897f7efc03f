"""For teachers: one link with a view, a question, and what the class is to leave alone."""

from __future__ import annotations

from nnlab.language import gettext as _
from nnlab.ui import lesson
from nnlab.ui.lessons.teacher import choose_assignment, choose_view, give

lesson.question(
    _("How do I give this to my class?"),
    _(
        "Choose what your class will see and ask one question. They open **one link**, without an "
        "account, and their answers come back to you as files or as short codes."
    ),
)
view = choose_view()
assignment = choose_assignment(view) if view else None
if view and assignment:
    give(view, assignment)
