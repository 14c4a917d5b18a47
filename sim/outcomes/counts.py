"""Counts: the integers of each run, from which every quotient can be checked by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import places
from sim.cases import NEVER, Desk, Kind, Stage
from sim.outcomes import booking, inequality, villages
from sim.outcomes.recorded import Recorded
from sim.outcomes.spec import HORIZONS, YEAR, Ints
from sim.rules import defects, suffering, trust
from sim.study.survival import kaplan_meier
from sim.tables import PAID_WITHIN, SPELLS

LOOKED_AFTER = tuple(stock.removeprefix("defective_") for stock in defects.STOCKS[1:])
"""Kinds of defect, and nuisance, whose days are counted apart; those of roofs are in `leaking_roof_days`."""

STOCKS = {
    "unresolved": "unresolved_thousandths",
    "aching": "grievance_days",
    "leaking_roofs": "leaking_roof_days",
    "with_company": "days_with_company",
    "without_company": "days_without_company",
    "payers": "payer_days",
    "defective_assets": "defect_days",
    **{f"defective_{kind}": f"defect_days_{kind}" for kind in LOOKED_AFTER},
    **{part: f"{part}_thousandths" for part in suffering.PARTS},
    "developer_contracts": "days_of_developers",
    "fixed_contracts": "days_of_fixed_terms",
    "holdover_contracts": "days_of_holdovers",
    "captured_compounds": "captured_days",
    "satisfaction": "satisfaction_thousandths",
    **villages.STOCKS,
    "suits_waiting": "days_suits_waited",
    "calls_waiting": "days_calls_waited",
    "seasonal": "seasonal_days",
}
"""Stock to the name of its sum over the ends of all days."""


def levels(place: str) -> list[str]:
    """Return the kinds of desk where a case may be settled in a place."""
    return [trust.DESKS[desk] for desk in (*places.declared(place, "STAFFED"), Desk.COURT)]


def kinds(place: str) -> list[Kind]:
    """Return the kinds of grievance that there are in a place."""
    return places.declared(place, "KINDS")


def counts(seen: Recorded) -> dict[str, Ints]:
    """Return the integers of each world: sums of the daily series, and cases counted by what became of them."""
    days, worlds, _ = seen.record.shape
    total = seen.record.sum(axis=0, dtype=np.int64)
    out: dict[str, Ints] = {"days": np.full(worlds, days), "households": seen.households}
    for i, name in enumerate(seen.series):
        out[STOCKS.get(name, name)] = total[:, i]
    out |= {f"households_{group}": size for group, size in seen.groups.items()}
    out |= {f"trust_{desk}_millionths": total for desk, total in seen.trust.items()}
    out |= _cohorts(seen, days, worlds)
    out |= _ends(seen, worlds)
    out |= _agreements(seen, days, worlds)
    out |= booking.counts(seen)
    if seen.spells:
        out |= _spells(seen, days, worlds)
    out |= seen.farms
    out |= seen.borne
    return out


def _cohorts(seen: Recorded, days: int, worlds: int) -> dict[str, Ints]:
    """Count the cases opened from day 0 on and early enough to be followed for a horizon, and those settled by then.

    A case still open counts in its cohort, not among the settled: leaving it out would flatter.
    """
    ended, still = seen.ended, seen.cases["stage"] < Stage.SETTLED
    world = np.concatenate([ended["world"], seen.cases["world"][still]])
    kind = np.concatenate([ended["kind"], seen.cases["kind"][still]])
    opened = np.concatenate([ended["opened"], seen.cases["opened"][still]]).astype(np.int64)
    settled = ended["stage"] == Stage.SETTLED
    never = np.iinfo(np.int64).max
    took = np.where(settled, ended["closed"].astype(np.int64) - ended["opened"], never)
    took = np.concatenate([took, np.full(int(still.sum()), never)])
    words = {"": np.ones(len(kind), dtype=bool)}
    words |= {f"_{k.name.lower()}": kind == k for k in kinds(seen.place)}
    words |= _by_settlement(seen.place, kind, lambda: _settlement(seen, still))
    out: dict[str, Ints] = {}
    for horizon in HORIZONS:
        followed = (opened >= 0) & (opened + horizon < days)
        for word, of in words.items():
            cohort = followed & of
            out[f"cohort_{horizon}{word}"] = np.bincount(world[cohort], minlength=worlds)
            out[f"settled_in_{horizon}{word}"] = np.bincount(world[cohort & (took <= horizon)], minlength=worlds)
    return out


def _settlement(seen: Recorded, still: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return the number of the kind of settlement in which each case arose, ended ones first."""
    return np.concatenate([seen.ended["settlement"], seen.cases["settlement"][still]])


def _by_settlement(
    place: str, kind: NDArray[np.integer], settlement: Callable[[], NDArray[np.integer]]
) -> dict[str, NDArray[np.bool_]]:
    """Return which cases arose in each of several kinds of settlement: all, and those of kinds that several have.

    Args:
        place: where.
        kind: what each case is about.
        settlement: says the number of the settlement in which each arose; not asked where there is one only.
    """
    there = places.settlements(place)
    if len(there) == 1:
        return {}
    out: dict[str, NDArray[np.bool_]] = {}
    for number, name in enumerate(there):
        own = settlement() == number
        out[f"_{name}"] = own
        for k in kinds(name):
            if len(set(places.having("KINDS", k)) & set(there)) > 1:
                out[f"_{k.name.lower()}_{name}"] = own & (kind == k)
    return out


def _ends(seen: Recorded, worlds: int) -> dict[str, Ints]:
    """Count the cases that ended from day 0 on, by how, by kind and by the desk that had them."""
    ended = seen.ended
    here = ended["closed"] >= 0
    ends = (
        ("settled", Stage.SETTLED),
        ("failed", Stage.FAILED),
        ("withdrawn", Stage.WITHDRAWN),
        ("petition", Stage.ESCALATED),
    )
    out: dict[str, Ints] = {}
    for word, stage in ends:
        out[f"cases_{word}"] = np.bincount(ended["world"][here & (ended["stage"] == stage)], minlength=worlds)
    settled = here & (ended["stage"] == Stage.SETTLED)
    for kind in kinds(seen.place):
        chosen = settled & (ended["kind"] == kind)
        out[f"cases_settled_{kind.name.lower()}"] = np.bincount(ended["world"][chosen], minlength=worlds)
    level = seen.desk_kind[ended["desk"]]
    for desk in levels(seen.place):
        chosen = settled & (level == Desk[desk.upper()])
        out[f"cases_settled_at_{desk}"] = np.bincount(ended["world"][chosen], minlength=worlds)
    out["cases_open"] = np.bincount(seen.cases["world"][seen.cases["stage"] < Stage.SETTLED], minlength=worlds)
    return out


def _agreements(seen: Recorded, days: int, worlds: int) -> dict[str, Ints]:
    """Count the agreements made from day 0 on, and estimate how many hold for twelve months.

    An agreement that was not followed for so long counts, by Kaplan and Meier, for as long as it was seen. The
    share that holds is in millionths, known in 1 or 0 runs: it is not if no agreement was watched for long enough.
    """
    made = seen.agreements
    here = made["settled"] >= 0
    world = made["world"][here]
    settled, end = (made[f][here].astype(np.int64) for f in ("settled", "broken"))
    broken = end != NEVER
    held = np.where(broken, end, days - 1) - settled
    share = kaplan_meier(held, broken, last=YEAR, group=world, groups=worlds).share[:, YEAR]
    known = ~np.isnan(share)
    return {
        "agreements": np.bincount(world, minlength=worlds),
        "agreements_broken": np.bincount(world[broken], minlength=worlds),
        "durable_365_millionths": np.rint(np.where(known, share, 0.0) * 1e6).astype(np.int64),
        "durable_365_known": known.astype(np.int64),
    }


def _spells(seen: Recorded, days: int, worlds: int) -> dict[str, Ints]:
    """Add up the wages that came to be owed from day 0 on and early enough to be followed, and what was paid of them.

    Of each horizon, in fen; what is not paid by then counts as owed, whatever has been agreed or promised.
    """
    spells, out = seen.spells, {}
    begun = spells["day"].astype(np.int64)
    for horizon in PAID_WITHIN:
        followed = (begun >= 0) & (begun + horizon < days)
        for name, field in ((f"wages_owed_{horizon}_fen", "fen"), (f"wages_paid_{horizon}_fen", f"paid_{horizon}")):
            out[name] = np.zeros(worlds, dtype=np.int64)
            np.add.at(out[name], spells["world"][followed], spells[field][followed])
    return out


def names_of_counts(place: str, series: Sequence[str]) -> list[str]:
    """Return the names of the integers that `counts` gives in a place, in order."""
    nothing: dict[str, NDArray[Any]] = dict.fromkeys(
        (
            *("world", "kind", "settlement", "bearer", "ordinal", "opened", "closed", "stage", "sessions", "desk"),
            *("settled", "broken"),
        ),
        np.zeros(0, dtype=np.int64),
    )
    record = np.zeros((0, 0, len(series)), dtype=np.int64)
    nobody, unsown = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
    groups = dict.fromkeys(suffering.groups_of(place), nobody)
    trusted = dict.fromkeys(trust.trusted(place), nobody)
    owed = dict.fromkeys(SPELLS, nobody) if Kind.WAGES in kinds(place) else {}
    farms = dict.fromkeys(villages.COUNTS if "village" in places.settlements(place) else (), nobody)
    borne = dict.fromkeys(inequality.COUNTS, nobody)
    seen = Recorded(
        place, series, record, nothing, nothing, nothing, nobody, unsown, nobody, groups, trusted, owed, farms, borne
    )
    return list(counts(seen))
