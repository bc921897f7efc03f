"""What a teacher can hide stands on the lesson that it is said to stand on."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from nnlab.assignment import MOST_GROUPS, Assignment
from nnlab.ui import contents
from nnlab.ui.control_groups import EVERYWHERE, GROUPS, groups_on, keys_of

ROOT = Path(__file__).parents[2]
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (*ROOT.glob("nnlab/ui/**/*.py"), *ROOT.glob("pages/*.py"))
    if path.name != "control_groups.py"
)
LESSONS = {entry.path for entry in chain(*contents.SECTIONS.values())}
KEYS = sorted({key for group in GROUPS.values() for keys in group.keys.values() for key in keys})


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_the_beginning_of_a_control_s_key(key: str) -> None:
    page, _, rest = key.partition("_")
    spelled = rf'"{key}|"{{(page|PAGE)}}_{rest}|"{page}_{{\w+}}'
    assert re.search(spelled, SOURCES), key


def test_every_lesson_that_is_named_is_there() -> None:
    named = {lesson for group in GROUPS.values() for lesson in group.keys} - {EVERYWHERE}
    assert named <= LESSONS


def test_every_group_can_be_named_by_an_assignment() -> None:
    assert len(GROUPS) <= MOST_GROUPS
    every = tuple(GROUPS)
    assert Assignment("playground", "Why?", hidden=every, locked=every).hidden == every


def test_a_group_has_its_keys_on_its_lesson_only() -> None:
    assert keys_of(["learning_rate"], "playground") == ["play_rate"]
    assert keys_of(["learning_rate"], "training") == ["training_rate"]
    assert keys_of(["learning_rate", "unknown"], "tensor") == []
    assert "stage" in groups_on("playground")
    assert "stage" not in groups_on("neuron")
