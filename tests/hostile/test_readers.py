"""Every reader, given what nobody should give it: it reads, or it refuses in one sentence."""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
import tracemalloc
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab import edits, parts
from nnlab.experiment import Experiment
from nnlab.limits import ExperimentError
from nnlab.permalink import from_text
from nnlab.table import Table, TableError, read_table
from nnlab.ui.hosting.house import FILE, House, house_of
from nnlab.ui.slider import LogScale, Scale, WholeScale, parse
from tests.hostile.experiments import SHAPES, TEXTS
from tests.hostile.tables import TABLES
from tests.hostile.texts import EXPERIMENTS, GARBAGE

START = Experiment()
MOST_SENTENCE = 600
FIELDS = (
    *("data", "network", "training", "seed", "interventions", "layers", "units", "name", "source"),
    *("rows", "step", "field", "value", "edits", "row", "values", "loss", "classes", "version"),
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**300, 10**500)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["SGD", "points", "ReLU", "w0.0.0", "b0.0", "learning_rate", "MSELoss"]),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5)
    ),
    max_leaves=25,
)


def sentence(error: Exception) -> str:
    """One line that a person can read."""
    text = str(error)
    assert 10 < len(text) < MOST_SENTENCE
    assert "\n" not in text
    return text


@pytest.mark.parametrize("text", [*SHAPES, *TEXTS], ids=lambda text: text[:60])
def test_an_absurd_experiment_is_refused_in_one_sentence_or_is_one(text: str) -> None:
    for read in (Experiment.loads, lambda each: from_text(each, START)):
        try:
            experiment = read(text)
        except ExperimentError as error:
            sentence(error)
        else:
            assert Experiment.loads(experiment.dumps()) == experiment


@pytest.mark.parametrize("text", [*EXPERIMENTS, *GARBAGE], ids=lambda text: ascii(text[:40]))
def test_a_link_of_garbage_costs_little_and_is_refused_in_one_sentence(text: str) -> None:
    tracemalloc.start()
    try:
        with contextlib.suppress(ExperimentError):
            from_text(text, START)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


@given(JSON)
@settings(max_examples=300)
def test_any_json_is_refused_in_one_sentence_or_is_an_experiment(data: Any) -> None:
    text = json.dumps(data)
    for each in (text, f'{{"data":{text}}}', f'{{"network":{{"layers":{text}}}}}'):
        for read in (Experiment.loads, lambda given: from_text(given, START)):
            try:
                experiment = read(each)
            except ExperimentError as error:
                sentence(error)
            else:
                assert Experiment.loads(experiment.dumps()) == experiment


@given(JSON, st.text(max_size=200), st.sampled_from([each.name for each in fields(House)]))
def test_any_settings_are_refused_in_one_sentence_or_are_a_house(
    data: Any, text: str, key: str
) -> None:
    laptop = FILE.read_text(encoding="utf-8")
    line = f"{key} = {json.dumps(data)}"
    for content in (text, re.sub(rf"(?m)^{key} = .*$", lambda _found: line, laptop)):
        with tempfile.TemporaryDirectory() as room:
            file = Path(room) / "nnlab.toml"
            file.write_bytes(content.encode("utf-8", "surrogatepass"))
            refused_or_read(lambda file=file: house_of(file, {}))  # type: ignore[misc]
    refused_or_read(lambda: house_of(FILE, {f"NNLAB_{key.upper()}": text}))


def refused_or_read(read: Callable[[], House]) -> None:
    try:
        found = read()
    except ExperimentError as error:
        sentence(error)
    else:
        assert House.from_json(found.to_json()) == found


def used(table: Table) -> None:
    """As the playground takes the columns of a table: the last one is predicted."""
    *features, target = (each.name for each in table.columns)
    for task in ("classes", "numbers"):
        for missing in ("drop", "mean"):
            with contextlib.suppress(TableError, ExperimentError):
                table.to_choice(features, target, missing, task)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", TABLES)
def test_a_bad_file_is_refused_in_one_sentence_or_is_a_table(name: str) -> None:
    try:
        table = read_table(TABLES[name]())
    except TableError as error:
        sentence(error)
    else:
        used(table)


@given(st.one_of(st.binary(max_size=300), st.text("0123,;|\t\"\n\r'=.eE-? aé数", max_size=300)))
@settings(max_examples=300)
def test_any_bytes_are_refused_in_one_sentence_or_are_a_table(content: bytes | str) -> None:
    for encoding in ("utf-8", "utf-16", "gb18030"):
        given_bytes = content if isinstance(content, bytes) else content.encode(encoding)
        try:
            table = read_table(given_bytes)
        except TableError as error:
            sentence(error)
        else:
            used(table)


SCALES = (Scale(-1.0, 1.0, 0.1), LogScale(1e-5, 10.0), WholeScale(1, 10))


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.kind)
@given(st.one_of(st.sampled_from(GARBAGE), st.text("0123456789.eE+-_,naif٣", max_size=60)))
def test_whatever_a_slider_is_told_it_stays_on_its_scale(scale: Scale, text: str) -> None:
    values, _faults = parse(text, (1.0, 1.0, 1.0), scale)
    assert all(scale.minimum <= value <= scale.maximum for value in values)
    assert len(values) == 3


@given(st.one_of(st.sampled_from(GARBAGE), st.from_regex(r"[wbg]\d*(\.\d*)*[_~,;]?.{0,9}")))
def test_any_text_is_a_part_or_none_and_any_edits_are_of_this_network(text: str) -> None:
    if parts.is_part(text):
        parts.exists(text, (2, 3, 1))
    for part in edits.from_text(text, (2, 3, 1)):
        assert parts.exists(str(part), (2, 3, 1))
