"""Groups of controls that a teacher can hide or lock, by name: on which lesson they stand and how
their keys begin. A new group is an entry here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nnlab.language import gettext_noop as N_

EVERYWHERE = "*"


@dataclass(frozen=True)
class Group:
    """What the group is called, and for each lesson how the keys of its controls begin."""

    label: str
    keys: Mapping[str, tuple[str, ...]]

    def keys_on(self, lesson: str) -> tuple[str, ...]:
        """The beginnings of the keys on a lesson; none where the group is not there."""
        return (*self.keys.get(lesson, ()), *self.keys.get(EVERYWHERE, ()))


GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "data": Group(
            N_("the data"),
            {
                "playground": (
                    "play_data",
                    "play_noise",
                    "play_curve_name",
                    "play_features",
                    "play_standardise",
                    "play_rows",
                    "play_classes",
                    "play_test",
                    "play_own",
                    "play_new_class",
                    "play_remove",
                ),
                "sweep": ("sweep_data",),
            },
        ),
        "network": Group(
            N_("the layers and activations"),
            {
                "playground": (
                    "play_hidden",
                    "play_activation",
                    "play_initialiser",
                    "play_output",
                    "play_layer",
                ),
                "training": ("training_hidden", "training_end"),
                "neuron": ("neuron_activation",),
                "depth": ("depth_units", "depth_layers", "depth_activation", "depth_init"),
            },
        ),
        "learning_rate": Group(
            N_("the learning rate"),
            {
                "playground": ("play_rate",),
                "training": ("training_rate",),
                "surface": ("surface_rate",),
                "depth": ("depth_rate",),
            },
        ),
        "method": Group(
            N_("loss, optimizer and all else of the training"),
            {
                "playground": (
                    "play_loss",
                    "play_optimizer",
                    "play_settings",
                    "play_batch",
                    "play_schedule",
                    "play_l1",
                    "play_l2",
                    "play_patience",
                    "play_shuffle",
                ),
                "training": ("training_epochs", "training_batch", "training_forget"),
                "depth": ("depth_epochs",),
            },
        ),
        "numbers": Group(
            N_("weights, biases and features"),
            {
                "playground": ("play_part",),
                "neuron": ("neuron_gate", "neuron_seed", "neuron_n"),
                "layers": ("layers_x", "layers_edits"),
            },
        ),
        "stage": Group(N_("playing and stepping"), {"playground": ("play_stage",)}),
        "presets": Group(
            N_("the ready-made starts"), {"playground": ("play_gallery", "play_opened")}
        ),
        "amount": Group(N_("the choice of a few or all controls"), {"playground": ("mode",)}),
        "aim": Group(
            N_("the choice of an aim"), {"neuron": ("neuron_aim",), "depth": ("depth_aim",)}
        ),
        "guess": Group(
            N_("the lesson's own question"),
            {
                "neuron": ("neuron_shift", "neuron_raise"),
                "layers": ("layers_count", "layers_linear"),
                "training": ("training_guess",),
                "backward": ("backward_guess",),
                "bugs": ("bugs_guess",),
                "surface": ("surface_bottoms",),
                "optimizers": ("optimizers_guess",),
                "depth": ("depth_guess",),
                "sweep": ("sweep_guess",),
            },
        ),
        "contents": Group(N_("the list of lessons"), {EVERYWHERE: ("contents", "onward")}),
        "device": Group(N_("where it is computed"), {EVERYWHERE: ("device",)}),
    }
)


def groups_on(lesson: str) -> dict[str, str]:
    """The groups that stand on a lesson, by name, with their labels as messages."""
    return {name: group.label for name, group in GROUPS.items() if group.keys_on(lesson)}


def keys_of(names: Iterable[str], lesson: str) -> list[str]:
    """How the keys begin of all controls in these groups; a name that is unknown has none."""
    return [key for name in names if name in GROUPS for key in GROUPS[name].keys_on(lesson)]
