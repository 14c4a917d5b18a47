"""A case: what a desk has on its books, from the first claim to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.asset import Asset
from tests.oracle.draws import bits, chance
from tests.oracle.grievance import NEVER, Grievance
from tests.oracle.kinds import NUMBER, PAIRS

if TYPE_CHECKING:
    from tests.oracle.desk import Desk
    from tests.oracle.household import Household

ENDS = ("settled", "failed", "withdrawn", "escalated")
UNDER_WAY = ("signing", "voting", "funding", "court", "works")
MOST_ATTEMPTS = 15


class Case:
    """What a desk has on its books.

    Attributes:
        booked: running number, in the order of opening.
        organiser: the desk that proposes the repair, None before.
        ready: first day on which it may be taken up, or arrives, or on which the crew is done.
        started: day on which owners were asked, money was granted, works began, or the proposal was shelved.
        handled: last day on which a desk did something for it, None before.
        sessions: sessions held, at all desks.
        level_sessions: sessions held at the present desk.
        narrowed: what the sessions have left of the gap between the parties.
        sittings: times served by a mediator, with both parties or not, or laid before a principal.
        urgency: severity as the desks see it, who know some people better than others.
        minutes: what its next step takes, settled when it enters a queue and when offices change.
        drafted: whether a proposal has been worked out.
    """

    bearer: Asset | Household
    stage: str
    organiser: Desk | None = None

    def __init__(self, grievance: Grievance, desk: Desk, called: bool) -> None:
        self.model = model = grievance.model
        self.kind = grievance.kind
        self.bearer = grievance.bearer
        self.other = grievance.other
        self.ordinal = grievance.ordinal
        if not grievance.alone:  # one case for all who suffer, and perhaps several, one after another
            self.ordinal += min(self.bearer.attempts, MOST_ATTEMPTS)
            self.bearer.attempts += 1
            self.bearer.case = self
        self.compound = grievance.household.compound
        self.severity = grievance.severity
        self.urgency = self.severity
        if grievance.household.connected and self.kind != "fee":
            self.urgency = min(self.severity + round(1000 * model.p.connected_edge), 1000)
        seed = model.replication_seed
        self.key = bits(seed, "case", NUMBER[self.kind], self.bearer.number, self.ordinal)
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
        self.minutes = 0
        self.desk = desk
        desk.cases[self.booked] = self.compound.cases[self.booked] = self
        self.learn_more(grievance)
        self.log("opened")
        if called:  # with the hotline until a call is taken
            self.ready = NEVER
            self.stage = "transit"
        else:
            self.enter_queue(desk)

    def learn_more(self, grievance: Grievance) -> None:
        """Learn what else there is to know about the matter."""

    @property
    def of_pair(self) -> bool:
        """Whether it is between two parties alone."""
        return self.kind in PAIRS

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.stage in ENDS

    @property
    def under_way(self) -> bool:
        """Whether owners are asked, money is on its way or a crew is at work: nobody leaves then."""
        return self.stage in UNDER_WAY

    def claimants(self) -> list[Grievance]:
        """Return the grievances that have been claimed into it and have not left it."""
        return [grievance for grievance in self.bearer.grievances if grievance.case is self]

    def log(self, activity: str) -> None:
        """Write an event, at the desk that has the case now."""
        self.model.log(activity, self)

    def next_step_hours(self) -> float:
        """Return what the next step takes at the desk that has it."""
        raise NotImplementedError

    def lie_at(self, desk: Desk) -> None:
        """Lie at a desk, and at no other any more."""
        del self.desk.cases[self.booked]
        self.desk = desk
        desk.cases[self.booked] = self

    def enter_queue(self, desk: Desk, stage: str = "waiting") -> None:
        """Wait at a desk."""
        self.lie_at(desk)
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
        self.lie_at(desk)
        self.level_sessions = 0
        near = self.carried(desk)
        self.ready = self.model.day + int(self.model.p.handoff_near_days if near else self.model.p.handoff_days)
        self.stage = "transit"
        if chance(loss, self.key, "handoff.lost", self.handoffs):
            self.stage = "lost"
            self.model.count("lost")
            self.log("lost")

    def carried(self, desk: Desk) -> bool:
        """Carry it to the next desk, if somebody with authority has the time; return whether that is so."""
        return desk.kind in ("community", "centre") and self.compound.spend("summons", self.model.p.triage_hours)

    def bring_back(self, desk: Desk) -> None:
        """Because somebody claims: wait again, if lost at the desk of the claim, if shelved at the organiser's.

        What lies with the hotline is brought to the desk of the claim too.
        """
        if self.stage == "lost" or self.with_hotline:
            self.ready = self.model.day
            self.enter_queue(desk)
        elif self.stage == "shelved":
            self.ready = self.model.day
            self.enter_queue(self.organiser)
            self.log("retabled")

    @property
    def with_hotline(self) -> bool:
        """Whether no call about it has been taken."""
        return self.stage == "transit" and self.ready == NEVER

    def pass_on(self) -> None:
        """Because a call is taken: leave the hotline for the desk."""
        if self.with_hotline:
            self.ready = self.model.day + int(self.model.p.hotline_days)

    def close(self, stage: str, activity: str) -> None:
        """End, and be off the books."""
        self.stage = stage
        del self.desk.cases[self.booked], self.compound.cases[self.booked]
        self.log(activity)
        end = self.identity(), self.opened, self.model.day, stage, self.desk.number, self.sessions
        self.model.ended.append((*end, self.compound.number, self.started, *self.paid()))

    def paid(self) -> tuple[bool | int, ...]:
        """Return whether it was minor, its cost and who paid it: company, income, fund, owners, or conceded, fen."""
        return False, 0, 0, 0, 0, 0, 0

    def identity(self) -> tuple[str, int, int]:
        """Return what names it."""
        return self.kind, self.bearer.number, self.ordinal
