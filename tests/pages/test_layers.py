"""The lesson on layers, without a browser: its controls make what plain PyTorch makes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from nnlab.arithmetic import number
from tests.shown import programs

PAGE = Path(__file__).parents[2] / "pages" / "3_layers.py"


def lesson(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in parameters.items():
        page.query_params[key] = value
    return page.run()


def text(page: AppTest) -> str:
    """Everything that is written on the page."""
    elements = (*page.markdown, *page.code, *page.latex, *page.success, *page.info)
    return "\n".join([*(element.value for element in elements), *programs(page)])


def seed_lines(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The tutorial's own lines."""
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn((1, 3), generator=generator)
    W1 = torch.randn(3, 2, generator=generator)
    W2 = torch.randn(2, 1, generator=generator)
    B1 = torch.randn((1, 2), generator=generator)
    B2 = torch.randn((1, 1), generator=generator)
    h = 1 / (1 + torch.exp(-(torch.mm(features, W1) + B1)))
    return h, 1 / (1 + torch.exp(-(torch.mm(h, W2) + B2)))


def test_it_opens_with_the_tutorials_network() -> None:
    page = lesson()
    assert not page.exception
    h, _output = seed_lines(7)
    assert f"Sigmoid(z) = {number(h[0, 0].item())}" in text(page)


@pytest.mark.parametrize("unit", [0, 1])
def test_the_chosen_unit_is_worked_out(unit: int) -> None:
    page = lesson(layers_unit=str(unit), layers_seed="3")
    h, _output = seed_lines(3)
    assert f"Sigmoid(z) = {number(h[0, unit].item())}" in text(page)


def test_the_output_too() -> None:
    page = lesson(layers_layer="1")
    _h, output = seed_lines(7)
    assert f"Sigmoid(z) = {number(output.item())}" in text(page)


def test_new_random_numbers_forget_what_was_set_by_hand() -> None:
    page = lesson(layers_edits="w0.0.0:2.5", layers_x="1")
    assert "W1[0, 0] = 2.5" in programs(page)[-1]
    page.button(key="layers_new_seed").click().run()
    assert "W1[0, 0]" not in programs(page)[-1]
    assert "torch.manual_seed(8)" in programs(page)[-1]


def test_edits_of_a_link_are_undone_one_by_one_or_all() -> None:
    edits = "w0.0.0:2.5,b0.1:-1,w1.0.0:3"
    page = lesson(layers_edits=edits)
    page.button(key="layers_undo").click().run()
    assert "W2[0, 0] = 3" not in programs(page)[-1]
    assert "B1[0, 1] = -1.0" in programs(page)[-1]
    page.button(key="layers_reset").click().run()
    assert "] = " not in programs(page)[-1]
    assert page.button(key="layers_undo").disabled


@pytest.mark.parametrize("broken", ["nonsense", "w9.9.9:1", "w0.0.0:inf", "w0.0.0:", "::,,"])
def test_a_broken_link_opens_the_lesson_all_the_same(broken: str) -> None:
    page = lesson(layers_edits=broken, layers_layer=broken, layers_hidden=broken)
    assert not page.exception
    assert len(page.warning) == (broken != "w9.9.9:1")


def test_the_largest_network_opens() -> None:
    shape = {"layers_inputs": "10", "layers_hidden": "6", "layers_outputs": "10"}
    page = lesson(**shape, **{f"layers_units{place}": "32" for place in range(1, 7)})
    assert not page.exception
    assert "(32, 32)" in text(page)


def test_a_smaller_network_leaves_out_edits_of_parts_that_are_gone() -> None:
    page = lesson(layers_edits="w0.1.2:2.5,w0.0.0:1")
    page.number_input(key="layers_units1").set_value(1).run()
    assert not page.exception
    assert "2.5" not in programs(page)[-1]
    assert "W1[0, 0] = 1.0" in programs(page)[-1]


def test_an_edit_in_the_link_is_in_the_lines() -> None:
    page = lesson(layers_edits="w0.1.2:0.125")
    assert "W1[2, 1] = 0.125" in programs(page)[-1]


def test_the_output_task_is_done_by_one_large_bias() -> None:
    before = [element.value for element in lesson().success]
    after = [element.value for element in lesson(layers_edits="b1.0:8").success]
    assert len(after) == len(before) + 1


def test_moved_features_do_not_count() -> None:
    page = lesson(layers_edits="b1.0:8", layers_x="1")
    assert not page.success


def test_an_xor_is_found_with_three_numbers() -> None:
    page = lesson()
    page.button(key="layers_start_xor").click().run()
    assert not page.success
    solved = lesson(
        layers_inputs="2",
        layers_edits="w0.0.0:6,w0.0.1:6,b0.0:-3,w0.1.0:6,w0.1.1:6,b0.1:-9,"
        "w1.0.0:9,w1.0.1:-9,b1.0:-4",
    )
    assert any("OR, but not AND" in element.value for element in solved.success)


def test_without_bends_the_layers_are_one() -> None:
    page = lesson(layers_activation1="Identity", layers_activation_output="Identity")
    assert any("one layer does the same" in element.value for element in page.success)
    collapsed = next(block.value for block in page.code if block.value.startswith("W = W1 W2"))
    once, layered = (line.split("= ")[1].split() for line in collapsed.splitlines()[-2:])
    assert [float(value) for value in once] == pytest.approx(
        [float(value) for value in layered], abs=2e-4
    )


def test_one_layer_alone_is_nothing_to_collapse() -> None:
    page = lesson(layers_hidden="0", layers_activation_output="Identity")
    assert not page.exception
    assert not any("one layer does the same" in element.value for element in page.success)


def test_predictions_are_answered() -> None:
    page = lesson(layers_count="11", layers_linear="more")
    assert any("Yes." in element.value for element in page.success)
    assert any("Not quite." in element.value for element in page.info)
