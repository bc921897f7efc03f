"""A class at work: learners who open a lesson, drag a slider, train, play, go back in time, leave
and come back, against one process or two replicas behind nginx. What they see of it: frames a
second, how soon a slider is answered, errors; and what it costs: processor time, memory.

    python -m benchmarks.load --learners 30 --minutes 10 --replicas 2

Two more figures: how much one visitor's longest work slows another's slider (`--apart`), and what
visitors cost who only have a page open (`--idle 30`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import websockets
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.server import ROOT, Served, free_port, hosted, serving
from benchmarks.sessions import STAGE, Player

PLAYED_S = 10.0
REPORT_S = 0.1
"""Seconds between two reports of a slider that is dragged, if it is answered in time."""
MOST_ANSWER_S = 20.0
SETTLED_S = 20.0
DEMO = {
    "NNLAB_HOUSE": "demo",
    "NNLAB_METRICS_PORT": "0",
    "STREAMLIT_SERVER_COOKIE_SECRET": "the same for all replicas",
}
WORKS = {
    "training": "training_epochs=1000&training_batch=1&training_hidden=32",
    "sweep": "sweep_seeds=10",
    "surface": "surface_terrain=xor&surface_steps=300",
    "playground": "",
}
"""The longest work that can be asked for, by page."""


@dataclass
class Notes:
    """What all learners have noted: seconds until a slider was answered, frames a second of each
    play, what went wrong, how often the door was closed."""

    answers: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refusals: int = 0


@dataclass
class Learner(Player):
    """A visitor who drags sliders and notes when they are answered."""

    answered: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def take(self, message: ForwardMsg) -> None:
        super().take(message)
        component = message.delta.new_element.bidi_component
        if component.component_name.endswith("slider"):
            self.answered = max(self.answered, json.loads(component.json)["answered"])

    async def drag(self, key: str, texts: Sequence[str]) -> list[float]:
        """Drag a slider over these values and let it go; the seconds until each was answered."""
        found = []
        for place, text in enumerate(texts, start=1):
            number, began = next(self._numbers), time.monotonic()
            await self.slide(key, text, number, final=place == len(texts))
            await self.until(lambda number=number: self.answered >= number, MOST_ANSWER_S)
            found.append(time.monotonic() - began)
            await asyncio.sleep(max(REPORT_S - found[-1], 0.0))
        return found


# ---- what a learner does ----


async def move_a_neuron(learner: Learner, notes: Notes, chance: random.Random) -> None:
    values = [f"{chance.uniform(-1, 1):.2f}" for _ in range(10)]
    notes.answers += await learner.drag("neuron_seed_bias", values)


async def train(learner: Learner, notes: Notes, chance: random.Random) -> None:
    rates = [f"{10 ** chance.uniform(-2, 0):.2g}" for _ in range(5)]
    notes.answers += await learner.drag("training_rate", rates)


async def play(learner: Learner, notes: Notes, chance: random.Random) -> None:
    """Play, change the learning rate while it plays, scrub, pause."""
    await learner.act("play")
    await learner.until(lambda: learner.header["playing"])
    seen, began = len(learner.frames), time.monotonic()
    await asyncio.sleep(PLAYED_S / 2)
    notes.rates.append((len(learner.frames) - seen) / (time.monotonic() - began))
    notes.answers += await learner.drag("play_rate", [f"{chance.uniform(0.01, 1):.2g}"])
    await asyncio.sleep(PLAYED_S / 2)
    for _ in range(5):
        await learner.act("seek", value=chance.randrange(50))
        await asyncio.sleep(2 * REPORT_S)
    await learner.act("pause")
    await learner.until(lambda: not learner.header["playing"])


LESSONS = {"neuron": move_a_neuron, "training": train, "playground": play}


async def learn(address: str, notes: Notes, until: float, seed: int) -> None:
    """Go from lesson to lesson; to leave is to close the page, to come back to open its link."""
    chance, links = random.Random(seed), dict.fromkeys(LESSONS, "")  # noqa: S311
    while time.monotonic() < until:
        page = chance.choice(list(LESSONS))
        try:
            async with Learner(address, page, links[page]) as learner:
                await learner.open()
                await LESSONS[page](learner, notes, chance)
                links[page] = learner.query
                notes.errors += learner.errors
        except websockets.InvalidStatus:
            notes.refusals += 1
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            notes.errors.append(f"{page}: {type(error).__name__} {error}")
        await asyncio.sleep(chance.uniform(0.5, 2))


# ---- what is served ----


@contextmanager
def house(replicas: int) -> Iterator[tuple[str, list[Served]]]:
    """One process, or several behind nginx: where to go, and the processes."""
    with ExitStack() as stack:
        served = [stack.enter_context(serving(hosted, environment=DEMO)) for _ in range(replicas)]
        if replicas == 1:
            yield served[0].address, served
        else:
            yield stack.enter_context(_nginx(served)), served


@contextmanager
def _nginx(served: Sequence[Served]) -> Iterator[str]:
    """deploy/nginx.conf on loopback."""
    port, text = free_port(), (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        places = {"listen 8080;": f"listen 127.0.0.1:{port};", "/tmp/": f"{folder}/"}  # noqa: S108
        places |= {"/dev/stdout": f"{folder}/access.log", "/dev/stderr": f"{folder}/error.log"}
        for number, each in enumerate(served, start=1):
            places[f"nnlab{number}:8501"] = each.address
        for there, here in places.items():
            text = text.replace(there, here)
        (Path(folder) / "nginx.conf").write_text(text, encoding="utf-8")
        command = [shutil.which("nginx") or "/usr/sbin/nginx", "-c", f"{folder}/nginx.conf"]
        with subprocess.Popen([*command, "-g", "daemon off;"]) as process:
            try:
                time.sleep(1)
                yield f"127.0.0.1:{port}"
            finally:
                process.terminate()


# ---- the table ----

HEAD = (
    "| minute | frames/s, least | median | slider, median ms | p95 | p99 | errors | refused "
    "| CPU cores | memory MiB |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def row(name: str, notes: Notes, cores: float, memory: float) -> str:
    """A row of the table."""
    rates, answers = notes.rates or [0.0], sorted(notes.answers) or [0.0]
    late = [1000 * answers[int(share * (len(answers) - 1))] for share in (0.5, 0.95, 0.99)]
    cells = [name, f"{min(rates):.1f}", f"{statistics.median(rates):.1f}"]
    cells += [*(f"{each:.0f}" for each in late), f"{len(notes.errors)}", f"{notes.refusals}"]
    return f"| {' | '.join([*cells, f'{cores:.2f}', f'{memory:.0f}'])} |"


async def work(address: str, served: Sequence[Served], learners: int, minutes: float) -> Notes:
    """So many learners for so many minutes: a row for each minute, and one for all of them."""
    whole, began = Notes(), time.monotonic()
    parts = [Notes() for _ in range(max(1, int(minutes)))]
    span = 60 * minutes / len(parts)
    print(HEAD, flush=True)
    print(f"memory at the start: {sum(each.memory_mib() for each in served):.0f} MiB", flush=True)
    start = sum(each.cpu_seconds() for each in served)
    now = Notes()
    async with asyncio.TaskGroup() as class_at_work:
        for seed in range(learners):
            class_at_work.create_task(learn(address, now, began + 60 * minutes, seed))
        for number, part in enumerate(parts, start=1):
            cpu = sum(each.cpu_seconds() for each in served)
            await asyncio.sleep(began + number * span - time.monotonic())
            cpu = sum(each.cpu_seconds() for each in served) - cpu
            _move(now, part)
            print(row(f"{number}", part, cpu / span, _memory(served)), flush=True)
    for part in (*parts, now):
        _move(part, whole)
    cpu = sum(each.cpu_seconds() for each in served) - start
    print(row("all", whole, cpu / (time.monotonic() - began), _memory(served)), flush=True)
    return whole


def _move(notes: Notes, into: Notes) -> None:
    into.answers += notes.answers
    into.rates += notes.rates
    into.errors += notes.errors
    into.refusals += notes.refusals
    notes.__init__()  # type: ignore[misc]


def _memory(served: Sequence[Served]) -> float:
    return sum(each.memory_mib() for each in served)


# ---- one visitor's work and another's slider ----


async def apart(address: str) -> None:
    """A slider's answers alone, and while another visitor has the longest work done."""
    async with Learner(address, "neuron") as learner:
        await learner.open()
        await asyncio.sleep(SETTLED_S)
        values = [f"{place / 100}" for place in range(50)]
        alone = await learner.drag("neuron_seed_bias", values)
        for page, query in WORKS.items():
            worker = asyncio.create_task(_work_hard(address, page, query))
            await asyncio.sleep(2)
            beside = await learner.drag("neuron_seed_bias", values)
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker
            print(_compared(page, alone, beside), flush=True)
            await asyncio.sleep(3)


async def _work_hard(address: str, page: str, query: str) -> None:
    """Ask for the page's longest work again and again, each time another one."""
    for seed in count():
        async with Learner(address, page, f"{query}&{page}_seed={seed}") as learner:
            await learner.open()
            if page == "playground":
                await learner.act("speed", value="full")
                await learner.act("play")
                await asyncio.sleep(3600)
            while STAGE not in learner.shown and page == "sweep":
                await asyncio.sleep(1)


def _compared(page: str, alone: Sequence[float], beside: Sequence[float]) -> str:
    one, other = (1000 * statistics.median(each) for each in (alone, beside))
    late = 1000 * sorted(beside)[int(0.95 * len(beside))]
    times = f"{one:.0f} ms alone, {other:.0f} ms beside ({other / one:.2f} times)"
    return f"a slider beside the longest {page}: {times}, p95 {late:.0f} ms"


# ---- idle visitors ----


async def idle(address: str, served: Sequence[Served], visitors: int) -> None:
    """Processor time while so many pages are open and nobody does anything."""
    async with asyncio.TaskGroup() as group, asyncio.timeout(600):
        done = asyncio.Event()
        pages = list(LESSONS)
        opened = [asyncio.Event() for _ in range(visitors)]
        for number in range(visitors):
            page = pages[number % len(pages)]
            group.create_task(_look(address, page, opened[number], done))
        for each in opened:
            await each.wait()
        await asyncio.sleep(SETTLED_S)
        cpu, began = sum(each.cpu_seconds() for each in served), time.monotonic()
        await asyncio.sleep(20)
        cpu = sum(each.cpu_seconds() for each in served) - cpu
        print(f"{visitors} idle pages: {cpu / (time.monotonic() - began):.3f} cores", flush=True)
        done.set()


async def _look(address: str, page: str, opened: asyncio.Event, done: asyncio.Event) -> None:
    async with Learner(address, page) as learner:
        await learner.open()
        opened.set()
        await done.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=0.5)
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--idle", type=int, default=0)
    parser.add_argument("--apart", action="store_true")
    asked = parser.parse_args()
    with house(asked.replicas) as (address, served):
        if asked.apart:
            asyncio.run(apart(address))
        elif asked.idle:
            asyncio.run(idle(address, served, asked.idle))
        else:
            notes = asyncio.run(work(address, served, asked.learners, asked.minutes))
            print("\n".join(dict.fromkeys(notes.errors[:10])))


if __name__ == "__main__":
    main()
