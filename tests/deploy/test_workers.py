"""One server with several workers: each of them serves pages, and figures on a port of its own."""

from __future__ import annotations

import re
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.server import Served, free_port, serving
from benchmarks.visitor import Visitor
from tests.deploy.house import get
from tests.loop import run

WORKERS = 2


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[tuple[Served, Path]]:
    """The server, and its log. Somebody else has the first port that it asks for its figures."""
    log, port = tmp_path / "log.txt", free_port()
    demo = {"NNLAB_HOUSE": "demo", "NNLAB_METRICS_PORT": f"{port}"}
    with (
        socket.create_server(("127.0.0.1", port)),
        serving(workers, log=log, environment=demo) as served,
    ):
        yield served, log


def workers(port: int) -> list[str]:
    options = ["--host=127.0.0.1", f"--port={port}", "--no-access-log", f"--workers={WORKERS}"]
    return [sys.executable, "-m", "uvicorn", "nnlab.ui.asgi:app", *options]


def visits(port: int) -> float:
    text = get(f"http://127.0.0.1:{port}/metrics")[2]
    found = re.search(r"^nnlab_visits_total (\S+)$", text, re.MULTILINE)
    assert found
    return float(found[1])


def ports(log: Path) -> list[int]:
    """Where the workers show their figures, when all have begun: each on the next port that is
    free, which only the log knows."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = re.findall(r"the figures of process \d+: port (\d+)", log.read_text())
        if len(found) == WORKERS:
            return [int(port) for port in found]
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


def test_every_worker_is_counted_and_every_visitor_served(replica: tuple[Served, Path]) -> None:
    served, log = replica

    async def story() -> None:
        for _visit in range(6):
            async with Visitor(served.address, "neuron") as visitor:
                await visitor.open()
                assert visitor.errors == []

    run(story())
    assert sum(visits(port) for port in ports(log)) == 6
