"""Couriers, who go through the compounds of one community every day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.agents import today
from sim.agents.offices import Mediator
from sim.agents.view import View

if TYPE_CHECKING:
    from mesa.discrete_space import Cell


class Courier(View):
    """A courier; whether they look out on the way is a mechanism's doing."""

    of = "courier"

    @property
    def cell(self) -> Cell:
        """Cell of the grid on which their community has its desk, to which they would report."""
        return self.model.views(Mediator)[self.community].cell

    @property
    def community(self) -> int:
        """Row of the community whose compounds they go through."""
        return int(self.model.world.layout.up("courier", "community")[self.row])

    @property
    def compounds(self) -> list[int]:
        """Rows of the compounds they may come to."""
        return self.model.views(Mediator)[self.community].compounds

    @property
    def enrolled(self) -> bool:
        """Whether they look out and may report what they notice."""
        return bool(self.model.today(today.enrolled)[self.row])

    @property
    def trust(self) -> float:
        """Their trust, 0 to 1, that a report will be answered."""
        return float(self.model.today(today.couriers_trust)[self.row])

    @property
    def answered(self) -> int:
        """Times they were answered in time, or helped at a rest station."""
        return int(self._read("courier_good"))

    @property
    def ignored(self) -> int:
        """Times they were not answered in time."""
        return int(self._read("courier_bad"))
