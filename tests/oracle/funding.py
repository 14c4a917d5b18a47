"""Funding: who pays for a repair, in what order, and what happens when the money does not come together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.oracle.draws import chance
from tests.oracle.kinds import WATER
from tests.oracle.motion import Motion

if TYPE_CHECKING:
    from tests.oracle.household import Household
    from tests.oracle.repair import Repair

YEAR = 365


class Funding:
    """The money side of one repair.

    Attributes:
        cost: of the repair as last asked for, fen.
        owed: what of it the owners are asked for, fen.
        from_company: what the company has put into the asset's escrow, fen.
        from_public: what has come from the compound's public income.
        from_fund: what has come from the maintenance fund.
        motion: what stands before the owners, if anything.
    """

    def __init__(self, repair: Repair) -> None:
        self.repair = repair
        self.model = repair.model
        self.asset = repair.bearer
        self.compound = repair.compound
        self.cost = self.owed = 0
        self.from_company = self.from_public = self.from_fund = 0
        self.motion: Motion | None = None

    # -- the order of payers

    def seek(self) -> None:
        """Fix the cost and ask payers one after the other, until nothing is left to pay or the owners are asked."""
        self.cost = self.repair.cost_now()
        self.owed = 0
        if self.under_warranty():
            self.model.count("warranty_fen", self.cost)
            self.begin_works(unpaid=0)
            return
        rest = self.cost
        rest -= self.ask_company(rest)
        rest -= self.ask_public(rest)
        if rest == 0:
            self.begin_works()
        elif self.compound.fund >= rest:
            self.ask_fund(rest)
        else:
            self.ask_shares(rest)

    def under_warranty(self) -> bool:
        """Whether the developer still answers for the roof."""
        age = self.compound.age + self.model.day / YEAR
        return self.repair.kind == "roof" and age < self.model.p.warranty_years

    def ask_company(self, rest: int) -> int:
        """Let the company pay as much of a dear repair as it would have to pay of a minor one; return it."""
        company = self.compound.company
        if not company.serves or company.losses > 0 or self.repair.minor:
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

    def ask_fund(self, rest: int) -> None:
        """Set the fund's money aside: for an emergency it comes without a vote, else the owners vote on it."""
        self.from_fund = rest
        self.compound.fund -= rest
        self.asset.escrow += rest
        repair, p = self.repair, self.model.p
        if repair.kind in WATER and chance(p.emergency, repair.key, "fund.emergency"):
            self.grant(int(p.emergency_days))
        else:
            self.put("fund", "voting")

    def ask_shares(self, rest: int) -> None:
        """Ask every owner for an equal share of what is left."""
        self.owed = rest
        self.put("shares", "signing")

    def put(self, kind: str, stage: str) -> None:
        """Put a motion to the owners."""
        self.repair.enter(stage)
        self.repair.log(stage)
        self.motion = Motion(self.repair, kind)

    def grant(self, wait: int) -> None:
        """Let the fund's money come, after some days."""
        self.repair.enter("funding")
        self.repair.ready = self.model.day + wait
        self.repair.log("granted")

    # -- shares

    @property
    def share(self) -> int:
        """Return what each owner is asked for."""
        return math.ceil(self.owed / len(self.asset.flats))

    def take_share(self, owner: Household) -> None:
        """Let an owner pay a share."""
        owner.purse -= self.share
        self.asset.escrow += self.share
        self.model.count("signed_shares")

    # -- day by day

    def hear_vote(self) -> None:
        """Grant the fund's money if the ballot has passed; if it has failed, give it back and ask for shares."""
        passed = self.motion.outcome()
        if passed is None:
            return
        self.end_motion()
        if passed:
            self.grant(int(self.model.p.fund_days))
        else:
            self.repair.log("voted_down")
            self.give_back_fund()
            self.ask_shares(self.cost - self.from_company - self.from_public)

    def take_stock(self) -> None:
        """Begin the works if enough has come together; if the time is over, pay everybody back and shelve it."""
        enough = self.cost - self.owed + math.ceil(self.model.p.funded_share * self.owed)
        if self.asset.escrow >= enough:
            self.end_motion()
            self.begin_works()
        elif self.model.day - self.motion.opened >= self.model.p.signing_days:
            for asked in self.motion.asked:
                if asked.done:
                    self.asset.escrow -= self.share
                    asked.owner.purse += self.share
            self.end_motion()
            self.asset.escrow -= self.from_company + self.from_public
            self.compound.company.till += self.from_company
            self.compound.public += self.from_public
            self.from_company = self.from_public = 0
            self.give_back_fund()
            self.model.count("refunded")
            self.repair.enter("shelved")
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

    def begin_works(self, unpaid: int | None = None) -> None:
        """Pay the crew what there is, and let it begin; what is missing stays unpaid, unless somebody else pays."""
        model, p, paid = self.model, self.model.p, self.asset.escrow
        self.asset.escrow = 0
        model.outside += paid
        model.count("repair_fen", paid)
        model.count("unpaid_fen", max(self.cost - paid, 0) if unpaid is None else unpaid)
        model.count("paid_company_fen", self.from_company)
        model.count("paid_public_fen", self.from_public)
        model.count("paid_fund_fen", self.from_fund)
        model.count("paid_owners_fen", paid - self.from_company - self.from_public - self.from_fund)
        self.repair.enter("works")
        self.repair.ready = model.day + int(p.minor_days if self.repair.minor else p.works_days)
        self.repair.log("funded")
