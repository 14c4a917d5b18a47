"""The court: what the centre could not settle, if somebody sues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.desk import Desk
from tests.oracle.draws import chance, lognormal

if TYPE_CHECKING:
    from tests.oracle.dispute import Dispute

QUICKEST, SLOWEST = 15, 180
"""Days of a suit."""


class Court(Desk):
    """Where disputes of two parties end, after some time and always with a settlement."""

    def take(self, dispute: Dispute) -> None:
        """Let a suit begin."""
        p = self.model.p
        length = lognormal(p.court_days, p.court_spread, dispute.key, "court.days")
        dispute.lie_at(self)
        dispute.stage = "court"
        dispute.ready = self.model.day + round(min(max(length, QUICKEST), SLOWEST))
        dispute.log("sued")
        self.model.count("sued")

    def would_hear(self, dispute: Dispute) -> bool:
        """Whether one of the parties sues."""
        return dispute.suable and chance(self.model.p.sues, dispute.key, "court.sue")

    def judge(self) -> None:
        """Confirm a settlement in every suit that has come to its end."""
        for case in self.model.cases:
            if case.stage == "court" and case.ready <= self.model.day:
                case.log("judged")
                case.agree(confirmed=True)
