"""The compiled engine trains one small dense network on the CPU, thousands of steps in one call.
Its kernel is compiled by numba on the visitor's machine when it is first wanted, beside the app:
until it is ready, another engine does the work."""

from __future__ import annotations

import importlib.util
import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from nnlab.datasets import Samples
from nnlab.engines.problem import (
    Course,
    Leg,
    Problem,
    Remembered,
    Room,
    activation_setting,
    begins_to_roll,
    loss_setting,
    refused_by,
    variant,
)
from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.registry import Choice

if TYPE_CHECKING:
    from nnlab.engines import kernel
else:

    class _Late:
        """Gives way to the kernel when that is first used: to import numba takes 0.3 s."""

        def __getattr__(self, name: str) -> Any:
            globals()["kernel"] = importlib.import_module("nnlab.engines.kernel")
            return getattr(kernel, name)

    kernel = _Late()


_LOG = logging.getLogger(__name__)


class Warming:
    """Gets the kernel ready once for the whole process, in a thread of its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._thread: Thread | None = None
        self.done = False

    def begin(self) -> Thread:
        """Begin if nobody has. Returns the thread that is at work."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._work, name="compiling the kernel", daemon=True)
                self._thread.start()
            return self._thread

    def _work(self) -> None:
        """Where the disk is full or can't be written, the other engines do all the work."""
        try:
            if not kept():
                compile_beside()
            take_a_step()
        except OSError as error:
            _LOG.warning("The compiled engine can't be kept on disk, so others train: %s", error)
        else:
            self.done = True


def kept() -> bool:
    """Whether numba has the kernel on disk, as far as a look at the folder can tell."""
    folder = Path(kernel.train.stats.cache_path or ".")
    return any(folder.glob("loop.train-*.nbi"))


def compile_beside() -> None:
    """Have another process compile the kernel and keep it on disk: for the 15 seconds that it takes
    the Python of this one would hardly get a turn."""
    root = Path(__file__).parents[2]
    work = "from nnlab.engines import compiled; compiled.give_way(); compiled.take_a_step()"
    subprocess.run([sys.executable, "-c", work], cwd=root, check=False)  # noqa: S603


def give_way() -> None:
    """Let all other processes go first, where the system knows how to."""
    if hasattr(os, "nice"):
        os.nice(19)


def take_a_step() -> None:
    """A first step makes numba compile the kernel, or load what it compiled before."""
    problem = Problem((1, 1), (Choice("Identity"),), Choice("MSELoss"), Choice("SGD"), 1)
    session = Compiled(problem, Samples(torch.zeros(1, 1), torch.zeros(1, 1)), torch.zeros(2))
    session.go(Course(0, torch.zeros(1, dtype=torch.float64)))
    session.activations(torch.zeros(1, 1))


_WARMING = Warming()


def installed() -> bool:
    """Whether numba is there, which compiles the kernel."""
    return importlib.util.find_spec("numba") is not None


def ready() -> bool:
    """Whether the kernel is there, so that training starts at once."""
    return _WARMING.done


def warm() -> Thread | None:
    """Get the kernel ready in the background, if numba is there and nobody has begun. Join the
    thread to wait for it."""
    return _WARMING.begin() if installed() else None


def refusal(experiment: Experiment) -> str | None:
    """Why this engine can't train the experiment, as a sentence; None if it can."""
    if not installed():
        return _("The compiled engine needs the package numba, which is not installed.")
    return refused_by(experiment, kernel.ACTIVATIONS, kernel.LOSSES, kernel.OPTIMIZERS)


class Compiled:
    """One network in training on the CPU, in float32 or float64, as theta [P] is. An `Engine`."""

    def __init__(self, problem: Problem, samples: Samples, theta: Tensor) -> None:
        self._kind, self._dtype = theta.dtype, theta.numpy().dtype
        self._n_parameters = len(theta)
        self._due = False
        x, y = self._by_feature(samples.x), self._by_feature(samples.y.reshape(len(samples.x), -1))
        self._task = self._settled(problem, len(samples.x), x, y)
        self._memory = self._blank(sum(problem.sizes), x, y)
        self._memory.theta[: len(theta)] = theta.numpy()
        self._forget(problem)

    @property
    def theta(self) -> Tensor:
        return torch.from_numpy(self._memory.theta[None, : self._n_parameters])

    @property
    def gradient(self) -> Tensor:
        return torch.from_numpy(self._memory.gradient[None, : self._n_parameters])

    @property
    def loss(self) -> Tensor:
        return torch.from_numpy(self._memory.loss)

    def go(self, course: Course) -> Leg:
        """Make the update that is due, look at the next step, and so on."""
        looks = len(course.rates)
        last = (course.first + looks - 1) // course.stride
        count = last - (course.first - 1) // course.stride
        room = self._room(count) if course.room is None else course.room.rows(count)
        if len(room.steps) < count:  # the kernel writes wherever it is told to
            raise ValueError("There is no room for all moments of the course.")
        done, rows = self._run(course, looks, room)
        diverged = not np.isfinite(self._memory.loss[0])
        return Leg(done, diverged, *room.rows(rows))

    def update(self, rate: float) -> None:
        """Make the update that is due. Then no update is due until the next step."""
        course = Course(0, torch.tensor([rate], dtype=torch.float64))
        self._run(course, 0, self._room(0))
        self._due = False

    def change(self, problem: Problem) -> None:
        """Go on with other settings of the optimizer, l1, l2, batches; another optimizer
        remembers nothing. The network stays of the same shape."""
        before = self._problem
        self._task = self._settled(problem, self._task.n_rows, self._task.x, self._task.y)
        if problem.optimizer.name != before.optimizer.name:
            self._forget(problem)
        elif begins_to_roll(before, problem) and not self._memory.state1.any():
            self._memory.updates[0] = 0

    def remembered(self) -> Remembered:
        """A copy of what the optimizer remembers."""
        states = np.stack([each[None, : self._n_parameters] for each in self._states])
        return Remembered(torch.from_numpy(states), int(self._memory.updates[0]))

    def resume(self, remembered: Remembered, order: Tensor | None) -> None:
        """Be in the middle of an epoch, with its update due: the optimizer remembers this, and the
        rows are in this order [N]."""
        for state, kept in zip(self._states, remembered.states, strict=True):
            state[: self._n_parameters] = kept[0].numpy()
        self._memory.updates[0], self._due = remembered.updates, True
        if order is not None:
            for stands, arranged in (
                (self._task.x, self._memory.x),
                (self._task.y, self._memory.y),
            ):
                room = self._task.n_rows + kernel.TILE
                rows = stands.reshape(-1, room)[:, order.numpy()]
                arranged.reshape(-1, room)[:, : self._task.n_rows] = rows

    def activations(self, x: Tensor) -> Tensor:
        """The activation of every unit [sum of sizes, N], the inputs first, for other rows x
        [N, F]: with the parameters as they are now."""
        units = np.empty((sum(self._problem.sizes), len(x) + kernel.TILE), self._dtype)
        kernel.activate(self._task, self._memory, len(x), self._by_feature(x), units)
        return torch.from_numpy(units[:, : len(x)])

    def _run(self, course: Course, looks: int, room: Room) -> tuple[int, int]:
        orders = np.empty((0, 0), np.int64) if course.orders is None else course.orders.numpy()
        way = kernel.Course(course.first, self._due, looks, course.rates.numpy(), orders)
        self._due = True
        steps, *tables = (each.numpy() for each in room)
        record = kernel.Record(course.stride, steps, *(table[:, 0] for table in tables))
        done, rows = kernel.train(self._task, self._memory, way, record)
        return int(done), int(rows)

    def _settled(self, problem: Problem, n_rows: int, x: Any, y: Any) -> kernel.Task:
        self._problem = problem
        settings = [float(each) for each in problem.settings().values()]
        return kernel.Task(
            sizes=np.array(problem.sizes),
            activations=np.array(
                [list(kernel.ACTIVATIONS).index(variant(each)) for each in problem.activations]
            ),
            activation_settings=np.array([activation_setting(e) for e in problem.activations]),
            loss=list(kernel.LOSSES).index(problem.loss.name),
            loss_setting=loss_setting(problem.loss),
            optimizer=list(kernel.OPTIMIZERS).index(problem.optimizer.name),
            optimizer_settings=np.array(settings),
            zero_grad=problem.zero_grad,
            l1=self._shares(problem, problem.l1),
            l2=self._shares(problem, problem.l2),
            n_parameters=problem.n_parameters,
            batch_size=problem.batch_size,
            since=problem.since,
            n_rows=n_rows,
            x=x,
            y=y,
        )

    def _shares(self, problem: Problem, amount: float) -> Any:
        if problem.l1 == problem.l2 == 0:
            return self._zeros(0)
        return self._whole_lanes(problem.weights().numpy() * amount)

    def _blank(self, units: int, x: Any, y: Any) -> kernel.Memory:
        arrays = [self._whole_lanes(np.zeros(self._n_parameters)) for _ in range(5)]
        arrays += [self._zeros(units * kernel.TILE) for _ in range(3)]
        arrays += [x.copy(), y.copy(), self._zeros(1), np.zeros(1, np.int64)]
        return kernel.Memory(*arrays)

    def _forget(self, problem: Problem) -> None:
        """Empty the optimizer's memory; Adagrad's sum does not begin with 0."""
        for state in self._states:
            state[:] = 0
        self._memory.state1[:] = problem.settings().get("initial_accumulator_value", 0.0)
        self._memory.updates[0] = 0

    @property
    def _states(self) -> tuple[Any, Any, Any]:
        return self._memory.state1, self._memory.state2, self._memory.state3

    def _room(self, rows: int) -> Room:
        shape = (rows, 1, self._n_parameters)
        tables = [
            torch.from_numpy(np.empty(each, self._dtype)) for each in (shape[:2], shape, shape)
        ]
        return Room(torch.empty(rows, dtype=torch.int64), *tables)

    def _by_feature(self, values: Tensor) -> Any:
        """[N, F] as one feature after the other, each with idle room for a tile behind it."""
        table = np.zeros((values.shape[1], len(values) + kernel.TILE), self._dtype)
        table[:, : len(values)] = values.numpy().T
        return table.reshape(-1)

    def _whole_lanes(self, values: Any) -> Any:
        padded = self._zeros(kernel.in_whole_lanes(len(values)))
        padded[: len(values)] = values
        return padded

    def _zeros(self, size: int) -> Any:
        """torch begins an array where a line of the cache begins, numpy does not: up to a fifth of
        the time."""
        return torch.zeros(size, dtype=self._kind).numpy()
