"""Renewals: the body talks with the company, asks for repairs, and lets the owners vote on the contract."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.oracle.draws import bits, chance, exp, logistic, uniform
from tests.oracle.motion import MOTIONS, Motion
from tests.oracle.repair import Repair

if TYPE_CHECKING:
    from tests.oracle.compound import Compound

YEAR = 365
QUARTER = 91


class Renewals:
    """The talks of a compound's body with the company about its contract.

    Attributes:
        talks: rounds of talks so far.
        talked: day on which talks last came to an end.
        recoup: what the company takes back a quarter of what it conceded, fen.
        quarters: on how many more quarter days it does so.
        motion: the ballot on the company, if one is held.
        up: whether the contract could be talked about when the week began, and no ballot has followed.
    """

    def __init__(self, compound: Compound) -> None:
        self.compound, self.model = compound, compound.model
        self.company = compound.company
        self.talks = 0
        self.recoup = self.quarters = 0
        self.motion: Motion | None = None
        self.up = False
        u = uniform(self.model.replication_seed, "renewal.talked", compound.number)
        self.talked = self.model.day - math.floor(u * self.model.p.talk_pause_days)

    # -- talks

    def comes_up(self) -> bool:
        """Whether there is something to talk about, by somebody or by nobody."""
        company, p, today = self.company, self.model.p, self.model.day
        if company.leaving or self.motion is not None:
            return False
        if company.contract == "fixed":
            return company.end - today <= p.window_days
        return company.contract != "none" and today - self.talked >= p.talk_pause_days

    def able(self) -> bool:
        """Whether there is a body, and not one that has been bought."""
        return self.compound.body > 0 and not self.compound.capture.captured

    def talk(self) -> None:
        """Hold a round of talks if there is time; the last one brings the demands and the ballot."""
        was_up, self.up = self.up, self.comes_up()
        if self.up and not (was_up and self.model.day != 0):
            self.model.count("came_up")
        if not (self.up and self.able()):
            self.talks = 0
        elif self.compound.spend("talks", self.model.p.talk_hours):
            self.model.count("talks")
            self.talks += 1
            if self.talks >= self.model.p.talk_rounds:
                self.conclude()

    def conclude(self) -> None:
        """Ask for repairs; then ask the owners to renew the contract, or, displeased and resolved, to end it."""
        model, number = self.model, self.compound.number
        self.talks = 0
        self.talked = model.day
        self.up = False
        refused = self.demand()
        seems_bad = self.company.seems_bad(self.company.effort)
        seed = model.replication_seed
        displeased = refused or chance(seems_bad, seed, "renewal.displeased", number, model.day)
        resolved = chance(self.compound.resolve, seed, "renewal.resolved", number, model.day)
        kind = "replace" if displeased and resolved else "renew"
        model.count("renewals")
        if kind == "replace":
            model.count("replacements")
        key = bits(seed, "motion", MOTIONS.index(kind), number, model.day)
        self.motion = Motion(kind, key, self.compound, self.compound.desks["body"], self.compound.flats)

    def demand(self) -> bool:
        """Ask the company for what is dear and does not get on, the gravest first; return whether it refuses."""
        wanted = [case for case in self.compound.cases.values() if isinstance(case, Repair)]
        wanted = [case for case in wanted if not case.minor and case.stage in ("waiting", "approval", "shelved")]
        limit, total = self.value() * self.leverage(), 0
        self.recoup = 0
        self.quarters = max(round(self.model.p.term_years * YEAR / QUARTER), 1)
        for case in sorted(wanted, key=lambda case: (-case.severity, case.opened)):
            own = round(self.model.p.own_cost * case.cost_now())
            total += own
            if total <= limit:
                case.be_conceded(own)
                self.recoup += round(self.model.p.recouped * own / self.quarters)
        return total > limit

    def value(self) -> float:
        """Return what the contract is worth to the company, fen."""
        p = self.model.p
        return 4 * max(self.company.earned, 0) / (1 - p.discount * (1 - p.relation_loss))

    def leverage(self) -> float:
        """Return the chance that the company would be replaced."""
        p, compound = self.model.p, self.compound
        doors = compound.aside["doors"] / (60 * p.door_hours) * p.ballot_days / 7
        visited = min(doors * p.at_home / len(compound.flats), 1.0)
        unaware = exp(-p.ballot_days / p.consider_days) * (1 - visited)
        turnout = (1 - p.apathy) * (1 - unaware)
        quorum = 1.0 if p.silence_counts else logistic((turnout - 2 / 3) / p.forecast_error)
        majority = logistic((0.5 - self.company.satisfaction) / p.forecast_error)
        return compound.resolve * quorum * majority * p.substitute

    # -- the vote

    def count(self) -> None:
        """Count; a contract is renewed, or another company stands ready if one can be had."""
        passed = None if self.motion is None else self.motion.outcome()
        if passed is None:
            return
        kind = self.motion.kind
        self.motion.close()
        self.motion = None
        company, model = self.company, self.model
        if not passed or not company.serves or company.leaving:
            return
        if kind == "renew":
            company.renew()
            model.count("renewed")
        elif chance(model.p.substitute, model.replication_seed, "renewal.substitute", self.compound.number, model.day):
            company.notice()
            company.successor = True
            model.count("replaced")

    # -- every quarter

    def take_back(self) -> None:
        """Let the company take back, out of public income, a part of what it has conceded, until a term is over."""
        due, self.quarters = self.quarters > 0, self.quarters - 1
        if due and self.company.serves:
            fen = min(self.recoup, max(self.compound.public, 0))
            self.compound.public -= fen
            self.company.till += fen
            self.model.count("recouped_fen", fen)

    def fear(self) -> None:
        """Let the company see how far its contract is in danger within a year."""
        company = self.company
        near = company.end - self.model.day <= YEAR or company.contract in ("holdover", "developer")
        watched = near and self.compound.aside["talks"] > 0 and self.able()
        company.threat = self.leverage() if watched else 0.0
