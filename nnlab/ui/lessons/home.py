"""The home page's two parts: a neuron to try at once, and what awaits in the lessons."""

from __future__ import annotations

import streamlit as st

from nnlab.language import gettext as _
from nnlab.ui.contents import SECTIONS, Entry
from nnlab.ui.live import live
from nnlab.ui.view import DEFAULT_HEIGHT, blank

_WIDE = 3


def try_a_neuron() -> None:
    """Three sliders, one line in the plane, and something to bring about with them."""
    # All the rest of this page is on the screen before torch is there.
    from nnlab.ui.lessons import first_neuron  # noqa: PLC0415

    live(first_neuron.explore)


def await_a_neuron() -> None:
    """Its place, before torch is there."""
    said, sight = st.columns(2, gap="large")
    with said:
        st.caption(_("A neuron to try comes here in a moment: PyTorch is being loaded."))
        st.space(DEFAULT_HEIGHT)
    with sight:
        blank("home_awaited", square=True)


def contents() -> None:
    """Every lesson with a line about what one does there."""
    for section, entries in SECTIONS.items():
        st.subheader(_(section), anchor=False)
        for first in range(0, len(entries), _WIDE):
            row = entries[first : first + _WIDE]
            for place, entry in zip(st.columns(_WIDE), row, strict=False):
                with place:
                    _show(entry)


def _show(entry: Entry) -> None:
    title = _(entry.title)
    with st.container(border=True, height="stretch", gap=None, key=f"card_{entry.path}"):
        st.page_link(
            f"pages/{entry.file}",
            label=f"**{entry.number}. {title}**",
            icon=f":material/{entry.icon}:",
        )
        st.caption(_(entry.about))
