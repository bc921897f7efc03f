"""How each data set that is drawn at random is written in PyTorch: the same draws in the same order
as those of nnlab.datasets, so that the same seed gives the same rows, to the last bit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from nnlab.data import Data
from nnlab.datasets import DATASETS, SEED_TARGETS
from nnlab.datasets.regression import BUMP_WIDTH, BUMPS

_HALVES = "y = (torch.arange({n}) >= {half}).float().unsqueeze(1)"
_PARTS = "y = (torch.arange({n}) * {classes} // {n}).float().unsqueeze(1)"
_SQUARE = "clean = torch.rand({n}, 2) * 2 - 1\nx = clean + {noise} * torch.randn({n}, 2)"
_POLAR = "x = torch.cat((radius * torch.sin(angle), radius * torch.cos(angle)), 1)"
_SCATTER = "x = x + {noise} * torch.randn({n}, 2)"

DRAWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "seed_batch": (
            f"x = torch.randn({len(SEED_TARGETS)}, {{n_features}})",
            f"y = torch.tensor({[[target] for target in SEED_TARGETS]})",
        ),
        "randn": ("x = torch.randn({n}, {n_features})", "y = torch.zeros({n}, 1)"),
        "circle": (
            _HALVES,
            "radius = torch.rand({n}, 1) * 0.5 + 0.7 * (1 - y)",
            "angle = torch.rand({n}, 1) * 2 * torch.pi",
            _POLAR,
            _SCATTER,
        ),
        "xor": (_SQUARE, "y = (clean[:, :1] * clean[:, 1:] > 0).float()"),
        "gaussians": (_HALVES, "x = (y - 0.5) + (0.2 + {noise}) * torch.randn({n}, 2)"),
        "spiral": (
            _HALVES,
            "radius = torch.rand({n}, 1)",
            "angle = 3.5 * torch.pi * radius + torch.pi * y",
            _POLAR,
            _SCATTER,
        ),
        "moons": (
            _HALVES,
            "angle = torch.rand({n}, 1) * torch.pi",
            "turned = 1 - 2 * y",
            "x1, x2 = turned * angle.cos() + y - 0.5, turned * angle.sin() + y * 0.5 - 0.25",
            "x = torch.cat((x1, x2), 1) * 0.7",
            _SCATTER,
        ),
        "checkerboard": (
            _SQUARE,
            "y = ((clean + 1) * 2).floor().sum(1, keepdim=True) % 2",
        ),
        "function": (
            _HALVES,
            "x1 = torch.rand({n}, 1) * 2 - 1",
            "border = {curve}",
            "away = torch.rand({n}, 1)",
            "x2 = torch.where(y > 0, border + away * (1 - border), border - away * (1 + border))",
            "x = torch.cat((x1, x2), 1)",
            _SCATTER,
        ),
        "blobs": (
            _PARTS,
            "angle = 2 * torch.pi * y / {classes}",
            "x = torch.cat((0.7 * torch.sin(angle), 0.7 * torch.cos(angle)), 1)",
            "x = x + (0.1 + {noise}) * torch.randn({n}, 2)",
        ),
        "spirals": (
            _PARTS,
            "along = torch.rand({n}, 1)",
            "radius = 0.1 + 0.9 * along",
            "angle = 1.5 * torch.pi * along + 2 * torch.pi * y / {classes}",
            _POLAR,
            _SCATTER,
        ),
        "rings": (
            _PARTS,
            "radius = (y + 0.7 * torch.rand({n}, 1)) / {classes}",
            "angle = torch.rand({n}, 1) * 2 * torch.pi",
            _POLAR,
            _SCATTER,
        ),
        "plane": (_SQUARE, "y = clean.sum(1, keepdim=True)"),
        "multi_gaussian": (
            _SQUARE,
            f"bumps = torch.tensor({[list(bump) for bump in BUMPS]})",
            'way = "donot_use_mm_for_euclid_dist"',
            "distance = torch.cdist(clean, bumps[:, :2], compute_mode=way)",
            f"y = torch.exp(-(distance**2) / (2 * {BUMP_WIDTH}**2)) @ bumps[:, 2:]",
        ),
        "sine": (
            "x = torch.rand({n}, 1) * 2 - 1",
            "y = torch.sin(3 * x) + {noise} * torch.randn({n}, 1)",
        ),
        "curve": (
            "x = torch.rand({n}, 1) * 2 - 1",
            "y = {curve} + {noise} * torch.randn({n}, 1)",
        ),
    }
)
"""The lines by the name of the data set, with its settings to be filled in."""

CURVES: Mapping[str, str] = MappingProxyType(
    {
        "line": "{x} / 2",
        "parabola": "{x}**2 - 0.5",
        "cubic": "{x}**3 - {x} / 2",
        "abs": "{x}.abs() - 0.5",
        "step": "torch.where({x} < 0, -0.5, 0.5)",
        "sine": "torch.sin(torch.pi * {x}) / 2",
        "waves": "torch.sin(3 * torch.pi * {x}) / 2",
    }
)
"""The curves of nnlab.datasets.curves over `x`, by name."""


def drawn(data: Data) -> tuple[str, ...]:
    """The lines that draw x [N, R] and y [N, 1] of a data set in DRAWN, before any edits."""
    settings: dict[str, Any] = DATASETS.settings(data.source)
    n = settings.get("n_samples", len(SEED_TARGETS))
    over = "x1" if data.source.name == "function" else "x"
    curve = CURVES[settings["curve"]].format(x=over) if "curve" in settings else ""
    filled = settings | {"n": n, "half": n // 2, "curve": curve}
    lines = "\n".join(DRAWN[data.source.name]).format(**filled)
    return tuple(lines.splitlines())
