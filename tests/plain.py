"""A plain PyTorch script for any experiment on the tutorial's batch with nn.Linear's own first
weights: one torch.manual_seed, torch's own modules, every change made by hand in the loop."""

from __future__ import annotations

import torch
from torch import nn

from nnlab.activations import ACTIVATIONS
from nnlab.datasets import SEED_TARGETS
from nnlab.experiment import Experiment, Intervention
from nnlab.losses import LOSSES
from nnlab.optimizers import OPTIMIZERS
from nnlab.packed import unpack
from nnlab.registry import Choice
from nnlab.schedules import SCHEDULES


def plain_module(experiment: Experiment) -> nn.Sequential:
    modules: list[nn.Module] = []
    for inputs, layer in zip(experiment.sizes, experiment.network.layers, strict=False):
        modules.append(nn.Linear(inputs, layer.units))
        if layer.batch_norm:
            modules.append(nn.BatchNorm1d(layer.units))
        modules.append(ACTIVATIONS.make(layer.activation))
        modules.append(nn.Dropout(layer.dropout))
    return nn.Sequential(*modules)


def set_by_hand(module: nn.Sequential, each: Intervention) -> None:
    kind = each.field[0]
    layer, *index = (int(number) for number in each.field[1:].split("."))
    linear = [part for part in module if isinstance(part, nn.Linear)][layer]
    with torch.no_grad():
        parameter = linear.weight if kind == "w" else linear.bias
        parameter[tuple(index)] = each.value  # type: ignore[assignment]


class PlainScript:
    """The script, with the variables that a person would keep at its top level."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment, training = experiment, experiment.training
        torch.manual_seed(experiment.seed)
        self.x = torch.randn(10, experiment.sizes[0])
        self.y = LOSSES[training.loss.name].target(
            torch.tensor(SEED_TARGETS).unsqueeze(1), experiment.network.outputs
        )
        self.module, self.criterion = plain_module(experiment), LOSSES.make(training.loss)
        self.dropouts = [part for part in self.module if isinstance(part, nn.Dropout)]
        self.weights = [part.weight for part in self.module if isinstance(part, nn.Linear)]
        self.numbers = {
            "learning_rate": training.learning_rate,
            "l1": training.l1,
            "l2": training.l2,
            "batch_size": training.batch_size,
        }
        self.name, self.optimizer = training.optimizer.name, self.made(training.optimizer)
        self.step, self.waited, self.lowest = 0, 0, float("inf")
        self.losses: list[float] = []
        self.stopped_at: int | None = None

    def made(self, choice: Choice) -> torch.optim.Optimizer:
        made: torch.optim.Optimizer = OPTIMIZERS.make(choice, list(self.module.parameters()), 0.0)
        return made

    def run(self) -> None:
        for epoch in range(self.experiment.training.epochs):
            self.one_epoch(epoch)
            if self.is_no_longer_better():
                self.stopped_at = self.step
                break
        self.intervene()

    def one_epoch(self, epoch: int) -> None:
        for each in self.experiment.interventions:
            if each.field == "batch_size" and each.step <= self.step:
                self.numbers["batch_size"] = each.value  # type: ignore[assignment]
        order = torch.randperm(10) if self.experiment.training.shuffle else torch.arange(10)
        for rows in order.split(int(self.numbers["batch_size"])):
            self.intervene()
            factor = SCHEDULES.make(self.experiment.training.schedule, epoch)
            self.optimizer.param_groups[0]["lr"] = self.numbers["learning_rate"] * factor
            self.one_step(rows)

    def one_step(self, rows: torch.Tensor) -> None:
        loss = self.criterion(self.module(self.x[rows]), self.y[rows])
        self.losses.append(loss.item())
        if self.experiment.training.zero_grad:
            self.optimizer.zero_grad()
        l1, l2 = self.numbers["l1"], self.numbers["l2"]
        if l1 or l2:
            flat = torch.cat([weight.flatten() for weight in self.weights])
            loss = loss + (l1 * flat.abs().sum() + l2 * (flat**2).sum())
        loss.backward()
        self.optimizer.step()
        self.step += 1

    def intervene(self) -> None:
        for each in self.experiment.interventions:
            if each.step == self.step and each.field != "batch_size":
                self.change(each)

    def change(self, each: Intervention) -> None:
        if isinstance(each.value, Choice):
            fresh = self.made(each.value)
            if each.value.name == self.name:
                self.optimizer.param_groups[0].update(fresh.defaults)
            else:
                self.name, self.optimizer = each.value.name, fresh
        elif isinstance(each.value, str):
            nn.utils.vector_to_parameters(unpack(each.value), self.module.parameters())
        elif each.field in self.numbers:
            self.numbers[each.field] = each.value
        elif each.field.startswith("dropout"):
            self.dropouts[int(each.field[-1])].p = each.value
        else:
            set_by_hand(self.module, each)

    def is_no_longer_better(self) -> bool:
        self.module.eval()
        with torch.no_grad():
            now = self.criterion(self.module(self.x), self.y).item()
        self.module.train()
        self.waited = 0 if now < self.lowest else self.waited + 1
        self.lowest = min(self.lowest, now)
        return 0 < self.experiment.training.patience <= self.waited
