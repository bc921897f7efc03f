"""A plane through feature space is what a flat picture shows of data with many features. Points are
projected onto it, and every point of it is lifted back to features that a network can be asked
about. With two raw features the plane is all there is, with one it is a line."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from nnlab.data import Data
from nnlab.language import gettext as _
from nnlab.rows import Rows

MARGIN = 0.1
"""How much wider than the points the range is on each side, as a share of their width."""


@dataclass(frozen=True, eq=False)
class Plane:
    """origin [F], scale [F] and orthonormal axes [F, D], all float64, D = 2 (1 for a line); the D
    axes' names; `low` and `high` [D] enclose the projected rows with a margin."""

    origin: Tensor
    scale: Tensor
    axes: Tensor
    names: tuple[str, ...]
    low: Tensor
    high: Tensor

    def project(self, points: Tensor) -> Tensor:
        """Places [N, D] of points [N, F]: p = ((x - origin) / scale) axes."""
        return (((points.double() - self.origin) / self.scale) @ self.axes).float()

    def lift(self, places: Tensor) -> Tensor:
        """Points [M, F] of places [M, D]: x = origin + scale (p axes^T)."""
        return (self.origin + self.scale * (places.double() @ self.axes.T)).float()

    def grid(self, size: int) -> Tensor:
        """Places [size^D, D] from `low` to `high`, the first axis changing fastest."""
        steps = torch.linspace(0, 1, size)
        ranges = [low + (high - low) * steps for low, high in zip(self.low, self.high, strict=True)]
        return torch.cartesian_prod(*reversed(ranges)).reshape(-1, len(ranges)).flip(1)


def natural_plane(rows: Rows, data: Data) -> Plane:
    """All there is of one or two raw features, the two components of more."""
    if data.n_raw_features <= 2:
        return plane_of_features(rows, data, tuple(range(data.n_raw_features)))
    return plane_of_components(rows, data)


def plane_of_features(rows: Rows, data: Data, chosen: tuple[int, ...]) -> Plane:
    """The chosen raw features (one or two different ones) as they are; every other feature rests
    at its mean over the training rows."""
    origin = rows.raw_training.x.double().mean(0)
    origin[list(chosen)] = 0.0
    axes = torch.eye(len(origin), dtype=torch.float64)[:, list(chosen)]
    names = tuple(data.names.features[place] for place in chosen)
    return _enclosing(rows, Plane(origin, torch.ones_like(origin), axes, names, origin, origin))


def plane_of_components(rows: Rows, data: Data) -> Plane:
    """The two directions in which the standardised training rows differ most: the principal
    components. Each points to where its largest part is positive, so that no sign is by chance."""
    x = rows.raw_training.x.double()
    mean, std = x.mean(0), x.std(0, unbiased=False)
    scale = torch.where(std == 0, 1.0, std)
    z = (x - mean) / scale
    _values, vectors = torch.linalg.eigh(z.T @ z)
    axes = vectors[:, -2:].flip(1)
    largest = axes.abs().argmax(0, keepdim=True)
    axes = axes * axes.gather(0, largest).sign()
    names = (_("component 1"), _("component 2"))
    return _enclosing(rows, Plane(mean, scale, axes, names[: axes.shape[1]], mean, mean))


def _enclosing(rows: Rows, plane: Plane) -> Plane:
    """The plane with its range; where all points are at one place, 1 to each side."""
    places = plane.project(rows.raw.x)
    low, high = places.amin(0), places.amax(0)
    width = high - low
    margin = torch.where(width > 0, MARGIN * width, 1.0)
    return Plane(plane.origin, plane.scale, plane.axes, plane.names, low - margin, high + margin)
