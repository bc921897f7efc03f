"""The API reference as HTML, built from the docstrings with pdoc: `make docs`."""

from __future__ import annotations

import pkgutil
import sys
import warnings
from pathlib import Path

import nnlab

HIDDEN = ("nnlab.ui", "nnlab.__main__", "nnlab.engines.kernel", "nnlab.sandbox.inside")
"""What is no part of the library: the app, and what is only ever run by something else."""


def modules() -> list[str]:
    """Every module of the library, the package first."""
    found = [each.name for each in pkgutil.walk_packages(nnlab.__path__, "nnlab.")]
    return ["nnlab", *(name for name in found if not name.startswith(HIDDEN))]


def build(target: Path) -> None:
    """Write the reference to a folder."""
    from pdoc import pdoc  # noqa: PLC0415

    # pdoc looks at what is there, and these names come when they are asked for.
    for name in nnlab.__all__:
        setattr(nnlab, name, getattr(nnlab, name))
    with warnings.catch_warnings():
        # A package brings its modules along, unless it has a list of its own names.
        warnings.filterwarnings("ignore", message="The module specification")
        # Types that are only there for the type checker are shown as they are written.
        warnings.filterwarnings("ignore", message="Error parsing type annotation")
        pdoc(*modules(), output_directory=target)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
