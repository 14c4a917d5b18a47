"""Funding: who pays for a repair, in what order, and what happens when the money does not come together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.oracle.draws import chance
from tests.oracle.kinds import WATER
from tests.oracle.motion import Motion, about_repair

if TYPE_CHECKING:
    from tests.oracle.repair import Repair


class Funding:
    """The money side of one repair.

    Attributes:
        cost: of the repair as last asked for, fen.
        owed: what of it the owners are asked for, fen.
        from_company: what the company has put into the asset's escrow, fen.
        from_public: what has come from the compound's public income.
        from_fund: what has come from the maintenance fund.
        from_owners: what owners' shares have paid of it.
        conceded: what it costs a company that has conceded it.
        motion: what stands before the owners, if anything.
    """

    def __init__(self, repair: Repair) -> None:
        self.repair = repair
        self.model = repair.model
        self.asset = repair.bearer
        self.compound = repair.compound
        self.cost = self.owed = 0
        self.from_company = self.from_public = self.from_fund = 0
        self.from_owners = self.conceded = 0
        self.motion: Motion | None = None

    # -- what is minor

    @property
    def minor_cost(self) -> int:
        """Return what a minor repair costs, fen; it does not grow."""
        return round(self.repair.base * 100)

    def charge_company(self) -> None:
        """Let the company bear what its own people cost it."""
        fen = round(self.model.p.own_cost * self.minor_cost)
        self.compound.company.till -= fen
        self.model.outside += fen
        self.model.count("company_fen", fen)
        self.start()

    def charge_community(self) -> None:
        """Let the compound's public income bear it, and the public budget what that does not suffice for."""
        fen = min(max(self.compound.public, 0), self.minor_cost)
        self.compound.public -= fen
        self.model.outside += fen
        self.model.count("minor_public_fen", fen)
        self.model.count("relief_fen", self.minor_cost - fen)
        self.start()

    def charge_in_talks(self, fen: int) -> None:
        """Let the company bear what it has conceded."""
        self.compound.company.till -= fen
        self.model.outside += fen
        self.model.count("conceded")
        self.model.count("decided_for_owners")
        self.model.count("conceded_fen", fen)
        self.conceded = fen
        self.start()

    # -- the order of payers

    def seek(self) -> None:
        """Fix the cost and ask payers one after the other, until nothing is left to pay or the owners are asked."""
        self.cost = self.repair.cost_now()
        if self.under_warranty():
            self.model.count("warranty_fen", self.cost)
            self.model.count("decided_for_owners")
            self.start()
            return
        self.owed = self.cost
        self.owed -= self.ask_company(self.owed)
        self.owed -= self.ask_public(self.owed)
        if self.owed == 0:
            self.model.count("decided_for_owners")
            self.begin_works()
        elif self.compound.fund >= self.owed:
            self.ask_fund()
        else:
            self.ask_shares()

    def under_warranty(self) -> bool:
        """Whether the developer still answers for the roof."""
        return self.repair.kind == "roof" and self.compound.years < self.model.p.warranty_years

    def ask_company(self, rest: int) -> int:
        """Let the company pay as much of a dear repair as it would have to pay of a minor one; return it."""
        company = self.compound.company
        if not company.serves or company.losses > 0:
            return 0
        self.from_company = min(round(self.model.p.minor_cap * 100), rest)
        company.till -= self.from_company
        self.asset.escrow += self.from_company
        return self.from_company

    def ask_public(self, rest: int) -> int:
        """Take what there is of the compound's public income; return it."""
        self.from_public = min(max(self.compound.public, 0), rest)
        self.compound.public -= self.from_public
        self.asset.escrow += self.from_public
        return self.from_public

    def ask_fund(self) -> None:
        """Set the fund's money aside: for an emergency it comes without a vote, else the owners vote on it."""
        self.from_fund = self.owed
        self.compound.fund -= self.owed
        self.asset.escrow += self.owed
        repair, p = self.repair, self.model.p
        if repair.kind in WATER and chance(p.emergency, repair.key, "fund.emergency"):
            self.model.count("decided_for_owners")
            self.grant(int(p.emergency_days))
        else:
            self.repair.stage = "voting"
            self.repair.log("voting")
            self.motion = about_repair(repair, "fund")

    def ask_shares(self) -> None:
        """Ask every owner for an equal share of what is left."""
        self.repair.stage = "signing"
        self.repair.started = self.model.day
        self.repair.log("signing")
        self.motion = about_repair(self.repair, "shares")

    def grant(self, wait: int) -> None:
        """Let the fund's money come, after some days."""
        self.repair.stage = "funding"
        self.repair.ready = self.model.day + wait
        self.repair.log("granted")

    # -- day by day

    def hear_vote(self) -> None:
        """Grant the fund's money if the ballot has passed; if it has failed, give it back and ask for shares."""
        passed = self.motion.outcome()
        if passed is None:
            return
        self.end_motion()
        if passed:
            self.model.count("decided_by_owners")
            self.grant(int(self.model.p.fund_days))
        else:
            self.repair.log("voted_down")
            self.model.count("voted_down")
            self.give_back_fund()
            self.ask_shares()

    def take_stock(self) -> None:
        """Begin the works if enough has come together; if the time is over, pay everybody back and shelve it."""
        enough = self.cost - self.owed + math.ceil(self.model.p.funded_share * self.owed)
        if self.asset.escrow >= enough:
            self.model.count("decided_by_owners")
            self.end_motion()
            self.begin_works()
        elif self.model.day >= self.motion.until:
            self.motion.pay_back()
            self.end_motion()
            self.asset.escrow -= self.from_company + self.from_public
            self.compound.company.till += self.from_company
            self.compound.public += self.from_public
            self.from_company = self.from_public = 0
            self.give_back_fund()
            self.model.count("refunded")
            self.repair.stage = "shelved"
            self.repair.started = self.model.day
            self.repair.log("refunded")

    def give_back_fund(self) -> None:
        """Give the fund its money back."""
        self.asset.escrow -= self.from_fund
        self.compound.fund += self.from_fund
        self.from_fund = 0

    def end_motion(self) -> None:
        """Ask nobody any more."""
        self.motion.close()
        self.motion = None

    def begin_works(self) -> None:
        """Pay the crew what there is; what is missing stays unpaid."""
        model, paid = self.model, self.asset.escrow
        self.asset.escrow = 0
        model.outside += paid
        model.count("repair_fen", paid)
        model.count("unpaid_fen", max(self.cost - paid, 0))
        model.count("paid_company_fen", self.from_company)
        model.count("paid_public_fen", self.from_public)
        model.count("paid_fund_fen", self.from_fund)
        self.from_owners = paid - self.from_company - self.from_public - self.from_fund
        model.count("paid_owners_fen", self.from_owners)
        self.start()

    def start(self) -> None:
        """Let whoever does it begin to work."""
        repair, p = self.repair, self.model.p
        repair.stage = "works"
        repair.started = self.model.day
        repair.ready = self.model.day + int(p.minor_days if repair.minor else p.works_days)
        repair.log("funded")
