"""The court: what the centre could not settle, if somebody sues; so many cases at a time, the first filed first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.desk import Desk
from tests.oracle.draws import chance, lognormal
from tests.oracle.grievance import NEVER

if TYPE_CHECKING:
    from tests.oracle.dispute import Dispute

QUICKEST, SLOWEST = 15, 180
"""Days of a suit."""


class Court(Desk):
    """Where disputes of two parties end, after some time and always with a settlement.

    Attributes:
        left: suits that were left waiting when it last sat.
    """

    left = 0

    def take(self, dispute: Dispute) -> None:
        """Let a suit be filed, which waits until there is room for it."""
        dispute.lie_at(self)
        dispute.stage = "court"
        dispute.ready = NEVER
        dispute.filed = self.model.day
        dispute.log("sued")
        self.model.count("sued")

    def would_hear(self, dispute: Dispute) -> bool:
        """Whether one of the parties sues."""
        return dispute.suable and chance(self.model.p.sues, dispute.key, "court.sue")

    def judge(self) -> None:
        """Confirm a settlement in every suit that has come to its end; then let others begin."""
        for case in self.model.cases:
            if case.stage == "court" and case.ready <= self.model.day:
                case.log("judged")
                case.agree(confirmed=True)
        room = max(round(self.model.p.court_docket * len(self.model.households) / 1000), 1)
        room -= sum(case.ready != NEVER for case in self.cases.values())
        for case in self.waiting()[: max(room, 0)]:
            self.begin(case)
        self.left = len(self.waiting())

    def waiting(self) -> list[Dispute]:
        """Return the suits that have not begun, in the order in which they will."""
        return sorted((x for x in self.cases.values() if x.ready == NEVER), key=lambda x: (x.filed, x.key))

    def begin(self, dispute: Dispute) -> None:
        """Let a suit begin."""
        p = self.model.p
        length = lognormal(p.court_days, p.court_spread, dispute.key, "court.days")
        dispute.ready = self.model.day + round(min(max(length, QUICKEST), SLOWEST))
