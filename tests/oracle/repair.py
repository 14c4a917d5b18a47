"""A repair on the books: mended by the company, or proposed, approved, paid for and worked on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.asset import Asset
from tests.oracle.case import Case
from tests.oracle.draws import chance, triangular, uniform
from tests.oracle.funding import Funding
from tests.oracle.kinds import WATER

if TYPE_CHECKING:
    from tests.oracle.desk import Desk
    from tests.oracle.grievance import Grievance

MONTH = 30


class Repair(Case):
    """A defect that somebody is to mend.

    Attributes:
        minor: whether it is so cheap that mending it is the company's duty.
        refused: whether the company, in loss, has refused to.
        funding: its money side.
    """

    bearer: Asset

    def learn_more(self, grievance: Grievance) -> None:
        """Learn what it would cost if mended at once."""
        p = self.model.p
        typical = getattr(p, f"{self.kind}_cost")
        self.base = typical * triangular(p.cost_low, 1.0, p.cost_high, uniform(self.key, "defect.cost"))
        self.minor = self.base <= p.minor_cap
        self.refused = False
        self.funding = Funding(self)

    def cost_now(self) -> int:
        """Return the cost in fen if a round begins today; leaks have grown."""
        if self.kind not in WATER:
            return round(self.base * 100)
        months = (self.model.day - self.bearer.broke) / MONTH
        return round(self.base * (1 + self.model.p.leak_growth * months) * 100)

    def paid(self) -> tuple[bool | int, ...]:
        """Return whether it was minor, its cost and who paid it, fen."""
        f = self.funding
        return self.minor, f.cost, f.from_company, f.from_public, f.from_fund, f.from_owners, f.conceded

    # -- whose it is

    @property
    def owed(self) -> bool:
        """Whether a company must mend it: what is minor, unless there is no company or it has refused."""
        return self.minor and not self.refused and self.compound.company.serves

    def next_desk(self) -> Desk | None:
        """Return the desk to which the one that has it sends it on; None if it deals with it itself."""
        if self.drafted:
            return None
        if self.minor:
            kind = "company" if self.owed else "community"
        else:
            kind = "body" if self.compound.body else "community"
        return None if self.desk.kind == kind else self.compound.desks[kind]

    def next_step_hours(self) -> float:
        """Return the hours of reading and sending on, of mending, of working out a proposal, or of one more sitting."""
        p = self.model.p
        if self.next_desk() is not None:
            return p.triage_hours
        if self.minor:
            return p.minor_hours
        return p.sitting_hours if self.drafted else p.proposal_hours

    def take_up(self) -> None:
        """Do at the desk that has it what is to be done there."""
        if self.stage == "approval":
            self.approve()
            return
        if self.desk.kind == "company" and self.owed and self.compound.company.losses > 0:
            self.refused = True
            self.model.count("refused")
            self.log("refused")
        onward = self.next_desk()
        if onward is not None:
            self.hand_off(onward)
        elif self.minor:
            self.be_mended()
        elif self.desk.kind == "community" and not self.drafted:
            self.apply()
        else:
            self.organise()

    def be_mended(self) -> None:
        """Have somebody of the company's, or of the community's, see to it without more ado."""
        self.handled = self.model.day
        if self.desk.kind == "company":
            self.funding.charge_company()
        else:
            self.funding.charge_community()

    # -- the principals

    def apply(self) -> None:
        """Work it out for a compound that has nobody to do so, and apply; the sitting comes after some days."""
        self.log("proposed")
        self.drafted = True
        self.organiser = self.desk
        self.handled = self.model.day
        self.ready = self.model.day + int(self.model.p.application_days)
        self.enter_queue(self.desk)

    def organise(self) -> None:
        """Lay it before the first principal, worked out if it has not been."""
        if not self.drafted:
            self.log("proposed")
        self.drafted = True
        self.organiser = self.desk
        if not self.pass_principal(0):
            return
        branch = self.compound.desks["branch"]
        in_sight = branch.wait <= self.model.p.second_patience_days
        if self.desk.kind == "body" and self.compound.principals > 1 and in_sight:
            self.ready = self.model.day
            self.enter_queue(branch, "approval")
            self.model.count("referred")
            self.log("referred")
        else:
            self.funding.seek()

    def approve(self) -> None:
        """Lay it before the second principal; either way it is the organiser's again."""
        self.enter_queue(self.organiser)
        if self.pass_principal(1):
            self.funding.seek()

    def come_back(self) -> None:
        """Come before the first principal again if there is no second any more."""
        if self.stage == "approval" and self.compound.principals < 2:
            self.ready = self.model.day
            self.enter_queue(self.organiser)

    def pass_principal(self, principal: int) -> bool:
        """Return whether a principal lets the proposal pass; otherwise it waits at the organiser's desk."""
        self.sittings += 1
        self.handled = self.model.day
        if chance(self.model.p.veto, self.key, "repair.veto", principal, self.sittings):
            self.ready = self.model.day + int(self.model.p.session_gap_days)
            self.enter_queue(self.organiser)
            self.model.count("turned_back")
            self.log("turned_back")
            return False
        self.log("approved")
        return True

    def be_conceded(self, fen: int) -> None:
        """Have the company see to it, because the body has asked for it when its contract was at stake."""
        self.handled = self.model.day
        self.log("conceded")
        self.funding.charge_in_talks(fen)

    def retable(self) -> None:
        """If the ledger says that it has been shelved too long, lay it before the principal again."""
        overdue = self.model.day - self.started >= self.compound.ledger_deadline
        if overdue and self.compound.write_ledger():
            self.ready = self.model.day
            self.enter_queue(self.organiser)
            self.model.count("retabled")
            self.log("retabled")

    def finish(self) -> None:
        """The crew is done, and all is well."""
        self.log("repaired")
        self.close("settled", "settled")
        self.bearer.mend()
