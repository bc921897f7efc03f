"""The files of deploy/ say what they promise: nothing runs as root, nothing can be written, nothing
is open that needn't be; and the tools at hand find no fault in them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICE_KEYS = {
    "build",
    "cap_drop",
    "cpus",
    "depends_on",
    "environment",
    "healthcheck",
    "image",
    "mem_limit",
    "networks",
    "pids_limit",
    "ports",
    "read_only",
    "restart",
    "security_opt",
    "tmpfs",
    "volumes",
}
UNIT = DEPLOY / "nnlab@.service"
MOST_EXPOSED = 2.0
"""Of 10: what systemd-analyze calls OK."""


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_is_locked_in(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "mem_limit" in service
    assert "pids_limit" in service
    assert all("noexec" in each for each in service["tmpfs"])


def test_only_nginx_is_reached_from_outside() -> None:
    open_ = [name for name, each in COMPOSE["services"].items() if "ports" in each]
    assert open_ == ["nginx"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    replicas = [each for name, each in COMPOSE["services"].items() if name != "nginx"]
    assert len(replicas) >= 2
    assert all(each["networks"] == ["inside"] for each in replicas)


def dockerfile() -> str:
    return (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")


def test_health_is_asked_for_where_it_costs_no_session() -> None:
    """A page asked for every few seconds would be a visitor each time."""
    (image,) = re.findall(r"^HEALTHCHECK .*$", dockerfile(), re.MULTILINE)
    asked = {"nginx": COMPOSE["services"]["nginx"]["healthcheck"]["test"][-1], "image": image}
    assert all("/_stcore/health" in each for each in asked.values()), asked
    assert asked["nginx"].startswith("http://127.0.0.1:8080/")
    waited_for = COMPOSE["services"]["nginx"]["depends_on"]
    assert waited_for.keys() == COMPOSE["services"].keys() - {"nginx"}
    assert all(each == {"condition": "service_healthy"} for each in waited_for.values())


def test_compose_would_take_every_key() -> None:
    """What the Compose specification knows of a service, as far as it is used here: a key that is
    misspelt would be no protection and no error."""
    assert COMPOSE.keys() - {"x-hardened", "x-replica"} == {"services", "networks"}
    for service in COMPOSE["services"].values():
        assert service.keys() <= SERVICE_KEYS
        assert set(service["networks"]) <= COMPOSE["networks"].keys()


def test_nobody_in_the_containers_is_root() -> None:
    users = {each["image"]: each.get("user") for each in COMPOSE["services"].values()}
    assert users.keys() == {"nnlab", "nginxinc/nginx-unprivileged:1.29-alpine"}
    assert not {"root", "0"} & set(map(str, users.values()))


def test_nginx_knows_every_replica() -> None:
    known = set(re.findall(r"server (\w+):8501", (DEPLOY / "nginx.conf").read_text("utf-8")))
    assert known == COMPOSE["services"].keys() - {"nginx"}


def test_the_image_has_no_secret_and_no_root() -> None:
    lines = dockerfile().splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert not {"!.env", "!.git", "!.streamlit"} & set(ignored)


def test_what_the_image_needs_is_let_in() -> None:
    """Whatever the app imports or reads is under a path that .dockerignore lets through."""
    let_in = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    assert all((ROOT / path).exists() for path in let_in)
    assert {"nnlab", "pages", "static", "locale", "streamlit_app.py", "nnlab.toml"} <= let_in


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_finds_the_unit_sound_and_little_exposed(tmp_path: Path) -> None:
    here = tmp_path / "nnlab@.service"
    text = UNIT.read_text(encoding="utf-8")
    here.write_text(text.replace("/srv/nnlab", f"{ROOT}"), encoding="utf-8")
    instance = tmp_path / "nnlab@8501.service"
    verify = subprocess.run(
        ["systemd-analyze", "verify", f"{here}"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    assert "nnlab" not in verify.stderr, verify.stderr
    instance.write_text(here.read_text(encoding="utf-8"), encoding="utf-8")
    security = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"{instance}"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    exposure = re.search(r"Overall exposure level .*: (\d+\.\d+)", security.stdout)
    assert exposure, security.stdout + security.stderr
    assert float(exposure[1]) <= MOST_EXPOSED
