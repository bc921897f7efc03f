"""How evenly one process serves many visitors who all play at once: frames a second for each, how
soon a control is answered, processor time and memory.

The visitors are bare websockets that do what the stage does in a browser (see static/stage.js):
each frame that arrives asks for the next one. Run it with `make bench`.

    python -m benchmarks.sessions 10 30
    python -m benchmarks.sessions 30 --cycles 4

With cycles, so many open the playground, play, and close their tabs, over and over: what memory is
held by each, and whether it is given back.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import statistics
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

import websockets
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.server import Served, hosted, serving
from benchmarks.visitor import Visitor

CROWDS = (1, 10, 30)
SECONDS = 15.0
SETTLING = 4.0
BETWEEN_ANSWERS = 2.0
PATIENCE = 4.0
SPEEDS = ("step", "epoch")
"""The control that is tried is the choice of speed: each frame says which one it was made at."""
STAGE = "play_stage"
FORGOTTEN = {
    "NNLAB_RETURN_SECONDS": "5",
    "NNLAB_HOUSE": "demo",
    "NNLAB_METRICS_PORT": "0",
}
"""A visitor who was cut off may come back for five seconds, not two minutes: the cycles are to end
within one's patience."""
GONE_S = 45.0
"""Seconds after which all that was kept for those who are gone has been let go of."""


@dataclass
class Player(Visitor):
    """A visitor with a playground, which asks for frame after frame while it plays."""

    page: str = "playground"
    frames: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    header: dict[str, Any] = field(default_factory=dict)
    _next: asyncio.Task[None] | None = None
    _asked: tuple[str, float] | None = None

    def take(self, message: ForwardMsg) -> None:
        super().take(message)
        component = message.delta.new_element.bidi_component
        if component.component_name.endswith("stage"):
            self._look(component.bytes)

    def _look(self, film: bytes) -> None:
        """Frames as the stage takes them: what they say, and the next ones asked for."""
        while film:
            length = int.from_bytes(film[:4], "little")
            self._see_frame(film[4 : 4 + length])
            film = film[4 + length :]
        if self._next:
            self._next.cancel()
        if self.header["playing"]:
            self._next = asyncio.create_task(self._go_on())

    def _see_frame(self, frame: bytes) -> None:
        now, length = time.monotonic(), int.from_bytes(frame[:4], "little")
        self.header = json.loads(frame[4 : 4 + length])
        self.frames.append(now)
        if self._asked and self.header["speed"] == self._asked[0]:
            self.answers.append(now - self._asked[1])
            self._asked = None

    async def _go_on(self) -> None:
        await asyncio.sleep(self.header["wait"] / 1000)
        with suppress(websockets.ConnectionClosed):
            while True:
                await self.trigger(STAGE, "tick", self.header["number"])
                await asyncio.sleep(PATIENCE)

    async def act(self, kind: str, **more: Any) -> None:
        """Do what a button of the stage does."""
        await self.trigger(STAGE, "act", {"kind": kind, "number": time.time(), **more})

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
    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(Player(served.address)) for _ in range(size)]
        return await play(served, visitors)


async def play(served: Served, visitors: Sequence[Player]) -> str:
    for each in visitors:
        await each.open()
    await asyncio.sleep(SETTLING)
    for each in visitors:
        await each.act("play")
    await asyncio.sleep(SETTLING)
    tries = [asyncio.create_task(each.try_controls()) for each in visitors]
    began, cpu = time.monotonic(), served.cpu_seconds()
    await asyncio.sleep(SECONDS)
    cpu, seconds = served.cpu_seconds() - cpu, time.monotonic() - began
    rates = [sum(at >= began for at in each.frames) / seconds for each in visitors]
    for task in tries:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return row(served, visitors, rates, cpu / seconds)


def row(served: Served, visitors: Sequence[Player], rates: Sequence[float], cpu: float) -> str:
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


async def cycle(served: Served, size: int) -> str:
    """Memory before so many open the playground, while they play, for each of them, and after."""
    before = served.memory_mib()
    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(Player(served.address)) for _ in range(size)]
        await play(served, visitors)
        during = served.memory_mib()
    await asyncio.sleep(GONE_S)
    each = (during - before) / size
    return f"{before:.0f} | {during:.0f} | {each:.2f} | {served.memory_mib():.0f}"


async def go_round(served: Served, size: int, cycles: int) -> None:
    print("| cycle | sessions | MiB before | playing | a session | after closing |")
    print("|--:|--:|--:|--:|--:|--:|")
    for number in range(1, cycles + 1):
        print(f"| {number} | {size} | {await cycle(served, size)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("crowds", type=int, nargs="*", default=CROWDS)
    parser.add_argument("--cycles", type=int, default=0)
    asked = parser.parse_args()
    if asked.cycles:
        with serving(hosted, environment=FORGOTTEN) as served:
            asyncio.run(go_round(served, asked.crowds[-1], asked.cycles))
    else:
        compare(asked.crowds)


def compare(crowds: Sequence[int]) -> None:
    """The table of crowds."""
    print(
        "| sessions | frames/s, least | median | control answered, median ms | p95 | most "
        "| CPU cores | CPU ms/frame | memory MiB |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    with serving() as served:
        asyncio.run(measure(served, crowds))


if __name__ == "__main__":
    main()
