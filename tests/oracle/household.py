"""A flat, its owner and whoever lives in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.arrears import Collection
from tests.oracle.clock import UNIT, Clock
from tests.oracle.draws import chance, exp, gamma, normal, uniform
from tests.oracle.evidence import ONE, Evidence
from tests.oracle.kinds import INTAKES, KINDS

if TYPE_CHECKING:
    from tests.oracle.building import Building
    from tests.oracle.grievance import Grievance
    from tests.oracle.world import OracleModel

YEAR = 365
WHOLE = 10_000


class Household(Agent):
    """A dwelling. A vacant one has an owner who may sign, pay and vote, and nobody who can suffer.

    Attributes:
        entrance: all flats of the same entrance, itself among them.
        benefit: what a repaired roof is worth to the owner, over the share; minus infinity for one who never pays.
        grievances: its own that are not over, and the company's against its owner, in the order in which they arose.
        apathetic: whether the owner never votes.
        area: of the flat, hundredths of a square metre.
        pays: the owner pays the property fee, or would if there were a company.
        arrears: fees owed to the company, fen.
        borne: severity-days of own grievances since the burn-in was over, thousandths.
        cell: where on the map the building stands.
        in_need: an elder who lives alone, or cannot cook or get about.
        tie: to people met at shared places, ten-thousandths.
        came: weeks in which somebody came to one, bit 0 = this one.
        tired: of helping, eighths of a turn.
    """

    def __init__(
        self,
        model: OracleModel,
        number: int,
        building: Building,
        entrance: list[Household],
        floor: int,
        top: bool,
        cell: tuple[int, int],
    ) -> None:
        super().__init__(model)
        self.number = number
        self.building = building
        self.compound = building.compound
        self.entrance = entrance
        self.floor = floor
        self.top = top
        self.purse = self.borne = 0
        self.cell = cell
        self.tie = self.came = self.tired = 0
        self.grievances: list[Grievance] = []
        self.evidence = {topic: Evidence() for topic in (*INTAKES, *KINDS)}
        mean, sd = (model.p.benefit_top, model.p.benefit_top_sd) if top else (model.p.benefit, model.p.benefit_sd)
        self.benefit = mean + sd * normal(model.replication_seed, "owner.benefit", number)
        if chance(model.p.never_pay, model.replication_seed, "owner.never_pays", number):
            self.benefit = -math.inf

        seed, p = model.replication_seed, model.p
        self.apathetic = chance(p.apathy, seed, "owner.apathetic", number)
        spread = p.area_spread
        factor = exp(spread * normal(seed, "people.area", number) - spread * spread / 2)
        self.area = round(100 * p.flat_area * factor)
        u = uniform(seed, "people.tenure", number)
        self.tenure = "owner" if u < p.owner_share else "tenant" if u < p.owner_share + p.tenant_share else "vacant"
        self.member = not self.vacant and chance(p.member_share, seed, "people.member", number)
        self.elder = not self.vacant and chance(p.elder_share, seed, "people.elder", number)
        self.in_need = self.elder and chance(p.need_share, seed, "elders.need", number)
        self.connected = not self.vacant and chance(p.connected_share, seed, "people.connected", number)
        self.fee_type = uniform(seed, "fee.type", number)
        self.pays = self.fee_type < (p.fee_start if self.compound.company.serves else p.fee_floor)
        self.arrears = 0
        self.collection = Collection(self)
        self.clock = Clock(model, "quarrel.clock", number)
        self.quarrels_a_day = 0.0
        if not self.vacant:
            frailty = gamma(p.quarrel_frailty, seed, "quarrel.frailty", number) / p.quarrel_frailty
            self.quarrels_a_day = p.quarrel_rate * frailty / YEAR
            self.clock.hazard = int(self.quarrels_a_day * UNIT)

    @property
    def vacant(self) -> bool:
        """Whether nobody lives here."""
        return self.tenure == "vacant"

    # -- shared places

    def meet(self, times: int) -> None:
        """Meet others so many times."""
        missing = float(WHOLE - self.tie)
        for _ in range(times):
            missing = missing * (1 - self.model.p.tie_gain)
        self.tie = WHOLE - round(missing)

    def begin_week(self) -> None:
        """Let a week pass: visits are a week older, the tie fades, and calms quarrels as far as it is left."""
        self.came = self.came << 1 & 255
        if self.tie:
            p = self.model.p
            self.tie = math.floor(self.tie * exp(-0.6931471805599453 * 7 / p.tie_half_life))
            self.clock.hazard = int(self.quarrels_a_day * exp(-p.tie_calm * (self.tie / WHOLE)) * UNIT)

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

    def trust(self, intake: str) -> float:
        """Return the trust in being answered in time by an intake."""
        prior = getattr(self.model.p, f"trust_{intake}")
        return self.evidence[intake].mean(prior, self.model.p.trust_strength)

    def belief(self, kind: str) -> float:
        """Return the believed chance that a claim of this kind succeeds."""
        return self.evidence[kind].mean(self.model.p.belief, self.model.p.trust_strength)
