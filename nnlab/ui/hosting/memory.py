"""Memory of those who are gone: what Python has freed goes back to the system, so that a full house
does not weigh on the machine for the rest of the day."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from contextlib import suppress
from functools import cache


def give_back() -> None:
    """Free what nobody can reach any more, and hand the free memory back. It takes the collector
    about a tenth of a second."""
    gc.collect()
    _trim()(0)


@cache
def _trim() -> Callable[[int], object]:
    """malloc_trim of glibc, which otherwise keeps what lies free between two things in use: each
    thread has a heap of its own there, and Streamlit makes one thread for each run of a page. Other
    C libraries have none, and nothing is done."""
    with suppress(OSError, TypeError, AttributeError):
        trim: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
        return trim
    return lambda _pad: None
