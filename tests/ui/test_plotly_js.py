"""plotly.js leaves this machine as it was packed once, and the page tells of it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Message

from nnlab.ui import plotly_js
from nnlab.ui.plotly_js import Packed, packed, plotly_script, serve_plotly
from tests.loop import run

SCRIPT = f"/app/static/{plotly_script()}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    packed(tmp_path / plotly_script()).write_bytes(gzip.compress(b"a picture"))
    return tmp_path


def asked(folder: Path, path: str, method: str = "GET", **headers: str) -> tuple[Headers, bytes]:
    """The answer's headers and content, where the app would say "the app"."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    given = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    scope = {"type": "http", "method": method, "path": path, "headers": given.raw}
    run(Packed(PlainTextResponse("the app"), folder)(scope, receive, send))
    return Headers(raw=sent[0]["headers"]), sent[1]["body"]


def test_who_can_unpack_it_gets_it_packed(folder: Path) -> None:
    headers, content = asked(folder, SCRIPT, accept_encoding="gzip, br")
    assert gzip.decompress(content) == b"a picture"
    assert headers["content-encoding"] == "gzip"
    assert headers["content-type"].startswith("text/javascript")


def test_a_page_tells_of_it(folder: Path) -> None:
    headers, content = asked(folder, "/neuron", accept="text/html", accept_encoding="gzip")
    assert headers["link"] == f"<{SCRIPT[1:]}>; rel=prefetch; as=script"
    assert content == b"the app"


@pytest.mark.parametrize(
    ("path", "method", "encoding"),
    [
        (SCRIPT, "GET", "identity"),
        (SCRIPT, "HEAD", "gzip"),
        ("/app/static/view.js", "GET", "gzip"),
    ],
)
def test_everything_else_is_the_apps(folder: Path, path: str, method: str, encoding: str) -> None:
    headers, content = asked(folder, path, method, accept_encoding=encoding)
    assert (content, "link" in headers) == (b"the app", False)


def test_before_it_is_packed_nothing_is_told(tmp_path: Path) -> None:
    headers, _ = asked(tmp_path, "/", accept="text/html")
    assert "link" not in headers
    assert asked(tmp_path, SCRIPT, accept_encoding="gzip")[1] == b"the app"


def test_plotly_is_copied_whole_and_once(tmp_path: Path) -> None:
    folder = tmp_path / "static"
    script = serve_plotly(folder)
    assert script.name == plotly_script()
    assert script.read_bytes().startswith(b"/**\n* plotly.js")
    assert gzip.decompress(packed(script).read_bytes()) == script.read_bytes()
    assert sorted(folder.iterdir()) == [script, packed(script)]


def test_a_script_that_is_there_will_do_where_it_cannot_be_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_target: Path) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(plotly_js, "_copy", full)
    script = tmp_path / plotly_script()
    script.touch()
    assert serve_plotly(tmp_path) == script


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RuntimeError, match=r"can't be written to .*plotly-.*\.min\.js"):
        serve_plotly(tmp_path / "file")
