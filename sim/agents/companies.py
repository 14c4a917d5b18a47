"""Property companies."""

from __future__ import annotations

from enum import Enum

import numpy as np

from sim.agents import today
from sim.agents.view import Desk
from sim.books import FEN
from sim.cases import Kind
from sim.places.compound import COMPANY
from sim.rules import contracts


class Contract(Enum):
    """Under what contract, if any, a property company serves a compound."""

    DEVELOPER = contracts.DEVELOPER
    FIXED = contracts.FIXED_TERM
    HOLDOVER = contracts.HOLDOVER
    NONE = contracts.NONE


class PropertyCompany(Desk):
    """The property company of a compound that has one; its desk is that of its repairer.

    A company that serves several compounds is an agent in each; they have the same `number`.
    """

    of = "compound"
    kind_of_desk = COMPANY

    @property
    def contract(self) -> Contract:
        """Under what contract it serves the compound."""
        return Contract(self._read("contract"))

    @property
    def effort(self) -> float:
        """Its effort, 0 to 1."""
        return float(self._read("effort"))

    @property
    def number(self) -> int:
        """Number of the company."""
        return int(self._read("company"))

    @property
    def compounds(self) -> list[int]:
        """Rows of all compounds that the company serves with one staff."""
        w = self.model.world
        served = (w.company[0] == self.number) & (w.contract[0] != contracts.NONE)
        return np.flatnonzero(served).tolist()

    @property
    def contract_left(self) -> int | None:
        """Days until the contract ends, none where it has no term."""
        return self._days_until("contract_end")

    @property
    def leaving(self) -> bool:
        """Whether notice has been given."""
        return bool(self._read("leaving"))

    @property
    def satisfaction(self) -> float:
        """The owners' satisfaction with its service, 0 to 1."""
        return float(self._read("satisfaction"))

    @property
    def collection(self) -> float:
        """Share of the compound's flats whose owners pay the fee."""
        return float(self.model.today(today.collection)[self.row])

    @property
    def collected(self) -> float:
        """Fees collected in the last quarter, yuan."""
        return float(self._read("collected") / FEN)

    @property
    def earned(self) -> float:
        """What it earned in the compound in the last quarter, yuan."""
        return float(self._read("earned") / FEN)

    @property
    def informed(self) -> float:
        """Inspections of its work a quarter, as far as the body learns of them."""
        return float(self._read("informed"))

    @property
    def threat(self) -> float:
        """Chance to lose the contract within a year if its work seems bad, as it reckons."""
        return float(self._read("threat"))

    @property
    def in_loss(self) -> bool:
        """Whether it makes a loss in the compound, and so refuses repairs that it owes."""
        return bool(self._read("losses") > 0)

    @property
    def till(self) -> float:
        """What it has earned in the compound less what it has spent, yuan."""
        return float(self._read("till") / FEN)

    @property
    def defects(self) -> list[Kind]:
        """Kinds of what all buildings share that are defective: rubbish, pests, road and gate, works nearby."""
        return list(self.model.today(today.defects_of_compounds)[self.row])

    @property
    def compound(self) -> int:
        """Row of the compound."""
        return self.row
