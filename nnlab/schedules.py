"""A schedule changes the learning rate as the epochs go by. Each is a factor for every epoch, from
0, by which the learning rate is multiplied: what torch.optim.lr_scheduler.LambdaLR takes."""

from __future__ import annotations

import math

from nnlab.limits import Number, Whole
from nnlab.registry import Entry, Option, Registry


def constant(epoch: int) -> float:
    """The learning rate as it is."""
    return 1.0


def step(epoch: int, epochs: int, gamma: float) -> float:
    """Times gamma after every so many epochs. Source: torch.optim.lr_scheduler.StepLR."""
    return gamma ** (epoch // epochs)


def exponential(epoch: int, gamma: float) -> float:
    """Times gamma after every epoch. Source: torch.optim.lr_scheduler.ExponentialLR."""
    return gamma**epoch


def cosine(epoch: int, epochs: int, floor: float) -> float:
    """Down to the share `floor` along half a cosine wave within so many epochs, then level.

    Source: Loshchilov and Hutter 2017, SGDR, equation 5, without restarts.
    """
    share = min(epoch / epochs, 1.0)
    return floor + (1 - floor) * (1 + math.cos(math.pi * share)) / 2


def warm_up(epoch: int, epochs: int) -> float:
    """Up in equal steps for so many epochs, then constant."""
    return min((epoch + 1) / epochs, 1.0)


def warm_up_cosine(epoch: int, warm_up_epochs: int, epochs: int, floor: float) -> float:
    """First the warm-up, then the cosine."""
    return warm_up(epoch, warm_up_epochs) * cosine(max(epoch - warm_up_epochs, 0), epochs, floor)


_EPOCHS = Whole(1, 1_000_000)
_SHARE = Number(0.0, 1.0)

SCHEDULES: Registry[Entry[float]] = Registry(
    {
        "constant": Entry(constant, "1"),
        "step": Entry(
            step,
            r"\gamma^{\lfloor t / T \rfloor}",
            {"epochs": Option(10, _EPOCHS), "gamma": Option(0.5, _SHARE)},
        ),
        "exponential": Entry(exponential, r"\gamma^{t}", {"gamma": Option(0.95, _SHARE)}),
        "cosine": Entry(
            cosine,
            r"f + \frac{1 - f}{2} (1 + \cos(\pi t / T))",
            {"epochs": Option(50, _EPOCHS), "floor": Option(0.0, _SHARE)},
        ),
        "warm_up": Entry(warm_up, r"\min((t + 1) / T, 1)", {"epochs": Option(5, _EPOCHS)}),
        "warm_up_cosine": Entry(
            warm_up_cosine,
            r"\min((t + 1) / W, 1) \cdot \left(f + \frac{1 - f}{2} (1 + \cos(\pi (t - W) / T))"
            r"\right)",
            {
                "warm_up_epochs": Option(5, _EPOCHS),
                "epochs": Option(50, _EPOCHS),
                "floor": Option(0.0, _SHARE),
            },
        ),
    }
)
