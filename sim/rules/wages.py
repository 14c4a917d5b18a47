"""Wages: a contractor comes to owe a crew its wages; agreement, instalments, payment and default are four things.

All workers of the site suffer, whoever claims first opens the case that the others join. A general contractor whose
works are blocked may call the police, and so open it from the other side. Who agrees and is liquid pays at once;
others promise instalments, some of which are not paid: then the crew is wronged anew over what is left. Contractors
who are never brought to agree pay late, when their own clients have paid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import books, clocks, distributions, noise
from sim.cases import NEVER, Activity, Clock, Kind, Stage, State, close_cases
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.places.pasture import STATION
from sim.rules import claiming, grievances
from sim.space import where
from sim.tables import PAID_WITHIN

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

YEAR = 365

BEFORE_NEW_YEAR = (304, 31)
"""First day of the months in which accounts are settled, and first day after them: November to January."""

MONTH = 30
"""Days from instalment to instalment."""

WEEK = 7


@dataclass(frozen=True)
class Parameters:
    """How often wages are owed, and how they are paid."""

    arrears_rate: float = parameter(
        0.25,
        0.1,
        0.6,
        unit="per site-year",
        source="prior-wages",
        doc="times that a contractor comes to owe a crew its wages",
    )
    arrears_factor: float = parameter(
        4.0,
        1.0,
        8.0,
        unit="factor",
        source="prior-wages",
        doc="the same from November to January over that of other months; the yearly total stays",
    )
    wages_median: float = parameter(
        400_000.0,
        200_000.0,
        800_000.0,
        unit="yuan",
        source="prior-wages, crew-arrears",
        doc="sum owed to a crew, median",
    )
    wages_spread: float = parameter(
        0.9,
        0.5,
        1.3,
        unit="log sd",
        source="prior-wages",
        doc="spread of that sum",
    )
    wage_severity: float = parameter(
        0.9,
        0.5,
        1.0,
        unit="severity",
        kind="set",
        source="prior-steppe-severity",
        doc="severity of wages owed, to each worker",
    )
    liquid: float = parameter(
        0.6,
        0.3,
        0.9,
        unit="probability",
        source="prior-wages",
        doc="chance that the general contractor can advance what is owed at once",
    )
    instalments: int = parameter(
        4,
        2,
        12,
        unit="instalments",
        source="guess: a season's wages in as many months",
        doc="monthly payments that a contractor promises who cannot pay at once",
    )
    wages_kept: float = parameter(
        0.75,
        0.6,
        0.9,
        unit="probability",
        source="prior-compliance",
        doc="chance that instalments are paid in full",
    )
    late_days: float = parameter(
        365.0,
        180.0,
        730.0,
        unit="days",
        source="guess: a building season later",
        doc="mean time until a contractor pays without any agreement",
    )
    calls: float = parameter(
        0.1,
        0.0,
        0.3,
        unit="per week",
        source="guess: one such call is told of in the press",
        doc="chance that a contractor whose works are blocked calls the police, while nobody has the case",
    )


def _set_up(w: Worlds) -> None:
    """Draw every site's first threshold."""
    w.wage_left[...] = noise.threshold(w.seeds[:, None], "wages.clock", np.arange(w.layout.sizes["asset"]), 0)


def season(w: Worlds) -> NDArray[np.float64]:
    """Return the factor of the season on arrears, shape ``(worlds, 1)``; its mean over a year is 1."""
    first, after = BEFORE_NEW_YEAR
    many, days = w.p.arrears_factor, YEAR - first + after
    low = YEAR / (YEAR + (many - 1) * days)
    factor: NDArray[np.float64] = low * many if w.day % YEAR >= first or w.day % YEAR < after else low
    return factor


def _hazard(w: Worlds) -> Ints:
    """Return the hazard a day of every site; the clock stands still while wages are owed. Other assets have none."""
    return np.where(
        (w.wages_owed > 0) | (w.layout.traits["hands"] == 0), 0, clocks.quantise(w.p.arrears_rate / YEAR * season(w))
    )


def look_ahead(w: Worlds) -> None:
    """Phase, weekly: see which contractors will not pay this week."""
    clocks.look_ahead(w, Clock.WAGES, w.wage_left, _hazard(w))


def fall_due(w: Worlds) -> None:
    """Phase: contractors come to owe wages, and all workers of the crew are wronged."""
    world, site = clocks.due(w, Clock.WAGES)
    if len(world) == 0:
        return
    spell = w.wage_spells[world, site].astype(np.int64) + 1
    yuan = distributions.lognormal(
        w.at("wages_median", world), w.at("wages_spread", world), w.seeds[world], "wages.sum", site, spell
    )
    owe(w, world, site, np.maximum(np.rint(yuan * books.FEN), 1).astype(np.int64))


def owe(w: Worlds, world: Ints, site: Ints, fen: Ints) -> None:
    """Let contractors come to owe their crews wages; the clock draws the threshold of the next time.

    Args:
        w: the worlds.
        world: world of each.
        site: sites whose crews are owed nothing so far.
        fen: how much.
    """
    w.wage_spells[world, site] += 1
    spell = w.wage_spells[world, site].astype(np.int64)
    w.wage_left[world, site] = noise.threshold(w.seeds[world], "wages.clock", site, spell)
    w.wages_owed[world, site] = fen
    late = noise.exponential(w.seeds[world], "wages.late", site, spell)
    w.late_day[world, site] = w.day + w.wait("late_days", world, late)
    w.attempts[world, site] = 0
    nothing = {f"paid_{days}": 0 for days in PAID_WITHIN}
    owed = w.wages_owed[world, site]
    w.wage_spell[world, site] = w.spells.append(world=world, bearer=site, day=w.day, fen=owed, **nothing)
    w.count("wage_spells_begun", world)
    w.count("wages_due_fen", world, w.wages_owed[world, site])
    _wrong(w, world, site, grievances.REOPENINGS * spell)


def _wrong(w: Worlds, world: Ints, site: Ints, ordinal: Ints) -> None:
    """Let all workers of crews suffer."""
    worker, position = workers(w, site)
    severity = np.rint(1000 * w.at("wage_severity", world))[position]
    grievances.arise(w, world[position], worker, Kind.WAGES, site[position], -1, ordinal[position], severity)


def workers(w: Worlds, site: Ints) -> tuple[Ints, Ints]:
    """Return the households of all workers of sites, and for each the position in `site` it was listed for."""
    hands = w.layout.traits["hands"][site]
    position = np.repeat(np.arange(len(site)), hands)
    nth = np.arange(len(position)) - np.repeat(np.cumsum(hands) - hands, hands)
    return w.layout.traits["first_hand"][site][position] + nth, position


def suffering(w: Worlds, world: Ints, site: Ints) -> Ints:
    """Return the rows of the grievances of all who suffer from what is owed at sites, in table order."""
    g = w.grievances
    rows = where((g.kind == int(Kind.WAGES)) & g.aching)
    sites = w.layout.sizes["asset"]
    return rows[np.isin(g.world[rows] * sites + g.bearer[rows], world * sites + site)]


def _relieve(w: Worlds, world: Ints, site: Ints, end: Callable[[Worlds, Ints], None]) -> None:
    """Let crews suffer no more: grievances given up stay so, the others end in the given way."""
    rows = suffering(w, world, site)
    given_up = w.grievances.state[rows] > int(State.JOINED)
    grievances.relieve(w, rows[given_up])
    end(w, rows[~given_up])


def block(w: Worlds) -> None:
    """Phase, weekly: contractors whose works are blocked call the police, if nobody has the case."""
    world, site = np.nonzero((w.wages_owed > 0) & (w.defect_case < 0) & (w.plan_left == 0))
    if len(world) == 0:
        return
    calls = noise.chance(w.at("calls", world), w.seeds[world], "wages.calls", site, w.day // WEEK)
    world, site = world[calls], site[calls]
    g, rows = w.grievances, suffering(w, world, site)
    rows = rows[g.state[rows] <= int(State.QUIET)]
    sites = w.layout.sizes["asset"]
    _, first = np.unique(g.world[rows] * sites + g.bearer[rows], return_index=True)
    rows = rows[np.sort(first)]
    if len(rows):
        w.count("opponent_calls", g.world[rows])
        claiming.voice(w, rows, np.full(len(rows), STATION))


def agree(w: Worlds, cases: Ints, confirmed: NDArray[np.bool_]) -> None:
    """Book agreements on wages: who is liquid pays, others promise instalments; nobody of the crew suffers now.

    Args:
        w: the worlds.
        cases: case rows.
        confirmed: which agreements a court has confirmed.
    """
    if len(cases) == 0:
        return
    c = w.cases
    world, site = c.world[cases], c.bearer[cases]
    _relieve(w, world, site, grievances.settle)
    whose = {f: getattr(c, f)[cases] for f in ("world", "kind", "bearer", "ordinal")}
    w.wage_agreement[world, site] = w.agreements.append(settled=w.day, broken=NEVER, **whose)
    w.defect_case[world, site] = -1
    w.count("wages_agreed_fen", world, w.wages_owed[world, site])
    key = c.key[cases]
    liquid = noise.chance(w.at("liquid", world), w.seeds[world], "wages.liquid", site, w.wage_spells[world, site])
    _pay(w, world[liquid], site[liquid], w.wages_owed[world[liquid], site[liquid]])

    world, site, key, confirmed = world[~liquid], site[~liquid], key[~liquid], confirmed[~liquid]
    number = w.whole("instalments", world)
    breaks = 1 - w.at("wages_kept", world)
    breaks = np.where(confirmed, breaks * w.at("confirmed_factor", world), breaks)
    broken = noise.chance(breaks, key, "wages.default")
    kept = np.floor(noise.uniform(key, "wages.kept") * number).astype(np.int64)
    w.plan_left[world, site] = number
    w.plan_stops[world, site] = np.where(broken, number - kept, 0)
    w.plan_day[world, site] = w.day + MONTH


def pay(w: Worlds) -> None:
    """Phase: instalments are paid, or not; and contractors pay late without any agreement."""
    world, site = np.nonzero(w.plan_day == w.day)
    if len(world):
        stops = w.plan_left[world, site] <= w.plan_stops[world, site]
        _default(w, world[stops], site[stops])
        world, site = world[~stops], site[~stops]
        left = w.plan_left[world, site].astype(np.int64)
        w.plan_left[world, site] = left - 1
        w.plan_day[world, site] = np.where(left > 1, w.day + MONTH, NEVER)
        _pay(w, world, site, w.wages_owed[world, site] // left)
    world, site = np.nonzero((w.late_day == w.day) & (w.wages_owed > 0) & (w.plan_left == 0))
    if len(world):
        _pay_late(w, world, site)


def _default(w: Worlds, world: Ints, site: Ints) -> None:
    """Break plans: the crew is wronged anew over what is left."""
    if len(world) == 0:
        return
    w.plan_left[world, site] = 0
    w.plan_day[world, site] = NEVER
    w.agreements.broken[w.wage_agreement[world, site]] = w.day
    w.count("relapsed", world)
    w.count("wage_defaults", world)
    w.count("wages_defaulted_fen", world, w.wages_owed[world, site])
    late = noise.exponential(w.seeds[world], "wages.late", site, w.wage_spells[world, site], w.day)
    w.late_day[world, site] = w.day + w.wait("late_days", world, late)
    w.attempts[world, site] = 0
    last = grievances.REOPENINGS * (w.wage_spells[world, site].astype(np.int64) + 1) - 1
    ordinal = w.agreements.ordinal[w.wage_agreement[world, site]].astype(np.int64) + 1
    _wrong(w, world, site, np.minimum(ordinal, last))


def _pay_late(w: Worlds, world: Ints, site: Ints) -> None:
    """Let contractors pay who were never brought to agree."""
    case = w.defect_case[world, site]
    close_cases(w, case[case >= 0], Stage.WITHDRAWN, Activity.WITHDRAWN)
    _relieve(w, world, site, grievances.outlive)
    w.defect_case[world, site] = -1
    w.count("wages_late_fen", world, w.wages_owed[world, site])
    _pay(w, world, site, w.wages_owed[world, site])


def _pay(w: Worlds, world: Ints, site: Ints, fen: Any) -> None:
    """Let contractors pay their crews, each worker the same, whole fen; what cannot be divided the first one has."""
    if len(world) == 0:
        return
    worker, position = workers(w, site)
    hands = w.layout.traits["hands"][site]
    share = (fen // hands)[position]
    first = np.diff(position, prepend=-1) > 0
    share[first] += fen % hands
    books.transfer(w, "contractor", site[position], "purse", worker, world[position], share)
    w.wages_owed[world, site] -= fen
    w.count("wages_paid_fen", world, fen)
    spell = w.wage_spell[world, site]
    for days in PAID_WITHIN:
        soon = w.day - w.spells.day[spell] <= days
        getattr(w.spells, f"paid_{days}")[spell[soon]] += fen[soon]


RULE = Rule(
    name="wages",
    places=("pasture",),
    columns=(
        Column("wage_left", "asset", np.int64, "hazard left until wages are owed at a site, units of sim.noise.UNIT"),
        Column("wage_spell", "asset", np.int64, "row of the present or last spell in which any are owed", -1, "spells"),
        Column("wage_spells", "asset", np.int32, "times that wages have come to be owed at a site"),
        Column("wages_owed", "asset", np.int64, "wages owed to the crew of a site, a claim and not an account, fen"),
        Column("late_day", "asset", np.int32, "day on which the contractor pays if never brought to agree", NEVER),
        Column("plan_day", "asset", np.int32, "day of the next instalment", NEVER),
        Column("plan_left", "asset", np.int32, "instalments still promised"),
        Column("plan_stops", "asset", np.int32, "instalments that will not be paid"),
        Column("wage_agreement", "asset", np.int64, "row of the agreement on wages", -1, "agreements"),
    ),
    parameters=Parameters,
    flows={
        "wage_spells_begun": "times that a crew came to be owed its wages",
        "opponent_calls": "calls of contractors to the police",
        "wage_defaults": "agreements on wages that were broken",
        "wages_due_fen": "wages that came to be owed, fen",
        "wages_agreed_fen": "wages that it was agreed to pay, fen",
        "wages_paid_fen": "wages paid, fen",
        "wages_late_fen": "of these late and without an agreement, fen",
        "wages_defaulted_fen": "promised wages that were not paid, fen",
    },
    set_up=_set_up,
)
