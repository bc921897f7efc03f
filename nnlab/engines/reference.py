"""The reference engine is plain PyTorch: a module, autograd and torch.optim. It trains everything,
on every device, and the other engines are checked against it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from copy import deepcopy

import torch
from torch import Tensor
from torch.optim import Optimizer

from nnlab.batches import Batches
from nnlab.checkpoints import Checkpoint
from nnlab.devices import readable, resolve
from nnlab.engines.learner import Start
from nnlab.experiment import Experiment
from nnlab.history import History
from nnlab.losses import measured
from nnlab.network import intervene, linear_layers, restore, running, set_dropouts
from nnlab.optimizers import OPTIMIZERS, change
from nnlab.patience import Patience
from nnlab.registry import Choice
from nnlab.settings import dropouts_at, learning_rate_at, value_at

STEPS = ("zero_grad", "forward", "loss", "backward", "step")
"""The five parts of the loop, in their order."""
CHUNK = 64
"""Steps between two looks at the losses for NaN or infinity."""


class Reference:
    """A `Learner` for any experiment."""

    pace = CHUNK

    def __init__(self, experiment: Experiment, device: str, history: History) -> None:
        self._start = Start.of(experiment, device)
        self._experiment, self._device, self._history = experiment, resolve(device), history
        self.module, self._generator = self._start.module, self._start.generator
        self._batches = Batches(experiment, self._start.samples, self._generator)
        self.step, self._looked = 0, False
        self.patience = Patience(experiment.training.patience)
        self._parameters = list(self.module.parameters())
        self._running = running(self.module)
        self._weights = [each.weight for each in linear_layers(self.module)]
        self._choice: Choice
        self.optimizer = self._new_optimizer()
        self._settle()

    def go(self, last: int) -> int | None:
        """Look at the steps up to `last`, the first of them 0, with an update between two."""
        while not self._looked or (self.step < last and not self.patience.over):
            ahead = (self.step // CHUNK + 1) * CHUNK
            broken = self._broken(list(self._looks(min(ahead, last))))
            if broken is not None:
                return broken
        return None

    def _looks(self, last: int) -> Iterator[Tensor]:
        """The losses of the steps up to the last."""
        if not self._looked:
            self._looked = True
            yield self._look()
        yield from self._updates(last)

    def _updates(self, last: int) -> Iterator[Tensor]:
        """Finish each step with its update and look at the next one. Gives its loss."""
        while self.step < last and not self.patience.over:
            self.optimizer.step()
            self.step += 1
            if self.step == self._batches.end:
                self._end_epoch()
            yield self._look()
            # In a long training a server's other threads get their turn now, not only every five
            # milliseconds. A short one would wait for its own turn longer than it trains.
            if self.step > CHUNK:
                time.sleep(0)

    def _look(self) -> Tensor:
        """Everything of a step but its update: zero_grad, forward, loss, backward."""
        self._intervene()
        x, y = self._batches.at(self.step)
        buffers = self._buffers()
        if self._experiment.training.zero_grad:
            self.optimizer.zero_grad()
        loss = measured(self._start.criterion, self.module(x), y)
        self._objective(loss).backward()
        self._history.record(self.step, loss.detach(), self._parameters, buffers)
        return loss.detach()

    def _objective(self, loss: Tensor) -> Tensor:
        """What is made smaller: the loss and the penalties on the weights."""
        if self._l1 == self._l2 == 0:
            return loss
        return loss + penalty(self._weights, self._l1, self._l2)

    def _intervene(self) -> None:
        changes = self._experiment.changes_at.get(self.step, ()) if self.step > 0 else ()
        if changes:
            intervene(self.module, changes)
            self._settle()

    def _settle(self) -> None:
        """Make every setting what it is at this step."""
        optimizer = value_at(self._experiment, "optimizer", self.step)
        if optimizer.name != self._choice.name:
            self.optimizer = self._new_optimizer()
        elif optimizer != self._choice:
            change(self.optimizer, optimizer)
            self._choice = optimizer
        self._l1 = value_at(self._experiment, "l1", self.step)
        self._l2 = value_at(self._experiment, "l2", self.step)
        self._set_learning_rate()
        set_dropouts(self.module, dropouts_at(self._experiment, self.step))

    def _new_optimizer(self) -> Optimizer:
        """The optimizer that is chosen at this step, with nothing to remember yet."""
        self._choice = value_at(self._experiment, "optimizer", self.step)
        rate = learning_rate_at(self._experiment, self.step)
        made: Optimizer = OPTIMIZERS.make(self._choice, self._parameters, rate)
        return made

    def _set_learning_rate(self) -> None:
        rate = learning_rate_at(self._experiment, self.step)
        self.optimizer.param_groups[0]["lr"] = rate

    def _end_epoch(self) -> None:
        """Set the learning rate of the next epoch, and measure whether the network got better."""
        if self._experiment.training.schedule.name != "constant":
            self._set_learning_rate()
        if self.patience.epochs > 0 and readable(self._device):
            self.patience = self.patience.after(self._start.judged())

    def _broken(self, losses: list[Tensor]) -> int | None:
        """The step of the first of the newest losses that is NaN or infinite."""
        if not losses or not readable(self._device):
            return None
        broken = torch.stack(losses).isfinite().logical_not().nonzero()
        return self.step - len(losses) + 1 + int(broken[0]) if len(broken) else None

    def _buffers(self) -> Tensor:
        """A copy of what the batch norms keep: [B]."""
        return torch.cat(self._running) if self._running else self._start.samples.x.new_empty(0)

    def checkpoint(self) -> Checkpoint:
        """Everything that is needed to go on from here."""
        return Checkpoint(
            self._history.newest,
            self._buffers(),
            deepcopy(self.optimizer.state_dict()),
            self._batches.opening,
            self._generator.get_state(),
            self.patience,
        )

    def resume(self, checkpoint: Checkpoint) -> None:
        """Be at rest at the checkpoint's step."""
        self.step, self._looked = checkpoint.step, True
        moment = checkpoint.moment
        restore(self.module, moment.parameters[0], checkpoint.buffers, self.step + 1)
        sizes = [each.numel() for each in self._parameters]
        gradients = moment.gradients[0].clone().split(sizes)
        for parameter, gradient in zip(self._parameters, gradients, strict=True):
            parameter.grad = gradient.view_as(parameter)
        self.optimizer = self._new_optimizer()
        self.optimizer.load_state_dict(deepcopy(checkpoint.memory))
        self._settle()
        self._batches.resume(self.step, checkpoint.opening)
        self._generator.set_state(checkpoint.stream)
        self.patience = checkpoint.patience


def penalty(weights: Iterable[Tensor], l1: float, l2: float) -> Tensor:
    """l1 times the sum of |w|, plus l2 times the sum of w^2, over all weights."""
    flat = torch.cat([each.reshape(-1) for each in weights])
    return l1 * flat.abs().sum() + l2 * flat.square().sum()
