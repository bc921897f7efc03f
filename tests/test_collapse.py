"""Linear layers collapse into one; a bend in between prevents it."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlab.collapse import collapse, is_linear
from nnlab.network import build, trace
from tests.networks import untrained

sizes = st.lists(st.integers(1, 8), min_size=2, max_size=6)


@given(sizes, st.integers(0, 2**31))
def test_one_layer_does_what_linear_layers_do(sizes: list[int], seed: int) -> None:
    module = build(untrained(sizes, ["Identity"] * (len(sizes) - 1), seed))
    x = torch.randn(16, sizes[0], generator=torch.Generator().manual_seed(seed))
    layers = trace(module, x)
    one = collapse(layers)
    assert is_linear(layers)
    assert one.weight.shape == (sizes[0], sizes[-1])
    expected = layers[-1].activation
    scale = 1 + expected.abs().max().item()
    torch.testing.assert_close(
        torch.mm(x, one.weight) + one.bias, expected, atol=1e-4 * scale, rtol=1e-3
    )


def test_a_bend_makes_the_difference() -> None:
    module = build(untrained((2, 3, 1), ("ReLU", "Identity")))
    x = torch.randn(16, 2, generator=torch.Generator().manual_seed(1))
    layers = trace(module, x)
    one = collapse(layers)
    assert not is_linear(layers)
    assert not torch.allclose(torch.mm(x, one.weight) + one.bias, layers[-1].activation)
