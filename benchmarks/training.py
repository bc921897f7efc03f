"""nnlab's engines beside their peers on the same work, in turns; writes a table in Markdown.

    python -m benchmarks.training            (needs benchmarks/requirements.txt, and node if there)
    python -m benchmarks.training --only W4 history                           (only these sections)

One thread, but for the sweeps. Before anything is timed, the losses of all epochs are compared.
A ratio is the peer's time divided by nnlab's: the median of the rounds, each peer's turn with
nnlab's turn next to it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor, nn

from benchmarks.peers import (
    Peer,
    Timed,
    Work,
    convnetjs,
    module_of,
    pytorch,
    pytorch_with_dataloader,
    scikit_learn,
)
from nnlab.datasets import Samples
from nnlab.datasets.classification import spiral
from nnlab.datasets.given import seed_batch
from nnlab.engines import compiled
from nnlab.engines.batched import Batched
from nnlab.engines.compiled import Compiled
from nnlab.engines.problem import Course, Engine, Problem, Room
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.history import History
from nnlab.passage import Setup
from nnlab.registry import Choice
from nnlab.sweep import sweep as nnlab_sweep

ROUNDS = 7
CLOSE = 2e-3
"""How far the losses may be apart, relative to the first: float32 here, float64 in JavaScript."""


@dataclass(frozen=True)
class Row:
    """One line of the table: the peer's and nnlab's microseconds per epoch, and their ratio."""

    work: str
    peer: str
    theirs: float
    ours: float
    ratio: float
    target: float | None
    note: str = ""

    def __str__(self) -> str:
        target = "" if self.target is None else f">= {self.target:g}"
        met = "" if self.target is None else ("yes" if self.ratio >= self.target else "**no**")
        cells = (self.work, self.peer, f"{self.theirs:.3g}", f"{self.ours:.3g}")
        return f"| {' | '.join(cells)} | {self.ratio:.3g}x | {target} | {met} | {self.note} |"


def initial(sizes: tuple[int, ...], generator: Generator) -> Tensor:
    """Parameters as nn.Linear draws them: uniform within one over the root of the inputs."""
    parts = []
    for inputs, outputs in itertools.pairwise(sizes):
        drawn = torch.rand(outputs * (inputs + 1), generator=generator) * 2 - 1
        parts.append(drawn / inputs**0.5)
    return torch.cat(parts)


def dense(sizes: tuple[int, ...], hidden: str, output: str) -> tuple[Choice, ...]:
    return (*(Choice(hidden) for _ in sizes[2:]), Choice(output))


def tutorial() -> Work:
    generator = torch.Generator().manual_seed(0)
    samples, sizes = seed_batch(generator, 10), (10, 5, 1)
    problem = Problem(
        sizes, dense(sizes, "ReLU", "Sigmoid"), Choice("MSELoss"), Choice("SGD"), batch_size=10
    )
    return Work("W1", problem, samples, initial(sizes, generator), 0.01, epochs=5000)


def playground(name: str, sizes: tuple[int, ...], epochs: int) -> Work:
    generator = torch.Generator().manual_seed(1)
    x, y = spiral(generator, 250, 0.0)
    order = torch.randperm(250, generator=generator)
    samples = Samples(x[order], 2 * y[order] - 1)
    problem = Problem(
        sizes, dense(sizes, "Tanh", "Tanh"), Choice("MSELoss"), Choice("SGD"), batch_size=10
    )
    return Work(name, problem, samples, initial(sizes, generator), 0.03, epochs)


def digits() -> Work:
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    samples = Samples(torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(labels))
    sizes = (64, 32, 10)
    problem = Problem(
        sizes,
        dense(sizes, "ReLU", "Identity"),
        Choice("CrossEntropyLoss"),
        Choice("Adam"),
        batch_size=32,
    )
    theta = initial(sizes, torch.Generator().manual_seed(2))
    return Work("W3", problem, samples, theta, 0.001, epochs=5, shuffle=True)


def nnlab(work: Work, engine: Callable[..., Engine] = Compiled, stride: int = 1) -> Timed:
    """The engine, with the whole history or hardly any."""
    per_epoch = -(-len(work.samples.x) // work.problem.batch_size)
    rates = torch.full((work.epochs * per_epoch,), work.rate, dtype=torch.float64)
    began = time.perf_counter()
    orders = None
    if work.shuffle:
        orders = torch.stack([torch.randperm(len(work.samples.x)) for _ in range(work.epochs)])
    session = engine(work.problem, work.samples, work.theta)
    room = history_of(work, len(rates) if stride == 1 else 1)
    leg = session.go(Course(0, rates, orders, stride, room))
    seconds = time.perf_counter() - began
    losses = leg.losses[:, 0].reshape(work.epochs, -1).mean(1) if stride == 1 else leg.losses
    return seconds, losses.reshape(-1).tolist()


def history_of(work: Work, moments: int) -> Room:
    """Room for so many moments, as a run has it."""
    cpu = torch.device("cpu")
    steps, *tables, _buffers = History(moments, work.problem.n_parameters, 0, cpu).room()
    return Room(steps, *(table[:, None] for table in tables))


def agree(name: str, ours: list[float], theirs: list[float]) -> None:
    """End the benchmark if two trainings are not the same."""
    worst = max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) / abs(ours[0])
    if not worst <= CLOSE:
        sys.exit(f"{name}: the losses differ by {worst:.2g} of the first: not the same training")


def in_turns(ours: Peer, theirs: Peer, work: Work) -> tuple[float, float, float]:
    """Median seconds of both, and the median of the rounds' ratios. nnlab's turn is the median of
    five runs: one would be over before the processor has warmed up to it."""
    pairs = []
    for _ in range(ROUNDS):
        mine = statistics.median(ours(work)[0] for _ in range(5))
        pairs.append((mine, theirs(work)[0]))
    mine, other = (statistics.median(each) for each in zip(*pairs, strict=True))
    return mine, other, statistics.median(b / a for a, b in pairs)


def compare(work: Work, peers: dict[str, tuple[Peer | None, float | None]]) -> list[Row]:
    """nnlab's compiled engine beside each peer, and beside itself without a history."""
    rows = []
    still = replace(work, shuffle=False)
    for name, (peer, target) in peers.items():
        if peer is None:
            rows.append(Row(work.name, name, 0, 0, 0, None, "skipped: not there"))
            continue
        note = "same losses"
        if name == "scikit-learn" and work.problem.activations[-1].name != "Identity":
            note = "only as much work: it has no such output"
        else:
            agree(f"{work.name} {name}", nnlab(still)[1], peer(still)[1])
        mine, other, ratio = in_turns(nnlab, peer, work)
        per_epoch = 1e6 / work.epochs
        rows.append(Row(work.name, name, other * per_epoch, mine * per_epoch, ratio, target, note))
    return rows


def history_cost(name: str, experiment: Experiment) -> str:
    """How much longer a run takes for its history, as it is kept: the median of many pairs, since a
    pair is over in milliseconds."""
    setup = Setup(experiment, "cpu", "compiled")

    def seconds(make: Callable[[], History]) -> float:
        began = time.perf_counter()
        history = make()
        made = time.perf_counter() - began
        learner = setup.learner(history)
        began = time.perf_counter()
        learner.go(experiment.n_steps)
        return made + time.perf_counter() - began

    pairs = [(seconds(lambda: setup.nothing_yet(1)), seconds(setup.history)) for _ in range(60)]
    ratio = statistics.median(kept / bare for bare, kept in pairs)
    return f"{name}: {100 * (ratio - 1):+.1f} %"


def runs() -> dict[str, Experiment]:
    """The works as experiments, which draw their own rows and weights."""
    spirals = Data(Choice("spiral", (("n_samples", 250),)))
    tanh = Choice("Tanh")
    training = Training(learning_rate=0.03, batch_size=10)
    small = Network((Layer(4, tanh), Layer(2, tanh), Layer(1, tanh)))
    big = Network((*[Layer(8, tanh)] * 6, Layer(1, tanh)))
    classes = Training(Choice("CrossEntropyLoss"), Choice("Adam"), 0.001, 20, 32, shuffle=True)
    return {
        "W1": Experiment(training=Training(epochs=5000)),
        "W2": Experiment(spirals, small, replace(training, epochs=200)),
        "W2max": Experiment(spirals, big, replace(training, epochs=100)),
        "W3": Experiment(
            Data(Choice("digits")), Network((Layer(32, Choice("ReLU")), Layer(10))), classes
        ),
    }


def frame(work: Work) -> list[Row]:
    """One epoch, the losses on 250 rows twice, and a grid of 100x100 points for all units."""
    line = torch.linspace(-1, 1, 100)
    points = torch.cat((torch.cartesian_prod(line, line), work.samples.x, work.samples.x.flip(1)))
    module, session = module_of(work), Compiled(work.problem, work.samples, work.theta)
    rates = torch.full((25,), work.rate, dtype=torch.float64)

    @torch.no_grad()
    def look(layers: nn.Sequential, batches: tuple[Tensor, ...]) -> None:
        for x in batches:
            for part in layers:
                x = part(x)  # noqa: PLW2901

    def ours(_work: Work) -> Timed:
        began = time.perf_counter()
        session.go(Course(0, rates))
        units = session.activations(points)
        for rows in (slice(10_000, 10_250), slice(10_250, 10_500)):
            (units[-1, rows] - work.samples.y[:, 0]).square().mean()
        return time.perf_counter() - began, []

    def theirs(work: Work) -> Timed:
        seconds, _ = pytorch(replace(work, epochs=1))
        began = time.perf_counter()
        look(module, points.split([10_000, 250, 250]))
        return seconds + time.perf_counter() - began, []

    for _ in range(3):
        ours(work)
        theirs(work)
    mine, other, ratio = in_turns(ours, theirs, work)
    return [Row(f"frame {work.name}", "PyTorch", other * 1e6, mine * 1e6, ratio, 20)]


def grid() -> list[Work]:
    """64 networks 2-16-1, learning rates from 0.003 to 0.09, 200 epochs of all 256 rows."""
    generator = torch.Generator().manual_seed(4)
    samples, sizes = spiral(generator, 256, 0.0), (2, 16, 1)
    problem = Problem(
        sizes, dense(sizes, "Tanh", "Identity"), Choice("BCEWithLogitsLoss"), Choice("SGD"), 256
    )
    rates = torch.logspace(-2.5, -1.05, 64, dtype=torch.float64).tolist()
    return [Work("W4", problem, samples, initial(sizes, generator), rate, 200) for rate in rates]


def sweep() -> list[Row]:
    """The grid's networks in two ways of nnlab and two of others."""
    works = grid()

    def one_by_one(_work: Work) -> Timed:
        began = time.perf_counter()
        losses = [pytorch(work)[1][-1] for work in works]
        return time.perf_counter() - began, losses

    def joblib(_work: Work) -> Timed:
        from joblib import Parallel, delayed

        began = time.perf_counter()
        jobs = (delayed(pytorch)(work) for work in works)
        losses = [each[-1] for _, each in Parallel(n_jobs=os.cpu_count())(jobs)]
        return time.perf_counter() - began, losses

    def threads(_work: Work) -> Timed:
        began = time.perf_counter()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            losses = [each[-1] for _, each in pool.map(nnlab, works)]
        return time.perf_counter() - began, losses

    def stacked(_work: Work) -> Timed:
        began = time.perf_counter()
        theta = torch.stack([work.theta for work in works])
        rates = torch.tensor([work.rate for work in works], dtype=torch.float64)
        session = Batched(works[0].problem, works[0].samples, theta)
        leg = session.go(Course(0, rates.expand(works[0].epochs, -1)))
        return time.perf_counter() - began, leg.losses[-1].tolist()

    rows = []
    for name, peer, target in (("PyTorch, one by one", one_by_one, 50), ("joblib", joblib, 25)):
        rows.append(sweep_row((name, "sweep(), all of it"), (peer, whole_sweep), works[0], target))
        rows.append(sweep_row((name, "compiled, threads"), (peer, threads), works[0], target))
        rows.append(sweep_row((name, "batched, 1 thread"), (peer, stacked), works[0], target))
    return rows


def whole_sweep(_work: Work) -> Timed:
    """From the experiments to the outcomes: networks drawn, losses measured at 50 moments."""
    works = grid()
    began = time.perf_counter()
    results = list(nnlab_sweep(*as_experiments(works)))
    assert len(results) == len(works)
    return time.perf_counter() - began, []


def as_experiments(works: Sequence[Work]) -> tuple[Experiment, dict[str, list[float]]]:
    """The same grid as an experiment, which draws its own rows and weights."""
    experiment = Experiment(
        Data(Choice("spiral", (("n_samples", 256),))),
        Network((Layer(16, Choice("Tanh")), Layer(1))),
        Training(loss=Choice("BCEWithLogitsLoss"), epochs=works[0].epochs, batch_size=256),
    )
    return experiment, {"learning_rate": [work.rate for work in works]}


def sweep_row(names: tuple[str, str], peers: tuple[Peer, Peer], work: Work, target: int) -> Row:
    """One way to sweep beside another, in three rounds: the peers' turns take seconds. Ours take
    a few hundredths, and are the median of five, as in `in_turns`."""
    theirs, ours = peers
    if mine := ours(work)[1]:
        agree(f"W4 {names[0]}", mine, theirs(work)[1])
    pairs = [
        (statistics.median(ours(work)[0] for _ in range(5)), theirs(work)[0]) for _ in range(3)
    ]
    taken, other = (statistics.median(each) for each in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    per = 1e6 / (64 * work.epochs)
    return Row("W4", names[0], other * per, taken * per, ratio, target, names[1])


def speed_of_sgemm() -> float:
    """FLOP per second of one thread in a matrix product."""
    a = torch.randn(512, 512)
    times = []
    for _ in range(20):
        began = time.perf_counter()
        torch.mm(a, a)
        times.append(time.perf_counter() - began)
    return float(2 * 512**3 / statistics.median(times))


def distance(work: Work, flops: float) -> str:
    """nnlab's time beside that of its multiplications and additions alone, at sgemm's speed."""
    products = sum(outputs * inputs for outputs, inputs in work.problem.shapes)
    first = work.problem.sizes[0] * work.problem.sizes[1]
    work_of_epoch = 2 * len(work.samples.x) * (3 * products - first)
    limit = work_of_epoch / flops
    mine = statistics.median(nnlab(work, stride=10**9)[0] for _ in range(ROUNDS)) / work.epochs
    return (
        f"| {work.name} | {work_of_epoch / 1e3:.1f} | {limit * 1e6:.3g} | {mine * 1e6:.3g} "
        f"| {mine / limit:.1f} |"
    )


def beside_peers(work: Work, targets: tuple[float | None, ...]) -> Callable[[], list[Row]]:
    """A work of the playgrounds beside those that can do it."""

    def rows() -> list[Row]:
        with ExitStack() as stack:
            loop: Peer = pytorch if work.name == "W1" else pytorch_with_dataloader
            name = "PyTorch" if work.name == "W1" else "PyTorch, DataLoader"
            peers: list[Peer | None] = [loop, stack.enter_context(convnetjs(work)), scikit_learn]
            names = (name, "ConvNetJS", "scikit-learn")
            return compare(work, dict(zip(names, zip(peers, targets, strict=True), strict=True)))

    return rows


def digits_beside_peers() -> list[Row]:
    peers: dict[str, tuple[Peer | None, float | None]] = {
        "scikit-learn": (scikit_learn, 8),
        "PyTorch, DataLoader": (pytorch_with_dataloader, 30),
    }
    return compare(digits(), peers)


def histories() -> list[str]:
    costs = itertools.starmap(history_cost, runs().items())
    return ["\nA run's history costs: " + ", ".join(costs)]


def limits() -> list[str]:
    flops = speed_of_sgemm()
    return [
        f"\nsgemm on one thread: {flops / 1e9:.0f} GFLOP/s. The machine's limit:\n",
        "| work | kFLOP/epoch | limit, us | nnlab, us | times |\n|---|---|---|---|---|",
        *(distance(work, flops) for work in (*playgrounds(), digits())),
    ]


def playgrounds() -> tuple[Work, Work, Work]:
    small, big = (2, 4, 2, 1), (2, *[8] * 6, 1)
    return tutorial(), playground("W2", small, 200), playground("W2max", big, 100)


def sections() -> dict[str, Callable[[], Sequence[Row | str]]]:
    """The parts of the table, by the names to ask for them."""
    w1, w2, w2max = playgrounds()
    return {
        "W1": beside_peers(w1, (500, 30, 200)),
        "W2": beside_peers(w2, (900, 35, 250)),
        "W2max": beside_peers(w2max, (150, 15, None)),
        "W3": digits_beside_peers,
        "frame": lambda: [*frame(w2), *frame(w2max)],
        "W4": sweep,
        "history": histories,
        "limits": limits,
    }


def main() -> None:
    parts = sections()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts), metavar="SECTION")
    wanted = parser.parse_args().only
    torch.set_num_threads(1)
    began = time.perf_counter()
    if (warming := compiled.warm()) is None:
        sys.exit("numba is not installed")
    warming.join()
    print(f"Kernel ready after {time.perf_counter() - began:.1f} s.\n")
    print("| work | peer | peer, us/epoch | nnlab, us/epoch | ratio | target | met | |")
    print("|---|---|---|---|---|---|---|---|")
    for name in wanted:
        print(*parts[name](), sep="\n", flush=True)


if __name__ == "__main__":
    main()
