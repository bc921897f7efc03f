"""The view of PyTorch lines: with syntax colours, a button that copies and files to take away; each
line lights up what it makes in the pictures of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import streamlit as st

from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.scripts.marks import ROLES, marks
from nnlab.scripts.module import STYLES
from nnlab.scripts.notebook import notebook, notebook_of
from nnlab.scripts.program import program
from nnlab.scripts.rows import reads_table, table_name
from nnlab.table.writing import write_table
from nnlab.ui.choice import choose
from nnlab.ui.component import component

Write = Callable[[], str]
_MIME = {"py": "text/x-python", "ipynb": "application/x-ipynb+json", "csv": "text/csv"}

_mount = component("code", isolated=True)

PICTURES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "data": ("field", "plane"),
        "network": ("stage", "diagram", "graph"),
        "loss": ("curve", "curves", "pile", "heights", "contours", "relief", "heat", "pair"),
    }
)
"""How the key of a picture ends that shows the data, the network or the loss."""


def show_code(source: str, key: str = "code") -> None:
    """A program as it stands, with its files."""
    show_lines(source, key)
    _offer(key, _files(lambda: source, partial(notebook_of, source)))


def show_program(experiment: Experiment, key: str, until: int | None = None) -> None:
    """The program of a run up to the step `until`, in the style that is chosen, with its files."""
    names = {name: name for name in STYLES}
    style = choose(_("Written as"), names, f"{key}_style", "Sequential")
    write = partial(program, experiment, style, until)
    show_lines(write(), f"{key}_code")
    files = _files(write, partial(notebook, experiment, style, until))
    if reads_table(experiment.data):
        files[table_name(experiment.data)] = partial(write_table, experiment)
    _offer(key, files)


def show_lines(source: str, key: str) -> None:
    """The lines alone; where they make something that can be seen, it is said how."""
    made = marks(source)
    _mount(
        key=key,
        data={
            "source": source,
            "marks": [_mark(each) for each in made],
            "texts": {
                "copy": _("Copy"),
                "copied": _("Copied"),
                "lines": _("Lines of code; the arrow keys go from line to line"),
            },
        },
    )
    if any(made):
        words = _(
            "Point at a line to light up what it makes; click it, and the picture comes into sight."
        )
        st.caption(words)


def _mark(made: tuple[str, ...]) -> dict[str, list[str]]:
    """What a line makes, for the browser: parts, and how the keys of pictures end."""
    roles = [end for each in made if each in ROLES for end in PICTURES[each]]
    return {"parts": [each for each in made if each not in ROLES], "roles": roles}


def _files(program: Write, notebook: Write) -> dict[str, Write]:
    return {"program.py": program, "program.ipynb": notebook}


def _offer(key: str, files: Mapping[str, Write]) -> None:
    """A button for each file, which is written when it is asked for."""
    with st.container(horizontal=True):
        for name, write in files.items():
            ending = name.rpartition(".")[2]
            st.download_button(
                name,
                write,
                file_name=name,
                mime=_MIME[ending],
                icon=":material/download:",
                key=f"{key}_{ending}",
                on_click="ignore",
            )
