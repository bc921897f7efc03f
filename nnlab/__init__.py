"""How a neural network works, on real PyTorch: every number shown is a real tensor's.

An `Experiment` says everything that is asked; `train` makes a `Run` of it, in which every recorded
moment can be looked at again. Figures and files are made from these two:

>>> from nnlab import Choice, Experiment, Layer, Network, Training, train
>>> network = Network((Layer(8, Choice("Tanh")), Layer(1, Choice("Sigmoid"))))
>>> run = train(Experiment(network=network, training=Training(learning_rate=0.5), seed=1))
>>> bool(run.losses[-1] < run.losses[0])
True
>>> from nnlab.figures.document import document
>>> page = document(run)  # the learning curves as a file of HTML
>>> from nnlab.files.tensors import write_safetensors
>>> weights = write_safetensors(run.module())

The names below are imported when they are first used: the app has to set the number of threads
before anything imports torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.experiment import Data, Experiment, Intervention, Layer, Network, Training
    from nnlab.limits import ExperimentError
    from nnlab.registry import Choice
    from nnlab.training import Run, train

_MODULES = {
    "Choice": "registry",
    "Data": "experiment",
    "Experiment": "experiment",
    "ExperimentError": "limits",
    "Intervention": "experiment",
    "Layer": "experiment",
    "Network": "experiment",
    "Run": "training",
    "Training": "experiment",
    "train": "training",
}

__all__ = [
    "Choice",
    "Data",
    "Experiment",
    "ExperimentError",
    "Intervention",
    "Layer",
    "Network",
    "Run",
    "Training",
    "train",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _offered(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'nnlab' has no attribute {name!r}")
    return getattr(import_module(f"nnlab.{_MODULES[name]}"), name)


if not TYPE_CHECKING:  # else mypy would believe that every name is there
    __getattr__ = _offered
