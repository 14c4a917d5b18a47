"""Handling: desks serve their queues; disputes are mediated, the rest is what a settlement makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import settlements
from sim.cases import DISPUTE
from sim.rules import bargaining, desks, trust

if TYPE_CHECKING:
    from sim.worlds import Worlds


def handle(w: Worlds) -> None:
    """Phase: a day at all desks."""
    rows = desks.serve(w)
    if len(rows) == 0:
        return
    dispute = DISPUTE.take(w.cases.kind[rows])
    bargaining.mediate(w, rows[dispute])
    trust.learn(w)
    rows = rows[~dispute]
    for settlement, at in settlements.of_cases(w, rows):
        settlement.attend(w, rows[at])
    desks.set_out(w)
