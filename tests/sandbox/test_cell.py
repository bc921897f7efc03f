"""The sandbox builds, looks at and trains what it is given, and what it says is only believed as
far as it is well formed."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.limits import ExperimentError
from nnlab.sandbox import cell as cell_of
from nnlab.sandbox.answer import Closed, Failed, Trained, Unprotected, read
from nnlab.sandbox.cell import Cell, End
from nnlab.sandbox.learning import Progress
from nnlab.sandbox.portrait import Portrait
from nnlab.sandbox.question import GRID, MOST_SOURCE, Question
from nnlab.sandbox.walls import KERNEL
from tests.sandbox.cells import EXPERIMENT, PLAIN, asked, printed, those


def test_a_network_is_looked_at_and_learns() -> None:
    cell = asked(PLAIN + "print('made')\n")
    before, after = those(cell, Portrait)
    assert cell.end is End.ANSWERED
    assert printed(cell) == "made\n"
    assert [each.name for each in before.stations] == ["input", "hidden", "tanh", "out"]
    assert [each.shape for each in before.stations] == [(8, 2), (8, 8), (8, 8), (8, 1)]
    assert before.parameters == before.trainable == sum(s.parameters for s in before.stations) == 33
    assert before.stations[0] == after.stations[0]
    assert before.stations[3].values != after.stations[3].values
    progress = those(cell, Progress)
    assert [progress[0].epoch, progress[-1].epoch] == [0, EXPERIMENT.training.epochs]
    assert progress[-1].loss < 0.5 * progress[0].loss
    assert all(len(each.picture) == GRID * GRID for each in progress)
    assert those(cell, Trained)


# Code that does not become a trained network, the error it is told of, and the line.
FAILING = {
    "forward gives another shape": ("ShapeError", 0, PLAIN.replace("8, 1", "8, 3")),
    "a mistake in the code": ("SyntaxError", 2, "x = 1\nclass Net(:\n"),
}


@pytest.mark.parametrize("name", FAILING)
def test_what_can_not_be_trained_is_told_with_its_line(name: str) -> None:
    error, line, source = FAILING[name]
    (failed,) = those(asked(source), Failed)
    assert (failed.error, failed.line) == (error, line)


def test_nan_ends_the_training_and_is_told() -> None:
    cell = asked(PLAIN.replace(".tanh()", " / 0 * 0"))
    assert [math.isnan(each.loss) for each in those(cell, Progress)] == [True]
    assert cell.end is End.ANSWERED


_NO_KERNEL = (
    "\nfrom nnlab.sandbox import seccomp\nseccomp.close = lambda: False\nfrom nnlab.sandbox.inside"
)


def test_without_the_kernels_wall_nothing_is_run_unless_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on macOS and Windows."""
    without = cell_of._BEGIN.replace("\nfrom nnlab.sandbox.inside", _NO_KERNEL)
    monkeypatch.setattr(cell_of, "_BEGIN", without)
    said = PLAIN + "print('run')\n"
    refused = asked(said)
    assert refused.end is End.ANSWERED
    assert those(refused, Unprotected)
    assert printed(refused) == ""
    trusted = Cell(Question(said, EXPERIMENT, unprotected=True))
    assert trusted.wait(120) is End.ANSWERED
    assert printed(trusted) == "run\n"
    assert KERNEL not in those(trusted, Closed)[0].walls


def test_code_has_a_length() -> None:
    with pytest.raises(ExperimentError):
        Question("x" * (MOST_SOURCE + 1), EXPERIMENT)


def test_a_question_is_read_as_it_was_written() -> None:
    question = Question(PLAIN, EXPERIMENT)
    assert Question.loads(question.dumps()) == question


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "stations", "values", "epoch"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
_FIELDS = [
    *("closed", "text", "error", "message", "line", "milliseconds", "stations", "parameters"),
    *("trainable", "traced", "epoch", "loss", "test_loss", "picture"),
]
_KINDS = ["starting", "walls", "printed", "failed", "trained", "portrait", "progress", "other"]


@given(
    st.one_of(
        st.binary(max_size=40),
        st.builds(
            lambda kind, said: json.dumps({**said, "kind": kind}).encode(),
            st.sampled_from(_KINDS),
            st.dictionaries(
                st.sampled_from(_FIELDS),
                _JSON,
            ),
        ),
    )
)
def test_any_line_is_an_answer_or_nothing(line: bytes) -> None:
    read(line)


_FED_BY_ITSELF = (
    b'{"kind": "portrait", "stations": [{"name": "x", "kind": "", "sources": [0], "shape": [],'
    b' "parameters": 0, "values": []}], "parameters": 0, "trainable": 0, "traced": true}'
)
HOSTILE = [
    b"[" * 100_000,
    b'{"kind": "progress", "epoch": 1e999, "loss": 0, "test_loss": 0, "picture": []}',
    b'{"kind": "progress", "epoch": 1, "loss": "0", "test_loss": 0, "picture": []}',
    b'{"kind": "trained", "milliseconds": ' + b"9" * 10_000 + b"}",
    b'{"kind": "trained", "milliseconds": true}',
    b'{"kind": "walls", "closed": ["no such wall"]}',
    _FED_BY_ITSELF,
    b'{"kind": "portrait", "stations": [], "parameters": 0, "trainable": 0, "traced": true}',
    b'{"kind": ["progress"]}',
    b"null",
]


@pytest.mark.parametrize("line", HOSTILE, ids=lambda each: repr(each[:40]))
def test_a_line_that_is_not_well_formed_is_no_answer(line: bytes) -> None:
    assert read(line) is None
