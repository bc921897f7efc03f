"""The runs of the experiments that lessons ask for. Equal experiments share one run, and a long one
shows its progress and stops as soon as the learner touches anything. They are the reference
engine's, so that the lines of PyTorch beside them print the same digits."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import streamlit as st
import torch

from nnlab.engines.selection import REFERENCE
from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.limits import ExperimentError
from nnlab.training import Run, Trainer, train_gradually
from nnlab.ui import link
from nnlab.ui.hosting import counters
from nnlab.ui.hosting.house import house, within
from nnlab.ui.hosting.turns import turns
from nnlab.ui.markup import as_text
from nnlab.ui.shelf import Shelf

LONG = 1500
"""Steps from which on progress is shown: about half a second."""
MOST_RUNS = 64
CPU = "cpu"
_ENGINE = "nnlab.engine"


def run_of(experiment: Experiment, device: str = "auto") -> Run:
    """The whole run of an experiment, from the shelf or trained now."""
    run = _shelf().get((experiment, device))
    if run is None:
        _admit(experiment)
        work = _at_once if experiment.n_steps < LONG else _with_progress
        with counters.trained():
            run = _trained(work, experiment, device)
        _shelf().put((experiment, device), run)
    st.session_state[_ENGINE] = link.page(), run.engine
    return run


def engine_here() -> str:
    """The engine that has trained what is on this page; empty where nothing was trained."""
    page, engine = st.session_state.get(_ENGINE, ("", ""))
    return engine if page == link.page() else ""


def _trained(work: Callable[[Experiment, str], Run], experiment: Experiment, device: str) -> Run:
    """The run on the device, or on the CPU where the device's memory is full."""
    try:
        return work(experiment, device)
    except torch.OutOfMemoryError:
        text = _("The memory of the GPU is full: this was computed on the CPU, with the same seed.")
        st.info(text, icon=":material/memory:")
        return work(experiment, CPU)


def _admit(experiment: Experiment) -> None:
    """Go on if the experiment is within the bounds of this house; else say why not, and end."""
    try:
        within(experiment)
    except ExperimentError as error:
        _end(as_text(str(error)))


def _end(text: str) -> NoReturn:
    st.error(text, icon=":material/error:")
    st.stop()


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf[tuple[Experiment, str], Run]:
    return Shelf(MOST_RUNS)


def _at_once(experiment: Experiment, device: str) -> Run:
    """The beginning of what the same training came to with more epochs, or what it comes to when
    it goes on from there."""
    epochs = experiment.training.epochs
    key = replace(experiment, training=replace(experiment.training, epochs=0)), device
    furthest = _trainers().get(key)
    run = furthest.run.for_epochs(epochs) if furthest else None
    if run is not None:
        return run
    trainer = _begun(experiment, device, furthest)
    trainer.advance(experiment.n_steps)
    _trainers().put(key, trainer)
    return trainer.run


def _begun(experiment: Experiment, device: str, furthest: Trainer | None) -> Trainer:
    if furthest is None:
        return Trainer(experiment, device, REFERENCE)
    return Trainer.resume(experiment, furthest)


@st.cache_resource(show_spinner=False)
def _trainers() -> Shelf[tuple[Experiment, str], Trainer]:
    """Trainers at the end of their training, which nobody advances, by what they train for no
    epochs."""
    return Shelf(MOST_RUNS)


def _with_progress(experiment: Experiment, device: str) -> Run:
    """Streamlit stops a script at its next call when a newer run waits: here, after each part."""
    turns().leave()
    bar = st.progress(0.0, _("it is training"))
    until = time.monotonic() + house().computation_seconds
    parts = max(50, experiment.n_steps // LONG)
    for run in train_gradually(experiment, device, parts, REFERENCE):
        share = int(run.steps[-1]) / experiment.n_steps
        bar.progress(share, _("training: {share}").format(share=f"{share:.0%}"))
        if time.monotonic() > until and share < 1:
            _end(_too_long(share))
    bar.empty()
    return run


def _too_long(share: float) -> str:
    return _(
        "This training was ended after {seconds} seconds, which is what this server gives one. It "
        "had come to {share} of its steps: ask for fewer, or take nnlab to a machine of your own."
    ).format(seconds=house().computation_seconds, share=f"{share:.0%}")
