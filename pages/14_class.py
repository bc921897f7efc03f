"""For teachers: the answers of a class, side by side."""

from __future__ import annotations

from nnlab.language import gettext as _
from nnlab.ui import lesson
from nnlab.ui.lessons.answers import gather, show

lesson.question(
    _("What did my class answer?"),
    _(
        "Bring the files or the codes that they sent you. They are read in your own visit and kept "
        "nowhere."
    ),
)
show(gather())
