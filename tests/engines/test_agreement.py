"""Every engine gives what autograd and torch.optim give."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings

from nnlab.datasets import Samples
from nnlab.engines import batched, compiled
from nnlab.engines.problem import Course, Problem
from nnlab.experiment import Experiment
from nnlab.network import begin
from tests.engines.oracle import Make, by_autograd, compare, problems, samples_of, theta_of

ENGINES = [
    pytest.param(batched.Batched, id="batched"),
    pytest.param(
        compiled.Compiled,
        id="compiled",
        marks=pytest.mark.skipif(not compiled.installed(), reason="numba is not installed"),
    ),
]
Case = tuple[Experiment, Problem, Course]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-4)])
def test_every_step_is_what_autograd_gives(engine: Make, dtype: torch.dtype, tolerance: float) -> None:
    @settings(max_examples=150)
    @given(problems())
    def law(case: Case) -> None:
        experiment, problem, course = case
        x, y = samples_of(experiment)
        samples = Samples(x.to(dtype), y if y.dtype == torch.long else y.to(dtype))
        theta = theta_of(experiment).to(dtype)
        ours = engine(problem, samples, theta).go(course)
        theirs = by_autograd(problem, samples, theta, course, begin(experiment).module)
        compare(ours, theirs, tolerance)

    law()
