"""The engines by name, the fastest first. Which one trains is chosen automatically, or asked for by
name; a run keeps its engine, so that going back in time stays exact."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import torch

from nnlab.devices import readable
from nnlab.engines import batched, compiled
from nnlab.engines.guide import Guide
from nnlab.engines.learner import Learner
from nnlab.engines.reference import Reference
from nnlab.experiment import Experiment
from nnlab.history import History
from nnlab.language import gettext as _
from nnlab.limits import Because, ExperimentError, OneOf

AUTO, REFERENCE = "auto", "reference"
# Measured on one core with benchmarks/growth.py: where one engine's time crosses another's.
NARROW = 64
"""Units on the narrower side of a layer. Where no layer has more, PyTorch's products of matrices
have little to gain, and the compiled engine is faster however many rows there are."""
MOST_MULTIPLICATIONS = 2**22
"""In a forward pass: up to here it is faster in any case."""


class Offer(NamedTuple):
    """An engine: why it can't train an experiment on a device, as a sentence, or None; whether it
    is the one to take if it can; how it begins; and the history of so many steps, parameters and
    buffers that is cheap enough for it."""

    refusal: Callable[[Experiment, torch.device], str | None]
    suits: Callable[[Experiment, torch.device], bool]
    make: Callable[[Experiment, str, History], Learner]
    history: Callable[[int, int, int, torch.device], History] = History


def _compiled_refusal(experiment: Experiment, device: torch.device) -> str | None:
    if device.type != "cpu":
        return _("The compiled engine works on the CPU alone.")
    return compiled.refusal(experiment)


def _compiled_suits(experiment: Experiment, device: torch.device) -> bool:
    if device.type != "cpu" or not compiled.ready():
        return False
    narrow = max(min(sides) for sides in itertools.pairwise(experiment.sizes)) <= NARROW
    return narrow or experiment.n_parameters * experiment.batch_size <= MOST_MULTIPLICATIONS


def _batched_refusal(experiment: Experiment, device: torch.device) -> str | None:
    return batched.refusal(experiment)


def _batched_suits(_experiment: Experiment, device: torch.device) -> bool:
    return readable(device)


ENGINES: Mapping[str, Offer] = MappingProxyType(
    {
        "compiled": Offer(
            _compiled_refusal,
            _compiled_suits,
            partial(Guide, make=compiled.Compiled),
            History.light,
        ),
        "batched": Offer(_batched_refusal, _batched_suits, partial(Guide, make=batched.Batched)),
        REFERENCE: Offer(lambda *_: None, lambda *_: True, Reference),
    }
)


def refusal(experiment: Experiment, device: torch.device, engine: str) -> str | None:
    """Why an engine can't train the experiment on the device, or None."""
    return ENGINES[engine].refusal(experiment, device)


def chosen(experiment: Experiment, device: torch.device, wanted: str = AUTO) -> str:
    """The name of the engine that is wanted, or of the fastest one for "auto".

    Raises ExperimentError for an engine that can't train this.
    """
    OneOf((AUTO, *ENGINES)).accept("engine", wanted)
    if wanted == AUTO:
        return next(name for name in ENGINES if _is_best(name, experiment, device))
    reason = refusal(experiment, device, wanted)
    if reason is not None:
        raise ExperimentError(
            "engine", wanted, Because(_("another one. {reason}").format(reason=reason))
        )
    return wanted


def _is_best(name: str, experiment: Experiment, device: torch.device) -> bool:
    offer = ENGINES[name]
    return offer.suits(experiment, device) and offer.refusal(experiment, device) is None
