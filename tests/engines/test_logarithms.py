"""The kernel's own logarithms of float32 are the C library's, also at the ends."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

numba = pytest.importorskip("numba")
from nnlab.engines.kernel.exponential import log, log1p  # noqa: E402
from nnlab.engines.kernel.lanes import LANES, load, store  # noqa: E402

ENDS = [0.0, -0.0, -1.0, -2.0, math.inf, -math.inf, math.nan, 1.0, 0.5, 1e-45, 1e-40, 1.1754944e-38]
ENDS += [3.4e38, -0.99999994, 1e-8, -1e-8]
ULPS = 3


@numba.njit
def both(x, logs, logs1p):  # type: ignore[no-untyped-def]
    for k in range(0, len(x), LANES):
        store(logs, k, log(load(x, k)))
        store(logs1p, k, log1p(load(x, k)))


def many_numbers() -> Tensor:
    """The ends, numbers of every size, and many near 0 and near 1: whole lanes of float32."""
    generator = torch.Generator().manual_seed(0)
    draw = torch.rand(4, 4096, generator=generator, dtype=torch.float64)
    near_0 = (30 * draw[1] - 30).exp()
    sizes = [(190 * draw[0] - 102).exp(), near_0, -near_0, 1 + 0.01 * (draw[2] - 0.5), 4 * draw[3]]
    return torch.cat([torch.tensor(ENDS, dtype=torch.float64), *sizes]).float()


def test_logarithms_are_those_of_the_c_library() -> None:
    x = many_numbers()
    ours = torch.empty_like(x), torch.empty_like(x)
    both(x.numpy(), *(each.numpy() for each in ours))
    for mine, true in zip(ours, (x.double().log(), x.double().log1p()), strict=True):
        last_digit = true.float().abs().nextafter(torch.tensor(math.inf)) - true.float().abs()
        off = (mine.double() - true).abs() / last_digit.double()
        same = (mine == true.float()) | (mine.isnan() & true.isnan())
        assert (same | (off <= ULPS)).all(), x[~(same | (off <= ULPS))]
