"""What the lesson on gradients asks the learner to bring about, and how it is recognised."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import torch

from nnlab.experiment import Experiment
from nnlab.gradients.chain_rule import BackwardPass, backward_pass
from nnlab.network import begin
from nnlab.parts import names as part_names


def drawn_rows(
    seed: int, n_rows: int, n_features: int, classes: int
) -> tuple[tuple[float, ...], ...]:
    """Rows to begin with: features by randn, rounded so that they can be read, and at the end of
    each row its target, which goes round the classes (0 and 1 where numbers are predicted)."""
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(n_rows, n_features, generator=generator)
    around = max(classes, 2)
    return tuple(
        (*(round(value, 2) for value in row), float((place + 1) % around))
        for place, row in enumerate(features.tolist())
    )


def silent_units(told: BackwardPass) -> list[str]:
    """The ReLU units through which no gradient flows back although some arrives, as u0.1."""
    return [
        f"u{place}.{unit}"
        for place, layer in enumerate(told.layers)
        if layer.forward.name == "ReLU"
        for unit in range(layer.local.shape[1])
        if bool(layer.upstream[:, unit].any()) and not layer.local[:, unit].any()
    ]


def went_downhill(experiment: Experiment) -> bool:
    """Whether exactly one number was changed by hand, against the sign of the gradient that it had
    before, and the loss is lower for it."""
    if len(experiment.interventions) != 1:
        return False
    (edit,) = experiment.interventions
    before = backward_pass(replace(experiment, interventions=()))
    place = part_names(experiment.sizes).index(edit.field)
    flat = torch.cat([each.flatten() for each in begin(before.experiment).module.parameters()])
    change = cast(float, edit.value) - flat[place].item()
    against = change * before.gradient[place].item() < 0
    return against and backward_pass(experiment).loss < before.loss
