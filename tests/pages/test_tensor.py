"""The lesson on tensors, run as Streamlit runs it, without a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from tests.interpreter import printed_by
from tests.shown import programs

PAGE = Path(__file__).parents[2] / "pages" / "1_tensor.py"
PARTS = ("make", "index", "combine", "share", "misfit", "move")
PREDICTIONS = {
    "make": ("tensor_count", "24", "9"),
    "index": ("tensor_column", "2", "3"),
    "combine": ("tensor_product", "43", "22"),
    "share": ("tensor_shared", "9", "2"),
    "misfit": ("tensor_fits", "yes", "no"),
    "move": ("tensor_whole_numbers", "2", "3"),
}


def open_page(part: str, **link: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    page.query_params["tensor_part"] = part
    for key, value in link.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def shown(page: AppTest) -> tuple[str, str]:
    """The PyTorch lines on the page, and what the page says that they print."""
    return programs(page)[-1], page.code[-1].value


def said(page: AppTest) -> str:
    """All texts of the page."""
    kinds = (page.markdown, page.info, page.success, page.warning, page.error, page.caption)
    return "\n".join(one.value for kind in kinds for one in kind)


def figure(page: AppTest) -> dict[str, str]:
    """What the cells of the picture show, by id."""
    for node in page.get("bidi_component"):
        raw = node.proto.json or node.proto.mixed.json
        data: Any = json.loads(raw)
        if "figure" in data:
            trace = json.loads(data["figure"])["data"][-1]
            texts = [text.replace("<b>", "").replace("</b>", "") for text in trace["text"]]
            return dict(zip(trace["customdata"], texts, strict=True))
    raise AssertionError("there is no picture")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_opens_from_its_link_with_a_picture_and_lines(part: str) -> None:
    page = open_page(part)
    assert page.title[0].value == "What is a tensor?"
    assert figure(page)
    assert "import torch" in shown(page)[0]


@pytest.mark.parametrize("part", PARTS)
def test_the_prediction_is_judged_only_when_it_is_made(part: str) -> None:
    key, right, wrong = PREDICTIONS[part]
    assert "Yes." not in said(open_page(part))
    assert "Yes." in said(open_page(part, **{key: right}))
    assert "Not quite." in said(open_page(part, **{key: wrong}))


LINKS: list[tuple[str, dict[str, str]]] = [
    ("make", {}),
    ("make", {"tensor_maker": "randn_like", "tensor_ndim": "3", "tensor_seed": "11"}),
    ("make", {"tensor_maker": "tensor", "tensor_list": "[[1, 2], [3, 4.5]]"}),
    ("make", {"tensor_maker": "from_numpy", "tensor_ndim": "0"}),
    ("index", {"tensor_index2": "t[t > 2]"}),
    ("index", {"tensor_index_ndim": "3", "tensor_index3": "t[:, -1, ::2]"}),
    ("combine", {"tensor_cell4": "3"}),
    ("combine", {"tensor_operation": "broadcasting", "tensor_fill": "randn"}),
    ("combine", {"tensor_operation": "transpose", "tensor_shapes_transpose": "(2, 2, 3) (0, 2)"}),
    ("share", {"tensor_holder": "view", "tensor_place": "3", "tensor_value": "-2.5"}),
    ("misfit", {}),
    ("misfit", {"tensor_second_mm": "(3, 2)"}),
    ("misfit", {"tensor_refused": "transposed_view"}),
    ("move", {"tensor_dtype": "int64"}),
]


def test_the_lines_on_the_page_print_what_the_page_says() -> None:
    pages = [open_page(part, **link) for part, link in LINKS]
    sources, answers = zip(*map(shown, pages), strict=True)
    assert [printed.strip() for printed in printed_by(sources)] == list(answers)


def test_cells_show_the_tutorials_numbers() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        t = torch.randn((2, 3))
    cells = figure(open_page("make"))
    assert [float(text) for text in cells.values()] == pytest.approx(t.flatten().tolist(), abs=1e-4)


def test_the_next_cell_is_filled_by_the_button() -> None:
    page = open_page("combine")
    seen = [[text for one, text in figure(page).items() if one.startswith("t.c")]]
    for _step in range(3):
        page.button(key="tensor_next").click().run()
        seen.append([text for one, text in figure(page).items() if one.startswith("t.c")])
    assert seen[0] == ["220", "", "", ""]
    assert seen[3] == ["220", "280", "490", "640"]
    assert "Every cell of c is filled." in said(page)
    assert page.query_params["tensor_cell4"] == "4"


def test_a_click_on_a_cell_chooses_it() -> None:
    page = open_page("combine")
    page.session_state["tensor_cell_picked"] = "t.c.1.0"
    page.run()
    assert "c[1, 0] = 4 * 10 + 5 * 30 + 6 * 50 = 490" in said(page)


def test_a_click_on_an_operand_changes_nothing() -> None:
    page = open_page("combine", tensor_cell4="2")
    page.session_state["tensor_cell_picked"] = "t.a.1.0"
    page.run()
    assert "= 280" in said(page)


TASKS: list[tuple[str, dict[str, str], str]] = [
    ("make", {"tensor_ndim": "3", "tensor_shape3": "2__2"}, "Its sizes multiply to 12."),
    ("index", {"tensor_index2": "t[..., -2:]"}, "A slice may count from the end."),
    (
        "share",
        {"tensor_holder": "back", "tensor_place": "3", "tensor_value": "8"},
        "Whoever shares the memory",
    ),
    ("misfit", {"tensor_second_mm": "(3, 2)"}, "PyTorch computes it."),
    ("move", {"tensor_number": "0.5"}, "Numbers made of halves"),
]


@pytest.mark.parametrize(("part", "link", "praise"), TASKS, ids=lambda one: str(one)[:12])
def test_a_task_notices_that_it_is_done(part: str, link: dict[str, str], praise: str) -> None:
    assert praise not in said(open_page(part))
    assert praise in said(open_page(part, **link))


@pytest.mark.parametrize(
    ("part", "link", "words"),
    [
        (
            "index",
            {"tensor_index2": "t[5]"},
            "index 5 is out of bounds for dimension 0",
        ),
        ("misfit", {}, "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"),
        (
            "make",
            {"tensor_maker": "tensor", "tensor_list": "[[1, 2], [3]]"},
            "expected sequence of length 2 at dim 1 (got 1)",
        ),
        ("move", {"tensor_device": "meta"}, "Tensor on device meta is not on the expected device"),
    ],
)
def test_torchs_own_error_is_shown(part: str, link: dict[str, str], words: str) -> None:
    page = open_page(part, **link)
    assert any(words in block.value for block in page.code)


@pytest.mark.parametrize(
    ("part", "link"),
    [
        ("index", {"tensor_index2": "__import__('os')"}),
        ("make", {"tensor_maker": "tensor", "tensor_list": "no list"}),
        ("make", {"tensor_shape2": "99_x"}),
        ("combine", {"tensor_cell4": "99"}),
    ],
)
def test_nonsense_in_the_link_is_answered_with_one_sentence(
    part: str, link: dict[str, str]
) -> None:
    assert len(open_page(part, **link).warning) == 1


@pytest.mark.parametrize(
    "link",
    [
        {"tensor_part": "nothing"},
        {"tensor_maker": "eye"},
        {"tensor_ndim": "-1"},
        {"tensor_seed": "x"},
    ],
)
def test_unknown_names_in_the_link_are_the_default(link: dict[str, str]) -> None:
    assert figure(open_page(**{"part": "make", **link})) == figure(open_page("make"))
