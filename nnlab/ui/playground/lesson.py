"""The playground as it stands on its page: the controls, the stage, the number that is picked, and
the pictures around it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from nnlab import language
from nnlab.branches import parting
from nnlab.language import gettext as _
from nnlab.limits import ExperimentError
from nnlab.network import locate
from nnlab.ui import knobs, slider
from nnlab.ui.choice import choose
from nnlab.ui.hosting.turns import HAND_S, turns
from nnlab.ui.live import alone
from nnlab.ui.markup import as_text
from nnlab.ui.playground.controls import CONTROLS, fitted
from nnlab.ui.playground.first_start import first_start
from nnlab.ui.playground.gallery import gallery, opened
from nnlab.ui.playground.own_data import new_points, own_data
from nnlab.ui.playground.pictures import show_curves, show_field
from nnlab.ui.playground.pocket import pocket
from nnlab.ui.playground.session import (
    ACTS,
    Session,
    acted,
    go_to,
    has_part,
    play,
    session,
    to_the_lowest,
)
from nnlab.ui.playground.watching import describe, watch
from nnlab.ui.server import session_lock
from nnlab.ui.slider import Scale
from nnlab.ui.take_away import Look, Taken, brought, take_away


@st.fragment
def workbench() -> None:
    """Controls, stage and pictures: everything that follows a hand on the playground."""
    language.use(language.current())
    with session_lock(), turns().turn(HAND_S):
        acted()
        held = session()
        bring(held)
        news = st.container()
        _bench(held)
        with news:
            tell(held)
        watch(held.player)
        describe(held.player)
        own_data(held, fitted)
        take_away(taken(held))
        if not held.player.playing:
            pocket(held)


def _bench(held: Session) -> None:
    """Controls, network and output in one glance; static/app.css lays them side by side. On a phone
    Play, the network and the output come first."""
    with st.container(key="play_room"), st.container(key="play_bench"):
        head = st.container(horizontal=True, vertical_alignment="center", key="play_head")
        task = st.container(key="play_task")
        middle = st.container(key="play_middle", gap="small")
        right = st.container(key="play_right", gap="small")
        left = st.container(key="play_left", gap="small")
    with head:
        mode = _head()
    with task:
        opened(held)
    show = hand if held.player.playing else _turn
    with left:
        show(CONTROLS[mode])
    with middle:
        stage = st.container()
        show(edit_part)
    with stage:
        play()
    with right:
        show_field(held.player)
        show_curves(held.player)
    with left:
        new_points(held)
    if mode == "learn":
        # Behind the controls, which may have done what it asks for.
        with task:
            first_start(held)


def _head() -> str:
    """The presets, and how many controls, whose name it gives."""
    mode = choose(
        _("controls"),
        {"learn": _("a few controls"), "full": _("all controls")},
        "mode",
        "learn",
        look="segments",
        required=True,
        label_visibility="collapsed",
        width="content",
    )
    gallery()
    return mode


@st.fragment
def hand(turn: Callable[[Session], None]) -> None:
    """Controls while it plays. Where a slider is dragged and the run goes on, they are redrawn
    alone: the next frame shows what it does, and the rest follows when it is let go of."""
    language.use(language.current())
    with session_lock(), turns().turn(HAND_S):
        before = session().player.experiment
        _turn(turn)
        goes_on = parting(before, session().player.experiment) > 0
        if alone() and not (goes_on and slider.moving()):
            st.rerun()


def _turn(turn: Callable[[Session], None]) -> None:
    """Show controls. All that one drag changes is one change, to be undone at once."""
    held = session()
    begun, now = held.dragged_from, len(held.player.past)
    turn(held)
    if begun is not None:
        held.player.count_as_one(begun)
    held.dragged_from = (now if begun is None else begun) if slider.moving() else None
    held.stock = held.stock if slider.moving() else None


def bring(held: Session) -> None:
    """Be what a file has brought, at the step that it says."""
    if found := brought():
        ACTS["pause"](held, {})
        try:
            held.player.become(found.experiment)
        except ExperimentError as error:
            held.told = as_text(str(error))
        else:
            go_to(held, found.at)


def taken(held: Session) -> Taken:
    """The network of the moment in which it is asked for."""
    lock = session_lock()

    def look() -> Look:
        with lock:
            return Look(held.player.run, held.player.seen)

    return Taken("playground", look)


def tell(held: Session) -> None:
    """What went wrong, and what is news, once."""
    if held.told == "full":
        st.info(_("Many people are playing at this moment. Try again in a minute."))
    elif held.told:
        st.warning(held.told, icon=":material/error:")
    held.told = ""
    if held.news and not slider.moving():
        st.toast(held.news)
        held.news = ""
    if held.player.trainer.diverged_at is not None:
        text = _(
            "**The loss diverged** at step {step}: it was no longer a finite number. Everything "
            "before that is kept: go back to where it was low, and take a smaller learning rate."
        )
        with st.container(horizontal=True, vertical_alignment="center", key="play_diverged"):
            said = text.format(step=held.player.trainer.diverged_at)
            st.warning(said, icon=":material/trending_up:", width="stretch")
            st.button(_("Back to the lowest loss"), key="play_lowest", on_click=to_the_lowest)
    elif held.player.trainer.stopped_at is not None:
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
    parameter, index = locate(player.seen.module(), held.picked)
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
