"""The examples in the docstrings run, every public name has one, and the tutorial runs."""

from __future__ import annotations

import doctest
import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import nnlab
from docs.reference import build, modules

ROOT = Path(__file__).parents[1]
TUTORIAL = ROOT / "docs" / "tutorial.ipynb"


def source(name: str) -> str:
    return inspect.getsource(import_module(name))


@pytest.mark.parametrize("name", [name for name in modules() if ">>> " in source(name)])
def test_the_examples_do_what_they_say(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("name", nnlab.__all__)
def test_every_public_name_has_an_example(name: str) -> None:
    assert ">>> " in (getattr(nnlab, name).__doc__ or "")


@pytest.mark.thorough
def test_the_reference_has_a_page_for_every_module(tmp_path: Path) -> None:
    build(tmp_path)
    for name in modules():
        assert (tmp_path / f"{name.replace('.', '/')}.html").is_file()
    page = (tmp_path / "nnlab.html").read_text(encoding="utf-8")
    assert [name for name in nnlab.__all__ if f'id="{name}"' not in page] == []
    assert "http://" not in page.replace("http://www.w3.org", "")


def tutorial() -> nbformat.NotebookNode:
    return nbformat.read(TUTORIAL, as_version=4)  # type: ignore[no-untyped-call,no-any-return]


def test_the_tutorial_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    # Streamlit sets it for the whole process, and a kernel would inherit it.
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = tutorial()
    where = {"metadata": {"path": str(ROOT)}}
    patient: dict[str, Any] = {"timeout": None, "startup_timeout": 600, "iopub_timeout": 600}
    NotebookClient(notebook, resources=where, **patient).execute()
    said = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    assert not any(out.output_type == "error" for out in said)
    assert any("image/png" in out.get("data", {}) for out in said)


def test_the_tutorial_is_kept_without_what_it_says() -> None:
    for cell in tutorial().cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
