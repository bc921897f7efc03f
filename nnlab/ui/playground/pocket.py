"""What is too long for a link is kept by the browser as long as its tab is open. Should the server
go, or the page be loaded again, the browser brings it back: nothing of it is only on the server."""

from __future__ import annotations

import streamlit as st

from nnlab.language import gettext as _
from nnlab.limits import ExperimentError, Text, Whole
from nnlab.permalink import from_text
from nnlab.ui.component import component
from nnlab.ui.markup import as_text
from nnlab.ui.playground.session import START, Session, go_to, remember, session
from nnlab.ui.server import session_lock

LONGEST = 1_000_000
"""Characters; browsers keep some five million for all of a site."""
KEY = "play_pocket"

_mount = component("pocket", isolated=True)


def pocket(held: Session) -> None:
    """Put the experiment into the link, or else into the browser."""
    text = "" if remember(held) else held.wording()
    if len(text) > LONGEST:
        st.caption(_("This experiment is too long for a link: keep it as a file instead."))
        text = ""
    elif text:
        st.caption(
            _(
                "This experiment is too long for a link. Your browser keeps it while this tab is "
                "open; to have it for longer, take it with you as a file."
            )
        )
    _mount(
        key=KEY,
        data={"session": held.name, "link": held.text, "text": text, "at": held.player.step},
        on_kept_change=_bring_back,
    )


def _bring_back() -> None:
    """Anything can come from a browser: it is read like a link."""
    said = (st.session_state.get(KEY) or {}).get("kept")
    if not isinstance(said, dict):
        return
    with session_lock():
        held = session()
        try:
            text = Text(LONGEST).accept(_("the link"), said.get("text"))
            held.player.become(from_text(text, START))
            go_to(held, Whole(0, held.player.experiment.n_steps).accept("at", said.get("at")))
        except ExperimentError as error:
            held.told = as_text(str(error))
