"""Dealings: disputes between a household and the enterprise, over birds that were not taken or a gain handed over.

Who held a contract and had to sell below the floor is owed the difference; who was found out selling elsewhere quarrels
over what was taken back, and may sign again once it is settled. Agreement, payment and default are three things: an
enterprise that is there pays, or does not keep its word; one that has failed cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.books import transfer
from sim.cases import Kind
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.rules import grievances

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parameters:
    """How bad, and what becomes of promises."""

    dealing_severity: float = parameter(
        0.5,
        0.2,
        0.9,
        unit="severity",
        kind="set",
        source="guess, prior-severity: between a fee and wages owed",
        doc="severity of a dispute with the enterprise",
    )
    dealing_kept: float = parameter(
        0.75,
        0.6,
        0.9,
        unit="probability",
        source="prior-compliance",
        doc="chance that an enterprise that is there pays what it agreed to",
    )
    dealing_days: int = parameter(
        90,
        30,
        180,
        unit="days",
        kind="set",
        source="guess: as fees",
        doc="time after which what was promised and not paid counts as broken",
    )


def wrong(w: Worlds, world: Ints, yard: Ints, owed: Ints) -> None:
    """Let households be wronged by the enterprise.

    Args:
        w: the worlds.
        world: world of each household.
        yard: its yard.
        owed: what the enterprise owes it by the contract, fen; 0 where it was found out.
    """
    if len(world) == 0:
        return
    w.dealing_times[world, yard] += 1
    w.dealing_owed[world, yard] += owed
    w.count("contract_due_fen", world, owed)
    household = w.layout.traits["yard_household"][yard]
    severity = np.rint(1000 * w.at("dealing_severity", world))
    ordinal = grievances.REOPENINGS * w.dealing_times[world, yard].astype(np.int64)
    grievances.arise(w, world, household, Kind.CONTRACT, household, -1, ordinal, severity)


def yards(w: Worlds, household: Ints) -> Ints:
    """Return the yard of each household."""
    row = np.empty(w.households, dtype=np.int64)
    row[w.layout.traits["yard_household"]] = np.arange(w.layout.sizes["yard"])
    return row[household]


def agree(w: Worlds, rows: Ints, confirmed: NDArray[np.bool_]) -> None:
    """Let the enterprise pay what it agreed to, or not; a court's confirmation leaves half of the defaults, or so.

    Args:
        w: the worlds.
        rows: rows of grievances about contracts, settled.
        confirmed: which agreements a court has confirmed.
    """
    if len(rows) == 0:
        return
    g = w.grievances
    world, yard = g.world[rows], yards(w, g.household[rows])
    township = w.layout.up("yard", "township")[yard]
    w.barred_day[world, yard] = np.minimum(w.barred_day[world, yard], w.day)  # both may deal with one another again
    breaks = 1 - w.at("dealing_kept", world)
    breaks = np.where(confirmed, breaks * w.at("confirmed_factor", world), breaks)
    owing = w.dealing_owed[world, yard] > 0
    broken = owing & (~w.firm[world, township] | noise.chance(breaks, g.key[rows], "dealings.default"))
    whose = world * w.layout.sizes["yard"] + yard
    pays = np.unique(whose[owing & ~broken])
    broken &= ~np.isin(whose, pays)  # one word kept pays all that is owed
    g.act[rows[broken]] = w.day + w.whole("dealing_days", world[broken])
    _pay(w, pays // w.layout.sizes["yard"], pays % w.layout.sizes["yard"])


def _pay(w: Worlds, world: Ints, yard: Ints) -> None:
    """Let the enterprise pay all that it owes to some households."""
    fen = w.dealing_owed[world, yard]
    household, township = w.layout.traits["yard_household"][yard], w.layout.up("yard", "township")[yard]
    transfer(w, "till_firm", township, "purse", household, world, fen)
    w.dealing_owed[world, yard] = 0
    w.farm_income[world, yard] += fen
    w.year_income[world, yard] += fen
    w.count("contract_paid_fen", world, fen)
    w.count("farm_fen", world, fen)
    w.count("firm_fen", world, -fen)


RULE = Rule(
    name="dealings",
    places=("village",),
    columns=(
        Column("dealing_times", "yard", np.int32, "disputes with the enterprise so far"),
        Column("dealing_owed", "yard", np.int64, "what the enterprise owes by contracts, a claim and no account, fen"),
    ),
    parameters=Parameters,
    flows={
        "contract_due_fen": "what the enterprise came to owe by contracts that it did not keep, fen",
        "contract_paid_fen": "of that, paid after an agreement, fen",
    },
)
