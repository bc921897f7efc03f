"""A component of ours is a JavaScript module in static/. Streamlit sends only a few lines with
every update, which fetch the module from there once; its hash in the address keeps a browser from
using an old one."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import streamlit as st

from nnlab.ui.plotly_js import STATIC

_STUB = """
const fetched = {files}.map((file) => import(new URL(file, document.baseURI).href));
export default async (component) => (await Promise.all(fetched))[0].default(component);
"""


def component(name: str, *, isolated: bool) -> Callable[..., Any]:
    """Register static/<name>.js; `isolated` puts it into a shadow root."""
    files = [_address(file) for file in _files(name)]
    stub = _STUB.format(files=files)
    return st.components.v2.component(f"nnlab_{name}", js=stub, isolate_styles=isolated)


def _files(name: str) -> tuple[str, ...]:
    """The module itself, and what any of them may need."""
    return (f"{name}.js", "history.js", "keep.js", "numbers.js", "post.js", "words.js")


def _address(file: str) -> str:
    digest = sha256((STATIC / file).read_bytes()).hexdigest()[:12]
    return f"app/static/{file}?{digest}"
