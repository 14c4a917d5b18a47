"""The hub of a community: canteen, rooms, clinic and events, where a mechanism has opened any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.agents import today
from sim.agents.offices import Mediator
from sim.agents.view import View
from sim.books import FEN

if TYPE_CHECKING:
    from mesa.discrete_space import Cell


class Hub(View):
    """The shared places of a community; it is there as long as it has seats, or hours of its mediators."""

    of = "community"

    @property
    def cell(self) -> Cell:
        """Cell of the grid on which it stands, the community's."""
        return self.model.views(Mediator)[self.row].cell

    @property
    def seats(self) -> int:
        """Seats of the canteen, at each of three meals a day."""
        return int(self._read("canteen_seats"))

    @property
    def meal_fund(self) -> float:
        """Public money that is left for meals, yuan."""
        return float(self._read("meal_fund") / FEN)

    @property
    def hours(self) -> float:
        """Hours a week that the community's mediators give to it."""
        return float(self.model.today(today.hosting_minutes)[self.row] / 60)

    @property
    def guests(self) -> int:
        """Households of whom somebody has come this week so far."""
        return int(self.model.today(today.guests)[self.row])
