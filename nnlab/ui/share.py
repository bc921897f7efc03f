"""Sharing: the link to just what is on the screen, to copy and as a QR code for the classroom's
screen."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from nnlab.address import here
from nnlab.language import gettext as _
from nnlab.language import sentences
from nnlab.qr import qr_code
from nnlab.ui import link
from nnlab.ui.component import component
from nnlab.ui.contents import FOR_TEACHERS

_mount = component("share", isolated=True)
_OWN = {"localhost", "127.0.0.1", "::1"}


@st.fragment
def share() -> None:
    """A button on every page: what the address bar says when it is pressed."""
    shelf = st.popover(
        _("Share"), icon=":material/share:", key="share", on_change="rerun", width="stretch"
    )
    if shelf.open:
        with shelf:
            place = here(link.page(), st.query_params.to_dict())
            if link.lags():
                st.warning(
                    _(
                        "What is on this page is too long for a link, which leads to an earlier "
                        "state. Take the experiment away as a file instead."
                    ),
                    icon=":material/attach_file:",
                )
            show_link(f"{root()}{place}", "share_link")
            if place.path and place.path not in {each.path for each in FOR_TEACHERS}:
                st.page_link(
                    f"pages/{FOR_TEACHERS[0].file}",
                    label=_("Ask my class about this"),
                    icon=":material/co_present:",
                    query_params={"view": str(place)},
                )


def root() -> str:
    """Where this nnlab stands, up to the path of its pages."""
    return (st.context.url or "").removesuffix(link.page()).rstrip("/") + "/"


def show_link(whole: str, key: str) -> None:
    """A link, how long it is, and its QR code."""
    code = qr_code(whole)
    said = [_("{count} characters.").format(count=len(whole))]
    if not code:
        said.append(_("That is too long for a QR code that a telephone reads across a room."))
    if urlsplit(whole).hostname in _OWN:
        said.append(
            _(
                "It leads to this computer only: for others, open nnlab by this computer's address "
                "in the network first."
            )
        )
    show_text(whole, key, _("The link"), sentences(*said), code)


def show_text(text: str, key: str, label: str, note: str = "", code: str = "") -> None:
    """A text to copy, with a note and a QR code under it."""
    _mount(
        key=key,
        data={
            "text": text,
            "label": label,
            "note": note,
            "code": code,
            "alt": _("QR code of the link"),
            "copy": _("Copy"),
            "copied": _("Copied."),
            "failed": _("Marked: copy it with Ctrl+C."),
            "large": _("Show the code large"),
            "close": _("Close"),
        },
    )
