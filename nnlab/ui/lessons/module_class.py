"""One's own network as a class in Python, which the sandbox runs, draws and trains."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial

import streamlit as st

from nnlab.experiment import Experiment, Layer, Network
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.limits import ExperimentError
from nnlab.registry import Choice
from nnlab.sandbox.cell import Cell
from nnlab.sandbox.question import MOST_SOURCE, Question
from nnlab.scripts.own_module import own_module
from nnlab.ui import lesson
from nnlab.ui.choice import choose
from nnlab.ui.hosting.house import house
from nnlab.ui.lessons.module_run import Running, watch
from nnlab.ui.live import live_every
from nnlab.ui.markup import as_text
from nnlab.ui.playground.session import START
from nnlab.ui.server import session_lock
from nnlab.ui.slider import Scale, live_slider

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
MOST_CELLS = 2
"""Pieces of somebody's code that run at the same time in this process."""
LOOK_S = 0.5
_HELD, _TOLD = "nnlab.cell", "nnlab.cell.told"
_DATA = {"circle": N_("a circle"), "xor": N_("XOR"), "moons": N_("two moons")}
_RATE = Scale(0.001, 1.0, 0.001)


@st.cache_resource(show_spinner=False)
def free_cells() -> threading.BoundedSemaphore:
    """The cells of this process that are free."""
    return threading.BoundedSemaphore(MOST_CELLS)


def write_class() -> None:
    """The code, how it is trained, and how that goes; where the house runs none, only a sample."""
    if not house().own_module:
        _show_sample()
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
        live_every(LOOK_S if works else None, partial(watch, running))
    lesson.formula(
        r"\frac{\partial L}{\partial W} = \sum_{\text{calls } c} \frac{\partial L}{\partial W_c}"
    )
    lesson.code(own_module(source or "", experiment))


def _show_sample() -> None:
    st.info(
        _(
            "This server runs nobody's code. On your own machine nnlab does, in a process that "
            "can't reach files or the network."
        ),
        icon=":material/lock:",
    )
    st.code(CODE, language="python")


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
