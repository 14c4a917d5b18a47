"""A contractor's public works in a compound: the body asks for a better road and gate than was ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.cases import NEVER

if TYPE_CHECKING:
    from tests.oracle.asset import Asset
    from tests.oracle.compound import Compound

UNTOUCHED = ("waiting", "transit", "lost", "approval", "shelved")
"""Stages of a case in which neither owners nor money nor a crew are at it."""


class Project:
    """The works there are in a compound, if any.

    Attributes:
        until: day on which they end, before all days where there are none.
        rounds: rounds of talks with the contractor.
        answer: what the contractor said: nothing yet, accepted or refused.
        room: the most that the contractor would have borne when asked, fen.
        paid: what the public account has paid for what was not ordered, fen.
    """

    def __init__(self, compound: Compound) -> None:
        self.compound, self.model = compound, compound.model
        self.until = -NEVER
        self.rounds = self.room = self.paid = 0
        self.answer: str | None = None

    @property
    def road(self) -> Asset:
        """Return the compound's road and gate."""
        return next(asset for asset in self.compound.assets if asset.kind == "road")

    def talk(self) -> None:
        """Hold a round of talks with the contractor if there is time; after the last one the contractor answers."""
        p = self.model.p
        if self.until <= self.model.day or self.answer or not self.compound.body:
            return
        if self.compound.spend("talks", p.talk_hours):
            self.rounds += 1
            if self.rounds >= p.talk_rounds:
                self.decide()

    def decide(self) -> None:
        """Accept if it costs no more than contingency and avoided delay are worth."""
        p, flats = self.model.p, len(self.compound.flats)
        asked = round(p.upgrade_cost * flats * 100)
        wait = self.compound.desks["community"].wait + int(p.handoff_days)
        days = min(wait, self.until - self.model.day)
        self.room = round((p.contingency * p.project_cost * flats + p.delay_yuan * days) * 100)
        self.answer = "accepted" if asked <= self.room else "refused"
        if self.answer == "accepted":
            self.paid = asked
            self.pave()

    def pave(self) -> None:
        """Make the road whole if it is broken and nobody is at it."""
        road = self.road
        if not road.defective or (road.case is not None and road.case.stage not in UNTOUCHED):
            return
        case = road.case
        if case is not None:
            case.log("repaired")
            case.close("settled", "settled")
        road.mend()
