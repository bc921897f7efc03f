"""What the kernel works on: the task that stays the same, the memory that changes, the course to go
and the record to write."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from nnlab.engines.kernel.compiling import compiled
from nnlab.engines.kernel.lanes import LANES

TILE = 64
"""Rows that go through the network together. A bigger batch goes tile by tile and adds up its
gradient, so that what is computed on the way stays in the processor's nearest memory."""

Numbers = NDArray[Any]


class Task(NamedTuple):
    """What stays the same. sizes [layers + 1]; the places of activations, loss and optimizer in
    the lists below, and their settings; l1 and l2 for each parameter (both empty: none); the step
    since which epochs have been counted; and the data: x [F * room], y [T * room], feature after
    feature, each with its N rows and idle room."""

    sizes: Numbers
    activations: Numbers
    activation_settings: Numbers
    loss: int
    loss_setting: float
    optimizer: int
    optimizer_settings: Numbers
    zero_grad: bool
    l1: Numbers
    l2: Numbers
    n_parameters: int
    batch_size: int
    since: int
    n_rows: int
    x: Numbers
    y: Numbers


class Memory(NamedTuple):
    """What changes. For each parameter (in whole lanes): theta, gradient, and three states of the
    optimizer. For each unit a tile of rows, the inputs first: pre_activation, activation, and
    slope, by which the loss grows with the one or the other.
    The data in this epoch's order. The newest loss [1] and the number of updates [1]."""

    theta: Numbers
    gradient: Numbers
    state1: Numbers
    state2: Numbers
    state3: Numbers
    pre_activation: Numbers
    activation: Numbers
    slope: Numbers
    x: Numbers
    y: Numbers
    loss: Numbers
    updates: Numbers


class Course(NamedTuple):
    """Where to go: from step `first` through so many `looks`. rates[i] is the learning rate of the
    update that leads to step first + i; the first one is made only if it is still `pending`, and
    there may be one more rate than looks. orders [epochs, N] are the rows' orders in the epochs
    that begin on the way; without any, rows stay as they stand."""

    first: int
    pending: bool
    looks: int
    rates: Numbers
    orders: Numbers


class Record(NamedTuple):
    """Where moments are written, row after row: those of steps that are multiples of `stride`."""

    stride: int
    steps: Numbers
    losses: Numbers
    parameters: Numbers
    gradients: Numbers


def in_whole_lanes(count: int) -> int:
    """The room that so many numbers take."""
    return -(-count // LANES) * LANES


@compiled(inline="always")
def room(task):
    """Numbers that one feature takes in x: the rows, and a tile of idle ones."""
    return task.n_rows + TILE
