"""A teacher's link, without a browser: made on one page, answered on another, read on a third."""

# ruff: noqa: PLC0415 (a script under test brings its own imports)
from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from nnlab import answer_book
from nnlab.answers import Answer, read_codes, to_code
from nnlab.assignment import Assignment
from nnlab.ui import task
from nnlab.ui.hosting.house import House, house
from nnlab.ui.lessons import answers as class_lesson

PAGES = Path(__file__).parents[2] / "pages"
CHOICE = Assignment("neuron", "What does the bias do?", ("turns", "shifts"), locked=("numbers",))
FREE = Assignment("neuron", "Why?")
NASTY = "<b>$x^2$</b> **bold** [a](http://b) ![i](http://c/d.png) \u202eRTL שלום 👩‍👩‍👧"


def lesson() -> None:
    """A lesson as the front door shows it: the teacher's question, then the lesson itself."""
    import streamlit as st

    from nnlab.ui import link, task
    from nnlab.ui.choice import choose

    link.arrive("neuron")
    task.ask(link.page())
    st.title("A lesson")
    choose("aim", {"AND": "AND", "OR": "OR"}, "neuron_aim")


def opened(page: str, **parameters: str) -> AppTest:
    """A page of the app; "lesson" is the one above, "home" is entered by the front door."""
    scripts = {"home": PAGES.parent / "streamlit_app.py"}
    if page == "lesson":
        app = AppTest.from_function(lesson, default_timeout=60)
    else:
        app = AppTest.from_file(str(scripts.get(page, PAGES / f"{page}.py")), default_timeout=60)
    app.query_params.update(parameters)
    app.run()
    assert not app.exception
    return app


def component(app: AppTest, key: str) -> dict[str, object]:
    """The data that one of our own components was given; none where it is not shown."""
    protos = [each.proto for each in app.get("bidi_component")]
    found = [json.loads(proto.json) for proto in protos if proto.id.endswith(f"-{key}")]
    return found[0] if found else {}


def texts(app: AppTest) -> str:
    """Everything that is said in running text."""
    said = (*app.markdown, *app.caption, *app.success, *app.info, *app.warning, *app.error)
    return "\n".join(each.value for each in said)


def answered(app: AppTest, said: object, name: str = "Ada") -> AppTest:
    if isinstance(said, str):
        app.text_area(key="task_said").set_value(said)
    else:
        app.radio(key="task_said").set_value(said)
    app.text_input(key="task_name").set_value(name)
    app.button[0].click().run()
    assert not app.exception
    return app


def lived_in(monkeypatch: pytest.MonkeyPatch, **settings: str) -> House:
    """The house with other settings."""
    changed = replace(house(), **settings)  # type: ignore[arg-type]
    for module in (task, class_lesson):
        monkeypatch.setattr(module, "house", lambda: changed)
    return changed


# ---- making a link ----


def test_a_link_has_the_view_and_just_the_assignment() -> None:
    app = opened("13_teacher", teacher_way="link", view="neuron?neuron_aim=AND&task=old")
    app.text_area(key="teacher_question").set_value("What does the bias do?")
    app.text_area(key="teacher_options").set_value("turns\n\n shifts ")
    app.multiselect(key="teacher_locked_neuron").set_value(["numbers"])
    app.run()
    link = urlsplit(str(component(app, "teacher_out")["text"]))
    parameters = parse_qs(link.query)
    assert link.path.endswith("neuron")
    assert parameters["neuron_aim"] == ["AND"]
    assert [Assignment.from_text(each) for each in parameters["task"]] == [CHOICE]


def test_a_preset_and_a_prediction() -> None:
    app = opened("13_teacher", teacher_way="preset", teacher_preset="xor_line")
    app.text_area(key="teacher_question").set_value("Will it learn?")
    app.toggle(key="teacher_first").set_value(True)
    app.run()
    parameters = parse_qs(urlsplit(str(component(app, "teacher_out")["text"])).query)
    assert parameters["preset"] == ["xor_line"]
    assert Assignment.from_text(parameters["task"][0]).answer_first


@pytest.mark.parametrize(
    "view", ["http://elsewhere/nothing", "javascript:alert(1)", "http://[", "teacher", "?", NASTY]
)
def test_what_is_no_view_is_one_sentence(view: str) -> None:
    app = opened("13_teacher", teacher_way="link", view=view)
    assert len(app.error) == 1
    assert "<b>" not in app.error[0].value


def test_options_that_can_not_be_are_one_sentence_and_no_link() -> None:
    app = opened("13_teacher")
    app.text_area(key="teacher_question").set_value("Why?")
    app.text_area(key="teacher_options").set_value("only one")
    app.run()
    assert len(app.error) == 1
    assert not component(app, "teacher_out")


# ---- answering ----


def test_an_answer_has_the_words_the_name_and_the_view_of_the_moment() -> None:
    app = opened("lesson", task=CHOICE.to_text(), neuron_aim="AND")
    assert component(app, "guide")["locked"]
    answered(app, 1)
    (answer,) = read_codes(str(component(app, "task_code")["text"])).answers
    assert (answer.assignment, answer.said, answer.name) == (CHOICE, "shifts", "Ada")
    assert answer.view == "neuron?neuron_aim=AND"


@pytest.mark.parametrize("said", [NASTY, "x" * 100_000, "=1+1\n\n    indented"])
def test_what_is_typed_is_text_and_bounded(said: str) -> None:
    app = answered(opened("lesson", task=FREE.to_text()), said, NASTY * 3)
    (answer,) = read_codes(str(component(app, "task_code")["text"])).answers
    assert answer.said == said[:2000]
    assert "<b>" not in texts(app)
    assert "$x" not in texts(app).replace("\\$x", "")


def test_nothing_said_is_one_sentence_and_no_answer() -> None:
    app = answered(opened("lesson", task=CHOICE.to_text()), None)
    assert len(app.warning) == 1
    assert not component(app, "task_code")


def test_a_prediction_keeps_the_lesson_waiting_until_it_is_made() -> None:
    app = opened("lesson", task=replace(CHOICE, answer_first=True).to_text())
    assert component(app, "guide")["waiting"] is True
    assert component(answered(app, 0), "guide")["waiting"] is False


def test_a_damaged_assignment_is_one_sentence_and_the_lesson_as_ever() -> None:
    app = opened("lesson", task=CHOICE.to_text()[:-3])
    assert len(app.warning) == 1
    assert app.title
    assert not component(app, "guide")


def test_another_lesson_leads_back_and_hides_nothing() -> None:
    app = opened("home", task=CHOICE.to_text())
    assert not component(app, "guide")
    assert not app.radio
    (back,) = [each.proto for each in app.get("page_link") if "teacher" in each.proto.label]
    assert back.page == "neuron"


def test_the_server_keeps_answers_only_where_its_house_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "book.db"
    lived_in(monkeypatch, answers_database=str(book))
    app = answered(opened("lesson", task=CHOICE.to_text()), 0)
    assert [answer.said for answer in answer_book.read(book).answers] == ["turns"]
    assert component(app, "task_code")


def test_a_book_that_can_not_be_written_loses_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in(monkeypatch, answers_database=str(tmp_path / "nowhere" / "book.db"))
    app = answered(opened("lesson", task=CHOICE.to_text()), 0)
    assert len(app.warning) == 1
    assert component(app, "task_code")


def test_a_full_disk_loses_neither_the_answer_nor_the_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource", reason="files have no limit here")
    book = tmp_path / "book.db"
    lived_in(monkeypatch, answers_database=str(book))
    answered(opened("lesson", task=CHOICE.to_text()), 0, "Ada")
    most, limit = resource.getrlimit(resource.RLIMIT_FSIZE), resource.RLIMIT_FSIZE

    def keep(place: Path, answer: Answer) -> None:
        resource.setrlimit(limit, (0, most[1]))
        try:
            answer_book.keep(place, answer)
        finally:
            resource.setrlimit(limit, most)

    with monkeypatch.context() as full:
        full.setattr(task, "keep", keep)
        app = answered(opened("lesson", task=CHOICE.to_text()), 1, "Bob")
    assert ["book of answers can't be used" in each.value for each in app.warning] == [True]
    assert "Nobody has it yet" in texts(app)
    (answer,) = read_codes(str(component(app, "task_code")["text"])).answers
    assert (answer.name, answer.said) == ("Bob", "shifts")
    assert [each.name for each in answer_book.read(book).answers] == ["Ada"]
    app.button(key="task_again").click().run()
    answered(app, 1, "Bob")
    assert [each.name for each in answer_book.read(book).answers] == ["Ada", "Bob"]


# ---- reading a class's answers ----


def class_page(*answers: Answer, more: str = "") -> AppTest:
    app = opened("14_class")
    codes = "\n".join(map(to_code, answers))
    app.text_area(key="class_codes").set_value(f"{codes} {more}").run()
    assert not app.exception
    return app


def test_answers_are_counted_and_listed_with_a_link_to_their_view() -> None:
    view = "neuron?neuron_aim=AND"
    said = [Answer(CHOICE, each, f"pupil {each}", view) for each in ("turns", "shifts")]
    app = class_page(*said, Answer(CHOICE, "shifts", NASTY[:60], view), more="NNLAB1-ABC-END")
    assert "turns: 1, shifts: 2" in str(component(app, "class_counts")["alt"])
    table = app.dataframe[0].value
    assert list(table["answer"]) == ["turns", "shifts", "shifts"]
    assert all(each.endswith(view) for each in table["view"])
    assert len(app.warning) == 1
    assert "<b>" not in texts(app)


@pytest.mark.parametrize(
    "view",
    ["javascript:alert(1)", "http://evil/x", "//evil/neuron/../y", "http://[", "", "a/.."],
)
def test_a_view_leads_nowhere_but_to_a_page_of_this_server(view: str) -> None:
    app = class_page(Answer(FREE, "because", "Ada", view))
    assert list(app.dataframe[0].value["view"]) == [""]


def test_a_foreign_host_in_a_view_is_left_out() -> None:
    app = class_page(Answer(FREE, "because", "Ada", "http://evil/neuron?lang=zh_CN"))
    assert list(app.dataframe[0].value["view"]) == ["/neuron?lang=zh_CN"]


def test_a_long_answer_is_cut_in_the_table_only() -> None:
    app = class_page(Answer(FREE, "x" * 2000))
    assert len(app.dataframe[0].value["answer"][0]) == class_lesson.LONGEST_CELL


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(class_lesson, "WRONG_KEY_S", 0.0)
    answer_book.keep(tmp_path / "book.db", Answer(FREE, "because"))
    return lived_in(monkeypatch, answers_database=str(tmp_path / "book.db"), teacher_key="geheim")


@pytest.mark.parametrize("key", ["", "wrong", "geheim ", "GEHEIM"])
def test_the_server_s_answers_are_shown_to_nobody_else(kept: House, key: str) -> None:
    app = opened("14_class")
    app.text_input(key="class_key").set_value(key).run()
    assert not app.dataframe
    assert len(app.warning) == bool(key)


def test_the_server_s_answers_are_shown_to_the_teacher(kept: House) -> None:
    app = opened("14_class")
    app.text_input(key="class_key").set_value(kept.teacher_key).run()
    assert list(app.dataframe[0].value["answer"]) == ["because"]


def test_a_house_without_a_key_lets_nobody_in(kept: House, monkeypatch: pytest.MonkeyPatch) -> None:
    lived_in(monkeypatch, answers_database=kept.answers_database, teacher_key="")
    app = opened("14_class")
    app.text_input(key="class_key").set_value("x").run()
    assert not app.dataframe


def test_without_a_book_no_key_is_asked_for() -> None:
    assert not opened("14_class").text_input
