"""Work sites on the steppe, the crews that work there, and the contractors who owe them wages or not."""

from __future__ import annotations

from sim.agents.camps import Resident, WorkerHousehold
from sim.agents.view import View
from sim.books import FEN
from sim.cases import NEVER


class WorkSite(View):
    """A work site: the place of a crew and its contractor."""

    of = "asset"

    @property
    def crew(self) -> Crew:
        """Its crew."""
        return self.model.views(Crew)[self.row]

    @property
    def contractor(self) -> Contractor:
        """Its general contractor."""
        return self.model.views(Contractor)[self.row]

    @property
    def wages_owed(self) -> float:
        """Wages owed to the crew, yuan: a claim, not money."""
        return float(self._read("wages_owed") / FEN)

    @property
    def sumu(self) -> int:
        """Row of the sumu."""
        return int(self.model.world.layout.up("asset", "sumu")[self.row])


class Crew(View):
    """The workers of a site, who are owed wages together."""

    of = "asset"

    @property
    def workers(self) -> list[WorkerHousehold]:
        """Households of its workers, also while they are not there."""
        traits = self.model.world.layout.traits
        first, hands = int(traits["first_hand"][self.row]), int(traits["hands"][self.row])
        return [one for one in self.model.views(Resident)[first : first + hands] if isinstance(one, WorkerHousehold)]

    @property
    def wages_owed(self) -> float:
        """Wages owed to it, yuan: a claim, not money."""
        return float(self._read("wages_owed") / FEN)

    @property
    def times_owed(self) -> int:
        """Times that wages have come to be owed to it."""
        return int(self._read("wage_spells"))

    @property
    def site(self) -> WorkSite:
        """Its work site."""
        return self.model.views(WorkSite)[self.row]


class Contractor(View):
    """The general contractor of a work site."""

    of = "asset"

    @property
    def purse(self) -> float:
        """What it has for wages, yuan; negative for what has been paid."""
        return float(self._read("contractor") / FEN)

    @property
    def instalments(self) -> int:
        """Instalments still promised."""
        return int(self._read("plan_left"))

    @property
    def days_to_instalment(self) -> int | None:
        """Days until the next instalment, none where none is promised."""
        return self._days_until("plan_day")

    @property
    def days_to_late_pay(self) -> int | None:
        """Days until it pays if never brought to agree, none where it owes nothing or has promised instalments."""
        owes = self._read("wages_owed") > 0 and self.instalments == 0
        return self._days_until("late_day") if owes and self._read("late_day") != NEVER else None

    @property
    def site(self) -> WorkSite:
        """Its work site."""
        return self.model.views(WorkSite)[self.row]
