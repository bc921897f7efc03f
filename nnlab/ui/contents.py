"""The table of contents: every lesson in reading order, in sections. A new lesson is one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType

from nnlab.language import gettext_noop as N_


@dataclass(frozen=True)
class Entry:
    """A page: its file in pages/, its title (a question), its icon, and what one does there."""

    file: str
    title: str
    icon: str
    about: str = ""

    @property
    def path(self) -> str:
        """Its place in the link: "2_neuron.py" is "neuron"."""
        return self.file.removesuffix(".py").partition("_")[2]

    @property
    def number(self) -> str:
        """Its place in the order."""
        return self.file.partition("_")[0]


HOME = Entry("0_home.py", N_("Home"), "home")

FOR_TEACHERS = (
    Entry(
        "13_teacher.py",
        N_("How do I give this to my class?"),
        "co_present",
        N_("A view, a question, and one link or QR code with both."),
    ),
    Entry(
        "14_class.py",
        N_("What did my class answer?"),
        "groups",
        N_("Their answers counted and listed, each with what they saw."),
    ),
)

SECTIONS: Mapping[str, tuple[Entry, ...]] = MappingProxyType(
    {
        N_("Foundations"): (
            Entry(
                "1_tensor.py",
                N_("What is a tensor?"),
                "grid_on",
                N_("Make one, cut it, multiply two, cell by cell."),
            ),
            Entry(
                "2_neuron.py",
                N_("What does one neuron compute?"),
                "lens_blur",
                N_("Turn it into an AND and an OR. Try an XOR."),
            ),
            Entry(
                "3_layers.py",
                N_("What do layers add?"),
                "layers",
                N_("Change any weight; build the XOR that one neuron can't be."),
            ),
        ),
        N_("Watch it learn"): (
            Entry(
                "4_training.py",
                N_("How does a network learn?"),
                "school",
                N_("Five lines in a loop, one at a time, with every number."),
            ),
            Entry(
                "5_playground.py",
                N_("What can a small network learn?"),
                "play_circle",
                N_("Press play, stop, go back in time, change something, go on."),
            ),
        ),
        N_("Inside the gradient"): (
            Entry(
                "6_backward.py",
                N_("How does the network know what to change?"),
                "keyboard_double_arrow_left",
                N_("Walk through backward(), forwards and back."),
            ),
            Entry(
                "7_bugs.py",
                N_("What does zero_grad do?"),
                "bug_report",
                N_("And eleven programs that are wrong without an error: mend them."),
            ),
            Entry(
                "8_surface.py",
                N_("Where is the bottom?"),
                "landscape",
                N_("Put a ball on the loss and let it roll."),
            ),
            Entry(
                "9_optimizers.py",
                N_("Which optimizer, and why?"),
                "sprint",
                N_("Race seven of them, then read what each keeps in mind."),
            ),
            Entry(
                "10_depth.py",
                N_("Why did it stop learning?"),
                "layers_clear",
                N_("Twenty layers, and a signal that fades or explodes."),
            ),
        ),
        N_("Experiments"): (
            Entry(
                "11_sweep.py",
                N_("Which learning rate? Which size?"),
                "apps",
                N_("Train a hundred networks instead of a lucky one."),
            ),
            Entry(
                "12_module.py",
                N_("What does my own network do?"),
                "code_blocks",
                N_("Write a line of modules or a class, look inside, train it."),
            ),
        ),
        N_("For teachers"): FOR_TEACHERS,
    }
)


def entry_of(path: str) -> Entry | None:
    """The page at a path, if there is one."""
    return next((each for each in chain(*SECTIONS.values()) if each.path == path), None)
