"""Handling: desks serve their queues, and each served case goes to the rule of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.cases import FIRST_DISPUTE, Stage
from sim.columns import Rule
from sim.places.compound import COMPANY
from sim.rules import bargaining, desks, funding, repairs, trust

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
    paid_for = np.zeros(c.n, dtype=bool)  # or to be: it is seen to in the order of service
    paid_for[repairs.approve(w, rows[~dispute & second])] = True
    paid_for[repairs.organise(w, rows[~dispute & ~second & ~at_company])] = True
    funding.find(w, rows[paid_for[rows]])


RULE = Rule(name="handling", places=("compound",))
