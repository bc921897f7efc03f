"""How it learns the wrong thing, or the right thing with difficulty."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nnlab.language import gettext_noop as N_
from nnlab.presets.preset import Preset, Question
from nnlab.presets.promises import Promise
from nnlab.presets.starts import (
    ADAM,
    ALL,
    FAR_OFF,
    TWENTY,
    WIDE,
    YES_NO,
    drawn,
    layers,
    measured,
    taught,
)
from nnlab.registry import Choice

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
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
                "Where it is wrong the error could hardly be larger, but the gradient is "
                "multiplied by the slope of tanh, which is almost 0 out there. The more wrong it "
                "is, the less it learns."
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
                "by step, then open the next start."
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
                "make a hundred: after four times as many epochs it has learned much less."
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
                "All twenty are right. Most new points are right too, but where it is wrong it is "
                "sure of it, and that costs: the test loss grows. The best moment was long before: "
                "go back to where the test loss is lowest."
            ),
            (Promise("train_accuracy", least=1.0, most=1.0), Promise("gap", least=0.6)),
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
                "is worth. Two of the twenty stay wrong, and the test loss stays near the "
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
