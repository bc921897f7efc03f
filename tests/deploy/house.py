"""A house as it is deployed: replicas of the ASGI server, and Debian's nginx in front of them with
the configuration of deploy/."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from benchmarks.server import free_port
from nnlab.ui.hosting.house import HOUSE

ROOT = Path(__file__).parents[2]
SESSIONS = 6


@dataclass
class Replica:
    """One process of the server, with its log and the port of its figures."""

    log: Path
    port: int = field(default_factory=free_port)
    metrics_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def metrics(self) -> str:
        return f"http://127.0.0.1:{self.metrics_port}"

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        environment = os.environ | {
            HOUSE: "demo",
            "NNLAB_METRICS_PORT": f"{self.metrics_port}",
            "NNLAB_SESSIONS": f"{SESSIONS}",
            "STREAMLIT_SERVER_COOKIE_SECRET": "the same for all replicas",
        }
        command = [sys.executable, "-m", "uvicorn", "nnlab.ui.asgi:app"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--port", f"{self.port}"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """As the kernel does when memory runs out: nothing is said, nothing is saved."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)

    def stop(self) -> None:
        if self.process is not None and self.alive:
            self.process.terminate()
            self.process.wait(timeout=20)


@dataclass
class House:
    """The replicas, and where nginx lets visitors in."""

    url: str
    replicas: Sequence[Replica]


def wait_for(url: str, log: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            with urlopen(f"{url}/_stcore/health", timeout=5):  # noqa: S310
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise TimeoutError(log.read_text(encoding="utf-8"))


def get(url: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """The status, the headers and the text of an answer, also of a refusal."""
    asked = Request(url, headers=headers)  # noqa: S310
    try:
        with urlopen(asked, timeout=20) as answer:  # noqa: S310
            return answer.status, _lower(answer.headers.items()), answer.read().decode()
    except URLError as error:
        if not hasattr(error, "code"):
            raise
        return error.code, _lower(error.headers.items()), error.read().decode()  # type: ignore[attr-defined]


def _lower(items: Sequence[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in items}


def nginx_configuration(folder: Path, port: int, replicas: Sequence[Replica]) -> Path:
    """deploy/nginx.conf for these replicas on loopback, writing into `folder`."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    places = {
        "listen 8080;": f"listen 127.0.0.1:{port};",
        "/tmp/": f"{folder}/",  # noqa: S108
        "/dev/stdout": f"{folder}/access.log",
        "/dev/stderr": f"{folder}/error.log",
        **{
            f"nnlab{number}:8501": f"127.0.0.1:{replica.port}"
            for number, replica in enumerate(replicas, 1)
        },
    }
    for there, here in places.items():
        assert there in text
        text = text.replace(there, here)
    configuration = folder / "nginx.conf"
    configuration.write_text(text, encoding="utf-8")
    return configuration


def figure(replica: Replica, name: str, **labels: str) -> float:
    """One of the replica's figures, as Prometheus reads it."""
    _status, _headers, text = get(f"{replica.metrics}/metrics")
    wanted = ",".join(f'{key}="{value}"' for key, value in labels.items())
    sample = f"{name}{{{wanted}}}" if wanted else name
    found = next(line for line in text.splitlines() if line.startswith(f"{sample} "))
    return float(found.split()[-1])
