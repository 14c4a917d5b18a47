"""Cases on the desks' books: quarrels to be mediated, and roofs to be repaired."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.oracle.draws import bits, chance, normal, triangular, uniform
from tests.oracle.grievance import KINDS, Grievance

if TYPE_CHECKING:
    from tests.oracle.building import Building
    from tests.oracle.desk import Desk

ENDS = ("settled", "failed", "withdrawn", "escalated")


class Case:
    """What a desk has on its books.

    Attributes:
        booked: running number, in the order of opening.
        organiser: the desk that proposes the repair, None before.
        ready: first day on which it may be taken up, or arrives, or on which the crew is done.
        started: day on which signing or works began, or on which the proposal was shelved.
        handled: last day on which a desk did something for it, None before.
        sessions: sessions held, at all desks.
        level_sessions: sessions held at the present desk.
        narrowed: what the sessions have left of the gap between the parties.
        sittings: times served by a mediator, with both parties or not, or laid before a principal.
        minutes: what its next step takes, settled when it enters a queue and when offices change.
        drafted: whether a proposal has been worked out.
    """

    organiser: Desk | None = None

    def __init__(self, grievance: Grievance, desk: Desk) -> None:
        self.model = model = grievance.model
        self.kind = grievance.kind
        self.bearer = grievance.bearer
        self.other = grievance.other
        self.ordinal = grievance.ordinal
        self.compound = grievance.household.compound
        self.severity = grievance.severity
        seed = model.replication_seed
        self.key = bits(seed, "case", KINDS.index(self.kind), self.bearer.number, self.ordinal)
        model.booked += 1
        self.booked = model.booked
        self.opened = self.ready = model.day
        self.started = 0
        self.handled: int | None = None
        self.sessions = 0
        self.level_sessions = 0
        self.narrowed = 1.0
        self.sittings = 0
        self.rounds = 0
        self.handoffs = 0
        self.drafted = False
        self.desk = desk
        self.log("opened")
        self.enter_queue(desk)

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.stage in ENDS

    @property
    def under_way(self) -> bool:
        """Whether owners are signing or a crew is at work: nobody leaves then."""
        return self.stage in ("signing", "works")

    def log(self, activity: str) -> None:
        """Write an event, at the desk that has the case now."""
        self.model.log(activity, self)

    def next_step_hours(self) -> float:
        """Return what the next step takes at the desk that has it."""
        raise NotImplementedError

    def enter_queue(self, desk: Desk, stage: str = "waiting") -> None:
        """Wait at a desk."""
        self.desk = desk
        self.stage = stage
        self.settle_minutes()

    def settle_minutes(self) -> None:
        """Settle what the next step takes."""
        self.minutes = round(60 * self.next_step_hours())

    def hand_off(self, desk: Desk) -> None:
        """Travel to another desk for some days, or get lost; less likely if the hand-off is in a ledger."""
        self.log("handed_off")
        self.model.count("handed_off")
        self.handoffs += 1
        self.handled = self.model.day
        loss = self.model.p.handoff_loss
        if self.compound.write_ledger():
            loss = min(loss, self.compound.ledger_loss)
        self.desk = desk
        self.level_sessions = 0
        near = desk.kind == "community" and self.compound.spend("summons", self.model.p.triage_hours)
        self.ready = self.model.day + int(self.model.p.handoff_near_days if near else self.model.p.handoff_days)
        self.stage = "transit"
        if chance(loss, self.key, "handoff.lost", self.handoffs):
            self.stage = "lost"
            self.model.count("lost")
            self.log("lost")

    def bring_back(self, desk: Desk) -> None:
        """Because somebody claims: wait again, if lost at the desk of the claim, if shelved at the organiser's."""
        if self.stage == "lost":
            self.ready = self.model.day
            self.enter_queue(desk)
        elif self.stage == "shelved":
            self.ready = self.model.day
            self.enter_queue(self.organiser)
            self.log("retabled")

    def close(self, stage: str, activity: str) -> None:
        """End."""
        self.stage = stage
        self.log(activity)
        self.model.ended.append((self.identity(), self.opened, self.model.day, stage, self.desk.number, self.sessions))

    def identity(self) -> tuple[str, int, int]:
        """Return what names it."""
        return self.kind, self.bearer.number, self.ordinal


class Quarrel(Case):
    """A dispute between two households, to be mediated session by session."""

    def next_step_hours(self) -> float:
        """Return the hours of a session."""
        return self.model.p.mediation_hours

    def summon(self) -> bool:
        """At the body's desk, summon the parties if somebody with authority has time for it; return whether."""
        return self.desk.kind == "body" and self.compound.spend("summons", self.model.p.triage_hours)

    def mediate(self, summoned: bool) -> None:
        """Hold a session if both parties come; settle, go on, or try again in some days."""
        p, today = self.model.p, self.model.day
        self.sittings += 1
        self.ready = today + int(p.session_gap_days)
        no_show = min(p.no_show, p.no_show_summoned) if summoned else p.no_show
        if chance(no_show, self.key, "session.no_show", self.sittings):
            self.log("no_show")
            return
        self.sessions += 1
        self.level_sessions += 1
        ability = self.compound.ability_at_the_body() if self.desk.kind == "body" else p.mediator_ability
        self.narrowed *= min(max(1 - (1 - p.narrowing) * 2 * ability, 0.0), 1.0)
        self.handled = today
        self.model.count("sessions")
        self.log("session")
        claimants = [grievance for grievance in self.model.grievances if grievance.case is self]
        if self.gap() <= p.joint_cost:
            for grievance in claimants:
                grievance.settle()
            self.close("settled", "settled")
        elif self.level_sessions >= p.most_sessions:
            if self.desk.kind == "body":
                self.hand_off(self.compound.desks["community"])
            else:
                for grievance in claimants:
                    grievance.fail()
                self.close("failed", "failed")

    def gap(self) -> float:
        """Return the gap between expectations: it widens with the age of the case and is narrowed by every session."""
        p = self.model.p
        gap = p.gap_mean + p.gap_sd * normal(self.key, "dispute.gap")
        gap *= 1 + p.hardening * (self.model.day - self.opened) / 90
        return gap * self.narrowed


class Repair(Case):
    """A leaking roof: proposed, approved, signed for, worked on."""

    bearer: Building

    def __init__(self, grievance: Grievance, desk: Desk) -> None:
        super().__init__(grievance, desk)
        self.bearer.case = self
        if not self.compound.body:
            self.ready = self.model.day + int(self.model.p.application_days)

    def next_step_hours(self) -> float:
        """Return the hours of reading and sending on, of working out a proposal, or of one more sitting."""
        p = self.model.p
        if self.to_be_sent_on():
            return p.triage_hours
        return p.sitting_hours if self.drafted else p.proposal_hours

    def to_be_sent_on(self) -> bool:
        """Whether it lies with a community though there is a body to organise it, and no proposal yet."""
        return self.desk.kind == "community" and self.compound.body > 0 and not self.drafted

    # -- the principals

    def organise(self) -> None:
        """Lay the repair before the first principal, or send it to the desk that should."""
        if self.to_be_sent_on():
            self.hand_off(self.compound.desks["body"])
            return
        if not self.drafted:
            self.log("proposed")
        self.drafted = True
        self.organiser = self.desk
        if not self.pass_principal(0):
            return
        branch = self.compound.desks["branch"]
        if (
            self.desk.kind == "body"
            and self.compound.principals > 1
            and branch.wait <= self.model.p.second_patience_days
        ):
            self.ready = self.model.day
            self.enter_queue(branch, "approval")
            self.model.count("referred")
            self.log("referred")
        else:
            self.ask_owners()

    def approve(self) -> None:
        """Lay the repair before the second principal; either way it is the organiser's again."""
        self.enter_queue(self.organiser)
        if self.pass_principal(1):
            self.ask_owners()

    def pass_principal(self, principal: int) -> bool:
        """Return whether a principal lets the proposal pass; otherwise it waits at the organiser's desk."""
        self.sittings += 1
        self.handled = self.model.day
        if chance(self.model.p.veto, self.key, "repair.veto", principal, self.sittings):
            self.ready = self.model.day + int(self.model.p.session_gap_days)
            self.enter_queue(self.organiser)
            self.model.count("turned_back")
            self.log("turned_back")
            return False
        self.log("approved")
        return True

    def come_back(self) -> None:
        """Come before the first principal again if there is no second any more."""
        if self.stage == "approval" and self.compound.principals < 2:
            self.ready = self.model.day
            self.enter_queue(self.organiser)

    # -- the owners

    def ask_owners(self) -> None:
        """Fix the cost, which has grown with the leak, and ask every owner of the building for an equal share."""
        p, house = self.model.p, self.bearer
        self.rounds += 1
        self.started = self.model.day
        self.stage = "signing"
        self.log("signing")
        months = (self.model.day - house.leak_day) / 30
        u = uniform(self.key, "roof.cost")
        yuan = triangular(p.roof_cost_low, p.roof_cost_mode, p.roof_cost_high, u)
        house.cost = round(yuan * (1 + p.leak_growth * months) * 100)
        house.share = math.ceil(house.cost / len(house.flats))
        house.signers = 0
        house.doors_passed = 0
        for owner in house.flats:
            owner.be_asked(self)

    def take_stock(self) -> None:
        """Start the works if enough has come together; if the time is over, pay everybody back and shelve it."""
        p, today, house = self.model.p, self.model.day, self.bearer
        if house.escrow >= p.funded_share * house.cost:
            self.model.count("repair_fen", house.escrow)
            self.model.count("unpaid_fen", max(house.cost - house.escrow, 0))
            self.model.outside += house.escrow
            house.escrow = 0
            self.ready = today + int(p.works_days)
            self.started = today
            self.stage = "works"
            self.log("funded")
        elif today - self.started >= p.signing_days:
            for owner in house.flats:
                if owner.signed:
                    house.escrow -= house.share
                    owner.purse += house.share
            self.model.count("refunded")
            self.started = today
            self.stage = "shelved"
            self.log("refunded")

    def retable(self) -> None:
        """If the ledger says that it has been shelved too long, lay it before the principal again."""
        overdue = self.model.day - self.started >= self.compound.ledger_deadline
        if overdue and self.compound.write_ledger():
            self.ready = self.model.day
            self.enter_queue(self.organiser)
            self.model.count("retabled")
            self.log("retabled")

    def finish(self) -> None:
        """The crew is done, and the roof is dry."""
        self.log("repaired")
        self.close("settled", "settled")
        self.bearer.mend()
