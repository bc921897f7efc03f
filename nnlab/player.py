"""The player trains an experiment bit by bit and looks at any moment of it: it plays, goes back,
branches off, undoes. All of it follows from its experiment and the step that is looked at."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

import torch
from torch import Tensor

from nnlab.branches import branch, parting, shared_steps
from nnlab.engines.selection import REFERENCE
from nnlab.experiment import Experiment, Intervention, Network
from nnlab.measures import accuracies_of, losses_of, outputs_on, r2_of
from nnlab.scene import Scene, Scenery, kind_of
from nnlab.settings import dropouts_at, value_at
from nnlab.training import Run, Trainer

MOST_POINTS = 160
"""Moments that the curves show."""
MOST_NUMBERS = 2_000_000
"""Activations of a layer that are held at once."""
CHUNK = 8
"""Steps of the reference engine between two looks at the clock."""
LONGEST_REACH = 5.0
"""Seconds that going to a step may take at once."""
LATER = ("learning_rate", "l1", "l2", "batch_size", "optimizer")
"""What of the training can be changed on the way, besides the dropouts."""


Measure = Callable[[Run, list[int]], Tensor]
"""What is measured of a run at so many moments: [M, ...]."""


class Standing(NamedTuple):
    """How well the network does on the training rows and on the test rows (the training rows again
    where none are held out): the loss, and the accuracy or, for numbers, R2."""

    train_loss: float
    test_loss: float
    train_score: float
    test_score: float


class Left(NamedTuple):
    """An experiment, and the step that was looked at when it was left."""

    experiment: Experiment
    step: int


@dataclass
class Player:
    """`at` is the step that is looked at, None for the newest; `past` and `future` are what undo
    and redo bring back; at the step `until` playing pauses once. `admit` raises ExperimentError for
    what the player may not become. Not thread-safe: a session's lock guards it."""

    experiment: Experiment
    device: str = "cpu"
    playing: bool = False
    speed: str = "epoch"
    at: int | None = None
    until: int = 0
    past: list[Left] = field(default_factory=list)
    future: list[Left] = field(default_factory=list)
    admit: Callable[[Experiment], object] = lambda experiment: experiment

    def __post_init__(self) -> None:
        self._begin(Trainer(self.experiment, self.device), Scenery(self.experiment))

    def _begin(self, trainer: Trainer, scenery: Scenery) -> None:
        self.trainer, self.scenery = trainer, scenery
        self.at = None
        self._measured: dict[str, dict[int, Tensor]] = {}
        train, test = scenery.rows.samples(), scenery.rows.test_samples()
        self._x, self._y = torch.cat([train.x, test.x]), torch.cat([train.y, test.y])
        self._sides = (slice(len(train.x)), slice(len(train.x) if len(test.x) else 0, None))

    @property
    def run(self) -> Run:
        """What has happened so far."""
        return self.trainer.run

    @property
    def newest(self) -> int:
        """The last step that was trained."""
        return self.trainer.newest

    @property
    def step(self) -> int:
        """The step that is looked at."""
        return self.newest if self.at is None else min(self.at, self.newest)

    @property
    def seen(self) -> Run:
        """The run of the one moment that is looked at."""
        return self.trainer.at(self.step)

    # ---- playing ----

    def play_on(self, seconds: float) -> None:
        """One frame: as far as the speed asks for and the time allows. Where the run has been
        already, it is only looked at again."""
        goal = SPEEDS[self.speed](self.experiment, self.step)
        goal = min(goal, self.until) if self.step < self.until else goal
        if self.at is not None:
            self.look_at(goal)
        else:
            self._train_to(goal, seconds)
        ended = self.at is None and self.trainer.finished
        self.playing = self.playing and not ended and self.step != self.until

    def look_at(self, step: int) -> None:
        """Look at a step of the run, from its start to the newest."""
        self.at = max(step, 0) if step < self.newest else None

    def reach(self, step: int) -> None:
        """Go to a step, training as far as it takes."""
        if step > self.newest:
            self.at = None
            self._train_to(step, LONGEST_REACH)
        else:
            self.look_at(step)

    def _train_to(self, step: int, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self.trainer.step < step and not self.trainer.finished:
            self.trainer.advance(min(self._chunk, step - self.trainer.step))
            if time.monotonic() > until:
                break

    @property
    def _chunk(self) -> int:
        """Steps between two looks at the clock: a fast engine makes hundreds in the same time."""
        return CHUNK if self.trainer.engine == REFERENCE else self.trainer.pace

    # ---- changing ----

    def now(self) -> Experiment:
        """The experiment with every setting as it is at this step, as controls show it."""
        step, training = self.step, self.experiment.training
        settings = {name: value_at(self.experiment, name, step) for name in LATER}
        if not self.experiment.changes_of.get("batch_size"):
            settings["batch_size"] = training.batch_size
        layers = zip(
            self.experiment.network.layers, dropouts_at(self.experiment, step), strict=True
        )
        network = Network(
            tuple(replace(layer, dropout=dropout) for layer, dropout in layers),
            self.experiment.network.initialiser,
        )
        return replace(self.experiment, network=network, training=replace(training, **settings))

    def wish(self, wanted: Experiment) -> None:
        """Be what the controls ask for: a change on the way where that can be, else a new start."""
        now = self.now()
        if wanted == now:
            return
        changes = _changes(now, wanted, self.step)
        if self.step > 0 and changes is not None:
            self.become(branch(self.experiment, self.step, *changes))
        else:
            self.become(_from_the_start(wanted))

    def set_part(self, part: str, value: float) -> None:
        """Set a weight or a bias by hand, now."""
        self.become(branch(self.experiment, self.step, Intervention(self.step, part, value)))

    def rewind(self) -> None:
        """Back to the very same start, with the settings as they are now."""
        self.become(_from_the_start(self.now()))
        self._begin(Trainer(self.experiment, self.device), self.scenery)

    def become(self, experiment: Experiment) -> None:
        """Be another experiment from here on; undo brings this one back. Raises ExperimentError
        where it isn't admitted."""
        if experiment != self.experiment:
            self.admit(experiment)
            self.past.append(Left(self.experiment, self.step))
            self.future.clear()
            self._turn_into(experiment)

    def count_as_one(self, begun: int) -> None:
        """Let undo take back at once all changes since there were so many."""
        del self.past[begun + 1 :]

    def undo(self) -> None:
        """Be the experiment before the last change."""
        self._swap(self.past, self.future)

    def redo(self) -> None:
        """Make the change again that was undone last."""
        self._swap(self.future, self.past)

    def _swap(self, source: list[Left], other: list[Left]) -> None:
        """Where both share a past, the step stays; else it is again as it was left."""
        if source:
            here, there = Left(self.experiment, self.step), source.pop()
            other.append(here)
            self._turn_into(there.experiment)
            apart = parting(here.experiment, there.experiment)
            self.reach(here.step if apart else there.step)

    def _turn_into(self, experiment: Experiment) -> None:
        """Keep of the past what both experiments share, and look at its last moment. Where another
        engine has to train it anew, go as far towards that as there is time."""
        trainer, reached = Trainer.resume(experiment, self.trainer), self.trainer.step
        shared = min(shared_steps(experiment, self.experiment), reached)
        drawn = (experiment.data, experiment.seed, experiment.network)
        before = (self.experiment.data, self.experiment.seed, self.experiment.network)
        self.experiment = experiment
        self._begin(trainer, self.scenery if drawn == before else Scenery(experiment))
        self.scenery.experiment = experiment
        self.reach(shared)

    # ---- looking ----

    def scene(self) -> Scene:
        """What is to be seen at this step."""
        return self.scenery.scene(self.seen, 0)

    def standing(self) -> Standing:
        """How well the network does at this step."""
        return Standing(*self._measure(self.seen, [0])[0].tolist())

    def curves(self) -> tuple[Tensor, Tensor]:
        """Steps [M] and, for each, the numbers of its Standing [M, 4], of at most MOST_POINTS
        moments."""
        return self.series("standing", self._measure)

    def moments(self) -> list[int]:
        """At most MOST_POINTS moments, spread over the run, the newest among them."""
        return _spread(self.run.steps)

    def series(self, name: str, measure: Measure) -> tuple[Tensor, Tensor]:
        """Steps [M] and, for each, what `measure` gives for a moment [M, ...], of at most
        MOST_POINTS moments. What was measured once under this name is kept."""
        run, chosen, kept = self.run, self.moments(), self._measured.setdefault(name, {})
        steps = run.steps[chosen].tolist()
        missing = [i for i, step in zip(chosen, steps, strict=True) if step not in kept]
        if missing:
            found = measure(run, missing)
            kept |= dict(zip(run.steps[missing].tolist(), found, strict=True))
        return torch.tensor(steps), torch.stack([kept[step] for step in steps])

    def _measure(self, run: Run, moments: list[int]) -> Tensor:
        """A Standing's numbers for each moment: [M, 4], of so many moments at once as fit."""
        score = r2_of if kind_of(self.experiment) == "numbers" else accuracies_of
        found: list[Tensor] = []
        for some in batched(moments, self._x, self.experiment):
            outputs = outputs_on(run, self._x, some)
            columns = [
                measure(self.experiment, outputs[:, side], self._y[side])
                for measure in (losses_of, score)
                for side in self._sides
            ]
            found.append(torch.stack(columns, 1))
        return torch.cat(found)


def batched(moments: list[int], x: Tensor, experiment: Experiment) -> list[list[int]]:
    """The moments in parts that are measured at once on the rows x within MOST_NUMBERS."""
    count = max(1, MOST_NUMBERS // max(1, len(x) * max(experiment.sizes)))
    return [moments[start : start + count] for start in range(0, len(moments), count)]


def _changes(now: Experiment, wanted: Experiment, step: int) -> list[Intervention] | None:
    """The changes on the way that lead to what is wanted, or None where there are none that do."""
    later = {name: getattr(now.training, name) for name in LATER}
    same_layers = tuple(
        replace(new, dropout=old.dropout)
        for new, old in zip(wanted.network.layers, now.network.layers, strict=False)
    )
    same = replace(
        wanted,
        training=replace(wanted.training, **later),
        network=replace(wanted.network, layers=same_layers or wanted.network.layers),
    )
    if same != now or len(wanted.network.layers) != len(now.network.layers):
        return None
    training = [
        Intervention(step, name, getattr(wanted.training, name))
        for name, value in later.items()
        if getattr(wanted.training, name) != value
    ]
    layers = zip(wanted.network.layers, now.network.layers, strict=True)
    dropouts = [
        Intervention(step, f"dropout{place}", new.dropout)
        for place, (new, old) in enumerate(layers)
        if new.dropout != old.dropout
    ]
    return training + dropouts


def _from_the_start(experiment: Experiment) -> Experiment:
    """The experiment with nothing changed on the way."""
    return replace(experiment, interventions=())


def _spread(steps: Tensor) -> list[int]:
    """The places of at most MOST_POINTS of the steps, those on a stride that doubles, and of the
    last."""
    stride = 1
    while len(places := (steps % stride == 0).nonzero()) > MOST_POINTS:
        stride *= 2
    return sorted({*places[:, 0].tolist(), len(steps) - 1})


def _epochs(count: int) -> Callable[[Experiment, int], int]:
    def goal(experiment: Experiment, step: int) -> int:
        table = experiment.timetable
        return table.step_of(table.epoch_of(step) + count)

    return goal


SPEEDS: Mapping[str, Callable[[Experiment, int], int]] = MappingProxyType(
    {
        "step": lambda experiment, step: step + 1,
        "epoch": _epochs(1),
        "fast": _epochs(10),
        "full": _epochs(10_000),
    }
)
"""How far a frame goes from a step, by name."""
