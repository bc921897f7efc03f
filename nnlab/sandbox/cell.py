"""A cell is one process of the sandbox as the rest of the program sees it: it is asked a question,
gives answers while it works, and is killed when it takes too long or isn't wanted any more."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import IO

from nnlab.sandbox.answer import LONGEST_LINE, Answer, Failed, Trained, Unprotected, read
from nnlab.sandbox.question import Question

_ROOT = Path(__file__).parents[2]
_BEGIN = """
import sys
sys.path.insert(0, sys.argv[1])
from nnlab.sandbox import walls
separated = walls.separate()
from nnlab.sandbox.inside import main
main(separated=separated)
"""
_LAST = (Trained, Failed, Unprotected)
_PLAIN = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_NEEDED = ("SYSTEMROOT", "TMPDIR", "TEMP")
"""What a Python needs of the environment to start, on Windows; everything else stays out."""


class End(Enum):
    """How a cell's work ended."""

    ANSWERED = "answered"
    STOPPED = "stopped"
    TOO_LONG = "too long"
    TOO_MUCH_SAID = "too much said"
    DIED = "died"
    """Of its limits, of its own fault, or by its own hand."""


class Cell:
    """Starts at once. `answers` only ever grows; `end` is None as long as the process works."""

    def __init__(self, question: Question, ended: Callable[[], None] = lambda: None) -> None:
        self.answers: list[Answer] = []
        self.end: End | None = None
        self._question, self._ended = question, ended
        self._process: subprocess.Popen[bytes] | None = None
        self._reason: End | None = None
        self._changed = threading.Condition()
        self._clock = threading.Timer(question.limits.seconds, self._kill, (End.TOO_LONG,))
        self._clock.daemon = True
        self._clock.start()
        threading.Thread(target=self._attend, daemon=True).start()

    def stop(self) -> None:
        """Kill the process, whatever it does."""
        self._kill(End.STOPPED)

    def wait(self, seconds: float | None = None) -> End | None:
        """Wait until the end, or for so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.end is not None, seconds)
            return self.end

    def _attend(self) -> None:
        """Start the process, ask, listen until nothing more comes, and clean up. All in this one
        thread: with it the process would be ended by the kernel."""
        try:
            with tempfile.TemporaryDirectory(prefix="nnlab-", ignore_cleanup_errors=True) as room:
                self._work(room)
        finally:
            self._clock.cancel()
            answered = any(isinstance(each, _LAST) for each in self.answers[-1:])
            with self._changed:
                self.end = self._reason or (End.ANSWERED if answered else End.DIED)
                self._changed.notify_all()
            self._ended()

    def _work(self, room: str) -> None:
        with self._changed:
            if self._reason is None:
                self._process = _start(room)
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            return
        try:
            with contextlib.suppress(OSError), self._process.stdin as asked:
                asked.write(self._question.dumps().encode())
            with self._process.stdout as said:
                self._listen(said)
        finally:
            self._kill(None)

    def _listen(self, said: IO[bytes]) -> None:
        left = self._question.limits.answer
        while line := said.readline(LONGEST_LINE):
            left -= len(line)
            if left < 0 or not line.endswith(b"\n"):
                self._kill(End.TOO_MUCH_SAID)
                return
            answer = read(line)
            if answer is not None:
                with self._changed:
                    self.answers.append(answer)
                    self._changed.notify_all()

    def _kill(self, reason: End | None) -> None:
        """Kill the process and all that it may have started. Once it is gone its number may be
        somebody else's."""
        with self._changed:
            self._reason = self._reason or reason
            if self._process is None or self._process.returncode is not None:
                return
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
            self._process.wait()


def ask(question: Question) -> Iterator[Answer]:
    """The answers as they come. Whoever stops listening ends the process."""
    cell = Cell(question)
    try:
        told = 0
        while True:
            ended = cell.wait(0.05)
            for answer in cell.answers[told:]:
                told += 1
                yield answer
            if ended is not None:
                return
    finally:
        cell.stop()


def _start(room: str) -> subprocess.Popen[bytes]:
    """A fresh interpreter in an empty folder, with an empty environment and nothing inherited."""
    needed = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - the sandbox itself
        [sys.executable, "-I", "-B", "-c", _BEGIN, str(_ROOT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=room,
        env=_PLAIN | needed,
        start_new_session=True,
    )
