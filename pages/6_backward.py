"""Lesson 6: backpropagation, scalar by scalar."""

from __future__ import annotations

from functools import partial

from nnlab.language import gettext as _
from nnlab.ui import lesson
from nnlab.ui.lessons import backward
from nnlab.ui.live import live

lesson.question(
    _("How does the network know what to change?"),
    _(
        "`loss.backward()` finds for every weight how the loss would change if that weight grew a "
        "little: its **gradient**. It does so with one multiplication after the other, from the "
        "loss back to the inputs. Walk through all of them."
    ),
)
lesson.predict(
    "backward_guess",
    _(
        "y = w × x with x = 3. If y grows by 1, the loss grows by 0.5. How much does the loss grow "
        "if w grows by 1?"
    ),
    {"half": "0.5", "product": "1.5", "sum": "3.5", "three": "3"},
    right="product",
    because=_(
        "w moves y three times as fast, and y moves the loss by half: 0.5 × 3 = 1.5. Upstream "
        "gradient times local derivative: nothing else happens below."
    ),
)

drawn = backward.choose_network()
live(partial(backward.explore, drawn), backward.tell)
