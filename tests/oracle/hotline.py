"""The hotline: one call after another, in the order in which they came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.oracle.case import Case
    from tests.oracle.desk import Desk
    from tests.oracle.grievance import Grievance
    from tests.oracle.world import OracleModel

MILLION = 1_000_000


class Hotline:
    """Takes calls.

    Attributes:
        waiting: cases about which somebody has called, and the desks to which these are to go, call by call.
        free: when it will have done with the calls it has taken, millionths of a day since day 0 began.
    """

    def __init__(self, model: OracleModel) -> None:
        self.model = model
        self.waiting: list[tuple[Case, Desk]] = []
        self.free = -(2**60)

    def length(self) -> int:
        """Return how long a call takes, millionths of a day."""
        a_day = self.model.p.hotline_calls * len(self.model.households) / 1000
        return max(round(MILLION / a_day), 1)

    def wait(self) -> float:
        """Return what a call would wait: for those before it, and to be passed on."""
        return self.model.p.hotline_days + len(self.waiting) * self.length() / MILLION

    def take(self) -> bool:
        """Take one more call, if there is time for it to begin today."""
        begins = max(self.free, MILLION * self.model.day)
        if begins >= MILLION * (self.model.day + 1):
            return False
        self.free = begins + self.length()
        return True

    def go_on(self) -> None:
        """Take calls that have waited; those about what is over are no matter any more."""
        still = [(case, desk) for case, desk in self.waiting if not case.ended]
        self.waiting = []
        for case, desk in still:
            if self.take():
                case.pass_on()
                case.bring_back(desk)
            else:
                self.waiting.append((case, desk))

    def ring(self, calls: list[tuple[Grievance, Desk]]) -> list[Grievance]:
        """Take today's calls in the order of their keys; return whose have been taken."""
        taken = []
        for caller, desk in sorted(calls, key=lambda call: call[0].key):
            if self.take():
                caller.case.pass_on()
                taken.append(caller)
            else:
                self.waiting.append((caller.case, desk))
        return taken
