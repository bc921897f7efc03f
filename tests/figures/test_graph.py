"""Every node of the graph is a box, every passing on an arrow, and the one at work is lit."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.experiment import Experiment
from nnlab.figures import palette
from nnlab.figures.graph import graph_figure
from nnlab.gradients.graph import graph
from tests.gradients.networks import small


@settings(max_examples=20)
@given(small())
def test_every_node_is_a_box_and_every_passing_on_an_arrow(experiment: Experiment) -> None:
    nodes = graph(experiment)
    figure = graph_figure(nodes, None)
    assert len(figure.layout.shapes) == len(figure.data[0].x) == len(nodes)
    assert len(figure.layout.annotations) == sum(len(node.inputs) for node in nodes)
    places = list(zip(figure.data[0].x, figure.data[0].y, strict=True))
    assert len(set(places)) == len(places)


@settings(max_examples=20)
@given(small(), st.integers(0, 100))
def test_the_node_at_work_is_lit(experiment: Experiment, place: int) -> None:
    nodes = graph(experiment)
    shapes = graph_figure(nodes, place % len(nodes)).layout.shapes
    assert [shape.line.color for shape in shapes].count(palette.SELECTED) == 1
