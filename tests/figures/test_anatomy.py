"""The picture of a module has a column for each station and a number in every circle."""

from __future__ import annotations

import math

from nnlab.figures.anatomy import MOST_COLUMNS, anatomy
from nnlab.sandbox.portrait import MOST_VALUES, Station

IN = Station("input", "", (), (8, 2), 0, (0.5, -1.0))
MIXED = Station("a <b>", "Linear(2, 2)", (0,), (8, 2), 6, (1.0, 2.0))
BENT = Station("tanh", "", (1,), (8, 2), 0, (0.76, math.nan))


def test_parameters_mix_all_units_and_operations_keep_each() -> None:
    ways, circles, _captions = anatomy((IN, MIXED, BENT)).data
    assert len(ways.x) // 3 == 2 * 2 + 2
    assert list(circles.text) == ["0.50", "-1.00", "1.00", "2.00", "0.76", "NaN"]


def test_a_layer_mixes_at_every_call() -> None:
    again = Station(MIXED.name, MIXED.kind, (1,), (8, 2), 0, (1.0, 2.0))
    ways, *_others = anatomy((IN, MIXED, again)).data
    assert len(ways.x) // 3 == 2 * 2 + 2 * 2


def test_names_are_shown_as_they_stand() -> None:
    *_others, captions = anatomy((IN, MIXED)).data
    assert "a &lt;b&gt;" in captions.text[1]


def test_a_large_station_is_folded_and_shows_its_own_ends() -> None:
    values = tuple(float(place) for place in range(MOST_VALUES))
    _ways, circles, captions = anatomy((Station("big", "", (), (8, 1000), 0, values),)).data
    assert list(circles.text) == ["0.00", "1.00", "2.00", "3.00", "4.00"] + [
        f"{each:.1f}" for each in range(MOST_VALUES - 5, MOST_VALUES)
    ]
    assert any("990" in text for text in captions.text)


def test_of_many_stations_the_first_are_drawn() -> None:
    row = [IN, *(Station(f"s{n}", "", (n,), (8, 1), 0, (1.0,)) for n in range(30))]
    *_others, captions = anatomy(row).data
    assert len(captions.text) == MOST_COLUMNS
