"""Lesson 2: features times weights, plus a bias, through an activation."""

from __future__ import annotations

from functools import partial

from nnlab.language import gettext as _
from nnlab.ui import lesson
from nnlab.ui.lessons import neuron
from nnlab.ui.live import live

lesson.question(
    _("What does one neuron compute?"),
    _(
        "A neuron takes a few numbers, the **features**, and gives one number back. It multiplies "
        "each feature by a **weight**, adds the products and a **bias**, and sends the sum through "
        "an **activation**."
    ),
)
aim = neuron.choose_aim()
neuron.predict(aim)

start = neuron.choose_start(aim)
live(partial(neuron.explore, aim, start), neuron.tell)
