"""The menu at a picture's corner that saves it or shows its numbers (keep.js and numbers.js in
static/), in the reader's words."""

from __future__ import annotations

from nnlab.language import gettext as _


def keep_texts() -> dict[str, str]:
    """What the menu says."""
    return {
        "label": _("Save this picture or read its numbers"),
        "table": _("its numbers as a table"),
        "png": _("picture (PNG)"),
        "svg": _("drawing (SVG)"),
        "csv": _("numbers (CSV)"),
        "close": _("Close"),
        "cut": _("These are {shown} of {all} rows. The CSV file has all."),
        "failed": _("This could not be saved. Try again."),
    }
