"""The playground as it stands on its page: the controls, the stage, the number that is picked, and
the pictures around it."""

from __future__ import annotations

import streamlit as st

from nnlab.language import gettext as _
from nnlab.network import locate
from nnlab.ui import knobs
from nnlab.ui.gallery import gallery
from nnlab.ui.own_data import new_points, own_data
from nnlab.ui.playground import Session, acted, has_part, play, remember, session
from nnlab.ui.playground_controls import CONTROLS, fitted
from nnlab.ui.playground_pictures import show_curves, show_field
from nnlab.ui.server import session_lock
from nnlab.ui.slider import Scale
from nnlab.ui.watching import describe, watch


@st.fragment
def workbench(mode: str) -> None:
    """Controls, stage and pictures: everything that follows a hand on the playground."""
    with session_lock():
        acted()
        held = session()
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
        if not held.player.playing and not remember(held):
            st.caption(_("This experiment is too long for a link: keep it as a file instead."))


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
    if not has_part(player.experiment, held.picked):
        held.picked = ""
        return
    parameter, index = locate(player.run.module(player.run.moment(player.step)), held.picked)
    value = parameter.detach()[index].item()
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
