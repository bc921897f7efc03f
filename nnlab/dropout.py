"""Dropout switches units off at random, anew in every step, so that no unit can rely on another.
What stays is enlarged, so that the sum to expect is the same; outside training all units stay."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Generator, Tensor, nn


def mask(shape: Sequence[int], p: float, generator: Generator) -> Tensor:
    """0 where a unit is dropped, with probability p, else 1 / (1 - p). Drawn on the CPU, as
    torch.nn.functional.dropout draws it there. Source: Srivastava et al. 2014, inverted."""
    return torch.empty(*shape).bernoulli_(1 - p, generator=generator).div_(1 - p)


class Dropout(nn.Dropout):
    """torch's Dropout, which draws from a stream of its own instead of the global one."""

    def __init__(self, p: float, generator: Generator) -> None:
        super().__init__(p)
        self.generator = generator

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        return x * mask(x.shape, self.p, self.generator).to(x)
