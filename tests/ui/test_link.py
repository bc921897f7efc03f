"""The link: what was set by hand wins on arrival, then the session, then the default."""

# ruff: noqa: PLC0415 (a script under test brings its own imports)
from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from nnlab.ui import link

    link.arrive(st.session_state.get("page", "one"))
    st.button("hold", on_click=link.hold, args=("w", "2"))
    st.button("write", on_click=link.write, args=("w", "3"))
    if st.button("mend"):
        link.mend()
    st.button("lag", on_click=link.lag, kwargs={"behind": True})
    st.button("forget", on_click=link.forget, args=("w", "unknown"))
    st.text(link.read("w"))
    st.text(link.lags())


def open_page(**parameters: str) -> AppTest:
    app = AppTest.from_function(page)
    app.query_params.update(parameters)
    return app.run()


def click(app: AppTest, label: str) -> AppTest:
    (button,) = (button for button in app.button if button.label == label)
    return button.click().run()


def state(app: AppTest) -> tuple[str, str | None]:
    """What is read, and what the link says."""
    assert not app.exception
    return app.text[0].value, app.query_params.get("w")


def test_nothing_set_is_empty() -> None:
    assert state(open_page()) == ("", None)


def test_a_link_is_read_on_arrival() -> None:
    assert state(open_page(w="1")) == ("1", "1")


def test_what_is_held_is_not_yet_in_the_link() -> None:
    assert state(click(open_page(w="1"), "hold")) == ("2", "1")


def test_what_is_written_is() -> None:
    assert state(click(open_page(w="1"), "write")) == ("3", "3")


def test_forgetting_leaves_the_default_and_a_clean_link() -> None:
    assert state(click(open_page(w="1"), "forget")) == ("", None)


def test_a_link_that_is_a_moment_old_does_not_turn_the_session_back() -> None:
    app = click(open_page(w="1"), "write")
    app.query_params["w"] = "1"
    assert state(app.run()) == ("3", "3")


def test_the_session_s_value_returns_with_its_page() -> None:
    app = click(open_page(w="1"), "write")
    app.session_state["page"] = "two"
    del app.query_params["w"]
    assert state(app.run()) == ("3", "3")


def test_a_link_to_another_page_wins_over_the_session() -> None:
    app = click(open_page(w="1"), "write")
    app.session_state["page"] = "two"
    app.query_params["w"] = "5"
    assert state(app.run()) == ("5", "5")


def test_a_link_that_lags_behind_its_page_says_so_until_another_page() -> None:
    app = open_page()
    assert app.text[1].value == "False"
    assert click(app, "lag").text[1].value == "True"
    app.session_state["page"] = "two"
    assert app.run().text[1].value == "False"


@pytest.mark.parametrize("text", ["1e999", "-inf", "NaN", "9" * 400])
def test_a_number_without_end_is_taken_out_of_the_link(text: str) -> None:
    app = click(open_page(w="1e3", seed=text), "mend")
    assert state(app) == ("1e3", "1e3")
    assert "seed" not in app.query_params


def changing_page() -> None:
    import streamlit as st

    from nnlab.ui import link

    link.arrive("one")
    st.button("back", on_click=link.write, args=("one_at", ""))
    st.button("write", on_click=link.write, args=("one_w", "3"))
    with link.asking(set()):
        shown = "x" if link.read("one_at") else "w"
        st.text(link.read(f"one_{shown}"))
    link.tidy()


def test_what_nothing_asks_for_leaves_the_link_and_comes_back_with_what_asks() -> None:
    app = AppTest.from_function(changing_page)
    app.query_params.update({"one_w": "1", "one_x": "5", "two_w": "7"})
    app.run()
    assert app.query_params == {"one_w": "1", "two_w": "7"}
    click(app, "write")
    app.query_params["one_at"] = "2"
    app.session_state["nnlab.link"].read.discard("one_at")
    app.run()
    assert app.query_params == {"one_at": "2", "two_w": "7"}
    click(app, "back")
    assert app.query_params == {"one_w": "3", "two_w": "7"}
    assert app.text[0].value == "3"
