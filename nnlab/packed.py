"""Packed is every number of a network at once as one short text, the way `load_state_dict` sets
them: 32-bit floats in base64. First come the parameters in the order of `module.parameters()`,
then, where they are meant too, the means and variances that the batch norms keep."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nnlab.language import gettext as _
from nnlab.limits import ExperimentError

PARAMETERS = "parameters"
"""The field of an intervention that sets them all."""
MOST_NUMBERS = 1_500_000
LARGEST = 1e6
_FLOAT = np.dtype("<f4")


@dataclass(frozen=True)
class Packed:
    """The text of at least one number, each finite and from -1e6 to 1e6."""

    def accept(self, field: str, value: Any) -> str:
        if not isinstance(value, str) or count(value) > MOST_NUMBERS:
            raise ExperimentError(field, value, self)
        try:
            numbers = unpack(value)
        except ValueError:
            raise ExperimentError(field, value, self) from None
        # What is no number is not at most the largest either.
        if not len(numbers) or not bool((numbers.abs() <= LARGEST).all()):
            raise ExperimentError(field, value, self)
        return pack(numbers)

    def allowed(self) -> str:
        return _("32-bit floats in base64, each from {low} to {high}").format(
            low=f"{-LARGEST:g}", high=f"{LARGEST:g}"
        )


def pack(numbers: Tensor) -> str:
    """Numbers [N] as text, to the last bit."""
    return base64.b64encode(numbers.numpy().astype(_FLOAT).tobytes()).decode()


def unpack(text: str) -> Tensor:
    """The numbers [N] of a text. Raises ValueError for a text that `pack` can't have written."""
    plain = base64.b64decode(text, validate=True)
    return torch.from_numpy(np.frombuffer(plain, _FLOAT).astype(np.float32))


def count(text: str) -> int:
    """How many numbers a text holds."""
    return (len(text) * 3 // 4 - text.count("=", -2)) // _FLOAT.itemsize
