"""A portrait of any nn.Module: the stations that its values pass on their way through, each with
its shape, its parameters and its units' values for one row, and which station hands on to which."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

MOST_VALUES = 64
"""Values of one station that are told; of more, half of them from each end."""
MOST_STATIONS = 200
INPUT = "input"


@dataclass(frozen=True)
class Station:
    """Where values pass: `name` as in the code ("fc1", or "add" for an operation), `kind` with its
    sizes ("Linear(2, 8)"), the numbers of the stations that feed it (the input is 0), its output's
    shape for a batch, how many parameters it brings, and the values of the batch's first row: of
    many the first and the last."""

    name: str
    kind: str
    sources: tuple[int, ...]
    shape: tuple[int, ...]
    parameters: int
    values: tuple[float, ...]

    @property
    def units(self) -> int:
        """Values for each row."""
        return math.prod(self.shape[1:])

    def value(self, unit: int) -> float:
        """The value of a unit; NaN for one that is not told."""
        told = unit if unit < MOST_VALUES // 2 else unit - self.units + len(self.values)
        return self.values[told] if 0 <= told < len(self.values) else math.nan


@dataclass(frozen=True)
class Portrait:
    """The stations in the order in which they compute, the input first; all parameters, and how
    many of them are trained. `traced` says whether the ways between them are known: code that
    decides as it goes is only listened to, and its stations stand in a row."""

    stations: tuple[Station, ...]
    parameters: int
    trainable: int
    traced: bool


def portrait(module: nn.Module, x: Tensor) -> Portrait:
    """Look at a module while it computes x [B, F], outside training. Raises what its forward pass
    raises.

    >>> seen = portrait(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), torch.zeros(1, 2))
    >>> [(each.name, each.shape, each.parameters) for each in seen.stations]
    [('input', (1, 2), 0), ('0', (1, 3), 9), ('1', (1, 3), 0)]
    """
    was_training = module.training
    module.eval()
    try:
        with torch.no_grad():
            stations, traced = _stations(module, x)
    finally:
        module.train(was_training)
    sizes = [(each.numel(), each.requires_grad) for each in module.parameters()]
    return Portrait(
        tuple(stations[:MOST_STATIONS]),
        sum(size for size, _trained in sizes),
        sum(size for size, trained in sizes if trained),
        traced,
    )


def _stations(module: nn.Module, x: Tensor) -> tuple[list[Station], bool]:
    """Whatever goes wrong in tracing, the module itself may still be able to compute."""
    module(x)
    try:
        return list(_traced(module, x)), True
    except Exception:  # noqa: BLE001
        return list(_heard(module, x)), False


class _Recorder(fx.Interpreter):
    """Computes a graph node by node and keeps what each one gives."""

    def __init__(self, graph: fx.GraphModule) -> None:
        super().__init__(graph, garbage_collect_values=False)
        self.given: dict[fx.Node, Any] = {}

    def run_node(self, n: fx.Node) -> Any:
        self.given[n] = super().run_node(n)
        return self.given[n]


def _traced(module: nn.Module, x: Tensor) -> Iterator[Station]:
    """The stations of the module's graph, as torch.fx finds it without running the code."""
    graph = fx.symbolic_trace(module)
    recorder = _Recorder(graph)
    recorder.run(x)
    counted: set[int] = set()
    places: dict[fx.Node, int] = {}
    for node, given in recorder.given.items():
        if node.op == "output":
            continue
        places[node] = len(places)
        owner = graph.get_submodule(str(node.target)) if node.op == "call_module" else None
        own = list(owner.parameters()) if owner is not None else []
        if node.op == "get_attr" and isinstance(given, nn.Parameter):
            own = [given]
        name = INPUT if node.op == "placeholder" else _name(node)
        sources = tuple(places[each] for each in node.all_input_nodes)
        yield _station(name, _kind(owner, node.op), sources, given, _count(own, counted))


def _heard(module: nn.Module, x: Tensor) -> Iterator[Station]:
    """The modules that have none within, as they compute, each one fed by the one before."""
    heard: list[tuple[str, nn.Module, Any]] = []
    leaves = [(name, each) for name, each in module.named_modules() if not list(each.children())]

    def listen(name: str) -> Any:
        return lambda owner, _given, out: heard.append((name, owner, out))

    hooks = [
        each.register_forward_hook(listen(name or type(each).__name__)) for name, each in leaves
    ]
    try:
        module(x)
    finally:
        for hook in hooks:
            hook.remove()
    counted: set[int] = set()
    yield _station(INPUT, "", (), x, 0)
    for place, (name, owner, out) in enumerate(heard[:MOST_STATIONS]):
        own = _count(list(owner.parameters()), counted)
        yield _station(name, _kind(owner, "call_module"), (place,), out, own)


def _station(
    name: str, kind: str, sources: tuple[int, ...], given: Any, parameters: int
) -> Station:
    tensor = _first_tensor(given)
    row = tensor[0] if tensor.dim() > 0 and len(tensor) else tensor
    values = row.detach().flatten().double()
    if len(values) > MOST_VALUES:
        values = torch.cat((values[: MOST_VALUES // 2], values[-MOST_VALUES // 2 :]))
    return Station(name, kind, sources, tuple(tensor.shape), parameters, tuple(values.tolist()))


def _first_tensor(given: Any) -> Tensor:
    """What a station gives: a tensor, or the first one in it; a number as one of no dimensions."""
    while isinstance(given, list | tuple) and given:
        given = given[0]
    if isinstance(given, Tensor):
        return given
    return torch.tensor(float(given) if isinstance(given, int | float) else float("nan"))


def _count(parameters: Sequence[Tensor], counted: set[int]) -> int:
    """How many numbers there are in parameters that were not counted before."""
    new = {id(each): each.numel() for each in parameters if id(each) not in counted}
    counted.update(new)
    return sum(new.values())


def _name(node: fx.Node) -> str:
    return str(node.target) if node.op in {"call_module", "get_attr"} else str(node.name)


def _kind(owner: nn.Module | None, op: str) -> str:
    if owner is None:
        return "Parameter" if op == "get_attr" else ""
    return f"{type(owner).__name__}({owner.extra_repr()})"
