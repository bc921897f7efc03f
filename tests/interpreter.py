"""Fresh interpreters for the lines that a lesson shows: each is forked off one that has imported
torch, which takes seconds, and knows nothing of nnlab."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol, TextIO

# Each script is a program of its own: nothing of one is left for the next. Where a script fails,
# the last line of its traceback is what it says.
_KEEP = """
import contextlib, io, json, os, sys
import torch
torch.optim.SGD([torch.zeros(1, requires_grad=True)])

def printed(script):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(script, {"__name__": "__main__"})
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
    return out.getvalue()

for line in sys.stdin:
    if os.fork() == 0:
        try:
            folder, scripts = json.loads(line)
            os.chdir(folder)
            print(json.dumps([printed(script) for script in scripts]), flush=True)
            os._exit(0)
        finally:
            os._exit(1)
    if os.wait()[1] != 0:
        print("null", flush=True)
"""


class _Keeper(Protocol):
    stdin: TextIO
    stdout: TextIO


@cache
def _keeper() -> _Keeper:
    """It ends with these tests, when there is nothing more to read."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-I", "-c", _KEEP], text=True, **pipes)  # type: ignore[call-overload,no-any-return]


def printed_by(scripts: Sequence[str]) -> list[str]:
    """What each script prints, in this folder, in an interpreter that knows nothing of nnlab."""
    keeper = _keeper()
    keeper.stdin.write(json.dumps([str(Path.cwd()), list(scripts)]) + "\n")
    keeper.stdin.flush()
    said: list[str] | None = json.loads(keeper.stdout.readline())
    assert said is not None, "the interpreter ended before its scripts"
    return said
