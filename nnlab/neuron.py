"""A neuron multiplies each feature by a weight, adds the products and a bias, and bends the sum
with an activation: `activation(torch.mm(features, weights.view(n, 1)) + bias)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from nnlab.activations import ACTIVATIONS
from nnlab.limits import Many, Number, OneOf
from nnlab.registry import Choice

MOST_FEATURES = 8
VALUE = Number(-100.0, 100.0)


@dataclass(frozen=True)
class Neuron:
    """The numbers of one neuron. Raises ExperimentError outside 1 to 8 values in -100 to 100."""

    features: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    activation: str = "Sigmoid"

    def __post_init__(self) -> None:
        Many(VALUE, 1, MOST_FEATURES).accept("features", self.features)
        Many(VALUE, len(self.features), len(self.features)).accept("weights", self.weights)
        VALUE.accept("bias", self.bias)
        OneOf(tuple(ACTIVATIONS)).accept("activation", self.activation)


@dataclass(frozen=True)
class Evaluation:
    """What one neuron computed. All float32."""

    products: Tensor
    """[1, n]: each feature times its weight."""
    running_sums: Tensor
    """[1, n]: the products added up from the left, before the bias."""
    pre_activation: Tensor
    """[1, 1]: the whole sum with the bias."""
    output: Tensor
    """[1, 1]: the activation of that sum."""


@dataclass(frozen=True)
class Plane:
    """What a neuron of two features says everywhere in a square of features."""

    axis: Tensor
    """[steps]: the values of each feature."""
    pre_activation: Tensor
    """[steps, steps]: row is the second feature, column the first."""
    output: Tensor
    """[steps, steps]: the activation of that."""
    undecided: float
    """The output where the pre-activation is 0."""


def draw(n: int, seed: int) -> Neuron:
    """Draw n features, n weights and the bias with randn, in this order, from one seed."""
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn((1, n), generator=generator)
    weights = torch.randn(features.shape, generator=generator)
    bias = torch.randn((1, 1), generator=generator)
    return Neuron(tuple(features[0].tolist()), tuple(weights[0].tolist()), bias.item())


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(-x)), element by element."""
    return 1 / (1 + torch.exp(-x))


def activation(name: str) -> Callable[[Tensor], Tensor]:
    """The activation by PyTorch's name; Sigmoid is written out."""
    return sigmoid if name == "Sigmoid" else ACTIVATIONS.make(Choice(name))


def pre_activation(neuron: Neuron, features: Tensor) -> Tensor:
    """The weighted sum plus bias of each row: [rows, n] -> [rows, 1]."""
    weights, bias = torch.tensor([neuron.weights]), torch.tensor([[neuron.bias]])
    return torch.mm(features, weights.view(features.shape[1], 1)) + bias


def evaluate(neuron: Neuron) -> Evaluation:
    """Compute the neuron's output and every number on the way to it."""
    features = torch.tensor([neuron.features])
    products = features * torch.tensor([neuron.weights])
    total = pre_activation(neuron, features)
    output = activation(neuron.activation)(total)
    return Evaluation(products, products.cumsum(dim=1), total, output)


_SIGMOID_LINES = """\
def activation(x):
    return 1 / (1 + torch.exp(-x))
"""

_LINES = """\
import torch

{activation}
features = torch.tensor([{features}])
weights = torch.tensor([{weights}])
bias = torch.tensor([[{bias}]])

products = features * weights
pre_activation = torch.mm(features, weights.view({n}, 1)) + bias
y = activation(pre_activation)

torch.set_printoptions(precision=4, sci_mode=False)
print(products)
print(pre_activation)
print(y)
"""


def code(neuron: Neuron) -> str:
    """The PyTorch lines that compute and print this neuron's products, sum and output."""
    written_out = neuron.activation == "Sigmoid"
    return _LINES.format(
        activation=_SIGMOID_LINES
        if written_out
        else f"activation = torch.nn.{neuron.activation}()",
        features=list(neuron.features),
        weights=list(neuron.weights),
        bias=neuron.bias,
        n=len(neuron.features),
    )


def formula(neuron: Neuron) -> str:
    """The whole computation in LaTeX."""
    n, bend = len(neuron.features), ACTIVATIONS[neuron.activation].formula
    total = rf"z &= \sum_{{i=1}}^{{{n}}} x_i w_i + b"
    return rf"\begin{{aligned}} {total} \\[4pt] y = f(z) &= {bend} \end{{aligned}}"


def curve(name: str, reach: float, steps: int = 161) -> tuple[Tensor, Tensor]:
    """The activation from -reach to reach: two tensors [steps]."""
    x = torch.linspace(-reach, reach, steps)
    return x, activation(name)(x)


def plane(neuron: Neuron, low: float, high: float, steps: int = 41) -> Plane:
    """Ask a neuron of two features at every point of the square from low to high."""
    axis = torch.linspace(low, high, steps)
    points = torch.cartesian_prod(axis, axis).flip(1)
    total = pre_activation(neuron, points).view(steps, steps)
    bend = activation(neuron.activation)
    return Plane(axis, total, bend(total), bend(torch.zeros(1)).item())
