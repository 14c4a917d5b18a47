"""Households of pastures: herders, summer campers and workers, and the circles that hear of one another's cases."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from sim.agents import steppe_today as today
from sim.agents.claimants import Claimant
from sim.agents.view import View
from sim.books import FEN
from sim.places import pasture

if TYPE_CHECKING:
    from mesa.discrete_space import Cell

    from sim.agents.sites import WorkSite
    from sim.model import GovernanceModel


class Ground(Enum):
    """The ground on which a household is."""

    WINTER = "winter"
    SUMMER = "summer"


class Resident(Claimant):
    """A household of a pasture; which of the three it is, is the kind of agent."""

    @classmethod
    def listed_as(cls) -> type[View]:
        """All three kinds are listed together, in the order of the rows of households."""
        return Resident

    @classmethod
    def all_of(cls, model: GovernanceModel) -> list[Any]:
        """Make the views of all households, each of its kind; or find those of one kind among them."""
        if cls is not Resident:
            return [view for view in model.views(Resident) if type(view) is cls]
        kinds = {pasture.HERDER: HerderHousehold, pasture.CAMPER: CamperHousehold, pasture.WORKER: WorkerHousehold}
        living = model.world.layout.traits["living"].tolist()
        return [kinds[what](model, row) for row, what in enumerate(living)]

    @property
    def cell(self) -> Cell | None:
        """Cell of the grid on which it is today, none while it is not in the sumu."""
        x, y = self.model.today(today.whereabouts)[self.row].tolist()
        return None if x < 0 else self.model.grid[x, y]

    @property
    def there(self) -> bool:
        """Whether it is in the sumu today."""
        return bool(self.model.today(today.there)[self.row])

    @property
    def km_to(self) -> dict[str, float]:
        """Way from its present ground to each kind of desk, km, the longer the worse the terrain."""
        ways = self.model.today(today.ways)
        return {desk: float(km[self.row]) for desk, km in ways.items()}

    @property
    def purse(self) -> float:
        """Money of the household since the start, yuan; negative for what was paid."""
        return float(self._read("purse") / FEN)

    @property
    def aware(self) -> bool:
        """Whether it knows what law talks tell."""
        return bool(self._read("aware"))

    @property
    def circle(self) -> Circle:
        """The households that hear of one another's cases."""
        return self.model.views(Circle)[self.model.world.layout.up("household", "circle")[self.row]]

    @property
    def sumu(self) -> int:
        """Row of the sumu."""
        return int(self.model.world.layout.up("household", "sumu")[self.row])


class HerderHousehold(Resident):
    """Herders, there all year: on the summer ground from June to October, else in their winter camp."""

    @property
    def ground(self) -> Ground:
        """Ground on which it is today."""
        return Ground.SUMMER if self.model.today(today.on_summer_ground)[self.row] else Ground.WINTER

    @property
    def near(self) -> bool:
        """Whether it is of the fifth of herders nearest to the sumu centre in winter."""
        return bool(self.model.world.layout.traits["near"][self.row])

    @property
    def far(self) -> bool:
        """Whether it is of the fifth of herders farthest from the sumu centre in winter."""
        return bool(self.model.world.layout.traits["far"][self.row])


class CamperHousehold(Resident):
    """A household from elsewhere that camps on the summer ground while herders are there."""


class WorkerHousehold(Resident):
    """The household of a worker of a crew, there while there is work."""

    @property
    def site(self) -> WorkSite:
        """Work site of its crew."""
        from sim.agents.sites import WorkSite

        return self.model.views(WorkSite)[self.model.world.layout.traits["site"][self.row]]


class Circle(View):
    """Households that hear of one another's cases: neighbouring camps, campers, or a crew."""

    of = "circle"

    @property
    def households(self) -> list[Resident]:
        """Its households, also those that are not there today."""
        return self._children("household", Resident)

    @property
    def cell(self) -> Cell | None:
        """Cell on which its first household is today, none while that one is not there."""
        return self.households[0].cell
