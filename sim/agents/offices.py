"""Who holds office: branches and who could lead them, bodies, the community's mediators, the centre, the court."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from sim.agents import today
from sim.agents.view import Desk, View
from sim.places.compound import BODY, BRANCH, CANDIDATES, CENTRE, COMMUNITY, COURT
from sim.rules import bodies, leaders

if TYPE_CHECKING:
    from mesa.discrete_space import Cell


class BodyKind(Enum):
    """Which body a compound has."""

    NONE = bodies.NONE
    COMMITTEE = bodies.COMMITTEE
    MANAGEMENT = bodies.MANAGEMENT


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
        return self.model.today(today.pending)
