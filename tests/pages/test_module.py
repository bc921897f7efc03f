"""The lesson on one's own network, without a browser."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
import torch
from streamlit.testing.v1 import AppTest

from nnlab.blueprint import blueprint_of
from nnlab.permalink import from_text
from nnlab.rows import rows_of
from nnlab.sandbox.answer import Failed, Printed, Unprotected
from nnlab.sandbox.cell import End
from nnlab.sandbox.learning import Progress, School
from nnlab.sandbox.portrait import Portrait, Station, portrait
from nnlab.sandbox.question import Question
from nnlab.scripts.own_module import own_module
from nnlab.ui.hosting.house import house
from nnlab.ui.lessons import module_class
from nnlab.ui.lessons.module_class import CODE, experiment_of
from nnlab.ui.lessons.module_line import LINE
from nnlab.ui.lessons.module_run import FEW, GOOD, Running
from nnlab.ui.playground.session import START
from tests.interpreter import printed_by
from tests.shown import programs

STATION = Station("input", "", (), (8, 2), 0, (1.0, float("nan")))
PAGE = Path(__file__).parents[2] / "pages" / "12_module.py"


def lesson(**parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=60)
    for key, value in parameters.items():
        page.query_params[f"module_{key}"] = value
    page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.info, page.warning, page.error, page.success)
    return "\n".join(each.value for kind in kinds for each in kind)


def test_a_line_is_drawn_counted_and_opens_in_the_playground() -> None:
    page = lesson()
    assert "(2 × 8 + 8) + (8 × 1 + 1) = 33" in said(page)
    (target,) = re.findall(r"e=([^)]*)\)", said(page))
    assert str(blueprint_of(from_text(unquote(target), START))) == LINE
    assert printed_by([programs(page)[-1]]) == ["33\n"]


def test_the_task_is_done_by_37_parameters_of_two_inputs_and_one_output() -> None:
    for line, done in (
        ("Linear(2, 9) -> ReLU -> Linear(9, 1)", True),
        ("Linear(36, 1)", False),
        (LINE, False),
    ):
        page = lesson(line=line)
        assert ("**Done.**" in said(page)) is done


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Linear(2, 8) -> ReLU -> Linear(4, 1)", "write Linear(8, 1)"),
        ("Linear(1000, 4096)", "number of parameters"),
        ("<b>", "not expected here"),
    ],
)
def test_a_line_that_can_not_be_drawn_is_one_sentence(line: str, sentence: str) -> None:
    page = lesson(line=line)
    assert len(page.error) == 1
    assert sentence in page.error[0].value.replace("\\", "")


@pytest.mark.parametrize("line", ["Linear(99, 1)", "Linear(8, 1)"])
def test_what_the_playground_can_not_train_is_still_drawn(line: str) -> None:
    page = lesson(line=line)
    assert "playground can't train" in said(page).replace("\\", "")
    assert not page.error


def test_where_strangers_come_nobodys_code_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = replace(house(), own_module=False)
    monkeypatch.setattr(module_class, "house", lambda: closed)
    page = lesson(way="code")
    assert "runs nobody's code" in said(page)
    assert not page.button


def run_to_the_end(page: AppTest) -> AppTest:
    page.button(key="module_run").click().run()
    until = time.monotonic() + 60
    while page.session_state["nnlab.cell"].cell.end is None and time.monotonic() < until:
        time.sleep(0.2)
    return page.run()


def test_a_class_is_run_drawn_and_trained_and_its_program_prints_the_same_loss() -> None:
    page = run_to_the_end(lesson(way="code", epochs="20"))
    running = page.session_state["nnlab.cell"]
    assert running.cell.end is End.ANSWERED
    assert "18 (inner) + 42 (again) + 7 (out) = 67" in said(page)
    assert not page.button(key="module_run").disabled
    (printed,) = printed_by([programs(page)[-1]])
    last = running.latest(Progress)
    losses = [float(line.rpartition(" ")[2]) for line in printed.splitlines()]
    assert losses == pytest.approx([last.loss, last.test_loss], rel=1e-4)


class Ended:
    """A cell that has come to its end."""

    def __init__(self, end: End, *answers: object) -> None:
        self.end, self.answers = end, list(answers)


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (Ended(End.DIED), "ended without an answer"),
        (Ended(End.TOO_LONG), "the most that code may take"),
        (Ended(End.TOO_MUCH_SAID), "sent more than it may"),
        (Ended(End.STOPPED), "Stopped."),
        (Ended(End.ANSWERED, Unprotected()), "own_module_unprotected"),
        (Ended(End.ANSWERED, Failed("TypeError", "<b>no", 3)), "Line 3: "),
        (Ended(End.ANSWERED, Failed("NoModuleError", "", 0)), "no class"),
        (Ended(End.ANSWERED, Progress(0, float("nan"), 0.0, ())), "no longer a finite"),
        (Ended(End.ANSWERED, Printed("hello")), "printed:"),
        (Ended(End.ANSWERED, Portrait((STATION,), 0, 0, traced=False)), "decides as it goes"),
    ],
)
def test_every_end_is_told_in_a_sentence(cell: Ended, sentence: str) -> None:
    page = lesson(way="code")
    question = Question(CODE, START)
    page.session_state["nnlab.cell"] = Running(cell, question)  # type: ignore[arg-type]
    page.run()
    assert not page.exception
    assert sentence in said(page)


def test_the_program_follows_the_name_of_the_class() -> None:
    assert "model = Mine()" in own_module("class Mine:\n    pass", START)
    assert "model = Net()" in own_module("class (", START)


def test_the_task_of_few_parameters_can_be_solved() -> None:
    """By what its praise says: forward knows that a circle is about squares."""

    class Squares(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.out = torch.nn.Linear(2, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.out(x * x)
            return out

    experiment = experiment_of("circle", 200, 0.1)
    torch.nn.init.zeros_((module := Squares()).out.weight)
    school = School.of(experiment, rows_of(experiment))
    *_before, last = school.train(module, torch.Generator())
    assert last.test_loss < GOOD
    assert portrait(module, school.samples.x[:2]).parameters <= FEW
