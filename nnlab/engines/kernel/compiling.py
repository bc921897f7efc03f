"""How the kernel's functions are compiled, and how one of several is called by its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numba

compiled = partial(
    numba.njit,
    error_model="numpy",
    # Without it an update of W2 takes 1.3 instead of 0.34 us, for the many arrays in each call.
    forceinline=True,
    # Nobody calls these from Python: compiling takes 15 s instead of 23.
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
)


def one_of(functions: Iterable[Callable[..., Any]]) -> Callable[..., Any]:
    """A compiled function that calls the function at place `code`; processors guess such a choice
    right when it is always the same, so it costs next to nothing."""
    here, *rest = functions
    others = one_of(rest) if rest else here

    @compiled
    def choose(code, *inputs):
        if code == 0:
            return here(*inputs)
        return others(code - 1, *inputs)

    @compiled
    def only(code, *inputs):
        return here(*inputs)

    return choose if rest else only
