"""The stage is the component that plays: it shows a player's network, asking for frame after frame.
A frame is a few kilobytes: four bytes that say how long the header is, the header in JSON, numbers
as 32-bit floats (curves, weights, biases, lines), and maps with one byte for each place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from nnlab.experiment import Experiment
from nnlab.figures import field, palette
from nnlab.figures.drawing import layer_names
from nnlab.figures.learning import HERE, TEST, TRAIN
from nnlab.graft import MOST_HIDDEN
from nnlab.language import gettext as _
from nnlab.measures import smoothed
from nnlab.player import SPEEDS, Player
from nnlab.scene import BIG_MAP, Scene, kind_of
from nnlab.ui.component import component
from nnlab.ui.keep import keep_texts
from nnlab.ui.playground.marks import changes

mount = component("stage", isolated=False)

BIG, CURVE = "play_field", "play_curve"
"""The keys of the Plotly views that frames change."""
SMOOTH = "smooth"
"""The key of the switch that smooths the curves."""
SMOOTHING = 0.8
"""How much of a smoothed loss comes from the moments before."""
MOST_UNITS = 32
LARGE = 1e5
BARS = 12
"""Bars of the histogram that a unit shows instead of a map, with more than two inputs."""
CURVES_EVERY = 4
"""Frames between two changes of the curves while it plays: a curve costs more to draw than maps."""


@dataclass(frozen=True)
class Settings:
    """How much the curves are smoothed, and how many epochs one button trains."""

    smoothing: float = 0.0
    ahead: int = 10


@dataclass(frozen=True)
class Cue:
    """What a frame says besides the player: its number, whether it brings the still parts, the
    seconds to wait before the next one, the part that is picked, and the settings of the view."""

    number: int
    still: bool
    wait: float
    picked: str
    settings: Settings = Settings()


def frame(player: Player, cue: Cue) -> bytes:
    """The player as it is now, for the browser."""
    scene = player.scene()
    now = cue.still or cue.number % CURVES_EVERY == 0 or not player.playing
    curves = _curves(player, cue.settings.smoothing) if now else []
    big, lines = _big(player.experiment, scene), _lines(player, scene)
    header = {
        **_state(player, cue),
        "curves": [{"name": name, "count": len(x)} for name, x, _y in curves],
        "traces": bool(curves),
        "lines": [{"name": name, "count": len(x)} for name, x, _y in lines],
        "big": {"width": BIG_MAP, "height": BIG_MAP} if big is not None else None,
        **_units(player, scene),
    }
    if cue.still:
        header["still"] = _still(player.experiment)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 4)
    weights = zip(scene.weights, scene.biases, strict=True)
    numbers = [
        *(np.asarray(each, np.float32) for _name, *pair in curves for each in pair),
        *(each.numpy().ravel() for pair in weights for each in pair),
        *(np.asarray(each, np.float32) for _name, *pair in lines for each in pair),
    ]
    maps = [] if big is None else [big]
    maps += map(_maps if player.scenery.flat else bars, scene.maps)
    return b"".join(
        [len(text).to_bytes(4, "little"), text, *(each.tobytes() for each in [*numbers, *maps])]
    )


def _state(player: Player, cue: Cue) -> dict[str, Any]:
    step, newest = player.step, player.newest
    standing, marks = player.standing(), changes(player.experiment, newest)
    return {
        "number": cue.number,
        "wait": round(cue.wait * 1000),
        "playing": player.playing,
        "speed": player.speed,
        "picked": cue.picked,
        "ahead": cue.settings.ahead,
        "newest": newest,
        "step": step,
        "at": _when(player.experiment, step),
        "said": _said(player, standing),
        "marks": [
            (each.first, min(each.last, newest), each.text)
            for each in marks
            if each.first <= newest
        ],
        "engine": _("engine: {name}").format(name=player.trainer.engine),
        "enabled": _enabled(player),
    }


def _when(experiment: Experiment, step: int) -> str:
    epochs = experiment.timetable.epochs_at(step)
    return f"{epochs:.2f}".rstrip("0").rstrip(".")


def _said(player: Player, standing: Sequence[float]) -> list[tuple[str, str]]:
    numbers = kind_of(player.experiment) == "numbers"
    losses = [_short(value) for value in standing[:2]]
    scores = [_short(value) if numbers else f"{value:.1%}" for value in standing[2:]]
    score, sides = _("R²") if numbers else _("accuracy"), 2 if player.experiment.data.n_test else 1
    names = (_("training loss"), _("test loss"))
    said = [(_("epoch"), _when(player.experiment, player.step))]
    said += list(zip(names, losses, strict=True))[:sides]
    names = (_("training {score}"), _("test {score}"))
    said += [(_("step"), str(player.step))]
    said += [(name.format(score=score), text) for name, text in zip(names, scores, strict=True)][
        :sides
    ]
    return said


def _short(value: float) -> str:
    """With four decimals, or as a power of ten where it would need more room than there is."""
    return f"{value:.4f}" if not abs(value) >= LARGE else f"{value:.2e}"


def _enabled(player: Player) -> dict[str, bool]:
    more = player.at is not None or not player.trainer.finished
    return {
        "play": more,
        "step": more and not player.playing,
        "epoch": more and not player.playing,
        "epochs": more and not player.playing,
        "undo": bool(player.past),
        "redo": bool(player.future),
    }


def _curves(player: Player, smoothing: float) -> list[tuple[str, Any, Any]]:
    steps, losses = player.curves()
    losses = smoothed(losses, smoothing)
    table = player.experiment.timetable
    epochs = [table.epochs_at(step) for step in steps.tolist()]
    here = int(torch.searchsorted(steps, player.step, right=True)) - 1
    curves = [(TRAIN, epochs, losses[:, 0].numpy())]
    if player.experiment.data.n_test:
        curves.append((TEST, epochs, losses[:, 1].numpy()))
    return [*curves, (HERE, epochs[here : here + 1], losses[here : here + 1, 0].numpy())]


def _lines(player: Player, scene: Scene) -> list[tuple[str, Any, Any]]:
    """With one feature the output is a curve over it."""
    if scene.output.dim() > 2:
        return []
    return [(field.CURVE, player.scenery.places[:, 0].numpy(), scene.output[0].numpy())]


def _big(experiment: Experiment, scene: Scene) -> np.ndarray | None:
    """The output's map as places in the palette, row by row from the bottom."""
    if scene.output.dim() < 3:
        return None
    if kind_of(experiment) == "classes":
        certainty, place = scene.output.max(0)
        share = (certainty - 1 / len(scene.output)) / (1 - 1 / len(scene.output))
        level = (share.clamp(0, 1) * (field.LEVELS - 1)).nan_to_num(0).round()
        return (place * field.LEVELS + level).to(torch.uint8).numpy()
    signed = scene.output[0] * 2 - 1 if kind_of(experiment) == "yes" else scene.output[0]
    return _bytes(signed, torch.ones(()))


def limits(units: Tensor) -> Tensor:
    """The largest absolute value of each unit [units, ...] that is a number, to divide by."""
    most = units.nan_to_num(0.0, 0.0, 0.0).abs().flatten(1).amax(1)
    return most.masked_fill(most == 0, 1.0).view(-1, *[1] * (units.dim() - 1))


def _bytes(values: Tensor, limit: Tensor) -> np.ndarray:
    """0 for the most negative, 255 for the most positive; what is no number is in the middle."""
    scaled = (values.nan_to_num(0.0, 0.0, 0.0) / limit).clamp_(-1, 1).mul_(127.5).add_(127.5)
    return scaled.round_().to(torch.uint8).numpy()


def film(frames: Sequence[bytes]) -> bytes:
    """Frames one after the other, each behind four bytes that say how long it is."""
    return b"".join(part for each in frames for part in (len(each).to_bytes(4, "little"), each))


def _units(player: Player, scene: Scene) -> dict[str, Any]:
    """How many numbers and bytes belong to each unit, and what they are."""
    flat, first = player.scenery.flat, scene.maps[0]
    high = first.shape[1] if first.dim() > 2 else 1
    return {
        "weights": [list(weight.shape) for weight in scene.weights],
        "maps": [len(units) for units in scene.maps],
        "side": [first.shape[-1], high] if flat else [BARS, 1],
        "bars": not flat,
        "ranges": [_ranges(units) for units in scene.maps],
    }


def _maps(units: Tensor) -> np.ndarray:
    return _bytes(units, limits(units))


def bars(units: Tensor) -> np.ndarray:
    """A histogram of what each unit says [units, N], from its least to its most: [units, BARS],
    255 for the fullest bar."""
    values = units.nan_to_num(0.0, 0.0, 0.0)
    low, high = values.aminmax(dim=1, keepdim=True)
    places = (values - low) / (high - low).clamp(min=1e-12) * BARS
    ones = torch.ones_like(values)
    counts = torch.zeros(len(values), BARS)
    counts.scatter_add_(1, places.long().clamp_(0, BARS - 1), ones)
    return (counts / counts.amax(1, keepdim=True) * 255).round_().to(torch.uint8).numpy()


def _ranges(units: Tensor) -> list[str]:
    text = _("{low} to {high}")
    low, high = units.flatten(1).aminmax(dim=1)
    pairs = zip(low.tolist(), high.tolist(), strict=True)
    return [text.format(low=f"{least:.3g}", high=f"{most:.3g}") for least, most in pairs]


def _still(experiment: Experiment) -> dict[str, Any]:
    """What does not change while it plays."""
    names = layer_names(len(experiment.network.layers))
    classes = kind_of(experiment) == "classes"
    shades = field.shades()
    return {
        "inputs": list(experiment.data.feature_names),
        "layers": [
            {
                "name": name,
                "short": _short_name(place, experiment),
                "activation": layer.activation.name,
                "units": _unit_names(place, layer.units, experiment),
            }
            for place, (name, layer) in enumerate(
                zip(names, experiment.network.layers, strict=True), start=1
            )
        ],
        "palette": field.class_shades(experiment.data.classes) if classes else field.shades(0.6),
        "shades": shades,
        "faint": field.shades(0.6),
        "colors": {
            "positive": palette.POSITIVE,
            "negative": palette.NEGATIVE,
            "selected": palette.SELECTED,
        },
        "views": {"big": BIG, "curve": CURVE},
        "most": {"layers": MOST_HIDDEN, "units": MOST_UNITS},
        "texts": _texts(experiment),
        "speeds": [(name, text) for name, text in _speeds().items()],
    }


def _short_name(place: int, experiment: Experiment) -> str:
    return "y" if place == len(experiment.network.layers) else f"h{place}"


def _unit_names(place: int, units: int, experiment: Experiment) -> list[str]:
    if place == len(experiment.network.layers):
        return [f"y{unit}" for unit in range(1, units + 1)] if units > 1 else ["y"]
    return [f"h{place}.{unit}" for unit in range(1, units + 1)]


def _speeds() -> dict[str, str]:
    words = (
        _("1 step a frame"),
        _("1 epoch a frame"),
        _("10 epochs a frame"),
        _("as fast as it goes"),
    )
    return dict(zip(SPEEDS, words, strict=True))


def _texts(experiment: Experiment) -> dict[str, Any]:
    buttons = {
        "step": (_("Step"), _("one update of the weights")),
        "epoch": (_("Epoch"), _("once through the training rows")),
        "epochs": (_("{count} epochs"), _("so many times through the training rows")),
        "reset": (_("Reset"), _("back to the very same start")),
        "fresh": (_("New start"), _("other random weights, the same data")),
    }
    arrows = {
        "undo": ("↶", _("Undo"), _("take back the last change")),
        "redo": ("↷", _("Redo"), _("make the change again")),
    }
    sizes = " - ".join(map(str, experiment.sizes))
    return {
        **{name: {"label": label, "title": title} for name, (label, title) in buttons.items()},
        **{
            name: {"label": sign, "name": label, "title": f"{label}: {title}"}
            for name, (sign, label, title) in arrows.items()
        },
        "play": _("Play"),
        "pause": _("Pause"),
        "speed": _("speed"),
        "time": _("go to epoch"),
        "network": _("Network with {sizes} units; arrow keys go from unit to unit.").format(
            sizes=sizes
        ),
        "inputs": _("Inputs"),
        "fewer": _("one unit less"),
        "more": _("one unit more"),
        "layers": _("Layers"),
        "insert": _("Add a layer after: {layer}"),
        "remove": _("Remove: {layer}"),
        "ahead": _("how many epochs"),
        "weight": _("weight"),
        "bias": _("bias"),
        "keep": keep_texts(),
    }
