"""The stations of a module as a table: what stands where, with its shape and its parameters."""

from __future__ import annotations

import streamlit as st

from nnlab.language import gettext as _
from nnlab.sandbox.portrait import Portrait
from nnlab.ui.markup import as_text

_MOST_ROWS = 40


def show_stations(seen: Portrait) -> None:
    """Every station with its shape and its parameters, as a table."""
    names = (_("module"), _("shape"), _("parameters"))
    lines = [f"| {' | '.join(names)} |", "| --- | --- | ---: |"]
    for each in seen.stations[:_MOST_ROWS]:
        shape = ", ".join(["N", *map(str, each.shape[1:])])
        named = ": ".join(filter(None, (each.name[:20], each.kind.partition("(")[0][:20])))
        cells = (as_text(named), f"\\[{shape}\\]", f"{each.parameters:,}")
        lines.append(f"| {' | '.join(cells)} |")
    total = _("{count} parameters, {trained} of them trained. N is the number of rows.")
    st.markdown("\n".join(lines))
    st.caption(total.format(count=f"{seen.parameters:,}", trained=f"{seen.trainable:,}"))
