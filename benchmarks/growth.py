"""How the cost of an update grows with the rows and with the units, for each engine: a table, and a
plot on log axes beside the line of a cost in proportion to the work.

    python -m benchmarks.growth [growth.svg]

One thread. The work is the number of multiplications in a forward pass.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from nnlab.engines import compiled, selection
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.registry import Choice
from nnlab.training import Trainer

ONE = [((hidden,), rows) for hidden in (4, 16, 64, 256, 1024, 4096) for rows in (100, 1000, 10_000)]
MANY = [((hidden,), 100_000) for hidden in (4, 16, 64)]
PAIRS = ((64, 64), (128, 128), (256, 256), (512, 512), (1024, 16), (16, 1024), (2048, 32))
TWO = [(hidden, rows) for hidden in PAIRS for rows in (8, 100, 1000)]
GROWTH = [*ONE, *MANY, *TWO]
RUN_S, RUNS, LONGEST_S = 0.03, 5, 3.0


def on_a_spiral(hidden: Sequence[int], rows: int) -> Experiment:
    """Hidden layers of so many units, all rows in a batch."""
    return Experiment(
        Data(Choice("spiral", (("n_samples", rows),))),
        Network((*(Layer(units, Choice("Tanh")) for units in hidden), Layer(1))),
        Training(loss=Choice("BCEWithLogitsLoss"), epochs=10_000, batch_size=100_000),
    )


def update_time(experiment: Experiment, engine: str) -> float:
    """Seconds of an update, history and all: the median of a few runs."""
    trainer, times, steps = Trainer(experiment, engine=engine), [], 1
    until = time.monotonic() + LONGEST_S
    while len(times) < RUNS and (not times or time.monotonic() < until):
        began = time.perf_counter()
        trainer.advance(steps)
        seconds = time.perf_counter() - began
        if seconds < RUN_S and steps < 1000:
            steps *= 4
        else:
            times.append(seconds / steps)
        if experiment.n_steps - trainer.step < steps:
            trainer = Trainer(experiment, engine=engine)
    return statistics.median(times)


def measured(hidden: Sequence[int], rows: int) -> tuple[int, dict[str, float], str]:
    """The work, the seconds of each engine, and the engine that is chosen."""
    experiment = on_a_spiral(hidden, rows)
    times = {name: update_time(experiment, name) for name in selection.ENGINES}
    chosen = selection.chosen(experiment, torch.device("cpu"))
    return experiment.n_parameters * rows, times, chosen


def line(hidden: Sequence[int], rows: int, found: tuple[int, dict[str, float], str]) -> str:
    """One line of the table, in microseconds; bold is the engine that is chosen."""
    work, times, chosen = found
    cells = [
        f"**{1e6 * seconds:.3g}**" if name == chosen else f"{1e6 * seconds:.3g}"
        for name, seconds in times.items()
    ]
    units = " x ".join(map(str, hidden))
    return f"| {rows} | {units} | {work / 1e6:.3g} | {' | '.join(cells)} |"


def plot(found: list[tuple[int, dict[str, float], str]], file: Path) -> None:
    """Seconds of an update against its work; a ring marks the engine that is chosen."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    found = sorted(found)
    work = [each[0] for each in found]
    for name, marker in zip(selection.ENGINES, "os^", strict=True):
        axes.plot(work, [each[1][name] for each in found], marker, label=name, alpha=0.7)
    best = [each[1][each[2]] for each in found]
    axes.plot(work, best, "ko", fillstyle="none", markersize=11, label="chosen")
    through = best[-1] / work[-1]
    axes.plot(work, [through * each for each in work], "k:", label="in proportion")
    axes.set(xscale="log", yscale="log", xlabel="multiplications forward", ylabel="s per update")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(file)


def main() -> None:
    torch.set_num_threads(1)
    if (warming := compiled.warm()) is None:
        sys.exit("numba is not installed")
    warming.join()
    print(f"| rows | units | million multiplications | {' | '.join(selection.ENGINES)} |")
    print("|--:|--:|--:|--:|--:|--:|")
    found = []
    for hidden, rows in GROWTH:
        found.append(measured(hidden, rows))
        print(line(hidden, rows, found[-1]), flush=True)
    file = Path(sys.argv[1] if len(sys.argv) > 1 else "growth.svg")
    plot(found, file)
    print(f"\nDrawn in {file}. Costs are in microseconds; bold is the engine that is chosen.")


if __name__ == "__main__":
    main()
