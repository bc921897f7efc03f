"""Memory holds the numbers. A tensor from `torch.from_numpy`, its `.numpy()` and every view look at
the same numbers as the array; a copy has its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nnlab.language import gettext_noop as N_
from nnlab.limits import Number, OneOf, Whole

START = (1.0, 2.0, 3.0, 4.0)


@dataclass(frozen=True)
class Holder:
    """Something that looks at numbers in memory: the line that makes it, and what it is."""

    line: str
    explanation: str


HOLDERS: Mapping[str, Holder] = {
    "array": Holder(f"np.array({list(START)})", N_("the NumPy array")),
    "tensor": Holder("torch.from_numpy(array)", N_("a tensor on the same memory")),
    "view": Holder("tensor.view(2, 2)", N_("the same memory in another shape")),
    "back": Holder("tensor.numpy()", N_("NumPy again, the same memory")),
    "copy": Holder("torch.tensor(array)", N_("a copy with memory of its own")),
    "clone": Holder("tensor.clone()", N_("another copy with memory of its own")),
}


@dataclass(frozen=True)
class Writing:
    """One number written through one holder at one place, 0 to 3."""

    holder: str = "array"
    place: int = 0
    value: float = START[0]

    def __post_init__(self) -> None:
        OneOf(tuple(HOLDERS)).accept("holder", self.holder)
        Whole(0, len(START) - 1).accept("place", self.place)
        Number(-1000.0, 1000.0).accept("value", self.value)


@dataclass(frozen=True)
class Memory:
    """What each holder sees after the writing, and where in memory it looks."""

    tensors: Mapping[str, Tensor]
    addresses: Mapping[str, int]

    def together(self, holder: str) -> tuple[str, ...]:
        """All holders, this one too, that look at the same memory."""
        same = self.addresses[holder]
        return tuple(name for name, address in self.addresses.items() if address == same)


def write(writing: Writing) -> Memory:
    """Make all holders, then write one number through one of them."""
    array = np.array(START)
    tensor = torch.from_numpy(array)
    holders: dict[str, Any] = {
        "array": array,
        "tensor": tensor,
        "view": tensor.view(2, 2),
        "back": tensor.numpy(),
        "copy": torch.tensor(array),
        "clone": tensor.clone(),
    }
    tensors = {name: torch.as_tensor(holder) for name, holder in holders.items()}
    tensors[writing.holder].view(-1)[writing.place] = writing.value
    return Memory(tensors, {name: tensor.data_ptr() for name, tensor in tensors.items()})


def code(writing: Writing) -> str:
    """The PyTorch lines that make the holders, write the number and print what each one sees."""
    made = "\n".join(f"{name} = {holder.line}" for name, holder in HOLDERS.items())
    place = _place(writing)
    prints = "\n".join(f'print("{name}", {name}.tolist())' for name in HOLDERS)
    return (
        f"import numpy as np\nimport torch\n\n{made}\n\n"
        f"{writing.holder}[{place}] = {writing.value}\n{prints}\n"
        "print(tensor.data_ptr() == array.ctypes.data)\n"
        "print(copy.data_ptr() == array.ctypes.data)\n"
    )


def printed(memory: Memory) -> str:
    """What those lines print."""
    seen = "\n".join(f"{name} {tensor.tolist()}" for name, tensor in memory.tensors.items())
    shared = memory.together("array")
    return f"{seen}\n{'tensor' in shared}\n{'copy' in shared}\n"


def _place(writing: Writing) -> str:
    row, column = divmod(writing.place, 2)
    return f"{row}, {column}" if writing.holder == "view" else str(writing.place)
