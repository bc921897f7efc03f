"""Two replicas behind nginx, once for all tests of the deployment; the browser of tests/browser."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.server import free_port
from tests.browser.conftest import browser, chromium
from tests.deploy.house import House, Replica, nginx_configuration, wait_for

__all__ = ["browser", "chromium"]


@pytest.fixture(scope="session")
def nginx() -> str:
    """The path of nginx. Without it, tests are skipped on a laptop and fail where CI=true."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found:
        return found
    reason = "no nginx found: install it (Debian: apt-get install nginx-light)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def house(standing_house: House) -> House:
    """The house with every replica at work, also where the test before left one killed."""
    for replica in standing_house.replicas:
        if not replica.alive:
            replica.start()
            wait_for(replica.url, replica.log)
    return standing_house


@pytest.fixture(scope="session")
def standing_house(nginx: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    replicas = [Replica(folder / f"replica{number}.txt") for number in (1, 2)]
    port = free_port()
    configuration = nginx_configuration(folder, port, replicas)
    for replica in replicas:
        replica.start()
    with _nginx(nginx, configuration) as process:
        try:
            for replica in replicas:
                wait_for(replica.url, replica.log)
            running = House(f"http://127.0.0.1:{port}", replicas)
            wait_for(running.url, folder / "error.log")
            yield running
        finally:
            process.terminate()
            for replica in replicas:
                replica.stop()


def _nginx(nginx: str, configuration: Path) -> subprocess.Popen[bytes]:
    log = configuration.parent / "error.log"
    command = [nginx, "-p", f"{configuration.parent}", "-e", f"{log}", "-c", f"{configuration}"]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    # Its workers are nobody's otherwise, who can't write where the test may.
    user = "user root; " if os.geteuid() == 0 else ""
    return subprocess.Popen([*command, "-g", f"{user}daemon off;"], stdin=subprocess.DEVNULL)
