"""The pictures of one neuron: its diagram, its sum, its place on the activation curve and, with
two features, its plane."""

from __future__ import annotations

import plotly.graph_objects as go

from nnlab.arithmetic import number
from nnlab.figures.activation import Operation, activation_curve
from nnlab.figures.boundary import Arrow, Boundary, Place, boundary
from nnlab.figures.network import Diagram, DrawnLayer, diagram, show_products
from nnlab.figures.waterfall import Waterfall, waterfall
from nnlab.gates import CORNERS, Answers, answers, corner_outputs
from nnlab.language import gettext as _
from nnlab.neuron import Evaluation, Neuron, curve, plane

_CURVE_REACH = 6.0
_PLANE_REACH = 3.0
_UNIT_SQUARE = (-0.75, 1.75)


def products_on_edges(neuron: Neuron, evaluation: Evaluation) -> go.Figure:
    """The neuron as a diagram with x · w on each edge."""
    unit = DrawnLayer(
        name=_("Neuron"),
        activation=neuron.activation,
        weight=(neuron.weights,),
        bias=(neuron.bias,),
        pre_activation=(evaluation.pre_activation.item(),),
        value=(evaluation.output.item(),),
    )
    return diagram(show_products(Diagram(neuron.features, (unit,))))


def sum_by_terms(neuron: Neuron, evaluation: Evaluation) -> go.Figure:
    """The pre-activation built up from the products and the bias."""
    products = tuple(evaluation.products[0].tolist())
    total = evaluation.pre_activation.item()
    return waterfall(Waterfall(neuron.features, neuron.weights, products, neuron.bias, total))


def operating_point(neuron: Neuron, evaluation: Evaluation) -> go.Figure:
    """The activation curve with the neuron on it."""
    total, output = evaluation.pre_activation.item(), evaluation.output.item()
    x, y = curve(neuron.activation, max(_CURVE_REACH, 1.15 * abs(total)))
    return activation_curve(Operation(x, y, total, output))


def feature_plane(neuron: Neuron, evaluation: Evaluation, wanted: Answers = ()) -> go.Figure:
    """The plane of two features, with the features of now. With the wanted answers of a gate, also
    the four corners: what is wanted there and what the neuron gives."""
    reach = max(_PLANE_REACH, *(abs(value) + 0.5 for value in neuron.features))
    asked = plane(neuron, *(_UNIT_SQUARE if wanted else (-reach, reach)))
    shown = Boundary(asked.axis, asked.axis, asked.output, asked.pre_activation, asked.undecided)
    first, second = neuron.weights
    places = (*(_corners(neuron, wanted) if wanted else ()), _now(neuron, evaluation))
    return boundary(shown, places, Arrow((first, second), neuron.bias))


def _now(neuron: Neuron, evaluation: Evaluation) -> Place:
    x, y = neuron.features
    hover = _("the features of now: ({x}, {y})<br>output {output}").format(
        x=number(x), y=number(y), output=number(evaluation.output.item())
    )
    return Place(x, y, yes=None, hover=hover, part="u0.0")


def _corners(neuron: Neuron, wanted: Answers) -> tuple[Place, ...]:
    rows = zip(CORNERS, wanted, answers(neuron), corner_outputs(neuron).tolist(), strict=True)
    return tuple(_corner(*row) for row in rows)


def _corner(corner: tuple[float, float], wanted: bool, given: bool, output: float) -> Place:  # noqa: FBT001
    mark = "✓" if given == wanted else "✗"
    text = _("target {target}<br>{output} {mark}").format(
        target=int(wanted), output=f"{output:.2f}", mark=mark
    )
    return Place(*corner, yes=wanted, text=text, hover=f"{corner}<br>{text}")
