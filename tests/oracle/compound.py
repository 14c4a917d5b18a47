"""A compound: its age and rain, its body, its funds, the levers of policy, and the time its keeper sets aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.capture import Capture
from tests.oracle.company import Company
from tests.oracle.draws import chance, gamma, uniform
from tests.oracle.election import COMMITTEE, MANAGEMENT, NONE, Elections
from tests.oracle.inspection import Inspections
from tests.oracle.leader import Candidate, Leader
from tests.oracle.project import Project
from tests.oracle.renewal import Renewals
from tests.oracle.visit import Rounds

if TYPE_CHECKING:
    from tests.oracle.asset import Asset
    from tests.oracle.building import Building
    from tests.oracle.case import Case
    from tests.oracle.desk import Desk
    from tests.oracle.household import Household
    from tests.oracle.motion import Motion
    from tests.oracle.world import OracleModel

YEAR = 365
PURPOSES = ("ledger", "summons", "calls", "talks", "inspections", "rounds", "doors")
SAVED_WEEKS = dict.fromkeys(PURPOSES, 4) | {"talks": 13, "inspections": 13}
"""Weeks of time set aside that may be saved; time for doors is not saved."""


class Compound(Agent):
    """A compound with the desks of its company, its body and its branch, under a community and a centre.

    Attributes:
        assets: what its households share, building by building, then what all share.
        cases: its cases on the books of any desk, by the number of their booking, in its order.
        public: public income in hand, fen.
        fund: maintenance fund, fen.
        director: who holds the desk of its body, if it has one.
        candidates: who could be secretary of its branch.
        secretary: the one of them who takes part in the body's matters, None where nobody does.
        aside: minutes a week set aside for each purpose, when the hours suffice.
        times: minutes of the coming week set aside for each purpose that may be saved for.
        balance: minutes in hand for each purpose, sevenths.
        doors_time: minutes a week now set aside for doors.
    """

    desks: dict[str, Desk]

    def __init__(self, model: OracleModel, number: int, firm: int, firms: int) -> None:
        super().__init__(model)
        self.number = number
        self.buildings: list[Building] = []
        self.assets: list[Asset] = []
        self.cases: dict[int, Case] = {}
        self.public = 0
        self.fund = 0
        self.balance = dict.fromkeys(PURPOSES, 0)
        self.doors_time = 0
        self.times: dict[str, int] = {}
        seed, p = model.replication_seed, model.p
        self.age = p.youngest + (p.oldest - p.youngest) * uniform(seed, "compound.age", number)
        u = uniform(seed, "body.found", number)
        self.company = Company(self, firm, firms)
        self.body_found = NONE
        if u < p.committee_share:
            self.body_found = COMMITTEE
        elif u < p.committee_share + p.management_share:
            self.body_found = MANAGEMENT
        self.functioning = chance(p.functioning_share, seed, "body.functioning", number)
        self.offices_taken = 0
        self.elections = Elections(self)
        self.inspections = Inspections(self)
        self.renewals = Renewals(self)
        self.project = Project(self)
        self.capture = Capture(self)
        self.rounds = Rounds(self)
        self.director = Leader(model, number)
        self.candidates = [Candidate(model, 3 * number + nth) for nth in range(3)]
        self.draw_year()
        self.reset_levers()

    @property
    def flats(self) -> list[Household]:
        """Return all flats, building by building."""
        return [flat for building in self.buildings for flat in building.flats]

    def found_fund(self) -> None:
        """Begin with a maintenance fund of so much a flat, or with an empty one."""
        p = self.model.p
        if not chance(p.fund_empty, self.model.replication_seed, "fund.empty", self.number):
            self.fund = round(100 * p.fund_level) * len(self.flats)
            self.model.outside -= self.fund

    # -- weather

    def draw_year(self) -> None:
        """Learn how wet this year is."""
        shape = self.model.p.rain_shape
        self.rain = gamma(shape, self.model.replication_seed, "weather.rain", self.number, self.model.day // YEAR)
        self.rain /= shape

    @property
    def years(self) -> float:
        """Return how old it is; before day 0 nothing ages."""
        return self.age + max(self.model.day, 0) / YEAR

    def roof_rate(self) -> float:
        """Return how often a year a roof of its age begins to leak."""
        p, years = self.model.p, self.years
        return p.roof_young if years < 10 else p.roof_old if years > 25 else p.roof_middle

    def season(self) -> float:
        """Return the factor of the season on leaks."""
        share = self.model.p.rainy_share
        rainy = 151 <= self.model.day % YEAR < 273
        return share * YEAR / 122 if rainy else (1 - share) * YEAR / 243

    # -- offices

    def take_office(self) -> None:
        """Let new people come in, who function or not."""
        self.offices_taken += 1
        share, seed = self.model.p.functioning_share, self.model.replication_seed
        self.functioning = chance(share, seed, "body.office", self.number, self.offices_taken)

    @property
    def director_if_any(self) -> int:
        """Return the minutes a week of a director."""
        p = self.model.p
        return round(60 * (p.director_hours if self.functioning else p.idle_director_hours))

    def of_its_own(self, purpose: str) -> int:
        """Return the minutes a week that a body which functions sets aside for a purpose without being told to."""
        return round(60 * getattr(self.model.p, f"own_{purpose}_hours")) if self.functioning else 0

    def reset_levers(self) -> None:
        """Set everything that a policy may touch to what it is without one."""
        self.director_found = self.director_if_any if self.body_found else 0
        self.talks_found, self.inspections_found = self.of_its_own("talk"), self.of_its_own("inspection")
        self.resolve_found = self.model.p.own_resolve if self.functioning else 0.0
        self.body = self.body_found
        self.director_minutes = self.director_found
        self.merged = 0.0
        self.merged_minutes = 0
        self.secretary_minutes = 0
        self.extra_minutes = 0
        self.principals = 1
        self.secretary: Candidate | None = None
        self.aside = dict.fromkeys(PURPOSES, 0) | {"talks": self.talks_found, "inspections": self.inspections_found}
        self.resolve = self.resolve_found
        self.joined = 0.0
        self.ledger_loss = 1.0
        self.ledger_deadline = 10**6

    def staff(self) -> None:
        """Give the desks of company, body and branch their minutes, but for what the keeper sets aside."""
        director = self.director_minutes
        person = director + round(self.merged * (self.merged_minutes - director))
        body = person + self.extra_minutes if self.body else 0
        branch = self.secretary_minutes if self.principals > 1 else 0
        self.desks["company"].minutes = self.company.minutes()
        self.desks["body"].minutes, self.desks["branch"].minutes = self.set_aside(body, branch)

    def at_the_body(self, quality: str) -> float:
        """Return a quality of whoever holds the body's desk: the director's, in part the secretary's."""
        own = getattr(self.director, quality)
        return own + self.merged * (getattr(self.secretary, quality) - own) if self.secretary else own

    def integrities(self) -> list[float]:
        """Return how honest everybody is whose consent the body's matters need."""
        first = self.at_the_body("integrity")
        return [first] if self.principals < 2 else [first, self.secretary.integrity]

    def set_aside(self, body: int, branch: int) -> tuple[int, int]:
        """Take time out of both people's, purpose by purpose, as far as it goes; return what is left of each."""
        of_its_own = {"talks": self.talks_found, "inspections": self.inspections_found}
        for purpose in PURPOSES:
            directors, secretarys = self.aside[purpose], 0
            if self.principals > 1:  # the director goes on with what the body did before, the rest is the other's
                directors = of_its_own.get(purpose, 0)
                secretarys = self.aside[purpose] - directors
            directors, secretarys = min(directors, body), min(secretarys, branch)
            able = directors + secretarys
            if purpose == "doors":
                self.doors_time = time = able if self.motions_of_body() else 0
            else:
                most = 7 * able * SAVED_WEEKS[purpose]
                self.balance[purpose] = min(self.balance[purpose], most)
                self.times[purpose] = time = min(able, (most - self.balance[purpose]) // 7)
            body -= min(directors, time)
            branch -= time - min(directors, time)
        return body, branch

    def begin_week(self) -> None:
        """Put the week's time to what is in hand."""
        for purpose, time in self.times.items():
            self.balance[purpose] += 7 * time

    def spend(self, purpose: str, hours: float) -> bool:
        """Do something in the time set aside, if it suffices; return whether it was done."""
        minutes = round(60 * hours)
        if 7 * minutes > self.balance[purpose]:
            return False
        self.balance[purpose] -= 7 * minutes
        self.model.count(f"minutes_{purpose}", minutes)
        return True

    def write_ledger(self) -> bool:
        """Enter a case in the ledger if the keeper has time; return whether it was entered."""
        return self.spend("ledger", self.model.p.triage_hours)

    # -- doors

    def motions_of_body(self) -> list[Motion]:
        """Return what the body has before the owners, in the order in which it was put."""
        return self.desks["body"].motions

    def knock(self) -> None:
        """Go on with the walk for the oldest motion."""
        motions = self.motions_of_body() if self.doors_time else []
        if not motions:
            self.balance["doors"] = 0
            return
        self.balance["doors"] += self.doors_time
        motion = min(motions, key=lambda motion: motion.opened)
        motion.walk(motion.share_in)
