from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlab.limits import ExperimentError
from nnlab.tensors.makers import MAKERS, Recipe, code, facts, make, nested, printed
from tests.interpreter import printed_by

shapes = st.lists(st.integers(1, 4), max_size=3).map(tuple)
RULED = sorted(name for name, maker in MAKERS.items() if "shape" in maker.reads)


@given(maker=st.sampled_from(RULED), shape=shapes, seed=st.integers(0, 2**31))
def test_the_shape_is_the_one_that_was_asked_for(
    maker: str, shape: tuple[int, ...], seed: int
) -> None:
    recipe = Recipe(maker, shape, seed)
    assert make(recipe).shape == shape
    assert torch.equal(make(recipe), make(recipe))


@given(shape=shapes, seed=st.integers(0, 2**31))
def test_chance_is_what_the_tutorial_draws(shape: tuple[int, ...], seed: int) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        features = torch.randn(shape)
        weights = torch.randn_like(features)
    assert torch.equal(make(Recipe("randn", shape, seed)), features)
    assert torch.equal(make(Recipe("randn_like", shape, seed)), weights)


def test_chance_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    make(Recipe("randn"))
    make(Recipe("randn_like"))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("text", ["3.5", "[1, 2]", "[[1.0, 2.0]]", "[[[True]]]", " [1, -2] "])
def test_a_list_gives_what_torch_makes_of_it(text: str) -> None:
    expected = torch.tensor(eval(text.strip()))  # noqa: S307
    made = make(Recipe("tensor", numbers=text))
    assert torch.equal(made, expected)
    assert made.dtype == expected.dtype


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "x",
        "[]",
        "'ab'",
        "{1: 2}",
        "[[[[1]]]]",
        "[1e9]",
        "[1j]",
        "[None]",
        "__import__('os')",
        "[1] * 10**9",
        "(" * 300,
        str([0] * 7),
        "[float('nan')]",
        "[1e999]",
    ],
)
def test_what_is_no_list_is_said_in_one_sentence(text: str) -> None:
    with pytest.raises(ExperimentError, match="The list"):
        nested(text)


def test_rows_of_unequal_length_give_torchs_own_error() -> None:
    with pytest.raises(ValueError, match="expected sequence of length 2 at dim 1"):
        make(Recipe("tensor", numbers="[[1, 2], [3]]"))


@pytest.mark.parametrize(
    "change",
    [{"maker": "eye"}, {"shape": (7,)}, {"shape": (1,) * 4}, {"shape": (0,)}, {"seed": -1}],
)
def test_what_a_recipe_cannot_be(change: dict) -> None:
    with pytest.raises(ExperimentError):
        Recipe(**change)


@pytest.mark.parametrize("maker", sorted(MAKERS))
def test_facts_are_what_the_tensor_answers(maker: str) -> None:
    t = make(Recipe(maker))
    answers = {question: str(eval(f"t.{question}", {"t": t})) for question in facts(t)}  # noqa: S307
    assert facts(t) == answers | {"shape": str(tuple(t.shape))}


def test_the_lines_print_what_the_page_shows() -> None:
    recipes = [Recipe(maker, shape) for maker in MAKERS for shape in ((), (5,), (2, 3), (2, 3, 4))]
    assert printed_by([code(recipe) for recipe in recipes]) == [printed(one) for one in recipes]
