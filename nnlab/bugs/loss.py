"""Bugs between the model's output and the loss: a squashing too many, a shape that does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import torch
from torch import nn

from nnlab.bugs.bug import TOO_NARROW, TOO_SHORT, TOO_SLOW, Bug, Diagnosis, ends_above, mistaken
from nnlab.bugs.stage import Curves, Stage, line, three_groups, two_groups
from nnlab.language import gettext_noop as N_


def _softmax_first(
    stage: Stage, learning_rate: float = 0.1, epochs: int = 100, hidden: int = 8
) -> Curves:
    model = stage.network(2, hidden, 3).append(nn.Softmax(dim=1))
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    losses = []
    for _epoch in range(epochs):
        y_pred = model(stage.x)
        loss = criterion(y_pred, stage.y[:, 0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


def _logits_only(
    stage: Stage, learning_rate: float = 0.1, epochs: int = 100, hidden: int = 8
) -> Curves:
    model = stage.network(2, hidden, 3)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    losses = []
    for _epoch in range(epochs):
        y_pred = model(stage.x)
        loss = criterion(y_pred, stage.y[:, 0])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


def _sigmoid_twice(
    stage: Stage, learning_rate: float = 0.1, epochs: int = 100, hidden: int = 8
) -> Curves:
    model = stage.network(2, hidden, 1).append(nn.Sigmoid())
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    losses = []
    for _epoch in range(epochs):
        y_pred = model(stage.x)
        loss = criterion(y_pred, stage.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


def _sigmoid_once(
    stage: Stage, learning_rate: float = 0.1, epochs: int = 100, hidden: int = 8
) -> Curves:
    model = stage.network(2, hidden, 1)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    losses = []
    for _epoch in range(epochs):
        y_pred = model(stage.x)
        loss = criterion(y_pred, stage.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


def _broadcast(
    stage: Stage, learning_rate: float = 0.1, epochs: int = 100, hidden: int = 8
) -> Curves:
    model = stage.network(1, hidden, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    y = stage.y.flatten()
    losses = []
    for _epoch in range(epochs):
        y_pred = model(stage.x)
        loss = ((y_pred - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


def _same_shape(
    stage: Stage, learning_rate: float = 0.1, epochs: int = 100, hidden: int = 8
) -> Curves:
    model = stage.network(1, hidden, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    y = stage.y.flatten()
    losses = []
    for _epoch in range(epochs):
        y_pred = model(stage.x).flatten()
        loss = ((y_pred - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"loss": losses}


BUGS: Mapping[str, Bug] = MappingProxyType(
    {
        "floor3": Bug(
            N_("Three classes: the loss stops at 0.55"),
            N_("Softmax stands before CrossEntropyLoss"),
            N_(
                "CrossEntropyLoss does the softmax itself and wants raw outputs (logits). Given "
                "shares between 0 and 1, its own softmax can reach at most e / (e + 2) = 0.58 for"
                " a class, so the loss can't fall below -ln 0.58 = 0.55."
            ),
            three_groups,
            _softmax_first,
            _logits_only,
            partial(ends_above, "loss", 0.54),
            {
                "twice": Diagnosis(N_("The outputs are squashed twice."), _logits_only),
                **mistaken(
                    _softmax_first,
                    slow=(TOO_SLOW, {"learning_rate": 0.5}),
                    short=(TOO_SHORT, {"epochs": 300}),
                    narrow=(TOO_NARROW, {"hidden": 32}),
                ),
            },
        ),
        "floor2": Bug(
            N_("Two classes: the loss stops at 0.5"),
            N_("Sigmoid stands before BCEWithLogitsLoss"),
            N_(
                "BCEWithLogitsLoss does the sigmoid itself. Given numbers between 0 and 1 its own"
                " sigmoid gives between 0.5 and 0.73: class 0 can't be said at all. Take BCELoss,"
                " or leave the Sigmoid out."
            ),
            two_groups,
            _sigmoid_twice,
            _sigmoid_once,
            partial(ends_above, "loss", 0.49),
            {
                "twice": Diagnosis(N_("The outputs are squashed twice."), _sigmoid_once),
                **mistaken(
                    _sigmoid_twice,
                    slow=(TOO_SLOW, {"learning_rate": 0.5}),
                    short=(TOO_SHORT, {"epochs": 300}),
                    narrow=(TOO_NARROW, {"hidden": 32}),
                ),
            },
        ),
        "mean": Bug(
            N_("The line is easy, but the loss stays as if nothing could be learnt"),
            N_("Shapes that do not fit were broadcast"),
            N_(
                "y_pred has the shape (40, 1) and y (40,). PyTorch makes a table of 40 × 40 "
                "differences, each prediction against every target, without a word. The best "
                "answer to that is the mean of all targets for every row."
            ),
            line,
            _broadcast,
            _same_shape,
            partial(ends_above, "loss", 0.3),
            {
                "shape": Diagnosis(
                    N_("Every prediction is compared with every target."), _same_shape
                ),
                **mistaken(
                    _broadcast,
                    slow=(TOO_SLOW, {"learning_rate": 0.5}),
                    short=(TOO_SHORT, {"epochs": 300}),
                    narrow=(TOO_NARROW, {"hidden": 32}),
                ),
            },
        ),
    }
)
