"""Compounds."""

from __future__ import annotations

from sim.agents import today
from sim.agents.companies import PropertyCompany
from sim.agents.homes import Building
from sim.agents.offices import Body, PartyBranch
from sim.agents.view import View
from sim.books import FEN
from sim.cases import Kind
from sim.rules import bodies, contracts


class Compound(View):
    """A compound: what its owners have in common, and who is there for them."""

    of = "compound"

    @property
    def age(self) -> float:
        """Years since it was built."""
        return float(self._read("age") + self.model.day / contracts.YEAR)

    @property
    def public(self) -> float:
        """Public income that the owners have in hand, yuan."""
        return float(self._read("public") / FEN)

    @property
    def fund(self) -> float:
        """Maintenance fund, yuan."""
        return float(self._read("fund") / FEN)

    @property
    def electing(self) -> bool:
        """Whether owners are electing a committee."""
        return bool(self._read("electing"))

    @property
    def balloting(self) -> bool:
        """Whether owners are voting on their company."""
        return bool(self._read("balloting"))

    @property
    def buildings(self) -> list[Building]:
        """Buildings of the compound."""
        return self._children("building", Building)

    @property
    def branch(self) -> PartyBranch:
        """Its party branch."""
        return self.model.views(PartyBranch)[self.row]

    @property
    def body(self) -> Body | None:
        """Its committee, if it has one."""
        return None if self._read("body") == bodies.NONE else self.model.views(Body)[self.row]

    @property
    def company(self) -> PropertyCompany | None:
        """Its property company, if it has one."""
        return None if self._read("contract") == contracts.NONE else self.model.views(PropertyCompany)[self.row]

    @property
    def defects(self) -> list[Kind]:
        """Kinds of what all buildings share that are defective: rubbish, pests, road and gate, works nearby."""
        return list(self.model.today(today.defects_of_compounds)[self.row])
