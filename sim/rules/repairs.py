"""Repairs: a shared defect is mended by a proposal, the consent of its principals, money and a crew.

Whoever organises works the repair out and lays it before each principal; a principal may turn it back.
Then the building's owners are asked for shares (`sim.rules.shares`). A proposal whose round fails is
shelved until somebody claims again, or until a ledger's deadline.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, distributions, noise
from sim.cases import Activity, Stage, close_cases, log_cases
from sim.columns import Rule
from sim.parameters import parameter
from sim.rules import desks, roofs, shares, trust
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

MONTH = 30


@dataclass(frozen=True)
class Parameters:
    """Costs, consent and works."""

    roof_cost_low: float = parameter(
        15000.0,
        10000.0,
        20000.0,
        unit="yuan",
        tag="F",
        source="evidence 2.1: 15k a building",
        doc="cheapest roof repair",
    )
    roof_cost_mode: float = parameter(
        25000.0,
        20000.0,
        35000.0,
        unit="yuan",
        tag="S",
        source="evidence D10: 200k over 8 buildings",
        doc="commonest roof repair",
    )
    roof_cost_high: float = parameter(
        60000.0,
        40000.0,
        80000.0,
        unit="yuan",
        source="evidence 2.1: 15k-60k a building",
        doc="dearest roof repair",
    )
    leak_growth: float = parameter(
        0.03,
        0.0,
        0.06,
        unit="per month",
        source="priors: cost growth leak 3% a month",
        doc="growth of the cost while it leaks",
    )
    veto: float = parameter(
        0.15,
        0.0,
        0.40,
        unit="probability",
        source="guess: no source; the same for every principal",
        doc="chance that a principal turns a proposal back at a sitting",
    )
    second_patience_days: float = parameter(
        14.0,
        3.0,
        30.0,
        unit="days",
        source="guess: silence counts as consent where no answer is in sight",
        doc="a second principal whose desk posts a longer wait is passed over",
    )
    works_days: int = parameter(
        5,
        2,
        10,
        unit="days",
        tag="D",
        source="evidence D16: 15 days for 3 roofs, an assumption",
        doc="days a crew needs for a roof",
    )


def organise(w: Worlds, rows: Ints) -> None:
    """Lay the given repairs before the first principal; send on what another desk should organise."""
    if len(rows) == 0:
        return
    c = w.cases
    onward = desks.to_be_sent_on(w, rows)
    away = rows[onward]
    desks.hand_off(w, away, desks.of_compound(w, c.compound[away], desks.BODY))
    rows = rows[~onward]
    log_cases(w, rows[~c.drafted[rows]], Activity.PROPOSED)
    c.drafted[rows] = True
    c.organiser[rows] = c.desk[rows]
    _sign_or_refer(w, _lay_before(w, rows, principal=0))


def approve(w: Worlds, rows: Ints) -> None:
    """Lay the given repairs before the second principal; what is turned back waits at the organiser's desk."""
    if len(rows) == 0:
        return
    desks.enter_queue(w, rows, w.cases.organiser[rows])
    _ask_owners(w, _lay_before(w, rows, principal=1))


def _lay_before(w: Worlds, rows: Ints, principal: int) -> Ints:
    """Return the proposals a principal lets pass; the others come back to the organiser's desk."""
    c = w.cases
    world = c.world[rows]
    c.sittings[rows] += 1
    c.handled[rows] = w.day
    back = noise.chance(w.at("veto", world), c.key[rows], "repair.veto", principal, c.sittings[rows])
    returned = rows[back]
    c.ready[returned] = w.day + w.whole("session_gap_days", world[back])
    desks.enter_queue(w, returned, c.organiser[returned])
    w.count("turned_back", world[back])
    log_cases(w, returned, Activity.TURNED_BACK)
    log_cases(w, rows[~back], Activity.APPROVED)
    return rows[~back]


def _sign_or_refer(w: Worlds, rows: Ints) -> None:
    """Let owners sign, or refer the proposal to the second principal where one stands and can be reached."""
    c = w.cases
    world, compound = c.world[rows], c.compound[rows]
    branch = desks.of_compound(w, compound, desks.BRANCH)
    at_body = c.desk[rows] == desks.of_compound(w, compound, desks.BODY)
    in_sight = w.wait_days[world, branch] <= w.at("second_patience_days", world)
    asked = at_body & (w.principals[world, compound] > 1) & in_sight
    referred = rows[asked]
    c.ready[referred] = w.day
    desks.enter_queue(w, referred, branch[asked], Stage.APPROVAL)
    w.count("referred", world[asked])
    log_cases(w, referred, Activity.REFERRED)
    _ask_owners(w, rows[~asked])


def _ask_owners(w: Worlds, rows: Ints) -> None:
    """Fix the cost of the repairs, which grows while it leaks, and ask the building's owners for it."""
    if len(rows) == 0:
        return
    c = w.cases
    world, building = c.world[rows], c.bearer[rows]
    low, mode, high = (w.at("roof_cost_" + k, world) for k in ("low", "mode", "high"))
    months = (w.day - w.leak_day[world, building]) / MONTH
    yuan = distributions.triangular(low, mode, high, noise.uniform(c.key[rows], "roof.cost"))
    fen = np.rint(yuan * (1 + w.at("leak_growth", world) * months) * books.FEN).astype(np.int64)
    shares.ask(w, rows, fen)


def retable(w: Worlds) -> None:
    """Phase: proposals that a ledger keeps come before the principal again when their deadline has passed."""
    c = w.cases
    rows = where(c.stage == int(Stage.SHELVED))
    if len(rows) == 0:
        return
    overdue = rows[w.day - c.started[rows] >= w.ledger_deadline[c.world[rows], c.compound[rows]]]
    if len(overdue) == 0:
        return
    again = overdue[desks.write_ledger(w, overdue)]
    c.ready[again] = w.day
    desks.enter_queue(w, again, c.organiser[again])
    w.count("retabled", c.world[again])
    log_cases(w, again, Activity.RETABLED)


def work(w: Worlds) -> None:
    """Phase: crews finish; the roof is checked and dry."""
    c = w.cases
    rows = where((c.stage == int(Stage.WORKS)) & (c.ready <= w.day))
    if len(rows) == 0:
        return
    log_cases(w, rows, Activity.REPAIRED)
    world, building = c.world[rows], c.bearer[rows]
    close_cases(w, rows, Stage.SETTLED, Activity.SETTLED)
    roofs.mend(w, world, building)
    trust.learn(w)


RULE = Rule(
    name="repairs",
    parameters=Parameters,
    flows={
        "turned_back": "proposals turned back by a principal",
        "referred": "proposals referred to a second principal",
        "retabled": "shelved proposals laid before the principal again by a ledger",
    },
)
