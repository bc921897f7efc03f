"""What `import nnlab` offers, and what the README shows of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import nnlab
from nnlab.experiment import Experiment

ROOT = Path(__file__).parents[1]


def test_every_name_that_is_offered_is_there() -> None:
    assert {getattr(nnlab, name).__name__ for name in nnlab.__all__} == set(nnlab.__all__)
    assert set(nnlab.__all__) <= set(dir(nnlab))
    assert nnlab.Experiment is Experiment


def test_a_name_that_is_not_offered_is_refused_as_by_any_module() -> None:
    with pytest.raises(AttributeError, match="Experimint"):
        _ = nnlab.Experimint  # type: ignore[attr-defined]


def readme(place: int) -> str:
    """What the README's lines of Python print."""
    blocks = (ROOT / "README.md").read_text(encoding="utf-8").split("```python\n")[1:]
    ran = subprocess.run(
        [sys.executable, "-c", blocks[place].partition("```")[0]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def test_the_lines_in_the_readme_run_and_learn() -> None:
    printed = readme(0)
    first, last = map(float, printed.splitlines()[0].split())
    assert last < first
    assert "Linear(in_features=10, out_features=8, bias=True)" in printed


def test_the_readmes_sweep_has_an_outcome_for_every_cell() -> None:
    assert len(readme(1).splitlines()) == 2 * 2 * 10
