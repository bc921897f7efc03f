"""The lesson on depth, without a browser: the tasks can be solved, and only by what they teach."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.interpreter import printed_by
from tests.shown import programs

PAGE = Path(__file__).parents[2] / "pages" / "10_depth.py"


def lesson(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in parameters.items():
        page.query_params[f"depth_{key}"] = value
    page.run()
    assert not page.exception
    return page


def sizes(page: AppTest) -> dict[int, tuple[float, ...]]:
    """std(a), what of it goes from row to row and |dL/dw| by layer, as far as they are shown."""
    (text,) = [each.value for each in page.markdown if "std(a)" in each.value]
    rows = re.findall(r"^ *(\d+) +(\S+) +(\S+) +(\S+) +\d+% ", text, re.MULTILINE)
    return {int(layer): tuple(map(float, found)) for layer, *found in rows}


def done(page: AppTest) -> bool:
    return any("Done." in each.value for each in page.success)


@pytest.mark.parametrize("aim", ["Identity", "Tanh", "ReLU", "dead"])
def test_no_task_is_done_before_it_is_begun(aim: str) -> None:
    assert not done(lesson(aim=aim))


@pytest.mark.parametrize(
    "parameters",
    [
        {"aim": "Identity", "init_Identity": "xavier_normal"},
        {"aim": "Tanh", "init_Tanh": "normal", "Tanh_std": "0.2"},
        {"aim": "ReLU", "init_ReLU": "kaiming_uniform"},
        {"aim": "dead", "init_dead": "kaiming_normal"},
    ],
    ids=lambda each: each["aim"],
)
def test_each_task_can_be_solved(parameters: dict[str, str]) -> None:
    assert done(lesson(**parameters))


@pytest.mark.parametrize(
    "parameters",
    [
        {"aim": "Identity", "init_Identity": "kaiming_normal"},
        {"aim": "Tanh", "init_Tanh": "randn"},
        {"aim": "ReLU", "init_ReLU": "xavier_normal"},
        {"aim": "ReLU", "init_ReLU": "kaiming_uniform", "layers_ReLU": "3"},
        {"aim": "dead", "init_dead": "zeros"},
    ],
    ids=str,
)
def test_what_does_not_keep_the_signal_does_not_solve_it(parameters: dict[str, str]) -> None:
    assert not done(lesson(**parameters))


def test_the_program_prints_the_pages_sizes() -> None:
    pages = [
        lesson(aim="ReLU", init_ReLU="kaiming_normal", seed="3"),
        lesson(aim="Tanh", layers_Tanh="4"),
        lesson(aim="free", look="trained", layers_free="3", epochs="6", units="16"),
        lesson(aim="dead", layers_dead="3"),
    ]
    for page, printed in zip(
        pages, printed_by([programs(page)[-1] for page in pages]), strict=True
    ):
        rows = [line.split(" ") for line in printed.splitlines()[1:]]
        said = {int(number): tuple(map(float, found)) for number, *found in rows}
        for layer, shown in sizes(page).items():
            assert said[layer] == pytest.approx(shown, rel=6e-2, abs=1e-12)


def test_while_it_learns_there_is_a_loss_and_a_moment_to_go_to() -> None:
    first = sizes(lesson(aim="free", look="trained", at="0", layers_free="3"))
    last = sizes(lesson(aim="free", look="trained", layers_free="3"))
    assert first == sizes(lesson(aim="free", layers_free="3"))
    assert first != last


def test_nonsense_in_the_link_is_one_sentence_and_a_sane_page() -> None:
    page = lesson(aim="exec", units="1e9", layers_Identity="x", at="-1", look="<b>")
    assert 1 <= len(page.warning) <= 3
    assert sizes(page)


def test_a_right_prediction_is_praised() -> None:
    assert any("Yes." in each.value for each in lesson(guess="less").success)
