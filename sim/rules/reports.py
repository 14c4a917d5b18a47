"""Reports: what becomes of what couriers tell, what it costs the community's desk, and what couriers learn from it.

A report about something broken opens its case, or brings a lost or shelved one back; nobody has claimed it yet, so
nobody's trust hangs on it but the courier's. A report about a quarrel makes the community ask whoever feels wronged,
who decides that day whether to claim. Every report costs the community's mediators the time of reading it, false
alarms too; the time is missing at their desk in the weeks after. Whoever is told in time what became of a report
trusts to be answered; where nobody tells, every report counts as unanswered (Beta-Bernoulli).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise, settlements
from sim.cases import DEFECT, NEVER, Activity, State, log_cases, move_grievances, under_way
from sim.columns import Column, Lever, Rule
from sim.parameters import parameter
from sim.places.compound import COMMUNITY, COMPANY
from sim.rules import chores, claiming, contracts, defects, grievances, referrals
from sim.space import anywhere, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parameters:
    """False alarms."""

    false_alarm: float = parameter(
        0.25,
        0.1,
        0.5,
        unit="share",
        source="prior-couriers",
        doc="reports about nothing, of all reports",
    )


def book(w: Worlds, world: Ints, asset: Ints, courier: Ints) -> None:
    """Book reports about defects; several about one thing are read one by one, its case is opened once."""
    if len(world) == 0:
        return
    w.count("reports", world)
    nth = w.defects[world, asset]
    compound = w.layout.up("asset", "compound")[asset]
    community = w.layout.up("compound", "community")[compound]
    chores.owe(w, "reports", world, community, "triage_hours")
    share = w.at("false_alarm", world)
    false = noise.chance(share / (1 - share), w.seeds[world], "courier.false", asset, courier, nth)
    w.count("false_alarms", world[false])
    chores.owe(w, "reports", world[false], community[false], "triage_hours")

    first = np.zeros(len(world), dtype=bool)
    first[np.unique(world * w.layout.sizes["asset"] + asset, return_index=True)[1]] = True
    news = first & (w.reported[world, asset] != nth)
    _take_up(w, world[first], asset[first], compound[first])
    at = world[news], asset[news]
    w.reported[at], w.reporter[at], w.report_day[at] = nth[news], courier[news], w.day
    w.report_due[at] = w.day + w.whole("answer_days", world[news])
    known = ~news
    w.count("duplicates", world[known])
    learn(w, world[known], courier[known], w.couriers_answered[world[known], community[known]] > 0)


def _take_up(w: Worlds, world: Ints, asset: Ints, compound: Ints) -> None:
    """Open cases of reported defects where there is none, and bring lost and shelved ones back."""
    kind = w.layout.traits["asset_kind"][asset].astype(np.int8)
    to_company = DEFECT.take(kind) & (w.contract[world, compound] != contracts.NONE)
    desk = referrals.of_compound(w, compound, COMMUNITY)
    desk[to_company] = referrals.of_compound(w, compound[to_company], COMPANY)
    case = w.defect_case[world, asset]
    new = case < 0
    log_cases(w, case[~new], Activity.JOINED)
    claiming.bring_back(w, case[~new], desk[~new])
    world, asset, kind, compound, desk = world[new], asset[new], kind[new], compound[new], desk[new]
    w.count("sensed_first", world)
    severity = np.rint(1000 * defects.of_kind(w, "severity", world, kind)).astype(np.int32)
    claiming.open_cases(
        w,
        world=world,
        kind=kind,
        bearer=asset,
        other=np.full(len(world), -1),
        ordinal=(grievances.REOPENINGS * w.defects[world, asset]).astype(np.int32),
        severity=severity,
        urgency=severity.astype(np.int64),
        settlement=np.full(len(world), settlements.number(w, "compound")),
        unit=compound,
        desk=desk,
        called=np.zeros(len(world), dtype=bool),
        opener=np.full(len(world), -1),
    )


def ask(w: Worlds, rows: Ints, courier: Ints) -> None:
    """Let the community ask people about quarrels that couriers have noticed; they decide that day."""
    if len(rows) == 0:
        return
    g = w.grievances
    world = g.world[rows]
    community = w.layout.up("household", "community")[g.household[rows]]
    w.count("people_sensed", world)
    w.count("surfaced", world)
    w.count("named", world)
    move_grievances(w, rows, State.QUIET)
    g.act[rows] = w.day
    chores.owe(w, "reports", world, community, "triage_hours")
    learn(w, world, courier, w.couriers_answered[world, community] > 0)


def answer(w: Worlds) -> None:
    """Phase: couriers hear, or do not hear, what became of what they reported `answer_days` ago."""
    if not anywhere(w.couriers_share):
        return
    world, asset = np.nonzero(w.report_due <= w.day)
    if len(world) == 0:
        return
    w.report_due[world, asset] = NEVER
    case = w.defect_case[world, asset]
    over = ~w.defective[world, asset] | (w.defects[world, asset] != w.reported[world, asset])
    known = where(~over & (case >= 0))
    good = over
    at = case[known]
    handled = w.cases.handled[at] >= w.report_day[world[known], asset[known]]
    good[known] = handled | under_way(w.cases.stage[at])
    community = w.layout.up("compound", "community")[w.layout.up("asset", "compound")[asset]]
    told = good & (w.couriers_answered[world, community] > 0)
    w.count("reports_answered", world[told])
    learn(w, world, w.reporter[world, asset], told)


def learn(w: Worlds, world: Ints, courier: Ints, good: NDArray[np.bool_]) -> None:
    """Let couriers learn whether they were answered."""
    np.add.at(w.courier_good, (world[good], courier[good]), np.int32(1))
    np.add.at(w.courier_bad, (world[~good], courier[~good]), np.int32(1))


RULE = Rule(
    name="reports",
    places=("compound",),
    wakes=("couriers_share",),
    columns=(
        Column("reported", "asset", np.int32, "which defect of the asset a courier has reported last, 0 = none"),
        Column("reporter", "asset", np.int32, "courier who reported it"),
        Column("report_day", "asset", np.int32, "day of the report"),
        Column("report_due", "asset", np.int32, "day on which the courier looks for an answer", NEVER),
    ),
    levers=(
        Lever("couriers_answered", "community", 0, "max", "0 or 1", "couriers are told what became of their reports"),
    ),
    parameters=Parameters,
    flows={
        "reports": "reports of couriers about something broken",
        "false_alarms": "reports of couriers about nothing",
        "duplicates": "of the reports, those about what another courier had reported",
        "sensed_first": "of the reports, those that opened a case: nobody had claimed yet",
        "people_sensed": "reports of couriers about quarrels of people who had told nobody",
        "reports_answered": "reports of which the courier was told in time that something is being done",
    },
)
