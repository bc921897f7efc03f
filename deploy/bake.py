"""Writes down once what a server on a read-only file system can't: plotly.js in static/, and the
machine code of the fast engine in NUMBA_CACHE_DIR."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

# First of all: it sets the number of threads, which torch reads only once.
from nnlab.ui import server  # noqa: F401

# isort: split
from nnlab.engines import compiled
from nnlab.ui.plotly_js import serve_plotly

serve_plotly()
thread = compiled.warm()
if thread is not None:
    thread.join()
if not compiled.ready():
    sys.exit("The fast engine can't be made ready here: is numba installed?")
