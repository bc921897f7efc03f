"""What every engine is compared with: autograd and torch.optim, in the precision that is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from hypothesis import assume
from hypothesis import strategies as st
from torch import Tensor, nn

from nnlab.activations import ACTIVATIONS
from nnlab.datasets import Samples
from nnlab.engines.problem import Course, Engine, Leg, Problem
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.limits import ExperimentError
from nnlab.losses import LOSSES
from nnlab.network import begin
from nnlab.optimizers import OPTIMIZERS
from nnlab.registry import Choice

Make = Callable[[Problem, Samples, Tensor], Engine]

_ACTIVATIONS = [Choice(name) for name in ACTIVATIONS] + [
    Choice("GELU", (("approximate", "tanh"),)),
    Choice("LeakyReLU", (("negative_slope", 0.3),)),
    Choice("ELU", (("alpha", 2.5),)),
    Choice("Softplus", (("beta", 7.0),)),
]
_LOSSES = [Choice(name) for name in LOSSES] + [
    Choice("HuberLoss", (("delta", 0.2),)),
    Choice("CrossEntropyLoss", (("label_smoothing", 0.3),)),
]
_OPTIMIZERS = [Choice(name) for name in OPTIMIZERS] + [
    Choice("SGD", (("momentum", 0.9), ("nesterov", True), ("weight_decay", 0.1))),
    Choice("SGD", (("dampening", 0.5), ("momentum", 0.5))),
    Choice("Adam", (("amsgrad", True), ("weight_decay", 0.1))),
    Choice("AdamW", (("amsgrad", True), ("beta1", 0.5))),
    Choice("RMSprop", (("centered", True), ("momentum", 0.5), ("weight_decay", 0.1))),
    Choice("Adagrad", (("initial_accumulator_value", 0.5), ("lr_decay", 0.1))),
]


def samples_of(experiment: Experiment) -> Samples:
    """The rows, and the targets in the form that the loss takes."""
    x, y = begin(experiment).samples
    return Samples(x, LOSSES[experiment.training.loss.name].target(y, experiment.network.outputs))


def theta_of(experiment: Experiment) -> Tensor:
    parameters = begin(experiment).module.parameters()
    return nn.utils.parameters_to_vector(parameters).detach()


def by_autograd(
    problem: Problem, samples: Samples, theta: Tensor, course: Course, module: nn.Module
) -> Leg:
    """Plain PyTorch for a course from step 0."""
    module = module.to(theta.dtype)
    parameters = list(module.parameters())
    nn.utils.vector_to_parameters(theta.clone(), parameters)
    optimizer = OPTIMIZERS.make(problem.optimizer, parameters, 0.0)
    criterion = LOSSES.make(problem.loss)
    orders: Iterator[Tensor] = iter(() if course.orders is None else course.orders)
    moments: list[tuple[Tensor, ...]] = []
    x, y = samples
    per_epoch = -(-len(x) // problem.batch_size)
    for step, rate in enumerate(course.rates.tolist()):
        if step > 0:
            optimizer.param_groups[0]["lr"] = rate
            optimizer.step()
        if step % per_epoch == 0 and (order := next(orders, None)) is not None:
            x, y = samples.x[order], samples.y[order]
        rows = slice(step % per_epoch * problem.batch_size, None)
        if problem.zero_grad:
            optimizer.zero_grad()
        target = y[rows][: problem.batch_size]
        target = target if target.dtype == torch.long else target.to(theta.dtype)
        loss = criterion(module(x[rows][: problem.batch_size].to(theta.dtype)), target)
        weights = [each.reshape(-1) for each in parameters if each.dim() > 1]
        penalty = sum(
            problem.l1 * each.abs().sum() + problem.l2 * each.square().sum() for each in weights
        )
        (loss + penalty).backward()
        if not loss.isfinite():
            return _leg(step + 1, True, moments)
        gradient = torch.cat(
            [each.grad.reshape(-1) for each in parameters if each.grad is not None]
        )
        flat = nn.utils.parameters_to_vector(parameters).detach()
        moments.append(
            (torch.tensor(step), loss.detach()[None], flat[None].clone(), gradient[None])
        )
    return _leg(len(moments), False, moments)


def _leg(
    done: int,
    diverged: bool,  # noqa: FBT001
    moments: list[tuple[Tensor, ...]],
) -> Leg:
    if not moments:
        return Leg(done, diverged, *(torch.empty(0) for _ in range(4)))
    return Leg(done, diverged, *(torch.stack(each) for each in zip(*moments, strict=True)))


def compare(ours: Leg, theirs: Leg, tolerance: float) -> None:
    """The same steps, and the same numbers as far as the tolerance, relative to the biggest number
    of each moment."""
    assert (ours.done, ours.diverged) == (theirs.done, theirs.diverged)
    assert torch.equal(ours.steps, theirs.steps.to(torch.int64))
    for one, other in zip(ours[3:], theirs[3:], strict=True):
        if one.numel() == 0:
            continue
        scale = other.abs().flatten(1).amax(1).clamp(min=1e-3)
        apart = (one - other).abs().flatten(1).amax(1) / scale
        assert float(apart.max()) <= tolerance


@st.composite
def problems(draw: st.DrawFn) -> tuple[Experiment, Problem, Course]:
    """A small network and how it learns, with every setting that engines carry."""
    loss = draw(st.sampled_from(_LOSSES))
    activation = st.sampled_from(_ACTIVATIONS)
    hidden = draw(st.lists(st.builds(Layer, st.integers(1, 9), activation), max_size=3))
    last = {
        "BCELoss": Layer(1, Choice("Sigmoid")),
        "CrossEntropyLoss": Layer(draw(st.integers(2, 4))),
    }
    output = last.get(loss.name) or Layer(draw(st.integers(1, 3)), draw(activation))
    source = Choice(
        draw(st.sampled_from(["spiral", "xor", "moons"])),
        (("n_samples", draw(st.integers(2, 150))),),
    )
    training = Training(
        loss=loss,
        optimizer=draw(st.sampled_from(_OPTIMIZERS)),
        batch_size=draw(st.integers(1, 160)),
        zero_grad=draw(st.booleans()),
    )
    try:
        experiment = Experiment(
            Data(source), Network((*hidden, output)), training, draw(st.integers(0, 99))
        )
    except ExperimentError:
        assume(False)
    problem = replace(
        Problem.of(experiment),
        l1=draw(st.sampled_from([0.0, 0.01])),
        l2=draw(st.sampled_from([0.0, 0.1])),
    )
    return experiment, problem, draw(_courses(experiment))


@st.composite
def _courses(draw: st.DrawFn, experiment: Experiment) -> Course:
    """A few steps with a learning rate that falls in the middle, shuffled or not."""
    steps, orders = draw(st.integers(1, 12)), None
    if draw(st.booleans()):
        generator = torch.Generator().manual_seed(draw(st.integers(0, 99)))
        epochs = -(-steps // experiment.steps_per_epoch)
        n_rows = experiment.data.n_samples
        orders = torch.stack([torch.randperm(n_rows, generator=generator) for _ in range(epochs)])
    rates = torch.full((steps,), draw(st.floats(1e-4, 0.1)), dtype=torch.float64)
    rates[steps // 2 :] *= 0.5
    return Course(0, rates, orders)
