"""What a household of a village falls out over, with whom, and what it hears of others' disputes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tests.oracle.clock import UNIT, Clock
from tests.oracle.draws import chance, gamma, uniform
from tests.oracle.evidence import ONE, Evidence
from tests.oracle.hearing import TABLES

if TYPE_CHECKING:
    from tests.oracle.countryside import Countryside

TOPICS = ("neighbour", "contract", "sharing")
YEAR = 365


class Villager:
    """The household as a party to disputes; the rest of it is `tests.oracle.yard.Yard`."""

    world: Countryside
    number: int
    team: Any
    village: Any
    keeps: bool
    large: bool
    back: int | None
    barred: int | None

    def settle_in(self) -> None:
        """Have clocks, acquaintances and no experience."""
        world = self.world
        shape = world.p["villager_frailty"]
        self.frailty = gamma(shape, world.seed, "villagers.frailty", self.number) / shape
        self.connected = chance(world.p["villagers_connected"], world.seed, "villagers.connected", self.number)
        model: Any = world
        self.quarrels = Clock(model, "villagers.clock", self.number)
        self.quarrels.hazard = int(world.p["villager_rate"] * self.frailty / YEAR * UNIT)
        self.shares = Clock(model, "sharing.clock", self.number)
        self.dealings = self.owed = 0
        self.evidence = {topic: Evidence() for topic in (*TABLES, *TOPICS)}

    def look_ahead(self) -> None:
        """See how likely this week is to wrong a member."""
        p = self.world.p
        rate = p["sharing_rate"] + p["unfair_rate"] * (self.village.unfairness() / 0.1)
        rate = rate + p["missed_rate"] * self.village.missed()
        self.shares.hazard = int(rate / YEAR * self.frailty * UNIT)

    def quarrel(self) -> None:
        """Feel wronged by another household of the team, if there is one."""
        mates = self.team.yards
        if len(mates) > 1:
            u = uniform(self.world.seed, "villagers.other", self.number, self.quarrels.rings)
            other = mates[(mates.index(self) + 1 + math.floor(u * (len(mates) - 1))) % len(mates)]
            self.world.arise(self, "neighbour", other, 16 * self.quarrels.rings)

    def feel_short(self) -> None:
        """Feel wronged by the collective."""
        self.world.arise(self, "sharing", None, 16 * self.shares.rings)

    def be_wronged(self, owed: int) -> None:
        """Be wronged by the enterprise, which may owe something for it."""
        self.dealings += 1
        self.owed += owed
        self.world.count("contract_due_fen", owed)
        self.world.arise(self, "contract", None, 16 * self.dealings)

    def leave_in_anger(self) -> None:
        """Give up birds, if it keeps any."""
        if self.keeps:
            self.keeps = False
            self.back = self.world.day + int(self.world.p["exit_days"])
            self.world.count("left_in_anger")
            self.world.count("left_large", int(self.large))

    def be_paid(self) -> None:
        """Have what the enterprise owes."""
        fen, world = self.owed, self.world
        self.village.township.till -= fen
        self.purse += fen
        self.earned += fen
        self.this_year += fen
        self.owed = 0
        for flow, amount in (("contract_paid_fen", fen), ("farm_fen", fen), ("firm_fen", -fen)):
            world.count(flow, amount)

    def hear(self, topic: str, good: bool) -> None:
        """Learn from an experience of one's own, and let the team hear of it."""
        for mate in self.team.yards:
            weight = ONE if mate is self else round(self.world.p["hearsay"] * ONE)
            mate.evidence[topic].add(good, weight)

    purse: int
    earned: int
    this_year: int
