"""A work site: a crew, and contractors who come to owe it its wages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.clock import UNIT, Clock
from tests.oracle.draws import chance, days, lognormal, uniform
from tests.oracle.grievance import NEVER, Agreement, Grievance

if TYPE_CHECKING:
    from tests.oracle.camp import Camp
    from tests.oracle.parley import Parley
    from tests.oracle.steppe import Steppe
    from tests.oracle.sumu import Sumu

YEAR, MONTH = 365, 30
WINTER = {*range(304, YEAR), *range(31)}
"""November to January."""


class Site(Agent):
    """Where a crew works.

    Attributes:
        clock: rings when wages come to be owed; its hazard is settled for a week, and is 0 while wages are owed.
        grievances: what its workers suffer, in the order in which it arose.
        attempts: cases about what is owed now.
        spells: of each time that it came to owe: the day, how much, and what was paid in 30, 90 and 365 days.
        plan_left, plan_stops: instalments still promised, and those of them that will not be paid.
    """

    def __init__(self, model: Steppe, number: int, sumu: Sumu) -> None:
        super().__init__(model)
        self.number, self.sumu = number, sumu
        self.workers: list[Camp] = []
        self.grievances: list[Grievance] = []
        self.clock = Clock(model, "wages.clock", number)
        self.contractor = self.owed = self.attempts = self.plan_left = self.plan_stops = 0
        self.late_day = self.plan_day = NEVER
        self.case: Parley | None = None
        self.agreement: Agreement | None = None
        self.spells: list[list[int]] = []

    def look_ahead(self) -> None:
        """Set this week's hazard."""
        p = self.model.p
        low = YEAR / (YEAR + (p.arrears_factor - 1) * len(WINTER))
        season = low * p.arrears_factor if self.model.day % YEAR in WINTER else low
        self.clock.hazard = 0 if self.owed else int(p.arrears_rate / YEAR * season * UNIT)

    def fall_due(self) -> None:
        """Come to owe the crew its wages."""
        p, seed, spell = self.model.p, self.model.replication_seed, self.clock.rings
        self.clock.hazard = 0
        yuan = lognormal(p.wages_median, p.wages_spread, seed, "wages.sum", self.number, spell)
        self.owed = max(round(100 * yuan), 1)
        self.late_day = self.model.day + days(p.late_days, seed, "wages.late", self.number, spell)
        self.attempts = 0
        self.spells.append([self.model.day, self.owed, 0, 0, 0])
        self.model.count("wage_spells_begun")
        self.model.count("wages_due_fen", self.owed)
        self.wrong(16 * spell)

    def wrong(self, ordinal: int) -> None:
        """Let everybody of the crew suffer."""
        severity = round(1000 * self.model.p.wage_severity)
        for worker in self.workers:
            self.model.arise(worker, "wages", self, None, ordinal, severity)

    def suffering(self) -> list[Grievance]:
        """Return the grievances of all who suffer."""
        return [grievance for grievance in self.grievances if grievance.aching]

    def block(self) -> Grievance | None:
        """Return whose matter the contractor makes a case of by calling the police, if he does."""
        if not self.owed or self.case is not None or self.plan_left:
            return None
        model = self.model
        if not chance(model.p.calls, model.replication_seed, "wages.calls", self.number, model.day // 7):
            return None
        silent = [g for g in self.suffering() if g.state in ("latent", "quiet")]
        return silent[0] if silent else None

    def agree(self, case: Parley, confirmed: bool) -> None:
        """Agree: who is liquid pays, others promise instalments."""
        model, p, spell = self.model, self.model.p, self.clock.rings
        for grievance in self.suffering():
            if grievance.given_up:
                grievance.relieve()
            else:
                grievance.settle()
        self.agreement = Agreement(case.identity(), model.day)
        model.agreements.append(self.agreement)
        self.case = None
        model.count("wages_agreed_fen", self.owed)
        if chance(p.liquid, model.replication_seed, "wages.liquid", self.number, spell):
            self.pay(self.owed)
            return
        number = int(p.instalments)
        breaks = (1 - p.wages_kept) * (p.confirmed_factor if confirmed else 1)
        kept = math.floor(uniform(case.key, "wages.kept") * number)
        self.plan_left = number
        self.plan_stops = number - kept if chance(breaks, case.key, "wages.default") else 0
        self.plan_day = model.day + MONTH

    def pay_instalment(self) -> None:
        """Pay the next instalment."""
        fen = self.owed // self.plan_left
        self.plan_left -= 1
        self.plan_day = self.model.day + MONTH if self.plan_left else NEVER
        self.pay(fen)

    def default(self) -> None:
        """Break the plan: the crew is wronged anew over what is left."""
        model, spell = self.model, self.clock.rings
        assert self.agreement is not None
        self.plan_left, self.plan_day = 0, NEVER
        self.agreement.broken = model.day
        model.count("relapsed")
        model.count("wage_defaults")
        model.count("wages_defaulted_fen", self.owed)
        wait = days(model.p.late_days, model.replication_seed, "wages.late", self.number, spell, model.day)
        self.late_day = model.day + wait
        self.attempts = 0
        self.wrong(min(self.agreement.whose[2] + 1, 16 * (spell + 1) - 1))

    def pay_late(self) -> None:
        """Pay without ever having agreed."""
        if self.case is not None:
            self.case.close("withdrawn", "withdrawn")
        for grievance in self.suffering():
            if grievance.given_up:
                grievance.relieve()
            else:
                grievance.lapse()
        self.case = None
        self.model.count("wages_late_fen", self.owed)
        self.pay(self.owed)

    def pay(self, fen: int) -> None:
        """Pay each worker the same; what cannot be divided the first one has."""
        each, rest = divmod(fen, len(self.workers))
        for worker in self.workers:
            worker.purse += each
        self.workers[0].purse += rest
        self.contractor -= fen
        for at, days_ in enumerate((30, 90, 365)):
            if self.model.day - self.spells[-1][0] <= days_:
                self.spells[-1][2 + at] += fen
        self.owed -= fen
        self.model.count("wages_paid_fen", fen)
