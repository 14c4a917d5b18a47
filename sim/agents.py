"""Agents of the Mesa face: light, read-only views of the rows of a model's world.

A household here is not an object with a state: the state stands in the columns of `sim.worlds.Worlds`,
and an agent is a name for one row of them, read through its own model, so two live models share
nothing. Agents stay the same objects for the life of their model and always show the present day.
Nothing can be written to them: what a policy may touch are the levers, by way of a mechanism.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import numpy as np
from mesa import Agent
from numpy.typing import NDArray

from sim.books import FEN
from sim.cases import Kind, Stage
from sim.places import compound
from sim.places.compound import BODY, BRANCH, CENTRE, COMMUNITY, COMPANY, IN_BUILDING, IN_COMPOUND
from sim.rules import bodies, contracts, defects, trust
from sim.rules.motions import Motion

if TYPE_CHECKING:
    from mesa.discrete_space import Cell

    from sim.model import GovernanceModel
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Tenure(Enum):
    """Who lives in a flat."""

    OWNER = compound.OWNER
    TENANT = compound.TENANT
    VACANT = compound.VACANT


class BodyKind(Enum):
    """Which body a compound has."""

    NONE = bodies.NONE
    COMMITTEE = bodies.COMMITTEE
    MANAGEMENT = bodies.MANAGEMENT


class Contract(Enum):
    """Under what contract, if any, a property company serves a compound."""

    DEVELOPER = contracts.DEVELOPER
    FIXED = contracts.FIXED_TERM
    HOLDOVER = contracts.HOLDOVER
    NONE = contracts.NONE


# -- what agents show that is no column: made of whole columns, for all rows at once --------------


def trust_in_desks(w: Worlds) -> Floats:
    """Return every household's trust in each kind of desk of `trust.TRUSTED`, shape ``(desks, households)``."""
    world, household = np.zeros(w.households, dtype=np.int64), np.arange(w.households)
    return np.stack([trust.in_desk(w, desk, world, household) for desk in trust.TRUSTED])


def beliefs_in_success(w: Worlds) -> Floats:
    """Return the success every household expects of each kind of grievance, shape ``(kinds, households)``."""
    world, household = np.zeros(w.households, dtype=np.int64), np.arange(w.households)
    return np.stack([trust.in_success(w, kind, world, household) for kind in Kind])


def mean_trust_in_desks(w: Worlds) -> Floats:
    """Return every household's mean trust in the desks that take claims."""
    return trust_in_desks(w).mean(axis=0)


def mean_belief_in_success(w: Worlds) -> Floats:
    """Return the mean over the kinds of grievance of the success every household expects."""
    return beliefs_in_success(w).mean(axis=0)


def leaking_roofs(w: Worlds) -> NDArray[np.bool_]:
    """Return for every building whether its roof leaks, shape ``(buildings,)``."""
    return defective(w, Kind.ROOF)


def defective(w: Worlds, kind: Kind) -> NDArray[np.bool_]:
    """Return for every asset of a kind, one of each building or compound, whether it is defective."""
    out: NDArray[np.bool_] = w.defective[0, defects.assets_of_kind(w, int(kind))]
    return out


def defects_of_buildings(w: Worlds) -> list[list[Kind]]:
    """Return for every building which kinds of its own things are defective."""
    return _listed(w, IN_BUILDING)


def defects_of_compounds(w: Worlds) -> list[list[Kind]]:
    """Return for every compound which kinds of the things that all its buildings share are defective."""
    return _listed(w, IN_COMPOUND)


def _listed(w: Worlds, kinds: tuple[Kind, ...]) -> list[list[Kind]]:
    """Return row by row the kinds that are defective."""
    rows = np.stack([defective(w, kind) for kind in kinds], axis=1).tolist()
    return [[kind for kind, broken in zip(kinds, row, strict=True) if broken] for row in rows]


def signers(w: Worlds) -> NDArray[np.bool_]:
    """Return which owners have signed and paid in a signing round that is open."""
    return _have_decided(w, Motion.SHARES)


def voters(w: Worlds) -> NDArray[np.bool_]:
    """Return which owners have voted in a ballot that is open."""
    return _have_decided(w, Motion.FUND)


def _have_decided(w: Worlds, kind: Motion) -> NDArray[np.bool_]:
    """Return which owners have decided on a motion of a kind that is before them."""
    a, m = w.asked, w.motions
    rows = a.done & (m.open & (m.kind == int(kind)))[a.motion]
    out = np.zeros(w.households, dtype=bool)
    out[a.owner[rows]] = True
    return out


def open_grievances(w: Worlds) -> Ints:
    """Return how many grievances every household still suffers from, voiced or not."""
    g = w.grievances
    return np.bincount(g.household[g.aching], minlength=w.households)


def queues(w: Worlds) -> Ints:
    """Return how many cases lie in the queue of every desk."""
    c = w.cases
    queued = (c.stage == Stage.WAITING) | (c.stage == Stage.APPROVAL)
    return np.bincount(c.desk[queued], minlength=w.layout.sizes["desk"])


# -- the views ------------------------------------------------------------------------------------


class View(Agent):
    """One row of an entity, as a Mesa agent that can be read but not written, moved or removed.

    Mesa's own constructor numbers and registers agents one by one; a view does neither, the model
    registers all its views together when they are first asked for.

    Attributes:
        model: the model whose world it shows.
        row: row of its entity in the world's columns.
        pos: always None; where it is stands in `cell`.
    """

    of: ClassVar[str]
    """The entity whose rows the views of this kind are."""

    model: GovernanceModel
    row: int
    pos = None

    def __init__(self, model: GovernanceModel, row: int) -> None:
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "row", row)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(
            f"{type(self).__name__}.{name} is read-only: agents are views of the model's columns, and only rules write"
        )

    def __delattr__(self, name: str) -> NoReturn:
        self.__setattr__(name, None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.row})"

    def remove(self) -> NoReturn:
        """Refuse: the rows of a world stay for as long as it lives."""
        raise AttributeError(f"{type(self).__name__} cannot be removed: agents are views of the model's columns")

    @property
    def unique_id(self) -> int:
        """Number of the agent, unique within its model; the same in every model of the same layout."""
        return self.model.first_id(type(self)) + self.row

    @property
    def cell(self) -> Cell:
        """Cell of the grid on which it stands."""
        return self.model.grid[tuple(self.model.world.layout.cells[self.of][self.row].tolist())]

    def _read(self, column: str) -> Any:
        """Return this row's value of a column or lever, as a Python number."""
        return getattr(self.model.world, column)[0, self.row].item()


class Household(View):
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
    def connected(self) -> bool:
        """Whether the people of the flat are close to cadres."""
        return bool(self._read("connected"))

    @property
    def area(self) -> float:
        """Area of the flat, square metres."""
        return float(self._read("area") / 100)

    @property
    def trust(self) -> float:
        """Mean of the trust in the desks that take claims, a probability of being answered in time."""
        return float(self.model.today(mean_trust_in_desks)[self.row])

    @property
    def trust_by_desk(self) -> dict[str, float]:
        """Trust in each kind of desk, a probability of being answered in time."""
        return dict(zip(trust.TRUSTED, self.model.today(trust_in_desks)[:, self.row].tolist(), strict=True))

    @property
    def belief(self) -> float:
        """Mean over the kinds of grievance of the chance of success that the household expects of a claim."""
        return float(self.model.today(mean_belief_in_success)[self.row])

    @property
    def belief_by_kind(self) -> dict[str, float]:
        """Chance of success that the household expects of a claim, for each kind of grievance."""
        kinds = (kind.name.lower() for kind in Kind)
        return dict(zip(kinds, self.model.today(beliefs_in_success)[:, self.row].tolist(), strict=True))

    @property
    def open_grievances(self) -> int:
        """Grievances the household still suffers from, voiced or not."""
        return int(self.model.today(open_grievances)[self.row])

    @property
    def signed(self) -> bool:
        """Whether the flat's owner has signed and paid in a signing round that is open."""
        return bool(self.model.today(signers)[self.row])

    @property
    def voted(self) -> bool:
        """Whether the flat's owner has voted in a ballot that is open."""
        return bool(self.model.today(voters)[self.row])

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
        layout = self.model.world.layout
        first = layout.first("building", "household")[self.row]
        return self.model.views(Household)[first : first + layout.count("building", "household")[self.row]]

    @property
    def leaking(self) -> bool:
        """Whether the roof leaks."""
        return bool(self.model.today(leaking_roofs)[self.row])

    @property
    def defects(self) -> list[Kind]:
        """Kinds of the building's own things that are defective: roof, pipes, lights and doors."""
        return list(self.model.today(defects_of_buildings)[self.row])

    @property
    def compound(self) -> int:
        """Row of the compound to which the building belongs."""
        return int(self.model.world.layout.up("building", "compound")[self.row])


class Desk(View):
    """An office with a desk: a queue that is served so many hours a week."""

    kind_of_desk: ClassVar[int]

    @property
    def desk(self) -> int:
        """Row of its desk in the world's columns of desks."""
        return int(self.model.desk_rows[self.kind_of_desk][self.row])

    @property
    def cell(self) -> Cell:
        """Cell of the grid on which the desk stands."""
        return self.model.grid[tuple(self.model.world.layout.cells["desk"][self.desk].tolist())]

    @property
    def hours(self) -> float:
        """Hours a week that the desk gives to cases."""
        return float(self.model.world.desk_minutes[0, self.desk] / 60)

    @property
    def queue(self) -> int:
        """Cases in the desk's queue, among them those that must not be taken up yet."""
        return int(self.model.today(queues)[self.desk])

    @property
    def wait(self) -> float:
        """Posted expected wait, days."""
        return float(self.model.world.wait_days[0, self.desk])


class PartyBranch(Desk):
    """The party branch of a compound; its desk has hours only while the secretary is a second principal."""

    of = "compound"
    kind_of_desk = BRANCH

    @property
    def merged(self) -> bool:
        """Whether the secretary and the body's director are one person, with one desk: the body's."""
        return bool(self._read("merged") > 0)

    @property
    def principals(self) -> int:
        """Persons who must agree to a proposal of the compound's body."""
        return int(self._read("principals"))

    @property
    def compound(self) -> int:
        """Row of the compound."""
        return self.row


class Body(Desk):
    """The owners' committee or property management committee of a compound that has one."""

    of = "compound"
    kind_of_desk = BODY

    @property
    def kind(self) -> BodyKind:
        """Which body it is."""
        return BodyKind(self._read("body"))

    @property
    def functioning(self) -> bool:
        """Whether its director gives full hours."""
        return bool(self._read("functioning"))

    @property
    def compound(self) -> int:
        """Row of the compound."""
        return self.row


class Mediator(Desk):
    """The mediation committee of a community, which stands above several compounds."""

    of = "community"
    kind_of_desk = COMMUNITY

    @property
    def compounds(self) -> list[int]:
        """Rows of the compounds of the community."""
        layout = self.model.world.layout
        return np.flatnonzero(layout.up("compound", "community") == self.row).tolist()


class PropertyCompany(Desk):
    """The property company of a compound that has one; its desk is that of its repairer."""

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
        return list(self.model.today(defects_of_compounds)[self.row])

    @property
    def compound(self) -> int:
        """Row of the compound."""
        return self.row


class SubDistrictCentre(Desk):
    """The centre of a sub-district, to which disputes go that a community's committee could not settle."""

    of = "centre"
    kind_of_desk = CENTRE

    @property
    def communities(self) -> list[int]:
        """Rows of the communities under it."""
        layout = self.model.world.layout
        return np.flatnonzero(layout.up("community", "centre") == self.row).tolist()


KINDS: tuple[type[View], ...] = (
    Household,
    Building,
    PartyBranch,
    Body,
    Mediator,
    PropertyCompany,
    SubDistrictCentre,
)
"""All kinds of agent, in the order of their numbers."""
