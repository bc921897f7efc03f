"""A history keeps the moments of a run in a bounded place: when it is full, every second moment is
dropped, and from then on only every second one is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nnlab.devices import readable

MOST_BYTES = 64 * 2**20
"""Memory for the parameters and gradients of one run: 64 MiB."""
LEAST_MOMENTS = 4
SMALL = 100
"""Parameters below which a light history keeps every moment."""
WHOLE_BYTES = 2**17
"""Of a larger network it keeps the first moments, up to so much, and from then on those on the
stride LATER: to write every one would cost the compiled engine a fifth of its time."""
LATER = 16
_BYTES_PER_NUMBER = 4


class Moments(NamedTuple):
    """R moments: steps [R] int64, losses [R], parameters [R, P], gradients [R, P], and buffers
    [R, B], what the batch norms keep."""

    steps: Tensor
    losses: Tensor
    parameters: Tensor
    gradients: Tensor
    buffers: Tensor

    def rows(self, which: slice) -> Moments:
        return Moments(*(each[which] for each in self))

    def of(self, step: int) -> Moments | None:
        """The one moment of a step, if it is among these, which are in the order of their steps."""
        place = int(torch.searchsorted(self.steps, step))
        found = self.rows(slice(place, place + 1))
        return found if found.steps.tolist() == [step] else None


class History:
    """Room for so many moments of P parameters and B buffers, within `MOST_BYTES` (but at least a
    few). Steps on the `stride` are kept. A light one has every step of its beginning alone."""

    def __init__(
        self, moments: int, n_parameters: int, n_buffers: int, device: torch.device
    ) -> None:
        self.capacity = min(moments, most_moments(n_parameters, n_buffers))
        self.stride = 1
        self._whole = self.capacity
        self._count = 0
        self._kept = _room(self.capacity, n_parameters, n_buffers, device)
        self.newest = self._kept.rows(slice(0))

    @classmethod
    def light(cls, steps: int, n_parameters: int, n_buffers: int, device: torch.device) -> History:
        """That of a run of so many steps, which costs a fast engine little to write."""
        if later(n_parameters) == 1:
            return cls(steps, n_parameters, n_buffers, device)
        whole = min(steps, WHOLE_BYTES // bytes_of(n_parameters, n_buffers))
        moments = whole + -(-(steps - whole) // LATER)
        history = cls(moments, n_parameters, n_buffers, device)
        history._whole = min(whole, history.capacity)
        return history

    def record(
        self, step: int, loss: Tensor, parameters: Sequence[nn.Parameter], buffers: Tensor
    ) -> None:
        """Keep a moment if its step is on the stride; the newest is kept in any case."""
        theta = torch.cat([each.detach().reshape(-1) for each in parameters])
        gradients = [each.grad for each in parameters if each.grad is not None]
        gradient = torch.cat([each.reshape(-1) for each in gradients])
        self.newest = Moments(
            torch.tensor([step]), loss.reshape(1), theta[None], gradient[None], buffers[None]
        )
        if step % self.stride == 0:
            self.make_room()
        if step % self.stride == 0:
            self.keep_newest()

    def make_room(self) -> None:
        """Have room for one more moment at least."""
        if self._count == self.capacity:
            self._thin()
        elif self._count == self._whole and self.stride == 1:
            self.stride = LATER

    @property
    def free(self) -> int:
        """Moments for which there is room on this stride."""
        return (self._whole if self.stride == 1 else self.capacity) - self._count

    def room(self) -> Moments:
        """The rows that are still to be written, to be written to from the first one on."""
        return self._kept.rows(slice(self._count, self._count + self.free))

    def filled(self, rows: int, newest: Moments) -> None:
        """So many rows of the room have been written to, up to the newest moment, which is given in
        any case."""
        self._count += rows
        self.newest = newest

    def keep_newest(self) -> None:
        """Keep the newest moment."""
        for kept, new in zip(self._kept, self.newest, strict=True):
            kept[self._count] = new[0]
        self._count += 1

    def inherit(self, earlier: History, newest: Moments) -> None:
        """Take over what an earlier history kept up to a moment, from which this one goes on: on
        the earlier one's stride, if a step up to there is missing."""
        past = earlier._kept.rows(slice(earlier._count))
        past = past.rows(slice(int((past.steps <= newest.steps).sum())))
        self._count, self.newest = len(past.steps), newest
        self.stride = earlier.stride if self._count <= int(newest.steps) else 1
        for kept, old in zip(self._kept, past, strict=True):
            kept[: self._count] = old

    def stacked(self) -> Moments:
        """All moments kept, the newest last, on the CPU (on `meta` they stay there)."""
        kept = self._kept.rows(slice(self._count))
        newest = [] if torch.equal(kept.steps[-1:], self.newest.steps) else [self.newest]
        return joined([kept, *newest])

    def of(self, step: int) -> Moments | None:
        """The one moment of a step, if it is kept."""
        found = self._kept.rows(slice(self._count)).of(step)
        return self.newest.of(step) if found is None else found

    def cut(self, step: int) -> None:
        """Forget every moment from `step` on."""
        self._count = int((self._kept.steps[: self._count] < step).sum())
        self.newest = self._kept.rows(slice(max(self._count - 1, 0), self._count))

    def _thin(self) -> None:
        """Copies, so that a run handed out earlier keeps what it has."""
        self.stride *= 2
        kept_on = self._kept.steps % self.stride == 0
        thinned = Moments(*(each[kept_on] for each in self._kept))
        sizes = self._kept.parameters.shape[1], self._kept.buffers.shape[1]
        self._kept = _room(self.capacity, *sizes, self._kept.losses.device)
        self._count = len(thinned.steps)
        for kept, old in zip(self._kept, thinned, strict=True):
            kept[: self._count] = old


def most_moments(n_parameters: int, n_buffers: int, part: int = 1) -> int:
    """How many moments fit into `MOST_BYTES`, or one part of so many of it, but at least a few."""
    return max(MOST_BYTES // (part * bytes_of(n_parameters, n_buffers)), LEAST_MOMENTS)


def later(n_parameters: int) -> int:
    """The stride of a light history after its beginning."""
    return LATER if n_parameters >= SMALL else 1


def bytes_of(n_parameters: int, n_buffers: int) -> int:
    """Those of a moment, but for its step and its loss."""
    return _BYTES_PER_NUMBER * (2 * n_parameters + n_buffers)


def joined(parts: Sequence[Moments]) -> Moments:
    """Moments one after the other, on the CPU (on `meta` they stay there)."""
    whole = Moments(*map(torch.cat, zip(*parts, strict=True))) if len(parts) > 1 else parts[0]
    return Moments(*(each.cpu() for each in whole)) if readable(whole.losses.device) else whole


def _room(moments: int, n_parameters: int, n_buffers: int, device: torch.device) -> Moments:
    """Parameters and gradients are one block: two that are freed together go back to the system,
    and to get them anew made a run of 393 parameters take 1.7 times as long."""
    parameters, gradients = torch.empty(2, moments, n_parameters, device=device)
    return Moments(
        torch.empty(moments, dtype=torch.int64),
        torch.empty(moments, device=device),
        parameters,
        gradients,
        torch.empty(moments, n_buffers, device=device),
    )
