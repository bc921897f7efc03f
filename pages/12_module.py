"""The lesson on one's own network: as a line of modules, and as a class."""

from __future__ import annotations

from nnlab.language import gettext as _
from nnlab.ui import lesson
from nnlab.ui.lessons.module import explore

lesson.question(
    _("What does my own network do?"),
    _(
        "Write one and look inside: as a row of modules, or as a class of your own. Whatever it "
        "is made of, PyTorch sees **modules** that hand values on, and **parameters** to be "
        "trained."
    ),
)
lesson.predict(
    "module_guess",
    _(
        "a class makes one layer, `self.again = nn.Linear(6, 6)`, and calls it twice in `forward`. "
        "How many parameters does that make?"
    ),
    {"42": "42", "84": "84", "72": "72"},
    right="42",
    because=_(
        "36 weights and 6 biases: they belong to the layer, not to the call. Both calls share "
        "them, and their gradients add up."
    ),
)
explore()
