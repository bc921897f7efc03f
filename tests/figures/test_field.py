"""What the plane shows can be told apart."""

from __future__ import annotations

from nnlab.figures.field import class_color, class_symbol


def test_no_two_classes_look_alike() -> None:
    classes = range(40)
    assert len({(class_color(place), class_symbol(place)) for place in classes}) == len(classes)
