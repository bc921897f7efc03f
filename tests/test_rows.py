"""The rows: equal data give equal rows, test and training rows part them, edits change just what
they name, and what the network sees is what plain torch makes of the raw rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.data import Data, PointEdit
from nnlab.experiment import Experiment, Training
from nnlab.features import FEATURES
from nnlab.network import begin
from nnlab.registry import Choice
from nnlab.rows import Rows, draw_rows, prepared, rows_of
from tests.strategies import datas, experiments

XOR = Data(Choice("xor", (("n_samples", 50),)), seed=3)
COLUMNS = {
    "x1": lambda x: x[:, 0],
    "x2": lambda x: x[:, 1],
    "x1x1": lambda x: torch.square(x[:, 0]),
    "x2x2": lambda x: torch.square(x[:, 1]),
    "x1x2": lambda x: torch.prod(x, 1),
    "sinx1": lambda x: x[:, 0].sin(),
    "sinx2": lambda x: x[:, 1].sin(),
}


def rows(data: Data, seed: int = 0) -> Rows:
    return draw_rows(data, torch.Generator().manual_seed(seed))


@given(datas(), st.integers(0, 9))
def test_equal_data_give_equal_rows(data: Data, seed: int) -> None:
    one, other = rows(data, seed), rows(Data.from_json(data.to_json()), seed)
    for these, those in ((one.raw, other.raw), (one.samples(), other.samples())):
        assert all(map(torch.equal, these, those))
    assert torch.equal(one.test, other.test)


@given(datas())
def test_training_and_test_rows_are_a_partition_of_the_sizes_that_were_said(data: Data) -> None:
    drawn = rows(data)
    together = torch.cat((drawn.training, drawn.test)).sort().values
    assert torch.equal(together, torch.arange(data.n_rows))
    assert len(drawn.raw.x) == data.n_rows == len(drawn.numbers)
    assert drawn.samples().x.shape == (data.n_samples, data.n_features)
    assert drawn.test_samples().x.shape == (data.n_test, data.n_features)
    assert drawn.raw.x.shape[1] == data.n_raw_features == len(data.names.features)
    assert len(data.feature_names) == data.n_features
    assert data.n_samples >= 1
    assert (data.n_test > 0) == (data.test_share > 0 and data.n_rows > 1)


@given(datas())
def test_without_a_test_share_no_random_number_more_is_drawn(data: Data) -> None:
    plain, more = torch.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    draw_rows(replace(data, test_share=0.0, seed=None), plain)
    draw_rows(Data(data.source), more)
    assert torch.equal(plain.get_state(), more.get_state())


@given(datas())
def test_splitting_leaves_the_rows_as_they_were_drawn(data: Data) -> None:
    whole, parted = rows(replace(data, test_share=0.0)), rows(replace(data, test_share=0.5))
    assert all(map(torch.equal, whole.raw, parted.raw))


@given(datas())
def test_standardised_training_rows_have_mean_0_and_deviation_1_or_0(data: Data) -> None:
    x = rows(replace(data, standardise=True)).samples().x.double()
    torch.testing.assert_close(x.mean(0), torch.zeros_like(x[0]), atol=1e-5, rtol=0)
    std = x.std(0, unbiased=False)
    torch.testing.assert_close(std, (std > 0.5).double(), atol=1e-4, rtol=0)


def test_a_column_of_one_number_is_no_trap_for_standardising() -> None:
    table = tuple((0.1, float(row), 0.0) for row in range(1000))
    source = Choice("points", (("rows", table),))
    assert not rows(Data(source, standardise=True)).samples().x[:, 0].any()


def test_test_rows_are_standardised_as_the_training_rows_are() -> None:
    drawn = rows(replace(XOR, test_share=0.4, standardise=True))
    x, held_out = drawn.raw_training.x, drawn.raw_test.x
    expected = (held_out - x.mean(0)) / x.std(0, unbiased=False)
    torch.testing.assert_close(drawn.test_samples().x, expected)


@pytest.mark.parametrize("name", FEATURES)
def test_an_engineered_column_is_plain_torchs(name: str) -> None:
    drawn = rows(replace(XOR, features=(name,)))
    assert torch.equal(drawn.samples().x[:, 0], COLUMNS[name](drawn.raw.x))


@settings(max_examples=40, deadline=None)
@given(experiments())
def test_the_beginning_has_the_prepared_rows(experiment: Experiment) -> None:
    beginning, drawn = begin(experiment), rows_of(experiment)
    assert all(map(torch.equal, beginning.samples, drawn.samples()))
    assert all(map(torch.equal, beginning.test, drawn.test_samples()))
    assert torch.equal(prepared(experiment, drawn.raw_training.x), beginning.samples.x)


@given(datas())
def test_without_edits_and_preparation_the_network_sees_the_bits_that_were_drawn(
    data: Data,
) -> None:
    drawn = rows(Data(data.source, data.seed))
    assert all(map(torch.equal, drawn.raw, drawn.samples()))
    assert torch.equal(drawn.samples().x.signbit(), drawn.raw.x.signbit())


@given(datas())
def test_only_the_rows_that_are_named_are_edited(data: Data) -> None:
    before, after = rows(replace(data, edits=())), rows(data)
    edited = {edit.row: edit.values for edit in data.edits}
    for place, number in enumerate(after.numbers.tolist()):
        row = torch.cat([part[place] for part in after.raw])
        if number in edited:
            assert row.tolist() == list(edited[number])
        else:
            assert torch.equal(row, torch.cat([part[number] for part in before.raw]))
    gone = {number for number, values in edited.items() if not values}
    assert gone.isdisjoint(after.numbers.tolist())


def test_a_row_taken_out_can_come_back_under_its_number() -> None:
    back = replace(XOR, edits=(PointEdit(7), PointEdit(7, (1.0, 2.0, 1.0))))
    assert rows(back).raw.x[7].tolist() == [1.0, 2.0]
    assert rows(replace(XOR, edits=(PointEdit(7),))).numbers.tolist()[6:8] == [6, 8]


def test_batches_and_steps_count_training_rows_only() -> None:
    experiment = Experiment(replace(XOR, test_share=0.2), training=Training(batch_size=30))
    assert (experiment.data.n_samples, experiment.data.n_test) == (40, 10)
    assert (experiment.batch_size, experiment.steps_per_epoch) == (30, 2)
    assert Experiment(replace(XOR, test_share=0.2)).batch_size == 40
