"""Training changes a network's parameters step by step so that the loss falls. A run is what
happened: the loss, the parameters and the gradients at every recorded step, stacked in tensors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from nnlab.batches import Batches, replay
from nnlab.branches import parting
from nnlab.checkpoints import Checkpoint, Checkpoints
from nnlab.datasets import Samples
from nnlab.devices import readable, resolve
from nnlab.experiment import Experiment
from nnlab.history import History
from nnlab.losses import LOSSES, measured
from nnlab.network import begin, build, intervene, linear_layers, restore, running, set_dropouts
from nnlab.optimizers import OPTIMIZERS, change
from nnlab.patience import Patience
from nnlab.registry import Choice
from nnlab.settings import dropouts_at, learning_rate_at, value_at

STEPS = ("zero_grad", "forward", "loss", "backward", "step")
"""The five parts of the loop, in their order."""
CHUNK = 64
"""Steps between two looks at the losses for NaN or infinity."""


@dataclass(frozen=True, eq=False)
class Run:
    """What happened in R recorded moments. Moment i is the state just before update `steps[i]`:
    the parameters then, and the loss and gradients of that step's batch. The last moment is the
    state after the last update.

    steps [R] int64, losses [R], parameters [R, P], gradients [R, P], buffers [R, B], all on the CPU
    except on the `meta` device; the P parameters stand in the order of `module.parameters()`, the
    B buffers are what the batch norms keep (`nnlab.network.running`). The losses are the
    criterion's own, without the penalties l1 and l2, which the gradients do contain.

    `diverged_at` is the step whose loss was NaN or infinite, where the run ended, or None: the
    moments before it are there, and moment 0 always. `stopped_at` is the step at which the
    patience was over, whose moment is the last one, or None.
    """

    experiment: Experiment
    device: torch.device
    steps: Tensor
    losses: Tensor
    parameters: Tensor
    gradients: Tensor
    buffers: Tensor
    diverged_at: int | None
    stopped_at: int | None

    def __len__(self) -> int:
        return len(self.steps)

    def moment(self, step: int) -> int:
        """The index of the last recorded moment at or before a step."""
        return max(int(torch.searchsorted(self.steps, step, right=True)) - 1, 0)

    def module(self, moment: int = -1) -> nn.Sequential:
        """The network as it was at a recorded moment, on the run's device, in eval mode: batch
        norms take what they have kept, and nothing is dropped."""
        module = build(self.experiment, str(self.device))
        parameters, buffers = self.parameters[moment], self.buffers[moment]
        seen = int(self.steps[moment])
        restore(module, parameters, buffers, seen)
        set_dropouts(module, dropouts_at(self.experiment, seen))
        return module.eval()

    def gradient(self, moment: int = -1) -> tuple[Tensor, ...]:
        """Each parameter's `.grad` at a moment, in the shapes of `module.parameters()`."""
        shapes = [each.shape for each in build(self.experiment).parameters()]
        flat = torch.split(self.gradients[moment], [shape.numel() for shape in shapes])
        return tuple(part.view(shape) for part, shape in zip(flat, shapes, strict=True))


class Trainer:
    """Trains an experiment's network as far as it is told to, and gives the run so far.

    It rests between `backward` and `step`, so that each moment has its loss and gradients.
    """

    def __init__(self, experiment: Experiment, device: str = "cpu") -> None:
        beginning = begin(experiment, device)
        self.experiment, self.device = experiment, resolve(device)
        self.module, self._generator = beginning.module, beginning.generator
        self._samples = _with_targets(experiment, beginning.samples)
        held_out = _with_targets(experiment, beginning.test)
        self._judges = held_out if len(held_out.x) else self._samples
        self._batches = Batches(experiment, self._samples, self._generator)
        self.criterion: nn.Module = LOSSES.make(experiment.training.loss)
        self.step = 0
        self.diverged_at: int | None = None
        self._patience = Patience(experiment.training.patience)
        self._parameters = list(self.module.parameters())
        self._running = running(self.module)
        self._weights = [each.weight for each in linear_layers(self.module)]
        self._choice: Choice
        self.optimizer = self._new_optimizer()
        self._checkpoints = Checkpoints()
        self._history = History(
            experiment.n_steps + 1, experiment.n_parameters, experiment.n_buffers, self.device
        )
        self._run: Run | None = None
        self._run_step = 0
        self._settle()
        self._notice_divergence([self._look()])

    @classmethod
    def resume(cls, experiment: Experiment, earlier: Trainer) -> Trainer:
        """A trainer that goes on from the last moment that both experiments share, or from where
        the earlier one stands if that is before. It begins at a checkpoint of the earlier one and
        replays from there, so that everything is as if it had trained from the start, but that
        moments which the earlier one has dropped to save memory stay dropped."""
        trainer = cls(experiment, str(earlier.device))
        reached = earlier.step if earlier.diverged_at is None else earlier.diverged_at
        apart = parting(experiment, earlier.experiment)
        shared = int(min(apart, experiment.n_steps, reached))
        past = earlier._checkpoints.until(int(min(shared, apart - 1)))
        found = past.last
        if earlier.step == shared < apart and earlier.diverged_at is None:
            found = earlier._checkpoint()
        if found is not None:
            trainer._checkpoints = past
            trainer._go_to(found, earlier._history)
        trainer._advance_to(shared)
        return trainer

    @property
    def finished(self) -> bool:
        ended = self.diverged_at is not None or self._patience.over
        return ended or self.step >= self.experiment.n_steps

    @property
    def stopped_at(self) -> int | None:
        """The step at which the patience was over, if it is."""
        return self.step if self._patience.over and self.diverged_at is None else None

    @property
    def run(self) -> Run:
        """What has happened so far. Later steps do not change it."""
        if self._run is None or self._run_step != self.step:
            self._run, self._run_step = self._so_far(), self.step
        return self._run

    def _so_far(self) -> Run:
        return Run(
            self.experiment,
            self.device,
            *self._history.stacked(),
            self.diverged_at,
            self.stopped_at,
        )

    def advance(self, steps: int) -> None:
        """Make up to so many updates; fewer when the experiment ends, the loss diverges or the
        patience is over."""
        self._advance_to(min(self.step + steps, self.experiment.n_steps))

    def _advance_to(self, last: int) -> None:
        while self.step < last and not self.finished:
            ahead = (self.step // CHUNK + 1) * CHUNK
            self._notice_divergence(list(self._updates(min(ahead, last))))
            if self._checkpoints.wants(self.step) and not self.finished:
                self._checkpoints.keep(self._checkpoint())

    def _updates(self, last: int) -> Iterator[Tensor]:
        """Finish each step with its update and look at the next one. Gives its loss."""
        while self.step < last and not self._patience.over:
            self.optimizer.step()
            self.step += 1
            if self.step == self._batches.end:
                self._end_epoch()
            yield self._look()

    def _look(self) -> Tensor:
        """Everything of a step but its update: zero_grad, forward, loss, backward."""
        self._intervene()
        x, y = self._batches.at(self.step)
        buffers = self._buffers()
        if self.experiment.training.zero_grad:
            self.optimizer.zero_grad()
        loss = measured(self.criterion, self.module(x), y)
        self._objective(loss).backward()
        self._history.record(self.step, loss.detach(), self._parameters, buffers)
        return loss.detach()

    def _objective(self, loss: Tensor) -> Tensor:
        """What is made smaller: the loss and the penalties on the weights."""
        if self._l1 == self._l2 == 0:
            return loss
        return loss + penalty(self._weights, self._l1, self._l2)

    def _intervene(self) -> None:
        changes = self.experiment.changes_at.get(self.step, ()) if self.step > 0 else ()
        if changes:
            intervene(self.module, changes)
            self._settle()

    def _settle(self) -> None:
        """Make every setting what it is at this step."""
        optimizer = value_at(self.experiment, "optimizer", self.step)
        if optimizer.name != self._choice.name:
            self.optimizer = self._new_optimizer()
        elif optimizer != self._choice:
            change(self.optimizer, optimizer)
            self._choice = optimizer
        self._l1 = value_at(self.experiment, "l1", self.step)
        self._l2 = value_at(self.experiment, "l2", self.step)
        self._set_learning_rate()
        set_dropouts(self.module, dropouts_at(self.experiment, self.step))

    def _new_optimizer(self) -> Optimizer:
        """The optimizer that is chosen at this step, with nothing to remember yet."""
        self._choice = value_at(self.experiment, "optimizer", self.step)
        rate = learning_rate_at(self.experiment, self.step)
        made: Optimizer = OPTIMIZERS.make(self._choice, self._parameters, rate)
        return made

    def _set_learning_rate(self) -> None:
        rate = learning_rate_at(self.experiment, self.step)
        self.optimizer.param_groups[0]["lr"] = rate

    def _end_epoch(self) -> None:
        """Set the learning rate of the next epoch, and measure whether the network got better."""
        if self.experiment.training.schedule.name != "constant":
            self._set_learning_rate()
        if self._patience.epochs > 0 and readable(self.device):
            self._patience = self._patience.after(self._judged())

    def _judged(self) -> float:
        """The loss outside training on the rows that are held out, or else on all rows."""
        self.module.eval()
        with torch.no_grad():
            loss = measured(self.criterion, self.module(self._judges.x), self._judges.y)
        self.module.train()
        return float(loss)

    def _notice_divergence(self, losses: list[Tensor]) -> None:
        """End the run before the first of the newest losses that is NaN or infinite."""
        if not readable(self.device):
            return
        broken = torch.stack(losses).isfinite().logical_not().nonzero()
        if len(broken):
            self.diverged_at = self.step - len(losses) + 1 + int(broken[0])
            self._history.cut(max(self.diverged_at, 1))

    def _buffers(self) -> Tensor:
        """A copy of what the batch norms keep: [B]."""
        return torch.cat(self._running) if self._running else self._samples.x.new_empty(0)

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(
            self._history.newest,
            self._buffers(),
            deepcopy(self.optimizer.state_dict()),
            self._batches.opening,
            self._generator.get_state(),
            self._patience,
        )

    def _go_to(self, checkpoint: Checkpoint, history: History) -> None:
        """Be at rest at the checkpoint's step, with the history up to it."""
        self.step, self.diverged_at = checkpoint.step, None
        moment = checkpoint.moment
        restore(self.module, moment.parameters[0], checkpoint.buffers, self.step + 1)
        sizes = [each.numel() for each in self._parameters]
        gradients = moment.gradients[0].clone().split(sizes)
        for parameter, gradient in zip(self._parameters, gradients, strict=True):
            parameter.grad = gradient.view_as(parameter)
        self.optimizer = self._new_optimizer()
        self.optimizer.load_state_dict(deepcopy(checkpoint.optimizer))
        self._settle()
        self._batches.resume(self.step, checkpoint.opening)
        self._generator.set_state(checkpoint.stream)
        self._patience = checkpoint.patience
        self._history.inherit(history, moment)
        self._run = None


def penalty(weights: Iterable[Tensor], l1: float, l2: float) -> Tensor:
    """l1 times the sum of |w|, plus l2 times the sum of w^2, over all weights."""
    flat = torch.cat([each.reshape(-1) for each in weights])
    return l1 * flat.abs().sum() + l2 * flat.square().sum()


def batch(experiment: Experiment, step: int) -> Samples:
    """The rows that the step's loss and gradients come from, and their targets, on the CPU."""
    return replay(experiment, step)[0]


def _with_targets(experiment: Experiment, samples: Samples) -> Samples:
    """The samples with their targets as the loss compares them."""
    target = LOSSES[experiment.training.loss.name].target
    return Samples(samples.x, target(samples.y, experiment.network.outputs))


def train(experiment: Experiment, device: str = "cpu") -> Run:
    """Train to the end, or until the loss is NaN or infinite.

    Raises ExperimentError for a device that isn't there.
    """
    trainer = Trainer(experiment, device)
    trainer.advance(experiment.n_steps)
    return trainer.run


def train_gradually(experiment: Experiment, device: str = "cpu", parts: int = 50) -> Iterator[Run]:
    """Train in so many parts, giving the run so far after each: for progress, and to stop."""
    trainer = Trainer(experiment, device)
    while not trainer.finished:
        trainer.advance(math.ceil(experiment.n_steps / parts))
        yield trainer.run
