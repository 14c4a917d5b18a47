"""Elections: owners' committees begin and end by the owners' vote."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.oracle.draws import bits, chance, uniform
from tests.oracle.grievance import NEVER
from tests.oracle.motion import MOTIONS, Motion

if TYPE_CHECKING:
    from tests.oracle.compound import Compound

YEAR = 365
NONE, COMMITTEE, MANAGEMENT = range(3)


class Elections:
    """The elections of a compound.

    Attributes:
        term_end: day on which the committee's term ends.
        motion: the election that is being held, if one is.
    """

    def __init__(self, compound: Compound) -> None:
        self.compound, self.model = compound, compound.model
        self.term_end = NEVER
        self.motion: Motion | None = None
        if compound.body_found == COMMITTEE:
            years = uniform(self.model.replication_seed, "body.phase", compound.number) * self.model.p.term_of_office
            self.term_end = self.model.day + 1 + math.floor(years * YEAR)

    def due(self) -> bool:
        """Whether a committee's term is over, or some owners want a committee."""
        if self.compound.body_found == COMMITTEE:
            return self.term_end <= self.model.day
        a_week = self.model.p.election_rate * 7 / YEAR
        week = self.model.day // 7
        return chance(a_week, self.model.replication_seed, "election.begun", self.compound.number, week)

    def hold(self) -> None:
        """Begin an election if one is due; the community organises it."""
        if self.motion is not None or not self.due():
            return
        self.model.count("elections")
        number, desks = self.compound.number, self.compound.desks
        key = bits(self.model.replication_seed, "motion", MOTIONS.index("elect"), number, self.model.day)
        self.motion = Motion("elect", key, self.compound, desks["community"], self.compound.flats)

    def count(self) -> None:
        """Count; new people come in with a new committee, or when a management committee follows an old one."""
        passed = None if self.motion is None else self.motion.outcome()
        if passed is None:
            return
        self.motion.close()
        self.motion = None
        compound = self.compound
        if passed:
            compound.body_found = COMMITTEE
            self.term_end = self.model.day + round(self.model.p.term_of_office * YEAR)
            self.model.count("elected")
            compound.take_office()
        elif compound.body_found == COMMITTEE:
            compound.body_found = MANAGEMENT
            self.term_end = NEVER
            compound.take_office()
