"""How evenly one process serves many visitors who all play at once: frames a second for each, how
soon a control is answered, processor time and memory.

The visitors are bare websockets that do what the stage does in a browser (see static/stage.js):
each frame that arrives asks for the next one. Run it with `make bench`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.server import Served, serving

CROWDS = (1, 10, 30)
SECONDS = 15.0
SETTLING = 4.0
BETWEEN_ANSWERS = 2.0
PATIENCE = 4.0
SPEEDS = ("step", "epoch")
"""The control that is tried is the choice of speed: each frame says which one it was made at."""
MOST_WAIT = 90.0


@dataclass
class Visitor:
    """One websocket with a playground at its other end."""

    served: Served
    frames: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    _page: str = ""
    _stage: str = ""
    _fragment: str = ""
    _header: dict[str, Any] = field(default_factory=dict)
    _next: asyncio.Task[None] | None = None
    _asked: tuple[str, float] | None = None

    async def visit(self) -> None:
        """Open the playground and take in whatever comes, until cancelled."""
        address = f"ws://{self.served.address}/_stcore/stream"
        async with websockets.connect(address, subprotocols=["streamlit"], max_size=None) as socket:
            self._socket = socket
            message = BackMsg()
            message.rerun_script.page_name = "playground"
            await socket.send(message.SerializeToString())
            async for data in socket:
                self._take(data)

    def _take(self, data: str | bytes) -> None:
        message = ForwardMsg()
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        if message.WhichOneof("type") == "navigation":
            self._page = message.navigation.page_script_hash
        if message.WhichOneof("type") == "script_finished" and self._stage:
            self.opened.set()
        component = message.delta.new_element.bidi_component
        if component.component_name.endswith("stage"):
            self._stage, self._fragment = component.id, message.delta.fragment_id
            self._look(component.bytes)

    def _look(self, film: bytes) -> None:
        """Frames as the stage takes them: what they say, and the next ones asked for."""
        while film:
            length = int.from_bytes(film[:4], "little")
            self._see(film[4 : 4 + length])
            film = film[4 + length :]
        if self._next:
            self._next.cancel()
        if self._header["playing"]:
            self._next = asyncio.create_task(self._go_on())

    def _see(self, frame: bytes) -> None:
        now, length = time.monotonic(), int.from_bytes(frame[:4], "little")
        self._header = json.loads(frame[4 : 4 + length])
        self.frames.append(now)
        if self._asked and self._header["speed"] == self._asked[0]:
            self.answers.append(now - self._asked[1])
            self._asked = None

    async def _go_on(self) -> None:
        await asyncio.sleep(self._header["wait"] / 1000)
        with suppress(websockets.ConnectionClosed):
            while True:
                await self._trigger("tick", self._header["number"])
                await asyncio.sleep(PATIENCE)

    async def act(self, kind: str, **more: Any) -> None:
        """Do what a button of the stage does."""
        await self._trigger("act", {"kind": kind, "number": time.time(), **more})

    async def _trigger(self, event: str, value: Any) -> None:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_script_hash, rerun.fragment_id = self._page, self._fragment
        state = rerun.widget_states.widgets.add()
        state.id = f"$$STREAMLIT_INTERNAL_KEY_{self._stage}__events"
        state.json_trigger_value = json.dumps([{"event": event, "value": value}])
        await self._socket.send(message.SerializeToString())

    async def try_controls(self) -> None:
        """Choose another speed again and again."""
        for speed in itertools.cycle(SPEEDS):
            self._asked = speed, time.monotonic()
            await self.act("speed", value=speed)
            while self._asked:
                await asyncio.sleep(0.05)
            await asyncio.sleep(BETWEEN_ANSWERS)


async def crowd(served: Served, size: int) -> str:
    """A row of the table: so many visitors, who all play."""
    visitors = [Visitor(served) for _ in range(size)]
    visits = [asyncio.create_task(each.visit()) for each in visitors]
    for each in visitors:
        await asyncio.wait_for(each.opened.wait(), MOST_WAIT)
    await asyncio.sleep(SETTLING)
    for each in visitors:
        await each.act("play")
    await asyncio.sleep(SETTLING)
    tries = [asyncio.create_task(each.try_controls()) for each in visitors]
    began, cpu = time.monotonic(), served.cpu_seconds()
    await asyncio.sleep(SECONDS)
    cpu, seconds = served.cpu_seconds() - cpu, time.monotonic() - began
    rates = [sum(at >= began for at in each.frames) / seconds for each in visitors]
    for task in (*tries, *visits):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return row(served, visitors, rates, cpu / seconds)


def row(served: Served, visitors: Sequence[Visitor], rates: Sequence[float], cpu: float) -> str:
    """Rates and answers in figures; a control that was never answered counts as the whole time."""
    unanswered = [SECONDS for each in visitors if not each.answers]
    answers = sorted([*(1000 * t for each in visitors for t in each.answers), *unanswered])
    late = answers[int(0.95 * (len(answers) - 1))]
    frames = sum(rates)
    return (
        f"| {len(visitors)} | {min(rates):.1f} | {statistics.median(rates):.1f} "
        f"| {statistics.median(answers):.0f} | {late:.0f} | {answers[-1]:.0f} "
        f"| {cpu:.2f} | {1000 * cpu / max(frames, 1e-9):.1f} | {served.memory_mib():.0f} |"
    )


async def measure(served: Served, crowds: Sequence[int]) -> None:
    for size in crowds:
        print(await crowd(served, size), flush=True)
        await asyncio.sleep(3)


def main() -> None:
    print(
        "| sessions | frames/s, least | median | control answered, median ms | p95 | most "
        "| CPU cores | CPU ms/frame | memory MiB |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    crowds = [int(size) for size in sys.argv[1:]] or CROWDS
    with serving() as served:
        asyncio.run(measure(served, crowds))


if __name__ == "__main__":
    main()
