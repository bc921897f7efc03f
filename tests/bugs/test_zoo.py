"""Every bug shows its symptom with every seed, its mended twin never does, and of all diagnoses
only one cures it."""

from __future__ import annotations

import ast
import math

import pytest
import torch

from nnlab.bugs.bug import changes, listing
from nnlab.bugs.stage import MEASURED
from nnlab.bugs.zoo import BUGS

SEEDS = range(12)
SOME = [SEEDS[:3], pytest.param(SEEDS[3:], marks=pytest.mark.thorough)]


@pytest.mark.parametrize("seeds", SOME)
@pytest.mark.parametrize("name", BUGS)
def test_broken_shows_the_symptom_and_mended_does_not(name: str, seeds: range) -> None:
    bug = BUGS[name]
    assert all(bug.shows(bug.run(bug.broken, seed)) for seed in seeds)
    assert not any(bug.shows(bug.run(bug.mended, seed)) for seed in seeds)


@pytest.mark.parametrize("seeds", SOME)
@pytest.mark.parametrize("name", BUGS)
def test_exactly_one_diagnosis_cures(name: str, seeds: range) -> None:
    bug = BUGS[name]
    for seed in seeds:
        remedies = [each.remedy for each in bug.diagnoses.values()]
        cures = [each for each in remedies if not bug.shows(bug.run(each, seed))]
        assert cures == [bug.mended]


@pytest.mark.parametrize("name", BUGS)
def test_a_run_depends_on_its_seed_alone(name: str) -> None:
    bug = BUGS[name]
    before = torch.get_rng_state()
    one, other = (bug.run(bug.broken, 3) for _ in range(2))
    assert str(one) == str(other)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", BUGS)
def test_what_is_shown_is_the_body_that_runs(name: str) -> None:
    for program in (BUGS[name].broken, BUGS[name].mended):
        shown = listing(program)
        tree = ast.parse(
            f"def shown(stage):\n{chr(10).join('    ' + x for x in shown.splitlines())}"
        )
        assert isinstance(tree.body[0], ast.FunctionDef)
        assert "def " not in shown
        assert program.__name__ not in shown


@pytest.mark.parametrize("name", BUGS)
def test_few_lines_are_changed_to_mend_it(name: str) -> None:
    lines = changes(BUGS[name].broken, BUGS[name].mended).splitlines()
    changed = [line for line in lines if line[:1] in {"+", "-"}]
    assert 1 <= len(changed) <= 4


@pytest.mark.parametrize("name", BUGS)
def test_what_is_measured_has_a_name(name: str) -> None:
    curves = BUGS[name].run(BUGS[name].broken, 0)
    assert set(curves) <= set(MEASURED)


def test_squashing_twice_has_the_floor_that_the_text_names() -> None:
    bug = BUGS["floor3"]
    floor = -math.log(math.e / (math.e + 2))
    assert all(min(bug.run(bug.broken, seed)["loss"]) >= floor - 1e-5 for seed in SEEDS)
