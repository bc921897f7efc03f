"""Bugs in looking: training goes well, but what is said about it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import torch
from torch import nn

from nnlab.bugs.bug import (
    TOO_FAST,
    TOO_NARROW,
    TOO_SHORT,
    TOO_WIDE,
    Bug,
    Diagnosis,
    differ,
    ends_above,
    mistaken,
)
from nnlab.bugs.stage import Curves, Stage, accuracy, coin_flips, two_groups
from nnlab.language import gettext_noop as N_


def _dropout_in_training_mode(
    stage: Stage, learning_rate: float = 0.05, epochs: int = 60, hidden: int = 8
) -> Curves:
    linear, relu, last = stage.network(2, hidden, 1)
    model = nn.Sequential(linear, relu, stage.dropout(0.8), last)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    measured, again = [], []
    for _epoch in range(epochs):
        model.train()
        loss = criterion(model(stage.x), stage.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            measured.append(accuracy(model(stage.test_x), stage.test_y))
            again.append(accuracy(model(stage.test_x), stage.test_y))
    return {"test accuracy": measured, "measured again": again}


def _dropout_in_eval_mode(
    stage: Stage, learning_rate: float = 0.05, epochs: int = 60, hidden: int = 8
) -> Curves:
    linear, relu, last = stage.network(2, hidden, 1)
    model = nn.Sequential(linear, relu, stage.dropout(0.8), last)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    measured, again = [], []
    for _epoch in range(epochs):
        model.train()
        loss = criterion(model(stage.x), stage.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            measured.append(accuracy(model(stage.test_x), stage.test_y))
            again.append(accuracy(model(stage.test_x), stage.test_y))
    return {"test accuracy": measured, "measured again": again}


def _norm_in_training_mode(
    stage: Stage, learning_rate: float = 0.05, epochs: int = 60, hidden: int = 8
) -> Curves:
    linear, relu, last = stage.network(2, hidden, 1)
    model = nn.Sequential(linear, nn.BatchNorm1d(hidden), relu, last)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    seen, tested = [], []
    for _epoch in range(epochs):
        model.train()
        y_pred = model(stage.x)
        loss = criterion(y_pred, stage.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen.append(accuracy(y_pred, stage.y))
        with torch.no_grad():
            groups = [model(rows) for rows in stage.by_class()]
        tested.append(accuracy(torch.cat(groups), stage.test_y.sort(0).values))
    return {"training accuracy": seen, "test accuracy": tested}


def _norm_in_eval_mode(
    stage: Stage, learning_rate: float = 0.05, epochs: int = 60, hidden: int = 8
) -> Curves:
    linear, relu, last = stage.network(2, hidden, 1)
    model = nn.Sequential(linear, nn.BatchNorm1d(hidden), relu, last)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    seen, tested = [], []
    for _epoch in range(epochs):
        model.train()
        y_pred = model(stage.x)
        loss = criterion(y_pred, stage.y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen.append(accuracy(y_pred, stage.y))
        model.eval()
        with torch.no_grad():
            groups = [model(rows) for rows in stage.by_class()]
        tested.append(accuracy(torch.cat(groups), stage.test_y.sort(0).values))
    return {"training accuracy": seen, "test accuracy": tested}


def _trained_on_test_rows(
    stage: Stage, learning_rate: float = 0.05, epochs: int = 100, hidden: int = 32
) -> Curves:
    model = stage.network(10, hidden, 1)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    x = torch.cat((stage.x, stage.test_x))
    y = torch.cat((stage.y, stage.test_y))
    tested = []
    for _epoch in range(epochs):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            tested.append(accuracy(model(stage.test_x), stage.test_y))
    return {"test accuracy": tested}


def _trained_on_training_rows(
    stage: Stage, learning_rate: float = 0.05, epochs: int = 100, hidden: int = 32
) -> Curves:
    model = stage.network(10, hidden, 1)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    x = stage.x
    y = stage.y
    tested = []
    for _epoch in range(epochs):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            tested.append(accuracy(model(stage.test_x), stage.test_y))
    return {"test accuracy": tested}


BUGS: Mapping[str, Bug] = MappingProxyType(
    {
        "restless": Bug(
            N_("Measured twice, the same network has two accuracies"),
            N_("eval() was forgotten: dropout goes on"),
            N_(
                "In training mode dropout switches units off at random, also while testing. "
                "model.eval() lets all units speak."
            ),
            two_groups,
            _dropout_in_training_mode,
            _dropout_in_eval_mode,
            partial(differ, "test accuracy", "measured again", 0.0),
            {
                "eval": Diagnosis(
                    N_("Something random is still at work while testing."), _dropout_in_eval_mode
                ),
                **mistaken(
                    _dropout_in_training_mode,
                    fast=(TOO_FAST, {"learning_rate": 0.005}),
                    short=(TOO_SHORT, {"epochs": 200}),
                    narrow=(TOO_NARROW, {"hidden": 32}),
                ),
            },
        ),
        "company": Bug(
            N_("In training all is right, in the test half is wrong"),
            N_("eval() was forgotten: batch norm looks at its batch"),
            N_(
                "In training mode batch norm subtracts the mean of the rows that come together. "
                "The test rows come class by class, so that the difference between the classes is"
                " what is subtracted. model.eval() takes the means kept from training."
            ),
            two_groups,
            _norm_in_training_mode,
            _norm_in_eval_mode,
            partial(differ, "training accuracy", "test accuracy", 0.2),
            {
                "eval": Diagnosis(
                    N_("What is said of a row depends on the rows that come with it."),
                    _norm_in_eval_mode,
                ),
                **mistaken(
                    _norm_in_training_mode,
                    fast=(TOO_FAST, {"learning_rate": 0.005}),
                    short=(TOO_SHORT, {"epochs": 200}),
                    narrow=(TOO_NARROW, {"hidden": 32}),
                ),
            },
        ),
        "prophet": Bug(
            N_("The targets are coin flips, and yet the test is passed without a fault"),
            N_("The test rows were used in training"),
            N_(
                "The network has learnt the test rows by heart. On rows it has never seen it is "
                "right half of the time, as it must be with coin flips. Test rows must be kept "
                "away from training."
            ),
            coin_flips,
            _trained_on_test_rows,
            _trained_on_training_rows,
            partial(ends_above, "test accuracy", 0.9),
            {
                "seen": Diagnosis(
                    N_("The network has seen the test rows before."), _trained_on_training_rows
                ),
                **mistaken(
                    _trained_on_test_rows,
                    fast=(TOO_FAST, {"learning_rate": 0.01}),
                    short=(TOO_SHORT, {"epochs": 200}),
                    wide=(TOO_WIDE, {"hidden": 8}),
                ),
            },
        ),
    }
)
