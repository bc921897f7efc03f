"""Sharing: the link to just what is on the screen, to copy and as a QR code for the classroom's
screen."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import streamlit as st

from nnlab.language import gettext as _
from nnlab.qr import qr_code
from nnlab.ui.component import component

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
            show_link(address(), "share_link")


def address() -> str:
    """The whole link to this page as it is now."""
    return joined(st.context.url or "", st.query_params.to_dict())


def joined(url: str, parameters: Mapping[str, str]) -> str:
    """A link of its two parts."""
    return f"{url}?{urlencode(parameters)}" if parameters else url


def show_link(link: str, key: str) -> None:
    """A link, how long it is, and its QR code."""
    code = qr_code(link)
    said = [_("{count} characters.").format(count=len(link))]
    if not code:
        said.append(_("That is too long for a QR code that a telephone reads across a room."))
    if urlsplit(link).hostname in _OWN:
        said.append(
            _(
                "It leads to this computer only: for others, open nnlab by this computer's address "
                "in the network first."
            )
        )
    show_text(link, key, _("The link"), " ".join(said), code)


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
