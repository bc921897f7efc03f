"""Bugs in the loop itself: a forgotten line, and a step that is too long."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import torch
from torch import nn

from nnlab.bugs.bug import (
    TOO_FAST,
    TOO_SHORT,
    TOO_SLOW,
    Bug,
    Diagnosis,
    ends_above,
    mistaken,
    swings_above,
)
from nnlab.bugs.stage import Curves, Stage, line
from nnlab.language import gettext_noop as N_

_TOO_MANY_ROWS = N_("There are too many rows.")


def _no_zero_grad(
    stage: Stage, learning_rate: float = 0.2, epochs: int = 60, rows: int = 40
) -> Curves:
    model = stage.network(1, 1)
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    x, y = stage.x[:rows], stage.y[:rows]
    losses = []
    for _epoch in range(epochs):
        y_pred = model(x)
        loss = criterion(y_pred, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


def _with_zero_grad(
    stage: Stage, learning_rate: float = 0.2, epochs: int = 60, rows: int = 40
) -> Curves:
    model = stage.network(1, 1)
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    x, y = stage.x[:rows], stage.y[:rows]
    losses = []
    for _epoch in range(epochs):
        y_pred = model(x)
        loss = criterion(y_pred, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


def _rate_too_high(
    stage: Stage, learning_rate: float = 1.1, epochs: int = 60, rows: int = 40
) -> Curves:
    model = stage.network(1, 1)
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    x, y = stage.x[:rows], stage.y[:rows]
    losses = []
    for _epoch in range(epochs):
        y_pred = model(x)
        loss = criterion(y_pred, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


def _rate_that_fits(
    stage: Stage, learning_rate: float = 0.2, epochs: int = 60, rows: int = 40
) -> Curves:
    model = stage.network(1, 1)
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    x, y = stage.x[:rows], stage.y[:rows]
    losses = []
    for _epoch in range(epochs):
        y_pred = model(x)
        loss = criterion(y_pred, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


BUGS: Mapping[str, Bug] = MappingProxyType(
    {
        "swing": Bug(
            N_("The loss falls, rises and falls again, for ever"),
            N_("zero_grad() was forgotten"),
            N_(
                "backward() adds to `.grad`. Without zero_grad() every step follows the sum of all "
                "gradients so far, also the old ones that point the other way: the weights rush "
                "through the bottom and swing like a pendulum without friction."
            ),
            line,
            _no_zero_grad,
            _with_zero_grad,
            partial(swings_above, "loss", 0.1),
            {
                "forgotten": Diagnosis(N_("Old gradients are not thrown away."), _with_zero_grad),
                **mistaken(
                    _no_zero_grad,
                    fast=(TOO_FAST, {"learning_rate": 0.02}),
                    short=(TOO_SHORT, {"epochs": 300}),
                    rows=(_TOO_MANY_ROWS, {"rows": 10}),
                ),
            },
        ),
        "explosion": Bug(
            N_("The loss grows with every step"),
            N_("The learning rate is too high"),
            N_(
                "Each step goes so far past the bottom that it lands higher up on the other side, "
                "where the gradient is larger still. A smaller learning rate stays inside."
            ),
            line,
            _rate_too_high,
            _rate_that_fits,
            partial(ends_above, "loss", 1.0),
            {
                "fast": Diagnosis(TOO_FAST, _rate_that_fits),
                **mistaken(
                    _rate_too_high,
                    slow=(TOO_SLOW, {"learning_rate": 5.0}),
                    short=(TOO_SHORT, {"epochs": 300}),
                    rows=(_TOO_MANY_ROWS, {"rows": 10}),
                ),
            },
        ),
    }
)
