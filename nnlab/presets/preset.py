"""A preset is a start that is known to go well or badly: it asks what will happen, says after so
many epochs what to look at and why, and makes promises that can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nnlab.experiment import Experiment
from nnlab.presets.promises import RECENT, Promise
from nnlab.training import Run


@dataclass(frozen=True)
class Question:
    """What to predict: the choices (name -> text), and the name of the right one."""

    text: str
    choices: Mapping[str, str]
    right: str


@dataclass(frozen=True)
class Preset:
    """A start and why one would look at it, what to predict, and what to see after `epochs`. All
    texts are messages, to be translated when they are shown."""

    title: str
    why: str
    experiment: Experiment
    epochs: int
    question: Question
    see: str
    promises: tuple[Promise, ...]

    @property
    def due(self) -> int:
        """The step at which the epochs are over."""
        return self.experiment.timetable.step_of(self.epochs)

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps that the promises are about."""
        return 0, *range(max(self.due - RECENT, 0), self.due + 1)

    def over(self, run: Run) -> bool:
        """Whether the run has come as far as the promises ask for, or has ended before."""
        ended = (run.diverged_at, run.stopped_at) != (None, None)
        return ended or int(run.steps[-1]) >= self.due

    def kept(self, run: Run) -> bool:
        """Whether every promise is kept by a run that has come so far."""
        return all(each.kept(run, run.moment(self.due)) for each in self.promises)
