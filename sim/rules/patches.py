"""Patches: whoever has long suffered from a leaking roof has it made tight above the own flat, at own cost.

Self-help, beside claiming and putting up with it (Felstiner, Abel & Sarat 1980): the grievance is settled privately.
Owners who live there do so after some years, unless owners, money or a crew are already at it; nobody patches the
roof above a flat that is let. When nobody suffers any more the roof is tight, and whatever case there was is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import books
from sim.cases import under_way
from sim.columns import Rule
from sim.parameters import parameter
from sim.rules import defects, grievances, trust
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Parameters:
    """How long people wait, which is drawn with their grievance, and what a patch costs."""

    patch_days: float = parameter(
        730.0,
        365.0,
        1460.0,
        unit="days",
        source="guess: owners under a roof that nobody mends wait for some years before they pay a crew themselves",
        doc="mean time after which an owner has a leaking roof made tight above the own flat",
    )
    patch_cost: float = parameter(
        4000.0,
        1500.0,
        8000.0,
        unit="yuan",
        tag="D",
        source="roof-cost: 25,000 over the six flats under a roof of 36",
        doc="what an owner pays to have the roof above the own flat made tight",
    )


def patch(w: Worlds) -> None:
    """Phase, weekly: owners who have suffered long enough from a leaking roof have it made tight above their flat."""
    g, c = w.grievances, w.cases
    rows = where((g.patch <= w.day) & g.aching)
    if len(rows) == 0:
        return
    case = w.defect_case[g.world[rows], g.bearer[rows]]
    waits = np.zeros(len(rows), dtype=bool)
    waits[case >= 0] = under_way(c.stage[case[case >= 0]])
    rows = rows[~waits]
    world, household, asset = g.world[rows], g.household[rows], g.bearer[rows]
    fen = np.rint(w.at("patch_cost", world) * books.FEN).astype(np.int64)
    books.transfer(w, "purse", household, "outside", np.zeros_like(household), world, fen)
    w.count("patched", world)
    w.count("patch_fen", world, fen)
    grievances.settle_privately(w, rows)
    trust.learn(w)
    defects.end_unfelt(w, world, asset)


RULE = Rule(
    name="patches",
    places=("compound",),
    parameters=Parameters,
    flows={
        "patched": "owners who had the roof above their flat made tight at own cost",
        "patch_fen": "what they paid for it, fen",
    },
)
