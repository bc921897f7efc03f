"""The tutorial's network, trained twice from the same start: without zero_grad and with it."""

from __future__ import annotations

from nnlab.datasets import SEED_TARGETS
from nnlab.experiment import Experiment
from nnlab.parts import read
from nnlab.scripts.module import call, sequential


def script(experiment: Experiment, part: str) -> str:
    """A program that prints a part's `.grad` after every backward(), first without zero_grad, then
    with it. It covers the tutorial's batch and nn.Linear's own initialisation."""
    training = experiment.training
    rate = f"lr={training.learning_rate!r}"
    optimizer = call(training.optimizer, "model.parameters()", rate)
    setting = "\n".join(
        (
            f"torch.manual_seed({experiment.seed})",
            f"x = torch.randn({experiment.data.n_samples}, {experiment.data.n_features})",
            f"y = torch.tensor({[[target] for target in SEED_TARGETS]})",
            sequential(experiment),
            f"criterion = nn.{call(training.loss)}",
            f"optimizer = torch.optim.{optimizer}",
            f"for step in range({experiment.n_steps}):",
            "    if clears:",
            "        optimizer.zero_grad()",
            "    loss = criterion(model(x), y)",
            "    loss.backward()",
            f"    print({_grad(part)}.item())",
            "    optimizer.step()",
        )
    )
    body = "\n".join(f"    {line}" for line in setting.splitlines())
    return f"import torch\nfrom torch import nn\n\nfor clears in (False, True):\n{body}\n"


def _grad(part: str) -> str:
    """A part's place in its module's `.grad`: w0.1.2 is model[0].weight.grad[1, 2]."""
    kind, layer, place = read(part)
    parameter = {"w": "weight", "b": "bias"}[kind]
    return f"model[{2 * layer}].{parameter}.grad[{', '.join(map(str, place))}]"
