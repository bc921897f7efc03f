"""One server with several workers: each of them serves pages, and figures on a port of its own."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest

from benchmarks.server import Served, serving
from benchmarks.visitor import Visitor
from tests.deploy.house import free_port, get, wait_for
from tests.loop import run

WORKERS = 2


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, int]]:
    """The server, and the first port of its figures."""
    log, port = tmp_path_factory.mktemp("workers") / "log.txt", free_port()
    demo = {"NNLAB_HOUSE": "demo", "NNLAB_METRICS_PORT": f"{port}"}
    with serving(workers, log=log, environment=demo) as served:
        wait_for(served.url, log)
        yield served, port


def workers(port: int) -> list[str]:
    options = ["--host=127.0.0.1", f"--port={port}", "--no-access-log", f"--workers={WORKERS}"]
    return [sys.executable, "-m", "uvicorn", "nnlab.ui.asgi:app", *options]


def visits(port: int) -> float:
    text = get(f"http://127.0.0.1:{port}/metrics")[2]
    found = re.search(r"^nnlab_visits_total (\S+)$", text, re.MULTILINE)
    assert found
    return float(found[1])


def test_every_worker_is_counted_and_every_visitor_served(figures: tuple[Served, int]) -> None:
    served, port = figures

    async def story() -> None:
        for _visit in range(6):
            async with Visitor(served.address, "neuron") as visitor:
                await visitor.open()
                assert visitor.errors == []

    run(story())
    assert sum(visits(port + place) for place in range(WORKERS)) == 6
