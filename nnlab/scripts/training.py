"""The second tutorial's lines of training, with today's values in them."""

from __future__ import annotations

from nnlab.datasets import SEED_TARGETS
from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.scripts.module import STYLES, call


def script(experiment: Experiment, style: str = "Sequential") -> str:
    """A program that trains the experiment's network and prints the loss of every step.

    `style` is one of `STYLES`. It covers what the lesson on learning can ask for: the tutorial's
    batch, any layers with nn.Linear's own initialisation, any loss and optimizer.
    """
    parts = (
        "import torch\nimport torch.nn as nn",
        _data(experiment),
        STYLES[style](experiment),
        _criterion(experiment),
        _loop(experiment),
    )
    return "\n\n".join(parts) + "\n"


def definition(experiment: Experiment, style: str = "Sequential") -> str:
    """The lines that make the network, the criterion and the optimizer; `style` is one of
    `STYLES`."""
    parts = (
        "import torch\nimport torch.nn as nn",
        STYLES[style](experiment),
        _criterion(experiment),
    )
    return "\n\n".join(parts) + "\n"


def _data(experiment: Experiment) -> str:
    targets = ", ".join(f"[{target}]" for target in SEED_TARGETS)
    return (
        f"torch.manual_seed({experiment.seed})\n"
        f"x = torch.randn({experiment.data.n_samples}, {experiment.data.n_features})\n"
        f"y = torch.tensor([{targets}])"
    )


def _criterion(experiment: Experiment) -> str:
    rate = f"lr={experiment.training.learning_rate!r}"
    optimizer = call(experiment.training.optimizer, "model.parameters()", rate)
    return f"criterion = nn.{call(experiment.training.loss)}\noptimizer = torch.optim.{optimizer}"


def _loop(experiment: Experiment) -> str:
    full = experiment.steps_per_epoch == 1
    batches = (
        "" if full else f"    for rows in torch.arange(len(x)).split({experiment.batch_size}):\n"
    )
    indent = "    " if full else "        "
    x, y = ("x", "y") if full else ("x[rows]", "y[rows]")
    forgotten = _("forgotten: the gradients add up")
    zero_grad = {
        True: "optimizer.zero_grad()",
        False: f"# optimizer.zero_grad()  # {forgotten}",
    }[experiment.training.zero_grad]
    lines = (
        f"y_pred = model({x})",
        f"loss = criterion(y_pred, {y})",
        "print('epoch: ', epoch, ' loss: ', loss.item())",
        zero_grad,
        "loss.backward()",
        "optimizer.step()",
    )
    body = "\n".join(indent + line for line in lines)
    return f"for epoch in range({experiment.training.epochs}):\n{batches}{body}"
