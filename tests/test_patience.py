"""Patience is over when so many epochs in a row were not better than the best before them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nnlab.patience import Patience


@given(st.integers(0, 5), st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0, float("nan")])))
def test_it_is_over_when_the_best_is_long_ago(epochs: int, losses: list[float]) -> None:
    patience = Patience(epochs)
    for loss in losses:
        patience = patience.after(loss)
    numbers = [loss if loss == loss else float("inf") for loss in losses]  # noqa: PLR0124
    best = min(numbers, default=float("inf"))
    since = len(numbers) if best == float("inf") else len(numbers) - 1 - numbers.index(best)
    assert patience.over == (0 < epochs <= since)
