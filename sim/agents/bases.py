"""Bases, where chicks are brooded and birds range, and the plants that some have."""

from __future__ import annotations

from sim.agents import village_today as today
from sim.agents.collectives import Collective
from sim.agents.view import View
from sim.agents.yards import VillageHousehold
from sim.books import FEN


class Base(View):
    """A base that serves a village, or, joint, two."""

    of = "base"

    @property
    def joint(self) -> bool:
        """Whether it is the joint base of two villages."""
        return bool(self.model.world.layout.traits["base_village"][self.row] < 0)

    @property
    def capital(self) -> float:
        """Its money that is not lent to households, yuan."""
        return float(self._read("capital") / FEN)

    @property
    def lent(self) -> float:
        """What households owe it, yuan."""
        return float(self.model.today(today.lent)[self.row])

    @property
    def woodland(self) -> float:
        """Woodland on which its birds range, mu."""
        return float(self.model.today(today.woodland_of_bases)[self.row])

    @property
    def rooms(self) -> float:
        """Rooms in which chicks are brooded, without what is let and what its plant takes, m2."""
        return float(self.model.today(today.rooms_of_bases)[self.row])

    @property
    def let_rooms(self) -> float:
        """Rooms let to the enterprise, m2."""
        return float(self._read("let_rooms"))

    @property
    def capacity(self) -> int:
        """Birds that it holds at a time."""
        return int(self.model.today(today.capacity)[self.row])

    @property
    def birds(self) -> int:
        """Birds that it has out in yards or keeps itself."""
        return int(self.model.today(today.standing)[self.row])

    @property
    def own_birds(self) -> int:
        """Birds of its own flock, as placed."""
        return int(self._read("own_birds"))

    @property
    def sold_this_year(self) -> int:
        """Birds from it sold this year."""
        return int(self._read("year_sold"))

    @property
    def plant(self) -> Plant | None:
        """Its plant, if it has one."""
        return self.model.views(Plant)[self.row] if self._read("plant") else None

    @property
    def collectives(self) -> list[Collective]:
        """Collectives that it serves now."""
        serves = self.model.world.base_of[0].tolist()
        return [one for one in self.model.views(Collective) if serves[one.row] == self.row]

    @property
    def township(self) -> int:
        """Row of the township."""
        return int(self.model.world.layout.up("base", "township")[self.row])


class Plant(View):
    """The plant of a base: idle rooms in which feed is milled and birds are sorted and packed."""

    of = "base"

    @property
    def base(self) -> Base:
        """The base to which it belongs."""
        return self.model.views(Base)[self.row]

    @property
    def hand(self) -> VillageHousehold:
        """The household that is given work there."""
        return self.model.views(VillageHousehold)[self._read("plant_hand")]
