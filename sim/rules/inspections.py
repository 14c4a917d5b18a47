"""Inspections: what the body sees of the company's work and of its accounts.

An inspection costs time out of the keeper's hours. The company knows how often it is inspected: the more is
seen, the sharper is the line between good and bad work (Holmstrom 1979; `sim.rules.company`). A body that has
inspected also asks for the accounts of public income. Calls to the hotline tell the branch something too; they
inform the body only where the two share what they know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.columns import Column, Lever, Rule
from sim.parameters import parameter
from sim.rules import bodies, contracts, keeping

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Parameters:
    """What an inspection takes, and what else tells of the company's work."""

    inspection_hours: float = parameter(
        1.0,
        0.5,
        2.0,
        unit="hours",
        source="guess: a walk through a compound of 300 flats",
        doc="one inspection",
    )
    own_inspection_hours: float = parameter(
        0.3,
        0.0,
        1.0,
        unit="hours/week",
        source="guess: a walk in about three weeks; bodies watch a little of their own accord",
        doc="what a functioning body sets aside for inspections of its own accord",
    )
    ticket_signal: float = parameter(
        0.2,
        0.0,
        0.5,
        unit="inspections",
        source="guess: a complaint says less than a visit",
        doc="what a call to the hotline tells beside an inspection",
    )


def _set_up(w: Worlds) -> None:
    """Settle how much time bodies as found set aside."""
    found(w)


def found(w: Worlds) -> None:
    """Settle anew what the bodies that now stand set aside for inspections of their own accord."""
    w.inspections_found[...] = np.where(w.functioning, np.rint(60 * w.p.own_inspection_hours), 0)


def inspect(w: Worlds) -> None:
    """Phase, weekly: bodies with enough time in hand inspect the company's work."""
    world, compound = np.nonzero((w.inspections_balance > 0) & (w.contract != contracts.NONE))
    done = keeping.spend(w, "inspections", world, compound, "inspection_hours")
    np.add.at(w.inspected, (world[done], compound[done]), np.int32(1))
    w.count("inspections", world[done])


def report(w: Worlds) -> None:
    """Phase, quarterly: what was seen in the quarter is put together; whoever has inspected asks for the accounts."""
    told = w.joined * w.p.ticket_signal * w.tickets_read
    honest = ~w.captured
    w.informed[...] = np.where(honest, w.inspected + told * (w.body > bodies.NONE), 0.0)
    w.accounts_asked[...] = honest & (w.inspected > 0)
    w.inspected[...] = 0
    w.tickets_read[...] = 0


RULE = Rule(
    name="inspections",
    places=("compound",),
    columns=(
        Column("inspected", "compound", np.int32, "inspections in this quarter"),
        Column("tickets_read", "compound", np.int32, "calls to the hotline about the compound in this quarter"),
    ),
    levers=(
        Lever(
            "joined",
            "compound",
            0,
            "max",
            "share",
            "how far body and branch share what calls to the hotline tell",
            np.float64,
        ),
    ),
    parameters=Parameters,
    flows={"inspections": "inspections of companies' work"},
    set_up=_set_up,
)
