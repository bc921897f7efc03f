"""What there is to draw of a network: the plain numbers of its parts at one row of inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nnlab.arithmetic import UnitSum
from nnlab.language import gettext as _

if TYPE_CHECKING:
    from nnlab.network import LayerTrace

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class DrawnLayer:
    """One linear layer with its activation, for one row of inputs. O units, I inputs each."""

    name: str
    activation: str
    weight: Matrix
    """[O][I]"""
    bias: tuple[float, ...]
    pre_activation: tuple[float, ...]
    value: tuple[float, ...]
    edges: Matrix = ()
    """[O][I]: what the edges show, as width, colour and text; the weights if left out."""

    @property
    def shown(self) -> Matrix:
        """What the edges show."""
        return self.edges or self.weight


@dataclass(frozen=True)
class Diagram:
    """A network at one row of inputs. Parts have the ids x{i}, u{l}.{o}, b{l}.{o}, w{l}.{o}.{i}."""

    inputs: tuple[float, ...]
    layers: tuple[DrawnLayer, ...]
    selected: str = ""
    edge_name: str = ""
    """What `edges` are ("gradient"), for the hover; empty when they are weights or products."""
    limit: float = 0.0
    """The size from which an edge is as wide as can be; 0 takes the largest edge's."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, then the units of every layer."""
        return tuple(len(column) for column in self.columns)

    @property
    def columns(self) -> tuple[tuple[float, ...], ...]:
        """The values of the inputs, then those of each layer's units."""
        return (self.inputs, *(layer.value for layer in self.layers))


def show_products(drawing: Diagram) -> Diagram:
    """The same network with each edge showing weight times input instead of the weight."""
    layers = tuple(
        replace(layer, edges=_times(layer.weight, inputs))
        for layer, inputs in zip(drawing.layers, drawing.columns, strict=False)
    )
    return replace(drawing, layers=layers)


def draw_trace(traces: Sequence[LayerTrace], row: int = 0, **settings: Any) -> Diagram:
    """The network of a trace at one row of its batch; `settings` are Diagram's other fields."""
    names = layer_names(len(traces))
    layers = tuple(
        DrawnLayer(
            name=name,
            activation=trace.name,
            weight=tuple(tuple(weights) for weights in trace.weight.tolist()),
            bias=tuple(trace.bias.tolist()),
            pre_activation=tuple(trace.pre_activation[row].tolist()),
            value=tuple(trace.activation[row].tolist()),
        )
        for name, trace in zip(names, traces, strict=True)
    )
    return Diagram(tuple(traces[0].input[row].tolist()), layers, **settings)


def layer_names(count: int) -> tuple[str, ...]:
    """Hidden layer 1, Hidden layer 2, ..., Output."""
    hidden = (_("Hidden layer {number}").format(number=place) for place in range(1, count))
    return (*hidden, _("Output"))


def unit_sum(drawing: Diagram, layer: int, unit: int) -> UnitSum:
    """The numbers of one unit, to be written out."""
    drawn = drawing.layers[layer]
    return UnitSum(
        drawn.weight[unit],
        drawing.columns[layer],
        drawn.bias[unit],
        drawn.pre_activation[unit],
        drawn.value[unit],
        drawn.activation,
    )


def _times(weight: Matrix, inputs: Sequence[float]) -> Matrix:
    return tuple(tuple(w * x for w, x in zip(row, inputs, strict=True)) for row in weight)


def names(sizes: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """What inputs and units are called, column by column: x1, x2; h1.1, h1.2, h1.3; y1."""
    last = len(sizes) - 1
    letters = ("x", *(f"h{column}." for column in range(1, last)), "y")
    return tuple(
        tuple(f"{letter}{place + 1}" for place in range(size))
        for letter, size in zip(letters, sizes, strict=True)
    )
