"""What somebody's code may try: none of it reaches a file, the network or another process, and what
takes too much is ended. Every case is tried in a real process of the sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.sandbox import seccomp
from nnlab.sandbox.answer import Closed, Failed, Trained
from nnlab.sandbox.cell import Cell, End
from nnlab.sandbox.question import Question
from nnlab.sandbox.walls import AUDIT, KERNEL, LIMITS, Limits
from tests.sandbox.cells import EXPERIMENT, PLAIN, asked, printed, those

pytestmark = pytest.mark.skipif(
    not (sys.platform == "linux" and os.uname().machine in seccomp.MACHINES),
    reason="the wall in the kernel is Linux's",
)
ROOT = Path(__file__).parents[2]

# Each is tried in turn in one process, and has to fail there.
REFUSED = {
    "read a file": "open('/etc/passwd').read()",
    "read it below Python's open": "os.open('/etc/passwd', 0)",
    "write a file": "open('here', 'w')",
    "write by torch's own C++": "torch._C.PyTorchFileWriter('./here')",
    "read by torch's own C++": "torch.from_file('/etc/passwd', size=1, dtype=torch.uint8)",
    "load a library": "torch.ops.load_library('libm.so.6')",
    "list a folder": "os.listdir('/')",
    "ask whether a file is there": "os.stat('/etc/passwd')",
    "fork": "os.fork()",
    "run a program": "os.execv('/bin/sh', ['sh'])",
    "run a command": "os.system('true') or os.nothing",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "kill the server": "os.kill(os.getppid(), 9)",
    "start a thread": "_thread.start_new_thread(print, ())",
    "open a socket": "_socket.socket()",
    "look up a name": "_socket.getaddrinfo('example.com', 80)",
    "call C": "ctypes.CDLL(None).getppid()",
    "read any memory": "ctypes.string_at(id(os), 8)",
    "take 100 GB": "torch.empty(100_000_000_000, dtype=torch.uint8).fill_(1)",
    "take a long list": "[0] * 10**11",
    "lift the limits": "resource.setrlimit(resource.RLIMIT_CPU, (-1, -1))",
    "share memory": "torch.ones(3).share_memory_()",
    "map memory as a program": "mmap.mmap(-1, 4096, prot=7)",
    "fetch a model": "torch.hub.load('pytorch/vision', 'resnet18')",
    "see the environment": "os.environ['HOME']",
}
_ATTEMPTS = (
    """
import ctypes, os, torch
def imported(name):
    try:
        return __import__(name)
    except ImportError:
        return None
_socket, _thread = imported("_socket"), imported("_thread")
mmap, resource = imported("mmap"), imported("resource")
for name, attempt in ATTEMPTS.items():
    try:
        print("REACHED", name, eval(attempt))
    except BaseException as error:
        print("refused", name)
for _ in range(10**4):
    print("x" * 10**5)
"""
    + PLAIN
)


def test_nothing_outside_is_reached_and_the_honest_part_still_works() -> None:
    cell = asked(f"ATTEMPTS = {REFUSED!r}\n{_ATTEMPTS}")
    said = printed(cell)
    assert "REACHED" not in said
    assert [f"refused {name}" in said for name in REFUSED] == [True] * len(REFUSED)
    assert len(said) <= 10_000
    assert cell.end is End.ANSWERED
    assert those(cell, Trained)
    (closed,) = those(cell, Closed)
    assert {LIMITS, AUDIT, KERNEL} <= set(closed.walls)


_TAMPERING = """
import json, sys
class Bad(BaseException):
    def __str__(self):
        raise self
json.loads, sys.modules["torch"] = print, None
raise Bad
"""
SHORT = Limits(cpu_seconds=1, seconds=60)
# Code, and how it ends; where it fails by itself, what of.
ENDED: dict[str, tuple[str, Limits, End, str]] = {
    "computes for ever": ("while True: pass", SHORT, End.DIED, ""),
    "sleeps for ever": (
        "import time\nwhile True:\n  try: time.sleep(9)\n  except BaseException: pass",
        Limits(seconds=8),
        End.TOO_LONG,
        "",
    ),
    "leaves at once": ("import os; os._exit(0)", Limits(), End.DIED, ""),
    "pretends to have answered, and says too much": (
        "import os\nwhile True: os.write(9, b'x' * 1000)",
        Limits(),
        End.TOO_MUCH_SAID,
        "",
    ),
    "says too many lines": (
        "import os\nwhile True: os.write(9, b'{}\\n' * 1000)",
        Limits(answer=100_000),
        End.TOO_MUCH_SAID,
        "",
    ),
    "changes what it stands on, and has an error that can't be shown": (
        _TAMPERING,
        Limits(),
        End.ANSWERED,
        "Bad",
    ),
}


@pytest.mark.parametrize("name", ENDED)
def test_what_does_not_end_well_is_ended(name: str) -> None:
    source, limits, end, error = ENDED[name]
    cell = asked(source, limits)
    assert cell.end is end
    assert [each.error for each in those(cell, Failed)] == ([error] if error else [])
    assert not those(cell, Trained)


def test_a_cell_that_is_not_wanted_any_more_is_gone_at_once() -> None:
    ended: list[bool] = []
    cell = Cell(Question("while True: pass", EXPERIMENT), lambda: ended.append(True))
    cell.stop()
    assert cell.wait(30) is End.STOPPED
    assert ended == [True]
    cell.stop()


_KERNEL_ALONE = """
import ctypes, errno, mmap, os, socket, sys, threading
from nnlab.sandbox import seccomp
libc = ctypes.CDLL(None, use_errno=True)
threads = threading.Event(), threading.Event()
held = []
def other():
    threads[0].wait()
    held.append(attempts())
    threads[1].set()
def refused(call):
    try:
        return call() == -1 and ctypes.get_errno() == errno.EPERM
    except (OSError, RuntimeError) as error:
        return getattr(error, "errno", errno.EPERM) == errno.EPERM
def attempts():
    return {
        "open": refused(lambda: os.open("/etc/passwd", os.O_RDONLY)),
        "socket": refused(socket.socket),
        "fork": refused(os.fork),
        "kill": refused(lambda: os.kill(os.getpid(), 0)),
        "exec": refused(lambda: os.execv("/bin/true", ["true"])),
        "libc": refused(lambda: libc.open(b"/etc/passwd", 0)),
        "ptrace": refused(lambda: libc.ptrace(0, 0, 0, 0)),
        "thread": refused(threading.Thread(target=print).start),
        "program in memory": refused(lambda: mmap.mmap(-1, 4096, prot=7)),
    }
threading.Thread(target=other).start()
assert not any(refused(call) for call in (lambda: os.kill(os.getpid(), 0), socket.socket))
assert seccomp.close()
mine = attempts()
threads[0].set(); threads[1].wait()
print(sorted(name for each in (mine, *held) for name, good in each.items() if not good), len(held))
sum(range(10**5)); bytearray(10**7)
"""


def test_the_kernel_alone_keeps_everything_out_in_every_thread() -> None:
    """Also what Python's own refusals do not see, such as a call of C."""
    ran = subprocess.run(
        [sys.executable, "-c", _KERNEL_ALONE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.stdout == "[] 1\n", ran.stderr
