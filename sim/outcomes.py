"""Outcomes: pure functions of what a run recorded, one row of integers and quotients a run.

Integers come first and are kept: every quotient can be checked by hand from the counts beside it. Only
`durable_365` is a product of many quotients: it stands among the counts in millionths, and the table of
agreements from which it is made is kept too.
Where there is no path to an outcome (no case in the cohort, no roof that leaked) it is missing, not 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.books import FEN
from sim.cases import NEVER, Kind, Stage
from sim.rules import desks
from sim.rules.keeping import PURPOSES
from sim.study.survival import kaplan_meier

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR = 365
HORIZONS = (30, 90, 365)
"""Days after opening at which a cohort of cases is looked at."""

Direction = Literal["lower is better", "higher is better", "neither"]
LOWER: Direction = "lower is better"
HIGHER: Direction = "higher is better"
NEITHER: Direction = "neither"


@dataclass(frozen=True)
class OutcomeSpec:
    """What is known of an outcome.

    Attributes:
        name: its column.
        unit: unit in words, ``"1"`` for a pure number.
        meaning: what it says, and what makes it missing.
        direction: what is better for the people who live there; ``neither`` for costs' distribution and volumes.
        label: a few words for tables and figures.
        family: outcomes of one family are corrected together for being many.
        main: stands in the table on the terminal and in the figure.
    """

    name: str
    unit: str
    meaning: str
    direction: Direction
    label: str
    family: str
    main: bool = False


@dataclass(frozen=True)
class Recorded:
    """What a block of runs has left behind, nothing else being needed.

    Attributes:
        series: names of the daily series.
        record: daily values, shape ``(days, worlds, series)``; flows of the day, stocks at its end.
        cases: fields of the cases on the books at the end.
        ended: fields of the cases that have ended.
        agreements: fields of the agreements between parties.
        households: inhabited flats of each world.
        desk_kind: kind of each desk row, a number of `sim.rules.trust.DESKS`.
    """

    series: Sequence[str]
    record: Ints
    cases: Mapping[str, NDArray[Any]]
    ended: Mapping[str, NDArray[Any]]
    agreements: Mapping[str, NDArray[Any]]
    households: Ints
    desk_kind: Ints


def recorded(w: Worlds) -> Recorded:
    """Take from worlds what outcomes are computed from."""
    return Recorded(
        series=w.series,
        record=w.record,
        cases=w.cases.arrays(),
        ended=w.ended.arrays(),
        agreements=w.agreements.arrays(),
        households=w.occupied[:, 0].astype(np.int64),
        desk_kind=desks.kinds(w),
    )


# -- counts -----------------------------------------------------------------------------------

STOCKS = {
    "unresolved": "unresolved_thousandths",
    "aching": "grievance_days",
    "leaking_roofs": "leaking_roof_days",
    "with_company": "days_with_company",
    "without_company": "days_without_company",
    "payers": "payer_days",
    "defective_assets": "defect_days",
}
"""Stock to the name of its sum over the ends of all days."""


def counts(seen: Recorded) -> dict[str, Ints]:
    """Return the integers of each world: sums of the daily series, and cases counted by what became of them."""
    days, worlds, _ = seen.record.shape
    total = seen.record.sum(axis=0, dtype=np.int64)
    out: dict[str, Ints] = {"days": np.full(worlds, days), "households": seen.households}
    for i, name in enumerate(seen.series):
        out[STOCKS.get(name, name)] = total[:, i]
    out |= _cohorts(seen, days, worlds)
    out |= _ends(seen, worlds)
    out |= _agreements(seen, days, worlds)
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
    out: dict[str, Ints] = {}
    for horizon in HORIZONS:
        followed = (opened >= 0) & (opened + horizon < days)
        for word, of in (("", np.ones(len(kind), dtype=bool)), *((f"_{k.name.lower()}", kind == k) for k in Kind)):
            cohort = followed & of
            out[f"cohort_{horizon}{word}"] = np.bincount(world[cohort], minlength=worlds)
            out[f"settled_in_{horizon}{word}"] = np.bincount(world[cohort & (took <= horizon)], minlength=worlds)
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
    for kind in Kind:
        chosen = settled & (ended["kind"] == kind)
        out[f"cases_settled_{kind.name.lower()}"] = np.bincount(ended["world"][chosen], minlength=worlds)
    level = seen.desk_kind[ended["desk"]]
    for number, desk in enumerate(desks.STAFFED):
        chosen = settled & (level == number)
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


# -- quotients --------------------------------------------------------------------------------


def _over(above: Ints, below: Ints, scale: float = 1.0) -> Floats:
    """Divide where there is something to divide by; elsewhere the outcome is missing."""
    out = np.full(len(above), np.nan)
    np.divide(above * scale, below, out=out, where=below > 0)
    return out


A_YEAR = "/ 1,000 household-years"
MINUTES = tuple(f"minutes_{actor}" for actor in (*desks.STAFFED, *PURPOSES))

OUTCOMES: tuple[OutcomeSpec, ...] = (
    OutcomeSpec(
        "unresolved",
        f"severity-days {A_YEAR}",
        "days on which a grievance is suffered, weighted by its severity, voiced or not",
        LOWER,
        "unresolved",
        "headline",
        True,
    ),
    OutcomeSpec(
        "settled_30",
        "share",
        "cases opened early enough to be followed that were settled within 30 days; missing without such a case",
        HIGHER,
        "settled within 30 days",
        "disputes",
    ),
    OutcomeSpec("settled_90", "share", "the same within 90 days", HIGHER, "settled in 90 days", "disputes", True),
    OutcomeSpec(
        "settled_365",
        "share",
        "the same within 365 days; missing in runs of a year or less",
        HIGHER,
        "settled within a year",
        "disputes",
    ),
    OutcomeSpec(
        "settled_90_roof",
        "share",
        "roof cases settled (the roof mended) within 90 days",
        HIGHER,
        "roof cases settled within 90 days",
        "disputes",
    ),
    OutcomeSpec(
        "settled_90_neighbour",
        "share",
        "quarrels between neighbours settled within 90 days",
        HIGHER,
        "quarrels settled within 90 days",
        "disputes",
    ),
    OutcomeSpec(
        "settled_365_roof",
        "share",
        "roof cases settled (the roof mended) within 365 days",
        HIGHER,
        "roof cases settled within a year",
        "disputes",
    ),
    OutcomeSpec(
        "arisen", f"grievances {A_YEAR}", "grievances that began to be felt", LOWER, "grievances felt", "disputes"
    ),
    OutcomeSpec(
        "voiced",
        "share",
        "grievances claimed for the first time over grievances felt in the same days; missing if none was felt",
        NEITHER,
        "grievances ever claimed",
        "disputes",
    ),
    OutcomeSpec(
        "claims",
        "per grievance",
        "claims voiced, again or for the first time, over grievances felt in the same days; missing if none was felt",
        NEITHER,
        "claims per grievance felt",
        "disputes",
    ),
    OutcomeSpec("opened", f"cases {A_YEAR}", "cases opened", NEITHER, "cases opened", "disputes", True),
    OutcomeSpec(
        "petitions",
        f"grievances {A_YEAR}",
        "grievances taken to a petition or a fight",
        LOWER,
        "petitions and fights",
        "disputes",
    ),
    OutcomeSpec(
        "relapse",
        "per agreement",
        "agreements broken over agreements made in the same days; missing if none was made",
        LOWER,
        "agreements broken",
        "disputes",
    ),
    OutcomeSpec(
        "durable_365",
        "share",
        "agreements made from day 0 on that are unbroken twelve months later, by Kaplan-Meier: one that was not "
        "followed for so long counts for as long as it was seen, not as kept; missing in runs of a year or less",
        HIGHER,
        "agreements that last a year",
        "disputes",
    ),
    OutcomeSpec(
        "lost",
        "per hand-off",
        "cases lost in a hand-off; missing without a hand-off",
        LOWER,
        "cases lost in hand-offs",
        "disputes",
    ),
    OutcomeSpec(
        "settled_low",
        "share",
        "settled cases that were settled within the compound, by its company or its body; missing if none was settled",
        NEITHER,
        "settled at the lowest level",
        "disputes",
    ),
    OutcomeSpec("mended", f"roofs {A_YEAR}", "roofs mended", HIGHER, "roofs mended", "repairs", True),
    OutcomeSpec(
        "leaking", f"roof-days {A_YEAR}", "days on which a roof leaks", LOWER, "days that roofs leak", "repairs", True
    ),
    OutcomeSpec(
        "rounds_failed",
        f"rounds {A_YEAR}",
        "signing rounds that were paid back",
        LOWER,
        "signing rounds that failed",
        "repairs",
    ),
    OutcomeSpec(
        "turned_back",
        f"proposals {A_YEAR}",
        "proposals that a principal turned back",
        LOWER,
        "proposals turned back",
        "repairs",
    ),
    OutcomeSpec(
        "hours",
        f"hours {A_YEAR}",
        "hours worked at all desks and on all practices (ledger, summons, calls, doors)",
        LOWER,
        "hours worked",
        "cost",
        True,
    ),
    OutcomeSpec(
        "hours_company",
        f"hours {A_YEAR}",
        "hours that companies worked on what was claimed",
        NEITHER,
        "hours of companies",
        "cost",
    ),
    OutcomeSpec(
        "hours_centre",
        f"hours {A_YEAR}",
        "hours worked at sub-district centres",
        NEITHER,
        "hours at centres",
        "cost",
    ),
    OutcomeSpec(
        "hours_body", f"hours {A_YEAR}", "hours worked at bodies' desks", NEITHER, "hours at bodies' desks", "cost"
    ),
    OutcomeSpec(
        "hours_branch",
        f"hours {A_YEAR}",
        "hours worked at party branches' desks",
        NEITHER,
        "hours at branches' desks",
        "cost",
    ),
    OutcomeSpec(
        "hours_community",
        f"hours {A_YEAR}",
        "hours worked at communities' desks",
        NEITHER,
        "hours at communities' desks",
        "cost",
    ),
    *(
        OutcomeSpec(f"hours_{p}", f"hours {A_YEAR}", f"hours worked on {what}", NEITHER, f"hours on {p}", "cost")
        for p, what in PURPOSES.items()
    ),
    OutcomeSpec(
        "hours_per_settled",
        "hours per case",
        "hours worked over cases settled; missing if none was settled",
        LOWER,
        "hours per settled case",
        "cost",
    ),
    OutcomeSpec(
        "collection",
        "share",
        "property fees paid over property fees billed; missing if none was billed",
        HIGHER,
        "fees collected",
        "company",
    ),
    OutcomeSpec(
        "companies", "share", "compounds that have a property company", NEITHER, "compounds with a company", "company"
    ),
    OutcomeSpec(
        "repair_yuan",
        f"yuan {A_YEAR}",
        "what crews were paid out of escrow: dear repairs, by company, public income, fund and owners",
        NEITHER,
        "paid for repairs",
        "cost",
    ),
)
"""Every outcome, the headline first."""


def quotients(n: Mapping[str, Ints]) -> dict[str, Floats]:
    """Return the outcomes of each world from its counts."""
    exposure = n["households"] * n["days"]

    def a_year(count: Ints, units: float = 1.0) -> Floats:
        """Per 1,000 households and year; `units` of the count make one."""
        return _over(count, exposure, 1000.0 * YEAR / units)

    minutes = sum((n[name] for name in MINUTES), np.zeros_like(exposure))
    out = {
        "unresolved": a_year(n["unresolved_thousandths"], 1000.0),
        "claims": _over(n["claimed"], n["arisen"]),
        "voiced": _over(n["voiced"], n["arisen"]),
        "relapse": _over(n["relapsed"], n["agreements"]),
        "durable_365": _over(n["durable_365_millionths"], n["durable_365_known"], 1e-6),
        "lost": _over(n["lost"], n["handed_off"]),
        "settled_low": _over(n["cases_settled_at_company"] + n["cases_settled_at_body"], n["cases_settled"]),
        "leaking": a_year(n["leaking_roof_days"]),
        "petitions": a_year(n["escalated"]),
        "rounds_failed": a_year(n["refunded"]),
        "hours": a_year(minutes, 60.0),
        "hours_per_settled": _over(minutes, n["cases_settled"], 1 / 60),
        "collection": _over(n["fees_paid_fen"], n["fees_billed_fen"]),
        "companies": _over(n["days_with_company"], n["days_with_company"] + n["days_without_company"]),
        "repair_yuan": a_year(n["repair_fen"], float(FEN)),
    }
    for name in ("arisen", "opened", "mended", "turned_back"):
        out[name] = a_year(n[name])
    for name in MINUTES:
        out[name.replace("minutes", "hours")] = a_year(n[name], 60.0)
    for word in ("30", "90", "365", "90_roof", "90_neighbour", "365_roof"):
        out[f"settled_{word}"] = _over(n[f"settled_in_{word}"], n[f"cohort_{word}"])
    return {spec.name: out[spec.name] for spec in OUTCOMES}


def names_of_counts(series: Sequence[str]) -> list[str]:
    """Return the names of the integers that `counts` gives, in order."""
    nothing: dict[str, NDArray[Any]] = dict.fromkeys(
        ("world", "kind", "opened", "closed", "stage", "desk", "settled", "broken"), np.zeros(0, dtype=np.int64)
    )
    record = np.zeros((0, 0, len(series)), dtype=np.int64)
    nobody = np.zeros(0, dtype=np.int64)
    return list(counts(Recorded(series, record, nothing, nothing, nothing, nobody, nobody)))
