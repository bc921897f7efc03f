"""The loss at a place of a slice, its gradient and the next step, as a PyTorch program."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nnlab.datasets import SEED_TARGETS
from nnlab.experiment import Experiment
from nnlab.registry import Choice
from nnlab.scripts.module import call, sequential

_TRAIN = """\
path = [nn.utils.parameters_to_vector(model.parameters()).detach()]
for epoch in range({epochs}):
    loss = criterion(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    path.append(nn.utils.parameters_to_vector(model.parameters()).detach())
path = torch.stack(path).double()"""

_PAIR = """\
origin = path[-1].clone()
origin[[{first}, {second}]] = 0
directions = torch.zeros(2, len(origin)).double()
directions[0, {first}] = directions[1, {second}] = 1"""

_RANDOM = """\
def direction(generator):
    parts = []
    for p in model.parameters():
        w = p.detach().double()
        d = torch.zeros_like(w)
        if w.dim() > 1:
            d = torch.randn(w.shape, generator=generator, dtype=torch.float64)
            d = d / d.norm(dim=1, keepdim=True) * w.norm(dim=1, keepdim=True)
        parts.append(d.flatten())
    return torch.cat(parts)


origin = path[-1]
generator = torch.Generator().manual_seed({seed})
directions = torch.stack([direction(generator), direction(generator)])"""

_MAIN = """\
origin = path[-1]
_, _, right = torch.linalg.svd(torch.cat((path - origin, torch.zeros_like(path[:2]))), False)
largest = right[:2].abs().argmax(1, keepdim=True)
directions = right[:2] * right[:2].gather(1, largest).sign()"""

_LOOK = """\
theta = origin + {a!r} * directions[0] + {b!r} * directions[1]
nn.utils.vector_to_parameters(theta.float(), model.parameters())
loss = criterion(model(x), y)
model.zero_grad()
loss.backward()
gradient = torch.cat([p.grad.flatten() for p in model.parameters()])
print('loss:', loss.item())
print('gradient:', gradient.norm().item())
print('slopes:', (directions @ gradient.double()).tolist())
optimizer = torch.optim.{optimizer}
optimizer.step()
print('loss after one step:', criterion(model(x), y).item())"""

RECIPES: Mapping[str, str] = MappingProxyType({"pair": _PAIR, "random": _RANDOM, "main": _MAIN})
"""How each kind of slice gets its origin and its two directions; `{first}`, `{second}` and
`{seed}` are its settings."""


def script(experiment: Experiment, recipe: str, place: tuple[float, float]) -> str:
    """A program that prints loss and gradient at a place (a, b) of a slice, and the loss after one
    step from there. `recipe` is one of RECIPES with its settings filled in.

    It covers rows given by hand and the tutorial's batch, all rows at once.
    """
    optimizer = _optimizer(experiment)
    parts = (
        "import torch\nimport torch.nn as nn",
        f"torch.manual_seed({experiment.seed})\n{_data(experiment)}",
        sequential(experiment),
        f"criterion = nn.{call(experiment.training.loss)}\noptimizer = torch.optim.{optimizer}",
        _TRAIN.format(epochs=experiment.training.epochs),
        recipe,
        _LOOK.format(a=place[0], b=place[1], optimizer=optimizer),
    )
    return "\n\n".join(parts) + "\n"


def _optimizer(experiment: Experiment) -> str:
    rate = f"lr={experiment.training.learning_rate!r}"
    return call(experiment.training.optimizer, "model.parameters()", rate)


def _data(experiment: Experiment) -> str:
    source: Choice = experiment.data.source
    if source.name == "points":
        rows = dict(source.options)["rows"]
        x, y = [list(row[:-1]) for row in rows], [[row[-1]] for row in rows]
        return f"x = torch.tensor({x})\ny = torch.tensor({y})"
    drawn = f"torch.randn({experiment.data.n_samples}, {experiment.data.n_features})"
    return f"x = {drawn}\ny = torch.tensor({[[target] for target in SEED_TARGETS]})"
