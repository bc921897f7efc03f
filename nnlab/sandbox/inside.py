"""The sandbox's own process: it reads a question, gets everything ready, closes the walls, and only
then runs the code. Each answer is one line of JSON."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from importlib import import_module
from typing import Any

import torch
from torch import nn

from nnlab.rows import rows_of
from nnlab.sandbox import pasted, walls
from nnlab.sandbox.learning import School
from nnlab.sandbox.portrait import portrait
from nnlab.sandbox.question import Question

MOST_HEARD = 10_000
"""Characters of what the code prints that are kept."""
_LONGEST_MESSAGE = 500
_ANSWERS = 9
"""The number under which the answers' pipe is open."""

_AT_HAND = (
    *("collections", "copy", "dataclasses", "enum", "functools", "itertools", "math", "numpy"),
    *("random", "statistics", "string", "typing"),
)
"""What a learner's code may import besides torch: it is loaded before the walls are closed."""
_LOOKED_AT = 8
"""Rows that the network is looked at with."""

Tell = Callable[..., None]


def main(*, separated: bool) -> None:
    """Answer the question on the standard input, then end at once. `separated` says whether the
    process already has a network of its own."""
    tell = _Answers(_own_pipe())
    question = Question.loads(sys.stdin.read())
    tell("starting")
    school = _prepare(question)
    closed = _close(question, {walls.NAMESPACES: separated})
    tell("walls", closed=sorted(name for name in closed if closed[name]))
    if all(closed[name] for name in walls.NEEDED) or question.unprotected:
        _run(question, school, tell)
    else:
        tell("unprotected")
    os._exit(0)


def _own_pipe() -> io.TextIOWrapper:
    """The pipe of the answers, out of the way of what the code prints."""
    os.dup2(1, _ANSWERS)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    return os.fdopen(_ANSWERS, "w", encoding="utf-8", closefd=False)


class _Answers:
    """Writes answers, each a line of JSON with its kind."""

    def __init__(self, pipe: io.TextIOWrapper) -> None:
        self._pipe = pipe

    def __call__(self, kind: str, **said: Any) -> None:
        self._pipe.write(json.dumps({"kind": kind, **said}, separators=(",", ":")) + "\n")
        self._pipe.flush()


class _Heard(io.TextIOBase):
    """What the code prints, up to a length."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._left = tell, MOST_HEARD

    def write(self, text: str, /) -> int:
        if self._left > 0:
            kept = text[: self._left]
            self._left -= len(kept)
            self._tell("printed", text=kept)
        return len(text)


def _prepare(question: Question) -> School:
    """Draw the rows, and do once what PyTorch does at first: nothing can be loaded later."""
    for name in _AT_HAND:
        import_module(name)
    torch.set_num_threads(1)
    # It would write programs into memory, which the kernel refuses behind the walls.
    torch.backends.mkldnn.enabled = False  # type: ignore[assignment]
    school = School.of(question.experiment, rows_of(question.experiment))
    rehearsed = nn.Sequential(nn.Linear(question.experiment.data.n_features, school.outputs))
    portrait(rehearsed, school.samples.x[:2])
    once = replace(question.experiment, training=replace(question.experiment.training, epochs=1))
    list(replace(school, experiment=once).train(rehearsed, torch.Generator()))
    return school


def _close(question: Question, closed: dict[str, bool]) -> dict[str, bool]:
    walls.forget((0, 1, 2, _ANSWERS))
    return {
        **closed,
        walls.LIMITS: walls.bound(question.limits),
        walls.KERNEL: walls.close_kernel(),
        walls.AUDIT: walls.refuse_outside(),
    }


def _run(question: Question, school: School, tell: Tell) -> None:
    """Run the code, look at its network, train it, and say how it went."""
    sys.stdout = sys.stderr = _Heard(tell)
    try:
        for kind, said in _answers(question, school):
            tell(kind, **said)
    except BaseException as error:  # noqa: BLE001 - whatever somebody's code raises
        tell("failed", **_told(error, pasted.line_of(error)))


def _answers(question: Question, school: School) -> Iterator[tuple[str, dict[str, Any]]]:
    import torch  # noqa: PLC0415

    from nnlab.sandbox import pasted  # noqa: PLC0415
    from nnlab.sandbox.portrait import portrait  # noqa: PLC0415

    # The code draws from torch's own stream; this process is all its own.
    torch.default_generator.manual_seed(question.experiment.seed)
    network = pasted.network(pasted.run(question.source))
    yield "portrait", asdict(portrait(network, school.samples.x[:_LOOKED_AT]))
    generator = torch.Generator().manual_seed(question.experiment.seed)
    started = time.monotonic()
    for progress in school.train(network, generator):
        yield "progress", asdict(progress)
    yield "portrait", asdict(portrait(network, school.samples.x[:_LOOKED_AT]))
    yield "trained", {"milliseconds": round(1000 * (time.monotonic() - started))}


def _told(error: BaseException, line: int) -> dict[str, Any]:
    """What went wrong, in a few words. Showing an error may itself go wrong in somebody's code."""
    try:
        message = str(error)[:_LONGEST_MESSAGE]
    except BaseException:  # noqa: BLE001
        message = ""
    return {"error": type(error).__name__[:100], "message": message, "line": line}
