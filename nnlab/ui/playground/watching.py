"""What can be watched below the stage, one thing at a time, and the formulas and PyTorch lines of
what is trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import streamlit as st
from plotly.graph_objects import Figure
from torch import Tensor

from nnlab import language
from nnlab.datasets import Samples
from nnlab.figures import watching as pictures
from nnlab.figures.drawing import layer_names
from nnlab.language import gettext as _
from nnlab.language import gettext_noop as N_
from nnlab.losses import LOSSES
from nnlab.measures import (
    activations_on,
    confusion,
    dead_units_on,
    gradient_norms,
    histograms,
    outputs_on,
    predicted_classes,
    weights_of,
)
from nnlab.optimizers import OPTIMIZERS
from nnlab.player import Player
from nnlab.scene import kind_of
from nnlab.training import Run
from nnlab.ui import lesson
from nnlab.ui.choice import choose
from nnlab.ui.hosting.turns import FRAME_S, turns
from nnlab.ui.server import session_lock
from nnlab.ui.view import view

CHOICE, NOTHING = "watch", "nothing"
EVERY_S = 0.5
"""Seconds between two pictures while it plays."""
BINS = 24
MOST_ROWS = 128
"""Rows whose activations are counted: evenly taken from the training rows."""


@dataclass(frozen=True)
class Watch:
    """Something to watch: its name, for which kinds of output it is (see nnlab.scene.kind_of), its
    picture, and in a sentence what to look for."""

    name: str
    kinds: tuple[str, ...]
    picture: Callable[[Player], Figure]
    about: str


def watch(player: Player) -> None:
    """The choice, and the picture that was chosen."""
    kind = kind_of(player.experiment)
    possible = {key: each for key, each in WATCHES.items() if kind in each.kinds}
    names = {NOTHING: _("nothing"), **{key: _(each.name) for key, each in possible.items()}}
    chosen = choose(_("watch"), names, CHOICE, NOTHING, look="list")
    if chosen in possible:
        moving = player.playing
        st.fragment(_show, run_every=EVERY_S if moving else None)(player, possible[chosen])


def _show(player: Player, chosen: Watch) -> None:
    language.use(language.current())
    with session_lock(), turns().turn(FRAME_S):
        view(chosen.picture(player), key="play_watch", alt=_(chosen.about))
    st.caption(_(chosen.about))


def describe(player: Player) -> None:
    """The loss and the optimizer as formulas, and everything as PyTorch lines."""
    now = player.now()
    training = now.training
    penalties = {r"\lambda_1 \sum |w|": training.l1, r"\lambda_2 \sum w^2": training.l2}
    terms = [
        LOSSES[training.loss.name].formula,
        *(each for each, size in penalties.items() if size),
    ]
    rows = f"L &= {' + '.join(terms)}", f"& {OPTIMIZERS[training.optimizer.name].formula}"
    lesson.formula(r"\begin{aligned} " + r" \\[1ex] ".join(rows) + r" \end{aligned}")
    lesson.program(player.experiment, "play", player.step)


# ---- the pictures ----


def _samples(player: Player) -> list[tuple[str, Samples]]:
    rows = player.scenery.rows
    sides = [(_("training rows"), rows.samples()), (_("test rows"), rows.test_samples())]
    return [(name, samples) for name, samples in sides if len(samples.x)]


def _outputs(player: Player, samples: Samples) -> Tensor:
    return outputs_on(player.seen, samples.x, [0])[0]


def _confusion(player: Player) -> Figure:
    classes = player.experiment.data.classes
    tables = [
        pictures.Table(
            name,
            confusion(
                samples.y[:, 0],
                predicted_classes(player.experiment, _outputs(player, samples)).clamp(
                    max=classes - 1
                ),
                classes,
            ).tolist(),
        )
        for name, samples in _samples(player)
    ]
    return pictures.confusion_matrices(tables, player.experiment.data.names.classes)


def _score(player: Player) -> Figure:
    steps, standings = player.curves()
    name = _("R²") if kind_of(player.experiment) == "numbers" else _("accuracy")
    drawn = [
        pictures.Line(side, standings[:, 2 + place].tolist())
        for place, (side, _samples_) in enumerate(_samples(player))
    ]
    return pictures.lines(_epochs(player, steps), drawn, name, "linear")


def _predicted(player: Player) -> Figure:
    groups = [
        pictures.Pairs(name, samples.y[:, 0].tolist(), _outputs(player, samples)[:, 0].tolist())
        for name, samples in _samples(player)
    ]
    return pictures.predicted_against_true(groups)


def _weights(player: Player) -> Figure:
    run = player.run
    return _spreads(player, weights_of(player.experiment, run.parameters[player.moments()]))


def _gradients(player: Player) -> Figure:
    run = player.run
    return _spreads(player, weights_of(player.experiment, run.gradients[player.moments()]))


def _activations(player: Player) -> Figure:
    x = player.scenery.rows.samples().x
    some = x[:: -(-len(x) // MOST_ROWS)]
    found = activations_on(player.run, some, player.moments())
    return _spreads(player, tuple(values.flatten(1) for values in found))


def _spreads(player: Player, layers: tuple[Tensor, ...]) -> Figure:
    epochs = _epochs(player, player.run.steps[player.moments()])
    drawn = []
    for name, values in zip(layer_names(len(layers)), layers, strict=True):
        edges, counts = histograms(values, BINS)
        drawn.append(pictures.Spread(name, epochs, edges.tolist(), counts.tolist()))
    return pictures.spreads(drawn)


def _norms(player: Player) -> Figure:
    steps, norms = player.series("gradient norms", gradient_norms)
    return _by_layer(player, steps, norms, _("length of the gradient"), "log")


def _dead(player: Player) -> Figure:
    samples = player.scenery.rows.samples()

    def count(run: Run, moments: list[int]) -> Tensor:
        return dead_units_on(run, samples, moments)

    steps, counts = player.series("dead units", count)
    return _by_layer(player, steps, counts, _("dead ReLU units"), "linear")


def _by_layer(player: Player, steps: Tensor, values: Tensor, unit: str, scale: str) -> Figure:
    names = layer_names(values.shape[1])
    drawn = [pictures.Line(name, values[:, place].tolist()) for place, name in enumerate(names)]
    return pictures.lines(_epochs(player, steps), drawn, unit, scale)


def _epochs(player: Player, steps: Tensor) -> list[float]:
    table = player.experiment.timetable
    return [table.epochs_at(step) for step in steps.tolist()]


_CLASSES, _NUMBERS = ("yes", "classes"), ("numbers",)
_ALL = (*_CLASSES, *_NUMBERS)

WATCHES: Mapping[str, Watch] = MappingProxyType(
    {
        "confusion": Watch(
            N_("confusion matrix"),
            _CLASSES,
            _confusion,
            N_("How many rows of each class were taken for which: right ones are on the diagonal."),
        ),
        "accuracy": Watch(
            N_("accuracy"), _CLASSES, _score, N_("The share of the rows that is classed right.")
        ),
        "r2": Watch(
            N_("R²"),
            _NUMBERS,
            _score,
            N_("The share of the targets' variance that is explained: 1 is perfect."),
        ),
        "predicted": Watch(
            N_("predicted and true numbers"),
            _NUMBERS,
            _predicted,
            N_("Every row is a point: on the dotted line the prediction is right."),
        ),
        "weights": Watch(
            N_("weights over time"),
            _ALL,
            _weights,
            N_("How the weights of each layer are spread: the darker, the more of them."),
        ),
        "activations": Watch(
            N_("activations over time"),
            _ALL,
            _activations,
            N_("What the units of each layer say for the training rows: the darker, the more."),
        ),
        "gradients": Watch(
            N_("gradients over time"),
            _ALL,
            _gradients,
            N_("How the gradients of each layer's weights are spread: the darker, the more."),
        ),
        "norms": Watch(
            N_("length of the gradient, by layer"),
            _ALL,
            _norms,
            N_(
                "Each line is a layer. Where the first layers lie many powers of ten below the "
                "last, the gradient vanishes on its way back and they hardly learn; where lines "
                "shoot up, it explodes."
            ),
        ),
        "dead": Watch(
            N_("dead ReLU units, by layer"),
            _ALL,
            _dead,
            N_("Units with ReLU that are 0 for every training row: no gradient passes them."),
        ),
    }
)
"""What can be watched, by the name that stands in the link."""
