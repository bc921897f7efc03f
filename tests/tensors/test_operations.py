from __future__ import annotations

import re

import pytest
import torch

from nnlab.limits import ExperimentError
from nnlab.tensors.operations import (
    FILLS,
    OPERATIONS,
    Combination,
    Combined,
    answer,
    attempt,
    choices,
    code,
    combine,
    line,
    printed,
)
from tests.interpreter import printed_by

FITTING = [
    Combination(name, first, second, fill, 3)
    for name, operation in OPERATIONS.items()
    for first, second in operation.fits
    for fill in FILLS
]
REFUSED = [
    Combination(name, first, second)
    for name, operation in OPERATIONS.items()
    for first, second in operation.misfits
]
ANY = [
    Combination(name, first, second)
    for name in OPERATIONS
    if OPERATIONS[name].misfits
    for first in choices(name)[0]
    for second in choices(name)[1]
]


def by_hand(combination: Combination, found: Combined) -> torch.Tensor:
    names = {"torch": torch, **found.operands}
    return eval(line(combination), names)  # noqa: S307


@pytest.mark.parametrize("combination", FITTING, ids=str)
def test_the_written_line_gives_the_result(combination: Combination) -> None:
    found = combine(combination)
    assert torch.equal(found.result, by_hand(combination, found))


@pytest.mark.parametrize("combination", FITTING, ids=str)
def test_a_cell_changes_with_its_inputs_and_with_nothing_else(combination: Combination) -> None:
    found = combine(combination)
    for label, operand in found.operands.items():
        for place in range(operand.numel()):
            changed = operand.clone()
            changed.view(-1)[place] += 0.5
            again = by_hand(
                combination, Combined(combination, {**found.operands, label: changed}, found.result)
            )
            cell = tuple(int(i) for i in torch.unravel_index(torch.tensor(place), operand.shape))
            for target in found.cells:
                moved = again[target] != found.result[target]
                assert bool(moved) == (cell in found.inputs(target)[label])


@pytest.mark.parametrize("combination", FITTING, ids=str)
def test_the_worked_numbers_come_to_the_number_in_the_cell(combination: Combination) -> None:
    found = combine(combination)
    for cell in found.cells:
        named, valued = found.work(cell)
        calculation, shown = valued.rsplit(" = ", 1)
        value = float(shown)
        exact = {"exp": lambda x: float(torch.exp(torch.tensor(float(x))))}
        assert value == pytest.approx(found.result[cell].item(), abs=1e-4)
        assert eval(calculation, exact) == pytest.approx(value, abs=2e-3, rel=1e-3)  # noqa: S307
        with_names = named.split(" = ", 1)[1]
        tensors = {"exp": torch.exp, **found.operands}
        worked = torch.as_tensor(eval(with_names, tensors))  # noqa: S307
        assert worked.item() == pytest.approx(found.result[cell].item(), rel=1e-5)


@pytest.mark.parametrize("combination", REFUSED, ids=str)
def test_a_misfit_is_refused_in_torchs_own_words(combination: Combination) -> None:
    outcome = attempt(combination)
    with pytest.raises((RuntimeError, IndexError)) as caught:
        combine(combination)
    assert outcome.result is None
    assert outcome.error == f"{type(caught.value).__name__}: {caught.value}"


@pytest.mark.parametrize("combination", ANY, ids=str)
def test_every_refusal_is_explained_with_its_numbers_and_no_fit_is(
    combination: Combination,
) -> None:
    outcome = attempt(combination)
    assert (outcome.result is None) == bool(outcome.error) == bool(outcome.explanation)
    if outcome.explanation:
        assert "These shapes fit" not in outcome.explanation
        assert re.search(r"\d", outcome.explanation)


@pytest.mark.parametrize("name", ["add", "broadcasting", "mm"])
def test_sizes_in_the_explanation_are_those_that_clash(name: str) -> None:
    said = attempt(Combination(name, (2, 3), (4, 5))).explanation
    assert "3" in said
    assert ("4" if name == "mm" else "5") in said


@pytest.mark.parametrize(
    "change",
    [{"operation": "bmm"}, {"fill": "ones"}, {"first": (7,)}, {"second": (61,)}, {"seed": -1}],
)
def test_what_a_combination_cannot_be(change: dict) -> None:
    with pytest.raises(ExperimentError):
        Combination(**change)


def test_chance_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    combine(Combination(fill="randn"))
    assert torch.equal(torch.get_rng_state(), before)


def test_the_lines_print_what_the_page_shows() -> None:
    said = printed_by([code(combination) for combination in FITTING])
    assert said == [printed(combine(combination)) for combination in FITTING]


def test_the_lines_fail_as_the_page_says() -> None:
    said = printed_by([code(combination) for combination in REFUSED])
    assert said == [answer(combination, attempt(combination)) for combination in REFUSED]
