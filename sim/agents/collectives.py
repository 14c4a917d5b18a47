"""Collectives of villages, their party branches, and the members who coach."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from sim.agents import village_today as today
from sim.agents.view import Desk, View
from sim.agents.yards import Team, VillageHousehold
from sim.books import FEN
from sim.places import village

if TYPE_CHECKING:
    from sim.agents.bases import Base


class Role(Enum):
    """What a village brings."""

    MONEY = village.MONEY
    LAND = village.LAND
    AROUND = village.AROUND


class Collective(View):
    """The collective of a village: what its households own together."""

    of = "village"

    @property
    def role(self) -> Role:
        """Whether it is the village with money, the one with land, or one of those around."""
        return Role(self.model.world.layout.traits["village_role"][self.row])

    @property
    def capital(self) -> float:
        """What it has put to work, gains kept among it, yuan."""
        return float(self._read("contributed") / FEN)

    @property
    def treasury(self) -> float:
        """What it has gained and neither paid out nor put to work, yuan."""
        return float(self._read("treasury") / FEN)

    @property
    def gain(self) -> float:
        """What it has gained this year, yuan."""
        return float(self._read("year_gain") / FEN)

    @property
    def dividend(self) -> float:
        """Dividend of the last year, yuan a household."""
        return float(self._read("paid_out") / FEN)

    @property
    def woodland(self) -> float:
        """Its woodland, mu."""
        return float(self._read("woodland"))

    @property
    def rooms(self) -> float:
        """Its idle buildings, m2."""
        return float(self._read("rooms"))

    @property
    def project(self) -> bool:
        """Whether it knows of a project and runs a base."""
        return bool(self._read("project"))

    @property
    def base(self) -> Base | None:
        """The base that serves the village, none where there is none."""
        from sim.agents.bases import Base

        row = self._read("base_of")
        return None if row < 0 else self.model.views(Base)[row]

    @property
    def branch(self) -> VillageBranch:
        """Its party branch."""
        return self.model.views(VillageBranch)[self.row]

    @property
    def mediator(self) -> VillageMediator:
        """Its mediator."""
        return self.model.views(VillageMediator)[self.row]

    @property
    def teams(self) -> list[Team]:
        """Teams of the village."""
        return self._children("team", Team)

    @property
    def households(self) -> list[VillageHousehold]:
        """Households of the village."""
        return self._children("yard", VillageHousehold)

    @property
    def township(self) -> int:
        """Row of the township."""
        return int(self.model.world.layout.up("village", "township")[self.row])


class VillageBranch(View):
    """The party branch of a village, with so many hours a week for the base."""

    of = "village"

    @property
    def hours(self) -> float:
        """Hours a week that it has for the base."""
        return float(self._read("branch_minutes") / 60)

    @property
    def hours_by_use(self) -> dict[str, float]:
        """What of them goes where: meeting, call, show, contract, supply, ask (households round), and table.

        The last is what it sat at tables with members who feel wronged.
        """
        found = self.model.today(today.hours_by_use)
        return {use: float(hours[self.row]) for use, hours in found.items()}

    @property
    def village(self) -> int:
        """Row of the village."""
        return self.row


class VillageMediator(Desk):
    """The mediator of a village."""

    of = "village"
    kind_of_desk = village.MEDIATOR

    @property
    def village(self) -> int:
        """Row of the village."""
        return self.row


class Coaches(View):
    """Members with large flocks who coach the other households of their village, where they do."""

    of = "village"

    @property
    def hours(self) -> float:
        """Hours a week that they give, out of hours of their own."""
        return float(self._read("coach_minutes") / 60)

    @property
    def village(self) -> int:
        """Row of the village."""
        return self.row
