"""Optimizers: theta after update number t, as torch.optim computes it."""

from __future__ import annotations

import math

from nnlab.engines.kernel.compiling import compiled
from nnlab.engines.kernel.lanes import (
    LANES,
    load,
    square_root,
    store,
    where,
)


@compiled
def _decayed(slope, theta, weight_decay):
    return slope if weight_decay == 0.0 else slope + weight_decay * theta


@compiled
def sgd(memory, rate, t, settings):
    momentum, dampening, nesterov, weight_decay = settings[0], settings[1], settings[2], settings[3]
    for p in range(0, len(memory.theta), LANES):
        theta = load(memory.theta, p)
        change = _decayed(load(memory.gradient, p), theta, weight_decay)
        if momentum != 0.0:
            slope, velocity = change, change
            if t > 1:
                velocity = load(memory.state1, p) * momentum + (1.0 - dampening) * slope
            store(memory.state1, p, velocity)
            change = slope + momentum * velocity if nesterov != 0.0 else velocity
        store(memory.theta, p, theta - rate * change)


@compiled(inline="always")
def _adam(memory, rate, t, settings, decoupled):
    beta1, beta2, eps, weight_decay = settings[0], settings[1], settings[2], settings[3]
    amsgrad = settings[4] != 0.0
    step_size = rate / (1.0 - beta1**t)
    correction = math.sqrt(1.0 - beta2**t)
    for p in range(0, len(memory.theta), LANES):
        theta, slope = load(memory.theta, p), load(memory.gradient, p)
        if decoupled:
            theta = theta * (1.0 - rate * weight_decay)
        else:
            slope = _decayed(slope, theta, weight_decay)
        m, v = load(memory.state1, p), load(memory.state2, p)
        m = m + (slope - m) * (1.0 - beta1)
        v = v * beta2 + (1.0 - beta2) * (slope * slope)
        store(memory.state1, p, m)
        store(memory.state2, p, v)
        if amsgrad:
            top = load(memory.state3, p)
            v = where(top > v, top, v)
            store(memory.state3, p, v)
        store(memory.theta, p, theta - step_size * (m / (square_root(v) / correction + eps)))


@compiled
def adam(memory, rate, t, settings):
    _adam(memory, rate, t, settings, False)


@compiled
def adamw(memory, rate, t, settings):
    _adam(memory, rate, t, settings, True)


@compiled
def rmsprop(memory, rate, t, settings):
    alpha, eps, momentum, centered = settings[0], settings[1], settings[2], settings[3]
    for p in range(0, len(memory.theta), LANES):
        theta = load(memory.theta, p)
        slope = _decayed(load(memory.gradient, p), theta, settings[4])
        v = load(memory.state1, p) * alpha + (1.0 - alpha) * (slope * slope)
        store(memory.state1, p, v)
        if centered != 0.0:
            mean = load(memory.state2, p)
            mean = mean + (slope - mean) * (1.0 - alpha)
            store(memory.state2, p, mean)
            v = v - mean * mean
        change = slope / (square_root(v) + eps)
        if momentum != 0.0:
            change = load(memory.state3, p) * momentum + change
            store(memory.state3, p, change)
        store(memory.theta, p, theta - rate * change)


@compiled
def adagrad(memory, rate, t, settings):
    """settings[1], what the sum starts with, is in the memory from the beginning."""
    lr_decay, eps, weight_decay = settings[0], settings[2], settings[3]
    rate = rate / (1.0 + (t - 1) * lr_decay)
    for p in range(0, len(memory.theta), LANES):
        theta = load(memory.theta, p)
        slope = _decayed(load(memory.gradient, p), theta, weight_decay)
        v = load(memory.state1, p) + slope * slope
        store(memory.state1, p, v)
        store(memory.theta, p, theta - rate * (slope / (square_root(v) + eps)))


OPTIMIZERS = {
    "SGD": sgd,
    "Adam": adam,
    "AdamW": adamw,
    "RMSprop": rmsprop,
    "Adagrad": adagrad,
}
