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
from sim.cases import NEVER, Kind, Stage
from sim.places import compound
from sim.places.compound import (
    BODY,
    BRANCH,
    CANDIDATES,
    CENTRE,
    COMMUNITY,
    COMPANY,
    COURT,
    IN_BUILDING,
    IN_COMPOUND,
)
from sim.rules import arrears, bodies, contracts, defects, fees, leaders, trust
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
    return _have_decided(w, w.motions.kind == int(Motion.SHARES))


def voters(w: Worlds) -> NDArray[np.bool_]:
    """Return which owners have voted in a ballot that is open: on the fund, the company or a committee."""
    return _have_decided(w, w.motions.kind != int(Motion.SHARES))


def _have_decided(w: Worlds, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which owners have decided on one of the wanted motions that is before them."""
    a, m = w.asked, w.motions
    rows = a.done & (m.open & wanted)[a.motion]
    out = np.zeros(w.households, dtype=bool)
    out[a.owner[rows]] = True
    return out


def open_grievances(w: Worlds) -> Ints:
    """Return how many grievances every household still suffers from, voiced or not."""
    g = w.grievances
    return np.bincount(g.household[g.aching], minlength=w.households)


def fees_disputed(w: Worlds) -> NDArray[np.bool_]:
    """Return whose fees are in dispute with the company."""
    out: NDArray[np.bool_] = arrears.disputed(w, np.zeros(w.households, dtype=np.int64), np.arange(w.households))
    return out


def collection(w: Worlds) -> Floats:
    """Return the share of the flats of every compound whose owners pay the property fee, or would."""
    out: Floats = fees.paying(w)[0]
    return out


def pending(w: Worlds) -> int:
    """Return how many disputes are before the court."""
    return int(np.count_nonzero(w.cases.stage == int(Stage.COURT)))


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

    def _days_until(self, column: str) -> int | None:
        """Return the days from today until the day that stands in a column, none if it never comes."""
        day = self._read(column)
        return None if day == NEVER else int(day - self.model.day)


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
        return bool(self.model.today(fees_disputed)[self.row])

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
    def merged_share(self) -> float:
        """How far secretary and director are one person, 0 to 1; it falls as the secretary's effort decays."""
        return float(self._read("merged"))

    @property
    def principals(self) -> int:
        """Persons who must agree to a proposal of the compound's body."""
        return int(self._read("principals"))

    @property
    def candidates(self) -> list[Candidate]:
        """Who could be secretary."""
        first = CANDIDATES * self.row
        return self.model.views(Candidate)[first : first + CANDIDATES]

    @property
    def secretary(self) -> Candidate | None:
        """Who takes part in the body's matters as secretary, nobody where there is no arrangement or a vacancy."""
        number = self._read("secretary")
        return None if number == leaders.NOBODY else self.candidates[number]

    @property
    def secretary_hours(self) -> float:
        """Hours a week a secretary gives as second principal, practices included; they fall as effort decays."""
        return float(self._read("secretary_minutes") / 60)

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
    def director_hours(self) -> float:
        """Hours a week that its director gives, or would if the offices were not merged."""
        return float(self._read("director_minutes") / 60)

    @property
    def director_ability(self) -> float:
        """Ability of its director, 0 to 1."""
        return float(self._read("director_ability"))

    @property
    def director_integrity(self) -> float:
        """Integrity of its director, 0 to 1."""
        return float(self._read("director_integrity"))

    @property
    def captured(self) -> bool:
        """Whether those who should watch the company are bought by it."""
        return bool(self._read("captured"))

    @property
    def term_left(self) -> int | None:
        """Days until the committee's term ends, below 0 while a late election is held; none where there is no term."""
        return self._days_until("term_end")

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
        return float(self.model.today(collection)[self.row])

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


class Court(View):
    """The court: outside the model but for the time it takes."""

    of = "world"

    @property
    def cell(self) -> Cell:
        """Cell of the grid on which it stands."""
        layout = self.model.world.layout
        return self.model.grid[tuple(layout.cells["desk"][int(self.model.desk_rows[COURT][self.row])].tolist())]

    @property
    def pending(self) -> int:
        """Disputes that are before it."""
        return self.model.today(pending)


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
        layout = self.model.world.layout
        first = layout.first("compound", "building")[self.row]
        return self.model.views(Building)[first : first + layout.count("compound", "building")[self.row]]

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
        return list(self.model.today(defects_of_compounds)[self.row])


class Candidate(View):
    """Somebody who could be secretary of a compound's party branch, or is."""

    of = "candidate"

    @property
    def cell(self) -> Cell:
        """Cell of the grid on which the branch has its desk."""
        return self.model.views(PartyBranch)[self.compound].cell

    @property
    def ability(self) -> float:
        """Ability, 0 to 1."""
        return float(self._read("candidate_ability"))

    @property
    def integrity(self) -> float:
        """Integrity, 0 to 1."""
        return float(self._read("candidate_integrity"))

    @property
    def score(self) -> float:
        """Ability as it is seen from outside."""
        return float(self._read("candidate_score"))

    @property
    def in_office(self) -> bool:
        """Whether it is this one who takes part in the body's matters as secretary."""
        return int(self.model.world.secretary[0, self.compound]) == self.row % CANDIDATES

    @property
    def compound(self) -> int:
        """Row of the compound."""
        return self.row // CANDIDATES


KINDS: tuple[type[View], ...] = (
    Household,
    Building,
    PartyBranch,
    Body,
    Mediator,
    PropertyCompany,
    SubDistrictCentre,
    Court,
    Compound,
    Candidate,
)
"""All kinds of agent, in the order of their numbers."""
