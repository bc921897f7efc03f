"""The one Plotly view of the app: a figure that is redrawn in place, keeps its zoom, lights up the
part that is pointed at in every view, and says which part was clicked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import streamlit as st

from nnlab.language import gettext as _
from nnlab.ui import link
from nnlab.ui.component import component
from nnlab.ui.keep import keep_texts
from nnlab.ui.plotly_js import plotly_script, serve_plotly

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

DEFAULT_HEIGHT = 360
_PART = re.compile(r"[A-Za-z][\w.:-]{0,31}", re.ASCII)

_mount = component("view", isolated=False)


def view(
    figure: Figure,
    key: str,
    alt: str,
    pick: str | None = None,
    height: int | None = None,
) -> None:
    """Show `figure`. `alt` says in words what it shows, for those who can't see it.

    A click on a point with a `customdata` id puts that id into `st.session_state[pick]` before the
    next run. `height` in pixels overrides the figure's own. Where the figure's layout says so
    (`meta: {"plane": True}`), points can be added by a click and dragged: the browser tells the
    stage of the page (see nnlab.ui.playground.stage).
    """
    # Where there is a figure there is Plotly, which a blank place does without.
    from nnlab.figures.written import written  # noqa: PLC0415

    serve_plotly()
    _mount(
        key=key,
        data={
            "figure": written(figure),
            "alt": alt,
            "height": height or figure.layout.height or DEFAULT_HEIGHT,
            "key": key,
            "pickable": pick is not None,
            "plotly": plotly_script(),
            "keep": keep_texts(),
            "failed": _("This picture could not be drawn. Reload the page to try again."),
        },
        on_picked_change=lambda: _keep_pick(key, pick),
    )


def blank(key: str, height: int = DEFAULT_HEIGHT, *, square: bool = False) -> None:
    """Keep the place of a view that is still to come, while the browser gets ready to draw it."""
    serve_plotly()
    place = {"figure": None, "height": height, "meta": {"square": square}}
    _mount(key=key, data={**place, "plotly": plotly_script()})


def _keep_pick(key: str, pick: str | None) -> None:
    """Anything can come from a browser: only what looks like a part's id is kept."""
    picked = st.session_state[key].get("picked")
    if pick is not None and isinstance(picked, str) and _PART.fullmatch(picked):
        st.session_state[pick] = picked
        link.settle()
