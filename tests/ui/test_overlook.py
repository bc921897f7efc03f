"""The figures have a port of their own: a lone process keeps to the one it was given, the workers
of a server take one after the other."""

from __future__ import annotations

import multiprocessing
import socket
from collections.abc import Iterator
from dataclasses import replace
from urllib.request import urlopen

import pytest

from nnlab.ui.hosting.house import House, house
from nnlab.ui.hosting.overlook import overlook


@pytest.fixture
def taken() -> Iterator[House]:
    """A house whose port for the figures is somebody else's."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield replace(house(), metrics_port=other.getsockname()[1])


def test_a_port_that_is_taken_ends_the_server_in_one_sentence(taken: House) -> None:
    with pytest.raises(SystemExit, match=f"port {taken.metrics_port}"), overlook(taken):
        pass


def test_a_worker_takes_the_next_port(taken: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: multiprocessing)
    with overlook(taken):
        found = [port for port in range(taken.metrics_port, taken.metrics_port + 20) if reads(port)]
    assert found
    assert found[0] > taken.metrics_port


def reads(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=1) as answer:
            return b"nnlab_sessions" in answer.read()
    except OSError:
        return False
