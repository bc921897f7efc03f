"""A table that was written is read back as the same samples."""

from __future__ import annotations

import pytest
import torch
from hypothesis import assume, given

from nnlab.data import Data
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.registry import Choice
from nnlab.rows import rows_of
from nnlab.table import read_table, write_table
from nnlab.table.columns import Task
from tests.strategies import datas


def untrained(data: Data) -> Experiment:
    return Experiment(data, Network((Layer(1),)), Training(epochs=0))


@given(datas())
def test_a_round_trip_gives_the_same_samples(data: Data) -> None:
    experiment = untrained(data)
    raw = rows_of(experiment).raw
    assume(all(len(column.unique()) > 1 for column in torch.cat(raw, 1).T))
    table = read_table(write_table(experiment).encode())
    *features, target = [each.name for each in table.columns]
    task: Task = "classes" if data.classes else "numbers"
    again = Data(table.to_choice(features, target, task=task))
    back = rows_of(untrained(again)).raw
    assert torch.equal(back.x, raw.x)
    assert tuple(features) == data.names.features
    if data.classes:
        one, other = again.names.classes, data.names.classes
        assert [one[int(i)] for i in back.y] == [other[int(i)] for i in raw.y]
    else:
        assert torch.equal(back.y, raw.y)


@pytest.mark.parametrize("label", ["=1+1", "+a", "-a", "@a", "'", "'=x"])
def test_a_word_is_never_a_formula_and_comes_back_as_it_was(label: str) -> None:
    options = (("classes", 2), ("labels", ("a", label)), ("rows", ((1.0, 0.0), (2.0, 1.0))))
    text = write_table(untrained(Data(Choice("points", options))))
    assert text.splitlines()[2].split(",")[1].startswith("'")
    assert read_table(text.encode()).columns[1].cells == ("a", label)


def test_the_order_of_lines_is_that_of_the_rows() -> None:
    lines = write_table(untrained(Data(Choice("iris")))).splitlines()
    assert lines[0].startswith("sepal length (cm),")
    assert lines[1] == "5.1,3.5,1.4,0.2,setosa"
    assert len(lines) == 151
