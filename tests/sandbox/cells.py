"""What the tests of the sandbox ask of it."""

from __future__ import annotations

from typing import TypeVar

from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.registry import Choice
from nnlab.sandbox.answer import Printed
from nnlab.sandbox.cell import Cell
from nnlab.sandbox.question import Question
from nnlab.sandbox.walls import Limits

EXPERIMENT = Experiment(
    Data(Choice("circle", (("n_samples", 60),)), seed=0, test_share=0.5),
    Network((Layer(1),)),
    Training(
        loss=Choice("BCEWithLogitsLoss"),
        optimizer=Choice("Adam"),
        learning_rate=0.05,
        epochs=40,
        batch_size=10,
        shuffle=True,
    ),
    seed=3,
)
PLAIN = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 8)
        self.out = nn.Linear(8, 1)

    def forward(self, x):
        return self.out(self.hidden(x).tanh())
"""

T = TypeVar("T")


def asked(source: str, limits: Limits | None = None) -> Cell:
    """The cell of some code, when it has come to its end."""
    cell = Cell(Question(source, EXPERIMENT, limits or Limits()))
    assert cell.wait(120) is not None
    return cell


def those(cell: Cell, kind: type[T]) -> list[T]:
    """The answers of one kind."""
    return [each for each in cell.answers if isinstance(each, kind)]


def printed(cell: Cell) -> str:
    return "".join(each.text for each in those(cell, Printed))
