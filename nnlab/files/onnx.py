"""A network as ONNX, which runs without PyTorch: a layer is a Gemm, a batch norm if there is one,
and what the activation is in ONNX's own operations.

The model is written out node by node, since torch.onnx.export traces and optimises for seconds, in
which a server answers nobody. Tests compare it with torch in onnxruntime."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn

from nnlab.activations import ACTIVATIONS
from nnlab.experiment import Experiment
from nnlab.network import layers
from nnlab.registry import Choice

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

OPSET = 20
"""The first one with Gelu."""
IR_VERSION = 9
"""The first one that allows this opset."""
INPUT, OUTPUT, BATCH = "x", "y", "batch"
BEFORE = "before"
"""What an activation's first step reads."""

Settings = Mapping[str, Any]


class Step(NamedTuple):
    """An operation of ONNX, what it reads beside the step before it (a tensor by its name, or a
    number), and its attributes."""

    operation: str
    others: tuple[str | float, ...] = ()
    attributes: Settings = MappingProxyType({})


Steps = Callable[[Settings], list[Step]]


def _plain(operation: str) -> Steps:
    return lambda settings: [Step(operation)]


OPERATIONS: Mapping[str, Steps] = MappingProxyType(
    {
        "ReLU": _plain("Relu"),
        "LeakyReLU": lambda given: [
            Step("LeakyRelu", attributes={"alpha": given["negative_slope"]})
        ],
        "ELU": lambda given: [Step("Elu", attributes={"alpha": given["alpha"]})],
        "GELU": lambda given: [Step("Gelu", attributes={"approximate": given["approximate"]})],
        "SiLU": lambda given: [Step("Sigmoid"), Step("Mul", (BEFORE,))],
        "Tanh": _plain("Tanh"),
        "Sigmoid": _plain("Sigmoid"),
        "Softplus": lambda given: [
            Step("Mul", (given["beta"],)),
            Step("Softplus"),
            Step("Div", (given["beta"],)),
        ],
        "Identity": _plain("Identity"),
    }
)
"""Each activation in ONNX's operations."""


def write_onnx(experiment: Experiment, module: nn.Sequential) -> bytes:
    """The network of an experiment as an ONNX model from x [batch, inputs] to y [batch, outputs],
    both float32: as it is outside training, with nothing dropped. Its inputs are the features as
    the network sees them, after any standardising."""
    from onnx import TensorProto, helper  # noqa: PLC0415

    drawing = _Drawing()
    for place, (layer, parts) in enumerate(
        zip(experiment.network.layers, layers(module), strict=True)
    ):
        drawing.add(Step("Gemm", drawing.hold(place, parts.linear), {"transB": 1}))
        if parts.batch_norm is not None:
            others = drawing.hold(place, parts.batch_norm)
            drawing.add(Step("BatchNormalization", others, {"epsilon": parts.batch_norm.eps}))
        drawing.activate(layer.activation)
    drawing.nodes[-1].output[0] = OUTPUT
    sizes = ((INPUT, experiment.sizes[0]), (OUTPUT, experiment.sizes[-1]))
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [BATCH, size])
        for name, size in sizes
    ]
    graph = helper.make_graph(drawing.nodes, "nnlab", ends[:1], ends[1:], drawing.held)
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(
        graph, producer_name="nnlab", opset_imports=opsets, ir_version=IR_VERSION
    )
    return bytes(model.SerializeToString())


class _Drawing:
    """The nodes one after the other, and the tensors that they hold."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.held: list[TensorProto] = []
        self.newest = INPUT

    def add(self, step: Step) -> None:
        """A node that reads the newest value and gives the next one."""
        from onnx import helper  # noqa: PLC0415

        inputs = [self.newest, *map(self._name, step.others)]
        self.newest = f"v{len(self.nodes) + 1}"
        self.nodes.append(
            helper.make_node(step.operation, inputs, [self.newest], **step.attributes)
        )

    def activate(self, activation: Choice) -> None:
        """The nodes of an activation."""
        before = self.newest
        for step in OPERATIONS[activation.name](ACTIVATIONS.settings(activation)):
            others = tuple(before if each == BEFORE else each for each in step.others)
            self.add(step._replace(others=others))

    def _name(self, other: str | float) -> str:
        """A number is held as a tensor, once."""
        name = other if isinstance(other, str) else f"{other!r}"
        if not isinstance(other, str) and name not in {each.name for each in self.held}:
            self._keep(name, torch.tensor(other))
        return name

    def hold(self, place: int, module: nn.Module) -> tuple[str, ...]:
        """Hold a module's tensors by their names in the state_dict, in ONNX's order."""
        return tuple(self._tensors(place, module))

    def _tensors(self, place: int, module: nn.Module) -> Iterator[str]:
        for name, tensor in module.state_dict().items():
            if tensor.dim() > 0:
                kept = f"{type(module).__name__}{place}.{name}"
                self._keep(kept, tensor)
                yield kept

    def _keep(self, name: str, tensor: Tensor) -> None:
        from onnx import numpy_helper  # noqa: PLC0415

        self.held.append(numpy_helper.from_array(tensor.detach().numpy(), name))
