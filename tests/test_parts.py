"""Every part has one name, and the name leads back to it."""

from __future__ import annotations

from hypothesis import given, settings

from nnlab.experiment import Experiment
from nnlab.network import build, locate
from nnlab.parts import blocks, exists, is_part, names
from tests.strategies import experiments


@settings(max_examples=40, deadline=None)
@given(experiments())
def test_names_stand_in_the_order_of_the_parameters(experiment: Experiment) -> None:
    sizes, norms, module = experiment.sizes, experiment.norms, build(experiment)
    listed = names(sizes, norms)
    assert len(set(listed)) == len(listed) == experiment.n_parameters
    assert all(is_part(name) and exists(name, sizes, norms) for name in listed)
    flat = [value for each in module.parameters() for value in each.flatten().tolist()]
    for name, value in zip(listed, flat, strict=True):
        parameter, index = locate(module, name)
        assert parameter[index] == value


@settings(max_examples=40, deadline=None)
@given(experiments())
def test_blocks_are_the_parameters_one_behind_the_other(experiment: Experiment) -> None:
    parameters, start = list(build(experiment).parameters()), 0
    found = blocks(experiment.sizes, experiment.norms)
    for block, parameter in zip(found, parameters, strict=True):
        assert (block.start, block.shape) == (start, tuple(parameter.shape))
        start = block.end


def test_what_is_not_there_is_no_part_of_the_network() -> None:
    for name in ("w0.3.0", "w0.0.2", "b1.1", "w2.0.0", "gamma0.0", "beta1.0"):
        assert not exists(name, (2, 3, 1))
    assert exists("gamma0.2", (2, 3, 1), (True, False))
    assert not exists("gamma1.0", (2, 3, 1), (True, False))
    for name in ("learning_rate", "l1", "batch_size", "dropout0", "w0.1", "b0", ""):
        assert not is_part(name)
