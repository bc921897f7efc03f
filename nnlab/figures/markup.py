"""Plotly takes a few tags, entities and %{...} in a text for markup. What a learner's own file says
is shown as it stands."""

from __future__ import annotations

from html import escape


def as_text(text: str) -> str:
    """A text for titles, names and hovers that shows exactly this text."""
    return escape(text, quote=False).replace("%", "&#37;")
