"""e^x, the logarithm, and what is made of them. float64 calls the C library, lane by lane. float32
has its own series: 16 lanes in the time in which the library computes one."""

from __future__ import annotations

import math

from numba import types
from numba.extending import overload

from nnlab.engines.kernel.compiling import compiled
from nnlab.engines.kernel.lanes import (
    absolute,
    exponent,
    lane_by_lane,
    mantissa,
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


@compiled
def _log32(x):
    """log(2^n m) = n log(2) + 2 artanh(s) with s = (m - 1) / (m + 1), and its series."""
    tiny = x < 1.1754944e-38  # denormal: the exponent is not among its bits
    whole = where(tiny, x * 2.0**24, x)
    n = exponent(whole) - where(tiny, 24.0, x * 0.0)
    m = mantissa(whole)
    s = (m - 1.0) / (m + 1.0)
    s2 = s * s
    series = s2 * (2 / 3 + s2 * (2 / 5 + s2 * (2 / 7 + s2 * (2 / 9))))
    log = n * 0.693359375 + (n * -2.1219444005469057e-4 + (s * series + 2.0 * s))
    at_most_0 = where(x < 0.0, math.nan, x * 0.0 - math.inf)
    return where(x <= 0.0, at_most_0, where(x < math.inf, log, x))


@compiled
def _log1p32(x):
    """log(u) for u = 1 + x, and what was lost when u was rounded; no loss where u is 0 or inf."""
    u = 1.0 + x
    lost = (x - (u - 1.0)) / u
    return _log32(u) + where(absolute(lost) < 1.0, lost, 0.0)


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
log = _by_precision(_log32, lane_by_lane(math.log))
log1p = _by_precision(_log1p32, lane_by_lane(math.log1p))


@compiled
def sigmoid(z):
    return 1.0 / (1.0 + exp(-z))
