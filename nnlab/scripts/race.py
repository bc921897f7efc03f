"""A race down a valley as a PyTorch program, and what one optimizer keeps at one of its steps."""

from __future__ import annotations

from collections.abc import Mapping

from nnlab.scripts.module import call
from nnlab.valleys import VALLEYS, Point, Racer

_LINES = """\
import torch


def height(x, y):
    return {lines}


def race(make, steps):
    p = torch.tensor({start}, dtype=torch.float64, requires_grad=True)
    optimizer = make([p])
    for step in range(steps):
        optimizer.zero_grad()
        height(*p).backward()
        optimizer.step()
    return p, optimizer


racers = {{
{racers}}}
for name, make in racers.items():
    p, optimizer = race(make, {steps})
    print(name, p.tolist(), height(*p).item())

p, optimizer = race(racers[{looked_at!r}], {step} + 1)
print({looked_at!r}, 'after step', {step}, p.tolist())
for name, value in optimizer.state[p].items():
    print(name, value.tolist() if torch.is_tensor(value) else value)
"""


def script(
    valley: str, start: Point, racers: Mapping[str, Racer], steps: int, looked_at: tuple[str, int]
) -> str:
    """A program that prints where every racer stands after `steps` and, for one of them, what its
    optimizer keeps after the step with this number."""
    made = "".join(
        f"    {name!r}: lambda p: torch.optim.{call(each.optimizer, 'p', _rate(each))},\n"
        for name, each in racers.items()
    )
    name, step = looked_at
    return _LINES.format(
        lines=VALLEYS[valley].lines,
        start=list(start),
        racers=made,
        steps=steps,
        looked_at=name,
        step=step,
    )


def _rate(racer: Racer) -> str:
    return f"lr={racer.learning_rate!r}"
