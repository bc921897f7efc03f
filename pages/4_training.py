"""Lesson 4: the loop of five lines that lets a network learn."""

from __future__ import annotations

from functools import partial

from nnlab.language import gettext as _
from nnlab.ui import frame, lesson
from nnlab.ui.lessons import training
from nnlab.ui.live import live

lesson.question(
    _("How does a network learn?"),
    _(
        "Ten rows of random numbers, ten targets. The network guesses, the **loss** says how far "
        "off it is, and each **step** moves every weight a little so that the loss falls."
    ),
)
lesson.predict(
    "training_guess",
    _("after the tutorial's 50 epochs with learning rate 0.01, how far has the loss fallen?"),
    {"zero": _("Nearly to 0"), "half": _("To about a half"), "hardly": _("Hardly at all")},
    right="hardly",
    because=_(
        "50 small steps move the weights only a little. Read the log below, then find a learning "
        "rate and a number of epochs that do better."
    ),
)

start = training.choose_start()
live(partial(training.explore, start, frame.device()), training.tell)
