"""Bugs that keep gradients from arriving: weights that begin alike, a graph that is cut."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import torch
from torch import nn

from nnlab.bugs.bug import (
    TOO_NARROW,
    TOO_SHORT,
    TOO_SLOW,
    Bug,
    Diagnosis,
    ends_above,
    mistaken,
    never_moves,
)
from nnlab.bugs.stage import Curves, Stage, ring
from nnlab.language import gettext_noop as N_


def _all_zero(
    stage: Stage, learning_rate: float = 0.5, epochs: int = 100, hidden: int = 8
) -> Curves:
    model = stage.network(2, hidden, 1)
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _epoch in range(epochs):
        y_pred = model(stage.x)
        loss = criterion(y_pred, stage.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


def _new_tensor(
    stage: Stage, learning_rate: float = 0.5, epochs: int = 100, hidden: int = 8
) -> Curves:
    model = stage.network(2, hidden, 1)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _epoch in range(epochs):
        y_pred = model(stage.x)
        loss = criterion(y_pred, stage.y)
        loss = torch.tensor(loss.item(), requires_grad=True)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


def _sound(stage: Stage, learning_rate: float = 0.5, epochs: int = 100, hidden: int = 8) -> Curves:
    model = stage.network(2, hidden, 1)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _epoch in range(epochs):
        y_pred = model(stage.x)
        loss = criterion(y_pred, stage.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


def _detached(
    stage: Stage, learning_rate: float = 0.5, epochs: int = 100, hidden: int = 8
) -> Curves:
    model = stage.network(2, hidden, 1)
    weight = next(model.parameters())
    before = weight.detach().clone()
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses, moved = [], []
    for _epoch in range(epochs):
        h = model[:2](stage.x)
        y_pred = model[2](h.detach())
        loss = criterion(y_pred, stage.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        moved.append((weight - before).abs().max().item())
    return {"loss": losses, "moved": moved}


def _attached(
    stage: Stage, learning_rate: float = 0.5, epochs: int = 100, hidden: int = 8
) -> Curves:
    model = stage.network(2, hidden, 1)
    weight = next(model.parameters())
    before = weight.detach().clone()
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses, moved = [], []
    for _epoch in range(epochs):
        h = model[:2](stage.x)
        y_pred = model[2](h)
        loss = criterion(y_pred, stage.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        moved.append((weight - before).abs().max().item())
    return {"loss": losses, "moved": moved}


BUGS: Mapping[str, Bug] = MappingProxyType(
    {
        "frozen": Bug(
            N_("The loss stays at 0.69, whatever one does"),
            N_("All weights began at zero"),
            N_(
                "With all weights 0 every hidden unit puts out 0 and gets the gradient 0, in "
                "every step. Even with equal weights other than 0 all units of a layer would stay"
                " copies of one another. Random numbers are there to make them different."
            ),
            ring,
            _all_zero,
            _sound,
            partial(ends_above, "loss", 0.6),
            {
                "alike": Diagnosis(N_("All weights begin alike."), _sound),
                **mistaken(
                    _all_zero,
                    slow=(TOO_SLOW, {"learning_rate": 5.0}),
                    short=(TOO_SHORT, {"epochs": 300}),
                    narrow=(TOO_NARROW, {"hidden": 32}),
                ),
            },
        ),
        "unmoved": Bug(
            N_("The loss never changes by even a digit"),
            N_("The loss was made into a new tensor"),
            N_(
                "torch.tensor(loss.item()) is a fresh number that knows nothing of the model: its"
                " graph is empty. backward() runs without complaint and fills no parameter's "
                "`.grad`."
            ),
            ring,
            _new_tensor,
            _sound,
            partial(never_moves, "loss"),
            {
                "fresh": Diagnosis(
                    N_("backward() starts from a number that no longer knows the model."), _sound
                ),
                **mistaken(
                    _new_tensor,
                    slow=(TOO_SLOW, {"learning_rate": 5.0}),
                    short=(TOO_SHORT, {"epochs": 300}),
                    narrow=(TOO_NARROW, {"hidden": 32}),
                ),
            },
        ),
        "deaf": Bug(
            N_("The loss falls slowly, and the first layer's weights never move"),
            N_("The graph was cut by detach()"),
            N_(
                "h.detach() has the numbers of h but no graph behind it. Gradients stop there: "
                "the last layer learns on features that stay random. `.data` and torch.no_grad() "
                "cut in the same way."
            ),
            ring,
            _detached,
            _attached,
            partial(never_moves, "moved"),
            {
                "cut": Diagnosis(N_("The first layer is cut off from the loss."), _attached),
                **mistaken(
                    _detached,
                    slow=(TOO_SLOW, {"learning_rate": 5.0}),
                    short=(TOO_SHORT, {"epochs": 300}),
                    narrow=(TOO_NARROW, {"hidden": 32}),
                ),
            },
        ),
    }
)
