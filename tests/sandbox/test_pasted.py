"""Of pasted code the network is found, or the line that is wrong. What is run here is the tests'
own."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from nnlab.sandbox import pasted
from tests.sandbox.cells import PLAIN


def test_the_variable_model_comes_first_then_the_last_class() -> None:
    assert type(pasted.network(pasted.run(PLAIN))).__name__ == "Net"
    after = pasted.run(f"{PLAIN}\nmodel = nn.ReLU()\nother = nn.Tanh\n")
    assert isinstance(pasted.network(after), nn.ReLU)
    two = pasted.run(f"{PLAIN}\nclass Last(nn.Module):\n    pass\n")
    assert type(pasted.network(two)).__name__ == "Last"


@pytest.mark.parametrize("source", ["x = 1", "", "from torch.nn import Linear", "model = 3"])
def test_code_without_a_network_of_its_own_is_refused(source: str) -> None:
    with pytest.raises(pasted.NoModuleError):
        pasted.network(pasted.run(source))


def test_the_line_of_an_error_is_the_codes_own() -> None:
    network = pasted.network(pasted.run(PLAIN.replace("nn.Linear(2, 8)", "nn.Linear(3, 8)")))
    with pytest.raises(RuntimeError) as failed:
        network(torch.ones(1, 2))
    assert "hidden" in PLAIN.splitlines()[pasted.line_of(failed.value) - 1]
    with pytest.raises(SyntaxError) as misspelt:
        pasted.run("x = 1\ny = = 2")
    assert pasted.line_of(misspelt.value) == 2
    assert pasted.line_of(ValueError()) == 0
