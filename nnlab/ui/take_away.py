"""The panel of a page that has a network: what is on the screen as files, to be taken away, and a
file to be brought back, which opens in the playground."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from types import MappingProxyType
from typing import NamedTuple

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from nnlab.branches import branch
from nnlab.experiment import Intervention
from nnlab.files.history import USUAL, write_history
from nnlab.files.onnx import write_onnx
from nnlab.files.saved import Saved, read_experiment, write_experiment
from nnlab.files.weights import FORMATS, read_weights
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.limits import ExperimentError
from nnlab.packed import PARAMETERS, pack
from nnlab.training import Run
from nnlab.ui.hosting.house import house, within
from nnlab.ui.markup import as_text
from nnlab.ui.server import session_lock

PLAYGROUND = "pages/5_playground.py"
_BROUGHT, _SAID = "nnlab.brought", "nnlab.brought_said"


class Look(NamedTuple):
    """What is on the screen: a run, and the run of the one moment of it that is looked at."""

    run: Run
    seen: Run

    @classmethod
    def at(cls, run: Run, step: int) -> Look:
        """A step of a run."""
        return cls(run, run.at(step))

    @property
    def step(self) -> int:
        return int(self.seen.steps)


@dataclass(frozen=True)
class Taken:
    """What can be taken from a page: the page's name, and what is on its screen when that is
    asked."""

    page: str
    look: Callable[[], Look]


class File(NamedTuple):
    """A kind of file: what it is called, the end of its name, and how it is written."""

    label: str
    end: str
    mime: str
    write: Callable[[Look], bytes]


def _weights(ending: str) -> Callable[[Look], bytes]:
    return lambda look: FORMATS[ending].write(look.seen.module())


_BYTES = "application/octet-stream"
FILES: Mapping[str, File] = MappingProxyType(
    {
        "json": File(
            N_("experiment (.json)"),
            ".json",
            "application/json",
            lambda look: write_experiment(Saved(look.run.experiment, look.step)),
        ),
        "pt": File(N_("state_dict (.pt)"), ".pt", _BYTES, _weights("pt")),
        "safetensors": File(
            N_("state_dict (.safetensors)"), ".safetensors", _BYTES, _weights("safetensors")
        ),
        "onnx": File(
            N_("model (.onnx)"),
            ".onnx",
            _BYTES,
            lambda look: write_onnx(look.run.experiment, look.seen.module()),
        ),
        "history": File(
            N_("history (.csv)"), "-history.csv", "text/csv", lambda look: write_history(look.run)
        ),
        "parameters": File(
            N_("history with all weights (.csv)"),
            "-weights.csv",
            "text/csv",
            lambda look: write_history(look.run, (*USUAL, "parameters")),
        ),
    }
)
"""What can be taken away, in this order."""


@st.fragment
def take_away(taken: Taken | None) -> None:
    """The panel, which is closed at first. Nothing is written before it is asked for."""
    if taken is None:
        return
    panel = st.expander(
        _("Take it with you"),
        icon=":material/save_alt:",
        key=f"{taken.page}_take",
        on_change="rerun",
    )
    if panel.open:
        with panel:
            _give(taken)
            _take(taken)
    if _BROUGHT in st.session_state:
        _open_in_playground(taken)


def _give(taken: Taken) -> None:
    with st.container(horizontal=True):
        for name, file in FILES.items():
            st.download_button(
                _(file.label),
                partial(_written, file, taken),
                file_name=f"nnlab-{taken.page}{file.end}",
                mime=file.mime,
                key=f"{taken.page}_take_{name}",
                on_click="ignore",
            )
    st.caption(
        _(
            "A state_dict holds the weights of this moment and nothing else: not the layers, not "
            "the data. The experiment holds everything, and its weights follow from it."
        )
    )


def _written(file: File, taken: Taken) -> bytes:
    return file.write(taken.look())


# ---- bringing back ----


def _take(taken: Taken) -> None:
    key, most = f"{taken.page}_bring", house().most_upload_mb
    st.file_uploader(
        _(
            "Bring it back: an experiment (.json), or weights for this network (.pt, "
            ".safetensors), at most {most} MB"
        ).format(most=most),
        type=list(READERS),
        key=key,
        max_upload_size=most,
        on_change=_read,
        args=(taken, key),
    )
    if said := st.session_state.pop(_SAID, ""):
        st.error(said, icon=":material/error:")


def _read(taken: Taken, key: str) -> None:
    """Read the file that was chosen, or say in one sentence why it can't be."""
    uploaded: UploadedFile | None = st.session_state.get(key)
    if uploaded is None:
        return
    ending = PurePath(uploaded.name).suffix.removeprefix(".").lower()
    with session_lock():
        try:
            saved = READERS[ending](uploaded.getvalue(), taken.look())
            st.session_state[_BROUGHT] = saved._replace(experiment=within(saved.experiment))
        except ExperimentError as error:
            st.session_state[_SAID] = as_text(str(error))


def _with_weights(ending: str) -> Callable[[bytes, Look], Saved]:
    def read(content: bytes, look: Look) -> Saved:
        experiment = look.run.experiment
        numbers = read_weights(content, ending, experiment)
        change = Intervention(look.step, PARAMETERS, pack(numbers))
        return Saved(branch(experiment, look.step, change), look.step)

    return read


READERS: Mapping[str, Callable[[bytes, Look], Saved]] = MappingProxyType(
    {
        "json": lambda content, look: read_experiment(content),
        **{ending: _with_weights(ending) for ending in FORMATS},
    }
)
"""What can be brought back, by the ending of its name."""


def brought() -> Saved | None:
    """What a file has brought since this was last asked."""
    found: Saved | None = st.session_state.pop(_BROUGHT, None)
    return found


def _open_in_playground(taken: Taken) -> None:
    if taken.page == "playground":
        st.rerun()
    st.switch_page(PLAYGROUND)
