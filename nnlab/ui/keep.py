"""The menu at a picture's corner that saves it (static/keep.js), in the reader's words."""

from __future__ import annotations

from nnlab.language import gettext as _


def keep_texts() -> dict[str, str]:
    """What the menu says."""
    return {
        "label": _("Save this picture"),
        "png": _("picture (PNG)"),
        "svg": _("drawing (SVG)"),
        "csv": _("numbers (CSV)"),
        "failed": _("This could not be saved. Try again."),
    }
