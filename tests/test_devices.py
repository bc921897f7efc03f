"""Only devices that are there can be chosen."""

from __future__ import annotations

import pytest
import torch

from nnlab.devices import available, resolve
from nnlab.limits import ExperimentError


def test_the_cpu_is_always_there_and_auto_takes_one_that_is() -> None:
    assert available()[0] == "cpu"
    assert str(resolve("auto")) in available()


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_gpu_that_is_not_there_is_refused_in_a_sentence() -> None:
    with pytest.raises(ExperimentError, match="cuda:0"):
        resolve("cuda:0")
