"""The history in CSV says what the run says, to the last digit of a float32."""

from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from nnlab.experiment import Experiment, Training
from nnlab.files import history
from nnlab.files.history import USUAL, write_history
from nnlab.measures import losses_on
from nnlab.parts import names
from nnlab.rows import rows_of
from nnlab.training import Run, train
from tests.strategies import experiments


def table(run: Run, *groups: str) -> dict[str, list[str]]:
    head, *lines = csv.reader(StringIO(write_history(run, groups or USUAL).decode()))
    return dict(zip(head, map(list, zip(*lines, strict=True)), strict=True))


def floats(texts: list[str]) -> torch.Tensor:
    return torch.from_numpy(np.array(texts, np.float32))


@settings(max_examples=15, deadline=None)
@given(experiments())
def test_it_says_what_the_run_says(experiment: Experiment) -> None:
    run = train(experiment)
    found = table(run, "steps", "losses", "parameters")
    assert list(map(int, found["step"])) == run.steps.tolist()
    assert torch.equal(floats(found["batch_loss"]), run.losses)
    for place, name in enumerate(names(experiment.sizes, experiment.norms)):
        assert torch.equal(floats(found[name]), run.parameters[:, place])
    rows = rows_of(experiment)
    assert ("test_loss" in found) == bool(len(rows.test_samples().x))
    wanted = losses_on(run, rows.samples(), slice(None))
    assert torch.allclose(floats(found["train_loss"]), wanted, equal_nan=True)


def test_parameters_are_there_only_where_they_are_asked_for() -> None:
    assert list(table(train(Experiment()))) == ["step", "epoch", "batch_loss", "train_loss"]


def test_a_long_run_is_thinned_evenly_and_keeps_its_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_LINES", 7)
    run = train(replace(Experiment(), training=Training(epochs=60)))
    steps = list(map(int, table(run)["step"]))
    assert steps == [0, 10, 20, 30, 40, 50, 60]
    monkeypatch.setattr(history, "MOST_NUMBERS", 4 * run.experiment.n_parameters)
    assert table(run, "steps", "parameters")["step"] == ["0", "20", "40", "60"]


def test_no_cell_is_a_formula_to_a_spreadsheet() -> None:
    run = train(Experiment())
    head = write_history(run, ("steps", "losses", "parameters")).decode().splitlines()[0]
    assert not any(name[:1] in set("=+-@\t\r") for name in head.split(","))
