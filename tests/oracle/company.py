"""The property company of a compound, if one serves it: its contract, its effort and its purse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.draws import uniform

if TYPE_CHECKING:
    from tests.oracle.compound import Compound

DEVELOPER, FIXED, HOLDOVER, NONE = range(4)
NEW = 10
USUAL, LEAST = 0.75, 0.15


class Company:
    """Whoever manages the compound.

    Attributes:
        contract: the developer's own, with a term, held over, or none.
        effort: what it does, between 0 and 1.
        losses: quarters of loss in a row; in loss it refuses what is its duty.
        till: its money since the start, fen.
    """

    def __init__(self, compound: Compound) -> None:
        model, p = compound.model, compound.model.p
        self.compound = compound
        u = uniform(model.replication_seed, "contract.found", compound.number)
        if u < p.no_company:
            self.contract = NONE
        elif u < p.no_company + p.fixed_share:
            self.contract = FIXED
        else:
            self.contract = DEVELOPER if compound.age < NEW else HOLDOVER
        self.effort = USUAL if self.serves else LEAST
        self.losses = 0
        self.till = 0

    @property
    def serves(self) -> bool:
        """Whether there is a company."""
        return self.contract != NONE

    def leave(self) -> None:
        """Go without a successor."""
        self.contract = NONE
        self.effort = LEAST

    def minutes(self) -> int:
        """Return the minutes a week of its repairers."""
        if not self.serves:
            return 0
        return round(self.compound.model.p.repairer_hours * 60 * self.effort * len(self.compound.flats) / 300)
