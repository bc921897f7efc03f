"""The computation graph is what autograd notes down during forward: one node for each operation,
which knows its own derivative and the nodes that its inputs came from. backward() follows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from nnlab.experiment import Experiment
from nnlab.gradients.walk import Operation
from nnlab.losses import LOSSES
from nnlab.network import build
from nnlab.training import batch

_SAVED = "_saved_"
_LEAVES = {"dw": "weight", "db": "bias"}
_NO_ACTIVATION = (
    "Addmm",
    "MseLoss",
    "Mean",
    "Abs",
    "Sub",
    "Huber",
    "BinaryCrossEntropy",
    "NllLoss",
    "LogSoftmax",
)


@dataclass(frozen=True)
class Node:
    """One node as autograd has it: its `name`, the `shape` of the tensor that it made in forward,
    the tensors that it `saved` for backward (name, shape), the places of the nodes that it passes
    gradients on to, and for a leaf the parameter whose `.grad` it fills."""

    name: str
    shape: tuple[int, ...]
    saved: tuple[tuple[str, tuple[int, ...]], ...]
    inputs: tuple[int, ...]
    parameter: str = ""


def graph(experiment: Experiment) -> tuple[Node, ...]:
    """The graph of the first batch's loss, read after its backward(). The loss comes first, and
    each node before those that it passes gradients on to."""
    module, (x, y) = build(experiment), batch(experiment, 0)
    choice = experiment.training.loss
    target = LOSSES[choice.name].target(y, experiment.network.outputs)
    loss: Tensor = LOSSES.make(choice)(module(x), target)
    loss.backward(retain_graph=True)
    return _nodes(loss, module)


def _nodes(loss: Tensor, module: nn.Module) -> tuple[Node, ...]:
    found: list[Any] = [loss.grad_fn]
    for function in found:
        following = [each for each, _place in function.next_functions if each is not None]
        found += [each for each in following if not any(each is known for known in found)]
    names = {id(parameter): name for name, parameter in module.named_parameters()}
    return tuple(_node(function, found, names) for function in found)


def _node(function: Any, found: list[Any], names: dict[int, str]) -> Node:
    following = [each for each, _place in function.next_functions if each is not None]
    return Node(
        function.name().rpartition("::")[2],
        tuple(function._input_metadata[0].shape),
        tuple(_saved(function)),
        tuple(next(i for i, one in enumerate(found) if one is each) for each in following),
        names.get(id(getattr(function, "variable", None)), ""),
    )


def _saved(function: Any) -> list[tuple[str, tuple[int, ...]]]:
    """The tensors among what a node keeps; it also keeps numbers, such as a slope."""
    names = [name for name in dir(function) if name.startswith(_SAVED)]
    kept = {name.removeprefix(_SAVED): getattr(function, name) for name in names}
    return [(name, tuple(value.shape)) for name, value in kept.items() if isinstance(value, Tensor)]


def main_path(nodes: tuple[Node, ...]) -> tuple[int, ...]:
    """The places of the nodes from the loss through every layer down to the first: all but those
    that only bring a gradient to a parameter."""
    path, onward = [0], _onward(nodes, 0)
    while onward:
        path.append(onward[0])
        onward = _onward(nodes, onward[0])
    return tuple(path)


def responsible(nodes: tuple[Node, ...], operation: Operation) -> int | None:
    """The place of the node that computes an operation's gradient; None where none does: outside
    of backward, and for an Identity, of which autograd takes no note."""
    kind, layer = operation.kind, operation.layer
    if operation.step != "backward":
        return None
    if kind in _LEAVES:
        names = [node.parameter for node in nodes]
        return names.index(f"{2 * layer}.{_LEAVES[kind]}")
    path = main_path(nodes)
    sums = [place for place in reversed(path) if nodes[place].name == "AddmmBackward0"]
    above = path[path.index(sums[layer]) - 1]
    if kind == "da":
        return path[0] if layer == len(sums) - 1 else sums[layer + 1]
    return None if nodes[above].name.startswith(_NO_ACTIVATION) else above


def _onward(nodes: tuple[Node, ...], place: int) -> list[int]:
    return [each for each in nodes[place].inputs if not _for_parameter(nodes, each)]


def _for_parameter(nodes: tuple[Node, ...], place: int) -> bool:
    """A leaf, or the transpose before one: nn.Linear computes x times the weight's transpose."""
    node = nodes[place]
    through = nodes[node.inputs[0]] if node.name == "TBackward0" else node
    return bool(through.parameter)
