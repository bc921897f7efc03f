"""Streamlit's own words, which it has in English only. In another language static/app.css puts
these in their places, by the names that they have here."""

from __future__ import annotations

from nnlab.language import gettext as _


def streamlit_words() -> dict[str, str]:
    """Name -> what a file uploader and a text field say, in the language of now."""
    return {
        "upload": _("Choose a file"),
        "drop": _("Drop it here"),
        "enter": _("Enter applies it"),
        "enter-lines": _("Ctrl+Enter or ⌘+Enter applies it"),
        "enter-form": _("Enter sends it"),
        "enter-form-lines": _("Ctrl+Enter or ⌘+Enter sends it"),
    }
