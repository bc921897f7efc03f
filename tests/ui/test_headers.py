"""Every answer tells the browser what it may do, and no more than the lessons need."""

from __future__ import annotations

from typing import Any

from starlette.responses import PlainTextResponse

from nnlab.ui.hosting.headers import ALWAYS, Headers, policy
from tests.loop import run


def headers_for(host: bytes, *frame_ancestors: str) -> dict[str, str]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    door = Headers(PlainTextResponse("hello"), policy=policy(frame_ancestors))
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", host)]}
    run(door(scope, receive, send))
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def directives(header: str) -> dict[str, list[str]]:
    parts = (part.split() for part in header.split(";"))
    return {name: sources for name, *sources in parts}


def test_every_answer_has_the_headers() -> None:
    found = headers_for(b"nnlab.example")
    for name, value in ALWAYS.items():
        assert found[name.lower()] == value


def test_no_script_from_elsewhere_and_none_made_of_text() -> None:
    allowed = directives(headers_for(b"nnlab.example")["content-security-policy"])
    scripts = allowed["script-src"]
    assert {"'self'", "blob:"} <= set(scripts)
    assert all(each.startswith("'sha256-") for each in scripts if each not in {"'self'", "blob:"})
    assert len(scripts) > 2, "Streamlit's page has a script of its own"
    assert allowed["object-src"] == ["'none'"]
    for sources in allowed.values():
        assert not {"*", "http:", "https:", "'unsafe-eval'"} & set(sources)


def test_the_websocket_goes_to_the_same_host_only() -> None:
    connect = directives(headers_for(b"nnlab.example:8443")["content-security-policy"])[
        "connect-src"
    ]
    assert {"ws://nnlab.example:8443", "wss://nnlab.example:8443"} <= set(connect)


def test_a_host_that_is_none_does_not_get_into_the_policy() -> None:
    header = headers_for(b"evil.example; script-src *")["content-security-policy"]
    assert "evil" not in header
    assert "*" not in header


def test_only_the_named_sites_may_show_it_in_a_frame() -> None:
    alone = directives(headers_for(b"nnlab.example")["content-security-policy"])
    assert alone["frame-ancestors"] == ["'self'"]
    school = headers_for(b"nnlab.example", "https://moodle.example")["content-security-policy"]
    assert directives(school)["frame-ancestors"] == ["'self'", "https://moodle.example"]
