"""The batched engine trains K networks of one shape as one tensor program, without autograd: one
network is K = 1. Its operations stand in nnlab.engines.operations. It runs on any device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from nnlab.datasets import Samples
from nnlab.devices import readable
from nnlab.engines.operations.activations import ACTIVATIONS
from nnlab.engines.operations.losses import LOSSES
from nnlab.engines.operations.optimizers import OPTIMIZERS, Update
from nnlab.engines.problem import (
    Course,
    Leg,
    Problem,
    Remembered,
    Room,
    activation_setting,
    begins_to_roll,
    loss_setting,
    refused_by,
    variant,
)
from nnlab.experiment import Experiment

CHUNK = 64
"""Steps between two looks at the losses for NaN or infinity."""


def refusal(experiment: Experiment) -> str | None:
    """Why this engine can't train the experiment, as a sentence; None if it can."""
    return refused_by(experiment, ACTIVATIONS, LOSSES, OPTIMIZERS)


def parts(flat: Tensor, shapes: Sequence[tuple[int, int]]) -> list[tuple[Tensor, Tensor]]:
    """Views of flat parameters [K, P]: each layer's weight [K, O, I] and bias [K, O]."""
    views, place = [], 0
    for outputs, inputs in shapes:
        end = place + outputs * inputs
        weight = flat[:, place:end].unflatten(1, (outputs, inputs))
        views.append((weight, flat[:, end : end + outputs]))
        place = end + outputs
    return views


class Batched:
    """K networks in training: theta [K, P], x [N, F] for all or [K, N, F], y likewise. They may
    differ in their parameters, their rows, and their learning rates. An `Engine`."""

    def __init__(self, problem: Problem, samples: Samples, theta: Tensor) -> None:
        self.theta = theta.reshape(-1, problem.n_parameters).clone()
        self.gradient = torch.zeros_like(self.theta)
        self.loss = self.theta.new_zeros(len(self.theta))
        self._samples = Samples(*(self._for_each(values) for values in samples))
        self._epoch = self._samples
        self._due = False
        self._weights = parts(self.theta, problem.shapes)
        self._slopes = parts(self.gradient, problem.shapes)
        self._settle(problem)
        self._forget()

    @torch.inference_mode()
    def go(self, course: Course) -> Leg:
        """Make the update that is due, look at the next step, and so on."""
        looks = len(course.rates)
        rates = course.rates.to(self.theta).reshape(looks, -1, 1)
        orders = iter(() if course.orders is None else course.orders.to(self.theta.device))
        steps = torch.arange(course.first, course.first + looks)
        record = self._record(steps[steps % course.stride == 0], course.room)
        losses = self.theta.new_empty(looks, len(self.theta))
        row = 0
        for i, step in enumerate(range(course.first, course.first + looks)):
            if self._due:
                self._update(rates[i])
            self._look(step, orders)
            losses[i] = self.loss
            if step % course.stride == 0:
                self._write(record, row)
                row += 1
            if i % CHUNK == CHUNK - 1 or i == looks - 1:
                begin = i - i % CHUNK
                broken = self._broken(losses[begin : i + 1])
                if broken is not None:
                    return _cut(record._replace(done=begin + broken + 1, diverged=True), course)
        return record._replace(done=looks)

    def _record(self, steps: Tensor, room: Room | None) -> Leg:
        """Room for the moments of these steps."""
        if room is None:
            losses = self.loss.new_empty(len(steps), *self.loss.shape)
            tables = [self.theta.new_empty(len(steps), *self.theta.shape) for _ in range(2)]
            room = Room(steps, losses, *tables)
        room = room.rows(len(steps))
        room.steps.copy_(steps)
        return Leg(0, False, *room)

    def _write(self, record: Leg, row: int) -> None:
        record.losses[row] = self.loss
        record.parameters[row] = self.theta
        record.gradients[row] = self.gradient

    @torch.inference_mode()
    def update(self, rate: float) -> None:
        """Make the update that is due. Then no update is due until the next step."""
        self._update(self.theta.new_full((1, 1), rate))
        self._due = False

    def change(self, problem: Problem) -> None:
        """Go on with other settings of the optimizer, l1, l2, batches; another optimizer
        remembers nothing. The network stays of the same shape."""
        before = self._problem
        self._settle(problem)
        if problem.optimizer.name != before.optimizer.name:
            self._forget()
        elif begins_to_roll(before, problem) and not self._states[0].any():
            self._updates = 0

    def remembered(self) -> Remembered:
        """A copy of what the optimizer remembers."""
        return Remembered(torch.stack(self._states), self._updates)

    def resume(self, remembered: Remembered, order: Tensor | None) -> None:
        """Be in the middle of an epoch, with its update due: the optimizer remembers this, and the
        rows are in this order [N]."""
        for state, kept in zip(self._states, remembered.states, strict=True):
            state.copy_(kept)
        self._updates, self._due = remembered.updates, True
        if order is not None:
            self._arrange(order.to(self.theta.device))

    def _settle(self, problem: Problem) -> None:
        self._problem, self._settings = problem, problem.settings()
        self._layers = [
            (ACTIVATIONS[variant(each)], activation_setting(each)) for each in problem.activations
        ]
        self._criterion, self._loss_setting = LOSSES[problem.loss.name], loss_setting(problem.loss)
        self._optimize = OPTIMIZERS[problem.optimizer.name]
        self._epoch_steps = -(-self._samples.x.shape[1] // problem.batch_size)

    def _forget(self) -> None:
        """Empty the optimizer's memory; Adagrad's sum does not begin with 0."""
        start = self._settings.get("initial_accumulator_value", 0.0)
        first = torch.full_like(self.theta, start)
        self._states = (first, torch.zeros_like(first), torch.zeros_like(first))
        self._updates = 0

    def _update(self, rate: Tensor) -> None:
        self._updates += 1
        update = Update(self.gradient, self._states, rate, self._updates)
        self._optimize(self.theta, update, self._settings)

    def _look(self, step: int, orders: Any) -> None:
        """zero_grad, forward, loss, backward."""
        self._due = True
        x, y = self._batch(step, orders)
        activations, pre_activations = self._forward(x)
        self.loss = self._criterion.forward(activations[-1], y, self._loss_setting)
        slope = self._criterion.slope(activations[-1], y, self._loss_setting)
        if self._problem.zero_grad:
            self.gradient.zero_()
        self._backward(slope, activations, pre_activations)
        self._add_penalty()

    def _forward(self, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Of every layer the activations [K, B, units], the inputs first, and pre-activations."""
        activations, pre_activations = [x], []
        for (weight, bias), (activation, setting) in zip(self._weights, self._layers, strict=True):
            z = torch.baddbmm(bias.unsqueeze(1), activations[-1], weight.mT)
            pre_activations.append(z)
            activations.append(activation.forward(z, setting))
        return activations, pre_activations

    def _backward(self, slope: Tensor, activations: list[Tensor], z: list[Tensor]) -> None:
        """From the slope by the outputs back to those by all parameters: the chain rule."""
        for layer in reversed(range(len(self._layers))):
            activation, setting = self._layers[layer]
            slope = activation.back(slope, z[layer], activations[layer + 1], setting)
            weight_slope, bias_slope = self._slopes[layer]
            weight_slope.baddbmm_(slope.mT, activations[layer])
            bias_slope.add_(slope.sum(1))
            if layer > 0:
                slope = torch.bmm(slope, self._weights[layer][0])

    def _add_penalty(self) -> None:
        """The slope of l1 |w| + l2 w^2, for the weights, not for the biases."""
        l1, l2 = self._problem.l1, self._problem.l2
        if l1 == l2 == 0:
            return
        for (weight, _bias), (slope, _bias_slope) in zip(self._weights, self._slopes, strict=True):
            slope.add_(weight.sign(), alpha=l1).add_(weight, alpha=2 * l2)

    def _batch(self, step: int, orders: Any) -> Samples:
        """The rows of a step; a new order of all rows where an epoch begins and one is given."""
        number = (step - self._problem.since) % self._epoch_steps
        order = next(orders, None) if number == 0 else None
        if order is not None:
            self._arrange(order)
        start, end = number * self._problem.batch_size, (number + 1) * self._problem.batch_size
        return Samples(*(each[:, start:end] for each in self._epoch))

    def _arrange(self, order: Tensor) -> None:
        """Put the rows in this order [N] or [K, N] for an epoch."""
        rows = order.reshape(-1, order.shape[-1], 1)
        self._epoch = Samples(
            *(self._for_each(torch.take_along_dim(each, rows, 1)) for each in self._samples)
        )

    def _for_each(self, values: Tensor) -> Tensor:
        """[N] class numbers, [N, F] for all networks or [K, N, F], as [K, N, F]."""
        values = values.unsqueeze(1) if values.dim() == 1 else values
        values = values.unsqueeze(0) if values.dim() == 2 else values
        return values.to(self.theta).expand(len(self.theta), -1, -1)

    def _broken(self, losses: Tensor) -> int | None:
        """The first of the losses [S, K] at which not one network's is finite."""
        if not readable(losses.device):
            return None
        dead = losses.isfinite().any(1).logical_not().nonzero()
        return int(dead[0]) if len(dead) else None


def _cut(leg: Leg, course: Course) -> Leg:
    """Only the moments before the last look, at which the leg broke off."""
    rows = int((leg.steps < course.first + leg.done - 1).sum())
    return Leg(leg.done, leg.diverged, *(each[:rows] for each in leg[2:]))
