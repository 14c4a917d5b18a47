"""Offices: once a week it is settled anew who holds which office and how many hours a desk has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.rules import desks

if TYPE_CHECKING:
    from sim.worlds import Worlds


def change(w: Worlds) -> None:
    """Phase, at the end of every week: rebuild the levers from what mechanisms offer, and staff the desks."""
    for settlement in w.settlements:
        settlement.before_offers(w)
    w.rebuild_levers()
    for settlement in w.settlements:
        settlement.after_offers(w)
    desks.staff(w)
