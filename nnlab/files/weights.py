"""The weights of a network as a file, in the formats that PyTorch and others know, and back into a
network of the same shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nnlab.experiment import Experiment
from nnlab.files.refusal import FileError, shown
from nnlab.files.state_dict import read_state_dict, write_state_dict
from nnlab.files.tensors import read_safetensors, write_safetensors
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.network import build
from nnlab.packed import LARGEST

_OTHER = N_(
    "The file has {given} where this network has {wanted}: give this network the layers of the "
    "one in the file first."
)
_KIND = N_(
    "{name} holds numbers of the kind {given}, but float32 is needed: save "
    "model.float().state_dict()."
)
_WILD = N_("{name} holds a number that is not finite, or beyond {most}: nothing can be made of it.")
_NEGATIVE = N_("{name} holds a negative variance: nothing can be made of it.")
_COUNTER = "num_batches_tracked"
_ORDER = ("weight", "bias", "running_mean", "running_var")


class Format(NamedTuple):
    """How weights are written to a kind of file and read from one."""

    write: Callable[[nn.Module], bytes]
    read: Callable[[bytes], Mapping[str, Tensor]]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "pt": Format(write_state_dict, read_state_dict),
        "safetensors": Format(write_safetensors, read_safetensors),
    }
)
"""By the ending of the file's name."""


def read_weights(content: bytes, ending: str, experiment: Experiment) -> Tensor:
    """The numbers in a file, in the order in which `nnlab.packed` takes them: all parameters [P] of
    the experiment's network, then what its batch norms keep [B].

    The tensors are told apart by their order and the last word of their names, so that a class
    whose layers have names of their own is read as well as an nn.Sequential.

    Raises FileError for a file that does not fit this network.
    """
    given = _in_order(FORMATS[ending].read(content))
    wanted = _in_order(build(experiment).state_dict())
    for index in range(max(len(given), len(wanted))):
        ours, theirs = _described(wanted, index), _described(given, index)
        if ours != theirs:
            raise FileError(_OTHER, given=_words(given, index), wanted=_words(wanted, index))
    for name, tensor in given:
        _check(name, tensor)
    parameters = [each for name, each in given if not _kept(name)]
    return _flat([*parameters, *(each for name, each in given if _kept(name))])


def _in_order(state: Mapping[str, Tensor]) -> list[tuple[str, Tensor]]:
    """The tensors in the order of `module.parameters()`, each module's buffers after its own, and
    without the counter of the batches, on which nothing depends."""
    named = ((name, each) for name, each in state.items() if _last(name) != _COUNTER)
    return sorted(named, key=lambda item: _place(item[0]))


def _place(name: str) -> tuple[object, ...]:
    """layer10.weight stands behind layer2.weight, and the weight before the bias."""
    module, last = name.rpartition(".")[0], _last(name)
    words = re.split(r"(\d{1,9})", module)
    natural = tuple(int(word) if place % 2 else word for place, word in enumerate(words))
    return natural, _ORDER.index(last) if last in _ORDER else len(_ORDER), last


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _kept(name: str) -> bool:
    return _last(name).startswith("running_")


def _described(tensors: list[tuple[str, Tensor]], index: int) -> tuple[object, ...] | None:
    if index >= len(tensors):
        return None
    name, tensor = tensors[index]
    return _last(name), tuple(tensor.shape)


def _words(tensors: list[tuple[str, Tensor]], index: int) -> str:
    if index >= len(tensors):
        return _("nothing more")
    name, tensor = tensors[index]
    return f"{shown(name)} {shown(str(tuple(tensor.shape)))}"


def _check(name: str, tensor: Tensor) -> None:
    """The shape is known to be small by now."""
    if tensor.dtype != torch.float32:
        kind = str(tensor.dtype).removeprefix("torch.")
        raise FileError(_KIND, name=shown(name), given=kind)
    if not bool((tensor.abs() <= LARGEST).all()):
        raise FileError(_WILD, name=shown(name), most=f"{LARGEST:.0f}")
    if _last(name) == "running_var" and bool((tensor < 0).any()):
        raise FileError(_NEGATIVE, name=shown(name))


def _flat(tensors: Iterable[Tensor]) -> Tensor:
    return torch.cat([each.detach().reshape(-1) for each in tensors])
