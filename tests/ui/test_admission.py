"""As many visitors as there are places; the next one sees a page that says so and tries again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from nnlab.ui.hosting.admission import AGAIN_S, Admission
from tests.loop import run

PAGE: dict[str, Any] = {
    "type": "http",
    "path": "/neuron",
    "headers": [(b"accept", b"text/html,*/*")],
}
CHECK: dict[str, Any] = {
    "type": "http",
    "path": "/_stcore/health",
    "headers": [(b"accept", b"*/*")],
}
WIRE: dict[str, Any] = {
    "type": "websocket",
    "path": "/_stcore/stream",
    "headers": [],
    "extensions": {"websocket.http.response": {}},
}
Sent = list[dict[str, Any]]


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a page, and holds a websocket until it is told to go."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"app"})
    else:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()


async def ask(door: Admission, scope: dict[str, Any]) -> Sent:
    sent: Sent = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    await door(scope, receive, send)
    return sent


class Visitor:
    """A websocket that stays open until it leaves."""

    def __init__(self, door: Admission) -> None:
        self.sent: Sent = []
        self._left = asyncio.Event()
        self._connected = False
        self.task = asyncio.create_task(door(WIRE, self._receive, self._send))

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    async def _receive(self) -> Any:
        if self._connected:
            await self._left.wait()
            return {"type": "websocket.disconnect"}
        self._connected = True
        return {"type": "websocket.connect"}

    async def leave(self) -> None:
        self._left.set()
        await self.task


def live(story: Callable[[Admission], Awaitable[None]], most: int = 2) -> None:
    async def whole() -> None:
        await story(Admission(_app, most))

    run(whole())


def test_when_every_place_is_taken_a_page_says_so_in_both_languages() -> None:
    async def story(door: Admission) -> None:
        assert (await ask(door, PAGE))[0]["status"] == 200
        visitors = [Visitor(door) for _ in range(2)]
        await asyncio.sleep(0)
        start, body = await ask(door, PAGE)
        assert start["status"] == 503
        assert (b"retry-after", b"%d" % AGAIN_S) in start["headers"]
        page = body["body"].decode()
        assert f'<meta http-equiv="refresh" content="{AGAIN_S}">' in page
        assert '<section lang="en">' in page
        assert '<section lang="zh-CN">' in page
        assert "位" in page
        assert (await ask(door, CHECK))[0]["status"] == 200
        await visitors[0].leave()
        assert (await ask(door, PAGE))[0]["status"] == 200
        await visitors[1].leave()

    live(story)


def test_websockets_have_an_end_too_with_room_for_those_who_come_back() -> None:
    async def story(door: Admission) -> None:
        visitors = [Visitor(door) for _ in range(3)]
        await asyncio.sleep(0)
        assert all(each.sent[0]["type"] == "websocket.accept" for each in visitors)
        (start, *_rest) = await ask(door, WIRE)
        assert (start["type"], start["status"]) == ("websocket.http.response.start", 503)
        plain = {**WIRE, "extensions": {}}
        assert (await ask(door, plain))[0]["type"] == "websocket.close"
        for each in visitors:
            await each.leave()
        assert door.present == 0

    live(story)


def test_who_breaks_off_gives_the_place_back() -> None:
    async def story(door: Admission) -> None:
        visitor = Visitor(door)
        await asyncio.sleep(0)
        visitor.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await visitor.task
        assert door.present == 0

    live(story)
