"""How somebody's class fares in the sandbox: its stations, its curve, its plane, its end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import streamlit as st

from nnlab.experiment import Experiment
from nnlab.figures.anatomy import anatomy
from nnlab.figures.boundary import Boundary, Place, boundary
from nnlab.figures.learning import Curves, learning_curves
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.plane import natural_plane
from nnlab.rows import rows_of
from nnlab.sandbox.answer import Failed, Printed, Unprotected
from nnlab.sandbox.cell import Cell, End
from nnlab.sandbox.learning import Progress
from nnlab.sandbox.portrait import Portrait
from nnlab.sandbox.question import GRID, Question
from nnlab.ui import lesson
from nnlab.ui.lessons.module_stations import show_stations
from nnlab.ui.markup import as_text
from nnlab.ui.view import view

GOOD, FEW = 0.2, 20
_SEEN = "nnlab.cell.seen"

T = TypeVar("T")


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


def watch(running: Running) -> None:
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
        show_stations(seen)
        lesson.numbers(_shares(seen))
        if not seen.traced:
            st.caption(
                _("The code decides as it goes: what is shown is the order of this one pass.")
            )
    _learning(running)
    if ended is not None and st.session_state.get(_SEEN) is not running:
        # Once more as a whole, so that the buttons know of the end.
        st.session_state[_SEEN] = running
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
    """The curve and the task beside the plane, as soon as there are some."""
    progress = running.all(Progress)
    if not progress:
        return
    left, right = st.columns(2, gap="large")
    with left:
        _curves(progress)
        _task(progress[-1].test_loss, running.latest(Portrait))
    with right:
        _plane(running.experiment, progress[-1])


def _curves(progress: Sequence[Progress]) -> None:
    last = progress[-1]
    drawn = Curves(
        [each.epoch for each in progress],
        [each.loss for each in progress],
        [each.test_loss for each in progress],
        last.epoch,
    )
    view(
        learning_curves(drawn),
        key="module_curves",
        alt=_("Loss over the epochs, {loss} at last.").format(loss=f"{last.loss:.4f}"),
    )


def _task(test_loss: float, seen: Portrait | None) -> None:
    wanted = _("Bring the test loss below {good} with at most {few} parameters.")
    lesson.task(
        wanted.format(good=GOOD, few=FEW),
        _("Less is needed where forward itself says something about the data."),
        done=test_loss < GOOD and seen is not None and seen.parameters <= FEW,
    )


def _plane(experiment: Experiment, progress: Progress) -> None:
    if len(progress.picture) != GRID * GRID:
        return
    rows = rows_of(experiment)
    plane = natural_plane(rows, experiment.data)
    (left, bottom), (right, top) = plane.low.tolist(), plane.high.tolist()
    score = np.nan_to_num(np.asarray(progress.picture).reshape(GRID, GRID))
    said = Boundary(
        np.linspace(left, right, GRID),
        np.linspace(bottom, top, GRID),
        1 / (1 + np.exp(-np.clip(score, -50, 50))),
        score,
        0.5,
        (plane.names[0], plane.names[1]),
    )
    pairs = zip(rows.raw.x.tolist(), rows.raw.y.tolist(), strict=True)
    view(
        boundary(said, [Place(x, y, bool(yes)) for (x, y), (yes,) in pairs]),
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
