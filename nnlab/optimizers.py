"""The optimizers, by PyTorch's name, with their own settings. An optimizer turns gradients into
changes of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from nnlab.limits import Flag, Number
from nnlab.registry import Choice, Entry, Option, Registry

_FRACTION = Number(0.0, 0.99999)
_DECAY = Option(0.0, Number(0.0, 1.0))
_EPS = Number(1e-12, 1.0)


def with_betas(
    optimizer: Callable[..., Optimizer],
    parameters: Iterable[Tensor],
    learning_rate: float,
    beta1: float,
    beta2: float,
    **settings: Any,
) -> Optimizer:
    """Make an optimizer of the Adam family, which takes its two betas as a pair."""
    return optimizer(parameters, lr=learning_rate, betas=(beta1, beta2), **settings)


LATE = {"amsgrad": "max_exp_avg_sq", "centered": "grad_avg", "momentum": "momentum_buffer"}
"""What an optimizer begins to remember, from zero, when one of these is switched on late."""


def change(optimizer: Optimizer, choice: Choice) -> None:
    """Give an optimizer other settings; what it remembers stays, and so does its learning rate."""
    (group,) = optimizer.param_groups
    made = OPTIMIZERS.make(choice, group["params"], group["lr"])
    group |= {key: value for key, value in made.defaults.items() if key != "lr"}
    if isinstance(optimizer, torch.optim.SGD):
        return
    for parameter, state in optimizer.state.items():
        for key in (name for setting, name in LATE.items() if group.get(setting)):
            state.setdefault(key, torch.zeros_like(parameter))


_ADAM = {
    "beta1": Option(0.9, _FRACTION),
    "beta2": Option(0.999, _FRACTION),
    "eps": Option(1e-8, _EPS),
    "weight_decay": _DECAY,
    "amsgrad": Option(False, Flag()),
}

OPTIMIZERS: Registry[Entry[Optimizer]] = Registry(
    {
        "SGD": Entry(
            torch.optim.SGD,
            r"\theta \leftarrow \theta - \eta v,\quad v \leftarrow \mu v + g",
            {
                "momentum": Option(0.0, _FRACTION),
                "dampening": Option(0.0, Number(0.0, 1.0)),
                "nesterov": Option(False, Flag()),
                "weight_decay": _DECAY,
            },
        ),
        "Adam": Entry(
            partial(with_betas, torch.optim.Adam),
            r"\theta \leftarrow \theta - \eta\, \hat{m} / (\sqrt{\hat{v}} + \epsilon)",
            _ADAM,
        ),
        "AdamW": Entry(
            partial(with_betas, torch.optim.AdamW),
            r"\theta \leftarrow \theta - \eta\lambda\theta"
            r" - \eta\, \hat{m} / (\sqrt{\hat{v}} + \epsilon)",
            {**_ADAM, "weight_decay": Option(0.01, Number(0.0, 1.0))},
        ),
        "RMSprop": Entry(
            torch.optim.RMSprop,
            r"\theta \leftarrow \theta - \eta\, g / (\sqrt{v} + \epsilon)",
            {
                "alpha": Option(0.99, _FRACTION),
                "eps": Option(1e-8, _EPS),
                "momentum": Option(0.0, _FRACTION),
                "centered": Option(False, Flag()),
                "weight_decay": _DECAY,
            },
        ),
        "Adagrad": Entry(
            torch.optim.Adagrad,
            r"\theta \leftarrow \theta - \eta\, g / (\sqrt{\textstyle\sum g^2} + \epsilon)",
            {
                "lr_decay": Option(0.0, Number(0.0, 1.0)),
                "initial_accumulator_value": Option(0.0, Number(0.0, 100.0)),
                "eps": Option(1e-10, _EPS),
                "weight_decay": _DECAY,
            },
        ),
    }
)
