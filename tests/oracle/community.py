"""A community: what its mediators owe to other things than cases, and what a policy may touch there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.commons import Commons
from tests.oracle.draws import bits

if TYPE_CHECKING:
    from tests.oracle.compound import Compound
    from tests.oracle.courier import Courier
    from tests.oracle.desk import Desk
    from tests.oracle.world import OracleModel

CHORES = ("reports", "rest")
"""What time is owed to, in the order in which it is given."""


class Community(Agent):
    """Some compounds, the desk of their mediators, and the couriers who go about there.

    Attributes:
        owed: minutes owed, by chore.
        time: minutes of the coming week set aside, by chore.
    """

    def __init__(self, model: OracleModel, number: int, desk: Desk, cell: tuple[int, int]) -> None:
        super().__init__(model)
        self.number = number
        self.desk = desk
        self.compounds: list[Compound] = []
        self.couriers: list[Courier] = []
        self.owed = dict.fromkeys(CHORES, 0)
        self.time = dict.fromkeys(CHORES, 0)
        self.commons = Commons(self, cell)
        self.reset_levers()

    def reset_levers(self) -> None:
        """Set everything that a policy may touch to what it is without one."""
        self.extra_minutes = 0
        self.couriers_share = 0.0
        self.couriers_answered = 0
        self.rest_stations = 0
        self.commons.reset_levers()

    def owe(self, chore: str, hours: float) -> None:
        """Owe so much time."""
        self.owed[chore] += round(60 * hours)

    def listen(self) -> None:
        """Hear couriers' own troubles at the rest station, as far as the desk's week reaches beside what is owed."""
        seed, week = self.model.replication_seed, self.model.day // 7
        troubled = [courier for courier in self.couriers if courier.is_troubled()] if self.rest_stations else []
        troubled.sort(key=lambda courier: bits(seed, "rest.first", courier.number, week) >> 24)
        for courier in troubled:
            heard = sum(self.owed.values()) + round(60 * self.model.p.rest_hours) <= self.desk.minutes
            if heard:
                self.owe("rest", self.model.p.rest_hours)
                courier.fresh = self.model.day
            self.model.count("couriers_helped" if heard else "couriers_unheard")
            courier.learn(heard)

    def staff(self) -> None:
        """Give the desk what is left of the week's minutes when what is owed is set aside."""
        p, flats = self.model.p, sum(len(compound.flats) for compound in self.compounds)
        left = round(p.community_hours * 60 * flats / 300) + self.extra_minutes
        for chore in CHORES:
            self.time[chore] = min(self.owed[chore], left)
            left -= self.time[chore]
        self.desk.minutes = self.commons.give(left)

    def give(self) -> None:
        """Give the time set aside."""
        for chore in CHORES:
            self.owed[chore] -= self.time[chore]
            self.model.count(f"minutes_{chore}", self.time[chore])
            self.time[chore] = 0
        self.commons.begin_week()
