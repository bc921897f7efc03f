"""An address is the same wherever the app stands."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.address import Address, address_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("http://school:8501/neuron?lang=zh_CN&e=data-moons+v2", "neuron"),
        ("https://school/nnlab/neuron/?lang=zh_CN&e=data-moons%20v2#top", "neuron"),
        ("neuron?lang=zh_CN&e=data-moons+v2", "neuron"),
        ("  ?lang=zh_CN&e=data-moons+v2\n", ""),
    ],
)
def test_it_is_read_from_a_whole_link_or_its_end(text: str, path: str) -> None:
    assert address_of(text) == Address(path, (("lang", "zh_CN"), ("e", "data-moons v2")))


@given(st.dictionaries(TEXTS, TEXTS, max_size=5))
def test_round_trip(parameters: dict[str, str]) -> None:
    address = Address("neuron", tuple(parameters.items()))
    assert address_of(str(address)) == address
    assert address_of(str(address.with_(task="x"))).without("task") == address.without("task")


@given(st.text())
def test_any_text_is_an_address_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(address_of(text), Address)
