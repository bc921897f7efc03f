"""A guide leads a fast engine through an experiment leg by leg: a leg ends where a setting of the
training changes, or where the patience is asked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import torch
from torch import Tensor, nn

from nnlab.checkpoints import Checkpoint
from nnlab.datasets import Samples
from nnlab.devices import readable, resolve
from nnlab.engines.learner import Start
from nnlab.engines.problem import Course, Engine, Problem, Room
from nnlab.experiment import Experiment
from nnlab.history import History, Moments
from nnlab.network import intervene
from nnlab.patience import Patience
from nnlab.settings import learning_rate_at, learning_rates

MULTIPLICATIONS = 2**22
"""In the forward passes between two checkpoints: a few milliseconds of training, which takes far
longer than to keep a checkpoint or to call an engine."""
LEAST_PACE, MOST_PACE = 64, 4096

Make = Callable[[Problem, Samples, Tensor], Engine]


class Guide:
    """A `Learner` for every experiment that the engine does not refuse."""

    def __init__(self, experiment: Experiment, device: str, history: History, make: Make) -> None:
        self._experiment, self._device, self._history = experiment, resolve(device), history
        self._start = Start.of(experiment, device)
        self._generator = self._start.generator
        self._opening = self._generator.get_state()
        self.step, self._due = 0, False
        self.patience = Patience(experiment.training.patience)
        self._problem = Problem.of(experiment)
        self._engine = make(self._problem, self._start.samples, self._theta_of_module())
        self._changes = _changes(experiment)
        per_step = experiment.n_parameters * experiment.batch_size
        self.pace = max(LEAST_PACE, min(MOST_PACE, MULTIPLICATIONS // per_step))

    def go(self, last: int) -> int | None:
        """Look at the steps up to `last`, the first of them 0, with an update between two."""
        while not self._due or (self.step < last and not self.patience.over):
            first, end = self.step + self._due, self._end_of_leg(last)
            if first > end:
                self._change()
            elif (broken := self._go_leg(first, end)) is not None:
                return broken
        return None

    def _end_of_leg(self, last: int) -> int:
        """The last step to look at before something changes, or before the history is full."""
        end = self.step if self.patience.over else min(last, self._next_change() - 1)
        if self._next_kept() <= end:
            self._history.make_room()
        return min(end, self._next_kept() + self._history.free * self._history.stride - 1)

    def _next_kept(self) -> int:
        """The next step to look at that is on the history's stride."""
        stride = self._history.stride
        return -(-(self.step + self._due) // stride) * stride

    def _next_change(self) -> int:
        """The first step after this one at which something may change."""
        place = bisect_right(self._changes, self.step)
        change = self._changes[place] if place < len(self._changes) else self._experiment.n_steps
        change += place == len(self._changes)
        if self.patience.epochs == 0:
            return change
        table = self._experiment.timetable
        return min(change, table.step_of(table.epoch_of(self.step) + 1))

    def _go_leg(self, first: int, end: int) -> int | None:
        rates = learning_rates(self._experiment, self.step, range(first, end + 1))
        orders = self._orders(first, end)
        stride, room = self._history.stride, _as_one_network(self._history.room())
        leg = self._engine.go(Course(first, rates, orders, stride, room))
        self.step, self._due = first + leg.done - 1, True
        self._history.filled(len(leg.steps), self._newest())
        if leg.diverged and self.step == 0:
            self._history.keep_newest()
        return self.step if leg.diverged else None

    def _change(self) -> None:
        """Make the update that leads to the next step, ask the patience where an epoch ends, and
        change what is to be changed there."""
        self._engine.update(learning_rate_at(self._experiment, self.step))
        self.step, self._due = self.step + 1, False
        table = self._experiment.timetable
        ended = self.step == table.step_of(table.epoch_of(self.step))
        if ended and self.patience.epochs > 0 and readable(self._device):
            self._into_module()
            self.patience = self.patience.after(self._start.judged())
        if changes := self._experiment.changes_at.get(self.step, ()):
            self._into_module()
            intervene(self._start.module, changes)
            self._engine.theta[0] = self._theta_of_module()
        self._settle()

    def _settle(self) -> None:
        problem = Problem.of(self._experiment, self.step)
        if problem != self._problem:
            self._problem = problem
            self._engine.change(problem)

    def _orders(self, first: int, end: int) -> Tensor | None:
        """The orders [E, N] of the rows in the epochs that begin on the way."""
        if not self._experiment.training.shuffle:
            return None
        table = self._experiment.timetable
        before = table.epoch_of(first - 1) if first > 0 else -1
        count = table.epoch_of(end) - before
        orders = torch.empty(count, len(self._start.samples.x), dtype=torch.int64)
        for epoch in range(count):
            if epoch == count - 1:
                self._opening = self._generator.get_state()
            torch.randperm(orders.shape[1], generator=self._generator, out=orders[epoch])
        return orders

    def _newest(self) -> Moments:
        """The moment that is now."""
        theta, gradient = self._engine.theta.clone(), self._engine.gradient.clone()
        step = torch.tensor([self.step])
        return Moments(step, self._engine.loss.clone(), theta, gradient, theta[:, :0])

    def _theta_of_module(self) -> Tensor:
        return nn.utils.parameters_to_vector(self._start.module.parameters()).detach()

    def _into_module(self) -> None:
        theta = self._engine.theta[0].clone()
        nn.utils.vector_to_parameters(theta, self._start.module.parameters())

    def checkpoint(self) -> Checkpoint:
        """Everything that is needed to go on from here."""
        newest = self._history.newest
        memory, stream = self._engine.remembered(), self._generator.get_state()
        return Checkpoint(newest, newest.buffers[0], memory, self._opening, stream, self.patience)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Be at rest at the checkpoint's step."""
        self.step, self._due, self.patience = checkpoint.step, True, checkpoint.patience
        self._settle()
        self._engine.theta.copy_(checkpoint.moment.parameters)
        self._engine.gradient.copy_(checkpoint.moment.gradients)
        self._generator.set_state(checkpoint.opening)
        rows = len(self._start.samples.x)
        shuffled = self._experiment.training.shuffle
        order = torch.randperm(rows, generator=self._generator) if shuffled else None
        self._engine.resume(checkpoint.memory, order)
        self._opening = checkpoint.opening
        self._generator.set_state(checkpoint.stream)


def _as_one_network(moments: Moments) -> Room:
    steps, losses, parameters, gradients, _buffers = moments
    return Room(steps, losses[:, None], parameters[:, None], gradients[:, None])


def _changes(experiment: Experiment) -> list[int]:
    """The steps after 0 at which a setting, a part of the network or the batches change."""
    stretches = {each.step for each in experiment.timetable.stretches}
    return sorted((stretches | set(experiment.changes_at)) - {0})
