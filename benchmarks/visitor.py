"""A visitor without a browser: one websocket that opens a page of the app, reads all that is sent
as a browser would, and says what sliders, choices and the stage would say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import Request, urlopen
from uuid import uuid4

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

MOST_WAIT = 90.0
_NO_TOKEN = "no-token"  # noqa: S105
"""Stands where a browser may send a token, before the number of the session to come back to."""


@dataclass(frozen=True)
class Shown:
    """Something of ours on the page: its id, which kind of widget it is, the fragment that shows
    it, and the data that it was last sent."""

    id: str
    kind: str
    fragment: str
    data: Any


@dataclass
class Visitor:
    """`address` is host:port, `page` the path of a lesson, `query` what stands behind the ? of its
    link. Used as `async with Visitor(...) as visitor: await visitor.open()`.

    `shown` is what stands on the page by key, `errors` every error that a page has shown, `runs`
    how many runs of a page or a part of it have ended, `received` the bytes that came.
    """

    address: str
    page: str = ""
    query: str = ""
    session: str = ""
    shown: dict[str, Shown] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    runs: int = 0
    received: int = 0
    _script: str = ""
    _opened: bool = False
    _slid: dict[str, WidgetState] = field(default_factory=dict)
    _stale: set[str] = field(default_factory=set)
    _change: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        cookie = await asyncio.to_thread(_cookie, self.address)
        self._socket = await websockets.connect(
            f"ws://{self.address}/_stcore/stream",
            subprotocols=[websockets.Subprotocol(each) for each in self._protocols()],
            additional_headers={"Cookie": cookie},
            max_size=None,
            open_timeout=MOST_WAIT,
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._socket.close()
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading

    def _protocols(self) -> list[str]:
        """Streamlit's own, and the session to come back to if there was one."""
        return ["streamlit", *([_NO_TOKEN, self.session] if self.session else [])]

    # ---- saying ----

    async def open(self) -> None:
        """Open the page by its link, and wait until it is there."""
        message = BackMsg()
        message.rerun_script.page_name = self.page
        message.rerun_script.query_string = self.query
        self._script, self._opened = "", False
        self._slid.clear()
        await self.send(message.SerializeToString())
        await self.until(lambda: self._opened)

    async def send(self, data: bytes | str) -> None:
        """Send anything."""
        await self._socket.send(data)

    async def set(self, key: str, **value: Any) -> None:
        """Say that the widget with this key now has a value, such as `double_value=0.5`; a
        component's is given as `json_value` or `json_trigger_value`, in JSON."""
        shown = self.shown[key]
        name = triggers(shown.id) if "json_trigger_value" in value else shown.id
        await self.say(WidgetState(id=name, **value), fragment=shown.fragment)

    async def say(self, *states: WidgetState, fragment: str = "") -> None:
        """Ask for a run, of a fragment alone if one is named, with these states of widgets, and as
        a browser does with those of the sliders: of two requests at once the server reads the last.
        """
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_script_hash, rerun.fragment_id = self._script, fragment
        rerun.query_string = self.query
        said = {each.id for each in states}
        held = (each for name, each in self._slid.items() if name not in said)
        rerun.widget_states.widgets.extend([*held, *states])
        await self.send(message.SerializeToString())

    async def bring(self, key: str, content: bytes) -> int:
        """Bring a file to an uploader, as a browser does: first the file, then word of it. Returns
        the status of the file, 0 where the server hung up before it had come."""
        file = uuid4().hex
        place = f"/_stcore/upload_file/{self.session}/{file}"
        status = await asyncio.to_thread(_send, self.address, place, content)
        if status == HTTPStatus.NO_CONTENT:
            said = {"file_id": file, "name": "own.csv", "size": len(content)}
            said["file_urls"] = {"file_id": file, "upload_url": place, "delete_url": place}
            await self.set(key, file_uploader_state_value={"uploaded_file_info": [said]})
        return status

    async def slide(self, key: str, text: str, number: int, *, final: bool = False) -> None:
        """What a group of live sliders reports (see static/slider.js)."""
        report = {"text": text, "number": number, "final": final}
        shown = self.shown[f"{key}_sliders"]
        state = WidgetState(id=shown.id, json_value=json.dumps({"report": report}))
        self._slid[shown.id] = state
        await self.say(state, fragment=shown.fragment)

    async def trigger(self, key: str, event: str, value: Any) -> None:
        """Something that happens once in a component, such as a click."""
        happened = json.dumps([{"event": event, "value": value}])
        await self.set(key, json_trigger_value=happened)

    # ---- waiting ----

    async def until(self, holds: Callable[[], object], seconds: float = MOST_WAIT) -> None:
        """Wait until something holds. Raises TimeoutError, and ConnectionError when the server
        has hung up."""
        async with asyncio.timeout(seconds):
            while not holds():
                if self._reading.done():
                    raise ConnectionError
                self._change.clear()
                await self._change.wait()

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                self.received += len(data)
                message = ForwardMsg()
                message.ParseFromString(data if isinstance(data, bytes) else data.encode())
                self.take(message)
                self._change.set()
        except websockets.ConnectionClosed:
            pass
        finally:
            self._change.set()

    # ---- seeing ----

    def take(self, message: ForwardMsg) -> None:
        """See one message."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
        elif kind == "navigation":
            self._turn_to(message.navigation.page_script_hash)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "script_finished":
            self._end(message.script_finished)
        elif kind == "delta":
            self._see(message)

    def _turn_to(self, script: str) -> None:
        """A page is run. What stood on it can be clicked until the run has shown what stays."""
        if script != self._script:
            self.shown.clear()
        self._script, self._stale = script, set(self.shown)

    def _end(self, how: int) -> None:
        """A run has ended; one that begins anew at once has not."""
        if how == ForwardMsg.FINISHED_SUCCESSFULLY:
            self.shown = {key: each for key, each in self.shown.items() if key not in self._stale}
            self._opened = True
        self.runs += how != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def _see(self, message: ForwardMsg) -> None:
        opens = message.delta.add_block.expandable.id
        if opens:
            self._note(Shown(opens, "expandable", message.delta.fragment_id, None))
        element = message.delta.new_element
        kind = element.WhichOneof("type") or ""
        if kind == "exception":
            self.errors.append(f"{element.exception.type}: {element.exception.message}")
        elif kind in {"alert", "markdown"}:
            self.words.append(getattr(element, kind).body)
        elif kind == "bidi_component":
            component = element.bidi_component
            data = component.bytes or component.json
            self._note(
                Shown(component.id, component.component_name, message.delta.fragment_id, data)
            )
        elif kind and hasattr(getattr(element, kind), "id"):
            self._note(Shown(getattr(element, kind).id, kind, message.delta.fragment_id, None))

    def _note(self, shown: Shown) -> None:
        for key in _keys(shown.id):
            self.shown[key] = shown
            self._stale.discard(key)


def triggers(name: str) -> str:
    """The id under which a component says what has happened in it."""
    return f"$$STREAMLIT_INTERNAL_KEY_{name}__events"


def _keys(name: str) -> Iterator[str]:
    """The keys that an id may stand for: Streamlit writes them last, after a hash."""
    _, _, rest = name.partition("-")
    _, _, key = rest.partition("-")
    if key and key != "None":
        yield key


def _send(address: str, place: str, content: bytes) -> int:
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="own.csv"\r\n\r\n'
    cookie = _cookie(address)
    headers = {
        "Cookie": cookie,
        "X-Xsrftoken": cookie.partition("=")[2],
        "Content-Type": "multipart/form-data; boundary=x",
    }
    body = head + content + b"\r\n--x--\r\n"
    asked = Request(f"http://{address}{place}", body, headers, method="PUT")
    try:
        with urlopen(asked, timeout=MOST_WAIT) as answer:  # noqa: S310 - it is http
            status: int = answer.status
            return status
    except URLError as refusal:
        return getattr(refusal, "code", 0)


def _cookie(address: str) -> str:
    """The cookie that a browser is given before its websocket opens: balancers go by it."""
    with urlopen(f"http://{address}/_stcore/health", timeout=MOST_WAIT) as answer:
        given = answer.headers.get_all("Set-Cookie") or []
    return "; ".join(each.partition(";")[0] for each in given)
