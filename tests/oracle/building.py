"""A building: its flats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import Agent

if TYPE_CHECKING:
    from tests.oracle.compound import Compound
    from tests.oracle.household import Household
    from tests.oracle.world import OracleModel


class Building(Agent):
    """A building of a compound."""

    def __init__(self, model: OracleModel, number: int, compound: Compound) -> None:
        super().__init__(model)
        self.number = number
        self.compound = compound
        self.flats: list[Household] = []
