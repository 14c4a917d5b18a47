"""A desk: a queue, and minutes that accrue while somebody waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa import Agent

if TYPE_CHECKING:
    from tests.oracle.case import Case
    from tests.oracle.motion import Motion
    from tests.oracle.world import OracleModel

LONGEST_WAIT = 999.0


class Desk(Agent):
    """The desk of a company, a body, a branch, a community or a sub-district's centre, or the court.

    Attributes:
        cases: the cases that it has, waiting or not, by the number of their booking.
        motions: what it has put before owners and is not decided, in the order in which it was put.
        minutes: minutes a week for cases; a day brings as many sevenths of a minute.
        balance: minutes in hand for the head of the queue, sevenths.
        wait: posted expected wait, days.
    """

    def __init__(self, model: OracleModel, number: int, kind: str) -> None:
        super().__init__(model)
        self.number = number
        self.kind = kind
        self.cases: dict[int, Case] = {}
        self.motions: list[Motion] = []
        self.minutes = 0
        self.balance = 0
        self.wait = 0.0

    def queue(self) -> list[Case]:
        """Return the cases that wait here, in the order of their coming, those not yet ready among them."""
        return [case for case in self.cases.values() if case.stage in ("waiting", "approval")]

    def post_wait(self) -> None:
        """Post the days that a case brought now would wait, the sitting it needs itself counted in."""
        self.wait = LONGEST_WAIT
        if self.minutes > 0:
            work = sum(case.minutes for case in self.queue())
            self.wait = min((work + self.model.p.sitting_hours * 60) / (self.minutes / 7), LONGEST_WAIT)

    def take_up(self) -> list[Case]:
        """Return the cases that are served today.

        The most urgent comes first, then the oldest, then the one booked first; if there is not enough time
        in hand for it, nobody behind it is served. Time in hand is lost when nobody (more) waits.
        """
        queue = [case for case in self.queue() if case.ready <= self.model.day]
        queue.sort(key=lambda case: (-case.urgency, case.opened, case.booked))
        if queue:
            self.balance += self.minutes
        served = []
        for case in queue:
            if 7 * case.minutes > self.balance:
                break
            self.balance -= 7 * case.minutes
            self.model.count(f"minutes_{self.kind}", case.minutes)
            served.append(case)
        if len(served) == len(queue):
            self.balance = 0
        return served
