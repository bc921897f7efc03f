"""plotly.js is by far the largest file that a browser fetches. A browser hears of it with the page
itself, and gets it as it was packed once: to pack it anew for each visitor takes a third of a
second, in which nobody else is answered."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nnlab.ui.server import STATIC, packed, plotly_script

ADDRESS = "app/static/"
_HEADERS = {
    "Content-Encoding": "gzip",
    "Vary": "Accept-Encoding",
    # The version of Plotly is in the name.
    "Cache-Control": "public, immutable, max-age=31536000",
}


class Packed:
    """Hands plotly.js out packed where `folder` holds it so; where not, that is up to the app."""

    def __init__(self, app: ASGIApp, folder: Path = STATIC) -> None:
        self._app = app
        self._file = packed(folder / plotly_script())
        self._content = cache(self._file.read_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not self._file.exists():
            return await self._app(scope, receive, send)
        asked = Headers(scope=scope)
        if "text/html" in asked.get("accept", ""):
            return await self._app(scope, receive, partial(_announce, send))
        packs = "gzip" in asked.get("accept-encoding", "")
        if packs and scope["path"].endswith(f"/{ADDRESS}{plotly_script()}"):
            answer = Response(self._content(), media_type="text/javascript", headers=_HEADERS)
            return await answer(scope, receive, send)
        return await self._app(scope, receive, send)


async def _announce(send: Send, message: Message) -> None:
    """Let the browser fetch it while it has nothing better to do."""
    if message["type"] == "http.response.start":
        link = f"<{ADDRESS}{plotly_script()}>; rel=prefetch; as=script"
        MutableHeaders(scope=message).append("Link", link)
    await send(message)
