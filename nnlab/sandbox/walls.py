"""The walls around somebody's code, closed one after the other by the process that is to run it:
its memory and time are bounded, Python refuses what leads outside, and so does the kernel. Which of
them hold depends on the system; the process says which it could close."""

from __future__ import annotations

import ctypes
import itertools
import math
import os
import platform
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nnlab.sandbox import seccomp

LIMITS, NAMESPACES, AUDIT, KERNEL = "limits", "namespaces", "audit", "kernel"
WALLS = (LIMITS, NAMESPACES, AUDIT, KERNEL)
NEEDED = frozenset({LIMITS, KERNEL})
"""Without these nothing that matters is kept out: Python's own refusals can be got around."""

_PR_SET_PDEATHSIG = 1
_NEW = 0x10000000 | 0x40000000 | 0x08000000 | 0x04000000
"""CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS."""
_LEADS_OUTSIDE = frozenset(
    {
        *("ctypes", "fcntl", "glob", "mmap", "msvcrt", "open", "os", "pty", "resource", "shutil"),
        *("signal", "socket", "sqlite3", "subprocess", "syslog", "tempfile", "urllib"),
        *("webbrowser", "winreg", "_winapi", "ftplib", "http", "imaplib", "poplib", "smtplib"),
    }
)
"""The first words of the events that Python's audit hooks are told of."""
_HARMLESS = frozenset({"ctypes.addressof", "ctypes.get_errno", "os.urandom"})


@dataclass(frozen=True)
class Limits:
    """What a process may take: seconds of computing, seconds in all, bytes of memory beyond what
    PyTorch itself takes, and bytes that it may answer."""

    cpu_seconds: int = 30
    seconds: int = 45
    memory: int = 1_000_000_000
    answer: int = 4_000_000


def separate() -> bool:
    """Move into a network, and a world of users, of this process's own, where the system lets
    anybody do so; and end with the thread that has started it. To be called before there are
    threads."""
    if platform.system() != "Linux":
        return False
    libc = ctypes.CDLL(None)
    separated = bool(libc.unshare(_NEW) == 0)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return separated


def bound(limits: Limits) -> bool:
    """Bound time and memory, let no file grow, start nothing, open nothing more. Both count from
    what this process has taken by now. False where the system has no such limits."""
    try:
        resource = import_module("resource")
    except ImportError:
        return False
    bounded = _bound_memory(resource, limits.memory)
    most = {
        "RLIMIT_CPU": math.ceil(time.process_time()) + limits.cpu_seconds,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,
        "RLIMIT_NOFILE": 0,
    }
    for name, value in most.items():
        resource.setrlimit(getattr(resource, name), (value, value))
    return bounded


def _bound_memory(resource: Any, memory: int) -> bool:
    """False on macOS, whose kernel does not keep a process to its address space."""
    statm = Path("/proc/self/statm")
    with suppress(OSError, ValueError):
        pages = int(_first_word(statm))
        most = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        return True
    return False


def _first_word(path: Path) -> str:
    return path.read_text(encoding="ascii").split()[0]


def forget(kept: Sequence[int]) -> None:
    """Close everything that is open but the streams that are kept, and forget the environment."""
    os.environ.clear()
    highest = os.sysconf("SC_OPEN_MAX") if hasattr(os, "sysconf") else 256
    edges = [-1, *sorted(kept), min(highest, 65_536)]
    for low, high in itertools.pairwise(edges):
        # An empty range would close everything: Python hands the kernel its end less one.
        if low + 1 < high:
            os.closerange(low + 1, high)


def refuse_outside() -> bool:
    """Let Python refuse what leads outside, with a sentence; this can't be taken back."""
    sys.addaudithook(_refuse)
    return True


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.partition(".")[0] in _LEADS_OUTSIDE and event not in _HARMLESS:
        raise PermissionError(
            _MESSAGES.get(event.partition(".")[0], f"{event} is not allowed here")
        )


_MESSAGES = MappingProxyType(
    {
        "open": "no file can be opened here",
        "socket": "there is no network here",
        "subprocess": "no program can be started here",
    }
)


def close_kernel() -> bool:
    """From here on the kernel lets this process compute, and nothing else."""
    return seccomp.close()
