"""Optimizers change theta [K, P] in place, for the t-th time, as torch.optim does."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor


class Update(NamedTuple):
    """What an update is made of: the gradient [K, P], three states [K, P] to remember things in,
    the learning rates [K, 1], and the number of this update, from 1."""

    gradient: Tensor
    states: tuple[Tensor, Tensor, Tensor]
    rate: Tensor
    t: int


Settings = dict[str, Any]


def _decayed(update: Update, theta: Tensor, settings: Settings) -> Tensor:
    decay = settings["weight_decay"]
    return update.gradient.add(theta, alpha=decay) if decay else update.gradient


def _sgd(theta: Tensor, update: Update, settings: Settings) -> None:
    change, velocity = _decayed(update, theta, settings), update.states[0]
    momentum = settings["momentum"]
    if momentum and update.t == 1:
        velocity.copy_(change)
    elif momentum:
        velocity.mul_(momentum).add_(change, alpha=1 - settings["dampening"])
    if momentum:
        change = change.add(velocity, alpha=momentum) if settings["nesterov"] else velocity
    theta.addcmul_(change, update.rate, value=-1)


def _adam(theta: Tensor, update: Update, settings: Settings) -> None:
    _adam_change(theta, update._replace(gradient=_decayed(update, theta, settings)), settings)


def _adamw(theta: Tensor, update: Update, settings: Settings) -> None:
    theta.mul_(1 - update.rate * settings["weight_decay"])
    _adam_change(theta, update, settings)


def _adam_change(theta: Tensor, update: Update, settings: Settings) -> None:
    (m, v, top), slope = update.states, update.gradient
    beta1, beta2 = settings["beta1"], settings["beta2"]
    m.lerp_(slope, 1 - beta1)
    v.mul_(beta2).addcmul_(slope, slope, value=1 - beta2)
    if settings["amsgrad"]:
        torch.maximum(top, v, out=top)
        v = top
    spread = v.sqrt().div_(math.sqrt(1 - beta2**update.t)).add_(settings["eps"])
    theta.addcmul_(m / spread, update.rate / (1 - beta1**update.t), value=-1)


def _rmsprop(theta: Tensor, update: Update, settings: Settings) -> None:
    slope, (v, mean, velocity) = _decayed(update, theta, settings), update.states
    alpha, momentum = settings["alpha"], settings["momentum"]
    v.mul_(alpha).addcmul_(slope, slope, value=1 - alpha)
    spread = v
    if settings["centered"]:
        mean.lerp_(slope, 1 - alpha)
        spread = v.addcmul(mean, mean, value=-1)
    change = slope / spread.sqrt().add_(settings["eps"])
    if momentum:
        change = velocity.mul_(momentum).add_(change)
    theta.addcmul_(change, update.rate, value=-1)


def _adagrad(theta: Tensor, update: Update, settings: Settings) -> None:
    slope, total = _decayed(update, theta, settings), update.states[0]
    rate = update.rate / (1 + (update.t - 1) * settings["lr_decay"])
    total.addcmul_(slope, slope)
    theta.addcmul_(slope / total.sqrt().add_(settings["eps"]), rate, value=-1)


OPTIMIZERS: dict[str, Callable[[Tensor, Update, Settings], None]] = {
    "SGD": _sgd,
    "Adam": _adam,
    "AdamW": _adamw,
    "RMSprop": _rmsprop,
    "Adagrad": _adagrad,
}
