"""A filter in the Linux kernel (seccomp) that lets a process compute and write to what it has open,
and refuses every other system call: no file is opened, no program started, no socket made.

The filter holds for the rest of the process's life, whatever runs in it: Python can't take it away,
nor can machine code. Source: Linux, Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

_PR_SET_NO_NEW_PRIVS, _SET_FILTER, _IN_ALL_THREADS = 38, 1, 1
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER, _MACHINE, _THIRD_ARGUMENT = 0, 4, 32
"""Where in the kernel's record of a call they stand."""
_PROT_EXEC = 4
_FOREIGN = 0x40000000
"""From here on the numbers are those of another convention (x32), which nobody needs."""

_CALLS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "read": (0, 63),
        "write": (1, 64),
        "writev": (20, 66),
        "close": (3, 57),
        "fstat": (5, 80),
        "lseek": (8, 62),
        "munmap": (11, 215),
        "brk": (12, 214),
        "mremap": (25, 216),
        "madvise": (28, 233),
        "rt_sigaction": (13, 134),
        "rt_sigprocmask": (14, 135),
        "rt_sigreturn": (15, 139),
        "sigaltstack": (131, 132),
        "sched_yield": (24, 124),
        "sched_getaffinity": (204, 123),
        "futex": (202, 98),
        "getpid": (39, 172),
        "gettid": (186, 178),
        "getcpu": (309, 168),
        "getrusage": (98, 165),
        "getrandom": (318, 278),
        "gettimeofday": (96, 169),
        "clock_gettime": (228, 113),
        "clock_getres": (229, 114),
        "clock_nanosleep": (230, 115),
        "nanosleep": (35, 101),
        "exit": (60, 93),
        "exit_group": (231, 94),
    }
)
"""What is allowed: the call's number on x86-64 and on arm64."""
_UNLESS_PROGRAM: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"mmap": (9, 222), "mprotect": (10, 226)}
)
"""What is allowed as long as the memory is not to be run as a program."""


class Machine(NamedTuple):
    """A kind of processor: the kernel's name for it, its place in the pairs of numbers, and there
    the number of the call that sets a filter."""

    audit: int
    place: int
    seccomp: int


MACHINES: Mapping[str, Machine] = MappingProxyType(
    {"x86_64": Machine(0xC000003E, 0, 317), "aarch64": Machine(0xC00000B7, 1, 277)}
)


def close() -> bool:
    """Close this process in, with all its threads. False where this system has no such filter, or
    not for its processor: then nothing has changed."""
    machine = MACHINES.get(platform.machine())
    if platform.system() != "Linux" or machine is None:
        return False
    steps = b"".join(_filter(machine))
    kept = ctypes.create_string_buffer(steps, len(steps))
    program = struct.pack("HL", len(steps) // 8, ctypes.addressof(kept))
    libc = ctypes.CDLL(None)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    done = libc.syscall(machine.seccomp, _SET_FILTER, _IN_ALL_THREADS, program)
    return bool(done == 0)


def _filter(machine: Machine) -> Iterator[bytes]:
    """The filter's steps, each of eight bytes."""
    yield _step(_LOAD, _MACHINE)
    yield _step(_EQUAL, machine.audit, no=0, yes=1)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, _NUMBER)
    yield _step(_AT_LEAST, _FOREIGN, no=1)
    yield _step(_RETURN, _REFUSE)
    for numbers in _CALLS.values():
        yield from _if_equal(numbers[machine.place], (_step(_RETURN, _ALLOW),))
    look = (
        _step(_LOAD, _THIRD_ARGUMENT),
        _step(_ANY_BIT, _PROT_EXEC, no=1),
        _step(_RETURN, _REFUSE),
        _step(_RETURN, _ALLOW),
    )
    for numbers in _UNLESS_PROGRAM.values():
        yield from _if_equal(numbers[machine.place], look)
    yield _step(_RETURN, _REFUSE)


def _if_equal(number: int, steps: Sequence[bytes]) -> Iterator[bytes]:
    yield _step(_EQUAL, number, no=len(steps))
    yield from steps


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """One step: what it does with a value, and how many steps it skips if true and if not."""
    return struct.pack("HBBI", code, yes, no, value)
