"""Everything that can be watched has a picture for every experiment that it is for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nnlab.player import Player
from nnlab.scene import kind_of
from nnlab.ui.playground.watching import WATCHES
from tests.ui.test_stage import EXPERIMENTS


@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.parametrize("watched", WATCHES)
def test_it_has_a_picture(name: str, watched: str) -> None:
    experiment = EXPERIMENTS[name]
    watch = WATCHES[watched]
    if kind_of(experiment) not in watch.kinds:
        return
    player = Player(experiment)
    for step in (0, 25):
        player.reach(step)
        assert watch.picture(player).data


def test_confusion_counts_every_row_once() -> None:
    player = Player(EXPERIMENTS["classes"])
    rows = player.scenery.rows
    sides = [samples for samples in (rows.samples(), rows.test_samples()) if len(samples.x)]
    tables = WATCHES["confusion"].picture(player).data
    totals = [sum(sum(row) for row in table.z) for table in tables]
    assert totals == [len(samples.x) for samples in sides]


def test_a_run_that_diverged_can_be_watched() -> None:
    start = EXPERIMENTS["numbers"]
    wild = replace(start.training, learning_rate=1000.0)
    player = Player(replace(start, training=wild))
    player.reach(50)
    for watch in WATCHES.values():
        if "numbers" in watch.kinds:
            assert watch.picture(player).data
