"""A compound: its age and rain, its body, the levers of policy, and the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.draws import chance, gamma, uniform

if TYPE_CHECKING:
    from tests.oracle.building import Building
    from tests.oracle.desk import Desk
    from tests.oracle.world import OracleModel

YEAR = 365
NONE, COMMITTEE, MANAGEMENT = 0, 1, 2
ENTRIES_SAVED_WEEKS = 4


class Compound(Agent):
    """A compound with the desks of its body and of its branch, under a community.

    Attributes:
        ledger_balance: minutes in hand for entries in the ledger, sevenths.
    """

    desks: dict[str, Desk]

    def __init__(self, model: OracleModel, number: int) -> None:
        super().__init__(model)
        self.number = number
        self.buildings: list[Building] = []
        self.ledger_balance = 0
        seed, p = model.replication_seed, model.p
        self.age = p.youngest + (p.oldest - p.youngest) * uniform(seed, "compound.age", number)
        u = uniform(seed, "body.found", number)
        self.body_found = NONE
        if u < p.committee_share:
            self.body_found = COMMITTEE
        elif u < p.committee_share + p.management_share:
            self.body_found = MANAGEMENT
        self.functioning = chance(p.functioning_share, seed, "body.functioning", number)
        self.director_if_any = round(60 * (p.director_hours if self.functioning else p.idle_director_hours))
        self.director_found = self.director_if_any if self.body_found else 0
        self.draw_year()
        self.reset_levers()

    # -- weather

    def draw_year(self) -> None:
        """Learn how wet this year is."""
        shape = self.model.p.rain_shape
        self.rain = gamma(shape, self.model.replication_seed, "weather.rain", self.number, self.model.day // YEAR)
        self.rain /= shape

    def leak_hazard(self) -> float:
        """Return the leaks a day of each of its roofs."""
        p, day = self.model.p, self.model.day
        years = self.age + day / YEAR
        rate = p.leak_young if years < 10 else p.leak_old if years > 25 else p.leak_middle
        rainy = 151 <= day % YEAR < 273
        season = p.rainy_share * YEAR / 122 if rainy else (1 - p.rainy_share) * YEAR / 243
        return rate * self.rain * season / YEAR

    # -- offices

    def reset_levers(self) -> None:
        """Set everything that a policy may touch to what it is without one."""
        self.body = self.body_found
        self.director_minutes = self.director_found
        self.merged = 0.0
        self.merged_minutes = 0
        self.secretary_minutes = 0
        self.extra_minutes = 0
        self.principals = 1
        self.ledger_minutes = 0
        self.ledger_loss = 1.0
        self.ledger_deadline = 10**6

    def staff(self) -> None:
        """Give the desks of body and branch their minutes; the ledger is kept in the time there is."""
        director = self.director_minutes
        person = director + round(self.merged * (self.merged_minutes - director))
        body = person + self.extra_minutes if self.body else 0
        if self.principals > 1:
            branch = self.secretary_minutes
            kept = min(self.ledger_minutes, branch)
            branch -= kept
        else:
            branch = 0
            kept = min(self.ledger_minutes, body)
            body -= kept
        self.desks["body"].minutes = body
        self.desks["branch"].minutes = branch
        self.ledger_balance = min(self.ledger_balance + 7 * kept, 7 * kept * ENTRIES_SAVED_WEEKS)

    def write_ledger(self) -> bool:
        """Enter a case in the ledger if the keeper's minutes suffice; return whether it was entered."""
        minutes = round(60 * self.model.p.triage_hours)
        if 7 * minutes > self.ledger_balance:
            return False
        self.ledger_balance -= 7 * minutes
        self.model.count("minutes_ledger", minutes)
        return True
