"""A passage is some steps of a run in a row, trained once more from a checkpoint: every moment of
them is there, to the last bit as it was, also those that the run itself has dropped."""

from __future__ import annotations

from typing import NamedTuple

from nnlab.checkpoints import Checkpoint
from nnlab.devices import resolve
from nnlab.engines.learner import Learner
from nnlab.engines.selection import ENGINES
from nnlab.experiment import Experiment
from nnlab.history import History


class Setup(NamedTuple):
    """What trains: an experiment, a device and an engine, by their names."""

    experiment: Experiment
    device: str
    engine: str

    def history(self) -> History:
        """That of the whole run."""
        make = ENGINES[self.engine].history
        return make(self.experiment.n_steps + 1, *self._sizes, resolve(self.device))

    def nothing_yet(self, moments: int) -> History:
        """Room for so many moments, of which none is kept until its stride is another one."""
        history = History(moments, *self._sizes, resolve(self.device))
        history.stride = self.experiment.n_steps + 1
        return history

    @property
    def _sizes(self) -> tuple[int, int]:
        return self.experiment.n_parameters, self.experiment.n_buffers

    def learner(self, history: History) -> Learner:
        """One that stands at the very start, and writes into the history."""
        return ENGINES[self.engine].make(self.experiment, self.device, history)


def passage(setup: Setup, before: Checkpoint | None, steps: range) -> History:
    """Every moment of these steps, from a checkpoint at or before the first of them, or from the
    start of the training. The steps have to fit into a history."""
    first, last = steps[0], steps[-1]
    # On the way there nothing is kept but, perhaps, the very first moment.
    history = setup.nothing_yet(len(steps) + 1)
    learner = setup.learner(history)
    if before is not None:
        learner.resume(before)
        history.newest = before.moment
    if first > learner.step:
        learner.go(first - 1)
    history.stride = 1
    if before is not None and before.step == first:
        history.keep_newest()
    learner.go(last)
    return history
