"""The gallery above the stage: presets to open, the question that each asks first, and what is to
be seen when its epochs are over. The link says which one is open."""

from __future__ import annotations

import streamlit as st

from nnlab.language import gettext as _
from nnlab.language import sentences
from nnlab.player import Player
from nnlab.presets import PRESETS
from nnlab.presets.preset import Preset
from nnlab.ui import link
from nnlab.ui.choice import choose
from nnlab.ui.playground.session import ACTS, EXPERIMENT, Session, session
from nnlab.ui.server import session_lock

PRESET, GUESS = "preset", "guess"
_ARRIVED, _SHELF = "nnlab.preset", "play_gallery"


def gallery() -> None:
    """The presets to choose from."""
    shelf = st.popover(
        _("Ready-made starts that go well or badly"),
        key=_SHELF,
        icon=":material/collections_bookmark:",
        on_change="rerun",
    )
    if shelf.open:
        with shelf:
            _choose_preset()


def opened(held: Session) -> None:
    """The preset that is open, if any."""
    name = link.read(PRESET)
    _arrive(name)
    preset = PRESETS.get(name)
    held.player.until = preset.due if preset else held.goal
    if preset:
        _show(preset, held.player)


def open_preset(name: str) -> None:
    """Be a preset's experiment at its very start; undo brings back what was there."""
    with session_lock():
        held = session()
        ACTS["pause"](held, {})
        held.player.become(PRESETS[name].experiment)
        held.player.rewind()
        link.write(PRESET, name)
        link.write(GUESS, "")


def _take_down(name: str) -> None:
    """Open a preset, and close the shelf."""
    open_preset(name)
    st.session_state[_SHELF] = False


def _arrive(name: str) -> None:
    """A first link that names a preset and no experiment opens it."""
    fresh = _ARRIVED not in st.session_state
    st.session_state[_ARRIVED] = True
    if fresh and name in PRESETS and not link.read(EXPERIMENT):
        guess = link.read(GUESS)
        open_preset(name)
        link.write(GUESS, guess)


def _choose_preset() -> None:
    name = st.selectbox(
        _("start"),
        list(PRESETS),
        format_func=lambda each: _(PRESETS[each].title),
        key="play_preset",
    )
    st.markdown(_(PRESETS[name].why))
    st.button(_("Open"), key="play_open", on_click=_take_down, args=(name,), type="primary")


def _show(preset: Preset, player: Player) -> None:
    """The question of the open preset, and the answer when its epochs are over."""
    question, over = preset.question, preset.over(player.run)
    text = _("Predict first: {question}").format(question=_(question.text))
    then = _("Then press **Play**: it pauses after {epochs} epochs.").format(epochs=preset.epochs)
    with st.container(border=True, key="play_opened", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            said = sentences(text, "" if over else then)
            st.markdown("**" + _(preset.title) + "** · " + said, width="stretch")
            guess = choose(
                text,
                {name: _(text) for name, text in question.choices.items()},
                GUESS,
                label_visibility="collapsed",
                width="content",
            )
            st.button(_("Close"), key="play_close", on_click=link.forget, args=(PRESET, GUESS))
        if over:
            with st.container(horizontal=True, vertical_alignment="center", key="play_answer"):
                _answer(preset, player, guess)


def _answer(preset: Preset, player: Player, guess: str | None) -> None:
    """What was to be seen: on a low screen its first lines. On demand all of it, and the numbers
    that it rests on."""
    right = guess == preset.question.right
    begins = "" if guess is None else _("Yes.") if right else _("Not quite.")
    sign = ":green[:material/check_circle:]" if right else ":blue[:material/lightbulb:]"
    said = sentences(begins, _(preset.see))
    st.markdown(f"{sign} {said}", width="stretch")
    with st.popover(_("More"), key="play_more"):
        st.markdown(_(preset.see))
        if player.experiment != preset.experiment:
            st.caption(_("Something was changed since: open it again to see it as it is meant."))
            return
        run = player.trainer.at(*preset.steps)
        moment = run.moment(preset.due)
        st.caption("  \n".join(promise.said(run, moment) for promise in preset.promises))
