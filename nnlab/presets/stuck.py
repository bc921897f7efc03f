"""How training fails to start, crawls or blows up."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nnlab.language import gettext_noop as N_
from nnlab.presets.preset import Preset, Question
from nnlab.presets.promises import Promise
from nnlab.presets.starts import (
    YES_NO,
    drawn,
    layers,
    named,
    taught,
)

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "zeros": Preset(
            N_("All weights begin at zero"),
            N_("Units that start alike stay alike."),
            taught(drawn("circle"), layers(4), start="zeros", learning_rate=0.3),
            60,
            Question(
                N_("Every weight and bias starts at 0. Will the four units become different?"),
                YES_NO,
                "no",
            ),
            N_(
                "Where everything is 0, every hidden unit gets the same gradient, here none at "
                "all: there is nothing that could tell them apart. Only the output's bias moves to "
                "and fro with the batches. That is why weights start at random."
            ),
            (Promise("spread", least=0.0, most=0.0), Promise("train_loss", least=0.69)),
        ),
        "rate_high": Preset(
            N_("Learning rate too high"),
            N_("Each step jumps over the valley, further each time."),
            taught(drawn("plane", noise=0.0), layers(4, "ReLU"), learning_rate=3.0),
            20,
            Question(
                N_("The learning rate is 3, and the loss is squared. What will the loss do?"),
                {"falls": N_("fall fast"), "grows": N_("grow beyond all numbers")},
                "grows",
            ),
            N_(
                "A step that is too long lands higher on the other side, where the slope is "
                "steeper, so that the next one is longer still. Within three epochs the loss is no "
                "number any more. Reset, take 0.1, and it learns at once."
            ),
            (Promise("diverged", least=1.0, most=1.0),),
        ),
        "rate_low": Preset(
            N_("Learning rate too low"),
            N_("Every step goes the right way, and nothing happens."),
            taught(drawn("circle"), layers(4), learning_rate=0.0001),
            60,
            Question(
                N_("The learning rate is 0.0001. How far will the loss fall in 60 epochs?"),
                {"far": N_("below 0.1"), "hardly": N_("hardly at all")},
                "hardly",
            ),
            N_(
                "The gradient is right, but each step is a ten-thousandth of it. Raise the "
                "learning rate on the way and see the curve turn down."
            ),
            (Promise("fall", most=0.01),),
        ),
        "slow": Preset(
            N_("Small steps without momentum"),
            N_("The same small learning rate, for comparison with the next one."),
            taught(drawn("moons"), layers(8), learning_rate=0.02),
            30,
            Question(
                N_("Will the training loss be below 0.3 after 30 epochs?"),
                YES_NO,
                "no",
            ),
            N_(
                "It goes down evenly and slowly: every step forgets the one before. Open the next "
                "start, which differs only in momentum."
            ),
            (Promise("train_loss", least=0.35),),
        ),
        "momentum": Preset(
            N_("Small steps with momentum"),
            N_("Steps that agree add up."),
            taught(
                drawn("moons"),
                layers(8),
                learning_rate=0.02,
                optimizer=named("SGD", momentum=0.95),
            ),
            30,
            Question(
                N_("The same learning rate with momentum 0.95: below 0.3 after 30 epochs?"),
                YES_NO,
                "yes",
            ),
            N_(
                "Each update keeps 95% of the one before. Where the gradients point the same way "
                "they add up to a step up to twenty times as long."
            ),
            (Promise("train_loss", most=0.3),),
        ),
        "sigmoid_deep": Preset(
            N_("Six sigmoid layers"),
            N_("The gradient vanishes on its way back."),
            taught(drawn("moons"), layers(8, "Sigmoid", times=6), learning_rate=0.1),
            50,
            Question(
                N_("Six hidden layers: will they learn the moons better than one would?"),
                YES_NO,
                "no",
            ),
            N_(
                "The slope of a sigmoid is at most 1/4, so that every layer on the way back makes "
                "the gradient smaller. What reaches the first layer moves nothing."
            ),
            (Promise("fall", most=0.05), Promise("first_gradient", most=0.001)),
        ),
        "relu_deep": Preset(
            N_("Six ReLU layers with Kaiming's start"),
            N_("The same depth with gradients that arrive."),
            taught(
                drawn("moons"),
                layers(8, "ReLU", times=6),
                start="kaiming_normal",
                learning_rate=0.1,
            ),
            50,
            Question(
                N_("The same six layers with ReLU, started as Kaiming He proposed: does it learn?"),
                YES_NO,
                "yes",
            ),
            N_(
                "A ReLU that is on passes the gradient on as it is, and the larger start keeps the "
                "numbers alike in size from layer to layer. The first layer learns as well as the "
                "last."
            ),
            (Promise("train_accuracy", least=0.9), Promise("first_gradient", least=0.01)),
        ),
        "dead": Preset(
            N_("Dead ReLU units"),
            N_("One step that was too long, and they are off for good."),
            taught(drawn("circle"), layers(8, "ReLU"), learning_rate=10.0),
            30,
            Question(
                N_("With a learning rate of 10, how many of the eight ReLU units stay alive?"),
                {"most": N_("most"), "none": N_("none or hardly any")},
                "none",
            ),
            N_(
                "A long step pushed the biases so far down that the units say 0 for every row. The "
                "slope there is 0 too, so no gradient will ever bring them back. Only the output's "
                "bias still jumps, and the loss with it. A smaller learning rate now comes too "
                "late: go back to the start first."
            ),
            (Promise("dead_units", least=7.0), Promise("train_accuracy", most=0.6)),
        ),
    }
)
