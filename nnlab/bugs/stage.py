"""What a program of the bug zoo is given: rows to learn from, rows to test with, and a seed for the
network. Everything is drawn from that one seed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from nnlab.dropout import Dropout
from nnlab.initialisers import INITIALISERS
from nnlab.language import gettext_noop as N_
from nnlab.registry import Choice

Curves = dict[str, list[float]]
"""What a program returns: numbers by the name of what was measured, one for each epoch."""

MEASURED = {
    "loss": N_("loss"),
    "moved": N_("largest change of a first weight"),
    "training accuracy": N_("training accuracy"),
    "test accuracy": N_("test accuracy"),
    "measured again": N_("test accuracy, measured again"),
}


@dataclass(frozen=True, eq=False)
class Stage:
    """Features [N, F] and targets [N, 1] to learn from (x, y) and to test with, and the stream
    from which the network's weights and everything random after them are drawn."""

    x: Tensor
    y: Tensor
    test_x: Tensor
    test_y: Tensor
    generator: Generator

    def network(self, *sizes: int) -> nn.Sequential:
        """Linear layers of these sizes with ReLU between them, initialised from the stream."""
        parts: list[nn.Module] = []
        for inputs, units in itertools.pairwise(sizes):
            linear = nn.Linear(inputs, units, device="meta").to_empty(device="cpu")
            INITIALISERS.make(Choice("default"), [linear], self.generator)
            parts += [linear, nn.ReLU()]
        return nn.Sequential(*parts[:-1])

    def by_class(self) -> tuple[Tensor, Tensor]:
        """The test rows of class 0, and those of class 1: as files of one class each would come."""
        first = self.test_y[:, 0] < 0.5
        return self.test_x[first], self.test_x[~first]

    def dropout(self, p: float) -> nn.Dropout:
        """torch's Dropout, which draws from this stage's stream."""
        return Dropout(p, self.generator)


def accuracy(logits: Tensor, y: Tensor) -> float:
    """The share of rows whose logit [N, 1] is on the side of their class (0 or 1)."""
    return ((logits > 0) == (y > 0.5)).float().mean().item()


def two_groups(seed: int, spread: float = 0.6) -> Stage:
    """Two classes of points around (-1, -1) and (1, 1), 30 of each, as many to test with."""
    generator = torch.Generator().manual_seed(seed)
    y = (torch.arange(120) % 2).float().unsqueeze(1)
    x = 2 * y - 1 + spread * torch.randn(120, 2, generator=generator)
    return Stage(x[:60], y[:60], x[60:], y[60:], generator)


def ring(seed: int) -> Stage:
    """Class 1 inside, class 0 in a ring around it: no straight line parts them."""
    generator = torch.Generator().manual_seed(seed)
    y = (torch.arange(160) % 2).float().unsqueeze(1)
    angle = 2 * torch.pi * torch.rand(160, 1, generator=generator)
    radius = torch.where(y > 0.5, 0.4, 1.2) + 0.1 * torch.randn(160, 1, generator=generator)
    x = torch.cat((radius * torch.cos(angle), radius * torch.sin(angle)), 1)
    return Stage(x[:80], y[:80], x[80:], y[80:], generator)


def three_groups(seed: int) -> Stage:
    """Three classes of points around the corners of a triangle; targets are class numbers."""
    generator = torch.Generator().manual_seed(seed)
    y = (torch.arange(120) % 3).unsqueeze(1)
    angle = 2 * torch.pi * y / 3
    centre = torch.cat((torch.cos(angle), torch.sin(angle)), 1)
    x = centre + 0.25 * torch.randn(120, 2, generator=generator)
    return Stage(x[:60], y[:60], x[60:], y[60:], generator)


def line(seed: int) -> Stage:
    """Numbers to predict: y = 2 x + 1 and a little noise."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(80, 1, generator=generator) * 2 - 1
    y = 2 * x + 1 + 0.1 * torch.randn(80, 1, generator=generator)
    return Stage(x[:40], y[:40], x[40:], y[40:], generator)


def coin_flips(seed: int) -> Stage:
    """Targets that have nothing to do with the features: nothing can be learnt here."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(40, 10, generator=generator)
    y = torch.randint(0, 2, (40, 1), generator=generator).float()
    return Stage(x[:20], y[:20], x[20:], y[20:], generator)
