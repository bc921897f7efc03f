"""What a small network can learn, and what keeps it from that."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nnlab.data import Data
from nnlab.language import gettext_noop as N_
from nnlab.presets.preset import Preset, Question
from nnlab.presets.promises import Promise
from nnlab.presets.starts import (
    ADAM,
    YES_NO,
    drawn,
    layers,
    measured,
    named,
    taught,
)
from nnlab.registry import Choice

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "circle": Preset(
            N_("A circle with three units"),
            N_("Three straight lines, bent by tanh, can close around a disc."),
            taught(drawn("circle"), layers(3), learning_rate=1.0),
            60,
            Question(
                N_("Can three hidden units fence in the disc in the middle?"),
                YES_NO,
                "yes",
            ),
            N_(
                "Each of the three squares is split along one straight line. The output adds them "
                "up, and the sum is a rounded triangle around the disc. Two units could only make "
                "a strip: take one away and watch."
            ),
            (Promise("test_accuracy", least=0.95),),
        ),
        "xor_line": Preset(
            N_("XOR without a hidden layer"),
            N_("One straight line can't part these four corners."),
            taught(drawn("xor", noise=0.0), learning_rate=0.3),
            60,
            Question(
                N_("No hidden layer: how many of the points will it get right in the end?"),
                {"all": N_("nearly all"), "half": N_("about half")},
                "half",
            ),
            N_(
                "Without a hidden layer the border is one straight line, and every line has as "
                "much of both colours on each side. More epochs don't help: what is missing is a "
                "hidden layer."
            ),
            (Promise("train_accuracy", most=0.7), Promise("test_accuracy", most=0.7)),
        ),
        "xor_units": Preset(
            N_("XOR with four units"),
            N_("A hidden layer gives the output lines to combine."),
            taught(drawn("xor", noise=0.0), layers(4), learning_rate=0.1, optimizer=ADAM),
            60,
            Question(
                N_("With one hidden layer of four units, will it part the four corners?"),
                YES_NO,
                "yes",
            ),
            N_(
                "Each hidden unit still draws one line. The output says yes where the right ones "
                "agree, so the corners can have different colours."
            ),
            (Promise("test_accuracy", least=0.95),),
        ),
        "xor_product": Preset(
            N_("XOR with the right feature"),
            N_("The product of the two features makes a hidden layer needless."),
            taught(
                Data(Choice("xor"), seed=0, test_share=0.5, features=("x1x2",)),
                learning_rate=0.5,
            ),
            60,
            Question(
                N_("The only input is x1 times x2, with no hidden layer. Is that enough for XOR?"),
                YES_NO,
                "yes",
            ),
            N_(
                "The product is above 0 where both features have the same sign, and that is the "
                "class. One weight on a good feature does what else takes a layer. What is still "
                "wrong lies beside the axes, where the product is almost 0."
            ),
            (Promise("test_accuracy", least=0.93),),
        ),
        "moons_line": Preset(
            N_("Three layers that are only one"),
            N_("Layers without an activation between them collapse into a single line."),
            taught(drawn("moons"), layers(8, "Identity", times=2), learning_rate=0.1),
            60,
            Question(
                N_("Two hidden layers of eight units, but no activation: can the border bend?"),
                YES_NO,
                "no",
            ),
            N_(
                "A linear map of a linear map is a linear map: the border stays straight. Choose "
                "Tanh as the activation and it bends."
            ),
            (Promise("test_accuracy", most=0.92),),
        ),
        "spiral": Preset(
            N_("The spiral with few units"),
            N_("Sixteen hidden units, a smooth activation and Adam are enough."),
            taught(
                Data(named("spiral", n_samples=400), seed=0, test_share=0.5, standardise=True),
                layers(8, "SiLU", times=2),
                learning_rate=0.02,
                optimizer=ADAM,
            ),
            150,
            Question(
                N_("Two layers of eight units: will they follow both arms of the spiral?"),
                YES_NO,
                "yes",
            ),
            N_(
                "The first layer draws lines, the second puts them together into bent strips, and "
                "the output takes the strips that make an arm. Go back to epoch 60 to see the "
                "strips before they fit."
            ),
            (Promise("test_accuracy", least=0.93),),
        ),
        "arms": Preset(
            N_("Three arms, three outputs"),
            N_("One output for each class, and the largest wins."),
            taught(
                drawn("spirals", noise=0.05, classes=3),
                layers(8),
                learning_rate=0.05,
                optimizer=ADAM,
            ),
            80,
            Question(
                N_("There are three classes. Can one hidden layer of eight units part them?"),
                YES_NO,
                "yes",
            ),
            N_(
                "Each output is large along its own arm, and softmax makes shares of the three. "
                "Where two of them are alike the picture is pale: there the network is not sure."
            ),
            (Promise("test_accuracy", least=0.9),),
        ),
        "bends": Preset(
            N_("A valley out of two bends"),
            N_("Two ReLU units make |x| exactly."),
            taught(
                drawn("curve", noise=0.0, curve="abs"),
                layers(4, "ReLU"),
                seed=6,
                learning_rate=0.05,
                optimizer=ADAM,
            ),
            100,
            Question(
                N_("A ReLU unit is a line with one bend. Can a few of them fit a sharp valley?"),
                YES_NO,
                "yes",
            ),
            N_(
                "One unit rises to the left and one to the right, and their sum is the valley "
                "with its sharp corner. With Tanh the corner would be round."
            ),
            (Promise("test_r2", least=0.97),),
        ),
        "digits": Preset(
            N_("Handwritten digits"),
            N_("64 pixels, 24 units, ten classes."),
            taught(
                measured("digits", standardise=True),
                layers(24, "ReLU"),
                learning_rate=0.01,
                optimizer=ADAM,
                batch_size=32,
            ),
            8,
            Question(
                N_("After eight epochs, how many digits that it has never seen will it read?"),
                {"half": N_("about half"), "most": N_("more than nine in ten")},
                "most",
            ),
            N_(
                "Each unit weighs all 64 pixels. The picture shows only a plane through the "
                "64 dimensions, so the classes seem to lie over each other; for the network "
                "they don't."
            ),
            (Promise("test_accuracy", least=0.93),),
        ),
    }
)
