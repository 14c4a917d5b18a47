"""Arrears: the company goes after owners who do not pay.

Here the company is the claimant: it takes the matter to the body's desk, or to the community's, at once. Poor
service is the owner's defence, a weak one. Whoever agrees may pay, or promise instalments that are not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, clocks, noise, winding
from sim.cases import Activity, Clock, Kind, Stage, State, close_cases
from sim.columns import Column, Rule
from sim.constants import ONE, TRUE, ZERO, code, real, whole
from sim.parameters import parameter
from sim.rules import contracts, grievances
from sim.space import first_of_group, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

YEAR = 365

FEES, REOPENINGS, NO_OTHER = whole(Kind.FEE), whole(grievances.REOPENINGS), whole(-1)

ALL, UNDISPUTED = real(1.0), code(0)


@dataclass(frozen=True)
class Parameters:
    """How often companies claim, and what comes of it."""

    claim_rate: float = parameter(
        0.1,
        0.02,
        0.3,
        unit="per non-payer-year",
        source="prior-arrears",
        doc="owners who do not pay that the company goes after",
    )
    fee_severity: float = parameter(
        0.2,
        0.05,
        0.5,
        unit="severity",
        kind="set",
        source="guess, prior-severity: below rubbish",
        doc="severity of a dispute about fees",
    )
    fee_defence: float = parameter(
        0.2,
        0.0,
        0.5,
        unit="share of stake",
        source="guess: poor service is a weak defence",
        doc="how far a service without any effort would widen the gap",
    )
    kept_promises: float = parameter(
        0.75,
        0.6,
        0.9,
        unit="probability",
        source="prior-compliance",
        doc="chance that what was agreed is paid in full",
    )
    default_days: int = parameter(
        90,
        30,
        180,
        unit="days",
        kind="set",
        source="guess: a quarter, as fees are billed",
        doc="time after which instalments that are not paid count as broken",
    )


def _set_up(w: Worlds) -> None:
    """Draw every flat's first threshold."""
    w.claim_left[...] = noise.threshold(w.seeds[:, None], "arrears.clock", np.arange(w.flats), 0)


def look_ahead(w: Worlds) -> None:
    """Phase, weekly: see whom companies will go after this week: only where fees are owed and not paid."""
    hazard = clocks.quantise(w.p.claim_rate / YEAR)
    if not hazard.any():
        return
    owing = np.greater(w.arrears > ZERO, w.pays)  # something is owed and is not paid
    clocks.look_ahead(w, Clock.FEE, w.claim_left, hazard, owing)


def claim(w: Worlds) -> None:
    """Phase: companies claim what they are owed."""
    world, flat, nth = winding.fired(w, Clock.FEE)
    if len(world) == 0:
        return
    place = world * whole(w.flats) + flat
    fresh = where((w.arrears.reshape(-1)[place] > ZERO) & (w.fees_disputed.reshape(-1)[place] == UNDISPUTED))
    world, flat, nth = world[fresh], flat[fresh], nth[fresh]
    if "fee_severity" not in w.derived:
        w.derived["fee_severity"] = np.rint(1000 * w.p.flat["fee_severity"])
    severity = w.derived["fee_severity"][world]
    grievances.arise(w, world, flat, FEES, flat, NO_OTHER, REOPENINGS * nth, severity)


def drop(w: Worlds) -> None:
    """Phase, weekly: claims to fees that nobody is owed any more are dropped."""
    g = w.grievances
    rows = where((g.kind == int(Kind.FEE)) & g.aching)
    rows = rows[w.arrears[g.world[rows], g.household[rows]] == 0]
    if len(rows) == 0:
        return
    given_up = g.state[rows] > int(State.JOINED)
    grievances.relieve(w, rows[given_up])
    rows = rows[~given_up]
    case = g.case[rows]
    close_cases(w, case[case >= 0], Stage.WITHDRAWN, Activity.WITHDRAWN)
    grievances.outlive(w, rows)


def agree(w: Worlds, rows: Ints, confirmed: NDArray[np.bool_]) -> None:
    """Let owners who have agreed pay, or default on what they promised; a court's confirmation halves that, or so.

    Args:
        w: the worlds.
        rows: rows of grievances about fees, settled.
        confirmed: which agreements a court has confirmed.
    """
    if len(rows) == 0:
        return
    g = w.grievances
    world = g.world[rows]
    breaks = ALL - w.at("kept_promises", world)
    breaks = np.where(confirmed, breaks * w.at("confirmed_factor", world), breaks)
    broken = noise.chance(breaks, g.key[rows], "agreement.default")
    g.act[rows[broken]] = w.in_days("default_days", world[broken])
    kept = rows[~broken]
    pay_up(w, g.world[kept], g.household[kept])


def pay_up(w: Worlds, world: Ints, flat: Ints) -> None:
    """Let owners pay what they owe, and go on paying; who settles two claims on one day pays once."""
    if len(world) == 0:
        return
    compound = w.layout.up("household", "compound")
    served = w.pick("contract", world, compound[flat]) != contracts.NONE
    place = np.sort((world * whole(w.flats) + flat)[served])
    once = place[first_of_group(place) == np.arange(len(place))]
    world, flat = divmod(once, whole(w.flats))
    arrears, pays = w.arrears.reshape(-1), w.pays.reshape(-1)
    fen = arrears[once]
    w.stocks("payers", world[~pays[once]], ONE)
    books.transfer(w, "purse", flat, "till", compound[flat], world, fen)
    w.count("arrears_fen", world, fen)
    arrears[once] = ZERO
    pays[once] = TRUE


RULE = Rule(
    name="arrears",
    places=("compound",),
    columns=(
        Column("claim_left", "flat", np.int64, "hazard left until the company claims, units of sim.noise.UNIT"),
        Column("fee_claims", "flat", np.int32, "times the company has claimed"),
    ),
    parameters=Parameters,
    flows={"arrears_fen": "arrears paid after an agreement, fen"},
    set_up=_set_up,
)
