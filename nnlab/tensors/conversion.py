"""A conversion, `.to(...)`, gives the same numbers in another dtype or on another device. What the
dtype can't hold is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from nnlab.language import gettext_noop as N_
from nnlab.limits import Number, OneOf
from nnlab.tensors.cells import Cell, cells

#: float32 holds every whole number up to 2 to the 24th; this is one more.
_BEYOND_FLOAT32 = 2.0**24 + 1
_FIRST_ROW, _SECOND_ROW = (-1.5, 0.0), (0.1, 300.25, _BEYOND_FLOAT32)
SHAPE = (2, 3)

#: What each dtype holds, in words.
DTYPES: Mapping[str, str] = {
    "float32": N_("4 bytes a number, about 7 digits. What networks are made of."),
    "float64": N_("8 bytes a number, about 16 digits. What NumPy and Python count in."),
    "float16": N_("2 bytes a number, about 3 digits, and nothing beyond 65504."),
    "int64": N_("Whole numbers. What stands behind the point is cut off, not rounded."),
    "bool": N_("True or False. Only 0 becomes False."),
}

#: A device that keeps shapes and no numbers; torch has it on every machine.
WITHOUT_NUMBERS = "meta"


@dataclass(frozen=True)
class Conversion:
    """Six numbers in float64, the first of which is chosen, and where they shall go."""

    value: float = 2.7
    dtype: str = "float32"
    device: str = "cpu"

    def __post_init__(self) -> None:
        Number(-1000.0, 1000.0).accept("value", self.value)
        OneOf(tuple(DTYPES)).accept("dtype", self.dtype)


@dataclass(frozen=True)
class Converted:
    """Before and after; after is None where the device refuses, with PyTorch's words in `error`.

    `meeting` is what PyTorch says when both are added: "" when it added them.
    """

    before: Tensor
    after: Tensor | None
    error: str = ""
    meeting: str = ""

    @property
    def lost(self) -> tuple[Cell, ...]:
        """The cells whose number changed on the way."""
        if self.after is None or self.after.is_meta:
            return ()
        back = self.after.cpu().to(self.before.dtype)
        return tuple(
            cell for cell in cells(tuple(self.before.shape)) if back[cell] != self.before[cell]
        )


def before(conversion: Conversion) -> Tensor:
    """The six numbers, [2, 3] in float64 on the CPU."""
    rows = ((conversion.value, *_FIRST_ROW), _SECOND_ROW)
    return torch.tensor(rows, dtype=torch.float64)


def convert(conversion: Conversion) -> Converted:
    """Move and convert, then try to add the result to what stayed behind."""
    tensor = before(conversion)
    try:
        after = tensor.to(device=conversion.device, dtype=getattr(torch, conversion.dtype))
    except (RuntimeError, TypeError, AssertionError) as error:
        return Converted(tensor, None, f"{type(error).__name__}: {error}")
    return Converted(tensor, after, meeting=_meet(tensor, after))


def shown(tensor: Tensor | None) -> dict[Cell, str]:
    """What every cell shows: nine digits, so that a loss is seen; `?` where there is no number."""
    if tensor is None or tensor.is_meta:
        return dict.fromkeys(cells(SHAPE), "?")
    texts = (str(x) if isinstance(x, bool) else f"{x:.9g}" for x in tensor.flatten().tolist())
    return dict(zip(cells(tuple(tensor.shape)), texts, strict=True))


def code(conversion: Conversion) -> str:
    """The PyTorch lines that convert the numbers and print them with what they are now."""
    numbers = "moved" if conversion.device == WITHOUT_NUMBERS else "moved.tolist()"
    return (
        f"import torch\n\nt = torch.tensor({before(conversion).tolist()}, dtype=torch.float64)\n"
        f'moved = t.to(device="{conversion.device}", dtype=torch.{conversion.dtype})\n'
        f"print({numbers})\n"
        "print(moved.dtype, moved.device, moved.element_size() * moved.numel())\n"
    )


def printed(converted: Converted) -> str:
    """What those lines print; the error's last line where the device refuses."""
    moved = converted.after
    if moved is None:
        return converted.error
    numbers = moved if moved.is_meta else moved.tolist()
    return f"{numbers}\n{moved.dtype} {moved.device} {moved.element_size() * moved.numel()}\n"


def _meet(one: Tensor, other: Tensor) -> str:
    try:
        one + other
    except RuntimeError as error:
        return f"RuntimeError: {error}"
    return ""
