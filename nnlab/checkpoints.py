"""A checkpoint is everything that a training needs to go on from a step as if it had never stopped.
A few of them, spread over the whole run, make any moment near."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from nnlab.history import Moments
from nnlab.patience import Patience

MOST_CHECKPOINTS = 64
MOST_BYTES = 64 * 2**20
"""Memory for the checkpoints of one run: 64 MiB, but one is always kept."""
FIRST_STRIDE = 64
"""Steps between two checkpoints before any was dropped: fewer would cost more than replaying."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A training at rest between `backward` and `step`: the newest moment with its parameters and
    gradients, the buffers [B] after its forward pass, what the optimizer remembers in its engine's
    form, the state of the stream when the epoch began and now, and the patience."""

    moment: Moments
    buffers: Tensor
    memory: Any
    opening: Tensor
    stream: Tensor
    patience: Patience

    @property
    def step(self) -> int:
        return int(self.moment.steps)

    @property
    def n_bytes(self) -> int:
        """About: the optimizers remember up to three numbers a parameter."""
        parameters = self.moment.parameters
        return 5 * parameters.numel() * parameters.element_size() + 2 * self.stream.numel()


@dataclass
class Checkpoints:
    """Checkpoints in the order of their steps, all on one stride, which doubles when the place is
    full."""

    stride: int = FIRST_STRIDE
    _kept: list[Checkpoint] = field(default_factory=list)

    def wants(self, step: int) -> bool:
        """Whether a checkpoint of this step would be kept."""
        return step > 0 and step % self.stride == 0

    def keep(self, checkpoint: Checkpoint) -> None:
        """Add the newest; when the place is full, keep only those on a stride twice as long."""
        self._kept.append(checkpoint)
        most = max(1, min(MOST_CHECKPOINTS, MOST_BYTES // checkpoint.n_bytes))
        while len(self._kept) > most:
            self.stride *= 2
            self._kept = [each for each in self._kept if self.wants(each.step)]

    def until(self, step: int) -> Checkpoints:
        """Those at or before a step."""
        return Checkpoints(self.stride, [each for each in self._kept if each.step <= step])

    @property
    def last(self) -> Checkpoint | None:
        return self._kept[-1] if self._kept else None
