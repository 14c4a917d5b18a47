"""The property company in one compound: its contract, its till, its effort, and the owners who pay it or not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.draws import chance, exp, uniform
from tests.oracle.grievance import NEVER

if TYPE_CHECKING:
    from tests.oracle.compound import Compound
    from tests.oracle.household import Household
    from tests.oracle.world import OracleModel

CONTRACTS = ["developer", "fixed", "holdover", "none"]
QUARTER = 91


def logistic(x: float) -> float:
    """Return the chance whose logit is x."""
    return 1 / (1 + exp(-x))


class Management(Agent):
    """Who manages a compound: a company, or nobody.

    Attributes:
        contract: one of `CONTRACTS`.
        end: day on which the contract ends.
        leaving: notice has been given.
        company: number of the company, or of the last one.
        till: what it has made here since it came.
        public: the owners' public income.
        collected: fees of the last quarter.
        earned: gain of the last quarter.
        losses: quarters of loss, one after another.
    """

    def __init__(self, model: OracleModel, compound: Compound, company: int, companies: int) -> None:
        super().__init__(model)
        self.compound, self.number = compound, compound.number
        self.company, self.next_company = company, companies + compound.number
        self.flats: list[Household] = []
        self.end, self.leaving = NEVER, False
        self.till = self.till_before = self.public = self.collected = self.earned = self.losses = 0
        self.threat = self.informed = 0.0
        self.accounts_asked = False
        seed, p = model.replication_seed, model.p
        u = uniform(seed, "contract.found", self.number)
        if u < p.no_company:
            self.contract = "none"
        elif u < p.no_company + p.fixed_share:
            self.contract = "fixed"
            years = uniform(seed, "contract.phase", self.number) * p.term_years
            self.end = model.day + 1 + math.floor(years * 365)
        else:
            self.contract = "developer" if compound.age < 10 else "holdover"
        if self.there:
            mood = uniform(seed, "company.satisfaction", self.number)
            self.effort = p.first_effort
            self.satisfaction = p.satisfied_low + (p.satisfied_high - p.satisfied_low) * mood
        else:
            self.effort = self.satisfaction = p.lowest_effort

    @property
    def there(self) -> bool:
        """Whether there is a company."""
        return self.contract != "none"

    # -- the end of a contract, and the beginning of another

    def expire(self) -> None:
        """End the contract if its day has come."""
        if self.end != self.model.day:
            return
        self.end = NEVER
        if not self.leaving:
            self.contract = "holdover"
            self.model.count("expired")
            return
        self.contract, self.leaving = "none", False
        self.model.outside += self.till
        self.till = self.till_before = self.collected = self.earned = self.losses = 0
        self.effort = self.model.p.lowest_effort
        self.forgive()
        self.model.count("left")

    def review(self) -> None:
        """Give notice after too many quarters of loss, or look for a company."""
        model, p, day = self.model, self.model.p, self.model.day
        if self.there:
            if self.contract == "developer" and self.compound.age + day / 365 >= 10:
                self.contract = "holdover"
            if self.losses >= p.exit_quarters and not self.leaving:
                self.leaving = True
                self.end = day + int(p.notice_days)
            return
        found = min(QUARTER / p.tender_days, 1) * p.substitute
        if not chance(found, model.replication_seed, "company.found", self.number, day // QUARTER):
            return
        self.contract = "holdover"
        if self.compound.body and self.compound.functioning:
            self.contract = "fixed"
            self.end = day + round(p.term_years * 365)
        self.company = self.next_company
        self.effort = p.first_effort
        self.losses = 0
        self.till_before = self.till
        self.forgive()

    def forgive(self) -> None:
        """Forget what owners owe to a company that is gone."""
        for flat in self.flats:
            flat.arrears = 0

    # -- fees

    def paying(self) -> float:
        """Return the share of flats whose owner pays, or would."""
        return sum(flat.pays for flat in self.flats) / len(self.flats)

    def supported(self, satisfaction: float, share: float) -> float:
        """Return the share of owners who would pay."""
        p = self.model.p
        pull = p.fee_service * (satisfaction - 0.5) + p.fee_others * (share - 0.55)
        return p.fee_floor + p.fee_span * logistic(pull)

    def bill(self, flat: Household) -> int:
        """Return a flat's bill for a quarter."""
        return round(self.model.p.fee * 3 * flat.area)

    def collect(self) -> None:
        """Let some owners think again, then bill all."""
        if not self.there:
            self.collected = 0
            return
        model = self.model
        target = self.supported(self.satisfaction, self.paying())
        self.collected = 0
        for flat in self.flats:
            quarter = model.day // QUARTER
            if chance(model.p.fee_speed, model.replication_seed, "fee.redecide", flat.number, quarter):
                flat.pays = flat.fee_type < target
            bill = self.bill(flat)
            model.count("fees_billed_fen", bill)
            if flat.pays:
                flat.purse -= bill
                self.collected += bill
            else:
                flat.arrears += bill
        self.till += self.collected
        model.count("fees_paid_fen", self.collected)

    # -- accounts

    def raised(self) -> int:
        """Return the quarter's public income."""
        if not (self.there or self.compound.body):
            return 0
        return round(self.model.p.public_income / 4 * len(self.flats) * 100)

    def kept(self) -> int:
        """Return what the company keeps of it."""
        if not self.there or self.accounts_asked:
            return 0
        return round(self.model.p.kept_share * self.raised())

    def staff_wages(self, effort: float) -> int:
        """Return what a quarter of effort costs."""
        return round(3 * len(self.flats) * self.model.p.effort_cost * effort * effort * 100)

    def account(self) -> None:
        """Pay wages, keep or hand over public income, and see what was earned."""
        model, p = self.model, self.model.p
        kept, handed = self.kept(), self.raised() - self.kept()
        self.public += handed
        model.outside -= kept + handed
        model.count("public_fen", handed)
        if self.there:
            wages = round(3 * len(self.flats) * (p.fixed_cost + p.effort_cost * self.effort * self.effort) * 100)
            self.till += kept - wages
            model.outside += wages
            model.count("wages_fen", wages)
            model.count("kept_fen", kept)
        self.earned = self.till - self.till_before
        self.till_before = self.till
        self.losses = self.losses + 1 if self.earned < 0 else 0

    # -- effort

    def be_felt(self) -> None:
        """Let satisfaction follow the effort of the quarter that ends."""
        self.satisfaction += self.model.p.satisfaction_speed * (self.effort - self.satisfaction)

    def wish(self) -> float:
        """Return the effort that promises most."""
        p = self.model.p
        best, most = 0.0, -math.inf
        for k in range(18):
            effort = p.lowest_effort + (1 - p.lowest_effort) * (k / 17)
            promise = self.promise(effort)
            if promise > most:
                best, most = effort, promise
        return best

    def promise(self, effort: float) -> float:
        """Return what the company reckons to earn by working so hard from now on."""
        p = self.model.p
        wages = 3 * len(self.flats) * 100 * (p.fixed_cost + p.effort_cost * effort * effort)
        full, kept = sum(self.bill(flat) for flat in self.flats), self.kept()
        satisfaction, share = self.satisfaction, self.paying()
        years = []
        for _ in range(5):
            earned = 0.0
            for _ in range(4):
                satisfaction += p.satisfaction_speed * (effort - satisfaction)
                share += p.fee_speed * (self.supported(satisfaction, share) - share)
                margin = share * full + kept - wages
                earned += margin
            years.append(earned)
        worth = p.discount * (1 - p.relation_loss)
        factor, later = 1.0, 0.0
        for earned in years[1:]:
            factor *= worth
            later += factor * earned
        later += factor * worth * 4 * margin / (1 - worth)
        seen = logistic((p.expected_effort - effort) / (p.effort_noise / (1 + self.informed)))
        return years[0] + max(later, 0) * (1 - self.threat * seen)


def choose_efforts(managements: list[Management]) -> None:
    """Let every company choose its efforts, and cut them where its compounds together do not bring enough."""
    for management in managements:
        management.be_felt()
    wishes = {m: m.wish() for m in managements if m.there}
    for company in {m.company for m in wishes}:
        own = [m for m in wishes if m.company == company]
        means = sum(m.earned + m.staff_wages(m.effort) for m in own)
        wages = sum(m.staff_wages(wishes[m]) for m in own)
        for m in own:
            effort = wishes[m]
            if wages > means:
                cut = math.floor(effort * math.sqrt(max(means, 0) / wages) * 1000) / 1000
                effort = max(cut, m.model.p.lowest_effort)
            m.effort = effort
    for m in managements:
        if not m.there:
            m.effort = m.model.p.lowest_effort
