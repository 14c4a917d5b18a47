"""The property company in one compound: its contract, its till, its effort, and the owners who pay it or not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.draws import chance, logistic, uniform
from tests.oracle.grievance import NEVER
from tests.oracle.repair import Repair

if TYPE_CHECKING:
    from tests.oracle.compound import Compound
    from tests.oracle.household import Household

CONTRACTS = ("developer", "fixed", "holdover", "none")
"""Contracts, by number."""

YEAR = 365
QUARTER = 91
GROWN = 10
"""Years after which nobody calls the developer's contract the developer's any more."""


class Company(Agent):
    """Who manages a compound: a company, or nobody.

    Attributes:
        contract: one of `CONTRACTS`.
        end: day on which the contract ends.
        leaving: notice has been given.
        successor: another company stands ready for the day on which this one leaves.
        firm: number of the company, or of the last one.
        effort: what it does, between 0 and 1.
        till: what it has made here since it came.
        collected: fees of the last quarter.
        earned: gain of the last quarter.
        losses: quarters of loss, one after another; in loss it refuses what is its duty.
        threat: the chance to lose the contract within a year that it reckons with.
        informed: inspections a quarter.
    """

    def __init__(self, compound: Compound, firm: int, firms: int) -> None:
        super().__init__(compound.model)
        self.compound, self.number = compound, compound.number
        self.firm, self.next_firm = firm, firms + compound.number
        self.end, self.leaving, self.successor = NEVER, False, False
        self.till = self.till_before = self.collected = self.earned = self.losses = 0
        self.threat = self.informed = 0.0
        self.accounts_asked = False
        seed, p = self.model.replication_seed, self.model.p
        u = uniform(seed, "contract.found", self.number)
        if u < p.no_company:
            self.contract = "none"
        elif u < p.no_company + p.fixed_share:
            self.contract = "fixed"
            years = uniform(seed, "contract.phase", self.number) * p.term_years
            self.end = self.model.day + 1 + math.floor(years * YEAR)
        else:
            self.contract = "developer" if compound.age < GROWN else "holdover"
        if self.serves:
            mood = uniform(seed, "company.satisfaction", self.number)
            self.effort = p.first_effort
            self.satisfaction = p.satisfied_low + (p.satisfied_high - p.satisfied_low) * mood
        else:
            self.effort = self.satisfaction = p.lowest_effort

    @property
    def serves(self) -> bool:
        """Whether there is a company."""
        return self.contract != "none"

    @property
    def flats(self) -> list[Household]:
        """Return all flats of the compound."""
        return self.compound.flats

    def minutes(self) -> int:
        """Return the minutes a week of its repairers."""
        if not self.serves:
            return 0
        return round(self.model.p.repairer_hours * 60 * self.effort * len(self.flats) / 300)

    # -- the end of a contract, and the beginning of another

    def expire(self) -> None:
        """End the contract if its day has come; a successor begins at once."""
        if self.end != self.model.day:
            return
        self.end = NEVER
        if not self.leaving:
            self.contract = "holdover"
            self.model.count("expired")
            return
        self.contract, self.leaving = "none", False
        self.model.outside += self.till
        self.model.count("tills_closed_fen", self.till)
        self.leave_behind()
        self.compound.renewals.recoup = 0
        self.compound.capture.captured = self.accounts_asked = False
        self.informed = 0.0
        self.till = self.till_before = self.collected = self.earned = self.losses = 0
        self.effort = self.model.p.lowest_effort
        self.forgive()
        self.model.count("left")
        if self.successor:
            self.successor = False
            self.begin()

    def leave_behind(self) -> None:
        """Leave to the owners what has been put aside for repairs of which owners, or the fund, pay the rest."""
        for case in self.compound.cases.values():
            if isinstance(case, Repair) and case.stage in ("signing", "voting", "funding"):
                fen = case.funding.from_company
                case.funding.from_company = 0
                case.funding.from_public += fen
                self.model.count("left_behind_fen", fen)

    def begin(self) -> None:
        """Let another company begin: for a term if there is a body that sees to it, else without."""
        self.contract = "holdover"
        if self.compound.body and self.compound.functioning:
            self.contract = "fixed"
            self.end = self.model.day + self.term
        self.firm = self.next_firm
        self.effort = self.model.p.first_effort
        self.losses = 0
        self.till_before = self.till
        self.forgive()

    @property
    def term(self) -> int:
        """Return the days of a fixed term."""
        return round(self.model.p.term_years * YEAR)

    def renew(self) -> None:
        """Begin a new term, after the present one if that still runs."""
        self.end = (self.end if self.contract == "fixed" else self.model.day) + self.term
        self.contract = "fixed"

    def notice(self) -> None:
        """Be about to leave."""
        self.leaving = True
        self.end = self.model.day + int(self.model.p.notice_days)

    def review(self) -> None:
        """Give notice after too many quarters of loss, or look for a company."""
        model, p, day = self.model, self.model.p, self.model.day
        if self.serves:
            if self.contract == "developer" and self.compound.years >= GROWN:
                self.contract = "holdover"
            if self.losses >= p.exit_quarters and not self.leaving:
                self.notice()
            return
        found = min(QUARTER / p.tender_days, 1) * p.substitute
        if chance(found, model.replication_seed, "company.found", self.number, day // QUARTER):
            self.begin()

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

    def billed(self) -> int:
        """Return the bill of all flats for a quarter, whoever pays it."""
        return sum(self.bill(flat) for flat in self.flats)

    def collect(self) -> None:
        """Let some owners think again, then bill all."""
        self.collected = 0
        if not self.serves:
            return
        model, quarter = self.model, self.model.day // QUARTER
        target = self.supported(self.satisfaction, self.paying())
        for flat in self.flats:
            if chance(model.p.fee_speed, model.replication_seed, "fee.redecide", flat.number, quarter):
                flat.pays = flat.fee_type < target
            bill = self.bill(flat)
            model.count("fees_billed_fen", bill)
            if flat.pays:
                flat.purse -= bill
                self.collected += bill
            else:
                flat.arrears = min(flat.arrears + bill, round(4 * model.p.limitation_years) * bill)
        self.till += self.collected
        model.count("fees_paid_fen", self.collected)

    # -- accounts

    def raised(self) -> int:
        """Return the quarter's public income."""
        if not (self.serves or self.compound.body):
            return 0
        return round(self.model.p.public_income / 4 * len(self.flats) * 100)

    def kept(self) -> int:
        """Return what the company keeps of it."""
        if not self.serves or self.accounts_asked:
            return 0
        return round(self.model.p.kept_share * self.raised())

    def staff_wages(self, effort: float) -> int:
        """Return what a quarter of effort costs."""
        return round(self.billed() * (self.model.p.effort_cost * effort * effort))

    def account(self) -> None:
        """Pay wages, keep or hand over public income, and see what was earned."""
        model, p = self.model, self.model.p
        kept, handed = self.kept(), self.raised() - self.kept()
        self.compound.public += handed
        model.outside -= kept + handed
        model.count("public_fen", handed)
        if self.serves:
            wages = round(self.billed() * (p.fixed_cost + p.effort_cost * self.effort * self.effort))
            self.till += kept - wages
            model.outside += wages
            model.count("wages_fen", wages)
            model.count("kept_fen", kept)
        self.earned = self.till - self.till_before if self.serves else 0
        self.till_before = self.till
        self.losses = self.losses + 1 if self.earned < 0 else 0

    # -- effort

    def be_felt(self) -> None:
        """Let satisfaction follow the effort of the quarter that ends."""
        self.satisfaction += self.model.p.satisfaction_speed * (self.effort - self.satisfaction)

    def wish(self) -> float:
        """Return the effort that promises most, of equals the lowest."""
        lowest = self.model.p.lowest_effort
        step = (1 - lowest) / 17
        best = max((lowest + step * k for k in range(18)), key=self.promise)
        around = (best + step * (k / 8) for k in range(-7, 8))
        return max((min(max(effort, lowest), 1.0) for effort in around), key=self.promise)

    def promise(self, effort: float) -> float:
        """Return what the company reckons to earn by working so hard from now on."""
        p = self.model.p
        full, kept = self.billed(), self.kept()
        wages = full * (p.fixed_cost + p.effort_cost * effort * effort)
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
        return years[0] + max(later, 0) * (1 - self.threat * self.seems_bad(effort))

    def seems_bad(self, effort: float) -> float:
        """Return the chance that the owners call so much effort bad; the more is seen, the sharper."""
        p = self.model.p
        return logistic((p.expected_effort - effort) / (p.effort_noise / (1 + self.informed)))


def choose_efforts(companies: list[Company]) -> None:
    """Let every firm choose its efforts, and cut them where its compounds together do not bring enough."""
    for company in companies:
        company.be_felt()
    wishes = {company: company.wish() for company in companies if company.serves}
    firms: dict[int, list[Company]] = {}
    for company in wishes:
        firms.setdefault(company.firm, []).append(company)
    for own in firms.values():
        means = sum(company.earned + company.staff_wages(company.effort) for company in own)
        wages = sum(company.staff_wages(wishes[company]) for company in own)
        for company in own:
            effort = wishes[company]
            if wages > means:
                cut = math.floor(effort * math.sqrt(max(means, 0) / wages) * 1000) / 1000
                effort = max(cut, company.model.p.lowest_effort)
            company.effort = effort
    for company in companies:
        if not company.serves:
            company.effort = company.model.p.lowest_effort
