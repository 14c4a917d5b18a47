"""A dispute on the books: mediated session by session, at one desk after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.asset import Asset
from tests.oracle.case import Case
from tests.oracle.draws import chance, normal

if TYPE_CHECKING:
    from tests.oracle.household import Household

LADDER = {"body": "community", "community": "centre"}
"""Which desk comes after which; after the centre there is at best the court."""


class Dispute(Case):
    """A quarrel between two households, or a nuisance between many and whoever builds nearby.

    Attributes:
        filed: day on which somebody sued.
    """

    bearer: Asset | Household
    filed: int

    def next_step_hours(self) -> float:
        """Return the hours of a session."""
        return self.model.p.mediation_hours

    def summon(self) -> bool:
        """Summon the parties: the centre always does, at a body's desk somebody with authority who has the time."""
        if self.desk.kind == "centre":
            return True
        return self.desk.kind == "body" and self.compound.spend("summons", self.model.p.triage_hours)

    def mediate(self, summoned: bool) -> None:
        """Hold a session if both parties come; settle, go on, or try again in some days."""
        p, today = self.model.p, self.model.day
        self.sittings += 1
        self.ready = today + int(p.session_gap_days)
        if chance(self.no_show(summoned), self.key, "session.no_show", self.sittings):
            self.log("no_show")
            return
        self.sessions += 1
        self.level_sessions += 1
        self.narrowed *= min(max(1 - (1 - p.narrowing) * 2 * self.ability(), 0.0), 1.0)
        self.handled = today
        self.model.count("sessions")
        self.be_held()
        self.log("session")
        if self.gap() <= self.joint_cost:
            self.agree()
        elif self.level_sessions >= p.most_sessions:
            above = self.above()
            if above is not None:
                self.hand_off(self.compound.desks[above])
            elif self.model.court.would_hear(self):
                self.model.court.take(self)
            else:
                self.fail()

    def no_show(self, summoned: bool) -> float:
        """Return the chance that a party stays away."""
        p = self.model.p
        return min(p.no_show, p.no_show_summoned) if summoned else p.no_show

    def ability(self) -> float:
        """Return the ability of whoever holds the session."""
        return self.compound.at_the_body("ability") if self.desk.kind == "body" else self.model.p.mediator_ability

    def be_held(self) -> None:
        """Count what it has cost the parties to come."""

    def above(self) -> str | None:
        """Return the kind of desk that comes next, none after the last."""
        return LADDER.get(self.desk.kind)

    @property
    def suable(self) -> bool:
        """Whether a court may be asked; against builders nobody does."""
        return self.of_pair

    def gap(self) -> float:
        """Return the gap between expectations: it widens with the age of the case and is narrowed by every session."""
        p = self.model.p
        gap = self.gap_at_first()
        gap *= 1 + p.hardening * (self.model.day - self.opened) / 90
        return gap * self.narrowed

    def gap_at_first(self) -> float:
        """Return the gap with which they came."""
        return self.model.p.gap_mean + self.model.p.gap_sd * normal(self.key, "dispute.gap")

    @property
    def joint_cost(self) -> float:
        """Return what a settlement saves both together."""
        return self.model.p.joint_cost

    def agree(self, confirmed: bool = False) -> None:
        """End in agreement, perhaps before a court: between two for as long as it holds, else the works are quiet."""
        self.close("settled", "settled")
        if isinstance(self.bearer, Asset):
            self.bearer.mend()
        else:
            for grievance in self.claimants():
                grievance.settle(confirmed)

    def fail(self) -> None:
        """End in vain; who has not claimed yet may open another case about the same nuisance."""
        for grievance in self.claimants():
            grievance.fail()
        self.close("failed", "failed")
        if isinstance(self.bearer, Asset):
            self.bearer.case = None
