"""Who closes the page is forgotten: nothing that was trained for a visitor outlives the visit."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
import sys
import threading
import time
import weakref
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from benchmarks.visitor import Visitor

ROOT = Path(__file__).parents[2]
VISITS = 3


def left() -> list[bool]:
    """Serve visitors who train, and then nobody: whose player is still there.
    In a process of its own, for a server changes what it runs in."""
    import uvicorn  # noqa: PLC0415

    from benchmarks.server import free_port  # noqa: PLC0415
    from nnlab.player import Player  # noqa: PLC0415
    from nnlab.ui import asgi  # noqa: PLC0415

    players: list[weakref.ref[Player]] = []
    begin = Player.__post_init__

    def noted(player: Player) -> None:
        begin(player)
        players.append(weakref.ref(player))

    setattr(Player, "__post_init__", noted)  # noqa: B010 - mypy knows the method by its class
    asgi.LET_GO_S = 0.5
    port = free_port()
    served = uvicorn.Server(
        uvicorn.Config(asgi.app, host="127.0.0.1", port=port, log_level="error")
    )
    threading.Thread(target=served.run, daemon=True).start()
    asyncio.run(visit(f"127.0.0.1:{port}", served))
    for _ in range(300):
        there = [player() is not None for player in players]
        if sum(there) <= 1:
            break
        time.sleep(0.1)
    served.should_exit = True
    return there


async def visit(address: str, served: object) -> None:
    """Several open the playground, train a little, and close the page together."""

    while not getattr(served, "started"):  # noqa: B009 - uvicorn is loaded by the child alone
        await asyncio.sleep(0.05)
    async with AsyncExitStack() as stack:
        for _ in range(VISITS):
            visitor = await stack.enter_async_context(Visitor(address, "playground"))
            await visitor.open()
            await visitor.trigger("play_stage", "act", {"kind": "epochs"})
            await visitor.until(partial(answered, visitor, visitor.runs))


def answered(visitor: Visitor, runs: int) -> bool:
    return visitor.runs > runs


def test_nothing_of_a_visitor_is_left_though_nobody_comes_after() -> None:
    """But for the last one, whom Streamlit's own loop has in hand until it turns again."""
    done = subprocess.run(
        [sys.executable, __file__],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NNLAB_RETURN_SECONDS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    there = json.loads(done.stdout.splitlines()[-1])
    assert len(there) >= VISITS
    assert there[:-1] == [False] * (len(there) - 1)


FREED = """
from pathlib import Path
from nnlab.ui.hosting.memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

held = [bytearray(2000) for _ in range(100_000)]
full = resident()
del held[:-1]  # The last one lies on top: without help, the heap ends behind it.
give_back()
print(full - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep no such heap")
def test_what_is_freed_goes_back_to_the_system() -> None:
    """Nearly all of 200 MB, though something above it is still in use."""
    done = subprocess.run(
        [sys.executable, "-c", FREED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 150_000_000


if __name__ == "__main__":
    print(json.dumps(left()), flush=True)  # noqa: T201
    os._exit(0)  # The server's thread is still there.
