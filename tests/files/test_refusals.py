"""A file that can't be read gets one sentence and changes nothing. A new kind of bad file is one
more line in BAD."""

from __future__ import annotations

import contextlib
import json
import struct
import zipfile
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from nnlab.bounds import MOST_BYTES
from nnlab.experiment import Experiment, Layer, Network
from nnlab.files.saved import Saved, read_experiment, write_experiment
from nnlab.files.weights import FORMATS, read_weights
from nnlab.limits import ExperimentError
from nnlab.network import build
from nnlab.registry import Choice

OURS = Experiment(network=Network((Layer(3, Choice("Tanh"), batch_norm=True), Layer(1))))


def _weights(ending: str) -> Callable[[bytes], object]:
    return lambda content: read_weights(content, ending, OURS)


READERS: dict[str, Callable[[bytes], object]] = {
    "json": read_experiment,
    **{ending: _weights(ending) for ending in FORMATS},
}
GOOD: dict[str, bytes] = {
    "json": write_experiment(Saved(OURS, 7)),
    **{ending: form.write(build(OURS)) for ending, form in FORMATS.items()},
}


def saved(value: Any) -> bytes:
    file = BytesIO()
    torch.save(value, file)
    return file.getvalue()


def state(**changed: Any) -> dict[str, Any]:
    """Our own state_dict, with some tensors changed: w for the first weight, v for the variance."""
    names = {"w": "0.weight", "v": "1.running_var", "n": "7.weight"}
    return {**build(OURS).state_dict(), **{names[key]: each for key, each in changed.items()}}


def tensors(**changed: Any) -> bytes:
    return safetensors.torch.save(state(**changed))


def repacked(pickle: bytes, compression: int = zipfile.ZIP_STORED) -> bytes:
    """Our .pt file with another pickle in it."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(GOOD["pt"])) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            plain = pickle if entry.filename.endswith("data.pkl") else old.read(entry)
            new.writestr(entry.filename, plain, compression)
    return file.getvalue()


def pickled() -> bytes:
    with zipfile.ZipFile(BytesIO(GOOD["pt"])) as archive:
        return archive.read("archive/data.pkl")


def claiming(numbers: int) -> bytes:
    """A pickle that says that the first weight's thirty numbers are so many."""
    old, new = b"K\x1e", b"J" + struct.pack("<i", numbers)
    assert pickled().count(old) == 1
    return pickled().replace(old, new)


def crossed(depth: int) -> bytes:
    """A pickle of a few bytes whose dict has a key that takes 2^depth steps to hash."""
    pairs = b"".join(b"h\x00h\x00\x86q\x00" for _ in range(depth))
    return b"\x80\x02)q\x00" + pairs + b"}h\x00K\x01s."


def headed(header: Any, numbers: bytes = b"") -> bytes:
    """A safetensors file with this header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + numbers


def _first(ending: str, share: float) -> bytes:
    """So much of a good file."""
    return GOOD[ending][: int(share * len(GOOD[ending]))]


class Bomb:
    """What runs a command where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("boom",)


def _old() -> bytes:
    file = BytesIO()
    torch.save(build(OURS).state_dict(), file, _use_new_zipfile_serialization=False)
    return file.getvalue()


def _crowded(count: int) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(count):
            archive.writestr(f"archive/data/{number}", b"0000")
    return file.getvalue()


HUGE = {"0.weight": {"dtype": "F32", "shape": [2**40, 2**20], "data_offsets": [0, 4]}}
BEYOND = {"0.weight": {"dtype": "F32", "shape": [100], "data_offsets": [0, 400]}}

BAD: dict[str, tuple[str, Callable[[], bytes]]] = {
    **{f"an empty .{ending}": (ending, lambda: b"") for ending in READERS},
    **{f"a huge .{ending}": (ending, lambda: b" " * (MOST_BYTES + 1)) for ending in READERS},
    **{f"half of a .{e}": (e, partial(_first, e, 0.5)) for e in READERS},
    **{f"a .{e} without its end": (e, partial(_first, e, 0.999)) for e in READERS},
    **{f"noise as .{ending}": (ending, lambda: bytes(range(256)) * 9) for ending in READERS},
    **{f"a .pt as .{e}": (e, lambda: GOOD["pt"]) for e in READERS if e != "pt"},
    **{f"a .json as .{ending}": (ending, lambda: GOOD["json"]) for ending in FORMATS},
    # state_dicts that do not fit
    "another shape": ("pt", lambda: saved(state(w=torch.zeros(4, 10)))),
    "a shape turned around": ("safetensors", lambda: tensors(w=torch.zeros(10, 3))),
    "a layer more": ("safetensors", lambda: tensors(n=torch.zeros(1, 1))),
    "a layer less": ("pt", lambda: saved({"0.weight": torch.zeros(3, 10)})),
    "no tensor": ("pt", lambda: saved({})),
    "no tensors": ("safetensors", lambda: safetensors.torch.save({})),
    "another network": ("pt", lambda: saved(build(Experiment()).state_dict())),
    "float64": ("pt", lambda: saved(state(w=torch.zeros(3, 10, dtype=torch.float64)))),
    "bfloat16": ("safetensors", lambda: tensors(w=torch.zeros(3, 10, dtype=torch.bfloat16))),
    "whole numbers": ("pt", lambda: saved(state(w=torch.zeros(3, 10, dtype=torch.int64)))),
    "NaN": ("pt", lambda: saved(state(w=torch.full((3, 10), torch.nan)))),
    "infinity": ("safetensors", lambda: tensors(w=torch.full((3, 10), -torch.inf))),
    "a number too large": ("safetensors", lambda: tensors(w=torch.full((3, 10), 2e6))),
    "a negative variance": ("pt", lambda: saved(state(v=torch.full((3,), -1.0)))),
    "huge by repetition": ("pt", lambda: saved(state(w=torch.zeros(1).expand(2**20, 2**20)))),
    # .pt files that hold something else
    "a list": ("pt", lambda: saved([1, 2])),
    "a number in the dict": ("pt", lambda: saved(state(w=1.0))),
    "numbers for names": ("pt", lambda: saved({1: torch.zeros(1)})),
    "a tensor": ("pt", lambda: saved(torch.zeros(3))),
    "a whole module": ("pt", lambda: saved(nn.Linear(10, 3))),
    "parameters with gradients": ("pt", lambda: saved(dict(nn.Linear(10, 3).named_parameters()))),
    "a sparse tensor": ("pt", lambda: saved(state(w=torch.zeros(3, 10).to_sparse()))),
    "a command": ("pt", lambda: saved(Bomb())),
    "a command in the dict": ("pt", lambda: saved(state(w=Bomb()))),
    "a bytearray of a terabyte": (
        "pt",
        lambda: repacked(
            b"\x80\x02c__builtin__\nbytearray\n\x8a\x06\x00\x00\x00\x00\x00\x01\x85R."
        ),
    ),
    "a key that takes for ever to hash": ("pt", lambda: repacked(crossed(200))),
    "numbers that are not there": ("pt", lambda: repacked(claiming(2**31 - 1))),
    "a pickle with no end": ("pt", lambda: repacked(pickled()[:-1])),
    "a long pickle": ("pt", lambda: repacked(b"\x80\x02" + b"N" * 1_000_000 + b".")),
    "the form of ten years ago": ("pt", _old),
    "a zip bomb": ("pt", lambda: repacked(b"0" * 50_000_000, zipfile.ZIP_DEFLATED)),
    "a compressed zip": ("pt", lambda: repacked(pickled(), zipfile.ZIP_DEFLATED)),
    "many entries": ("pt", lambda: _crowded(2000)),
    "no pickle": ("pt", lambda: _crowded(3)),
    # safetensors files
    "a header of a terabyte": ("safetensors", lambda: struct.pack("<Q", 2**40) + b"{}"),
    "a header of half a megabyte": ("safetensors", lambda: headed(b"{" + b" " * 500_000 + b"}")),
    "a header that is no JSON": ("safetensors", lambda: headed(b"{{{{")),
    "a deep header": ("safetensors", lambda: headed(b"[" * 50_000)),
    "a list for a header": ("safetensors", lambda: headed([1, 2])),
    "a shape of exabytes": ("safetensors", lambda: headed(HUGE, b"0000")),
    "numbers beyond the end": ("safetensors", lambda: headed(BEYOND, b"0000")),
    "a gap between numbers": ("safetensors", lambda: GOOD["safetensors"] + b"0000"),
    # experiments
    "no text": ("json", lambda: b"\xff\xfe\x00\x01"),
    "a bare word": ("json", lambda: b"hello"),
    "a deep list": ("json", lambda: b"[" * 100_000),
    "an unknown field": ("json", lambda: b'{"weights": [1, 2]}'),
    "a step that is none": ("json", lambda: b'{"at": "late"}'),
    "a step beyond all": ("json", lambda: b'{"at": 1e99}'),
    "a later version": ("json", lambda: b'{"version": 999}'),
    "a notebook": ("json", lambda: b'{"cells": [], "nbformat": 4}'),
}


@pytest.mark.parametrize("why", BAD)
def test_a_bad_file_gets_one_sentence(why: str, capsys: pytest.CaptureFixture[str]) -> None:
    ending, made = BAD[why]
    with pytest.raises(ExperimentError) as caught:
        READERS[ending](made())
    assert 20 < len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)
    assert not capsys.readouterr().out


@pytest.mark.parametrize("ending", READERS)
def test_a_good_file_is_read(ending: str) -> None:
    assert READERS[ending](GOOD[ending]) is not None


def _changed(content: bytes) -> st.SearchStrategy[bytes]:
    """The file with a few bytes changed, or cut off, or with something behind it."""
    places = st.integers(0, len(content) - 1)
    changes = st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8)

    def apply(changes: list[tuple[int, int]], end: int, more: bytes) -> bytes:
        changed = bytearray(content)
        for place, byte in changes:
            changed[place] = byte
        return bytes(changed[: end or None]) + more

    return st.builds(apply, changes, st.just(0) | places, st.just(b"") | st.binary(max_size=40))


@pytest.mark.parametrize("ending", READERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_bytes_are_read_or_refused(ending: str, data: st.DataObject) -> None:
    content = data.draw(st.binary(max_size=300) | _changed(GOOD[ending]))
    with contextlib.suppress(ExperimentError):
        READERS[ending](content)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_pickle_in_a_zip_is_read_or_refused(data: st.DataObject) -> None:
    content = repacked(data.draw(st.binary(max_size=300) | _changed(pickled())))
    with contextlib.suppress(ExperimentError):
        READERS["pt"](content)
