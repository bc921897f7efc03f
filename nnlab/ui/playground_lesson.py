"""The playground as it stands on its page: the controls, the stage, the number that is picked, and
the pictures around it."""

from __future__ import annotations

import streamlit as st

from nnlab.language import gettext as _
from nnlab.network import locate
from nnlab.ui import knobs
from nnlab.ui.gallery import gallery
from nnlab.ui.own_data import new_points, own_data
from nnlab.ui.playground import ACTS, Session, acted, play, remember, session
from nnlab.ui.playground_controls import CONTROLS, fitted
from nnlab.ui.playground_pictures import show_curves, show_field
from nnlab.ui.server import session_lock
from nnlab.ui.slider import Scale
from nnlab.ui.take_away import Look, Taken, brought, take_away
from nnlab.ui.watching import describe, watch


@st.fragment
def workbench(mode: str) -> None:
    """Controls, stage and pictures: everything that follows a hand on the playground."""
    with session_lock():
        acted()
        held = session()
        bring(held)
        tell(held)
        gallery(held)
        CONTROLS[mode](held)
        middle, right = st.columns([3, 2], gap="medium")
        with middle:
            above = st.container()
            edit_part(held)
            show_curves(held.player)
        with above:
            play()
        with right:
            show_field(held.player)
            new_points(held)
        watch(held.player)
        describe(held.player)
        own_data(held, fitted)
        take_away(taken(held))
        if not held.player.playing and not remember(held):
            st.caption(_("This experiment is too long for a link: keep it as a file instead."))


def bring(held: Session) -> None:
    """Be what a file has brought, at the step that it says."""
    if found := brought():
        ACTS["pause"](held, {})
        held.player.become(found.experiment)
        held.player.reach(found.at)


def taken(held: Session) -> Taken:
    """The network of the moment in which it is asked for."""
    lock = session_lock()

    def look() -> Look:
        with lock:
            return Look(held.player.run, held.player.step)

    return Taken("playground", look)


def tell(held: Session) -> None:
    """What went wrong, once."""
    if held.told == "full":
        st.info(_("Many people are playing at this moment. Try again in a minute."))
    elif held.told:
        st.warning(held.told, icon=":material/error:")
    held.told = ""
    if held.player.run.diverged_at is not None:
        text = _(
            "**The loss diverged** at step {step}: it was no longer a finite number. Everything "
            "before that is kept. Go back to an earlier epoch, or take a smaller learning rate."
        )
        st.warning(text.format(step=held.player.run.diverged_at), icon=":material/trending_up:")
    elif held.player.run.stopped_at is not None:
        st.info(_("Stopped early: the loss on the rows held out did not fall any more."))


def edit_part(held: Session) -> None:
    """The weight or bias that was clicked, to be read and changed."""
    if not held.picked:
        st.caption(_("Click an edge or a unit to read and change its weight or bias."))
        return
    player = held.player
    try:
        parameter, index = locate(player.run.module(player.run.moment(player.step)), held.picked)
        value = parameter.detach()[index].item()
    except (IndexError, ValueError, KeyError):
        held.picked = ""
        return
    kind = _("weight") if held.picked.startswith("w") else _("bias")
    label = _("{kind} {part}").format(kind=kind, part=held.picked)
    wanted = knobs.slide(
        label,
        f"play_part_{held.picked.replace('.', '-')}",
        round(value, 6),
        Scale(-10.0, 10.0, 0.01),
        held.picked,
    )
    if wanted != round(value, 6):
        player.set_part(held.picked, wanted)
