"""The losses, by PyTorch's name. A loss says in one number how far the outputs are from the
targets; each entry also knows which form of the targets it compares with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nnlab.limits import Number
from nnlab.registry import Entry, Option, Registry

TargetForm = Callable[[Tensor, int], Tensor]


def values(target: Tensor, outputs: int) -> Tensor:
    """Targets [N, 1] as numbers [N, outputs]; class numbers become one-hot rows if outputs > 1."""
    if outputs == target.shape[1]:
        return target
    return nn.functional.one_hot(target[:, 0].long(), outputs).to(target.dtype)


def classes(target: Tensor, outputs: int) -> Tensor:
    """Targets [N, 1] as class numbers [N]."""
    return target[:, 0].to(torch.long)


def measured(criterion: nn.Module, prediction: Tensor, target: Tensor) -> Tensor:
    """The criterion's loss; NaN for outputs that are NaN, of which BCELoss would make an error."""
    guarded = isinstance(criterion, nn.BCELoss) and prediction.device.type != "meta"
    if guarded and prediction.isnan().any():
        return prediction.sum()
    loss: Tensor = criterion(prediction, target)
    return loss


@dataclass(frozen=True)
class Loss(Entry[nn.Module]):
    """A loss module, the form of target that it takes, and the output above which a single output
    means class 1."""

    target: TargetForm = values
    probabilities: bool = False
    threshold: float = 0.5


LOSSES: Registry[Loss] = Registry(
    {
        "MSELoss": Loss(nn.MSELoss, r"\frac{1}{n}\sum (\hat{y} - y)^2"),
        "L1Loss": Loss(nn.L1Loss, r"\frac{1}{n}\sum |\hat{y} - y|"),
        "HuberLoss": Loss(
            nn.HuberLoss,
            r"\frac{1}{n}\sum \begin{cases} \frac{1}{2}(\hat{y}-y)^2 & |\hat{y}-y| < \delta \\"
            r" \delta(|\hat{y}-y| - \frac{1}{2}\delta) & \text{else} \end{cases}",
            {"delta": Option(1.0, Number(0.001, 100.0))},
        ),
        "BCELoss": Loss(
            nn.BCELoss,
            r"-\frac{1}{n}\sum y \ln \hat{y} + (1-y) \ln(1-\hat{y})",
            probabilities=True,
        ),
        "BCEWithLogitsLoss": Loss(
            nn.BCEWithLogitsLoss,
            r"-\frac{1}{n}\sum y \ln \sigma(\hat{y}) + (1-y) \ln(1-\sigma(\hat{y}))",
            threshold=0.0,
        ),
        "CrossEntropyLoss": Loss(
            nn.CrossEntropyLoss,
            r"-\frac{1}{n}\sum \ln \frac{e^{\hat{y}_c}}{\sum_k e^{\hat{y}_k}}",
            {"label_smoothing": Option(0.0, Number(0.0, 1.0))},
            target=classes,
        ),
    }
)
