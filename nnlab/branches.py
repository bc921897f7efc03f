"""A branch is an experiment that shares its past with another: up to a step both are the same, and
from there on something is changed. So a learner goes back and tries something else."""

from __future__ import annotations

import math
from dataclasses import replace

from nnlab.experiment import Experiment, Intervention, Spec


def branch(experiment: Experiment, step: int, *interventions: Intervention) -> Experiment:
    """The experiment with every intervention after `step` dropped and these added; of two that
    change the same field at the same step the last one counts.

    Raises ExperimentError for an intervention that doesn't fit.
    """
    kept = [each for each in experiment.interventions if each.step <= step]
    latest: dict[tuple[int, str], Intervention] = {}
    for each in (*kept, *interventions):
        latest.pop((each.step, each.field), None)
        latest[each.step, each.field] = each
    return replace(experiment, interventions=tuple(latest.values()))


def parting(one: Experiment, other: Experiment) -> float:
    """The step from which two experiments differ: what comes before it is the same in both.
    Infinity if they never do, except that one may end earlier."""
    if _alike(one) != _alike(other):
        return 0
    pairs = zip(one.interventions, other.interventions, strict=False)
    for mine, yours in pairs:
        if mine != yours:
            return min(mine.step, yours.step)
    shorter, longer = sorted((one.interventions, other.interventions), key=len)
    return longer[len(shorter)].step if len(longer) > len(shorter) else math.inf


def shared_steps(one: Experiment, other: Experiment) -> int:
    """How many of the first steps are the same in both experiments."""
    return int(min(parting(one, other), one.n_steps, other.n_steps))


def _alike(experiment: Experiment) -> tuple[Spec | int, ...]:
    """What must be equal in two experiments that share a past."""
    training = replace(experiment.training, epochs=0)
    return experiment.data, experiment.network, training, experiment.seed
