"""Households of villages, with their yards, and the teams of neighbours who see them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from sim.agents.claimants import Claimant
from sim.agents.view import View
from sim.books import FEN
from sim.rules import birds

if TYPE_CHECKING:
    from sim.agents.bases import Base
    from sim.agents.collectives import Collective


class Keeping(Enum):
    """How a yard keeps its birds."""

    IDLE = birds.IDLE
    ALONE = birds.ALONE
    SPOT = birds.SPOT
    CONTRACT = birds.CONTRACT


class VillageHousehold(Claimant):
    """A household of a village with its yard: in it birds, or none."""

    of = "yard"

    @property
    def household(self) -> int:
        """Row of the household among those of the world."""
        return int(self.model.world.layout.traits["yard_household"][self.row])

    @property
    def member(self) -> bool:
        """Whether a party member lives in the household."""
        return bool(self._read("farm_member"))

    @property
    def purse(self) -> float:
        """Money of the household since the start, yuan; negative for what was paid."""
        return float(self.model.world.purse[0, self.household] / FEN)

    @property
    def income(self) -> float:
        """What the household earns a year without birds, yuan."""
        return float(self._read("income") / FEN)

    @property
    def hour_worth(self) -> float:
        """Worth of an hour of the household, yuan."""
        return float(self._read("hour_worth"))

    @property
    def risk_aversion(self) -> float:
        """Relative risk aversion (CRRA)."""
        return float(self._read("risk_aversion"))

    @property
    def flock(self) -> int:
        """Birds in the yard, as placed."""
        return int(self._read("birds"))

    @property
    def flock_wish(self) -> int:
        """Birds that the household would keep at a base."""
        return int(self._read("flock_wish"))

    @property
    def keeping(self) -> Keeping:
        """How it keeps its birds: not at all, alone, at a base for the market, or under contract."""
        return Keeping(self._read("mode"))

    @property
    def in_trade(self) -> bool:
        """Whether the household is in the trade, with birds or between batches."""
        return bool(self._read("keeps"))

    @property
    def adopted(self) -> bool:
        """Whether it has placed chicks from a base at least once."""
        return bool(self._read("adopted"))

    @property
    def days_to_sale(self) -> int | None:
        """Days until the batch is sold, none where there is no batch."""
        return self._days_until("batch_end")

    @property
    def batches(self) -> int:
        """Batches sold so far."""
        return int(self._read("yard_batches"))

    @property
    def skill(self) -> float:
        """What it has learnt of keeping birds, 0 to 1."""
        return float(self._read("skill"))

    @property
    def bird_belief(self) -> float:
        """What a bird is believed to leave at the usual price, yuan."""
        return float(self._read("belief_mean"))

    @property
    def bird_belief_sd(self) -> float:
        """How unsure it is of that, as a standard deviation, yuan."""
        return float(self._read("belief_precision") ** -0.5)

    @property
    def loan(self) -> float:
        """What it owes the base for inputs, yuan: a claim, not money."""
        return float(self._read("loan") / FEN)

    @property
    def owed(self) -> float:
        """What the enterprise owes it by contracts, yuan: a claim, not money."""
        return float(self._read("dealing_owed") / FEN)

    @property
    def farm_income(self) -> float:
        """What birds have earned it since the start, yuan."""
        return float(self._read("farm_income") / FEN)

    @property
    def wages(self) -> float:
        """Wages from bases and plants since the start, yuan."""
        return float(self._read("wage_income") / FEN)

    @property
    def dividends(self) -> float:
        """Dividends since the start, yuan."""
        return float(self._read("dividend_income") / FEN)

    @property
    def model_household(self) -> bool:
        """Whether it is a member household that began when called on."""
        return bool(self._read("model_household"))

    @property
    def barred(self) -> bool:
        """Whether no contract is offered to it, for it was caught selling elsewhere."""
        return bool(self._read("barred_day") > self.model.day)

    @property
    def base(self) -> Base | None:
        """Base from which its birds come, none where it has none or keeps them alone."""
        from sim.agents.bases import Base

        row = self._read("yard_base")
        return None if row < 0 else self.model.views(Base)[row]

    @property
    def team(self) -> Team:
        """Its team of neighbours."""
        return self.model.views(Team)[self.model.world.layout.up("yard", "team")[self.row]]

    @property
    def collective(self) -> Collective:
        """The collective of its village."""
        from sim.agents.collectives import Collective

        return self.model.views(Collective)[self.village]

    @property
    def village(self) -> int:
        """Row of the village."""
        return int(self.model.world.layout.up("yard", "village")[self.row])


class Team(View):
    """A villagers' group of neighbours who see one another's yards."""

    of = "team"

    @property
    def households(self) -> list[VillageHousehold]:
        """Households of the team."""
        return self._children("yard", VillageHousehold)

    @property
    def shown(self) -> bool:
        """Whether the team has just been shown the yards of model households."""
        return bool(self._read("shown"))

    @property
    def village(self) -> int:
        """Row of the village."""
        return int(self.model.world.layout.up("team", "village")[self.row])
