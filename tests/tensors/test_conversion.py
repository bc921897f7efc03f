from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlab.devices import available
from nnlab.limits import ExperimentError
from nnlab.tensors.conversion import (
    DTYPES,
    WITHOUT_NUMBERS,
    Conversion,
    before,
    code,
    convert,
    printed,
    shown,
)
from tests.interpreter import printed_by

DEVICES = (*available(), WITHOUT_NUMBERS)
ALL = [Conversion(2.7, dtype, device) for dtype in DTYPES for device in DEVICES]


@pytest.mark.parametrize("conversion", ALL, ids=str)
def test_the_tensor_arrives_where_and_as_what_it_shall(conversion: Conversion) -> None:
    found = convert(conversion)
    if found.after is None:
        assert conversion.device == "mps"
        assert found.error
        return
    assert str(found.after.device) == conversion.device
    assert found.after.dtype == getattr(torch, conversion.dtype)
    assert str(found.before.device) == "cpu"


@given(value=st.floats(-1000, 1000), dtype=st.sampled_from(sorted(DTYPES)))
def test_lost_are_the_numbers_that_do_not_come_back(value: float, dtype: str) -> None:
    found = convert(Conversion(value, dtype))
    assert found.after is not None
    back = found.after.to(torch.float64)
    changed = torch.nonzero(back != before(Conversion(value, dtype))).tolist()
    assert [list(cell) for cell in found.lost] == changed


def test_nothing_is_lost_where_nothing_changes() -> None:
    assert convert(Conversion(2.7, "float64")).lost == ()


def test_every_loss_can_be_seen() -> None:
    for conversion in (one for one in ALL if one.device == "cpu"):
        found = convert(conversion)
        old, new = shown(found.before), shown(found.after)
        assert all(old[cell] != new[cell] for cell in found.lost)


def test_tensors_on_two_devices_do_not_meet() -> None:
    with pytest.raises(RuntimeError) as caught:
        before(Conversion()) + before(Conversion()).to("meta")
    assert convert(Conversion(device="meta")).meeting == f"RuntimeError: {caught.value}"
    assert convert(Conversion(device="cpu")).meeting == ""


@pytest.mark.parametrize("device", available()[1:])
def test_a_gpu_does_not_meet_the_cpu_either(device: str) -> None:
    assert "same device" in convert(Conversion(device=device)).meeting


@pytest.mark.parametrize("change", [{"dtype": "float128"}, {"value": float("inf")}])
def test_what_a_conversion_cannot_be(change: dict) -> None:
    with pytest.raises(ExperimentError):
        Conversion(**change)


def test_the_lines_print_what_the_page_shows() -> None:
    said = printed_by([code(conversion) for conversion in ALL])
    for conversion, lines in zip(ALL, said, strict=True):
        assert printed(convert(conversion)).strip() in lines
