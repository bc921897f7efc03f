"""A portrait has every station's own numbers, counts each parameter once, and leaves the module as
it was."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nnlab.sandbox.portrait import portrait

X = torch.arange(6.0).reshape(3, 2)


class Branching(nn.Module):
    """Decides as it goes, and uses a layer twice."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.first(self.first(x)) if x.sum() > 0 else self.first(x)


class Skipping(nn.Module):
    """Adds what went in to what came out, and has a parameter of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(2))
        self.inner = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
        self.idle = nn.Linear(2, 5)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.scale * self.inner(x)


def test_the_ways_are_those_of_the_code() -> None:
    module = Skipping()
    seen = portrait(module, X)
    names = [each.name for each in seen.stations]
    assert names == ["input", "scale", "inner.0", "inner.1", "mul", "add"]
    sources = [tuple(names[place] for place in each.sources) for each in seen.stations]
    assert sources == [(), (), ("input",), ("inner.0",), ("scale", "inner.1"), ("input", "mul")]
    assert [each.parameters for each in seen.stations] == [0, 2, 6, 0, 0, 0]
    assert seen.traced
    assert seen.parameters == 2 + 6 + 15
    assert list(seen.stations[-1].values) == module(X)[0].double().tolist()


def test_code_that_decides_as_it_goes_is_listened_to() -> None:
    module = Branching()
    seen = portrait(module, X)
    assert not seen.traced
    assert [each.name for each in seen.stations] == ["input", "first", "first"]
    assert [each.parameters for each in seen.stations] == [0, 6, 0]
    assert list(seen.stations[-1].values) == module(X)[0].double().tolist()


def test_looking_changes_nothing() -> None:
    module = nn.Sequential(nn.BatchNorm1d(2), nn.Dropout(0.5), nn.Linear(2, 1))
    before = {name: value.clone() for name, value in module.state_dict().items()}
    portrait(module, X)
    assert module.training
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())
    assert not any(each._forward_hooks for each in module.modules())
