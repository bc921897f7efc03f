"""A component of ours is a JavaScript module in static/. Streamlit sends only a few lines with
every update, which fetch the module from there once; its hash in the address keeps a browser from
using an old one."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import streamlit as st

from nnlab.ui.server import STATIC

_STUB = """
const fetched = import(new URL("app/static/{name}.js?{digest}", document.baseURI).href);
export default async (component) => (await fetched).default(component);
"""


def component(name: str, *, isolated: bool) -> Callable[..., Any]:
    """Register static/<name>.js; `isolated` puts it into a shadow root."""
    digest = sha256((STATIC / f"{name}.js").read_bytes()).hexdigest()[:12]
    stub = _STUB.format(name=name, digest=digest)
    return st.components.v2.component(f"nnlab_{name}", js=stub, isolate_styles=isolated)
