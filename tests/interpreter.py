"""A fresh interpreter for the lines that a lesson shows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

# Each script is a program of its own: nothing of one is left for the next. Where a script fails,
# the last line of its traceback is what it says.
_RUN_ALL = """
import contextlib, io, json, sys
import torch
said = []
for script in json.load(sys.stdin):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(script, {"__name__": "__main__"})
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
    said.append(out.getvalue())
json.dump(said, sys.stdout)
"""


def printed_by(scripts: Sequence[str]) -> list[str]:
    """What each script prints in an interpreter that knows nothing of nnlab."""
    ran = subprocess.run(
        [sys.executable, "-I", "-c", _RUN_ALL],
        input=json.dumps(list(scripts)),
        capture_output=True,
        text=True,
        check=True,
    )
    said: list[str] = json.loads(ran.stdout)
    return said
