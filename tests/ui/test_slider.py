"""A group of sliders and its text: what is written is read back, and nothing else gets in."""

# ruff: noqa: PLC0415 (a script under test brings its own imports)
from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from nnlab.ui.slider import LogScale, Scale, WholeScale, form, parse, short

SCALE = Scale(-3, 3, 0.05)
ON_SCALE = st.floats(-3, 3)
GROUP = st.lists(st.tuples(ON_SCALE, ON_SCALE | st.none()), min_size=1, max_size=20)


@given(GROUP)
def test_what_is_written_is_read_back(group: list[tuple[float, float | None]]) -> None:
    defaults = [default for default, _value in group]
    values = tuple(default if value is None else value for default, value in group)
    assert parse(form(values, defaults), defaults, SCALE) == (values, ())


@given(st.lists(ON_SCALE))
def test_a_group_at_its_defaults_writes_nothing(values: list[float]) -> None:
    assert form(values, values) == ""


@given(st.text(), st.lists(ON_SCALE, min_size=1, max_size=8))
def test_any_text_gives_values_on_the_scale(text: str, defaults: list[float]) -> None:
    values, faults = parse(text, defaults, SCALE)
    assert len(values) == len(defaults)
    assert all(SCALE.accept(value) == value for value in values)
    assert set(faults) <= set(text.replace(",", "_").split("_"))


@pytest.mark.parametrize("entry", ["abc", "nan", "inf", "-inf", "3.01", "1e9", "0x1", "9" * 99])
def test_a_faulty_entry_is_named_and_at_its_default(entry: str) -> None:
    assert parse(f"1_{entry}_2", (0, 0.5, 0), SCALE) == ((1, 0.5, 2), (entry,))


def test_commas_typed_by_hand_are_read() -> None:
    assert parse("0.5,,1.2", (0, 7, 0), Scale(0, 9, 1)) == ((0.5, 7, 1.2), ())


def test_fewer_sliders_keep_the_first() -> None:
    assert parse("1_2_x", (0, 0), SCALE) == ((1, 2), ())


def test_whole_numbers_only() -> None:
    assert parse("2.5", (1,), WholeScale(1, 9)) == ((1,), ("2.5",))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_scale_accepts_only_what_lies_on_it(value: float) -> None:
    for scale in (SCALE, WholeScale(1, 200), LogScale(1e-4, 10)):
        assert scale.minimum <= scale.accept(value) <= scale.maximum
        assert scale.accept(scale.accept(value)) == scale.accept(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_short_numbers_are_exact(value: float) -> None:
    assert float(short(value)) == value


def page() -> None:
    import streamlit as st

    from nnlab.ui import link
    from nnlab.ui.slider import Scale, live_sliders

    count = st.number_input("count", 1, 8, 3, key="count")
    start = st.number_input("start", -1.0, 1.0, 0.0, key="start")
    st.button("forget", key="forget", on_click=link.forget, args=("w",))
    names = [f"weight {place}" for place in range(count)]
    st.text(" ".join(map(repr, live_sliders(names, "w", [start] * count, Scale(-3, 3, 0.05)))))


def run(text: str | None = None) -> AppTest:
    app = AppTest.from_function(page)
    if text is not None:
        app.query_params["w"] = text
    return app.run()


def shown(app: AppTest) -> tuple[float, ...]:
    """What the page was given."""
    assert not app.exception
    return tuple(float(value) for value in app.text[0].value.split())


def sent(app: AppTest) -> dict[str, Any]:
    """What the browser is given."""
    data: dict[str, Any] = json.loads(app.get("bidi_component")[0].proto.json)
    return data


def test_the_link_is_shown() -> None:
    app = run("1_2")
    assert shown(app) == (1, 2, 0)
    assert [row["value"] for row in sent(app)["rows"]] == [1, 2, 0]
    assert not app.warning


def test_nonsense_is_told_once_in_one_sentence_for_all() -> None:
    app = run("x_1_`y`")
    assert shown(app) == (0, 1, 0)
    (warning,) = app.warning
    assert "`x`, `y`" in warning.value


def test_nonsense_of_many_lines_stays_within_the_sentence() -> None:
    app = run("\n\n# ![x](//y)\n\n_\0_3")
    (warning,) = app.warning
    assert "\n" not in warning.value
    assert "`# ![x](//y)`, `?`" in warning.value


def test_forgetting_brings_the_defaults_back_and_cleans_the_link() -> None:
    app = run("1_2")
    app.button(key="forget").click().run()
    assert shown(app) == (0, 0, 0)
    assert "w" not in app.query_params


def test_new_defaults_move_what_was_left_alone() -> None:
    app = run("1__2")
    app.number_input(key="start").set_value(0.5).run()
    assert shown(app) == (1, 0.5, 2)


def test_the_first_sliders_stay_when_their_number_changes() -> None:
    app = run("1_2_3")
    app.number_input(key="count").set_value(2).run()
    assert shown(app) == (1, 2)
    app.number_input(key="count").set_value(4).run()
    assert shown(app) == (1, 2, 3, 0)


@pytest.mark.parametrize(
    "report", [None, 7, [], {"text": 9e99}, {"text": None, "number": "x"}, {"text": "_" * 10**6}]
)
def test_a_forged_report_does_no_harm(report: object) -> None:
    app = run()
    app.session_state["w_sliders"] = {"report": report}
    app.run()
    assert shown(app) == (0, 0, 0)
    assert isinstance(sent(app)["answered"], int)
