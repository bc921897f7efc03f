"""The engines that are there to be tested."""

from __future__ import annotations

import torch

from nnlab.engines import compiled, selection
from nnlab.experiment import Experiment

ENGINES = [name for name in selection.ENGINES if name != "compiled" or compiled.installed()]


def engines_for(experiment: Experiment) -> list[str]:
    """Those that can train the experiment, the reference always the last."""
    cpu = torch.device("cpu")
    return [name for name in ENGINES if selection.refusal(experiment, cpu, name) is None]
