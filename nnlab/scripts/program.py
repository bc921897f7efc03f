"""Any experiment as the PyTorch program that a person would write, with nothing in it that it does
not use. Run as it is, it prints the losses on the screen, to the last digit."""

from __future__ import annotations

from collections.abc import Iterator

from nnlab.data import Data
from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.scripts.beginning import initial, set_by_hand
from nnlab.scripts.changes import made
from nnlab.scripts.loop import Loop, has_modes
from nnlab.scripts.module import STYLES, call
from nnlab.scripts.rate import by_hand, factor_lines, scheduler_lines
from nnlab.scripts.rows import data_lines, draws, reads_table
from nnlab.scripts.section import Section, block, script_of
from nnlab.settings import value_at


def program(experiment: Experiment, style: str = "Sequential", until: int | None = None) -> str:
    """A program that trains the experiment's network and prints the loss of every step (of a long
    training every tenth, hundredth, ...), and at its end the loss on all training rows and on the
    test rows.

    `style` is one of `nnlab.scripts.module.STYLES`; the program goes as far as the step `until`, if
    one is given. It needs only torch, and where `nnlab.scripts.rows.reads_table`, the table that
    `nnlab.table.writing.write_table` writes.

    >>> from nnlab import Experiment
    >>> print(program(Experiment()).splitlines()[0])
    import torch
    """
    return script_of(sections(experiment, style, until))


def sections(
    experiment: Experiment,
    style: str = "Sequential",
    until: int | None = None,
    noted: tuple[str, ...] = (),
) -> tuple[Section, ...]:
    """The program part by part; `noted` is what is done with every loss besides printing it."""
    last = experiment.n_steps if until is None else min(until, experiment.n_steps)
    body = (
        *_data_and_network(experiment, style),
        _criterion(experiment),
        *_training(Loop(experiment, style, last, noted)),
        _ending(experiment, style, last),
    )
    return (_imports(*_libraries(body)), *body)


def _libraries(body: tuple[Section, ...]) -> Iterator[str]:
    """The modules of Python's own that some line needs."""
    for name in ("csv", "math"):
        if any(f"{name}." in each.source for each in body):
            yield name


def _imports(*libraries: str) -> Section:
    own = tuple(f"import {name}" for name in libraries)
    gap = ("",) if own else ()
    return Section("", "", (*own, *gap, "import torch", "import torch.nn as nn"))


def _data_and_network(experiment: Experiment, style: str) -> tuple[Section, ...]:
    """Every seed stands just before the first number that is drawn from it. Where one seed is for
    the data and for weights that are drawn anew, the network is made before it is set: what
    nn.Linear draws by itself does not count then."""
    data, seed = experiment.data, (f"torch.manual_seed({experiment.seed})",)
    begun = (*initial(experiment), *set_by_hand(experiment, style, 0))
    if not draws(data) or data.seed is not None:
        first = (*seed, *_made(experiment, style))
        later = (*_made(experiment, style), *seed)
        network = (*(later if initial(experiment) else first), *begun)
        return (_data(data, (*_own_seed(data), *data_lines(experiment))), _net(network))
    rows = (*seed, *data_lines(experiment))
    if initial(experiment):
        weights = Section(_("The first weights"), _("They are drawn after the data."), begun)
        return (_net(_made(experiment, style)), _data(data, rows), weights)
    return (_data(data, rows), _network(experiment, style, begun))


def _own_seed(data: Data) -> tuple[str, ...]:
    return (f"torch.manual_seed({data.seed})",) if draws(data) else ()


def _made(experiment: Experiment, style: str) -> tuple[str, ...]:
    return tuple(STYLES[style](experiment).splitlines())


def _network(experiment: Experiment, style: str, more: tuple[str, ...]) -> Section:
    return _net((*_made(experiment, style), *more))


def _net(lines: tuple[str, ...]) -> Section:
    text = _("Each `nn.Linear` multiplies by its weights and adds its bias; an activation bends.")
    return Section(_("The network"), text, lines)


def _data(data: Data, lines: tuple[str, ...]) -> Section:
    text = _("`x` holds the features, a row for each example, and `y` what the network has to say.")
    if reads_table(data):
        text += " " + _("The table is the one that the page lets you download.")
    return Section(_("The data"), text, lines)


def _criterion(experiment: Experiment) -> Section:
    choice = experiment.training.loss
    learning_rate = value_at(experiment, "learning_rate", 0)
    rate = (f"learning_rate = {learning_rate!r}",) if by_hand(experiment) else ()
    lines = (
        f"criterion = nn.{call(choice)}",
        *factor_lines(experiment),
        *rate,
        made(experiment, 0),
        *scheduler_lines(experiment),
    )
    text = _("The loss says how far off the network is; the optimizer moves the weights.")
    return Section(_("The loss and the optimizer"), text, lines)


def _training(loop: Loop) -> Iterator[Section]:
    if loop.experiment.training.epochs > 0:
        text = _(
            "In each step the network guesses and the loss is measured; the old gradients are "
            "emptied, `backward` finds the new ones, and the optimizer moves every weight a little."
        )
        yield Section(_("The training"), text, loop.lines)


def _ending(experiment: Experiment, style: str, last: int) -> Section:
    """Parts set by hand after the last update, and how well the network does now."""
    late = set_by_hand(experiment, style, last) if last > 0 else ()
    mode = ("model.eval()",) if has_modes(experiment) else ()
    text = _("The loss on all rows, with the weights as they are now.")
    measured = block("with torch.no_grad():", _measures(experiment))
    return Section(_("How well it does now"), text, (*late, *mode, *measured))


def _measures(experiment: Experiment) -> Iterator[str]:
    if experiment.training.epochs == 0:
        yield "print(model(x))"
        return
    yield "print('training loss: ', criterion(model(x), y).item())"
    if experiment.data.n_test:
        yield "print('test loss: ', criterion(model(x_test), y_test).item())"
