from __future__ import annotations

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlab.limits import ExperimentError
from nnlab.tensors import makers
from nnlab.tensors.index import EXAMPLES, code, parse, pick, printed
from nnlab.tensors.makers import Recipe
from tests.interpreter import printed_by

SHAPES = {0: (), 1: (5,), 2: (2, 3), 3: (2, 3, 4)}
WRITTEN = [(count, text) for count, texts in EXAMPLES.items() for text in texts]
MORE = [(2, "t[0][1]"), (2, "t[[0, -1], 1]"), (3, "t[None, 0]"), (2, "t[t <= -0.5]"), (2, "t[-1:]")]

whole = st.integers(-6, 6)
maybe = st.none() | whole
slices = st.builds(slice, maybe, maybe, st.none() | st.integers(1, 3))
items = whole | slices | st.just(Ellipsis) | st.none() | st.lists(whole, min_size=1, max_size=3)
indices = items | st.lists(items, min_size=2, max_size=4).map(tuple)


def written(index: object) -> str:
    """How Python writes an index."""
    if isinstance(index, tuple):
        return ", ".join(map(written, index))
    if isinstance(index, slice):
        bounds = (index.start, index.stop, index.step)
        return ":".join("" if bound is None else str(bound) for bound in bounds)
    return "..." if index is Ellipsis else str(index)


def same(t: torch.Tensor, index: object, text: str) -> None:
    """Picking `text` gives what torch gives for `index`, or fails with the same words."""
    try:
        expected = t[index]  # type: ignore[index]
    except (IndexError, ValueError, RuntimeError) as error:
        with pytest.raises(type(error), match=f"^{re.escape(str(error))}$"):
            pick(t, text)
        return
    assert torch.equal(pick(t, text).part, expected)


@given(count=st.sampled_from(sorted(SHAPES)), index=indices)
def test_an_index_picks_what_torch_picks(count: int, index: object) -> None:
    t = makers.make(Recipe("arange", SHAPES[count]))
    same(t, index, f"t[{written(index)}]")


@pytest.mark.parametrize(("count", "text"), WRITTEN + MORE)
def test_the_picked_cells_hold_the_picked_numbers(count: int, text: str) -> None:
    t = makers.make(Recipe("randn", SHAPES[count]))
    found = pick(t, text)
    assert torch.equal(found.part, eval(text, {"t": t}))  # noqa: S307
    assert [t[cell].item() for cell in found.cells] == found.part.flatten().tolist()


@pytest.mark.parametrize(
    ("text", "shares"), [("t[0]", True), ("t[:, 1]", True), ("t[t > 0]", False), ("t[[0]]", False)]
)
def test_writing_into_a_view_writes_into_the_tensor(text: str, shares: bool) -> None:  # noqa: FBT001
    t = torch.ones(2, 3)
    found = pick(t, text)
    found.part.fill_(7.0)
    assert found.shares_memory is shares
    assert (7.0 in t) is shares


def test_brackets_may_be_left_out() -> None:
    t = torch.arange(6).reshape(2, 3)
    assert torch.equal(pick(t, " 0, 1: ").part, t[0, 1:])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "t",
        "t[",
        "t[]",
        "t[x]",
        "t['a']",
        "t[1.5]",
        "t[True]",
        "t[t > t]",
        "t[0 < t < 1]",
        "t[t.exp()]",
        "t[__import__('os').system('true')]",
        "t.data[0]",
        "t[0] + 1",
        "s[0]",
        "t[0][0][0][0]",
        "t[(lambda: 0)()]",
        "t[" + "0," * 100 + "]",
        "t[\x00]",
        "t[0]; t[1]",
    ],
)
def test_what_is_no_index_is_said_in_one_sentence(text: str) -> None:
    with pytest.raises(ExperimentError, match="The index"):
        parse(text)


def test_a_huge_number_costs_nothing() -> None:
    with pytest.raises((IndexError, ValueError)):
        pick(torch.ones(3), "t[10000000000000000000000000]")


def test_the_lines_print_what_the_page_shows() -> None:
    recipes = [(Recipe("randn", SHAPES[count]), text) for count, text in WRITTEN + MORE]
    said = printed_by([code(makers.code(recipe), text) for recipe, text in recipes])
    for (recipe, text), lines in zip(recipes, said, strict=True):
        assert lines == makers.printed(recipe) + printed(pick(makers.make(recipe), text))
