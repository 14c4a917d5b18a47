"""A clock of trouble: it rings when the hazard lived through has used up a keyed threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.draws import threshold

if TYPE_CHECKING:
    from tests.oracle.world import OracleModel

UNIT = 2**40
"""Parts of one unit of hazard."""


class Clock:
    """A unit-rate clock of one bearer.

    Attributes:
        left: hazard left until it rings, `UNIT` to one unit of hazard.
        hazard: what a day takes off.
        rings: how often it has rung.
    """

    def __init__(self, model: OracleModel, name: str, bearer: int) -> None:
        self.model = model
        self.name = name
        self.bearer = bearer
        self.rings = 0
        self.hazard = 0
        self.draw()

    def draw(self) -> None:
        """Draw the threshold of the next ring."""
        self.left = threshold(self.model.replication_seed, self.name, self.bearer, self.rings)

    def tick(self) -> bool:
        """Live one day; return whether the clock rings, after which the next threshold stands."""
        self.left -= self.hazard
        if self.left > 0:
            return False
        self.rings += 1
        self.draw()
        return True
