"""What a file of weights does to a player."""

from __future__ import annotations

from torch import Tensor

from nnlab.branches import branch
from nnlab.experiment import Intervention
from nnlab.packed import PARAMETERS, pack
from nnlab.player import Player


def set_all(player: Player, numbers: Tensor) -> None:
    """Set all parameters [P], and what the batch norms keep if it is there too [P + B], now."""
    change = Intervention(player.step, PARAMETERS, pack(numbers))
    player.become(branch(player.experiment, player.step, change))
