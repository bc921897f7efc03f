"""Early stopping ends a training that no longer gets better: patience counts the epochs since the
loss was last the lowest so far."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long to wait (0: for ever), the lowest loss so far, and the epochs waited since."""

    epochs: int
    lowest: float = math.inf
    waited: int = 0

    def after(self, loss: float) -> Patience:
        """One epoch later, when the loss was this."""
        if loss < self.lowest:
            return Patience(self.epochs, loss)
        return Patience(self.epochs, self.lowest, self.waited + 1)

    @property
    def over(self) -> bool:
        return 0 < self.epochs <= self.waited
