"""The ledger of one update: what an optimizer remembered of one number, what it made of the
gradient, and the new value, each row a formula with its numbers in it. Rows that PyTorch keeps are
read from the real torch.optim state; beside them stands what the formula gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from nnlab.engines.reference import Reference
from nnlab.experiment import Experiment
from nnlab.history import History
from nnlab.network import locate
from nnlab.valleys import Descent, Point, Racer


@dataclass(frozen=True)
class Row:
    """One line of the ledger: the symbol, its formula, the formula with numbers, what that gives
    by hand, and the name and value of what PyTorch keeps of it (None where it keeps nothing)."""

    symbol: str
    formula: str
    numbers: str
    value: float
    buffer: str = ""
    kept: float | None = None


@dataclass(frozen=True)
class Update:
    """One number of a parameter before and after a step: its value, its gradient (as `.grad` holds
    it), the optimizer's settings, and every state buffer's entry for it before and after."""

    optimizer: str
    settings: Mapping[str, Any]
    before: float
    gradient: float
    after: float
    state_before: Mapping[str, float]
    state: Mapping[str, float]


def update(optimizer: Optimizer, parameter: Tensor, index: tuple[int, ...]) -> Update:
    """Make the optimizer's step, and read one number of a parameter before and after it. All other
    parameters step as well."""
    settings = {key: each for key, each in optimizer.param_groups[0].items() if key != "params"}
    grad = parameter.grad
    gradient = 0.0 if grad is None else float(grad[index])
    before, state_before = float(parameter.detach()[index]), _state(optimizer, parameter, index)
    optimizer.step()
    return Update(
        type(optimizer).__name__,
        settings,
        before,
        gradient,
        float(parameter.detach()[index]),
        state_before,
        _state(optimizer, parameter, index),
    )


def update_in_training(experiment: Experiment, step: int, part: str) -> Update:
    """The update of one part of the experiment's network at a step from 0, read from the optimizer
    that trains it."""
    learner = Reference(experiment, "cpu", _history(experiment, step))
    learner.go(step)
    parameter, index = locate(learner.module, part)
    return update(learner.optimizer, parameter, index)


def _history(experiment: Experiment, step: int) -> History:
    cpu = torch.device("cpu")
    return History(step + 1, experiment.n_parameters, experiment.n_buffers, cpu)


def update_in_valley(valley: str, racer: Racer, start: Point, step: int, coordinate: int) -> Update:
    """The update of x (0) or y (1) of a racer at a step from 0."""
    descent = Descent(valley, racer, start)
    for _ in range(step):
        descent.look()
        descent.optimizer.step()
    descent.look()
    return update(descent.optimizer, descent.point, (coordinate,))


def ledger(entry: Update) -> tuple[Row, ...]:
    """The rows of an update in their order; the last one is the new value."""
    return tuple(_BOOKS[entry.optimizer](entry))


def _state(optimizer: Optimizer, parameter: Tensor, index: tuple[int, ...]) -> dict[str, float]:
    """Every buffer that the optimizer keeps for this number, by PyTorch's name."""
    kept = deepcopy(optimizer.state.get(parameter, {}))
    return {
        name: float(each[index] if torch.is_tensor(each) and each.dim() else each)
        for name, each in kept.items()
        if each is not None
    }


def n(value: float) -> str:
    """A number as the ledger writes it."""
    return f"{value:.6g}" if value >= 0 else f"({value:.6g})"


def _decayed(entry: Update) -> Iterator[Row]:
    """The gradient, and with weight decay what is added to it."""
    g, theta, decay = entry.gradient, entry.before, entry.settings["weight_decay"]
    yield Row("g", "∂L/∂θ", ".grad", g, ".grad", g)
    if decay and entry.optimizer != "AdamW":
        yield Row("g′", "g + λ θ", f"{n(g)} + {decay:g} × {n(theta)}", g + decay * theta)


def _last(rows: list[Row]) -> float:
    return rows[-1].value


def _sgd(entry: Update) -> Iterator[Row]:
    """Source: torch.optim.SGD; the first momentum buffer is the gradient itself."""
    rows = list(_decayed(entry))
    yield from rows
    g, symbol = _last(rows), rows[-1].symbol
    d, way = g, symbol
    mu, tau = entry.settings["momentum"], entry.settings["dampening"]
    if mu:
        old = entry.state_before.get("momentum_buffer")
        v = g if old is None else mu * old + (1 - tau) * g
        later = f"μ v + (1 - τ) {symbol}", f"{mu:g} × {n(old or 0.0)} + {1 - tau:g} × {n(g)}"
        formula, numbers = (symbol, n(g)) if old is None else later
        yield _kept(entry, Row("v", formula, numbers, v), "momentum_buffer")
        d, way = v, "v"
    if entry.settings["nesterov"]:
        d, way = g + mu * d, "d"
        yield Row("d", f"{symbol} + μ v", f"{n(g)} + {mu:g} × {n((d - g) / mu)}", d)
    yield _new_value(entry, f"θ - η {way}", d)


def _adam(entry: Update) -> Iterator[Row]:
    """Source: Kingma and Ba 2015, algorithm 1; AdamW: Loshchilov and Hutter 2019, algorithm 2."""
    rows = list(_decayed(entry))
    yield from rows
    g, t = _last(rows), entry.state_before.get("step", 0.0) + 1
    beta1, beta2 = entry.settings["betas"]
    name = rows[-1].symbol
    m_old, v_old = (entry.state_before.get(key, 0.0) for key in ("exp_avg", "exp_avg_sq"))
    m, v = beta1 * m_old + (1 - beta1) * g, beta2 * v_old + (1 - beta2) * g**2
    yield _kept(entry, Row("t", "t + 1", f"{t - 1:g} + 1", t), "step")
    first = f"{beta1:g} × {n(m_old)} + {1 - beta1:g} × {n(g)}"
    yield _kept(entry, Row("m", f"β₁ m + (1 - β₁) {name}", first, m), "exp_avg")
    second = f"{beta2:g} × {n(v_old)} + {1 - beta2:g} × {n(g)}²"
    yield _kept(entry, Row("v", f"β₂ v + (1 - β₂) {name}²", second, v), "exp_avg_sq")
    largest = v
    if entry.settings["amsgrad"]:
        old = entry.state_before.get("max_exp_avg_sq", 0.0)
        largest = max(old, v)
        numbers = f"max({n(old)}, {n(v)})"
        yield _kept(entry, Row("vₘₐₓ", "max(vₘₐₓ, v)", numbers, largest), "max_exp_avg_sq")
    m_hat, v_hat = m / (1 - beta1**t), largest / (1 - beta2**t)
    yield Row("m̂", "m / (1 - β₁ᵗ)", f"{n(m)} / (1 - {beta1:g}^{t:g})", m_hat)
    above = "vₘₐₓ" if entry.settings["amsgrad"] else "v"
    yield Row("v̂", f"{above} / (1 - β₂ᵗ)", f"{n(largest)} / (1 - {beta2:g}^{t:g})", v_hat)
    eps = entry.settings["eps"]
    d = m_hat / (math.sqrt(v_hat) + eps)
    yield Row("d", "m̂ / (√v̂ + ε)", f"{n(m_hat)} / (√{n(v_hat)} + {eps:g})", d)
    yield from _adam_end(entry, d)


def _adam_end(entry: Update, d: float) -> Iterator[Row]:
    """AdamW shrinks the value itself before the step."""
    decay, rate = entry.settings["weight_decay"], entry.settings["lr"]
    if entry.optimizer != "AdamW" or not decay:
        yield _new_value(entry, "θ - η d", d)
        return
    shrunk = entry.before * (1 - rate * decay)
    numbers = f"{n(entry.before)} × (1 - {rate:g} × {decay:g})"
    yield Row("θ′", "θ (1 - η λ)", numbers, shrunk)
    yield _new_value(entry, "θ′ - η d", d, shrunk)


def _rmsprop(entry: Update) -> Iterator[Row]:
    """Source: torch.optim.RMSprop, after Tieleman and Hinton 2012, lecture 6.5; the gradients'
    mean is taken off when centered (Graves 2013)."""
    rows = list(_decayed(entry))
    yield from rows
    g, name = _last(rows), rows[-1].symbol
    alpha, eps = entry.settings["alpha"], entry.settings["eps"]
    v_old, a_old = (entry.state_before.get(key, 0.0) for key in ("square_avg", "grad_avg"))
    v = alpha * v_old + (1 - alpha) * g**2
    numbers = f"{alpha:g} × {n(v_old)} + {1 - alpha:g} × {n(g)}²"
    yield _kept(entry, Row("v", f"α v + (1 - α) {name}²", numbers, v), "square_avg")
    spread, under = v, "v"
    if entry.settings["centered"]:
        a = alpha * a_old + (1 - alpha) * g
        numbers = f"{alpha:g} × {n(a_old)} + {1 - alpha:g} × {n(g)}"
        yield _kept(entry, Row("a", f"α a + (1 - α) {name}", numbers, a), "grad_avg")
        spread, under = v - a**2, "(v - a²)"
    d = g / (math.sqrt(max(spread, 0.0)) + eps)
    yield Row("d", f"{name} / (√{under} + ε)", f"{n(g)} / (√{n(spread)} + {eps:g})", d)
    mu = entry.settings["momentum"]
    if mu:
        old = entry.state_before.get("momentum_buffer", 0.0)
        d, numbers = mu * old + d, f"{mu:g} × {n(old)} + {n(d)}"
        yield _kept(entry, Row("u", "μ u + d", numbers, d), "momentum_buffer")
    yield _new_value(entry, "θ - η u" if mu else "θ - η d", d)


def _adagrad(entry: Update) -> Iterator[Row]:
    """Source: Duchi et al. 2011; the falling learning rate as in torch.optim.Adagrad."""
    rows = list(_decayed(entry))
    yield from rows
    g, name, eps = _last(rows), rows[-1].symbol, entry.settings["eps"]
    t, old = entry.state_before["step"] + 1, entry.state_before["sum"]
    yield _kept(entry, Row("t", "t + 1", f"{t - 1:g} + 1", t), "step")
    total = old + g**2
    yield _kept(entry, Row("s", f"s + {name}²", f"{n(old)} + {n(g)}²", total), "sum")
    d, decay = g / (math.sqrt(total) + eps), entry.settings["lr_decay"]
    yield Row("d", f"{name} / (√s + ε)", f"{n(g)} / (√{n(total)} + {eps:g})", d)
    if decay:
        slower = 1 / (1 + (t - 1) * decay)
        yield Row("d′", "d / (1 + (t - 1) κ)", f"{n(d)} / (1 + {t - 1:g} × {decay:g})", d * slower)
        d *= slower
    yield _new_value(entry, "θ - η d′" if decay else "θ - η d", d)


def _kept(entry: Update, row: Row, buffer: str) -> Row:
    return replace(row, buffer=buffer, kept=entry.state[buffer])


def _new_value(entry: Update, formula: str, direction: float, start: float | None = None) -> Row:
    """The last row: what PyTorch keeps of it is the parameter itself."""
    theta, rate = entry.before if start is None else start, entry.settings["lr"]
    numbers = f"{n(theta)} - {rate:g} × {n(direction)}"
    return Row("θ", formula, numbers, theta - rate * direction, "parameter", entry.after)


_BOOKS: Mapping[str, Callable[[Update], Iterator[Row]]] = MappingProxyType(
    {"SGD": _sgd, "Adam": _adam, "AdamW": _adam, "RMSprop": _rmsprop, "Adagrad": _adagrad}
)
