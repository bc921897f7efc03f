"""A blueprint's text and its network say the same; what can't be read is refused at its place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from nnlab.blueprint import Blueprint, BlueprintError, blueprint_of, read
from nnlab.experiment import Experiment, Layer, Network
from nnlab.network import build
from nnlab.registry import Choice
from tests.strategies import experiments

DEEP = Blueprint(
    2,
    Network(
        (
            Layer(8, Choice("LeakyReLU", (("negative_slope", 0.1),)), 0.2, batch_norm=True),
            Layer(3, Choice("GELU", (("approximate", "tanh"),))),
            Layer(1, Choice("Sigmoid")),
        )
    ),
)
CANONICAL = (
    "Linear(2, 8) -> BatchNorm1d(8) -> LeakyReLU(negative_slope=0.1) -> Dropout(0.2) -> "
    "Linear(8, 3) -> GELU(approximate='tanh') -> Linear(3, 1) -> Sigmoid"
)
WRITTEN = [
    CANONICAL,
    CANONICAL.replace(" -> ", "→").replace(", ", ",").replace("Sigmoid", "Sigmoid()"),
    """
    model = nn.Sequential(
        nn.Linear(in_features=2, out_features=8),  # the inputs
        nn.BatchNorm1d(8), nn.LeakyReLU(0.1, inplace=True), torch.nn.Dropout(.2),
        nn.Sequential(nn.Linear(8,
                                3), nn.GELU(approximate="tanh")),
        nn.Linear(3, 1),
        nn.Sigmoid(),
    )
    """,
    str(
        nn.Sequential(
            nn.Linear(2, 8),
            nn.BatchNorm1d(8),
            nn.LeakyReLU(0.1),
            nn.Dropout(0.2),
            nn.Sequential(nn.Linear(8, 3), nn.GELU("tanh")),
            nn.Linear(3, 1),
            nn.Sigmoid(),
        )
    ),
]

# A text, what its one sentence says, and what stands at the place that it points at.
REFUSED = [
    ("", "no module here yet", ""),
    ("   # nothing", "no module here yet", ""),
    ("ReLU -> Linear(2, 1)", "Module 1, ReLU", "ReLU"),
    ("Linear(2, 8) -> ReLU -> Linear(4, 1)", "write Linear(8, 1)", "Linear(4"),
    ("Linear(2, 8)\nBatchNorm1d(2)", "write BatchNorm1d(8)", "BatchNorm1d"),
    ("Linear(2, 8) -> ReLU -> BatchNorm1d(8)", "too late", "BatchNorm1d"),
    ("Linear(2, 8) -> ReLU -> Tanh", "too late", "Tanh"),
    ("Linear(2, 8) -> Softmax(dim=1)", "Module 2, Softmax: it is not among", "Softmax"),
    ("Linear(2, 8) ReLU", "“ReLU” is not expected", "ReLU"),
    ("Linear(2", "never closed", "("),
    ("nn.Sequential(nn.Linear(2, 1)", "never closed", "("),
    ("Linear(2, 1))", "not expected", ")"),
    ("Linear(2, =1)", "not expected", "="),
    ("Linear(8)", "out_features is missing", "Linear"),
    ("Linear(2, 8, bias=False)", "bias can only be True", "Linear"),
    ("Linear(2, 8, 2, 2, 2, 2)", "not a setting", "Linear"),
    ("Linear(2, 8, in_features=3)", "said twice", "Linear"),
    ("Linear(2, 8) -> ELU(slope=1)", "slope is not a setting", "ELU"),
    ("Linear(2, 8) -> ELU(alpha=-1)", "activation.ELU.alpha is -1", "ELU"),
    ("Linear(2, 8) -> ELU(alpha='x')", "activation.ELU.alpha is 'x'", "ELU"),
    ("Linear(2, 8) -> Dropout(1.5)", "a number from 0 to 0.95", "Dropout"),
    ("Linear(2, 5000)", "out_features is 5000", "Linear"),
    ("Linear(1e400, 5)", "in_features is inf", "Linear"),
    ("Linear(007, 5)", "not expected", "007"),
    ("Linear(2, open('x'))", "not expected", "open"),
    ("Linear(2, (1))", "not expected", "(1"),
    ("__import__('os').system('ls')", "not expected", ".system"),
    ("class Net(nn.Module):\n    pass", "This is a program", "class"),
    ("Linear(2, 2)," * 65, "the length of network.layers is 65", "Linear"),
    ("Sequential(" * 100, "Too many containers", "Sequential"),
    ("Linear(2, 8) -> " * 10_000, "at most 20000 characters", ""),
    ("Linear(" + "9" * 10_000 + ", 1)", "not expected", "999"),
]


@pytest.mark.parametrize("text", WRITTEN)
def test_however_it_is_written_it_is_the_same_network(text: str) -> None:
    assert read(text) == DEEP
    assert str(read(text)) == CANONICAL


@given(experiments())
def test_text_and_network_are_each_others(experiment: Experiment) -> None:
    plain = replace(experiment.network, initialiser=Choice("default"))
    drawn = Blueprint(experiment.data.n_features, plain)
    assert read(str(drawn)) == drawn
    assert str(read(str(drawn))) == str(drawn)
    assert str(blueprint_of(experiment)) == str(drawn)


@given(experiments())
def test_what_torch_prints_is_read_as_it_was(experiment: Experiment) -> None:
    printed = str(build(replace(experiment, interventions=())))
    assert str(read(printed)) == str(blueprint_of(experiment))


@pytest.mark.parametrize(("text", "said", "pointed"), REFUSED, ids=lambda each: each[:40])
def test_what_can_not_be_read_is_one_sentence_that_points_at_the_place(
    text: str, said: str, pointed: str
) -> None:
    with pytest.raises(BlueprintError) as refusal:
        read(text)
    sentence = str(refusal.value)
    assert said in sentence
    assert "\n" not in sentence
    assert sentence.endswith((".", "?"))
    assert text[refusal.value.place :].startswith(pointed)
    *_above, mark = refusal.value.line.split("\n")
    assert mark.strip() == "^"


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                ["Linear", "(", ")", "2", "8", ",", "->", "ReLU", "=", ":", "'x'", "\n", "p", "nn."]
            ),
            max_size=20,
        ).map(" ".join),
    )
)
def test_any_text_is_a_network_or_one_sentence(text: str) -> None:
    try:
        found = read(text)
    except BlueprintError:
        return
    assert read(str(found)) == found
