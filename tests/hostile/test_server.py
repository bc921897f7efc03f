"""A running demo under siege: whatever is sent to it, nobody sees an error, the log holds no
traceback, another visitor's slider answers, and memory does not grow without bound."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets import ConnectionClosed

from benchmarks.server import Served, hosted, serving
from benchmarks.visitor import Visitor, triggers
from tests import loop
from tests.hostile.frames import FRAMES
from tests.hostile.tables import TABLES
from tests.hostile.texts import GARBAGE
from tests.hostile.values import PLAIN, STATES, TRIGGERS

ROOT = Path(__file__).parents[2]
PAGES = sorted(path.stem.partition("_")[2] for path in (ROOT / "pages").glob("*.py"))
MOST_GROWTH_MIB = 250
THOROUGH = pytest.mark.thorough
WHOLE = [("playground", 1), ("surface", 1)]
SHARES = [
    *((page, 8) for page in PAGES),
    *(pytest.param(page, 1, marks=THOROUGH) for page in PAGES),
]
"""With how many other pages a page shares what is thrown at it: `make thorough` spares none."""
SLIDER = "neuron_seed_bias"
_numbers = itertools.count(1)
T = TypeVar("T")


@dataclass(frozen=True)
class Besieged:
    """The server, where it writes its log, and its memory before the siege."""

    served: Served
    log: Path
    memory: float

    def visitor(self, page: str, query: str = "") -> Visitor:
        return Visitor(self.served.address, page, query)

    def complaints(self, since: int) -> list[str]:
        """The lines of tracebacks from a place in the log on."""
        text = self.log.read_text(encoding="utf-8")[since:]
        return [line for line in text.splitlines() if re.search(r"Traceback|\w+Error\b", line)]


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Besieged]:
    log = tmp_path_factory.mktemp("siege") / "log.txt"
    demo = {"NNLAB_HOUSE": "demo", "NNLAB_METRICS_PORT": "0"}
    with serving(hosted, log=log, environment=demo) as served:
        loop.run(_visit_all(served))
        yield Besieged(served, log, served.memory_mib())


async def _visit_all(served: Served) -> None:
    """Once to every page, so that all is imported that ever will be."""
    for page in PAGES:
        async with Visitor(served.address, page) as visitor:
            await visitor.open()


def dealt(corpus: Sequence[T], page: str, share: int) -> Sequence[T]:
    """Each page gets another part of what there is."""
    return corpus[PAGES.index(page) % share :: share]


def run(besieged: Besieged, siege: Coroutine[Any, Any, None]) -> None:
    """Lay siege while a witness has the lesson on one neuron open; then all must be well."""

    async def with_a_witness() -> None:
        async with besieged.visitor("neuron") as witness:
            await witness.open()
            await siege
            before = witness.received
            number = next(_numbers)
            await witness.slide(SLIDER, f"{number / 100}", number, final=True)
            await witness.until(
                lambda: witness.received > before and f"{number / 100}" in witness.query
            )
            assert witness.errors == []

    logged = len(besieged.log.read_text(encoding="utf-8"))
    loop.run(with_a_witness())
    with urlopen(f"{besieged.served.url}/_stcore/health", timeout=10) as answer:  # noqa: S310
        assert answer.read() == b"ok"
    assert besieged.complaints(logged) == []
    assert besieged.served.memory_mib() - besieged.memory < MOST_GROWTH_MIB


# ---- links ----


def keys(visitor: Visitor) -> list[str]:
    """What a link to this page can set, as far as its widgets show."""
    return sorted({key.removesuffix("_sliders") for key in visitor.shown} | {"e", "at", "watch"})


async def follow_links(besieged: Besieged, page: str, share: int) -> None:
    async with besieged.visitor(page) as honest:
        await honest.open()
    for text in dealt(GARBAGE, page, share):
        query = urlencode(dict.fromkeys(keys(honest), text[:20_000]), errors="replace")
        async with besieged.visitor(page, query) as visitor:
            await visitor.open()
            assert visitor.errors == [], (page, text[:60])


@pytest.mark.parametrize(("page", "share"), SHARES)
def test_any_link_opens_its_page(besieged: Besieged, page: str, share: int) -> None:
    run(besieged, follow_links(besieged, page, share))


async def ask_for(besieged: Besieged, paths: Sequence[str]) -> None:
    for path in paths:
        _reader, writer = await asyncio.open_connection(*besieged.served.address.split(":"))
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1")
        )
        answer = await asyncio.wait_for(_reader.read(), 30)
        assert b"root:" not in answer
        assert b"Traceback" not in answer
        writer.close()


PATHS = (
    *(f"/{quote(text[:2000])}" for text in GARBAGE),
    "/../../../etc/passwd",
    "/app/static/../../../../etc/passwd",
    "/app/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/app/static/%2e%2e/nnlab.toml",
    "//etc/passwd",
    "/media/../nnlab.toml",
    "/_stcore/upload_file/x/y",
    "/component/x/../../y",
    "/\\..\\..\\nnlab.toml",
)


def test_no_path_leads_out_of_the_app(besieged: Besieged) -> None:
    run(besieged, ask_for(besieged, PATHS))


# ---- widgets ----


async def forge(visitor: Visitor, states: Sequence[WidgetState], *, happens: bool = False) -> None:
    """Give every widget of the page each of these values, one after the other."""
    for forged in states:
        said = []
        for shown in {each.id: each for each in visitor.shown.values()}.values():
            if not happens or shown.kind.startswith("nnlab"):
                state = WidgetState()
                state.CopyFrom(forged)
                state.id = triggers(shown.id) if happens else shown.id
                said.append(state)
        before = visitor.runs
        await visitor.say(*said)
        await visitor.until(lambda before=before: visitor.runs > before)  # type: ignore[misc]
        assert visitor.errors == [], str(forged)[:120]


async def forge_all(besieged: Besieged, page: str, share: int) -> None:
    async with besieged.visitor(page) as visitor:
        await visitor.open()
        await forge(visitor, dealt((*PLAIN, *STATES), page, share))


@pytest.mark.parametrize(("page", "share"), SHARES)
def test_a_forged_value_is_as_none(besieged: Besieged, page: str, share: int) -> None:
    run(besieged, forge_all(besieged, page, share))


async def act(besieged: Besieged, page: str, share: int) -> None:
    async with besieged.visitor(page) as visitor:
        await visitor.open()
        await forge(visitor, dealt(TRIGGERS, page, share), happens=True)


@pytest.mark.parametrize(
    ("page", "share"), [("playground", 5), *(pytest.param(*each, marks=THOROUGH) for each in WHOLE)]
)
def test_nothing_that_can_happen_in_a_component_breaks_its_page(
    besieged: Besieged, page: str, share: int
) -> None:
    run(besieged, act(besieged, page, share))


# ---- files ----


async def bring(besieged: Besieged) -> None:
    """Bring every table to the playground, one after the other."""
    async with besieged.visitor("playground", "tour=off&own=file") as visitor:
        await visitor.open()
        await visitor.set("play_own", bool_value=True)
        await visitor.until(lambda: "play_file" in visitor.shown)
        for name, content in TABLES.items():
            before = visitor.runs
            status = await visitor.bring("play_file", content())
            assert status in {0, 204, 413}, name
            if status == 204:
                await visitor.until(lambda before=before: visitor.runs > before)  # type: ignore[misc]
            assert visitor.errors == [], name


def test_any_table_is_taken_or_refused(besieged: Besieged) -> None:
    run(besieged, bring(besieged))


# ---- frames ----


async def throw(besieged: Besieged) -> None:
    for frame in FRAMES:
        async with besieged.visitor("neuron") as visitor:
            await visitor.open()
            try:
                await visitor.send(frame)
                await visitor.send(b"\xff")
                await asyncio.sleep(0.05)
            except ConnectionClosed:
                continue


def test_a_broken_frame_costs_its_sender_the_connection_and_nobody_else(
    besieged: Besieged,
) -> None:
    run(besieged, throw(besieged))


async def hurry(besieged: Besieged) -> None:
    async with besieged.visitor("playground") as visitor:
        await visitor.open()
        for number in range(500):
            await visitor.slide("play_rate", f"{0.01 + number / 1000}", number, final=True)
            await visitor.trigger("play_stage", "act", {"kind": "step", "number": number})
        before = visitor.runs
        await visitor.until(lambda: visitor.runs > before)
        assert visitor.errors == []


def test_a_thousand_messages_at_once_are_taken_together(besieged: Besieged) -> None:
    run(besieged, hurry(besieged))


async def click_five_times(besieged: Besieged) -> None:
    async with besieged.visitor("playground") as visitor:
        await visitor.open()
        for number in range(5):
            await visitor.trigger("play_stage", "act", {"kind": "step", "number": number})
        await visitor.until(lambda: "at=5" in visitor.query.split("&"), seconds=30)
        assert visitor.errors == []


def test_no_click_of_five_quick_ones_is_lost(besieged: Besieged) -> None:
    run(besieged, click_five_times(besieged))
