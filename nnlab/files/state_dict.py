"""A state_dict as torch.save writes it: a zip file, in which a small pickle says which tensors
there are and their numbers lie beside it.

A pickle is a program. Before torch.load runs it, with weights_only, it is read without being run:
it may only put tensors into a dict, and share nothing but words, so that it can neither call
anything else nor grow while it is run.
"""

from __future__ import annotations

import pickletools
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO

import torch
from torch import Tensor, nn

from nnlab.files.refusal import FileError, check_size, shown
from nnlab.language import gettext_noop as N_

MOST_ENTRIES = 1000
"""In the zip file: 64 layers have up to seven tensors each, and torch adds a few of its own."""
MOST_PICKLE = 200_000
"""Bytes of the pickle: about 150 for each tensor."""

_NEITHER = N_(
    "This is no state_dict as torch.save writes it, or a part of it is missing: save it once more "
    "with torch.save(model.state_dict(), ...)."
)
_MORE = N_(
    "The file holds more than tensors ({name}), and nothing else is read from a file: save "
    "model.state_dict() instead of the model."
)
_NAMES = re.compile(
    r"collections OrderedDict|torch\._utils _rebuild_tensor_v2|torch \w{3,16}Storage"
)
"""What the pickle may name."""
_WORDS = {"GLOBAL", "BINUNICODE"}
_PUTS, _GETS = {"BINPUT", "LONG_BINPUT"}, {"BINGET", "LONG_BINGET"}
_NUMBERS = {"BININT", "BININT1", "BININT2", "NEWFALSE", "NEWTRUE", "NONE"}
_TUPLES = {"EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "MARK"}
_DICTS = {"EMPTY_DICT", "SETITEM", "SETITEMS", "BUILD", "REDUCE", "BINPERSID", "PROTO", "STOP"}
_STEPS = _WORDS | _PUTS | _GETS | _NUMBERS | _TUPLES | _DICTS


def write_state_dict(module: nn.Module) -> bytes:
    """What `torch.save(module.state_dict(), file)` writes."""
    file = BytesIO()
    torch.save(module.state_dict(), file)
    return file.getvalue()


def read_state_dict(content: bytes) -> dict[str, Tensor]:
    """The tensors by their names. Raises FileError for a file that holds anything else."""
    check_size(content)
    _check_steps(_pickle(content))
    try:
        found = torch.load(BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:
        raise FileError(_NEITHER) from error
    if not isinstance(found, Mapping):
        raise FileError(_NEITHER)
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise FileError(_MORE, name=shown(f"{name}: {type(value).__name__}"))
    return dict(found)


def _pickle(content: bytes) -> bytes:
    """The pickle in the zip file, which is not compressed, so that nothing in it is larger than
    the file."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            (pickle,) = (each for each in entries if each.filename.endswith("data.pkl"))
            sound = len(names) == len(entries) <= MOST_ENTRIES
            plain = all(each.compress_type == zipfile.ZIP_STORED for each in entries)
            if sound and plain and pickle.file_size <= MOST_PICKLE:
                return archive.read(pickle)
    except Exception as error:
        raise FileError(_NEITHER) from error
    raise FileError(_NEITHER)


def _check_steps(pickle: bytes) -> None:
    """Read the pickle step by step, without running it."""
    try:
        steps = [(step.name, argument) for step, argument, _place in pickletools.genops(pickle)]
    except Exception as error:
        raise FileError(_NEITHER) from error
    words, before = set(), ""
    for name, argument in steps:
        if name == "GLOBAL" and not _NAMES.fullmatch(str(argument)):
            raise FileError(_MORE, name=shown(str(argument).replace(" ", ".")))
        if name in _PUTS and before in _WORDS:
            words.add(argument)
        if name not in _STEPS or (name in _GETS and argument not in words):
            raise FileError(_NEITHER)
        before = name
