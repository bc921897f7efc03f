"""Networks of real PyTorch numbers for the tests of the figures."""

from __future__ import annotations

import itertools

import torch
from torch import nn

from nnlab.figures.drawing import Diagram, draw_trace
from nnlab.network import trace


def network(*sizes: int, selected: str = "") -> Diagram:
    """Linear and Sigmoid layers of these sizes, inputs first, seen at one row of inputs."""
    generator = torch.Generator().manual_seed(0)
    parts: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        linear = nn.Linear(inputs, outputs)
        for parameter in linear.parameters():
            nn.init.normal_(parameter, generator=generator)
        parts += [linear, nn.Sigmoid()]
    x = torch.randn(1, sizes[0], generator=generator)
    return draw_trace(trace(nn.Sequential(*parts), x), selected=selected)
