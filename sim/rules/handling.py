"""Handling: desks serve their queues, and each served case goes to the rule of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.cases import Kind, Stage
from sim.rules import bargaining, desks, repairs, trust

if TYPE_CHECKING:
    from sim.worlds import Worlds


def handle(w: Worlds) -> None:
    """Phase: a day at all desks."""
    rows = desks.serve(w)
    if len(rows) == 0:
        return
    c = w.cases
    shared, second = c.kind[rows] == int(Kind.ROOF), c.stage[rows] == int(Stage.APPROVAL)
    bargaining.mediate(w, rows[~shared])
    trust.learn(w)
    repairs.approve(w, rows[shared & second])
    repairs.organise(w, rows[shared & ~second])
