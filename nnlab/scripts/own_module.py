"""Somebody's class as a whole program: with the rows and the loop that train it."""

from __future__ import annotations

import ast

from nnlab.experiment import Experiment
from nnlab.scripts.module import call
from nnlab.scripts.rows import data_lines
from nnlab.scripts.section import block


def own_module(source: str, experiment: Experiment) -> str:
    """A program that trains the class as the sandbox does, and prints the loss on the rows that
    were learned from and on those held out. It needs only torch."""
    rows = "\n".join(data_lines(experiment))
    libraries = "".join(f"import {name}\n" for name in ("math",) if f"{name}." in rows)
    parts = (
        source.rstrip(),
        f"\n{libraries}import torch",
        f"torch.manual_seed({experiment.data.seed})\n{rows}",
        _made(source, experiment),
        _loop(experiment),
        _ending(experiment),
    )
    return "\n\n".join(parts) + "\n"


def _made(source: str, experiment: Experiment) -> str:
    training = experiment.training
    rate = f"lr={training.learning_rate!r}"
    optimizer = call(training.optimizer, "model.parameters()", rate)
    return (
        f"torch.manual_seed({experiment.seed})\n"
        f"model = {_class_name(source)}()\n"
        f"criterion = torch.nn.{call(training.loss)}\n"
        f"optimizer = torch.optim.{optimizer}\n"
        f"order = torch.Generator().manual_seed({experiment.seed})"
    )


def _loop(experiment: Experiment) -> str:
    step = (
        "optimizer.zero_grad()",
        "loss = criterion(model(x[rows]), y[rows])",
        "loss.backward()",
        "optimizer.step()",
    )
    batches = f"torch.randperm(len(x), generator=order).split({experiment.batch_size})"
    epoch = block(f"for rows in {batches}:", step)
    return "\n".join(block(f"for epoch in range({experiment.training.epochs}):", epoch))


def _ending(experiment: Experiment) -> str:
    test = ["print('test loss:', criterion(model(x_test), y_test).item())"]
    lines = ["model.eval()", "print('loss:', criterion(model(x), y).item())"]
    return "\n".join(lines + test * bool(experiment.data.n_test))


def _class_name(source: str) -> str:
    """The last class in the code, which is the one that is made."""
    try:
        found = [each.name for each in ast.parse(source).body if isinstance(each, ast.ClassDef)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = []
    return found[-1] if found else "Net"
