"""The derivative of each loss, by the loss's name: how much the loss changes when one prediction
grows a little. All are means over the batch, so each row gets its share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from nnlab.losses import LOSSES
from nnlab.registry import Choice


def mse_derivative(y_pred: Tensor, y: Tensor) -> Tensor:
    """L = mean of (y_pred - y)^2."""
    return 2 * (y_pred - y) / y_pred.numel()


def l1_derivative(y_pred: Tensor, y: Tensor) -> Tensor:
    """L = mean of |y_pred - y|. At the kink y_pred = y PyTorch takes 0."""
    return torch.sign(y_pred - y) / y_pred.numel()


def huber_derivative(y_pred: Tensor, y: Tensor, delta: float) -> Tensor:
    """L = mean of (y_pred - y)^2 / 2 within delta, further away delta (|y_pred - y| - delta/2)."""
    return (y_pred - y).clamp(-delta, delta) / y_pred.numel()


def bce_derivative(y_pred: Tensor, y: Tensor) -> Tensor:
    """L = -mean of y ln(y_pred) + (1 - y) ln(1 - y_pred), y_pred a probability."""
    return (y_pred - y) / (y_pred * (1 - y_pred)).clamp(min=1e-12) / y_pred.numel()


def bce_with_logits_derivative(y_pred: Tensor, y: Tensor) -> Tensor:
    """L as for BCELoss, of sigmoid(y_pred): the two derivatives cancel to a difference."""
    return (torch.sigmoid(y_pred) - y) / y_pred.numel()


def cross_entropy_derivative(y_pred: Tensor, y: Tensor, label_smoothing: float) -> Tensor:
    """L = -mean over rows of ln softmax(y_pred) at the class y, with the smoothed share q."""
    n_classes = y_pred.shape[1]
    q = torch.nn.functional.one_hot(y, n_classes).to(y_pred.dtype)
    q = (1 - label_smoothing) * q + label_smoothing / n_classes
    return (torch.softmax(y_pred, 1) - q) / len(y_pred)


@dataclass(frozen=True)
class LossDerivative:
    """dL/dy_pred [B, O] as a function of predictions [B, O], targets and the loss's options, and
    in LaTeX for one output. `kink` says that it jumps where prediction and target are equal."""

    of: Callable[..., Tensor]
    formula: str
    kink: bool = False


LOSS_DERIVATIVES: Mapping[str, LossDerivative] = MappingProxyType(
    {
        "MSELoss": LossDerivative(mse_derivative, r"\frac{2}{n}(\hat{y} - y)"),
        "L1Loss": LossDerivative(
            l1_derivative, r"\frac{1}{n}\operatorname{sign}(\hat{y} - y)", kink=True
        ),
        "HuberLoss": LossDerivative(
            huber_derivative, r"\frac{1}{n}\max(-\delta, \min(\delta, \hat{y} - y))"
        ),
        "BCELoss": LossDerivative(
            bce_derivative, r"\frac{1}{n}\frac{\hat{y} - y}{\hat{y}(1 - \hat{y})}"
        ),
        "BCEWithLogitsLoss": LossDerivative(
            bce_with_logits_derivative, r"\frac{1}{n}(\sigma(\hat{y}) - y)"
        ),
        "CrossEntropyLoss": LossDerivative(
            cross_entropy_derivative,
            r"\frac{1}{B}(\operatorname{softmax}(\hat{y})_k - [k = y])",
        ),
    }
)


def loss_derivative(loss: Choice, y_pred: Tensor, y: Tensor) -> Tensor:
    """dL/dy_pred of the chosen loss, in the shape of y_pred."""
    return LOSS_DERIVATIVES[loss.name].of(y_pred, y, **LOSSES.settings(loss))
