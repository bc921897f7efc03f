"""The training loop of an experiment in full view, up to any step of it: only what the experiment
uses stands there, and of the tutorial's batch it is the tutorial's own loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from nnlab.experiment import Experiment
from nnlab.language import gettext as _
from nnlab.scripts.changes import change_lines, changed_fields
from nnlab.scripts.rate import by_hand, scheduled
from nnlab.scripts.section import block
from nnlab.scripts.table import Table, tables
from nnlab.settings import value_at
from nnlab.timetable import Stretch

MOST_PRINTED = 1000
"""Losses that are printed; of more steps every tenth, hundredth, ... is."""
PRINT = "print('epoch: ', epoch, ' loss: ', loss.item())"


@dataclass(frozen=True)
class Loop:
    """The loop up to the step `until`, which is not made any more; `noted` is what is done with
    every loss besides printing it: it is put into the list `losses`."""

    experiment: Experiment
    style: str
    until: int
    noted: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        epoch = (*self._epoch_begins(), *self._batches(), *self._epoch_ends())
        return (*self._before(), *block(f"for epoch in range({self.epochs}):", epoch))

    @property
    def epochs(self) -> int:
        """Epochs that are begun."""
        table = self.experiment.timetable
        whole = table.epoch_of(self.until)
        return whole + (table.step_of(whole) < self.until)

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The stretches of equal batches that are reached."""
        found = self.experiment.timetable.stretches
        return tuple(each for each in found if each.step < max(self.until, 1))

    @property
    def batched(self) -> bool:
        """Whether an epoch has several steps."""
        return any(each.steps_per_epoch > 1 for each in self.stretches)

    @property
    def counter(self) -> str:
        """What counts the steps."""
        return "step" if self.batched else "epoch"

    @property
    def every(self) -> int:
        """Of how many steps one loss is printed."""
        every = 1
        while self.until > every * MOST_PRINTED:
            every *= 10
        return every

    @cached_property
    def changes(self) -> dict[int, tuple[str, ...]]:
        """What is changed on the way, by the step."""
        steps = [step for step in self.experiment.changes_at if 0 < step < self.until]
        found = {step: change_lines(self.experiment, self.style, step) for step in steps}
        return {step: lines for step, lines in found.items() if lines}

    @cached_property
    def _tables(self) -> tuple[Table, ...]:
        """The changes that only a number tells apart."""
        return tables(self.changes, self.experiment)

    @property
    def _counts(self) -> bool:
        """Whether the program needs to count its steps."""
        partial = self.experiment.timetable.step_of(self.epochs) > self.until
        return self.batched and (partial or self.every > 1 or bool(self.changes))

    def _is_changed(self, name: str) -> bool:
        return any(name in changed_fields(self.experiment, step) for step in self.changes)

    def _before(self) -> Iterator[str]:
        if self.noted:
            yield "losses = []"
        if self.experiment.training.patience:
            yield "lowest, waited = float('inf'), 0"
        if len(self.stretches) > 1:
            yield f"batch_size = {self.stretches[0].batch_size}"
        for name in ("l1", "l2"):
            if self._is_changed(name):
                yield f"{name} = {value_at(self.experiment, name, 0)!r}"
        for each in self._tables:
            yield from each.made()
        if self._counts:
            yield "step = 0"

    def _epoch_begins(self) -> Iterator[str]:
        for each in self.stretches[1:]:
            yield from block(f"if epoch == {each.epoch}:", (f"batch_size = {each.batch_size}",))
        if by_hand(self.experiment):
            yield 'optimizer.param_groups[0]["lr"] = learning_rate * factor(epoch)'

    def _batches(self) -> tuple[str, ...]:
        """The steps of an epoch: a loop over its batches, or the one step with all rows."""
        shuffles = self.experiment.training.shuffle
        if not self.batched and not shuffles:
            return (*self._step_begins(), *self._step("x", "y"))
        order = "torch.randperm(len(x))" if shuffles else "torch.arange(len(x))"
        size = "batch_size" if len(self.stretches) > 1 else self.stretches[0].batch_size
        body = (*self._step_begins(), *self._step("x[rows]", "y[rows]"))
        counted = ("step += 1",) if self._counts else ()
        return block(f"for rows in {order}.split({size}):", (*body, *counted))

    def _step_begins(self) -> Iterator[str]:
        if self.experiment.timetable.step_of(self.epochs) > self.until:
            yield from block(f"if step == {self.until}:", ("break",))
        by_hand_text = _("changed by hand")
        tabled = {step for table in self._tables for step in table.values}
        for step, lines in self.changes.items():
            if step not in tabled:
                yield from block(f"if {self.counter} == {step}:  # {by_hand_text}", lines)
        for table in self._tables:
            head = f"if {self.counter} in {table.name}:  # {by_hand_text}"
            yield from block(head, table.lines(self.counter))

    def _step(self, x: str, y: str) -> Iterator[str]:
        yield f"y_pred = model({x})"
        yield f"loss = criterion(y_pred, {y})"
        yield from self.noted
        yield from self._print()
        yield self._zero_grad()
        yield from self._backward()
        yield "optimizer.step()"

    def _print(self) -> tuple[str, ...]:
        if self.every == 1:
            return (PRINT,)
        return block(f"if {self.counter} % {self.every} == 0:", (PRINT,))

    def _zero_grad(self) -> str:
        forgotten = _("forgotten: the gradients add up")
        zero_grad = "optimizer.zero_grad()"
        return zero_grad if self.experiment.training.zero_grad else f"# {zero_grad}  # {forgotten}"

    def _backward(self) -> Iterator[str]:
        terms = list(self._penalties())
        if terms:
            yield "weights = torch.cat([p.flatten() for p in model.parameters() if p.dim() == 2])"
            yield f"penalty = {' + '.join(terms)}"
        yield "(loss + penalty).backward()" if terms else "loss.backward()"

    def _penalties(self) -> Iterator[str]:
        for name, size in (("l1", "weights.abs().sum()"), ("l2", "weights.square().sum()")):
            value = value_at(self.experiment, name, 0)
            if self._is_changed(name):
                yield f"{name} * {size}"
            elif value:
                yield f"{value!r} * {size}"

    def _epoch_ends(self) -> Iterator[str]:
        if scheduled(self.experiment) and not by_hand(self.experiment):
            yield "scheduler.step()"
        if self.experiment.training.patience:
            yield from self._judgement()

    def _judgement(self) -> Iterable[str]:
        """The loss on the rows held out, or on all rows, and whether it still gets better."""
        x, y = ("x_test", "y_test") if self.experiment.data.n_test else ("x", "y")
        measured = ("with torch.no_grad():", f"    judged = criterion(model({x}), {y}).item()")
        modes = has_modes(self.experiment)
        return (
            *(("model.eval()", *measured, "model.train()") if modes else measured),
            "waited = 0 if judged < lowest else waited + 1",
            "lowest = min(lowest, judged)",
            *block(f"if waited == {self.experiment.training.patience}:", ("break",)),
        )


def has_modes(experiment: Experiment) -> bool:
    """Whether the network computes something else in training than afterwards."""
    layers = experiment.network.layers
    norms_or_drops = any(layer.batch_norm or layer.dropout for layer in layers)
    return norms_or_drops or any(name.startswith("dropout") for name in experiment.changes_of)
