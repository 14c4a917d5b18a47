"""Offices: once a week it is settled anew who holds which office and how many hours a desk has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.rules import bodies, desks, inspections, leaders, renewals

if TYPE_CHECKING:
    from sim.worlds import Worlds


def change(w: Worlds) -> None:
    """Phase, at the end of every week: rebuild the levers from what mechanisms offer, and staff the desks."""
    compounds = w.layout.rows("compound") > 0
    if compounds:
        bodies.find(w)
        inspections.found(w)
        renewals.found(w)
    w.rebuild_levers()
    if compounds:
        leaders.recall(w)
        desks.staff(w)
