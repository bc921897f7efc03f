"""plotly.js is by far the largest file that a browser fetches. A browser hears of it with the page
itself, and gets it as it was packed once: to pack it anew for each visitor takes a third of a
second, in which nobody else is answered."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from functools import cache, partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = Path(__file__).parent.parent.parent / "static"
ADDRESS = "app/static/"
_HEADERS = {
    "Content-Encoding": "gzip",
    "Vary": "Accept-Encoding",
    # The version of Plotly is in the name.
    "Cache-Control": "public, immutable, max-age=31536000",
}


@cache
def plotly_script() -> str:
    """The name of plotly.js in static/, with the version of the installed package in it."""
    return f"plotly-{import_module('plotly').__version__}.min.js"


def packed(script: Path) -> Path:
    """Where a script lies as browsers unpack it."""
    return script.with_name(f"{script.name}.gz")


@cache
def serve_plotly(folder: Path = STATIC) -> Path:
    """Copy plotly.js from the installed package to `folder`, where the browser gets it, and beside
    it once more, packed.

    Raises RuntimeError, in one sentence, where it is missing and can't be written.
    """
    target = folder / plotly_script()
    if not target.exists() or not packed(target).exists():
        try:
            _copy(target)
        except OSError as error:
            if target.exists():
                return target
            message = (
                f"Plotly's script can't be written to {target}: make that folder writable once, "
                "or copy package_data/plotly.min.js of the plotly package there under this name."
            )
            raise RuntimeError(message) from error
    return target


def _copy(target: Path) -> None:
    """Write beside the targets, then rename, so that no browser gets half a script."""
    content = files("plotly.package_data").joinpath("plotly.min.js").read_bytes()
    _write(target, content)
    _write(packed(target), gzip.compress(content, mtime=0))


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as beside:
        part = Path(beside) / target.name
        part.write_bytes(content)
        part.chmod(0o644)
        shutil.move(part, target)


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
