"""Losses of each network [K], for outputs a [K, B, O] and targets y, and their slope by a."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

Setting = float


class Loss(NamedTuple):
    """The loss [K], and its slope by the outputs [K, B, O], both of (a, y, setting)."""

    forward: Callable[[Tensor, Tensor, Setting], Tensor]
    slope: Callable[[Tensor, Tensor, Setting], Tensor]


def _mean(each: Tensor) -> Tensor:
    return each.mean((1, 2))


def _share(a: Tensor) -> float:
    """What one output of one row counts in the mean."""
    return 1 / (a.shape[1] * a.shape[2])


def _squared_slope(a: Tensor, y: Tensor, setting: Setting) -> Tensor:
    return (a - y).mul_(2 * _share(a))


def _huber(a: Tensor, y: Tensor, delta: Setting) -> Tensor:
    away = (a - y).abs()
    return _mean(torch.where(away < delta, 0.5 * away * away, delta * (away - 0.5 * delta)))


def _huber_slope(a: Tensor, y: Tensor, delta: Setting) -> Tensor:
    return (a - y).clamp_(-delta, delta).mul_(_share(a))


def _binary(a: Tensor, y: Tensor, setting: Setting) -> Tensor:
    """Logarithms stop at -100, as torch's do."""
    yes, no = torch.log(a).clamp_(min=-100), torch.log1p(-a).clamp_(min=-100)
    return _mean((y - 1) * no - y * yes)


def _binary_slope(a: Tensor, y: Tensor, setting: Setting) -> Tensor:
    spread = ((1 - a) * a).clamp_(min=1e-12)
    return (a - y) / spread * _share(a)


def _binary_of_logits(z: Tensor, y: Tensor, setting: Setting) -> Tensor:
    return _mean((1 - y) * z - (z.clamp(max=0) - torch.log1p(torch.exp(-z.abs()))))


def _binary_of_logits_slope(z: Tensor, y: Tensor, setting: Setting) -> Tensor:
    return (torch.sigmoid(z) - y).mul_(_share(z))


def _log_softmax(z: Tensor) -> Tensor:
    away = z - z.amax(2, keepdim=True)
    return away - away.exp().sum(2, keepdim=True).log_()


def _wanted(z: Tensor, y: Tensor, smoothing: Setting) -> Tensor:
    """The probability that each class should have: all for the true one, y [K, B, 1], but for a
    share that is spread over all classes."""
    classes = torch.arange(z.shape[2], device=z.device)
    return (y == classes).to(z.dtype) * (1 - smoothing) + smoothing / z.shape[2]


def _cross_entropy(z: Tensor, y: Tensor, smoothing: Setting) -> Tensor:
    return -(_wanted(z, y, smoothing) * _log_softmax(z)).sum(2).mean(1)


def _cross_entropy_slope(z: Tensor, y: Tensor, smoothing: Setting) -> Tensor:
    return (_log_softmax(z).exp_() - _wanted(z, y, smoothing)) / z.shape[1]


LOSSES = {
    "MSELoss": Loss(lambda a, y, setting: _mean((a - y).square_()), _squared_slope),
    "L1Loss": Loss(
        lambda a, y, setting: _mean((a - y).abs_()),
        lambda a, y, setting: (a - y).sign_().mul_(_share(a)),
    ),
    "HuberLoss": Loss(_huber, _huber_slope),
    "BCELoss": Loss(_binary, _binary_slope),
    "BCEWithLogitsLoss": Loss(_binary_of_logits, _binary_of_logits_slope),
    "CrossEntropyLoss": Loss(_cross_entropy, _cross_entropy_slope),
}
