"""The gallery of presets, by name, in the order in which one would look at them: what a network can
learn, how training fails to start, and how it learns the wrong thing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from nnlab.data import Data
from nnlab.experiment import Experiment, Layer, Network, Training
from nnlab.initialisers import INITIALISERS
from nnlab.language import gettext_noop as N_
from nnlab.preset import Preset, Question
from nnlab.promises import Promise
from nnlab.registry import Choice

MOST_EPOCHS = 2000
"""A learner may go on after the epochs that a promise needs."""


def named(name: str, **options: Any) -> Choice:
    """A registry's entry with options."""
    return Choice(name, tuple(sorted(options.items())))


def drawn(name: str, noise: float = 0.1, **options: Any) -> Data:
    """A drawn data set, half of it held out."""
    return Data(named(name, noise=noise, **options), seed=0, test_share=0.5)


def measured(name: str, **more: Any) -> Data:
    """Real measurements, half of them held out."""
    return Data(Choice(name), seed=0, test_share=0.5, **more)


def layers(count: int, activation: str = "Tanh", times: int = 1, **more: Any) -> tuple[Layer, ...]:
    """Hidden layers that are all alike."""
    return (Layer(count, Choice(activation), **more),) * times


def taught(
    data: Data,
    hidden: tuple[Layer, ...] = (),
    *,
    start: str | Choice = "default",
    output: str = "Identity",
    **training: Any,
) -> Experiment:
    """An experiment with the loss that suits its data, and the outputs that suit the loss."""
    loss = {0: "MSELoss", 2: "BCEWithLogitsLoss"}.get(data.classes, "CrossEntropyLoss")
    last = Layer(data.classes if data.classes > 2 else 1, Choice(output))
    usual = {"loss": Choice(loss), "epochs": MOST_EPOCHS, "batch_size": 10, "shuffle": True}
    return Experiment(
        data,
        Network((*hidden, last), INITIALISERS.accept("start", start)),
        Training(**{**usual, **training}),
        seed=1,
    )


ADAM = Choice("Adam")
ALL = 100_000
"""A batch of all rows."""
YES_NO = MappingProxyType({"yes": N_("yes"), "no": N_("no")})
TWENTY = Data(named("gaussians", noise=0.4), seed=0, test_share=0.9)
"""Two clouds that overlap: twenty rows to learn from, and 180 held out."""
WIDE = layers(32, "ReLU", times=2)
FAR_OFF = named("normal", mean=-8.0, std=0.1)
"""Weights with which a single unit is sure of the wrong class everywhere."""

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
                "class. One weight on a good feature does what else takes a layer."
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
                "the output takes the strips that make an arm. Go back to epoch 20 to see the "
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
                "Where everything is 0, every unit gets the same gradient, here none at all: there "
                "is nothing that could tell them apart. That is why weights start at random."
            ),
            (Promise("spread", most=0.0), Promise("fall", most=0.01)),
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
                "steeper, so that the next one is longer still. After a few steps the loss is no "
                "number any more. Reset, take 0.1, and it learns at once."
            ),
            (Promise("diverged", least=1.0),),
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
            (Promise("fall", least=-0.01, most=0.01),),
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
                "preset, which differs only in momentum."
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
                "Each update keeps 95 % of the one before. Where the gradients point the same way "
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
                "slope there is 0 too, so no gradient will ever bring them back. A smaller "
                "learning rate now comes too late: go back to the start first."
            ),
            (Promise("dead_units", least=7.0), Promise("train_accuracy", most=0.6)),
        ),
        "squared_error": Preset(
            N_("Squared error on tanh, sure and wrong"),
            N_("Where tanh is flat, the squared error has no slope."),
            taught(
                drawn("gaussians"),
                start=FAR_OFF,
                output="Tanh",
                loss=Choice("MSELoss"),
                learning_rate=0.1,
            ),
            30,
            Question(
                N_("It starts sure of the wrong class. Will it notice within 30 epochs?"),
                YES_NO,
                "no",
            ),
            N_(
                "The error could hardly be larger, but the gradient is multiplied by the slope of "
                "tanh, which is almost 0 out there. The more wrong it is, the less it learns."
            ),
            (Promise("fall", most=0.1), Promise("test_accuracy", most=0.5)),
        ),
        "cross_entropy": Preset(
            N_("Cross-entropy from the same wrong start"),
            N_("A loss that punishes being sure and wrong."),
            taught(drawn("gaussians"), start=FAR_OFF, learning_rate=0.1),
            30,
            Question(
                N_("The same wrong start with BCEWithLogitsLoss. Will it notice now?"),
                YES_NO,
                "yes",
            ),
            N_(
                "The slope of this loss at the output is just the probability minus the target: "
                "the more wrong, the larger. That is why classes are taught with cross-entropy."
            ),
            (Promise("test_accuracy", least=0.95), Promise("fall", least=5.0)),
        ),
        "batch_one": Preset(
            N_("One row at a time"),
            N_("The gradient of one row is a noisy guess."),
            taught(drawn("circle", noise=0.3), layers(4), learning_rate=0.5, batch_size=1),
            15,
            Question(
                N_("Each update looks at a single row. Will the loss fall at every step?"),
                YES_NO,
                "no",
            ),
            N_(
                "Every row pulls its own way, so the loss goes up and down. Watch the curve step "
                "by step, then open the next preset."
            ),
            (Promise("climbs", least=0.05),),
        ),
        "batch_all": Preset(
            N_("All rows at a time"),
            N_("The exact gradient, and few updates."),
            taught(drawn("circle", noise=0.3), layers(4), learning_rate=0.5, batch_size=ALL),
            60,
            Question(
                N_("Each update looks at all rows. Will the loss fall at every step?"),
                YES_NO,
                "yes",
            ),
            N_(
                "The curve is smooth, but there is one update an epoch, where batches of one row "
                "make a hundred: after as many epochs it has learned much less."
            ),
            (Promise("climbs", most=0.001), Promise("train_loss", least=0.6)),
        ),
        "overfit": Preset(
            N_("Twenty noisy points by heart"),
            N_("More weights than there is to know."),
            taught(TWENTY, WIDE, learning_rate=0.01, optimizer=ADAM),
            150,
            Question(
                N_("The training loss goes to almost 0. What does the test loss do?"),
                {"falls": N_("it falls with it"), "grows": N_("it turns and grows")},
                "grows",
            ),
            N_(
                "The border winds around single points that lie on the wrong side only by chance. "
                "All twenty are right, and on new points it is sure and wrong. The best moment was "
                "long before: go back to where the test loss is lowest."
            ),
            (Promise("train_accuracy", least=1.0), Promise("gap", least=0.6)),
        ),
        "overfit_l2": Preset(
            N_("The same points with L2"),
            N_("Large weights cost something."),
            taught(TWENTY, WIDE, learning_rate=0.01, optimizer=ADAM, l2=0.02),
            150,
            Question(
                N_(
                    "0.02 times every squared weight is added to the loss. What becomes of the gap?"
                ),
                {"same": N_("it is as wide"), "small": N_("it nearly closes")},
                "small",
            ),
            N_(
                "A border that winds needs large weights, which now cost more than an odd point "
                "is worth. Two of the twenty stay wrong, and the test loss stays as low as the "
                "training loss."
            ),
            (Promise("gap", most=0.2), Promise("train_accuracy", least=0.89, most=0.91)),
        ),
        "overfit_dropout": Preset(
            N_("The same points with dropout"),
            N_("Half of the units are missing at each step, another half each time."),
            taught(
                TWENTY,
                layers(32, "ReLU", times=2, dropout=0.5),
                learning_rate=0.01,
                optimizer=ADAM,
            ),
            150,
            Question(
                N_(
                    "Half of the hidden units are dropped at each step. Does it learn by heart now?"
                ),
                {"less": N_("less than without"), "same": N_("just as before")},
                "less",
            ),
            N_(
                "No unit can rely on another one, so the border is smoother and the training loss "
                "stays higher. With twenty points dropout can't do wonders: the test loss is still "
                "too high. Compare with L2."
            ),
            (Promise("train_loss", least=0.05), Promise("gap", most=0.9)),
        ),
        "unscaled": Preset(
            N_("Columns of very different sizes"),
            N_("Areas in the hundreds beside fractions of one."),
            taught(measured("breast_cancer"), layers(8), learning_rate=0.01, batch_size=32),
            20,
            Question(
                N_("The 30 columns of this table are given as they were measured. Does it learn?"),
                YES_NO,
                "no",
            ),
            N_(
                "The largest column drives every tanh to its end, where it is flat, and the small "
                "columns are not heard. It only says what is most frequent."
            ),
            (Promise("test_accuracy", most=0.75),),
        ),
        "scaled": Preset(
            N_("The same columns, standardised"),
            N_("Every column with mean 0 and deviation 1."),
            taught(
                measured("breast_cancer", standardise=True),
                layers(8),
                learning_rate=0.01,
                batch_size=32,
            ),
            20,
            Question(
                N_("The same table with every column standardised: how many test rows are right?"),
                {"most": N_("about nine in ten"), "some": N_("about six in ten")},
                "most",
            ),
            N_(
                "Subtracting the mean and dividing by the deviation changes no information, only "
                "the scale, and the same network learns with the same settings."
            ),
            (Promise("test_accuracy", least=0.88),),
        ),
    }
)
