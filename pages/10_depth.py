"""Lesson 10: what depth does to signals, and what initialisers are for."""

from __future__ import annotations

from functools import partial

from nnlab.language import gettext as _
from nnlab.ui import frame, lesson
from nnlab.ui.lessons import depth
from nnlab.ui.live import live

lesson.question(
    _("Why did it stop learning?"),
    _(
        "In a deep network every layer hands its activations to the next one, and the gradients "
        "come back the same way. If each layer makes them a little smaller, hardly anything is "
        "left after 20 layers. What the weights **begin** with decides."
    ),
)
lesson.predict(
    "depth_guess",
    _(
        "each of 20 layers makes the signal 0.6 times as large. How much of it comes out at the "
        "end?"
    ),
    {"half": _("About a half"), "hundredth": _("A hundredth"), "less": _("Much less")},
    right="less",
    because=_(
        "0.6 to the power of 20 is 0.00004. That is how what the network sees of a digit fades in "
        "the picture below, and the gradients shrink on their way back as well."
    ),
)

aim, seed = depth.choose_start()
live(partial(depth.explore, aim, seed, frame.device()), depth.tell)
