"""Cases on the steppe: disputes that are bargained over somewhere, and needs of help that somebody brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.case import Case
from tests.oracle.desk import Desk
from tests.oracle.dispute import Dispute
from tests.oracle.draws import chance, exp

if TYPE_CHECKING:
    from tests.oracle.camp import Camp

HOURS = {
    "neighbour": "mediation_hours",
    "boundary": "boundary_hours",
    "livestock": "livestock_hours",
    "wages": "wage_hours",
    "help": "help_hours",
}
"""Kind to what a session, or the help, takes."""

LADDER = {"station": "justice", "room": "justice", "team": "justice", "justice": "centre"}


class Matter(Case):
    """A case of either sort.

    Attributes:
        visited: while a circuit is with the first party.
        joint: while a circuit has it, all agencies on board.
    """

    visited = joint = False

    @property
    def host(self) -> Camp:
        """Return who is gone to if somebody goes: the first party, of a crew the first worker."""
        return self.bearer.workers[0] if self.kind == "wages" else self.bearer

    @property
    def by_phone(self) -> bool:
        """Whether it is a need of help that officers on call see to on the phone."""
        wanted = self.kind == "help" and self.desk.kind == "team"
        return wanted and chance(self.model.p.by_phone, self.key, "help.by_phone")

    def session_minutes(self) -> int:
        """Return what it takes where it is held, the way apart."""
        return round(60 * getattr(self.model.p, HOURS[self.kind]))

    def way(self) -> int:
        """Return the way from the desk that has it to whoever is gone to, metres."""
        return self.model.way_to_office(self.host, self.desk)

    def settle_minutes(self) -> None:
        """Settle what the next step takes: with the way if somebody goes there; a call is heard on the phone first."""
        called = self.desk.kind == "team"
        self.minutes = self.session_minutes()
        if called or self.kind == "help":
            self.minutes += round(60 * self.model.hours(self.way()))
        if called and self.sittings == 0:
            self.minutes = (0 if self.by_phone else self.minutes) + round(60 * self.model.p.phone_hours)

    def carried(self, desk: Desk) -> bool:
        """Carry it to the next desk, if the station has time set aside for it."""
        return self.compound.spend("summoned", round(60 * self.model.p.triage_hours))


class Errand(Matter):
    """A need of help."""

    def attend(self) -> None:
        """Bring help."""
        if not self.visited and not self.by_phone:
            self.model.count("field_metres", 2 * self.way())
        self.handled = self.model.day
        self.model.count("helped")
        for grievance in self.claimants():
            grievance.settle()
        self.close("settled", "settled")


class Parley(Matter, Dispute):
    """What is bargained over: between two households, or a crew and its contractors."""

    suable = True

    def summon(self) -> bool:
        """Summon the parties: the centre always does, others as far as the station has set time aside."""
        if self.desk.kind == "centre":
            return True
        return self.compound.spend("summoned", round(60 * self.model.p.triage_hours))

    def hours_to_come(self) -> float:
        """Return how long whoever has the longer way needs to come to where it is held, and back."""
        world, first = self.model, self.host
        second = first if self.other is None else self.other
        if self.visited or self.desk.kind == "team":
            return world.hours(world.way(second.place(), first.place()))
        where = self.compound.desks["centre"] if self.joint else self.desk
        return world.hours(max(world.way_to_office(party, where) for party in (first, second)))

    def no_show(self, summoned: bool) -> float:
        """Return the chance that a party stays away, the greater the farther."""
        p = self.model.p
        near = super().no_show(summoned)
        odds = near / (1 - near) * exp(p.b_travel * self.hours_to_come())
        return odds / (1 + odds)

    def ability(self) -> float:
        """Return the ability of officers."""
        return self.model.p.mediator_ability

    def be_held(self) -> None:
        """Count what parties and officers on call were on the way."""
        if self.desk.kind == "team" and not self.visited:
            self.model.count("field_metres", 2 * self.way())
        self.model.count("people_minutes", round(60 * self.hours_to_come()))

    def above(self) -> str | None:
        """Return the next desk; there is none if all agencies sat together."""
        return None if self.joint else LADDER.get(self.desk.kind)

    @property
    def joint_cost(self) -> float:
        """Return what a settlement saves both together."""
        p = self.model.p
        return p.wage_joint_cost if self.kind == "wages" else p.joint_cost

    def agree(self, confirmed: bool = False) -> None:
        """End in agreement, which a court has confirmed or a judge who came along."""
        confirmed = confirmed or (self.joint and self.compound.levers["judge"] > 0)
        if self.kind == "wages":
            self.bearer.agree(self, confirmed)
        else:
            for grievance in self.claimants():
                grievance.settle(confirmed)
        self.close("settled", "settled")

    def fail(self) -> None:
        """End in vain; a crew may open another case."""
        for grievance in self.claimants():
            grievance.fail()
        self.close("failed", "failed")
        if self.kind == "wages":
            self.bearer.case = None
