"""A file that a visitor brings belongs to a session, and a session is in one process. Whoever is
asked to take a file for a session of another process says 404, so that nginx asks the next one:
Streamlit's own 400 would be taken for the last word."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime import Runtime

_FILE = re.compile(r"/_stcore/upload_file/([^/]+)/[^/]+")
_BRINGING = {"PUT", "DELETE"}


def is_here(session: str) -> bool:
    """Whether this process has the session."""
    return Runtime.exists() and Runtime.instance().is_active_session(session)


class Elsewhere:
    """Refuses files for sessions that are not here."""

    def __init__(self, app: ASGIApp, here: Callable[[str], bool] = is_here) -> None:
        self._app, self._here = app, here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _FILE.fullmatch(scope.get("path", ""))
        if found and scope.get("method") in _BRINGING and not self._here(found[1]):
            refusal = PlainTextResponse("This session is not here.", 404)
            return await refusal(scope, receive, send)
        return await self._app(scope, receive, send)
