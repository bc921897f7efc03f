"""Lesson 8: the loss as a landscape over the weights."""

from __future__ import annotations

from functools import partial

from nnlab.language import gettext as _
from nnlab.ui import frame, lesson
from nnlab.ui.lessons import surface
from nnlab.ui.live import live

lesson.question(
    _("Where is the bottom?"),
    _(
        "Every choice of weights has a **loss**. Over one weight and one bias that is a landscape, "
        "and training walks down in it, blind, by the slope under its feet. Of a network with many "
        "weights only **slices** can be seen."
    ),
)
lesson.predict(
    "surface_bottoms",
    _(
        "one neuron fits a straight line through points, and the loss is the mean of the squares. "
        "How many bottoms does the landscape over its weight and its bias have?"
    ),
    {"one": _("One"), "some": _("Several"), "none": _("It falls for ever")},
    right="one",
    because=_(
        "The loss is a square in w and in b: one bowl. Let the ball roll from anywhere. Then take "
        "the other neurons: an activation bends the bowl into plateaus."
    ),
)

start = surface.choose_start()
live(partial(surface.explore, start, frame.device()), surface.tell)
