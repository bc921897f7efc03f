"""The lesson on one neuron, without a browser: its numbers are what plain PyTorch computes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from nnlab import gates
from nnlab.activations import ACTIVATIONS
from tests.interpreter import printed_by
from tests.shown import programs

PAGE = Path(__file__).parents[2] / "pages" / "2_neuron.py"
# Five rows of answers, none of them XOR's; the last has three of four right.
TRIED = {
    (False, False, False, False),
    (False, False, False, True),
    (True, True, True, True),
    (False, True, False, True),
    (False, True, True, True),
}


def lesson(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in parameters.items():
        page.query_params[key] = value
    return page.run()


def numbers(page: AppTest) -> list[float]:
    """Every product, then the bias, z and y, as the page shows them."""
    (block,) = (each.value for each in page.markdown if each.value.startswith("```"))
    return [float(line.split()[-1]) for line in block.splitlines()[1:-1]]


def tutorial(n: int, seed: int) -> list[float]:
    """The same from the tutorial's own lines."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        features = torch.randn((1, n))
        weights = torch.randn_like(features)
        bias = torch.randn((1, 1))
    z = torch.mm(features, weights.view(n, 1)) + bias
    y = 1 / (1 + torch.exp(-z))
    return [*(features * weights)[0].tolist(), bias.item(), z.item(), y.item()]


def done(page: AppTest) -> bool:
    return any("**Done.**" in each.value for each in page.success)


@pytest.mark.parametrize(("n", "seed"), [(5, 7), (1, 0), (2, 3), (8, 12345)])
def test_the_page_shows_what_the_tutorial_computes(n: int, seed: int) -> None:
    page = lesson(neuron_n=str(n), neuron_seed=str(seed))
    assert numbers(page) == pytest.approx(tutorial(n, seed), abs=0.00006)


def test_it_opens_with_five_features_as_the_tutorial_has() -> None:
    assert numbers(lesson()) == pytest.approx(tutorial(5, 7), abs=0.00006)


@pytest.mark.parametrize("activation", ["Sigmoid", "GELU"])
def test_the_lines_print_what_the_page_shows(activation: str) -> None:
    page = lesson(neuron_activation=activation, neuron_seed_weights="0.1__-2.55")
    (said,) = printed_by(programs(page))
    printed = [float(found) for found in re.findall(r"-?\d+\.\d*", said)]
    *products, _bias, z, y = numbers(page)
    assert printed == [*products, z, y]


@pytest.mark.parametrize("activation", tuple(ACTIVATIONS))
@pytest.mark.parametrize("aim", ["seed", "AND"])
def test_every_activation_can_be_chosen(activation: str, aim: str) -> None:
    page = lesson(neuron_activation=activation, neuron_aim=aim)
    assert not page.exception
    assert f"{activation}(z)" in page.markdown[1].value


def test_new_random_numbers_take_the_next_seed_and_forget_the_sliders() -> None:
    page = lesson(neuron_seed_weights="4_4_4")
    assert numbers(page) != pytest.approx(tutorial(5, 7), abs=0.00006)
    page.button[0].click().run()
    assert numbers(page) == pytest.approx(tutorial(5, 8), abs=0.00006)
    assert "neuron_seed_weights" not in page.query_params


def test_another_number_of_features_forgets_the_sliders() -> None:
    page = lesson(neuron_seed_weights="4_4_4")
    page.number_input(key="neuron_n").set_value(3).run()
    assert numbers(page) == pytest.approx(tutorial(3, 7), abs=0.00006)


def test_the_bias_can_bring_the_sum_to_zero() -> None:
    *products, _bias, _z, _y = tutorial(5, 7)
    assert not done(lesson())
    assert done(lesson(neuron_seed_bias=f"{-sum(products):.3f}"))


@pytest.mark.parametrize(("gate", "bias"), [("AND", "-1.5"), ("OR", "-0.5")], ids=["AND", "OR"])
def test_a_gate_is_noticed_when_it_is_made(gate: str, bias: str) -> None:
    assert not done(lesson(neuron_aim=gate))
    assert done(lesson(neuron_aim=gate, neuron_gate_weights="1_1", neuron_gate_bias=bias))


def test_the_neuron_of_an_and_is_no_or() -> None:
    page = lesson(neuron_aim="OR", neuron_gate_weights="1_1", neuron_gate_bias="-1.5")
    assert not done(page)
    assert "Right now 2 of 4" in page.caption[0].value


def test_xor_is_explained_only_after_an_honest_try() -> None:
    page = lesson(neuron_aim="XOR")
    assert not done(page)
    assert "Best so far: 1 of 4" in page.caption[0].value
    page = lesson(neuron_aim="XOR", neuron_seen=gates.written(TRIED))
    assert done(page)
    assert "3 of 4 is the best" in page.success[0].value


@pytest.mark.parametrize(("answer", "right"), [("rises", False), ("depends", True)])
def test_the_prediction_is_answered_once_it_is_made(answer: str, right: bool) -> None:  # noqa: FBT001
    assert not any("multiplied by its feature" in each.value for each in lesson().info)
    page = lesson(neuron_raise=answer)
    told = page.success if right else page.info
    assert any("multiplied by its feature" in each.value for each in told)


@pytest.mark.parametrize(
    "parameters",
    [
        {"neuron_n": "1000000000"},
        {"neuron_n": "nan", "neuron_seed": "-1"},
        {"neuron_aim": "NAND", "neuron_activation": "Sin"},
        {"neuron_seed_weights": "inf_1e9_x_'\"<b>"},
        {"neuron_aim": "XOR", "neuron_gate_bias": "_" * 1000},
        {"neuron_aim": "XOR", "neuron_seen": "f" * 1000},
    ],
    ids=str,
)
def test_a_link_made_by_hand_does_no_harm(parameters: dict[str, str]) -> None:
    page = lesson(**parameters)
    assert not page.exception
    assert len(programs(page)) == 1
