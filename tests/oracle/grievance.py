"""A grievance: what one household suffers, from being felt to its end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.oracle.draws import bits, chance, days, exp, exponential, power, uniform
from tests.oracle.kinds import DEFECTS, INTAKES, NUMBER, PAIRS

if TYPE_CHECKING:
    from tests.oracle.asset import Asset
    from tests.oracle.case import Case
    from tests.oracle.desk import Desk
    from tests.oracle.household import Household

NEVER = 2**31 - 1
YEAR = 365


@dataclass
class Agreement:
    """What two parties agreed on: whose it is, and the days on which it was made and broken."""

    whose: tuple[str, int, int]
    settled: int
    broken: int = NEVER


class Grievance:
    """One household's grievance, about something it shares with others or about a neighbour.

    Attributes:
        ordinal: 16 x the bearer's how-manieth, plus the times it was broken and felt again.
        aching: still suffered, claimed or not.
        tries: decisions on claiming taken.
        claims: times claimed.
        act: day on which its owner next does something about it.
        answered: whether the owner has asked for an answer to the present claim.
    """

    intakes: tuple[str, ...] = INTAKES

    def __init__(
        self,
        household: Household,
        kind: str,
        bearer: Asset | Household,
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
        self.key = bits(seed, "grievance", NUMBER[kind], household.number, bearer.number, ordinal)
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
        self.patch_day = NEVER
        if kind == "roof":
            self.patch_day = self.born + days(model.p.patch_days, self.key, "grievance.patch")
        household.grievances.append(self)
        if bearer is not household:
            bearer.grievances.append(self)

    @property
    def dispute(self) -> bool:
        """Whether it is bargained over; otherwise it is about a defect, which is repaired."""
        return self.kind not in DEFECTS

    @property
    def pair(self) -> bool:
        """Whether it is between two parties alone; otherwise all who suffer the same have one case."""
        return self.kind in PAIRS

    @property
    def passing(self) -> bool:
        """Whether it fades, and is over when its claimant gives up; otherwise it lasts until its cause is gone."""
        return self.dispute

    @property
    def alone(self) -> bool:
        """Whether nobody else suffers from the same, so that its case is its own."""
        return self.pair

    @property
    def claimant(self) -> bool:
        """Whether it stands before a desk."""
        return self.state in ("open", "joined")

    @property
    def given_up(self) -> bool:
        """Whether nobody acts on it any more although it may still ache."""
        return self.state in ("lapsed", "withdrawn", "escalated")

    # -- time passes

    def mature(self) -> None:
        """Do what is due today: name it, ask for an answer, stop waiting, or break an agreement."""
        if self.act > self.model.day:
            return
        if self.state == "latent":
            self.model.count("named")
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
        if self.passing:
            wait = days(self.model.p.fade_days, self.key, "grievance.fade", self.fadings)
            self.fade_day = self.model.day + wait
        self.fadings += self.passing

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
        if self.passing:
            self.give_up("withdrawn")
        else:
            self.state = "quiet"
            self.act = self.model.day + int(self.model.p.review_days)

    def look_for_answer(self) -> None:
        """Ask whether anything has happened since the claim; if the case was lost, be back at the start."""
        case, p, today = self.case, self.model.p, self.model.day
        in_time = case.handled is not None and case.handled >= self.claimed
        self.learn(self.desk, in_time or case.under_way)
        self.answered = True
        patience = days(p.patience_days, self.key, "claim.patience", self.claims)
        self.act = max(self.claimed + patience, today + 1)
        if case.stage == "lost":
            self.state = "quiet"
            self.start_fading()
            self.act = today + int(p.review_days)

    def patch(self) -> None:
        """Have the roof above the flat made tight at the owner's cost: suffered no more, and no desk has helped."""
        fen = round(100 * self.model.p.patch_cost)
        self.household.purse -= fen
        self.model.outside += fen
        self.model.count("patched")
        self.model.count("patch_fen", fen)
        if self.given_up:
            self.relieve()
            return
        self.model.count("private")
        self.hear_end(False)
        self.aching = False
        self.state = "private"
        self.case = None
        self.act = self.escalation_day = NEVER

    def relapse(self) -> None:
        """Break the agreement: the same household feels the grievance anew, at most fifteen times."""
        self.model.count("relapsed")
        self.agreement.broken = self.model.day
        self.state = "broken"
        self.act = NEVER
        if self.ordinal % 16 < 15:
            self.model.arise(self.household, self.kind, self.bearer, self.other, self.ordinal + 1, self.severity)

    @property
    def over(self) -> bool:
        """Whether nobody suffers from it any more, and nothing is left to happen."""
        return not self.aching and self.act == NEVER

    def let_go(self) -> None:
        """Be on nobody's mind any more."""
        self.household.grievances.remove(self)
        if self.bearer is not self.household:
            self.bearer.grievances.remove(self)

    # -- the desks

    def choose(self) -> str | None:
        """Choose between keeping quiet (None) and the intakes within reach; think again some time later."""
        weights: dict[str | None, float] = {None: self.pull_of_silence()}
        for intake in self.intakes:
            if self.within_reach(intake):
                weights[intake] = self.pull(intake)
        aim = sum(weights.values()) * uniform(self.key, "claim.choice", self.tries)
        self.tries += 1
        self.act = self.model.day + int(self.model.p.review_days)
        reached = 0.0
        for option, weight in weights.items():
            reached += weight
            if aim < reached:
                return option
        return option

    def talked_over(self) -> bool:
        """Talk a quarrel over with a neighbour, if both are known where people meet; return whether it is settled."""
        if self.kind != "neighbour":
            return False
        weaker = min(self.household.tie, self.other.tie)
        agrees = 1 - exp(-self.model.p.tie_calm * (weaker / 10_000))
        if not weaker or not chance(agrees, self.key, "tie.talk", self.tries):
            return False
        self.model.count("made_up")
        self.settle()
        return True

    def pull_of_silence(self) -> float:
        """Return the weight of keeping quiet."""
        return exp(self.model.p.quiet - self.model.p.quiet_severity * (self.severity / 1000))

    def pull(self, intake: str) -> float:
        """Return the weight of an intake."""
        p, home = self.model.p, self.household
        wait = self.model.hotline.wait() if intake == "hotline" else home.compound.desks[intake].wait
        success = p.any_desk + p.b_success * home.belief(self.kind)
        return exp(success - p.b_wait * wait + p.b_trust * home.trust(intake))

    def within_reach(self, intake: str) -> bool:
        """Whether there is such an intake for what it is about."""
        compound = self.household.compound
        if intake == "company":
            return not self.dispute and compound.company.serves
        return intake != "body" or compound.body > 0

    def calls_hotline(self, intake: str) -> bool:
        """Whether it is the hotline that hears it."""
        return intake == "hotline"

    def receiver(self, intake: str) -> Desk:
        """Return the desk that gets a claim; the hotline gives it to the company if it is about a defect."""
        if intake == "hotline":
            intake = "company" if self.within_reach("company") else "community"
        return self.household.compound.desks[intake]

    def claim(self, intake: str) -> None:
        """Voice it at an intake; an answer will be looked for after some time."""
        self.model.count("claimed")
        if self.claims == 0:
            self.model.count("voiced")
        if intake != "hotline" and self.kind != "fee":
            self.model.count(f"claims_{intake}")
        if intake == "hotline":
            self.call()
        self.claims += 1
        self.claimed = self.model.day
        self.desk = intake
        self.answered = False
        self.act = self.model.day + int(self.model.p.answer_days)

    def call(self) -> None:
        """Call the hotline, which tells the body."""
        self.model.count("tickets")
        self.household.compound.inspections.tickets_read += 1

    # -- ends

    def settle(self, confirmed: bool = False) -> None:
        """Be resolved; what two parties have agreed on, perhaps before a court, may not last."""
        self.model.count("settled")
        if self.claims > 0:
            self.model.count("settled_claimed")
        if self.claimant and not self.answered:  # nobody need ask any more
            self.answered = True
            self.learn(self.desk, True)
        self.hear_end(True)
        self.aching = False
        self.state = "settled"
        self.case = None
        self.act = self.fade_day = self.escalation_day = NEVER
        if self.pair:
            self.agreement = Agreement((self.kind, self.bearer.number, self.ordinal), self.model.day)
            self.model.agreements.append(self.agreement)
            self.promise(confirmed)

    def promise(self, confirmed: bool) -> None:
        """Agree to live in peace, which is broken within a year or not at all."""
        p = self.model.p
        rate = p.relapse_rate * p.confirmed_factor if confirmed else p.relapse_rate
        years = exponential(self.key, "agreement.relapse") / rate
        if years < 1:
            self.act = self.model.day + 1 + math.floor(years * YEAR)

    def fail(self) -> None:
        """Lapse because every desk has tried in vain."""
        self.model.count("lapsed")
        self.hear_end(False)
        self.case = None
        self.give_up("lapsed")

    def lapse(self) -> None:
        """Be over because its cause has gone by itself, which teaches nobody anything."""
        self.model.count("lapsed")
        self.aching = False
        self.state = "lapsed"
        self.case = None
        self.act = self.fade_day = self.escalation_day = NEVER

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
        """Leave the case; that of a pair ends with that, what others suffer too stays on the books."""
        if self.case is not None and self.alone:
            self.case.close(stage, stage)
        self.case = None

    def hear_end(self, good: bool) -> None:
        """Let claimants, and no others, learn how it ended."""
        if self.claimant:
            self.learn(self.kind, good)

    def learn(self, topic: str, good: bool) -> None:
        """Learn from an experience."""
        self.household.hear(topic, good)
