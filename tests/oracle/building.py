"""A building: its roof, and its owners' common money for a repair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.clock import Clock
from tests.oracle.draws import bits

if TYPE_CHECKING:
    from tests.oracle.case import Repair
    from tests.oracle.compound import Compound
    from tests.oracle.household import Household
    from tests.oracle.world import OracleModel


class Building(Agent):
    """A building of a compound.

    Attributes:
        case: the repair on the books, open or shelved or lost, while the roof leaks.
        signers: owners who have signed and paid in this round.
        doors_passed: doors passed in this round, over and over.
    """

    def __init__(self, model: OracleModel, number: int, compound: Compound) -> None:
        super().__init__(model)
        self.number = number
        self.compound = compound
        self.flats: list[Household] = []
        self.clock = Clock(model, "roof.clock", number)
        self.leaking = False
        self.leak_day = 0
        self.case: Repair | None = None
        self.escrow = 0
        self.cost = 0
        self.share = 0
        self.signers = 0
        self.doors_passed = 0

    def leak(self) -> None:
        """Begin to leak: the flats highest up get wet, and whoever lives there suffers."""
        model = self.model
        self.leaking = True
        self.leak_day = model.day
        model.count("leaked")
        nth = self.clock.rings

        def from_the_top(flat: Household) -> tuple[int, int]:
            return -flat.floor, bits(model.replication_seed, "roof.beneath", flat.number, nth)

        wet = sorted(self.flats, key=from_the_top)[: int(model.p.leak_sufferers)]
        for flat in self.flats:
            if flat in wet and not flat.vacant:
                model.arise(flat, "roof", self, None, 16 * nth, round(1000 * model.p.leak_severity))

    def mend(self) -> None:
        """Stop leaking: everybody beneath is relieved, claimant or not; the clock goes on tomorrow."""
        self.leaking = False
        self.case = None
        self.model.count("mended")
        for grievance in self.model.grievances:
            if grievance.bearer is self and grievance.aching:
                if grievance.state in ("latent", "quiet", "open", "joined"):
                    grievance.settle()
                else:
                    grievance.relieve()
