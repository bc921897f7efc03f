"""The first start: one minute of small tasks for a newcomer, which notice by themselves when they
are done. The link says how far one has come, and that it was closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.player import Player
from nnlab.ui import link
from nnlab.ui.playground.gallery import PRESET
from nnlab.ui.playground.session import START, Session
from nnlab.ui.task import TASK

TOUR, CLOSED = "tour", "off"
_BEGUN = "nnlab.tour"


@dataclass(frozen=True)
class Task:
    """What to do, what to say when it is done, and how to see that it is."""

    text: str
    praise: str
    done: Callable[[Player], bool]


def learned(player: Player) -> bool:
    """Whether the training loss is low."""
    return player.standing().train_loss < 0.2


def gone_back(player: Player) -> bool:
    """Whether an earlier moment is looked at."""
    return player.at is not None


def rate_changed(player: Player) -> bool:
    """Whether the learning rate was changed on the way."""
    return any(each.field == "learning_rate" for each in player.experiment.interventions)


def unit_added(player: Player) -> bool:
    """Whether there are more units than at the start."""
    return sum(player.experiment.sizes) > sum(START.sizes)


def spiral_chosen(player: Player) -> bool:
    """Whether the data are the spiral."""
    return player.experiment.data.source.name == "spiral"


TASKS = (
    Task(
        N_("Press **Play**, and **Pause** when the training loss is below 0.2."),
        N_("In an epoch all training rows are seen once, and every batch moves the weights."),
        learned,
    ),
    Task(
        N_("Go back in time: pull the slider under the buttons to the left."),
        N_("Everything that happened is kept. From any moment you can go on."),
        gone_back,
    ),
    Task(
        N_("Change the learning rate at this moment."),
        N_(
            "The network keeps what it has learned; only its steps are longer or shorter from here."
        ),
        rate_changed,
    ),
    Task(
        N_("Give a hidden layer one more unit with its + button."),
        N_("The new unit begins with random weights; the others keep what they have learned."),
        unit_added,
    ),
    Task(
        N_("Choose the spiral as the data, and see how far you get with it."),
        N_("That one is hard. The ready-made starts above show a network that follows both arms."),
        spiral_chosen,
    ),
)


def first_start(held: Session) -> None:
    """The next task, and praise for the last; nothing for one who closed it, who came with an
    experiment of someone else's, who looks at a preset, or whom a teacher asks something else."""
    said = link.read(TOUR)
    begun = bool(st.session_state.get(_BEGUN))
    elsewhere = not said and not begun and held.player.experiment != START
    if said == CLOSED or elsewhere or link.read(PRESET) or link.read(TASK):
        return
    st.session_state[_BEGUN] = True
    number = _advance(_number(said), held.player)
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="play_tour"):
        st.markdown(_said(number), width="stretch")
        st.button(_("Close"), key="tour_close", on_click=link.write, args=(TOUR, CLOSED))


def _said(number: int) -> str:
    """Praise for the last task, and the next one, in one line or two."""
    done = _("First steps, {number} of {count}:").format(number=number, count=len(TASKS))
    praise = ":green[:material/task_alt:] " + _(TASKS[number - 1].praise) if number else ""
    task = ":blue[:material/flag:] " + _(TASKS[number].text) if number < len(TASKS) else ""
    return f"**{done}** {praise} {task}"


def _number(said: str) -> int:
    """How many tasks are done."""
    return min(int(said), len(TASKS)) if said.isdecimal() and len(said) < 3 else 0


def _advance(number: int, player: Player) -> int:
    """One task at a time: each is done by what one does after the one before."""
    if number < len(TASKS) and TASKS[number].done(player):
        number += 1
        link.write(TOUR, str(number))
    return number
