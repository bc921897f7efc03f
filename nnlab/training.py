"""Training changes a network's parameters step by step so that the loss falls. A run is what
happened: the loss, the parameters and the gradients at every recorded step, stacked in tensors."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from nnlab.batches import replay
from nnlab.branches import parting
from nnlab.checkpoints import Checkpoint, Checkpoints
from nnlab.datasets import Samples
from nnlab.devices import resolve
from nnlab.engines.reference import STEPS
from nnlab.engines.selection import chosen, refusal
from nnlab.experiment import Experiment
from nnlab.history import Moments, joined, most_moments
from nnlab.network import build, restore, set_dropouts
from nnlab.passage import Setup, passage
from nnlab.settings import dropouts_at

__all__ = ["STEPS", "Run", "Trainer", "batch", "train", "train_gradually"]

PASSAGE = 8
"""What is replayed at once takes one part in so many of a history's memory."""


@dataclass(frozen=True, eq=False)
class Run:
    """What happened in R recorded moments. Moment i is the state just before update `steps[i]`:
    the parameters then, and the loss and gradients of that step's batch. The last moment is the
    state after the last update. A long run records only steps on a stride, and `at` gives any.

    steps [R] int64, losses [R], parameters [R, P], gradients [R, P], buffers [R, B], all on the CPU
    except on the `meta` device; the P parameters stand in the order of `module.parameters()`, the
    B buffers are what the batch norms keep (`nnlab.network.running`). The losses are the
    criterion's own, without the penalties l1 and l2, which the gradients do contain.

    `diverged_at` is the step whose loss was NaN or infinite, where the run ended, or None: the
    moments before it are there, and moment 0 always. `stopped_at` is the step at which the
    patience was over, whose moment is the last one, or None. `engine` is what trained it.

    >>> from nnlab import Experiment, train
    >>> run = train(Experiment())
    >>> run.losses.shape, run.parameters.shape
    (torch.Size([51]), torch.Size([51, 61]))
    >>> run.module(0)[0].weight.shape  # the first layer before the first update
    torch.Size([5, 10])
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
    engine: str

    def __len__(self) -> int:
        return len(self.steps)

    def moment(self, step: int) -> int:
        """The index of the last recorded moment at or before a step."""
        return max(int(torch.searchsorted(self.steps, step, right=True)) - 1, 0)

    def at(self, step: int) -> Run:
        """The run of one moment, that of a step up to the last. Where it was not recorded, it is
        trained again from the start, and is the same to the last bit."""
        step = min(max(step, 0), int(self.steps[-1]))
        moments = Moments(self.steps, self.losses, self.parameters, self.gradients, self.buffers)
        found = moments.of(step)
        if found is None:
            trainer = Trainer(self.experiment, str(self.device), self.engine)
            trainer.advance(step)
            found = trainer._moment(step)
        return replace(self, **found._asdict())

    def for_epochs(self, epochs: int) -> Run | None:
        """The same training's run of so many epochs, to the last bit, if this one has all of it:
        every moment up to there, or to where it ends before."""
        training = replace(self.experiment.training, epochs=epochs)
        experiment = replace(self.experiment, training=training)
        last, newest = experiment.n_steps, int(self.steps[-1])
        ended = self.diverged_at is not None or self.stopped_at is not None
        if len(self) <= newest or (last > newest and not ended):
            return None
        until = slice(last + 1)
        return replace(
            self,
            experiment=experiment,
            steps=self.steps[until],
            losses=self.losses[until],
            parameters=self.parameters[until],
            gradients=self.gradients[until],
            buffers=self.buffers[until],
            diverged_at=_by(last, self.diverged_at),
            stopped_at=_by(last, self.stopped_at),
        )

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


def _by(last: int, step: int | None) -> int | None:
    """A step, if it comes by the last one."""
    return step if step is not None and step <= last else None


class Trainer:
    """Trains an experiment's network as far as it is told to, and gives the run so far.

    Equal experiments give equal runs, to the last bit, on the same device with the same engine.
    """

    def __init__(self, experiment: Experiment, device: str = "cpu", engine: str = "auto") -> None:
        self.experiment, self.device = experiment, resolve(device)
        self.engine = chosen(experiment, self.device, engine)
        self.diverged_at: int | None = None
        self._setup = Setup(experiment, str(self.device), self.engine)
        self._history = self._setup.history()
        self._run: Run | None = None
        self._learner = self._setup.learner(self._history)
        self._checkpoints = Checkpoints(self.pace)
        self._before: Checkpoint | None = None
        self._passage = self._history
        self._go(0)

    @classmethod
    def resume(cls, experiment: Experiment, earlier: Trainer) -> Trainer:
        """A trainer that goes on from the last moment that both experiments share, or from where
        the earlier one stands if that is before. It begins at a checkpoint of the earlier one and
        replays from there, so that everything is as if it had trained from the start, but that
        moments which the earlier one has dropped to save memory stay dropped.

        Where the earlier one's engine can't train the experiment, another one does, from step 0.
        """
        if refusal(experiment, earlier.device, earlier.engine) is not None:
            return cls(experiment, str(earlier.device))
        trainer = cls(experiment, str(earlier.device), earlier.engine)
        reached = earlier.step if earlier.diverged_at is None else earlier.diverged_at
        apart = parting(experiment, earlier.experiment)
        shared = int(min(apart, experiment.n_steps, reached))
        latest = int(min(shared, apart - 1))
        found = earlier._checkpoint_before(latest)
        if earlier.step == shared < apart and earlier.diverged_at is None:
            found = earlier._learner.checkpoint()
        if found is not None:
            trainer._checkpoints = earlier._checkpoints.until(latest)
            trainer.diverged_at = None
            trainer._run = None
            trainer._learner.resume(found)
            trainer._history.inherit(earlier._history, found.moment)
        trainer._advance_to(shared)
        return trainer

    @property
    def step(self) -> int:
        """The step looked at last."""
        return self._learner.step

    @property
    def newest(self) -> int:
        """The last step of the run so far."""
        return self.step if self.diverged_at is None else max(self.diverged_at - 1, 0)

    @property
    def pace(self) -> int:
        """Steps that are trained in a moment, to be asked for at once where time matters."""
        return self._learner.pace

    @property
    def finished(self) -> bool:
        ended = self.diverged_at is not None or self._learner.patience.over
        return ended or self.step >= self.experiment.n_steps

    @property
    def stopped_at(self) -> int | None:
        """The step at which the patience was over, if it is."""
        return self.step if self._learner.patience.over and self.diverged_at is None else None

    @property
    def run(self) -> Run:
        """What has happened so far. Later steps do not change it."""
        if self._run is None:
            self._run = self._run_of(self._history.stacked())
        return self._run

    def _run_of(self, moments: Moments) -> Run:
        return Run(
            self.experiment,
            self.device,
            *moments,
            diverged_at=self.diverged_at,
            stopped_at=self.stopped_at,
            engine=self.engine,
        )

    def at(self, *steps: int) -> Run:
        """The run of these moments alone, in the order of their steps, each up to the newest. What
        the history has dropped is replayed, and is the same to the last bit."""
        wanted = sorted({min(max(step, 0), self.newest) for step in steps})
        return self._run_of(joined([self._moment(step) for step in wanted]))

    def _moment(self, step: int) -> Moments:
        for each in (self._history, self._passage):
            if (found := each.of(step)) is not None:
                return found
        before = self._checkpoint_before(step)
        steps = self._steps_around(step, before.step if before else 0)
        self._passage = passage(self._setup, before, steps)
        return self._moment(step)

    def _steps_around(self, step: int, start: int) -> range:
        """Steps in a row to be replayed at once, this one among them: those up to the next
        checkpoint, as far as they fit, so that whoever goes on from step to step seldom waits."""
        sizes = self.experiment.n_parameters, self.experiment.n_buffers
        length = min(self._checkpoints.stride, most_moments(*sizes, PASSAGE) - 1)
        first = start + (step - start) // length * length
        return range(first, min(first + length - 1, self.newest) + 1)

    def _checkpoint_before(self, step: int) -> Checkpoint | None:
        """The last one at or before a step, if there is one."""
        found, newer = self._checkpoints.until(step).last, self._before
        if newer is not None and (found.step if found else 0) < newer.step <= step:
            return newer
        return found

    def advance(self, steps: int) -> None:
        """Make up to so many updates; fewer when the experiment ends, the loss diverges or the
        patience is over."""
        self._advance_to(min(self.step + steps, self.experiment.n_steps))

    def _advance_to(self, last: int) -> None:
        while self.step < last and not self.finished:
            ahead = (self.step // self.pace + 1) * self.pace
            # A change by hand comes right after what was trained last, and is then near.
            self._before = self._learner.checkpoint()
            self._go(min(ahead, last))
            if self._checkpoints.wants(self.step) and not self.finished:
                self._checkpoints.keep(self._learner.checkpoint())

    def _go(self, last: int) -> None:
        """Go on to a step; end the run before a loss that is NaN or infinite."""
        self.diverged_at = self._learner.go(last)
        self._run = None
        if self.diverged_at is not None:
            self._history.cut(max(self.diverged_at, 1))
            self._history.newest = self._moment(self.newest)


def batch(experiment: Experiment, step: int) -> Samples:
    """The rows that the step's loss and gradients come from, and their targets, on the CPU."""
    return replay(experiment, step)[0]


def train(experiment: Experiment, device: str = "cpu", engine: str = "auto") -> Run:
    """Train to the end, or until the loss is NaN or infinite. The engine is "auto", for the fastest
    that is ready, or a name from `nnlab.engines.selection.ENGINES`.

    Raises ExperimentError for a device that isn't there, or an engine that can't train this.

    >>> from nnlab import Experiment, train
    >>> run = train(Experiment(seed=1))
    >>> bool(run.losses[-1] < run.losses[0])
    True
    """
    trainer = Trainer(experiment, device, engine)
    trainer.advance(experiment.n_steps)
    return trainer.run


def train_gradually(
    experiment: Experiment, device: str = "cpu", parts: int = 50, engine: str = "auto"
) -> Iterator[Run]:
    """Train in so many parts, giving the run so far after each: for progress, and to stop."""
    trainer = Trainer(experiment, device, engine)
    while not trainer.finished:
        trainer.advance(math.ceil(experiment.n_steps / parts))
        yield trainer.run
