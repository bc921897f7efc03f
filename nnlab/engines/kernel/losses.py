"""Losses: that of one output a and its target y, and the slope by a."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnlab.engines.kernel.compiling import compiled
from nnlab.engines.kernel.exponential import exp, log, log1p, sigmoid
from nnlab.engines.kernel.lanes import (
    LANES,
    absolute,
    everywhere,
    first_lanes,
    load,
    store,
    total,
    where,
)
from nnlab.engines.kernel.memory import TILE, room


@compiled
def squared(a, y, setting):
    return (a - y) * (a - y), 2.0 * (a - y)


@compiled
def distance(a, y, setting):
    away = a - y
    return absolute(away), where(away > 0.0, 1.0, where(away < 0.0, -1.0, away * 0.0))


@compiled
def huber(a, y, delta):
    away = a - y
    near = absolute(away) < delta
    loss = where(near, 0.5 * away * away, delta * (absolute(away) - 0.5 * delta))
    return loss, where(away > delta, delta, where(away < -delta, -delta, away))


@compiled
def binary(a, y, setting):
    """Logarithms stop at -100, as torch's do."""
    yes, no = log(a), log1p(-a)
    yes, no = where(yes < -100.0, -100.0, yes), where(no < -100.0, -100.0, no)
    spread = (1.0 - a) * a
    return (y - 1.0) * no - y * yes, (a - y) / where(spread < 1e-12, 1e-12, spread)


@compiled
def binary_of_logits(z, y, setting):
    small = where(z < 0.0, z, z * 0.0)
    return (1.0 - y) * z - (small - log1p(exp(-absolute(z)))), sigmoid(z) - y


def each_output(term: Callable[..., Any]) -> Callable[..., Any]:
    """The loss of a tile whose outputs count one by one: its sum, and the slopes times `share`."""

    @compiled
    def loss(task, memory, outputs, start, width, share):
        loss = everywhere(memory.theta[0]) * 0.0
        for unit in range(task.sizes[-1]):
            for k in range(0, width, LANES):
                place = (outputs + unit) * TILE + k
                a, y = load(memory.activation, place), load(memory.y, unit * room(task) + start + k)
                one, slope = term(a, y, task.loss_setting)
                real = first_lanes(width - k)
                loss = loss + where(real, one, 0.0)
                store(memory.slope, place, where(real, slope * share, 0.0))
        return total(loss) * share

    return loss


@compiled
def cross_entropy(task, memory, outputs, start, width, share):
    """-sum_k q_k log p_k for each row, with p the softmax of the outputs z and q the true class,
    smoothed: log p_k = z_k - top - log(sum_k e^(z_k - top)), which can't overflow."""
    classes = task.sizes[-1]
    smooth = task.loss_setting / classes
    share = share * classes  # the mean is over rows, not over outputs
    loss = everywhere(memory.theta[0]) * 0.0
    for k in range(0, width, LANES):
        true, real = load(memory.y, start + k), first_lanes(width - k)
        top = load(memory.activation, outputs * TILE + k)
        for unit in range(1, classes):
            z = load(memory.activation, (outputs + unit) * TILE + k)
            top = where(z > top, z, top)
        powers = top * 0.0
        for unit in range(classes):
            powers = powers + exp(load(memory.activation, (outputs + unit) * TILE + k) - top)
        log_powers = log(powers)
        for unit in range(classes):
            place = (outputs + unit) * TILE + k
            log_p = (load(memory.activation, place) - top) - log_powers
            q = where(
                absolute(true - unit) < 0.5, 1.0 - task.loss_setting + smooth, top * 0.0 + smooth
            )
            loss = loss - where(real, q * log_p, 0.0)
            store(memory.slope, place, where(real, (exp(log_p) - q) * share, 0.0))
    return total(loss) * share


LOSSES = {
    "MSELoss": each_output(squared),
    "L1Loss": each_output(distance),
    "HuberLoss": each_output(huber),
    "BCELoss": each_output(binary),
    "BCEWithLogitsLoss": each_output(binary_of_logits),
    "CrossEntropyLoss": cross_entropy,
}
