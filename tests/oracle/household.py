"""A flat, its owner and whoever lives in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.clock import Clock
from tests.oracle.draws import chance, days, exp, gamma, normal, uniform
from tests.oracle.evidence import ONE, Evidence

if TYPE_CHECKING:
    from tests.oracle.building import Building
    from tests.oracle.case import Repair
    from tests.oracle.world import OracleModel

UNIT = 2**40
YEAR = 365
LONGEST_ROUND = 512


class Household(Agent):
    """A dwelling. A vacant one has an owner who may sign and pay, and nobody who can suffer.

    Attributes:
        entrance: all flats of the same entrance, itself among them.
        benefit: what a repaired roof is worth to the owner, over the share; minus infinity for one who never pays.
        needs: share of the building that must have signed before the owner signs; None = never signs.
        pays: the owner pays the property fee, or would if there were a company.
        arrears: fees owed to the company, fen.
        thinks: day on which the owner next thinks about the share asked of them, if any.
    """

    def __init__(
        self, model: OracleModel, number: int, building: Building, entrance: list[Household], floor: int, top: bool
    ) -> None:
        super().__init__(model)
        self.number = number
        self.building = building
        self.compound = building.compound
        self.entrance = entrance
        self.floor = floor
        self.top = top
        self.purse = 0
        self.evidence = {topic: Evidence() for topic in ("body", "community", "roof", "neighbour")}
        mean, sd = (model.p.benefit_top, model.p.benefit_top_sd) if top else (model.p.benefit, model.p.benefit_sd)
        self.benefit = mean + sd * normal(model.replication_seed, "owner.benefit", number)
        if chance(model.p.never_pay, model.replication_seed, "owner.never_pays", number):
            self.benefit = -math.inf
        self.signed = False
        self.needs: float | None = 0.0
        self.thinks: int | None = None

        seed, p = model.replication_seed, model.p
        u = uniform(seed, "people.tenure", number)
        self.tenure = "owner" if u < p.owner_share else "tenant" if u < p.owner_share + p.tenant_share else "vacant"
        self.member = not self.vacant and chance(p.member_share, seed, "people.member", number)
        spread, z = p.area_spread, normal(seed, "people.area", number)
        self.area = round(100 * p.flat_area * exp(spread * z - spread * spread / 2))
        self.fee_type = uniform(seed, "fee.type", number)
        self.pays = self.fee_type < (p.fee_start if self.compound.management.there else p.fee_floor)
        self.arrears = 0
        self.clock = Clock(model, "quarrel.clock", number)
        if not self.vacant:
            frailty = gamma(p.quarrel_frailty, seed, "quarrel.frailty", number) / p.quarrel_frailty
            self.clock.hazard = int(p.quarrel_rate * frailty / YEAR * UNIT)

    @property
    def vacant(self) -> bool:
        """Whether nobody lives here."""
        return self.tenure == "vacant"

    # -- quarrels

    def quarrel(self) -> None:
        """Feel wronged by a neighbour of the entrance, if there is one."""
        other = self.other_party()
        if other is not None:
            severity = round(1000 * self.model.p.quarrel_severity)
            self.model.arise(self, "neighbour", self, other, 16 * self.clock.rings, severity)

    def other_party(self) -> Household | None:
        """Draw a flat of the entrance other than this one; if nobody lives there, take the next inhabited one."""
        size = len(self.entrance)
        u = uniform(self.model.replication_seed, "quarrel.other", self.number, self.clock.rings)
        start = self.entrance.index(self) + 1 + math.floor(u * (size - 1))
        for step in range(size):
            other = self.entrance[(start + step) % size]
            if other is not self and not other.vacant:
                return other
        return None

    # -- learning

    def hear(self, topic: str, good: bool) -> None:
        """Learn from an experience of one's own; everybody else of the entrance hears of it, at a discount."""
        for mate in self.entrance:
            weight = ONE if mate is self else round(self.model.p.hearsay * ONE)
            mate.evidence[topic].add(good, weight)

    def trust(self, desk: str) -> float:
        """Return the trust in being answered in time by a kind of desk."""
        prior = self.model.p.trust_body if desk == "body" else self.model.p.trust_community
        return self.evidence[desk].mean(prior, self.model.p.trust_strength)

    def belief(self, kind: str) -> float:
        """Return the believed chance that a claim of this kind succeeds."""
        return self.evidence[kind].mean(self.model.p.belief, self.model.p.trust_strength)

    # -- shares

    def be_asked(self, repair: Repair) -> None:
        """Make up one's mind on how many others must have signed, and take time to think about it."""
        p = self.model.p
        short = 1 - self.benefit - p.share_trust * (self.trust(repair.organiser.kind) - 0.5)
        self.signed = False
        self.thinks = None
        self.needs = None if short > p.social_proof else short / p.social_proof
        if self.leads(repair):
            self.sign()
        elif self.needs is not None:
            self.think_later(repair)

    def leads(self, repair: Repair) -> bool:
        """Whether the owner is a member who lives here, is called on and signs before the others."""
        p = self.model.p
        if not (self.member and self.tenure == "owner" and self.compound.spend("calls", p.door_hours)):
            return False
        return chance(p.member_leads, repair.key, "share.member_leads", self.number, repair.rounds)

    def decide(self, have_signed: float) -> bool:
        """Sign if enough others have; return whether."""
        if self.needs is None or have_signed < self.needs:
            return False
        self.sign()
        return True

    def sign(self) -> None:
        """Sign and pay one's share."""
        house = self.building
        self.signed = True
        house.signers += 1
        self.purse -= house.share
        house.escrow += house.share
        self.model.count("signed_shares")

    def think_later(self, repair: Repair) -> None:
        """Think about it again after a while, unless the round is over by then."""
        p, today = self.model.p, self.model.day
        nth = repair.rounds * LONGEST_ROUND + today - repair.started
        day = today + days(p.consider_days, repair.key, "share.consider", self.number, nth)
        self.thinks = day if day < repair.started + p.signing_days else None
