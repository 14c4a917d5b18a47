"""A grievance on the steppe: what its owner knows of the law, and which way to which desk is worth it."""

from __future__ import annotations

from tests.oracle.camp import INTAKES
from tests.oracle.desk import Desk
from tests.oracle.draws import chance, exp
from tests.oracle.grievance import NEVER, Grievance

TWO_KNOW = ("boundary", "livestock", "neighbour")
"""Kinds about which there is law that both parties may know."""


class Complaint(Grievance):
    """A herder's, camper's or worker's grievance."""

    intakes = INTAKES

    @property
    def passing(self) -> bool:
        """Whether it fades: wages owed do not."""
        return self.kind != "wages"

    @property
    def alone(self) -> bool:
        """Whether its case is its own: a crew has one case."""
        return self.kind != "wages"

    @property
    def pair(self) -> bool:
        """Whether two parties may agree on it and break the agreement."""
        return self.kind in TWO_KNOW

    def weigh(self) -> bool:
        """Weigh by what one knows of the law; return whether it may be claimed now."""
        if self.kind not in TWO_KNOW:
            return True
        p, today = self.model.p, self.model.day
        groundless = chance(p.unfounded, self.key, "law.unfounded")
        if not self.household.aware:
            if not groundless and chance(p.unrecognised, self.key, "law.unrecognised"):
                self.act = today + int(p.review_days)
                return False
            return True
        if groundless:
            self.act = NEVER
            self.model.count("let_rest")
            return False
        if self.other.aware:
            self.model.count("talked_over")
            self.settle()
            return False
        return True

    def choose(self) -> str | None:
        """Choose, if it may be claimed at all."""
        return super().choose() if self.weigh() else None

    def talked_over(self) -> bool:
        """Talk it over as neighbours: there are no shared places on the steppe; who knows the law does, see `weigh`."""
        return False

    def pull(self, intake: str) -> float:
        """Return the weight of an intake: a desk costs the way there and back and the wait, a call only the wait."""
        p, home = self.model.p, self.household
        success = home.belief(self.kind)
        if home.aware and self.kind in TWO_KNOW:
            success = min(success / (1 - p.unfounded), 1.0)
        sumu = home.compound
        if intake == "hotline":
            days = sumu.desks["team"].wait if sumu.on_call() else self.model.hotline.wait()
            burden = p.b_wait * days
        else:
            desk = sumu.desks[intake]
            hours = self.model.hours(self.model.way_to_office(home, desk))
            burden = p.b_wait * desk.wait + p.b_travel * hours
        return exp(p.any_desk + p.b_success * success - burden + p.b_trust * home.trust(intake))

    def within_reach(self, intake: str) -> bool:
        """Whether there is such an intake: every sumu has all of them."""
        return True

    def calls_hotline(self, intake: str) -> bool:
        """Whether it is the hotline that hears it, and not officers on call."""
        return intake == "hotline" and not self.household.compound.on_call()

    def receiver(self, intake: str) -> Desk:
        """Return the desk that gets a claim; a call is answered by officers on call, or goes to the centre."""
        sumu = self.household.compound
        if intake == "hotline":
            return sumu.desks["team" if sumu.on_call() else "centre"]
        return sumu.desks[intake]

    def call(self) -> None:
        """Call the hotline."""
        self.model.count("tickets")
