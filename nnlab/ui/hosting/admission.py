"""The door: as many visitors as the house can serve well. Whoever comes when it is full sees a
page that says so and tries again by itself, with the same link."""

from __future__ import annotations

from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from nnlab import language
from nnlab.language import gettext as _
from nnlab.ui.hosting import counters
from nnlab.ui.hosting.plain_page import plain_page

AGAIN_S = 20
"""Seconds after which a visitor's browser tries again."""
RETURNING = 0.1
"""The share of places, on top of all, for those whose wire was cut and who come back."""

_STYLE = "body { max-width: 32rem; margin: 15vh auto; }"
_PART = '<section lang="{tag}"><h1>{title}</h1><p>{text}</p></section>'


class Admission:
    """Lets in at most `most` visitors at once: one is there for as long as its websocket is open.
    A few more websockets than pages are let in, so that nobody loses a place to a cut wire."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app, self._most = app, most
        self._wires = most + max(1, round(RETURNING * most))
        self.present = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await self._wire(scope, receive, send)
        if self.present >= self._most and _asks_for_a_page(scope):
            counters.REFUSALS.labels("full").inc()
            return await busy()(scope, receive, send)
        return await self._app(scope, receive, send)

    async def _wire(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.present >= self._wires:
            counters.REFUSALS.labels("full").inc()
            return await _turn_away(scope, receive, send)
        self.present += 1
        counters.VISITS.inc()
        try:
            with counters.SESSIONS.track_inprogress():
                await self._app(scope, receive, send)
        finally:
            self.present -= 1


def busy() -> Response:
    """The kind page, in every language."""
    before, parts = language.current(), []
    for name in language.LANGUAGES:
        language.use(name)
        title = _("Many people are learning here at this moment.")
        text = _(
            "Every place is taken. This page tries again by itself every {seconds} seconds and "
            "opens what you came for as soon as there is room."
        ).format(seconds=AGAIN_S)
        tag = name.replace("_", "-")
        parts.append(_PART.format(tag=tag, title=escape(title), text=escape(text)))
    language.use(before)
    page = plain_page("\n".join(parts), _STYLE, tag=language.ENGLISH, seconds=AGAIN_S)
    headers = {"Retry-After": f"{AGAIN_S}", "Cache-Control": "no-store"}
    return HTMLResponse(page, 503, headers)


def _asks_for_a_page(scope: Scope) -> bool:
    """A browser that goes somewhere asks for HTML; scripts, pictures and checks of health don't."""
    return scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")


async def _turn_away(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a websocket before it is opened."""
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        return await send({"type": "websocket.close", "code": 1013})
    headers = [(b"retry-after", b"%d" % AGAIN_S)]
    await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
    return await send({"type": "websocket.http.response.body", "body": b""})
