"""Every engine gives what autograd and torch.optim give."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from nnlab.activations import ACTIVATIONS
from nnlab.datasets import Samples
from nnlab.engines import batched, compiled
from nnlab.engines.operations import activations as batched_activations
from nnlab.engines.problem import Course, Engine, Problem
from nnlab.experiment import Experiment, Layer, Network
from nnlab.network import begin
from nnlab.registry import Choice
from tests.engines.oracle import Make, by_autograd, compare, problems, samples_of, theta_of

needs_numba = pytest.mark.skipif(not compiled.installed(), reason="numba is not installed")
ENGINES = [
    pytest.param(batched.Batched, id="batched"),
    pytest.param(compiled.Compiled, id="compiled", marks=needs_numba),
]
Case = tuple[Experiment, Problem, Course]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-4)])
def test_every_step_is_what_autograd_gives(
    engine: Make, dtype: torch.dtype, tolerance: float
) -> None:
    @settings(max_examples=60)
    @given(problems())
    def law(case: Case) -> None:
        experiment, problem, course = case
        if dtype == torch.float32 and problem.optimizer.name != "SGD":
            # The others divide by the gradient's size: where one cancels to 0 but for the rounding,
            # they make a whole step out of the rounding. So here only the first look is compared.
            course = course._replace(rates=course.rates[:1])
        x, y = samples_of(experiment)
        samples = Samples(x.to(dtype), y if y.dtype == torch.long else y.to(dtype))
        theta = theta_of(experiment).to(dtype)
        ours = engine(problem, samples, theta).go(course)
        theirs = by_autograd(problem, samples, theta, course, begin(experiment).module)
        compare(ours, theirs, tolerance)

    law()


def _start(
    engine: Make, dtype: torch.dtype = torch.float64
) -> tuple[Engine, Problem, Samples, Tensor]:
    experiment = Experiment(seed=3)
    problem = replace(Problem.of(experiment), batch_size=4, optimizer=Choice("Adam"))
    samples = Samples(*(each.to(dtype) for each in samples_of(experiment)))
    theta = theta_of(experiment).to(dtype)
    return engine(problem, samples, theta), problem, samples, theta


def _rates(steps: int, rate: float = 0.01) -> Tensor:
    return torch.full((steps,), rate, dtype=torch.float64)


@pytest.mark.parametrize("engine", ENGINES)
def test_stopping_on_the_way_changes_nothing(engine: Make) -> None:
    whole = _start(engine)[0].go(Course(0, _rates(30)))
    session = _start(engine)[0]
    pieces = [session.go(Course(first, _rates(10))) for first in (0, 10, 20)]
    for one, other in zip(whole[2:], zip(*(each[2:] for each in pieces), strict=True), strict=True):
        assert torch.equal(one, torch.cat(other))


@pytest.mark.parametrize("engine", ENGINES)
def test_only_steps_on_the_stride_are_kept(engine: Make) -> None:
    whole = _start(engine)[0].go(Course(0, _rates(30)))
    thin = _start(engine)[0].go(Course(0, _rates(30), stride=7))
    assert thin.steps.tolist() == [0, 7, 14, 21, 28]
    assert torch.equal(thin.parameters, whole.parameters[::7])


@pytest.mark.parametrize("engine", ENGINES)
def test_another_optimizer_on_the_way_remembers_nothing(engine: Make) -> None:
    session, problem, samples, _theta = _start(engine)
    session.go(Course(0, _rates(6)))
    session.update(0.01)
    changed = replace(problem, optimizer=Choice("RMSprop"), l2=0.1, since=6)
    fresh = engine(changed, samples, session.theta[0].clone())
    session.change(changed)
    one, other = session.go(Course(6, _rates(9))), fresh.go(Course(6, _rates(9)))
    torch.testing.assert_close(one.parameters, other.parameters, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("steps", [20, 64, 65, 200])
def test_a_loss_that_explodes_ends_the_leg_where_autograd_ends_it(engine: Make, steps: int) -> None:
    experiment = Experiment(network=Network((Layer(5, Choice("ReLU")), Layer(1))))
    problem, samples = Problem.of(experiment), samples_of(experiment)
    course, theta = Course(0, _rates(steps, 10.0)), theta_of(experiment)
    ours = engine(problem, samples, theta).go(course)
    theirs = by_autograd(problem, samples, theta, course, begin(experiment).module)
    assert ours.diverged
    assert (ours.done, len(ours.steps)) == (theirs.done, theirs.done - 1)


@pytest.mark.parametrize("engine", ENGINES)
def test_nan_is_not_swallowed(engine: Make) -> None:
    for name in ACTIVATIONS:
        experiment = Experiment(network=Network((Layer(3, Choice(name)), Layer(1))))
        theta = theta_of(experiment)
        theta[0] = torch.nan
        leg = engine(Problem.of(experiment), samples_of(experiment), theta).go(Course(0, _rates(3)))
        assert (leg.done, leg.diverged, len(leg.steps)) == (1, True, 0), name


def test_networks_side_by_side_are_the_same_as_one_by_one() -> None:
    _, problem, samples, theta = _start(batched.Batched)
    thetas = torch.stack([theta, theta * 0.5, -theta])
    rates = torch.tensor([0.01, 0.05, 0.002], dtype=torch.float64).expand(20, 3)
    orders = torch.stack(
        [torch.randperm(10, generator=torch.Generator().manual_seed(k)) for k in range(7)]
    )
    together = batched.Batched(problem, samples, thetas).go(Course(0, rates, orders))
    for network in range(3):
        alone = batched.Batched(problem, samples, thetas[network])
        leg = alone.go(Course(0, rates[:, network], orders))
        torch.testing.assert_close(leg.parameters[:, 0], together.parameters[:, network])


def test_nothing_is_left_behind_on_the_cpu() -> None:
    """torch's meta device refuses to compute with a tensor of another device."""
    _, problem, samples, theta = _start(batched.Batched)
    session = batched.Batched(
        problem, Samples(*(each.to("meta") for each in samples)), theta.to("meta")
    )
    assert session.go(Course(0, _rates(5))).parameters.device.type == "meta"


@needs_numba
def test_the_units_for_other_rows_are_the_modules() -> None:
    experiment = Experiment(seed=3)
    session = compiled.Compiled(
        Problem.of(experiment), samples_of(experiment), theta_of(experiment)
    )
    x = torch.linspace(-2, 2, 1230).reshape(123, 10)
    module = begin(experiment).module
    hidden = module[1](module[0](x))
    expected = torch.cat((x, hidden, module(x)), 1).T.detach()
    torch.testing.assert_close(session.activations(x), expected)


@needs_numba
def test_the_kernel_gets_ready_in_the_background() -> None:
    thread = compiled.warm()
    assert thread is not None
    thread.join()
    assert compiled.ready()


def test_without_numba_the_compiled_engine_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "installed", lambda: False)
    assert "numba" in (compiled.refusal(Experiment()) or "")
    assert compiled.warm() is None


@needs_numba
def test_what_is_not_known_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled.refusal(Experiment()) is None
    assert batched.refusal(Experiment()) is None
    monkeypatch.delitem(batched_activations.ACTIVATIONS, "ReLU")
    assert "ReLU" in (batched.refusal(Experiment()) or "")
