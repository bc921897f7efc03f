"""What is too much for the house is refused in a sentence, wherever it is asked for, and nothing is
lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from nnlab import language
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.limits import ExperimentError
from nnlab.permalink import to_text
from nnlab.player import Player
from nnlab.presets import PRESETS
from nnlab.sweep import sweep
from nnlab.ui.hosting import counters
from nnlab.ui.hosting.house import HOUSE, house, within
from nnlab.ui.lessons.filling import Filling
from nnlab.ui.lessons.sweep import start
from nnlab.ui.playground.session import ACTS, START

PAGES = Path(__file__).parents[2] / "pages"
HERE = "on this server"

Bound = Callable[..., None]


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bound]:
    """Set keys of the house: bound(most_steps=10)."""

    def settle(**keys: int) -> None:
        for key, value in keys.items():
            monkeypatch.setenv(f"NNLAB_{key.upper()}", f"{value}")
        house.cache_clear()

    yield settle
    monkeypatch.undo()
    house.cache_clear()


def opened(file: str, state: dict[str, Any] | None = None, **parameters: str) -> AppTest:
    page = AppTest.from_file(str(PAGES / file), default_timeout=60)
    for key, value in parameters.items():
        page.query_params[key] = value
    for key, value in (state or {}).items():
        page.session_state[key] = value
    page.run()
    assert not page.exception
    return page


def wide(units: int) -> Experiment:
    return replace(START, network=Network((Layer(units), Layer(1))))


def test_a_link_to_too_much_opens_the_start_and_says_why(bound: Bound) -> None:
    bound(most_parameters=30)
    page = opened("5_playground.py", e=to_text(wide(8), START))
    assert any("33" in each.value and HERE in each.value for each in page.warning)
    assert page.session_state["nnlab.player"].player.experiment == START


def test_a_unit_too_many_is_refused_and_the_run_stays(bound: Bound) -> None:
    bound(most_parameters=30)
    page = opened("5_playground.py")
    held = page.session_state["nnlab.player"]
    held.player.reach(20)
    before, refused = held.player.experiment, counters.value("nnlab_refusals_total", why="bounds")
    with pytest.raises(ExperimentError, match=HERE):
        ACTS["units"](held, {"value": 1, "by": 1})
    assert held.player.experiment == before
    assert held.player.step == 20
    assert counters.value("nnlab_refusals_total", why="bounds") == refused + 1


@pytest.mark.parametrize(
    ("key", "most", "too_much"),
    [
        ("most_parameters", 32, wide(8)),
        ("most_steps", 1999, replace(START, training=replace(START.training, batch_size=1000))),
        ("most_rows", 199, START),
    ],
)
def test_each_bound_lets_through_what_is_at_it(
    bound: Bound, key: str, most: int, too_much: Experiment
) -> None:
    bound(**{key: most})
    with pytest.raises(ExperimentError, match=f"{most} {HERE}"):
        within(too_much)
    bound(**{key: most + 1})
    assert within(too_much) == too_much


def test_the_sentence_is_in_the_readers_language(bound: Bound) -> None:
    bound(most_rows=10)
    language.use("zh_CN")
    with pytest.raises(ExperimentError, match="在本服务器上最多 10"):
        within(START)


def test_a_player_without_bounds_takes_all_that_an_experiment_may_be() -> None:
    player = Player(START)
    player.become(wide(900))
    assert player.experiment == wide(900)


def test_every_preset_fits_the_demo(monkeypatch: pytest.MonkeyPatch, bound: Bound) -> None:
    monkeypatch.setenv(HOUSE, "demo")
    bound()
    assert house().sessions < 100
    for preset in PRESETS.values():
        within(preset.experiment)


def test_a_lessons_run_that_is_too_long_is_not_begun(bound: Bound) -> None:
    bound(most_steps=10)
    page = opened("4_training.py", training_epochs="400")
    assert any(f"at most 10 {HERE}" in each.value.replace("\\", "") for each in page.error)


def _train_for_long() -> None:
    from nnlab.experiment import Experiment, Training  # noqa: PLC0415
    from nnlab.ui.runs import run_of  # noqa: PLC0415

    run_of(Experiment(training=Training(epochs=20_000)))


def test_a_lessons_run_that_takes_too_long_is_ended(bound: Bound) -> None:
    bound(computation_seconds=1)
    page = AppTest.from_function(_train_for_long, default_timeout=60).run()
    assert not page.exception
    assert ["ended after 1 seconds" in each.value for each in page.error] == [True]


@pytest.mark.parametrize(
    ("key", "most", "said"),
    [("most_rows", 20, f"at most 20 {HERE}"), ("most_upload_mb", 1, "at most 1 MB")],
)
def test_ones_own_file_has_bounds(bound: Bound, key: str, most: int, said: str) -> None:
    bound(**{key: most})
    page = opened("5_playground.py", {"play_own": True}, tour="off", own="file")
    rows = 30 if key == "most_rows" else 200_000
    table = "a,b\n" + "\n".join(f"{row},{row % 3}" for row in range(rows))
    page.file_uploader(key="play_file").set_value(("own.csv", table.encode(), "text/csv")).run()
    assert not page.exception
    assert any(said in each.value.replace("\\", "") for each in page.error)
    assert page.session_state["nnlab.player"].player.experiment == START


def test_a_sweep_of_too_many_networks_is_not_begun(bound: Bound) -> None:
    bound(sweep_networks=44)
    page = opened("11_sweep.py", sweep_seeds="1")
    assert any("45 networks" in each.value and "at most 44" in each.value for each in page.error)


def test_a_sweep_that_takes_too_long_keeps_what_it_has(bound: Bound) -> None:
    bound(sweep_seconds=1)
    held = Filling(sweep(start("circle"), {"seed": range(3)}), house().sweep_seconds)
    held.look("one", 60.0)
    assert held.work.progress == 1.0
    endless = replace(start("circle"), training=Training(epochs=5))
    held = Filling(sweep(endless, {"seed": range(3)}), 0.0)
    held.look("one", 60.0)
    assert held.ended
    assert held.done
