"""A bug is a broken program, its mended twin, and a symptom that the one shows and the other does
not. A diagnosis is tried by running it: it is right if the symptom is gone."""

from __future__ import annotations

import difflib
import inspect
import itertools
import math
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from nnlab.bugs.stage import Curves, Stage
from nnlab.language import gettext_noop as N_

Program = Callable[..., Curves]
"""Takes a stage, and settings that a mistaken remedy may change."""


@dataclass(frozen=True)
class Diagnosis:
    """What might be wrong, and the program that one would then run instead."""

    text: str
    remedy: Program


@dataclass(frozen=True)
class Bug:
    """`symptom` is what one sees, `title` what it is called, `why` what happens; all three are to
    be translated. `shows` recognises the symptom in the numbers that a program has measured."""

    symptom: str
    title: str
    why: str
    stage: Callable[[int], Stage]
    broken: Program
    mended: Program
    shows: Callable[[Curves], bool]
    diagnoses: Mapping[str, Diagnosis]

    def run(self, program: Program, seed: int) -> Curves:
        """What a program measures with everything drawn from a seed."""
        return program(self.stage(seed))


TOO_SLOW = N_("The learning rate is too small.")
TOO_FAST = N_("The learning rate is too large.")
TOO_SHORT = N_("It is trained for too few epochs.")
TOO_NARROW = N_("There are too few hidden units.")
TOO_WIDE = N_("There are too many hidden units.")


def mistaken(broken: Program, **remedies: tuple[str, dict[str, Any]]) -> dict[str, Diagnosis]:
    """Diagnoses that only change settings: key -> (text, settings for the broken program)."""
    return {
        name: Diagnosis(text, partial(broken, **settings))
        for name, (text, settings) in remedies.items()
    }


def listing(program: Program) -> str:
    """The program as it runs: its settings, then the body of its function."""
    settings = [
        f"{name} = {each.default}"
        for name, each in inspect.signature(program).parameters.items()
        if each.default is not inspect.Parameter.empty
    ]
    lines = inspect.getsource(program).splitlines()
    end = next(place for place, line in enumerate(lines) if line.endswith("-> Curves:"))
    body = textwrap.dedent("\n".join(lines[end + 1 :]))
    return "\n".join((*settings, "", body)) if settings else body


def changes(broken: Program, mended: Program) -> str:
    """The mended program, line by line: - was taken out, + was put in."""
    pairs = difflib.ndiff(listing(broken).splitlines(), listing(mended).splitlines())
    return "\n".join(line.rstrip() for line in pairs if not line.startswith("?"))


def ends_above(name: str, value: float, curves: Curves) -> bool:
    """Whether a curve's last number is above a value, or no number at all."""
    last = curves[name][-1]
    return not math.isfinite(last) or last > value


def swings_above(name: str, value: float, curves: Curves) -> bool:
    """Whether the last third of a curve is still above a value somewhere."""
    newest = curves[name][-len(curves[name]) // 3 :]
    return not all(math.isfinite(each) for each in newest) or max(newest) > value


def never_moves(name: str, curves: Curves) -> bool:
    """Whether a curve has only one value."""
    return all(one == other for one, other in itertools.pairwise(curves[name]))


def differ(one: str, other: str, apart: float, curves: Curves) -> bool:
    """Whether two curves differ at some epoch of the last third by more than `apart`."""
    pairs = list(zip(curves[one], curves[other], strict=True))
    return any(abs(a - b) > apart for a, b in pairs[-len(pairs) // 3 :])
