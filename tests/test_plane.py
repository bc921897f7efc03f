"""A plane through feature space: what is lifted from it is projected back to where it was."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data import Data
from nnlab.plane import Plane, natural_plane, plane_of_components, plane_of_features
from nnlab.registry import Choice
from nnlab.rows import Rows, draw_rows
from tests.strategies import datas

WINE = Data(Choice("wine"), test_share=0.3, seed=1)


def rows(data: Data) -> Rows:
    return draw_rows(data, torch.Generator().manual_seed(0))


def planes(data: Data) -> list[Plane]:
    width = data.n_raw_features
    chosen = [(place,) for place in range(width)] + [(0, width - 1)] * (width > 1)
    drawn = rows(data)
    two = [plane_of_features(drawn, data, each) for each in chosen]
    return [natural_plane(drawn, data), plane_of_components(drawn, data), *two]


@given(datas(), st.integers(0, 99))
def test_what_is_lifted_is_projected_back(data: Data, seed: int) -> None:
    for plane in planes(data):
        places = torch.randn(5, len(plane.names), generator=torch.Generator().manual_seed(seed))
        lifted = plane.lift(places)
        assert lifted.shape == (5, data.n_raw_features)
        torch.testing.assert_close(plane.project(lifted), places, rtol=1e-3, atol=1e-3)


@given(datas())
def test_the_range_encloses_every_row(data: Data) -> None:
    for plane in planes(data):
        places = plane.project(rows(data).raw.x)
        assert (plane.low < places).all()
        assert (places < plane.high).all()


@given(datas(), st.integers(2, 5))
def test_a_grid_fills_the_range(data: Data, size: int) -> None:
    plane = natural_plane(rows(data), data)
    grid = plane.grid(size)
    assert grid.shape == (size ** len(plane.names), len(plane.names))
    torch.testing.assert_close(grid[0], plane.low)
    torch.testing.assert_close(grid[-1], plane.high)
    assert (grid[1] != grid[0]).tolist() == [True, False][: len(plane.names)]


@pytest.mark.parametrize("name", ["xor", "sine"])
def test_few_features_are_shown_as_they_are(name: str) -> None:
    data = Data(Choice(name))
    plane, x = natural_plane(rows(data), data), rows(data).raw.x
    assert torch.equal(plane.project(x), x)
    assert torch.equal(plane.lift(x), x)
    assert plane.names == data.names.features


def test_two_chosen_features_are_themselves_and_the_others_rest_at_the_training_mean() -> None:
    drawn = rows(WINE)
    plane = plane_of_features(drawn, WINE, (12, 0))
    assert plane.names == ("proline", "alcohol")
    assert torch.equal(plane.project(drawn.raw.x), drawn.raw.x[:, [12, 0]])
    lifted = plane.lift(torch.tensor([[750.0, 13.0]]))[0]
    assert lifted[[12, 0]].tolist() == [750.0, 13.0]
    torch.testing.assert_close(lifted[1:12], drawn.raw_training.x.mean(0)[1:12])


def test_components_are_those_of_the_singular_value_decomposition() -> None:
    drawn = rows(WINE)
    x = drawn.raw_training.x.double()
    z = (x - x.mean(0)) / x.std(0, unbiased=False)
    _u, sizes, vectors = torch.linalg.svd(z)
    places = plane_of_components(drawn, WINE).project(drawn.raw_training.x)
    torch.testing.assert_close(torch.linalg.vector_norm(places, dim=0), sizes[:2].float())
    expected = (z @ vectors[:2].T).float().abs()
    torch.testing.assert_close(places.abs(), expected, rtol=1e-3, atol=1e-3)
