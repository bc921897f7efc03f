"""The app as a process of its own, for as long as it is measured: where it listens, and what it
has cost so far in time and memory (read from /proc, so on Linux only)."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Served:
    """A running server: its address and the number of its process."""

    address: str
    process: int

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def cpu_seconds(self) -> float:
        """Processor time used so far, in the program and for it in the kernel."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """End it as the kernel does when memory runs out: nothing is said, nothing is saved."""
        os.kill(self.process, signal.SIGKILL)

    def memory_mib(self) -> float:
        """Resident memory."""
        status = Path(f"/proc/{self.process}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else float("nan")


def browser() -> str | None:
    """The Chromium or Chrome of this system."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def laptop(port: int) -> list[str]:
    """The command that serves the app as on a laptop."""
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    return [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *options]


def hosted(port: int) -> list[str]:
    """The command that serves the app as a demo does."""
    options = ["--host=127.0.0.1", f"--port={port}", "--no-access-log", "--log-level=warning"]
    return [sys.executable, "-m", "uvicorn", "nnlab.ui.asgi:app", *options]


def free_port() -> int:
    """A port that nobody listens on, none of those that systems lend to outgoing connections (from
    32768 on): one of them could be lent before the server has taken it."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            port = 10_000 + secrets.randbelow(22_768)
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def serving(
    command: Callable[[int], list[str]] = laptop,
    port: int | None = None,
    log: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Served]:
    """The app on a free port or a given one; what it says goes into `log`."""
    port = port or free_port()
    with (
        (log or Path(os.devnull)).open("a", encoding="utf-8") as said,
        subprocess.Popen(
            command(port),
            cwd=ROOT,
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said if log else None,
        ) as process,
    ):
        served = Served(f"127.0.0.1:{port}", process.pid)
        try:
            _wait(served.url)
            yield served
        finally:
            process.terminate()


def _wait(url: str) -> None:
    for _ in range(1500):
        try:
            with urlopen(f"{url}/_stcore/health", timeout=5):  # noqa: S310
                return
        except (URLError, ConnectionError):
            time.sleep(0.02)
