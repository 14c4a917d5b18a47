"""Arrears: the company claims them, flat by flat, and what is agreed about them is kept or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.clock import UNIT, Clock
from tests.oracle.dispute import Dispute
from tests.oracle.draws import chance
from tests.oracle.grievance import Grievance

if TYPE_CHECKING:
    from tests.oracle.household import Household

YEAR = 365


class Collection:
    """The company's going after one flat; the flat's clock stands still from a claim to the end of the week."""

    def __init__(self, flat: Household) -> None:
        self.flat, self.model = flat, flat.model
        self.clock = Clock(flat.model, "arrears.clock", flat.number)

    def look_ahead(self) -> None:
        """Let the clock go this week if the owner owes something and does not pay."""
        owes = not self.flat.pays and self.flat.arrears > 0
        self.clock.hazard = int(self.model.p.claim_rate / YEAR * UNIT) if owes else 0

    def tick(self) -> bool:
        """Live a day; return whether the company would claim."""
        rings = self.clock.tick()
        if rings:
            self.clock.hazard = 0
        return rings

    def claim(self) -> None:
        """Claim, unless nothing is owed any more or an earlier claim still stands."""
        if self.flat.arrears > 0 and not self.claims():
            severity = round(1000 * self.model.p.fee_severity)
            self.model.arise(self.flat, "fee", self.flat, None, 16 * self.clock.rings, severity)

    def claims(self) -> list[Grievance]:
        """Return the claims that stand."""
        return [g for g in self.flat.grievances if g.kind == "fee" and g.aching]

    def drop(self) -> None:
        """Give up claims when nothing is owed any more."""
        if self.flat.arrears == 0:
            for claim in self.claims():
                claim.drop()

    def receive(self) -> None:
        """Get what is owed, and the owner to pay from now on, if there still is a company."""
        flat, company = self.flat, self.flat.compound.company
        if company.serves:
            flat.purse -= flat.arrears
            company.till += flat.arrears
            self.model.count("arrears_fen", flat.arrears)
            flat.arrears = 0
            flat.pays = True


class FeeGrievance(Grievance):
    """The company's, against the owner of a flat: it always claims, and learns nothing."""

    def choose(self) -> str:
        """Claim at the body's desk, or at the community's where there is no body."""
        self.tries += 1
        return "body" if self.within_reach("body") else "community"

    def learn(self, topic: str, good: bool) -> None:
        """Learn nothing."""

    def promise(self, confirmed: bool) -> None:
        """Get the money, or find out some time later that the owner does not keep the agreement."""
        p = self.model.p
        default = 1 - p.kept_promises
        if confirmed:
            default *= p.confirmed_factor
        if chance(default, self.key, "agreement.default"):
            self.act = self.model.day + int(p.default_days)
        else:
            self.household.collection.receive()

    def drop(self) -> None:
        """End because nothing is owed any more."""
        if self.given_up:
            self.relieve()
        else:
            self.leave_case("withdrawn")
            self.lapse()


class FeeDispute(Dispute):
    """What the company and the owner of a flat are at odds about."""

    def next_step_hours(self) -> float:
        """Return the hours of a session."""
        return self.model.p.fee_hours

    @property
    def joint_cost(self) -> float:
        """Return what a settlement saves both together."""
        return self.model.p.fee_joint_cost

    def gap_at_first(self) -> float:
        """Return the gap between expectations: the worse the service, the better the owner's case."""
        return super().gap_at_first() + self.model.p.fee_defence * (1 - self.compound.company.effort)
