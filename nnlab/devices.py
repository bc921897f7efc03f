"""The devices that this machine can compute on: the CPU always, a CUDA or an Apple GPU where one
is there. `auto` takes the first GPU, else the CPU."""

from __future__ import annotations

import torch

from nnlab.limits import OneOf


def available() -> tuple[str, ...]:
    """The devices that are there, by torch's names, the CPU first."""
    cuda = tuple(f"cuda:{index}" for index in range(torch.cuda.device_count()))
    mps = ("mps",) if torch.backends.mps.is_available() else ()
    return ("cpu", *cuda, *mps)


def resolve(name: str = "auto") -> torch.device:
    """The torch.device of a name from `available`, or the best one for "auto".

    Raises ExperimentError for a device that isn't there.
    """
    present = available()
    if name == "auto":
        return torch.device(present[1] if len(present) > 1 else "cpu")
    return torch.device(OneOf(("auto", *present, "meta")).accept("device", name))


def readable(device: torch.device) -> bool:
    """Whether tensors there hold numbers; those on torch's `meta` device have only shapes."""
    return device.type != "meta"
