"""Townships, which broker alliances, and the enterprises that buy birds there."""

from __future__ import annotations

import numpy as np

from sim.agents.bases import Base
from sim.agents.collectives import Collective
from sim.agents.view import Desk, View
from sim.books import FEN
from sim.cases import NEVER
from sim.places.village import JUSTICE


class Township(View):
    """A township with its villages: what it asks of them, and how far they have come with an alliance."""

    of = "township"

    @property
    def allied(self) -> bool:
        """Whether the two home villages are allied."""
        return bool(self._read("allied"))

    @property
    def share(self) -> float | None:
        """Share of the village with money in what is earned together, none where they are not allied."""
        return float(self._read("share_held")) if self.allied else None

    @property
    def share_offered(self) -> float | None:
        """Share of the village with money that is offered for pooling, none where nothing is."""
        share = float(self._read("pool_share"))
        return None if share < 0 else share

    @property
    def days_allied(self) -> int | None:
        """Days since the alliance was signed, none where there is none."""
        signed = self._read("signed_day")
        return self.model.day - signed if self.allied and signed > -NEVER else None

    @property
    def summons(self) -> bool:
        """Whether it calls both sides to the table."""
        return bool(self._read("summoned"))

    @property
    def integration(self) -> float:
        """Degree of integration of the two branches, 0 to 1."""
        return float(self._read("integration"))

    @property
    def rounds(self) -> int:
        """Rounds of talks called so far."""
        return int(self._read("meetings"))

    @property
    def collectives(self) -> list[Collective]:
        """Collectives of its villages."""
        return self._children("village", Collective)

    @property
    def joint_base(self) -> Base | None:
        """The joint base, while the villages are allied."""
        return (
            self.model.views(Base)[self.model.world.layout.traits["township_joint"][self.row]] if self.allied else None
        )

    @property
    def justice(self) -> TownshipJustice:
        """Its justice office."""
        return self.model.views(TownshipJustice)[self.row]

    @property
    def enterprise(self) -> Enterprise | None:
        """The enterprise within reach, none after one has failed and until another comes."""
        return self.model.views(Enterprise)[self.row] if self._read("firm") else None


class TownshipJustice(Desk):
    """The justice office of a township, above the mediators of its villages."""

    of = "township"
    kind_of_desk = JUSTICE

    @property
    def township(self) -> int:
        """Row of the township."""
        return self.row


class Enterprise(View):
    """The enterprise that buys birds back at a floor price in a township, while there is one."""

    of = "township"

    @property
    def till(self) -> float:
        """What it has made since it came, yuan."""
        return float(self._read("till_firm") / FEN)

    @property
    def rooms(self) -> float:
        """Rooms that it rents at bases of the township, m2."""
        w = self.model.world
        return float(np.sum(w.let_rooms[0][w.layout.up("base", "township") == self.row]))

    @property
    def township(self) -> int:
        """Row of the township."""
        return self.row
