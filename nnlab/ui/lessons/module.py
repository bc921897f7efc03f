"""The lesson on one's own network: a line of modules that is drawn as it is typed, and a class in
Python that the sandbox runs, draws and trains."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import streamlit as st

from nnlab.blueprint import MOST_CHARACTERS, Blueprint, BlueprintError, read
from nnlab.experiment import Data, Experiment, Layer, Network, Training
from nnlab.features import FEATURES
from nnlab.figures.anatomy import anatomy
from nnlab.figures.boundary import Boundary, Place, boundary
from nnlab.figures.learning import Curves, learning_curves
from nnlab.figures.network import diagram, draw_trace
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.limits import ExperimentError, Whole
from nnlab.network import begin, trace
from nnlab.plane import natural_plane
from nnlab.registry import Choice
from nnlab.rows import rows_of
from nnlab.sandbox.answer import Failed, Printed, Unprotected
from nnlab.sandbox.cell import Cell, End
from nnlab.sandbox.learning import Progress
from nnlab.sandbox.portrait import Portrait, portrait
from nnlab.sandbox.question import GRID, MOST_SOURCE, Question
from nnlab.scripts.module import sequential
from nnlab.scripts.own_module import own_module
from nnlab.ui import lesson
from nnlab.ui.choice import choose
from nnlab.ui.hosting.house import house
from nnlab.ui.lessons.sweep import open_in_playground
from nnlab.ui.live import live_every
from nnlab.ui.markup import as_text
from nnlab.ui.playground.session import START
from nnlab.ui.server import session_lock
from nnlab.ui.slider import Scale, live_slider
from nnlab.ui.view import view

LINE = "Linear(2, 8) -> ReLU -> Linear(8, 1)"
CODE = """from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(2, 6)
        self.again = nn.Linear(6, 6)
        self.out = nn.Linear(6, 1)

    def forward(self, x):
        h = self.inner(x).tanh()
        h = self.again(h).tanh()
        h = self.again(h).tanh()
        return self.out(h)
"""
WANTED = 37
"""Parameters that a network of the task has to have."""
GOOD, FEW = 0.2, 20
MOST_CELLS = 2
"""Pieces of somebody's code that run at the same time in this process."""
LOOK_S = 0.5
SEED = 7
_HELD, _TOLD = "nnlab.cell", "nnlab.cell.told"
_MOST_ROWS = 40
_DATA = {"circle": N_("a circle"), "xor": N_("XOR"), "moons": N_("two moons")}
_RATE = Scale(0.001, 1.0, 0.001)

T = TypeVar("T")


def explore() -> None:
    """The network as a line, or as a class."""
    texts = {"line": _("as a line of modules"), "code": _("as a class in Python")}
    way = choose(_("your network"), texts, "module_way", "line", look="segments", required=True)
    WAYS[way]()


# ---- a line ----


def _by_line() -> None:
    text = st.text_area(
        _("The network, module by module"),
        LINE,
        key="module_line",
        bind="query-params",
        height=80,
        max_chars=MOST_CHARACTERS,
        help=_(
            "Linear, BatchNorm1d, an activation, Dropout: with -> or commas between them, or "
            "pasted as nn.Sequential(...) or as PyTorch prints it."
        ),
    )
    try:
        drawn = _drawn(read(text or ""))
    except BlueprintError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        st.code(error.line, language=None)
        return
    except ExperimentError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return
    _show_line(drawn)


def _drawn(blueprint: Blueprint) -> Experiment:
    """An experiment with this network that is only looked at. Raises ExperimentError."""
    source = Choice("randn", (("n_features", blueprint.inputs), ("n_samples", 8)))
    return Experiment(Data(source), blueprint.network, Training(epochs=0), SEED)


def _show_line(drawn: Experiment) -> None:
    beginning = begin(drawn)
    seen = portrait(beginning.module, beginning.samples.x)
    view(
        diagram(draw_trace(trace(beginning.module.eval(), beginning.samples.x))),
        key="module_diagram",
        alt=_("The network with a value in every unit, for one row of random inputs."),
    )
    _table(seen)
    _playground(drawn)
    lesson.task(
        _("Write a network with 2 inputs, 1 output and exactly {count} parameters.").format(
            count=WANTED
        ),
        _("Each hidden unit costs its weights, its bias, and a weight in the next layer."),
        done=seen.parameters == WANTED and drawn.sizes[0] == 2 and drawn.sizes[-1] == 1,
    )
    lesson.numbers(_sum(drawn))
    lesson.formula(r"P = \sum_{l} \left( n_{l-1} \, n_l + n_l \right)")
    lesson.code(_counting(drawn))


def _sum(drawn: Experiment) -> str:
    """The count of the parameters, written out."""
    terms = []
    for place, layer in enumerate(drawn.network.layers):
        terms.append(f"{drawn.sizes[place]} × {layer.units} + {layer.units}")
        terms += [f"2 × {layer.units}"] * layer.batch_norm
    said = " + ".join(f"({term})" for term in terms)
    return f"```\n{said} = {drawn.n_parameters}\n```"


def _counting(drawn: Experiment) -> str:
    return (
        "import torch.nn as nn\n\n"
        f"{sequential(drawn)}\n\n"
        "print(sum(each.numel() for each in model.parameters()))\n"
    )


def _playground(drawn: Experiment) -> None:
    """A link to the playground with this network, or why there is none."""
    inputs = drawn.sizes[0]
    names = () if inputs == START.data.n_raw_features else tuple(FEATURES)[:inputs]
    try:
        data = replace(START.data, features=names)
        experiment = replace(START, data=data, network=drawn.network)
        if experiment.sizes[0] != inputs:
            raise _too_wide(inputs)
    except ExperimentError as error:
        said = _("The playground can't train this network: {reason}").format(reason=error)
        st.caption(as_text(said))
        return
    open_in_playground(experiment)


def _too_wide(inputs: int) -> ExperimentError:
    return ExperimentError(_("the number of inputs"), inputs, Whole(1, len(FEATURES)))


def _table(seen: Portrait) -> None:
    """Every station with its shape and its parameters, as a table."""
    names = (_("module"), _("shape"), _("parameters"))
    lines = [f"| {' | '.join(names)} |", "| --- | --- | ---: |"]
    for each in seen.stations[:_MOST_ROWS]:
        shape = ", ".join(["N", *map(str, each.shape[1:])])
        named = ": ".join(filter(None, (each.name[:20], each.kind.partition("(")[0][:20])))
        cells = (as_text(named), f"\\[{shape}\\]", f"{each.parameters:,}")
        lines.append(f"| {' | '.join(cells)} |")
    total = _("{count} parameters, {trained} of them trained. N is the number of rows.")
    st.markdown("\n".join(lines))
    st.caption(total.format(count=f"{seen.parameters:,}", trained=f"{seen.trainable:,}"))


# ---- a class ----


@dataclass(frozen=True)
class Running:
    """A cell, what it was asked, and how it is going."""

    cell: Cell
    question: Question

    @property
    def experiment(self) -> Experiment:
        return self.question.experiment

    def latest(self, kind: type[T]) -> T | None:
        """The newest answer of a kind."""
        found = (each for each in reversed(self.cell.answers) if isinstance(each, kind))
        return next(found, None)

    def all(self, kind: type[T]) -> list[T]:
        return [each for each in self.cell.answers if isinstance(each, kind)]


@st.cache_resource(show_spinner=False)
def free_cells() -> threading.BoundedSemaphore:
    """The cells of this process that are free."""
    return threading.BoundedSemaphore(MOST_CELLS)


def _by_code() -> None:
    if not house().own_module:
        st.info(
            _(
                "This server runs nobody's code. On your own machine nnlab does, in a process that "
                "can't reach files or the network."
            ),
            icon=":material/lock:",
        )
        st.code(CODE, language="python")
        return
    source = st.text_area(
        _("Your module: a class of nn.Module with 2 inputs and 1 output"),
        CODE,
        key="module_code",
        height=380,
        max_chars=MOST_SOURCE,
        persist_state="session",
    )
    experiment = _choose_training()
    _buttons(source or "", experiment)
    running: Running | None = st.session_state.get(_HELD)
    if running is not None:
        works = running.cell.end is None
        live_every(LOOK_S if works else None, partial(_watch, running))
    lesson.formula(
        r"\frac{\partial L}{\partial W} = \sum_{\text{calls } c} \frac{\partial L}{\partial W_c}"
    )
    lesson.code(own_module(source or "", experiment))


def _choose_training() -> Experiment:
    """Two classes in the plane, and how they are learned."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        data = choose(
            _("data"), {name: _(text) for name, text in _DATA.items()}, "module_data", "circle"
        )
        epochs = st.number_input(
            _("epochs"), 1, 2000, 200, key="module_epochs", bind="query-params", width=150
        )
    rate = live_slider(_("learning rate"), "module_rate", 0.02, _RATE)
    return experiment_of(data, int(epochs or 1), rate)


def experiment_of(data: str, epochs: int, rate: float) -> Experiment:
    """How a class is trained: its own network stands for the experiment's."""
    return replace(
        START,
        data=replace(START.data, source=Choice(data, (("n_samples", 200), ("noise", 0.1)))),
        network=Network((Layer(1),)),
        training=replace(
            START.training,
            optimizer=Choice("Adam"),
            learning_rate=rate,
            epochs=epochs,
            batch_size=20,
        ),
    )


def _buttons(source: str, experiment: Experiment) -> None:
    running: Running | None = st.session_state.get(_HELD)
    works = running is not None and running.cell.end is None
    with st.container(horizontal=True):
        st.button(
            _("Run"),
            icon=":material/play_arrow:",
            key="module_run",
            type="primary",
            on_click=_run,
            args=(source, experiment),
            disabled=works,
        )
        st.button(
            _("Stop"), icon=":material/stop:", key="module_stop", on_click=_stop, disabled=not works
        )
    told = st.session_state.pop(_TOLD, "")
    if told:
        st.warning(as_text(told), icon=":material/error:")


def _run(source: str, experiment: Experiment) -> None:
    """Ask a new cell, if one is free."""
    with session_lock():
        try:
            question = Question(source, experiment, unprotected=house().own_module_unprotected)
        except ExperimentError as error:
            st.session_state[_TOLD] = str(error)
            return
        if not free_cells().acquire(blocking=False):
            st.session_state[_TOLD] = _("Other visitors' code is running. Try again in a minute.")
            return
        st.session_state[_HELD] = Running(Cell(question, free_cells().release), question)


def _stop() -> None:
    running: Running | None = st.session_state.get(_HELD)
    if running is not None:
        running.cell.stop()


def _watch(running: Running) -> None:
    """How it is going: shown anew as long as the cell works."""
    ended = running.cell.end
    _say(running, ended)
    seen = running.latest(Portrait)
    if seen is not None:
        view(
            anatomy(seen.stations),
            key="module_anatomy",
            alt=_("Every station of the module with the values of its units, for one row."),
        )
        _table(seen)
        lesson.numbers(_shares(seen))
        if not seen.traced:
            st.caption(
                _("The code decides as it goes: what is shown is the order of this one pass.")
            )
    _learning(running)
    if ended is not None and st.session_state.get(f"{_HELD}.seen") is not running:
        # Once more as a whole, so that the buttons know of the end.
        st.session_state[f"{_HELD}.seen"] = running
        st.rerun()


def _shares(seen: Portrait) -> str:
    """What each station brings of the parameters, and what forward never uses."""
    used = [each for each in seen.stations if each.parameters]
    terms = [f"{each.parameters:,} ({each.name[:20]})" for each in used]
    idle = seen.parameters - sum(each.parameters for each in used)
    if idle > 0:
        terms.append(_("{count} (never used)").format(count=f"{idle:,}"))
    said = " + ".join(terms).replace("`", "'") or "0"
    return f"```\n{said} = {seen.parameters:,}\n```"


def _learning(running: Running) -> None:
    progress = running.all(Progress)
    if not progress:
        return
    left, right = st.columns(2, gap="large")
    with left:
        view(
            learning_curves(
                Curves(
                    [each.epoch for each in progress],
                    [each.loss for each in progress],
                    [each.test_loss for each in progress],
                    progress[-1].epoch,
                )
            ),
            key="module_curves",
            alt=_("Loss over the epochs, {loss} at last.").format(loss=f"{progress[-1].loss:.4f}"),
        )
        seen = running.latest(Portrait)
        lesson.task(
            _("Bring the test loss below {good} with at most {few} parameters.").format(
                good=GOOD, few=FEW
            ),
            _("Less is needed where forward itself says something about the data."),
            done=progress[-1].test_loss < GOOD and seen is not None and seen.parameters <= FEW,
        )
    with right:
        _plane(running.experiment, progress[-1])


def _plane(experiment: Experiment, progress: Progress) -> None:
    if len(progress.picture) != GRID * GRID:
        return
    rows = rows_of(experiment)
    plane = natural_plane(rows, experiment.data)
    (left, bottom), (right, top) = plane.low.tolist(), plane.high.tolist()
    score = np.nan_to_num(np.asarray(progress.picture).reshape(GRID, GRID))
    places = [
        Place(x, y, bool(yes))
        for (x, y), (yes,) in zip(rows.raw.x.tolist(), rows.raw.y.tolist(), strict=True)
    ]
    view(
        boundary(
            Boundary(
                np.linspace(left, right, GRID),
                np.linspace(bottom, top, GRID),
                1 / (1 + np.exp(-np.clip(score, -50, 50))),
                score,
                0.5,
                (plane.names[0], plane.names[1]),
            ),
            places,
        ),
        key="module_plane",
        alt=_("The data in the plane, over what the network says at each place."),
    )


def _say(running: Running, ended: End | None) -> None:
    """What the process is at, or how it ended; and what it printed."""
    if ended is None:
        progress = running.latest(Progress)
        done = progress.epoch if progress else 0
        epochs = running.experiment.training.epochs
        text = _("epoch {done} of {all}").format(done=done, all=epochs)
        st.progress(min(done / epochs, 1.0), text if progress else _("starting Python"))
    elif ended is End.ANSWERED:
        _say_answer(running)
    else:
        limits = running.question.limits
        said = _(_ENDS[ended]).format(seconds=limits.seconds, cpu=limits.cpu_seconds)
        st.warning(said, icon=":material/block:")
    printed = "".join(each.text for each in running.all(Printed))
    if printed:
        st.caption(_("printed:"))
        st.code(printed, language=None)


_ENDS: Mapping[End, str] = MappingProxyType(
    {
        End.STOPPED: N_("Stopped."),
        End.TOO_LONG: N_("Stopped after {seconds} seconds: that is the most that code may take."),
        End.TOO_MUCH_SAID: N_("Stopped: the code has sent more than it may."),
        End.DIED: N_(
            "The process ended without an answer: it computed for more than {cpu} seconds, took "
            "too much memory, crashed, or left by itself."
        ),
    }
)


def _say_answer(running: Running) -> None:
    failed = running.latest(Failed)
    if running.latest(Unprotected) is not None:
        st.warning(
            _(
                "The code was not run: this system can't keep it from files and the network. On "
                "Linux it can; if you trust the code, own_module_unprotected in nnlab.toml lets it "
                "run here."
            ),
            icon=":material/lock_open:",
        )
    elif failed is not None:
        st.error(_failure(failed), icon=":material/error:")
    else:
        progress = running.latest(Progress)
        if progress is not None and not math.isfinite(progress.loss):
            st.warning(
                _("The loss is no longer a finite number: the training ended there."),
                icon=":material/trending_up:",
            )


def _failure(failed: Failed) -> str:
    known = _FAILURES.get(failed.error)
    if known is not None:
        return as_text(_(known).format(message=failed.message))
    place = _("Line {line}: ").format(line=failed.line) if failed.line else ""
    return f"{place}**{as_text(failed.error)}**: {as_text(failed.message)}"


_FAILURES: Mapping[str, str] = MappingProxyType(
    {
        "NoModuleError": N_(
            "There is no class of nn.Module in the code, and no variable named model."
        ),
        "ShapeError": N_(
            "forward gives the shape {message}: for each row it has to give one number."
        ),
        "PermissionError": N_("The code wanted to leave its process: {message}."),
    }
)


WAYS: Mapping[str, Callable[[], None]] = MappingProxyType({"line": _by_line, "code": _by_code})
