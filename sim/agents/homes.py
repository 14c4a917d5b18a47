"""Flats and the buildings they are in."""

from __future__ import annotations

from enum import Enum

from sim.agents import today
from sim.agents.claimants import Claimant
from sim.agents.view import View
from sim.books import FEN
from sim.cases import Kind
from sim.places import compound
from sim.rules import ties


class Tenure(Enum):
    """Who lives in a flat."""

    OWNER = compound.OWNER
    TENANT = compound.TENANT
    VACANT = compound.VACANT


class Household(Claimant):
    """A flat and who lives in it; a vacant flat is a household too, with `tenure` VACANT."""

    of = "household"

    @property
    def tenure(self) -> Tenure:
        """Who lives in the flat."""
        return Tenure(self._read("tenure"))

    @property
    def member(self) -> bool:
        """Whether a party member lives in the flat."""
        return bool(self._read("member"))

    @property
    def elder(self) -> bool:
        """Whether an elder lives in the flat."""
        return bool(self._read("elder"))

    @property
    def area(self) -> float:
        """Area of the flat, square metres."""
        return float(self._read("area") / 100)

    @property
    def signed(self) -> bool:
        """Whether the flat's owner has signed and paid in a signing round that is open."""
        return bool(self.model.today(today.signers)[self.row])

    @property
    def voted(self) -> bool:
        """Whether the flat's owner has voted in a ballot that is open."""
        return bool(self.model.today(today.voters)[self.row])

    @property
    def apathetic(self) -> bool:
        """Whether the flat's owner never takes part in a ballot."""
        return bool(self._read("apathetic"))

    @property
    def fee_type(self) -> float:
        """The owner's type, 0 to 1: pays the property fee while the share that is supported lies above it."""
        return float(self._read("fee_type"))

    @property
    def pays(self) -> bool:
        """Whether the owner pays the property fee, or would if there were a company."""
        return bool(self._read("pays"))

    @property
    def arrears(self) -> float:
        """Fees owed to the company, yuan: a claim, not money."""
        return float(self._read("arrears") / FEN)

    @property
    def fees_disputed(self) -> bool:
        """Whether the owner is in dispute with the company about fees."""
        return bool(self.model.today(today.fees_disputed)[self.row])

    @property
    def purse(self) -> float:
        """Money of the flat's owner since the start, yuan; negative for what was paid."""
        return float(self._read("purse") / FEN)

    @property
    def floor(self) -> int:
        """Floor of the flat, from 1."""
        return int(self.model.world.layout.traits["floor"][self.row])

    @property
    def top_floor(self) -> bool:
        """Whether the flat lies right under the roof."""
        return bool(self.model.world.layout.traits["top"][self.row])

    @property
    def tie(self) -> float:
        """How closely somebody here is tied to people met at shared places, 0 to 1."""
        return float(self._read("tie") / ties.WHOLE)

    @property
    def guest(self) -> bool:
        """Whether somebody from here has come to a shared place this week."""
        return bool(self._read("came") & 1)

    @property
    def building(self) -> Building:
        """Building in which the flat is."""
        return self.model.views(Building)[self.model.world.layout.up("household", "building")[self.row]]

    @property
    def compound(self) -> int:
        """Row of the compound in which the flat is."""
        return int(self.model.world.layout.up("household", "compound")[self.row])


class Building(View):
    """A building: the occupant of its cell, through which its households are reached."""

    of = "building"

    @property
    def households(self) -> list[Household]:
        """Flats of the building, vacant ones too."""
        return self._children("household", Household)

    @property
    def leaking(self) -> bool:
        """Whether the roof leaks."""
        return bool(self.model.today(today.leaking_roofs)[self.row])

    @property
    def defects(self) -> list[Kind]:
        """Kinds of the building's own things that are defective: roof, pipes, lights and doors."""
        return list(self.model.today(today.defects_of_buildings)[self.row])

    @property
    def compound(self) -> int:
        """Row of the compound to which the building belongs."""
        return int(self.model.world.layout.up("building", "compound")[self.row])
