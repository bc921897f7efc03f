"""A link says exactly one experiment, for ever; anything else is one sentence and the experiment
that is nearest to it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import tracemalloc
import zlib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab import wording
from nnlab.codec import encode
from nnlab.experiment import Data, Experiment, Intervention, Network, Training
from nnlab.limits import ExperimentError
from nnlab.permalink import MIGRATIONS, VERSION, fits, from_text, read, to_text
from nnlab.salvage import salvage
from nnlab.ui.playground import session as playground
from tests.strategies import experiments

START = Experiment()
FROZEN = json.loads(Path(__file__).with_name("links.json").read_text(encoding="utf-8"))


@given(experiments(), experiments())
@settings(max_examples=60)
def test_round_trip_from_any_start(experiment: Experiment, start: Experiment) -> None:
    assert from_text(to_text(experiment, start), start) == experiment


@given(experiments())
@settings(max_examples=20)
def test_equal_experiments_need_no_text(experiment: Experiment) -> None:
    assert to_text(experiment, experiment) == ""


@given(experiments(), st.data())
@settings(max_examples=80)
def test_a_text_that_was_cut_or_changed_is_refused_or_is_an_experiment(
    experiment: Experiment, data: st.DataObject
) -> None:
    text = to_text(experiment, START)
    place = data.draw(st.integers(0, max(len(text) - 1, 0)))
    sign = data.draw(st.characters())
    for broken in (text[:place], text[:place] + sign + text[place + 1 :], text + sign):
        with contextlib.suppress(ExperimentError):
            from_text(broken, START)


@pytest.mark.parametrize("link", FROZEN, ids=lambda link: f"v{link['version']} {link['what']}")
def test_every_link_that_was_ever_made_still_opens(link: dict[str, Any]) -> None:
    opened = from_text(link["text"], playground.START)
    assert json.loads(json.dumps(opened.to_json())) == link["experiment"]


def test_every_version_has_frozen_links_and_a_way_to_the_next() -> None:
    assert {link["version"] for link in FROZEN} == set(range(1, VERSION + 1))
    assert set(MIGRATIONS) == set(range(1, VERSION))


@pytest.mark.parametrize(
    ("change", "address"),
    [
        ({"data": {"source": "moons"}, "training": {"learning_rate": 0.1}}, "data-moons+lr-0.1"),
        ({"seed": 3}, "seed-3"),
        (
            {"network": {"layers": [{"units": 3, "activation": "Tanh"}, {"units": 1}]}},
            "layers-3Tanh_1",
        ),
        (
            {"training": {"optimizer": {"name": "SGD", "momentum": 0.9}}},
            "optimizer-SGD~momentum~0.9",
        ),
        ({"interventions": [{"step": 0, "field": "w0.1.1", "value": -2}]}, "at0.w0.1.1--2"),
    ],
)
def test_a_common_link_reads_well_in_the_address_bar(change: Any, address: str) -> None:
    experiment = read("", playground.START).experiment
    changed = Experiment.from_json(salvage(experiment, change).experiment.to_json())
    assert quote_plus(to_text(changed, playground.START)) == f"{address}+v{VERSION}"


def test_every_field_of_an_experiment_has_a_word() -> None:
    parts = {"data": Data, "network": Network, "training": Training}
    paths = {(part, each.name) for part, spec in parts.items() for each in fields(spec)}
    assert paths | {("seed",), ("interventions",)} == wording._NAMES.keys()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("lr-0.1 colour-red v2", "lr-0.1 v2"),
        ("lr-0.1 training.colour-red v2", "lr-0.1 v2"),
        ("lr-5000 data-moons v2", "data-moons v2"),
        ("lr-many data-moons v2", "data-moons v2"),
        ("lr-1e999 epochs--1 seed-1.5 data-moons v2", "data-moons v2"),
        ("data-moons~noise~9 seed-4 v2", "seed-4 v2"),
        ("layers-3Tanh_2Tan_1 v2", "layers-3Tanh_2_1 v2"),
        ("layers-3Tanh_0Tanh_1 v2", "layers-3Tanh_1 v2"),
        ("layers-[] lr-0.1 v2", "lr-0.1 v2"),
        ("loss-CrossEntropyLoss lr-0.1 v2", "lr-0.1 v2"),
        ("data-iris lr-0.1 v2", "lr-0.1 v2"),
        ("at0.w0.0.0-1 at0.w9.9.9-1 at0.b0.1-2 v2", "at0.w0.0.0-1 at0.b0.1-2 v2"),
        ("at0.w0.0.0-1 at0.lr--1 at1.b0.1-2 v2", "at0.w0.0.0-1 at1.b0.1-2 v2"),
        ("row3-1_1_1 row9999-1_1_1 lr-0.1 v2", "row3-1_1_1 lr-0.1 v2"),
        ("lr-0.1 data-moons", "lr-0.1 data-moons v2"),
        ("lr-0.1 data-moons v", "lr-0.1 data-moons v2"),
        ("lr-0.1+data-moons+v2", "lr-0.1 data-moons v2"),
        ("lr-0.1 data-moons v99", "lr-0.1 data-moons v2"),
        ("v2", ""),
        ("v0", ""),
        ("lr-٣ seed-1 v2", "seed-1 v2"),
        ("lr-NaN seed-1 v2", "seed-1 v2"),
        ("lr-[1] seed-[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]] batch-2 v2", "batch-2 v2"),
        ('{"seed":1,"training":{"learning_rate":0.1,"colour":1}}', "lr-0.1 seed-1 v2"),
        ('{"seed":1,"training":[]}', "seed-1 v2"),
        ('{"seed":1,"training":{"learning_rate":' + "9" * 400 + "}}", "seed-1 v2"),
        ('{"seed":1,"training":{"l1":' + "9" * 5000 + "}}", ""),
        ("~" + encode("lr-0.1 data-moons v2")[:-1], "lr-0.1 data-moons v2"),
        ("~" + encode("lr-0.1 data-moons v2") + "!", "lr-0.1 data-moons v2"),
        ("%7B~\x00\ud800", ""),
    ],
)
def test_a_link_that_was_changed_gives_the_nearest_experiment(text: str, kept: str) -> None:
    assert read(text, playground.START).experiment == from_text(kept, playground.START)


@given(experiments(), st.integers(0, 400))
@settings(max_examples=25)
def test_what_was_cut_off_a_packed_link_costs_only_its_end(
    experiment: Experiment, end: int
) -> None:
    changes = tuple(Intervention(0, "b0.0", place / 100) for place in range(150))
    edited = replace(experiment, interventions=changes)
    text = to_text(edited, START)
    reading = read(text[:end], START)
    count = len(reading.experiment.interventions)
    assert reading.experiment.interventions == changes[:count]
    assert (reading.complaint is None) == (text[:end] in {"", text})


@given(st.text())
@settings(max_examples=100)
def test_any_text_gives_an_experiment_and_at_most_one_sentence(text: str) -> None:
    for each in (text, "~" + text, "lr-" + text, f"data-circle~{text} v2", '{"seed":' + text):
        reading = read(each, START)
        assert isinstance(reading.experiment, Experiment)
        assert reading.complaint is None or str(reading.complaint)


@given(st.text())
@settings(max_examples=100)
def test_any_text_is_refused_or_is_an_experiment(text: str) -> None:
    for each in (text, "~" + text, '{"' + text, f'{{"training":{text}}}'):
        with contextlib.suppress(ExperimentError):
            from_text(each, START)


@pytest.mark.parametrize(
    "text",
    [
        "~",
        "~é",
        "[1]",
        "null",
        "1e999",
        '{"seed":NaN}',
        '{"network":7}',
        '{"network":{"layers":{"a":1}}}',
        '{"interventions":null}',
        "[" * 100_000,
        '{"data":' * 5000,
        "~" + "A" * 100,
    ],
)
def test_what_is_no_experiment_is_refused(text: str) -> None:
    with pytest.raises(ExperimentError):
        from_text(text, START)


def test_a_small_text_can_not_take_much_memory() -> None:
    bomb = "~" + base64.urlsafe_b64encode(zlib.compress(b" " * 200_000_000, 9)).decode()
    tracemalloc.start()
    try:
        with pytest.raises(ExperimentError):
            from_text(bomb, START)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_what_a_link_can_carry_is_bounded() -> None:
    assert fits("x" * 6000)
    assert not fits("x" * 6001)
