"""Any experiment as a Jupyter notebook: its program cut into cells, each with a sentence that says
what it does, and the loss curve at the end."""

from __future__ import annotations

import json
import re
from typing import Any

from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.scripts.program import sections
from nnlab.scripts.section import Section

_NOTED = ("losses.append(loss.item())",)
_CURVE = (
    "import matplotlib.pyplot as plt",
    "",
    "plt.plot(losses)",
    "plt.xlabel('step')",
    "plt.ylabel('loss')",
    "plt.show()",
)
_NOT_RUN: dict[str, Any] = {"execution_count": None, "outputs": []}
_NOTEBOOK: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    },
}
"""What every notebook of this format says of itself (nbformat 4.5)."""


def notebook(experiment: Experiment, style: str = "Sequential", until: int | None = None) -> str:
    """The JSON text of a notebook that prints what `nnlab.scripts.program.program` prints, and
    draws the loss of every step. It needs torch and matplotlib.

    >>> from nnlab import Experiment
    >>> notebook(Experiment()).startswith("{")
    True
    """
    imports, *body = sections(experiment, style, until, noted=_NOTED)
    if any(_NOTED[0] in each.source for each in body):
        body.append(Section(_("The loss curve"), _("One point for the loss of each step."), _CURVE))
    cells = [("markdown", _opening()), ("code", imports.source)]
    for each in body:
        cells.append(("markdown", f"## {each.title}\n\n{each.text}"))
        cells.append(("code", each.source.strip("\n")))
    return _written(cells)


def notebook_of(source: str) -> str:
    """The JSON text of a notebook of any program, a cell for each of its paragraphs."""
    paragraphs = re.split(r"\n\n+(?=\S)", source.strip())
    return _written([("markdown", _opening()), *(("code", each) for each in paragraphs)])


def _written(cells: list[tuple[str, str]]) -> str:
    made = [_cell(place, *each) for place, each in enumerate(cells)]
    return json.dumps(_NOTEBOOK | {"cells": made}, ensure_ascii=False, indent=1)


def _cell(place: int, kind: str, source: str) -> dict[str, Any]:
    about = {"id": f"cell-{place}", "cell_type": kind, "metadata": {}, "source": source}
    return about | (_NOT_RUN if kind == "code" else {})


def _opening() -> str:
    text = _(
        "This is what you saw, in plain PyTorch. Run all cells from the top: on a CPU, with the "
        "same version of PyTorch, the numbers are those on the screen."
    )
    title = _("From the screen to PyTorch")
    return f"# {title}\n\n{text}"
