"""A grievance: what one household suffers, from being felt to its end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.oracle.draws import bits, days, exp, exponential, power, uniform

if TYPE_CHECKING:
    from tests.oracle.building import Building
    from tests.oracle.case import Case
    from tests.oracle.household import Household

NEVER = 2**31 - 1
KINDS = ("roof", "neighbour")
YEAR = 365


@dataclass
class Agreement:
    """What two parties agreed on: whose it is, and the days on which it was made and broken."""

    whose: tuple[str, int, int]
    settled: int
    broken: int = NEVER


class Grievance:
    """One household's grievance, about a roof (a defect) or about a neighbour (a dispute).

    Attributes:
        ordinal: 16 x the bearer's how-manieth, plus the times it was broken and felt again.
        aching: still suffered, claimed or not.
        tries: decisions on claiming taken.
        claims: times claimed.
        act: day on which its owner next does something about it.
        answered: whether the owner has asked for an answer to the present claim.
    """

    def __init__(
        self,
        household: Household,
        kind: str,
        bearer: Building | Household,
        other: Household | None,
        ordinal: int,
        severity: int,
    ) -> None:
        self.model = model = household.model
        self.household = household
        self.kind = kind
        self.bearer = bearer
        self.other = other
        self.ordinal = ordinal
        self.severity = severity
        seed = model.replication_seed
        self.key = bits(seed, "grievance", KINDS.index(kind), household.number, bearer.number, ordinal)
        self.born = model.day
        self.state = "latent"
        self.aching = True
        self.tries = 0
        self.claims = 0
        self.claimed = 0
        self.desk: str | None = None
        self.answered = False
        self.case: Case | None = None
        self.agreement: Agreement | None = None
        self.act = self.born + days(model.p.naming_days, self.key, "grievance.naming", 0)
        self.fade_day = NEVER
        self.fadings = 0
        self.start_fading()
        scale = model.p.escalation_days * (1.5 - severity / 1000)
        time = scale * power(exponential(self.key, "grievance.escalation", 0), 1 / model.p.escalation_shape)
        self.escalation_day = self.born + 1 + math.floor(min(time, 1e6))

    @property
    def dispute(self) -> bool:
        """Whether it is between two parties; otherwise it is about a defect."""
        return self.kind == "neighbour"

    @property
    def claimant(self) -> bool:
        """Whether it stands before a desk."""
        return self.state in ("open", "joined")

    # -- time passes

    def mature(self) -> None:
        """Do what is due today: name it, ask for an answer, stop waiting, or break an agreement."""
        if self.act > self.model.day:
            return
        if self.state == "latent":
            self.state = "quiet"
        elif self.claimant and self.answered and self.case.under_way:
            self.act = self.model.day + int(self.model.p.review_days)
        elif self.claimant and self.answered:
            self.withdraw()
        elif self.claimant:
            self.look_for_answer()
        elif self.state == "settled":
            self.relapse()

    def start_fading(self) -> None:
        """Draw when a dispute that stands before no desk will have faded; a defect does not fade."""
        if self.dispute:
            wait = days(self.model.p.fade_days, self.key, "grievance.fade", self.fadings)
            self.fade_day = self.model.day + wait
        self.fadings += self.dispute

    def fade(self) -> None:
        """Be suffered no more; what nobody had voiced, or had been lost, is over, what was given up stays so."""
        self.aching = False
        self.act = self.escalation_day = NEVER
        if self.state in ("latent", "quiet"):
            self.model.count("lapsed")
            self.leave_case("withdrawn")
            self.state = "lapsed"

    def escalate(self) -> None:
        """Go to a petition or a fight: not resolved, and out of the desks' hands."""
        self.model.count("escalated")
        self.leave_case("escalated")
        self.hear_end(False)
        self.give_up("escalated")

    def withdraw(self) -> None:
        """Stop waiting: a dispute is given up, a defect may be claimed again."""
        self.model.count("withdrawn")
        self.leave_case("withdrawn")
        self.hear_end(False)
        if self.dispute:
            self.give_up("withdrawn")
        else:
            self.state = "quiet"
            self.act = self.model.day + int(self.model.p.review_days)

    def look_for_answer(self) -> None:
        """Ask whether anything has happened since the claim; if the case was lost, be back at the start."""
        case, p, today = self.case, self.model.p, self.model.day
        in_time = case.handled is not None and case.handled >= self.claimed
        self.household.hear(self.desk, in_time or case.under_way)
        self.answered = True
        patience = days(p.patience_days, self.key, "claim.patience", self.claims)
        self.act = max(self.claimed + patience, today + 1)
        if case.stage == "lost":
            self.state = "quiet"
            self.start_fading()
            self.act = today + int(p.review_days)

    def relapse(self) -> None:
        """Break the agreement: the same household feels the grievance anew, at most fifteen times."""
        self.model.count("relapsed")
        self.agreement.broken = self.model.day
        self.state = "broken"
        self.act = NEVER
        if self.ordinal % 16 < 15:
            self.model.arise(self.household, self.kind, self.bearer, self.other, self.ordinal + 1, self.severity)

    # -- the desks

    def choose(self) -> str | None:
        """Choose between keeping quiet (None) and the desks within reach; think again some time later."""
        p, home = self.model.p, self.household
        weights = {None: exp(p.quiet - p.quiet_severity * (self.severity / 1000))}
        success = p.any_desk + p.b_success * home.belief(self.kind)
        for kind in ("body", "community"):
            desk = home.compound.desks[kind]
            weights[kind] = exp(success - p.b_wait * desk.wait + p.b_trust * home.trust(kind))
        if not home.compound.body:
            weights["body"] = 0.0
        aim = (weights[None] + weights["body"] + weights["community"]) * uniform(self.key, "claim.choice", self.tries)
        self.tries += 1
        self.act = self.model.day + int(p.review_days)
        if aim < weights[None]:
            return None
        return "body" if aim < weights[None] + weights["body"] else "community"

    def claim(self, desk: str) -> None:
        """Voice it at a kind of desk; an answer will be looked for after some time."""
        self.model.count("claimed")
        if self.claims == 0:
            self.model.count("voiced")
        self.claims += 1
        self.claimed = self.model.day
        self.desk = desk
        self.answered = False
        self.act = self.model.day + int(self.model.p.answer_days)

    # -- ends

    def settle(self) -> None:
        """Be resolved; an agreement between parties may be broken within a year."""
        self.model.count("settled")
        self.hear_end(True)
        self.aching = False
        self.state = "settled"
        self.case = None
        self.act = self.fade_day = self.escalation_day = NEVER
        if self.dispute:
            self.agreement = Agreement((self.kind, self.bearer.number, self.ordinal), self.model.day)
            self.model.agreements.append(self.agreement)
            years = exponential(self.key, "agreement.relapse") / self.model.p.relapse_rate
            if years < 1:
                self.act = self.model.day + 1 + math.floor(years * YEAR)

    def fail(self) -> None:
        """Lapse because every desk has tried in vain."""
        self.model.count("lapsed")
        self.hear_end(False)
        self.case = None
        self.give_up("lapsed")

    def give_up(self, state: str) -> None:
        """Stay unresolved: nobody acts on it, a dispute fades in time."""
        self.start_fading()
        self.act = self.escalation_day = NEVER
        self.state = state

    def relieve(self) -> None:
        """Be suffered no more, though given up long ago, because the cause is gone."""
        self.aching = False
        self.act = NEVER

    def leave_case(self, stage: str) -> None:
        """Leave the case; a dispute's ends with that, a defect's stays on the books."""
        if self.case is not None and self.dispute:
            self.case.close(stage, stage)
        self.case = None

    def hear_end(self, good: bool) -> None:
        """Let claimants, and no others, learn how it ended."""
        if self.claimant:
            self.household.hear(self.kind, good)
