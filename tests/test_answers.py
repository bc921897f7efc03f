"""Answers come back whole or with one sentence: any text survives, nothing is a formula, nothing
damaged is taken for an answer.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.answers import (
    LONGEST_ANSWER,
    LONGEST_CODE,
    Answer,
    assignments,
    latest,
    read_codes,
    read_file,
    tally,
    to_code,
    without_repeats,
    write_csv,
)
from nnlab.assignment import Assignment
from nnlab.limits import ExperimentError

CHOICE = Assignment("playground", "Will it learn?", ("yes", "no", "perhaps"))
FREE = Assignment("neuron", "Why?")
ANSWER = Answer(CHOICE, "no", "Ada", "playground?e=lr-0.1+v2", 1_800_000_000)
FROZEN = (
    "NNLAB1-PDNFLDSNBLBEADEFV5JLFNKK5NFAUUR4QWFSEEU42QHKMM7DUQ7ZJUV3TNNDOZQRL3PEP4RSAOFNRJ3LZF2"
    "VBTGAETRB2FAQDCTWP5F5GOIMFOZH5HWNPP2243CHMCITIZLSV43BEUBEKBITRENM42YLCQNQYAVXCQNGWDHJNKSZV"
    "7PDIVTNH2DEUR4K63IURWXJDBMWCQCK34XNRDBZMVC7BTVDAWA2777CV2OMOGPR34W5OBKD4NTLJB7MU7VVPQAAK6C"
    "HKI-END"
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)
WEIRD = [
    "**bold** <b>tag</b> $x^2$ `code` [a](http://b)",
    "=HYPERLINK(0)",
    "שלום \u202emirror\u202c مرحبا",
    "👩‍👩‍👧‍👦 \u0000\u0007\ufeff",
    "\n\r\n\t",
    "-END NNLAB1- -END",
]


def answers() -> st.SearchStrategy[Answer]:
    names = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
    return st.builds(Answer, st.sampled_from([CHOICE, FREE]), TEXTS, names, names)


@given(answers())
def test_any_text_survives_in_a_code_and_in_a_file(answer: Answer) -> None:
    assert read_codes(to_code(answer)).answers == (answer,)
    assert read_file("a.json", answer.dumps().encode()).answers == (answer,)
    assert read_file("a.txt", to_code(answer).encode()).answers == (answer,)


@pytest.mark.parametrize("said", WEIRD)
def test_weird_texts_survive(said: str) -> None:
    answer = replace(ANSWER, said=said, name=said[:60])
    assert read_codes(to_code(answer)).answers == (answer,)
    assert Answer.loads(answer.dumps()) == answer


def test_codes_are_found_in_a_chat_that_has_wrapped_quoted_and_recased_them() -> None:
    first, second = to_code(ANSWER), to_code(replace(ANSWER, name="Béla", said="yes"))
    wrapped = "\n> ".join(first[at : at + 20] for at in range(0, len(first), 20))
    chat = f"[12:30] Ada: here it is {wrapped} :-)\n[12:31] Béla: {second.lower()}\nbye"
    assert [answer.name for answer in read_codes(chat).answers] == ["Ada", "Béla"]


@given(answers(), st.data())
@settings(max_examples=60)
def test_a_damaged_code_is_one_sentence_and_no_answer(answer: Answer, data: st.DataObject) -> None:
    code = to_code(answer)
    place = data.draw(st.integers(7, len(code) - 6))
    sign = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
    cut, changed = code[:place], code[:place] + sign + code[place + 1 :]
    for broken in (cut, changed):
        found = read_codes(f"hello {broken}")
        assert found.answers == ((answer,) if broken == code else ())
        assert len(found.complaints) == 1 - len(found.answers)


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for each in (text, "NNLAB1-" + text, f"NNLAB1-{text}-END", '{"said":' + text):
        assert read_codes(each).complaints or read_codes(each).answers == ()
        assert len(read_file("x", each.encode("utf-8", "replace")).complaints) >= 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"version":1}',
        b'{"version":' + b"9" * 5000 + b"}",
        ANSWER.dumps().replace('"version": 1', '"version": 2').encode(),
        ANSWER.dumps().replace("1800000000", "1e99").encode(),
        ANSWER.dumps().replace('"no"', json.dumps("x" * (LONGEST_ANSWER + 1))).encode(),
    ],
)
def test_a_file_that_is_none_is_one_sentence_with_its_name(data: bytes) -> None:
    found = read_file("homework.json", data)
    assert not found.answers
    (complaint,) = found.complaints
    assert complaint.startswith("homework.json: ")


def test_a_view_that_would_make_the_code_too_long_is_left_out_of_it_only() -> None:
    long = replace(ANSWER, view="playground?e=~" + "".join(map(str, range(2000))))
    assert len(to_code(long)) <= LONGEST_CODE
    assert read_codes(to_code(long)).answers == (replace(long, view=""),)
    assert Answer.loads(long.dumps()) == long


def test_a_code_is_short_enough_for_a_chat_message() -> None:
    assert len(to_code(ANSWER)) < 400


def test_the_newest_answer_of_each_name_counts_and_the_nameless_all_do() -> None:
    older, newer = replace(ANSWER, when=1, said="yes"), replace(ANSWER, name=" ada ", when=2)
    nameless = [replace(ANSWER, name="", said=said) for said in ("yes", "no")]
    assert set(latest([newer, older, *nameless])) == {newer, *nameless}
    assert without_repeats([newer, newer, older]) == (newer, older)


def test_options_are_counted_in_their_order_also_those_that_nobody_chose() -> None:
    said = [replace(ANSWER, said=each) for each in ("no", "yes", "no")]
    other = Answer(FREE, "yes")
    assert tally([*said, other], CHOICE) == {"yes": 1, "no": 2, "perhaps": 0}
    assert assignments([other, *said]) == (CHOICE, FREE)


@pytest.mark.parametrize(
    "word", ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "\t=1", "\r=1", "  =1", "\n-1", "\u00a0=1"]
)
def test_no_cell_of_the_table_is_a_formula(word: str) -> None:
    rows = csv.reader(io.StringIO(write_csv([Answer(FREE, word, word)], lambda _: "http://x")))
    _head, (_when, name, _question, said, link) = list(rows)
    assert said == name == f"'{word}"
    assert link == "http://x"


@given(answers())
def test_every_answer_is_one_row_of_five_cells(answer: Answer) -> None:
    rows = list(csv.reader(io.StringIO(write_csv([answer], lambda _: ""), newline="")))
    assert [len(row) for row in rows] == [5, 5]
    assert rows[1][3].removeprefix("'") == answer.said or rows[1][3] == answer.said


def test_a_code_of_version_1_is_read_for_ever() -> None:
    assert read_codes(FROZEN).answers == (ANSWER,)


def test_an_answer_must_say_something() -> None:
    with pytest.raises(ExperimentError):
        Answer(FREE, "")
