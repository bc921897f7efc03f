"""The notebook is run from its first cell to its last: it prints what the program prints, and draws
the loss curve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from nnlab.experiment import Experiment, Training
from nnlab.language import use
from nnlab.scripts.notebook import notebook
from nnlab.training import train
from tests.scripts.test_program import LONG, assert_printed


def test_it_runs_from_top_to_bottom_and_prints_the_losses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Streamlit sets it for the whole process, and a kernel would inherit it.
    monkeypatch.delenv("MPLBACKEND", raising=False)
    use("zh_CN")
    written = nbformat.reads(notebook(LONG, "class"), as_version=4)
    nbformat.validate(written)
    patient: dict[str, Any] = {"timeout": None, "startup_timeout": 600, "iopub_timeout": 600}
    where = {"metadata": {"path": tmp_path}}
    NotebookClient(written, kernel_name="python3", resources=where, **patient).execute()
    outputs = [output for cell in written.cells for output in cell.get("outputs", ())]
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    assert_printed(train(LONG, engine="reference"), printed)
    assert "image/png" in outputs[-1].data


def test_it_is_the_same_each_time_and_explains_every_cell() -> None:
    written = notebook(Experiment())
    assert written == notebook(Experiment())
    cells = nbformat.reads(written, as_version=4).cells
    kinds = [cell.cell_type for cell in cells]
    assert kinds == ["markdown", "code"] + ["markdown", "code"] * 6


def test_what_was_not_trained_has_no_curve() -> None:
    assert "matplotlib" not in notebook(Experiment(training=Training(epochs=0)))
