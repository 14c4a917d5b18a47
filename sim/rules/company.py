"""Company: the effort that a property company puts into a compound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.columns import Column, Rule
from sim.rules import contracts

if TYPE_CHECKING:
    from sim.worlds import Worlds

LOWEST, USUAL = 0.15, 0.75


def _set_up(w: Worlds) -> None:
    """Set the effort at the start."""
    w.effort[...] = np.where(w.contract == contracts.NONE, LOWEST, USUAL)


RULE = Rule(
    name="company",
    columns=(
        Column("satisfaction", "compound", np.float64, "owners' satisfaction with the service", default=0.5),
        Column("effort", "compound", np.float64, "the company's effort, 0 to 1"),
        Column("losses", "compound", np.int32, "quarters of loss in a row"),
    ),
    set_up=_set_up,
)
