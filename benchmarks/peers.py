"""The same training by others: plain PyTorch, scikit-learn, joblib, ConvNetJS. Each takes a work
and gives the seconds that it took and the mean loss of every epoch, from the same weights and rows
in the same order."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from nnlab.activations import ACTIVATIONS
from nnlab.datasets import Samples
from nnlab.engines.problem import Problem
from nnlab.losses import LOSSES
from nnlab.optimizers import OPTIMIZERS

CONVNETJS = "convnetjs@0.3.0"


@dataclass(frozen=True)
class Work:
    """One training: what, on which rows, from which parameters, how long, shuffled or not."""

    name: str
    problem: Problem
    samples: Samples
    theta: Tensor
    rate: float
    epochs: int
    shuffle: bool = False


Timed = tuple[float, list[float]]
Peer = Callable[[Work], Timed]


def module_of(work: Work) -> nn.Sequential:
    """The network, with its first parameters."""
    parts: list[nn.Module] = []
    for (outputs, inputs), choice in zip(
        work.problem.shapes, work.problem.activations, strict=True
    ):
        parts += [nn.Linear(inputs, outputs), ACTIVATIONS.make(choice)]
    module = nn.Sequential(*parts)
    nn.utils.vector_to_parameters(work.theta.clone(), module.parameters())
    return module


def pytorch(work: Work) -> Timed:
    """The plain loop: batches are slices, the loss is read once in an epoch."""

    def batches() -> Iterator[tuple[Tensor, ...]]:
        x, y = work.samples
        if work.shuffle:
            order = torch.randperm(len(x))
            x, y = x[order], y[order]
        size = work.problem.batch_size
        return zip(x.split(size), y.split(size), strict=True)

    return _pytorch(work, batches)


def pytorch_with_dataloader(work: Work) -> Timed:
    """The loop as tutorials write it."""
    loader = DataLoader(
        TensorDataset(*work.samples), batch_size=work.problem.batch_size, shuffle=work.shuffle
    )
    return _pytorch(work, lambda: iter(loader))


def _pytorch(work: Work, batches: Callable[[], Iterator[tuple[Tensor, ...]]]) -> Timed:
    module, criterion = module_of(work), LOSSES.make(work.problem.loss)
    optimizer = OPTIMIZERS.make(work.problem.optimizer, module.parameters(), work.rate)
    losses = []
    began = time.perf_counter()
    for _epoch in range(work.epochs):
        total, count = torch.zeros(()), 0
        for x, y in batches():
            optimizer.zero_grad()
            loss = criterion(module(x), y)
            loss.backward()
            optimizer.step()
            total += loss.detach()
            count += 1
        losses.append(total.item() / count)
    return time.perf_counter() - began, losses


def scikit_learn(work: Work) -> Timed:
    """MLPRegressor (its output is linear and its loss half the square) or MLPClassifier."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    classes = work.problem.loss.name == "CrossEntropyLoss"
    names = {"ReLU": "relu", "Tanh": "tanh"}
    model = (MLPClassifier if classes else MLPRegressor)(
        hidden_layer_sizes=work.problem.sizes[1:-1],
        activation=names[work.problem.activations[0].name],
        solver="adam" if classes else "sgd",
        momentum=0.0,
        alpha=0.0,
        batch_size=work.problem.batch_size,
        learning_rate_init=work.rate if classes else 2 * work.rate,
        max_iter=work.epochs,
        shuffle=work.shuffle,
        tol=0.0,
        n_iter_no_change=10**9,
    )
    x, y = work.samples.x.numpy(), work.samples.y.reshape(-1).numpy()
    _from_the_same_weights(model, work)
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(x, y)
    scale = 1.0 if classes else 2.0
    return time.perf_counter() - began, [scale * float(loss) for loss in model.loss_curve_]


def _from_the_same_weights(model: object, work: Work) -> None:
    """scikit-learn draws its own weights; let it draw ours."""
    module, place = module_of(work), iter(range(100))
    linear = [part for part in module if isinstance(part, nn.Linear)]

    def drawn(*_inputs: object) -> tuple[object, object]:
        layer = linear[next(place)]
        return layer.weight.detach().numpy().T.copy(), layer.bias.detach().numpy().copy()

    model._init_coef = drawn  # type: ignore[attr-defined]


@contextmanager
def convnetjs(work: Work) -> Iterator[Peer | None]:
    """ConvNetJS in a node that stays; None where node or npm is not there."""
    if not (shutil.which("node") and shutil.which("npm")):
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["npm", "pack", "--silent", CONVNETJS],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if packed.returncode:
            yield None
            return
        shutil.unpack_archive(Path(folder, packed.stdout.split()[-1]), folder)
        Path(folder, "work.json").write_text(json.dumps(_plain(work)))
        script = Path(__file__).with_name("convnetjs.js")
        library = Path(folder, "package", "build", "convnet.js")
        command = ["node", str(script), str(library), str(Path(folder, "work.json"))]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as node:
            yield lambda _work: _ask(node)
            node.stdin.close()  # type: ignore[union-attr]


def _ask(node: subprocess.Popen[str]) -> Timed:
    assert node.stdin
    assert node.stdout
    node.stdin.write("\n")
    node.stdin.flush()
    answer = json.loads(node.stdout.readline())
    return answer["seconds"], answer["losses"]


def _plain(work: Work) -> dict[str, object]:
    return {
        "sizes": work.problem.sizes,
        "activations": [each.name for each in work.problem.activations],
        "theta": work.theta.tolist(),
        "x": work.samples.x.tolist(),
        "y": work.samples.y.tolist(),
        "rate": work.rate,
        "batch_size": work.problem.batch_size,
        "epochs": work.epochs,
    }
