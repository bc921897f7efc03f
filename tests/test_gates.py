from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.gates import CORNERS, GATES, SEPARABLE, answers, corner_outputs, read, right, written
from nnlab.neuron import Neuron

number = st.floats(-100, 100, width=32)
truth = {"AND": lambda a, b: a and b, "OR": lambda a, b: a or b, "XOR": lambda a, b: a != b}


def gate_neuron(first: float, second: float, bias: float) -> Neuron:
    return Neuron((0.0, 0.0), (first, second), bias)


@pytest.mark.parametrize("gate", tuple(GATES))
def test_each_gate_is_its_truth_table(gate: str) -> None:
    assert GATES[gate] == tuple(bool(truth[gate](bool(a), bool(b))) for a, b in CORNERS)


@pytest.mark.parametrize(("gate", "bias"), [("AND", -1.5), ("OR", -0.5)])
def test_and_and_or_have_a_neuron(gate: str, bias: float) -> None:
    assert answers(gate_neuron(1.0, 1.0, bias)) == GATES[gate]


@given(number, number, number)
def test_no_weights_and_bias_solve_xor(first: float, second: float, bias: float) -> None:
    assert right(answers(gate_neuron(first, second, bias)), "XOR") <= 3


def test_three_of_four_is_reached_on_xor() -> None:
    assert right(answers(gate_neuron(1.0, 1.0, -0.5)), "XOR") == 3


def test_one_line_gives_fourteen_of_the_sixteen_rows() -> None:
    values = (-2.0, -1.0, 1.0, 2.0)
    biases = (-2.5, -1.5, -0.5, 0.5, 1.5, 2.5)
    seen = {answers(gate_neuron(*some)) for some in itertools.product(values, values, biases)}
    assert len(seen) == SEPARABLE


@given(number, number, number)
def test_yes_is_a_sigmoid_output_above_one_half(first: float, second: float, bias: float) -> None:
    neuron = gate_neuron(first, second, bias)
    for yes, output in zip(answers(neuron), corner_outputs(neuron).tolist(), strict=True):
        assert output >= 0.5 if yes else output <= 0.5


@given(st.sets(st.tuples(*[st.booleans()] * 4)))
def test_the_rows_that_a_line_can_give_are_read_as_they_were_written(rows: set) -> None:
    possible = {row for row in rows if right(row, "XOR") in {1, 2, 3}}
    assert read(written(rows)) == possible


@given(st.text(max_size=20))
def test_any_text_is_read_as_some_rows(text: str) -> None:
    assert len(read(text)) <= SEPARABLE
