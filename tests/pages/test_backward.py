"""The lesson on gradients, without a browser: its numbers are autograd's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from tests.interpreter import printed_by
from tests.shown import programs

PAGE = Path(__file__).parents[2] / "pages" / "6_backward.py"


def lesson(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in parameters.items():
        page.query_params[f"backward_{key}"] = value
    page.run()
    assert not page.exception
    return page


def column(page: AppTest, name: str) -> list[float]:
    return page.dataframe[0].value[name].tolist()


def worked(page: AppTest) -> str:
    return next(each.value for each in page.markdown if "```text" in each.value)


def tasks_done(page: AppTest) -> int:
    return sum("Done." in each.value for each in page.success)


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"hidden": "3", "units": "4", "inputs": "4", "rows": "4", "activation": "GELU"},
        {"hidden": "0", "loss": "BCELoss"},
        {"loss": "CrossEntropyLoss", "rows": "3"},
        {"loss": "L1Loss", "activation": "Tanh", "end": "Identity"},
    ],
    ids=["default", "large", "one unit", "classes", "L1"],
)
def test_three_ways_agree_with_each_other_and_with_the_shown_program(shape: dict) -> None:
    page = lesson(**shape)
    ways = [column(page, name) for name in ("autograd .grad", "chain rule", "finite difference")]
    for other in ways[1:]:
        torch.testing.assert_close(torch.tensor(ways[0]), torch.tensor(other), rtol=1e-3, atol=1e-5)
    (said,) = printed_by([programs(page)[-1]])
    numbers = [float(found) for found in re.findall(r"(?<=[\[ ])-?[\d.]+(?:e-\d+)?(?=[,\]])", said)]
    torch.testing.assert_close(
        torch.tensor(numbers[: len(ways[0])]), torch.tensor(ways[0]), rtol=1e-4, atol=1e-6
    )


def test_next_goes_through_all_operations_and_back_returns() -> None:
    page = lesson(at="3")
    first = worked(page)
    page.button(key="backward_next").click().run()
    assert worked(page) != first
    page.button(key="backward_back").click().run()
    assert worked(page) == first


def test_each_step_of_the_loop_is_one_click_away_and_opens_its_lines() -> None:
    page = lesson()
    for step, line in (
        ("zero_grad", "▶ optimizer.zero_grad()"),
        ("forward", "▶     z1 = x @ W1.T + b1"),
        ("loss", "▶ loss = criterion(y_pred, y)"),
        ("backward", "▶     da2 = mse_derivative(a2, y)"),
        ("step", "▶ optimizer.step()"),
    ):
        page.segmented_control(key="backward_step").set_value(step).run()
        assert line in page.code[0].value.splitlines()
        assert page.code[0].value.count("▶") == 1


def test_the_arithmetic_ends_in_its_value() -> None:
    page = lesson(at="1")
    found = re.search(
        r"= {0} × {0} \+ {0} × {0} \+ {0}\n\s+= {0}".format(r"(\(?-?[\d.]+\)?)"), worked(page)
    )
    assert found is not None
    w1, x1, w2, x2, b, z = (float(text.strip("()")) for text in found.groups())
    assert abs(w1 * x1 + w2 * x2 + b - z) < 2e-3


def test_an_operation_beyond_the_end_is_the_first_one() -> None:
    page = lesson(at="9999")
    assert "▶ optimizer.zero_grad()" in page.code[0].value


def test_a_weight_moved_against_its_gradient_does_the_first_task() -> None:
    gradient = column(lesson(), "autograd .grad")[0]
    moved = {True: "-3", False: "3"}[gradient > 0]
    assert tasks_done(lesson(edits=f"w0.0.0:{moved}")) >= 1
    assert tasks_done(lesson()) == 0


def test_a_silent_relu_does_the_second_task() -> None:
    page = lesson(edits="b0.0:-10")
    assert any("slope is 0" in each.value for each in page.success)


def test_at_the_kink_the_three_ways_differ_and_the_page_says_why() -> None:
    page = lesson(edits="b0.0:0", x0="0_0")
    reasons = page.dataframe[0].value["why"].tolist()
    assert "a kink" in reasons
    assert any("A kink" in each.value for each in page.info)
    assert any("no one slope" in each.value for each in page.success)


def test_a_right_prediction_is_praised_and_a_wrong_one_is_not() -> None:
    assert any("Yes." in each.value for each in lesson(guess="product").success)
    assert any("Not quite." in each.value for each in lesson(guess="half").info)


def test_nonsense_in_the_link_is_a_sentence_and_a_sane_page() -> None:
    page = lesson(at="-1", edits="w9:1,<b>", x0="a_1e9", y0="nan", row="7", rate="0")
    assert 1 <= len(page.warning) <= 5
    assert column(page, "chain rule")


def test_an_empty_grad_is_none_and_no_more() -> None:
    assert any(".grad = None\n```" in each.value for each in lesson().markdown)
