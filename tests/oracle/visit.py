"""Visits: whoever keeps the compound's matters goes from door to door and asks what is the matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.draws import chance

if TYPE_CHECKING:
    from tests.oracle.compound import Compound
    from tests.oracle.household import Household


class Rounds:
    """The round of a compound.

    Attributes:
        visited: doors knocked on so far, round after round.
    """

    def __init__(self, compound: Compound) -> None:
        self.compound, self.model = compound, compound.model
        self.visited = 0

    def go(self) -> None:
        """Go on with the round as far as the time goes, to no door twice."""
        p, flats = self.model.p, self.compound.flats
        for _ in flats:
            if not self.compound.spend("rounds", p.door_hours):
                break
            flat, nth = flats[self.visited % len(flats)], self.visited
            self.visited += 1
            self.model.count("visits")
            if chance(p.at_home, self.model.replication_seed, "visit.at_home", flat.number, nth):
                self.listen(flat)

    def listen(self, flat: Household) -> None:
        """Let those who live there say what they have told no desk; they decide on it today."""
        for grievance in flat.grievances:
            unvoiced = grievance.aching and grievance.state in ("latent", "quiet")
            if unvoiced and grievance.kind != "fee":
                if grievance.state == "latent":
                    self.model.count("named")
                grievance.state = "quiet"
                grievance.act = self.model.day
                self.model.count("surfaced")
