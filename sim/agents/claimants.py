"""Households that may suffer, trust offices and claim, wherever they live."""

from __future__ import annotations

from sim import places
from sim.agents import today
from sim.agents.view import View
from sim.rules import trust


class Claimant(View):
    """A household with grievances, trust in desks and beliefs, in a compound, in a village or on the steppe."""

    of = "household"

    @property
    def household(self) -> int:
        """Row of the household among those of the world."""
        return self.row

    @property
    def connected(self) -> bool:
        """Whether the people of the household are close to cadres."""
        return bool(self.model.world.connected[0, self.household])

    @property
    def trust(self) -> float:
        """Mean of the trust in the desks that take claims, a probability of being answered in time."""
        return float(self.model.today(today.mean_trust_in_desks)[self.household])

    @property
    def trust_by_desk(self) -> dict[str, float]:
        """Trust in each kind of desk, a probability of being answered in time."""
        desks = trust.trusted(self.model.world.recipe.place)
        return dict(zip(desks, self.model.today(today.trust_in_desks)[:, self.household].tolist(), strict=True))

    @property
    def belief(self) -> float:
        """Mean over the kinds of grievance of the chance of success that the household expects of a claim."""
        return float(self.model.today(today.mean_belief_in_success)[self.household])

    @property
    def belief_by_kind(self) -> dict[str, float]:
        """Chance of success that the household expects of a claim, for each kind of grievance."""
        kinds = (kind.name.lower() for kind in places.declared(self.model.world.recipe.place, "KINDS"))
        return dict(zip(kinds, self.model.today(today.beliefs_in_success)[:, self.household].tolist(), strict=True))

    @property
    def open_grievances(self) -> int:
        """Grievances the household still suffers from, voiced or not."""
        return int(self.model.today(today.open_grievances)[self.household])
