"""The training loop of a small dense network, compiled by numba: thousands of steps in one call.
The rows of a batch stand side by side in lanes, 16 at a time. Each activation, loss and optimizer
stands in a list, what goes back beside what goes forward; numba makes the types up by itself."""

from __future__ import annotations

from nnlab.engines.kernel.activations import ACTIVATIONS
from nnlab.engines.kernel.loop import activate, train
from nnlab.engines.kernel.losses import LOSSES
from nnlab.engines.kernel.memory import TILE, Course, Memory, Record, Task, in_whole_lanes
from nnlab.engines.kernel.optimizers import OPTIMIZERS

__all__ = [
    "ACTIVATIONS",
    "LOSSES",
    "OPTIMIZERS",
    "TILE",
    "Course",
    "Memory",
    "Record",
    "Task",
    "activate",
    "in_whole_lanes",
    "train",
]
