"""A house is as nnlab.toml describes it, and a value that isn't allowed is said in one sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nnlab.bounds import MOST_PARAMETERS, MOST_STEPS
from nnlab.limits import ExperimentError
from nnlab.ui.hosting.house import FILE, HOUSE, House, house, house_of

TABLES: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))


def demo(**environment: str) -> House:
    return house_of(FILE, {HOUSE: "demo", **environment})


@pytest.mark.parametrize("name", TABLES)
def test_every_house_says_every_key(name: str) -> None:
    assert TABLES[name].keys() == {each.name for each in fields(House)}
    assert house_of(FILE, {HOUSE: name}) == House.from_json(TABLES[name])


def test_every_key_is_explained() -> None:
    """In the laptop's table, each group of keys has a comment above it."""
    laptop = FILE.read_text(encoding="utf-8").split("[laptop]\n")[1].split("[demo]")[0]
    for group in re.split(r"\n\n+", laptop.strip()):
        assert group.startswith("# "), group
    for each in fields(House):
        assert f"\n{each.name} = " in f"\n{laptop}"


def test_without_a_name_it_is_a_laptop() -> None:
    assert house_of(FILE, {}) == House.from_json(TABLES["laptop"])


def test_a_laptop_may_all_that_an_experiment_may() -> None:
    laptop = house_of(FILE, {})
    assert (laptop.most_parameters, laptop.most_steps) == (MOST_PARAMETERS, MOST_STEPS)


def test_on_the_demo_strangers_run_nothing_and_see_no_metrics() -> None:
    assert not demo().own_module
    assert demo().metrics_address == "127.0.0.1"
    assert demo().teacher_key == ""


def test_the_environment_sets_single_keys() -> None:
    house = demo(
        NNLAB_METRICS_PORT="9107",
        NNLAB_OWN_MODULE="true",
        NNLAB_TEACHER_KEY="12345678",
        NNLAB_ANSWERS_DATABASE="/var/lib/nnlab/answers.db",
        NNLAB_FRAME_ANCESTORS='["https://moodle.example.org"]',
    )
    assert house.metrics_port == 9107
    assert house.own_module is True
    assert house.teacher_key == "12345678"
    assert house.answers_database == "/var/lib/nnlab/answers.db"
    assert house.frame_ancestors == ("https://moodle.example.org",)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PLAYERS", "0"),
        ("PLAYERS", "many"),
        ("SESSIONS", "1e3"),
        ("MOST_PARAMETERS", "1000001"),
        ("METRICS_PORT", "70000"),
        ("OWN_MODULE", "1"),
        ("LOG_FORMAT", "xml"),
        ("DASK_SCHEDULER", "nowhere"),
        ("FRAME_ANCESTORS", '["https://a.example; script-src *"]'),
        ("FRAME_ANCESTORS", '["https://a.example\\r\\nX: y"]'),
        ("PLAYRES", "3"),
        ("HOUSE", "castle"),
    ],
)
def test_what_is_not_allowed_is_one_sentence(key: str, value: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        house_of(FILE, {HOUSE: "demo", f"NNLAB_{key}": value})
    assert key.lower() in str(caught.value).lower()
    assert "\n" not in str(caught.value)


def test_a_key_that_is_missing_or_unknown_is_named(tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8").replace("players = 60\n", "players_ = 60\n")
    (tmp_path / "nnlab.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ExperimentError, match="players_"):
        house_of(tmp_path / "nnlab.toml", {})
    (tmp_path / "nnlab.toml").write_text(text.replace("players_ = 60\n", ""), encoding="utf-8")
    with pytest.raises(ExperimentError, match=r"\.players is None"):
        house_of(tmp_path / "nnlab.toml", {})


@pytest.mark.parametrize("text", ["[laptop\n", b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, text: str | bytes) -> None:
    file = tmp_path / "nnlab.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ExperimentError, match="TOML"):
        house_of(file, {})
    with pytest.raises(ExperimentError, match="TOML"):
        house_of(tmp_path / "nowhere.toml", {})


def test_a_server_in_a_bad_house_ends_with_the_sentence() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import nnlab.ui.asgi"],
        cwd=FILE.parent,
        env=os.environ | {"NNLAB_PLAYERS": "none"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.strip().splitlines()
    assert line == "nnlab.toml.players is 'none', but it must be a whole number from 1 to 10000."


def test_on_a_laptop_the_page_is_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNLAB_PLAYERS", "none")
    house.cache_clear()
    page = AppTest.from_file(str(FILE.parent / "streamlit_app.py"), default_timeout=60).run()
    assert not page.exception
    assert ["players is 'none'" in each.value for each in page.error] == [True]
    assert not page.title
    house.cache_clear()


def test_a_secret_is_never_repeated() -> None:
    with pytest.raises(ExperimentError) as caught:
        demo(NNLAB_TEACHER_KEY="secret\x00")
    assert "secret" not in str(caught.value)
