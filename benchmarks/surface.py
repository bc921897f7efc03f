"""How long a loss surface of 60 x 60 takes for the terrains of the lesson and some larger networks:
all places as one batched program, beside one place after the other through the nn.Module."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
from torch import nn

from nnlab.data import Data
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.landscape import SIZE, Landscape
from nnlab.registry import Choice
from nnlab.slices import Slice, of_main_directions
from nnlab.terrains import TERRAINS
from nnlab.training import train

REPEATS = 7


def larger() -> dict[str, Experiment]:
    """Networks beyond the lesson's, on 200 rows of two features."""
    data = Data(Choice("spiral", (("n_samples", 200),)))
    training = Training(Choice("BCEWithLogitsLoss"), learning_rate=0.1, epochs=20)

    def network(*units: int) -> Experiment:
        hidden = tuple(Layer(count, Choice("Tanh")) for count in units)
        return Experiment(data, Network((*hidden, Layer(1))), training)

    return {"2-4-2-1, 200 rows": network(4, 2), "2-8-8-1, 200 rows": network(8, 8)}


def one_by_one(land: Landscape, over: Slice) -> None:
    """The same surface, one network after the other."""
    criterion = type(land.criterion)()
    with torch.no_grad():
        for theta in over.lift(over.grid(SIZE)):
            nn.utils.vector_to_parameters(theta, land.module.parameters())
            criterion(land.module(land.x), land.target)


def seconds(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    torch.set_num_threads(1)
    print("| network | parameters | batched ms | one by one ms | ratio |")
    print("|---|--:|--:|--:|--:|")
    for name, experiment in {**TERRAINS, **larger()}.items():
        run = train(experiment)
        over, land = of_main_directions(run), Landscape(experiment, run.module())
        batched = seconds(lambda land=land, over=over: land.surface(over), REPEATS) * 1e3
        single = seconds(lambda land=land, over=over: one_by_one(land, over), 2) * 1e3
        row = f"| {name} | {experiment.n_parameters} | {batched:.1f} | {single:.0f} |"
        print(f"{row} {single / batched:.0f} |", flush=True)


if __name__ == "__main__":
    main()
