"""The headers that tell a browser what a page of nnlab may do: nothing from elsewhere is loaded,
nothing is sent elsewhere, and only the sites that the house names may show it in a frame."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import streamlit
from starlette.datastructures import Headers as Given
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{name}=()"
        for name in (
            "accelerometer",
            "camera",
            "display-capture",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "usb",
        )
    ),
}
_INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:]+\](:\d{1,5})?")

Policy = Callable[[str], str]
"""A content security policy for the host that a browser has asked."""


def policy(frame_ancestors: Sequence[str]) -> Policy:
    """The content security policy. Streamlit's page needs styles in the page and the one script
    that stands in its index.html; its components' scripts come as blobs."""
    scripts = " ".join(_hashes(_INDEX.read_bytes()))
    fixed = (
        "default-src 'self'",
        f"script-src 'self' blob: {scripts}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "media-src 'self' data: blob:",
        "object-src 'none'",
        "frame-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        " ".join(("frame-ancestors 'self'", *frame_ancestors)),
    )

    def of(host: str) -> str:
        # Not every browser takes a websocket to the same host for 'self'.
        wires = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
        return "; ".join((*fixed, f"connect-src 'self' data: blob:{wires}"))

    return of


def _hashes(page: bytes) -> Iterator[str]:
    """What allows each script that is written out in the page."""
    for script in _INLINE.findall(page):
        yield f"'sha256-{base64.b64encode(sha256(script).digest()).decode()}'"


class Headers:
    """Gives every answer its headers."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app, self._policy = app, policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        host = Given(scope=scope).get("host", "")

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers[name] = value
                headers["Content-Security-Policy"] = self._policy(host)
            await send(message)

        return await self._app(scope, receive, dressed)
