"""Handling: desks serve their queues, and each served case goes to the rule of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.cases import FIRST_DISPUTE, Stage
from sim.places.compound import COMPANY
from sim.rules import bargaining, desks, repairs, trust

if TYPE_CHECKING:
    from sim.worlds import Worlds


def handle(w: Worlds) -> None:
    """Phase: a day at all desks."""
    rows = desks.serve(w)
    if len(rows) == 0:
        return
    c = w.cases
    dispute, second = c.kind[rows] >= FIRST_DISPUTE, c.stage[rows] == int(Stage.APPROVAL)
    at_company = desks.kind_of(w, c.desk[rows]) == COMPANY
    bargaining.mediate(w, rows[dispute])
    trust.learn(w)
    repairs.do_duty(w, rows[at_company])
    repairs.approve(w, rows[~dispute & second])
    repairs.organise(w, rows[~dispute & ~second & ~at_company])
