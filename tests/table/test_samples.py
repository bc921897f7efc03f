"""From columns to samples: words, classes, missing cells, and what can't be learned."""

from __future__ import annotations

from typing import Any

import pytest

from nnlab.datasets import DATASETS
from nnlab.registry import Choice
from nnlab.table import Table, TableError, read_table

TABLE = read_table(
    b"size,colour,price,kind,same,huge\n"
    b"1,red,10.5,cat,1,1e308\n"
    b"2,blue,20.5,dog,1,1\n"
    b",red,30.5,cat,1,2\n"
    b"6,,40.5,cat,1,3\n"
    b"7,red,,,1,4\n"
)


def settings(choice: Choice) -> dict[str, Any]:
    return DATASETS.settings(choice)


def test_words_become_a_column_each_and_rows_with_gaps_are_dropped() -> None:
    made = settings(TABLE.to_choice(["size", "colour"], "price", task="numbers"))
    assert made["names"] == ("size", "colour = blue", "colour = red")
    assert made["rows"] == ((1.0, 0.0, 1.0, 10.5), (2.0, 1.0, 0.0, 20.5))
    assert (made["classes"], made["labels"]) == (0, ())


def test_gaps_get_the_mean_of_their_column_but_never_in_the_target() -> None:
    made = settings(TABLE.to_choice(["size", "colour"], "price", missing="mean", task="numbers"))
    assert [row[0] for row in made["rows"]] == [1.0, 2.0, 3.0, 6.0]
    assert made["rows"][3][1:3] == pytest.approx((1 / 3, 2 / 3))


def test_words_in_the_target_are_classes_in_their_order() -> None:
    made = settings(TABLE.to_choice(["price"], "kind"))
    assert (made["classes"], made["labels"]) == (2, ("cat", "dog"))
    assert [row[-1] for row in made["rows"]] == [0.0, 1.0, 0.0, 0.0]


def test_numbers_in_the_target_are_classes_in_their_order() -> None:
    table = read_table(b"x,y\n1,10\n2,-3\n3,10\n4,2.5\n")
    made = settings(table.to_choice(["x"], "y"))
    assert made["labels"] == ("-3", "2.5", "10")
    assert [row[-1] for row in made["rows"]] == [2.0, 0.0, 2.0, 1.0]


WORDS = read_table(b"a,b\n" + b"".join(b"word%d,%d\n" % (i, i) for i in range(11)))
WIDE = read_table(
    b",".join(b"c%d" % i for i in range(8))
    + b"\n"
    + b"".join(b",".join([b"w%d" % i] * 7 + [b"%d" % i]) + b"\n" for i in range(10))
)

REFUSED: list[tuple[Table, dict[str, Any], str]] = [
    (TABLE, {"features": ["nothing"], "target": "kind"}, "no column called nothing"),
    (TABLE, {"features": [], "target": "kind"}, "No feature"),
    (TABLE, {"features": ["kind"], "target": "kind"}, "twice"),
    (TABLE, {"features": ["size", "size"], "target": "kind"}, "twice"),
    (TABLE, {"features": ["size"], "target": "kind", "task": "numbers"}, "holds words"),
    (TABLE, {"features": ["size"], "target": "same"}, "Column same"),
    (TABLE, {"features": ["size"], "target": "same", "task": "numbers"}, "Column same"),
    (TABLE, {"features": ["same"], "target": "kind"}, "Column same"),
    (TABLE, {"features": ["huge"], "target": "kind"}, r"Line 2 has 1e\+308 in column huge"),
    (TABLE, {"features": ["size"], "target": "huge", "task": "numbers"}, "Line 2"),
    (read_table(b"a,b\n1,\n,2\n"), {"features": ["a"], "target": "b"}, "No row is left"),
    (WORDS, {"features": ["a"], "target": "b", "task": "numbers"}, "11 different words"),
    (WORDS, {"features": ["b"], "target": "a"}, "11 different values"),
    (WIDE, {"features": [f"c{i}" for i in range(7)], "target": "c7"}, "70 features"),
]


@pytest.mark.parametrize(("table", "chosen", "sentence"), REFUSED)
def test_what_can_not_be_learned_is_said(
    table: Table, chosen: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(TableError, match=sentence):
        table.to_choice(**chosen)
