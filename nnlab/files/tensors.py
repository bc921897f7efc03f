"""A safetensors file: a header in JSON says which tensors there are, then come their numbers and
nothing else. See https://huggingface.co/docs/safetensors."""

from __future__ import annotations

from torch import Tensor, nn

from nnlab.files.refusal import FileError, check_size
from nnlab.language import gettext_noop as N_

MOST_HEADER = 200_000
"""Bytes of the header: about 100 for each tensor."""
_LENGTH = 8

_NEITHER = N_(
    "This is no safetensors file, or a part of it is missing: save it once more with "
    "safetensors.torch.save_file(model.state_dict(), ...)."
)


def write_safetensors(module: nn.Module) -> bytes:
    """What `safetensors.torch.save(module.state_dict())` gives.

    >>> from nnlab import Experiment, train
    >>> written = write_safetensors(train(Experiment()).module())
    >>> read_safetensors(written)["0.weight"].shape
    torch.Size([5, 10])
    """
    from safetensors.torch import save  # noqa: PLC0415

    state = {name: tensor.contiguous() for name, tensor in module.state_dict().items()}
    return save(state)


def read_safetensors(content: bytes) -> dict[str, Tensor]:
    """The tensors by their names. Raises FileError for a file that holds anything else."""
    from safetensors.torch import load  # noqa: PLC0415

    check_size(content)
    header = int.from_bytes(content[:_LENGTH], "little")
    if header > min(MOST_HEADER, len(content) - _LENGTH):
        raise FileError(_NEITHER)
    try:
        return load(content)
    except Exception as error:
        raise FileError(_NEITHER) from error
