"""e^x and what is made of it. float64 calls the C library, lane by lane. float32 has its own
series: 16 lanes in the time in which the library computes one."""

from __future__ import annotations

import math

from numba import types
from numba.extending import overload

from nnlab.engines.kernel.compiling import compiled
from nnlab.engines.kernel.lanes import (
    lane_by_lane,
    nearest,
    power_of_two,
    where,
)


@compiled
def _two_parts(x):
    """n and p with e^x = 2^n (1 + p): n the nearest whole number, p the series of e^r - 1."""
    n = nearest(x * 1.4426950408889634)
    r = (x - n * 0.693359375) - n * -2.1219444005469057e-4  # log(2) in two parts: n times the
    p = 1 / 720 + r * (1 / 5040)  # first one is exact
    p = 1 / 6 + r * (1 / 24 + r * (1 / 120 + r * p))
    return n, r + r * r * (1 / 2 + r * p)


@compiled
def _exp32(x):
    x = where(x > 89.0, 89.0, where(x < -105.0, -105.0, x))  # beyond lie infinity and 0
    n, p = _two_parts(x)
    half = nearest(n * 0.5)  # 2^n itself may be too big or too small for a float32
    return (p + 1.0) * power_of_two(half) * power_of_two(n - half)


@compiled
def _tanh32(x):
    """(e^2x - 1) / (e^2x + 1), without losing the digits of a small x."""
    n, p = _two_parts(where(x > 10.0, 20.0, where(x < -10.0, -20.0, x + x)))
    power = power_of_two(n)
    less_one = power * p + (power - 1.0)
    return less_one / (less_one + 2.0)


@compiled
def _expm132(x):
    n, p = _two_parts(where(x < -20.0, -20.0, where(x > 20.0, 20.0, x)))
    power = power_of_two(n)
    return power * p + (power - 1.0)


def _by_precision(single, double):
    def function(x):
        raise NotImplementedError

    @overload(function)
    def choose(x):
        return (lambda x: single(x)) if x.dtype == types.float32 else (lambda x: double(x))

    return function


exp = _by_precision(_exp32, lane_by_lane(math.exp))
tanh = _by_precision(_tanh32, lane_by_lane(math.tanh))
expm1 = _by_precision(_expm132, lane_by_lane(math.expm1))  # for x <= 0


@compiled
def sigmoid(z):
    return 1.0 / (1.0 + exp(-z))
