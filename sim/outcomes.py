"""Outcomes: pure functions of what a run recorded, one row of integers and quotients a run.

Integers come first and are kept: every quotient can be checked by hand from the counts beside it. Only
`durable_365` is a product of many quotients: it stands among the counts in millionths, and the table of
agreements from which it is made is kept too.
Where there is no path to an outcome (no case in the cohort, no roof that leaked) it is missing, not 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import incomes, places
from sim.books import FEN
from sim.cases import NEVER, Desk, Kind, Stage
from sim.incomes import HIGHER, LOWER, NEITHER, Direction
from sim.rules import defects, desks, grievances, trust
from sim.rules.keeping import PURPOSES
from sim.rules.teams import PURPOSES as TEAM_PURPOSES
from sim.study.survival import kaplan_meier

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR = 365
HORIZONS = (30, 90, 365)
"""Days after opening at which a cohort of cases is looked at."""


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
        place: name of the place file.
        series: names of the daily series.
        record: daily values, shape ``(days, worlds, series)``; flows of the day, stocks at its end.
        cases: fields of the cases on the books at the end.
        ended: fields of the cases that have ended.
        agreements: fields of the agreements between parties.
        households: households of each world.
        desk_kind: kind of each desk row, a number of `sim.cases.Desk`.
        groups: those of the households that belong to each group of people whose grievances are added up apart.
        trust: trust of all who live there in each kind of desk, at the end, added up, millionths.
        farms: what is read at the end of villages, see `sim.incomes.at_the_end`.
    """

    place: str
    series: Sequence[str]
    record: Ints
    cases: Mapping[str, NDArray[Any]]
    ended: Mapping[str, NDArray[Any]]
    agreements: Mapping[str, NDArray[Any]]
    households: Ints
    desk_kind: Ints
    groups: Mapping[str, Ints]
    trust: Mapping[str, Ints]
    farms: Mapping[str, Ints] = field(default_factory=dict)


def recorded(w: Worlds) -> Recorded:
    """Take from worlds what outcomes are computed from."""
    return Recorded(
        place=w.recipe.place,
        series=w.series,
        record=w.record,
        cases=w.cases.arrays(),
        ended=w.ended.arrays(),
        agreements=w.agreements.arrays(),
        households=_inhabited(w).sum(axis=1, dtype=np.int64),
        desk_kind=desks.kinds(w),
        groups=_sizes(w),
        trust=_trust(w),
        farms=incomes.at_the_end(w) if "village" in places.settlements(w.recipe.place) else {},
    )


def _sizes(w: Worlds) -> dict[str, Ints]:
    """Return how many households belong to each group of people."""
    of, names = grievances.groups(w).reshape(w.n, w.households), grievances.groups_of(w.recipe.place)
    return {name: (of >> number & 1).sum(axis=1, dtype=np.int64) for number, name in enumerate(names)}


def _inhabited(w: Worlds) -> NDArray[np.bool_]:
    """Return in which household rows somebody lives."""
    there = np.zeros((w.n, w.households), dtype=bool)
    for settlement in w.settlements:
        there |= settlement.inhabited(w)
    return there


def _trust(w: Worlds) -> dict[str, Ints]:
    """Return the trust of all who live there in each kind of desk, added up, each rounded to millionths."""
    world, household = np.nonzero(_inhabited(w))
    out = {}
    for desk in trust.trusted(w.recipe.place):
        out[desk] = np.zeros(w.n, dtype=np.int64)
        np.add.at(out[desk], world, np.rint(1e6 * trust.in_desk(w, desk, world, household)).astype(np.int64))
    return out


# -- counts -----------------------------------------------------------------------------------

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
    **{part: f"{part}_thousandths" for part in grievances.PARTS},
    "developer_contracts": "days_of_developers",
    "fixed_contracts": "days_of_fixed_terms",
    "holdover_contracts": "days_of_holdovers",
    "captured_compounds": "captured_days",
    "satisfaction": "satisfaction_thousandths",
    **incomes.STOCKS,
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
    out |= seen.farms
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
    here = kinds(seen.place)
    out: dict[str, Ints] = {}
    for horizon in HORIZONS:
        followed = (opened >= 0) & (opened + horizon < days)
        for word, of in (("", np.ones(len(kind), dtype=bool)), *((f"_{k.name.lower()}", kind == k) for k in here)):
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


# -- quotients --------------------------------------------------------------------------------


def _over(above: Ints, below: Ints, scale: float = 1.0) -> Floats:
    """Divide where there is something to divide by; elsewhere the outcome is missing."""
    out = np.full(len(above), np.nan)
    np.divide(above * scale, below, out=out, where=below > 0)
    return out


OTHERS = {"connected": "unconnected", "elder": "no_elder", "top": "below", "around": "home"}
"""Groups to the names of those who are not in them; who lives there is either an owner or a tenant."""

A_YEAR = "/ 1,000 household-years"
BY_COMPOUND = "per compound-year"
COMPOUND, PASTURE = ("compound",), ("pasture",)

LEVELS = [trust.DESKS[desk] for desk in (*desks.WORKED_AT, Desk.COURT)]
"""Kinds of desk where a case may be settled somewhere."""


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
    OutcomeSpec(
        "private",
        f"grievances {A_YEAR}",
        "grievances that people saw to without any desk: roofs made tight above their own flats at their own cost",
        NEITHER,
        "seen to privately",
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
        OutcomeSpec(
            f"hours_{trust.DESKS[desk]}",
            f"hours {A_YEAR}",
            f"hours worked at {desks.WORKED_AT[desk]}",
            NEITHER,
            f"hours at {desks.WORKED_AT[desk]}",
            "cost",
        )
        for desk in (Desk.STATION, Desk.ROOM, Desk.JUSTICE, Desk.TEAM, Desk.MEDIATOR)
    ),
    OutcomeSpec(
        "hours_circuits",
        f"hours {A_YEAR}",
        "hours on circuits, of all agencies on board, the way among them",
        NEITHER,
        "hours on circuits",
        "cost",
    ),
    *(
        OutcomeSpec(f"hours_{p}", f"hours {A_YEAR}", f"hours worked on {what}", NEITHER, f"hours on {p}", "cost")
        for p, what in TEAM_PURPOSES.items()
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
        "what crews were paid out of escrow: dear repairs, by company, public income, fund and owners together",
        NEITHER,
        "paid to crews",
        "cost",
    ),
    *(
        OutcomeSpec(name, f"yuan {A_YEAR}", meaning, NEITHER, label, "payers")
        for name, label, meaning in (
            (
                "paid_company_yuan",
                "repairs: companies",
                "minor repairs that companies owe, at their own cost, and their part of dear ones",
            ),
            (
                "paid_public_yuan",
                "repairs: public income",
                "the compounds' public income: its part of dear repairs, and of minor ones that no company owed",
            ),
            ("paid_fund_yuan", "repairs: maintenance fund", "the maintenance fund's part of dear repairs"),
            ("paid_owners_yuan", "repairs: owners", "owners' shares in dear repairs, signed and paid"),
            ("paid_developer_yuan", "repairs: developer", "repairs under the developer's warranty, at what they cost"),
            ("paid_budget_yuan", "repairs: public budget", "the public budget's part of minor repairs nobody owed"),
            (
                "conceded_yuan",
                "repairs: conceded in talks",
                "dear repairs that companies conceded when their contract was up, at their own cost",
            ),
            ("patches_yuan", "repairs: owners, alone", "roofs made tight above their own flats by owners alone"),
            ("unpaid_yuan", "repairs: not paid yet", "cost of dear repairs begun that nobody has paid yet"),
            (
                "recouped_yuan",
                "taken back for concessions",
                "public income that companies took back for what they had conceded, also before day 0",
            ),
        )
    ),
    OutcomeSpec(
        "recouped",
        "yuan per yuan conceded",
        "public income taken back over what was conceded in the same days; missing if nothing was conceded",
        NEITHER,
        "concessions taken back",
        "payers",
    ),
    OutcomeSpec("inspections", BY_COMPOUND, "inspections of the company's work", NEITHER, "inspections", "behaviour"),
    OutcomeSpec("talks", BY_COMPOUND, "rounds of talks with the company", NEITHER, "rounds of talks", "behaviour"),
    OutcomeSpec(
        "contracts_up",
        BY_COMPOUND,
        "contracts that came to be up, in the last months of a term or long enough without talks, or were up on day 0",
        NEITHER,
        "contracts that came up",
        "behaviour",
    ),
    OutcomeSpec(
        "renewals_raised",
        "per contract that came up",
        "ballots called after talks over contracts that came to be up in these days, or were on day 0; missing if none",
        NEITHER,
        "renewals raised",
        "behaviour",
    ),
    OutcomeSpec(
        "replacement_ballots",
        BY_COMPOUND,
        "ballots on replacing the company",
        NEITHER,
        "ballots on replacement",
        "behaviour",
    ),
    OutcomeSpec(
        "replaced",
        BY_COMPOUND,
        "companies given notice by ballot, another standing ready",
        NEITHER,
        "companies replaced",
        "behaviour",
    ),
    OutcomeSpec(
        "companies_left",
        BY_COMPOUND,
        "companies that left, replaced ones among them",
        NEITHER,
        "companies that left",
        "behaviour",
    ),
    *(
        OutcomeSpec(f"contracts_{name}", "share", f"compound-days {what}", NEITHER, f"contracts: {label}", "behaviour")
        for name, label, what in (
            ("developer", "developer's", "with the developer's contract"),
            ("fixed", "fixed-term", "with a contract for a fixed term"),
            ("holdover", "holdover", "with a contract that goes on without term"),
            ("none", "none", "without a property company"),
        )
    ),
    OutcomeSpec(
        "captured",
        "share",
        "compound-days on which those who should watch the company are bought",
        LOWER,
        "compounds captured",
        "behaviour",
    ),
    OutcomeSpec(
        "elections", BY_COMPOUND, "elections of owners' committees begun", NEITHER, "elections begun", "behaviour"
    ),
    OutcomeSpec("elected", BY_COMPOUND, "owners' committees elected", NEITHER, "committees elected", "behaviour"),
    OutcomeSpec(
        "sued", f"cases {A_YEAR}", "disputes taken to court, fees among them", NEITHER, "cases in court", "behaviour"
    ),
    *(
        OutcomeSpec(
            f"defects_{kind}",
            f"defect-days {A_YEAR}",
            "days of building works that disturb people" if kind == "nuisance" else f"days of defects: {kind}",
            LOWER,
            f"defect-days: {kind}",
            "kinds",
        )
        for kind in LOOKED_AFTER
    ),
    *(
        OutcomeSpec(
            f"settled_90_{kind}",
            "share",
            f"{kind} cases settled within 90 days; missing without one that was followed for so long",
            HIGHER,
            f"settled in 90 days: {kind}",
            "kinds",
        )
        for kind in (*LOOKED_AFTER, "fee", "boundary", "livestock", "wages", "help", "contract", "sharing")
    ),
    *(
        OutcomeSpec(
            f"claims_at_{desk}",
            "share",
            "people's own claims that were made there, without the company's to fees; missing without a claim",
            NEITHER,
            f"claims at: {desk}",
            "desks",
        )
        for desk in trust.TRUSTED
    ),
    *(
        OutcomeSpec(
            f"settled_at_{desk}",
            "share",
            "settled cases that were settled at this kind of desk; missing if none was settled",
            NEITHER,
            f"settled at: {desk}",
            "desks",
        )
        for desk in LEVELS
    ),
    *(
        OutcomeSpec(
            f"unresolved_{name}",
            f"severity-days {A_YEAR}",
            f"the headline of {who}, per 1,000 households of theirs, without what companies claim; missing without any",
            LOWER,
            f"unresolved: {who}",
            "whom",
        )
        for name, who in (
            ("connected", "close to cadres"),
            ("unconnected", "not close to cadres"),
            ("owner", "owners at home"),
            ("tenant", "tenants"),
            ("elder", "with an elder"),
            ("no_elder", "without an elder"),
            ("top", "top floor"),
            ("below", "below the top floor"),
            ("near", "nearest herders"),
            ("far", "farthest herders"),
            ("around", "in the villages around"),
            ("home", "in home villages"),
        )
    ),
    OutcomeSpec(
        "unresolved_fee",
        f"severity-days {A_YEAR}",
        "what of the headline are companies' claims to fees, also against flats where nobody lives",
        LOWER,
        "unresolved: claims to fees",
        "whom",
    ),
    OutcomeSpec(
        "satisfaction",
        "0 to 1",
        "owners' satisfaction with the service, mean over compounds and days",
        HIGHER,
        "satisfaction",
        "people",
    ),
    *(
        OutcomeSpec(
            f"trust_{desk}",
            "0 to 1",
            f"trust of those who live there to be answered in time by the {desk}, mean at the end",
            HIGHER,
            f"trust in: {desk}",
            "people",
        )
        for desk in trust.TRUSTED
    ),
    OutcomeSpec(
        "unresolved_seasonal",
        f"severity-days {A_YEAR}",
        "the headline of campers and workers, per 1,000 of their households and the year in which they are there",
        LOWER,
        "unresolved: campers, workers",
        "whom",
    ),
    OutcomeSpec(
        "wages_paid",
        "yuan per yuan",
        "wages paid over wages that came to be owed in the same days; missing if none did",
        HIGHER,
        "wages paid",
        "wages",
    ),
    OutcomeSpec(
        "wages_agreed",
        "yuan per yuan",
        "wages agreed on over wages that came to be owed in the same days, a broken plan agreed on again counts again; "
        "missing if none did",
        HIGHER,
        "wages agreed on",
        "wages",
    ),
    OutcomeSpec(
        "wages_defaulted",
        "yuan per yuan",
        "promised instalments not paid over wages agreed on in the same days; missing if none were",
        LOWER,
        "wages promised, not paid",
        "wages",
    ),
    OutcomeSpec("law_talks", f"talks {A_YEAR}", "law talks held", NEITHER, "law talks", "disputes"),
    OutcomeSpec("helped", f"times {A_YEAR}", "times that help was brought", HIGHER, "help brought", "disputes"),
    OutcomeSpec(
        "travel_people",
        f"hours {A_YEAR}",
        "hours that parties were on the way to sessions, unpaid and not among the hours worked",
        LOWER,
        "parties' hours on the way",
        "cost",
    ),
    OutcomeSpec(
        "travel_field", f"km {A_YEAR}", "kilometres that officers drove to households", NEITHER, "officers' km", "cost"
    ),
    OutcomeSpec(
        "without_owners",
        "share",
        "dear repairs decided on without asking the owners: paid by developer, company, public income or, in an "
        "emergency, the fund, or conceded; the rest passed a ballot or a round of signing; missing without any",
        NEITHER,
        "repairs decided without owners",
        "people",
    ),
    *(OutcomeSpec(*row) for row in incomes.OUTCOMES),
)
"""Every outcome, the headline first."""

ONLY: dict[str, tuple[str, ...]] = {
    **{
        spec.name: COMPOUND
        for spec in OUTCOMES
        if spec.family in ("repairs", "company", "payers", "behaviour", "people") and spec.name != "sued"
    },
    **dict.fromkeys(("settled_90_roof", "settled_365_roof", "repair_yuan"), COMPOUND),
    **{f"hours_{purpose}": COMPOUND for purpose in PURPOSES},
    **{f"defects_{kind}": COMPOUND for kind in LOOKED_AFTER},
    **{f"settled_90_{kind.name.lower()}": places.having("KINDS", kind) for kind in Kind},
    **{f"hours_{trust.DESKS[desk]}": places.having("STAFFED", desk) for desk in desks.WORKED_AT},
    **{f"settled_at_{trust.DESKS[desk]}": places.having("STAFFED", desk) for desk in desks.WORKED_AT},
    **{f"claims_at_{desk}": places.having("INTAKES", Desk[desk.upper()]) for desk in trust.TRUSTED},
    **{f"trust_{desk}": places.having("INTAKES", Desk[desk.upper()]) for desk in trust.TRUSTED},
    **{f"unresolved_{group}": places.having("GROUPS", group) for group in grievances.GROUPS},
    **{f"unresolved_{others}": places.having("GROUPS", group) for group, others in OTHERS.items()},
    "unresolved_fee": places.having("KINDS", Kind.FEE),
    **dict.fromkeys((row[0] for row in incomes.OUTCOMES), ("village",)),
    **dict.fromkeys(("wages_paid", "wages_agreed", "wages_defaulted", "travel_people", "travel_field"), PASTURE),
    **dict.fromkeys(("hours_circuits", "law_talks", *(f"hours_{purpose}" for purpose in TEAM_PURPOSES)), PASTURE),
    "helped": places.having("KINDS", Kind.HELP),
}
"""Outcomes to which there is a path only in some kinds of settlement, and in which; to the rest there is in all."""


def specs(place: str) -> tuple[OutcomeSpec, ...]:
    """Return the outcomes to which there is a path in a place, the headline first."""
    there = places.settlements(place)
    quarrels = [kind for kind in there if places.declared(kind, "KINDS")]
    return tuple(spec for spec in OUTCOMES if not set(ONLY.get(spec.name, quarrels)).isdisjoint(there))


FLOWS_OF_MONEY = {
    "repair_yuan": ("repair_fen",),
    "paid_company_yuan": ("company_fen", "paid_company_fen"),
    "paid_public_yuan": ("paid_public_fen", "minor_public_fen"),
    "paid_fund_yuan": ("paid_fund_fen",),
    "paid_owners_yuan": ("paid_owners_fen",),
    "paid_developer_yuan": ("warranty_fen",),
    "paid_budget_yuan": ("relief_fen",),
    "conceded_yuan": ("conceded_fen",),
    "patches_yuan": ("patch_fen",),
    "unpaid_yuan": ("unpaid_fen",),
    "recouped_yuan": ("recouped_fen",),
}
"""Outcomes in yuan to the flows that they are made of."""

PER_COMPOUND = {
    "inspections": "inspections",
    "talks": "talks",
    "contracts_up": "came_up",
    "replacement_ballots": "replacements",
    "replaced": "replaced",
    "companies_left": "left",
    "elections": "elections",
    "elected": "elected",
}
"""Outcomes per compound and year to what is counted."""

CONTRACTS = {
    "developer": "days_of_developers",
    "fixed": "days_of_fixed_terms",
    "holdover": "days_of_holdovers",
    "none": "days_without_company",
}
"""Kinds of contract to the compound-days of each."""

FAMILIES = {
    "payers": "who pays for repairs",
    "wages": "wages",
    "behaviour": "bodies, companies and courts",
    "kinds": "by kind of trouble",
    "desks": "by desk",
    "whom": "for whom, the headline",
    "people": "people",
    **incomes.FAMILIES,
}
"""Families of outcomes of which the rates in the baseline are printed, and how they are headed."""


def quotients(n: Mapping[str, Ints], place: str) -> dict[str, Floats]:
    """Return the outcomes of each world from its counts, in the order of `specs`."""
    exposure = n["households"] * n["days"] + n.get("seasonal_days", 0)

    def a_year(count: Ints, units: float = 1.0) -> Floats:
        """Per 1,000 households and year; `units` of the count make one."""
        return _over(count, exposure, 1000.0 * YEAR / units)

    nothing = np.zeros_like(exposure)
    there, trusted = places.settlements(place), trust.trusted(place)
    claims = {desk: n["tickets" if desk == "hotline" else f"claims_{desk}"] for desk in trusted}
    own_claims = sum(claims.values(), nothing)
    worked = [name for name in n if name.startswith("minutes_")]
    minutes = sum((n[name] for name in worked), nothing)
    on_cases = minutes - sum((n.get(f"minutes_{p}", nothing) for p in incomes.FOR_BIRDS), nothing)
    low = sum((n[f"cases_settled_at_{trust.DESKS[desk]}"] for desk in places.declared(place, "LOWEST")), nothing)
    out = {
        "unresolved": a_year(n["unresolved_thousandths"], 1000.0),
        "claims": _over(n["claimed"], n["arisen"]),
        "voiced": _over(n["voiced"], n["arisen"]),
        "relapse": _over(n["relapsed"], n["agreements"]),
        "durable_365": _over(n["durable_365_millionths"], n["durable_365_known"], 1e-6),
        "lost": _over(n["lost"], n["handed_off"]),
        "settled_low": _over(low, n["cases_settled"]),
        "petitions": a_year(n["escalated"]),
        "private": a_year(n["private"]),
        "hours": a_year(minutes, 60.0),
        "hours_per_settled": _over(on_cases, n["cases_settled"], 1 / 60),
        "sued": a_year(n["sued"]),
    }
    for desk in trusted:
        out[f"claims_at_{desk}"] = _over(claims[desk], own_claims)
        out[f"trust_{desk}"] = _over(n[f"trust_{desk}_millionths"], n["households"], 1e-6)
    for desk in levels(place):
        out[f"settled_at_{desk}"] = _over(n[f"cases_settled_at_{desk}"], n["cases_settled"])
    for name in ("arisen", "opened"):
        out[name] = a_year(n[name])
    for name in worked:
        out[name.replace("minutes", "hours")] = a_year(n[name], 60.0)
    for word in ("30", "90", "365", *(f"90_{kind.name.lower()}" for kind in kinds(place))):
        out[f"settled_{word}"] = _over(n[f"settled_in_{word}"], n[f"cohort_{word}"])
    out |= _for_whom(n, place)
    if "compound" in there:
        out |= _in_compounds(n, a_year)
    if "village" in there:
        out |= incomes.quotients(n)
    if "pasture" in there:
        out |= _on_pastures(n, a_year)
    return {spec.name: out[spec.name] for spec in specs(place)}


def _in_compounds(n: Mapping[str, Ints], a_year: Callable[..., Floats]) -> dict[str, Floats]:
    """Return the outcomes about repairs, companies and bodies."""
    compound_days = n["days_with_company"] + n["days_without_company"]
    out = {
        "leaking": a_year(n["leaking_roof_days"]),
        "rounds_failed": a_year(n["refunded"]),
        "collection": _over(n["fees_paid_fen"], n["fees_billed_fen"]),
        "companies": _over(n["days_with_company"], compound_days),
        "recouped": _over(n["recouped_fen"], n["conceded_fen"]),
        "renewals_raised": _over(n["renewals"], n["came_up"]),
        "captured": _over(n["captured_days"], compound_days),
        "satisfaction": _over(n["satisfaction_thousandths"], compound_days, 1e-3),
        "without_owners": _over(n["decided_for_owners"], n["decided_for_owners"] + n["decided_by_owners"]),
        "settled_365_roof": _over(n["settled_in_365_roof"], n["cohort_365_roof"]),
    }
    for name, flows in FLOWS_OF_MONEY.items():
        out[name] = a_year(sum((n[flow] for flow in flows), np.zeros_like(compound_days)), float(FEN))
    for name, flow in PER_COMPOUND.items():
        out[name] = _over(n[flow], compound_days, float(YEAR))
    for name, days in CONTRACTS.items():
        out[f"contracts_{name}"] = _over(n[days], compound_days)
    for kind in LOOKED_AFTER:
        out[f"defects_{kind}"] = a_year(n[f"defect_days_{kind}"])
    for name in ("mended", "turned_back"):
        out[name] = a_year(n[name])
    return out


def _on_pastures(n: Mapping[str, Ints], a_year: Callable[..., Floats]) -> dict[str, Floats]:
    """Return the outcomes about wages, help and ways."""
    return {
        "wages_paid": _over(n["wages_paid_fen"], n["wages_due_fen"]),
        "wages_agreed": _over(n["wages_agreed_fen"], n["wages_due_fen"]),
        "wages_defaulted": _over(n["wages_defaulted_fen"], n["wages_agreed_fen"]),
        "helped": a_year(n["helped"]),
        "law_talks": a_year(n["law_talks"]),
        "travel_people": a_year(n["people_minutes"], 60.0),
        "travel_field": a_year(n["field_metres"], 1000.0),
    }


def _for_whom(n: Mapping[str, Ints], place: str) -> dict[str, Floats]:
    """Return the headline of each group of people and of all others, and what of the headline companies claim."""
    out, everybody = {}, n["unresolved_thousandths"]
    if Kind.FEE in kinds(place):
        claimed = n["unresolved_fee_thousandths"]
        out["unresolved_fee"] = _over(claimed, n["households"] * n["days"], float(YEAR))
        everybody = everybody - claimed
    groups = grievances.groups_of(place)
    if "seasonal" in groups:
        seasonal = n["unresolved_seasonal_thousandths"]
        out["unresolved_seasonal"] = _over(seasonal, n["seasonal_days"], float(YEAR))
        everybody = everybody - seasonal
    for group in (group for group in groups if group != "seasonal"):
        of, flats = n[f"unresolved_{group}_thousandths"], n[f"households_{group}"]
        out[f"unresolved_{group}"] = _over(of, flats * n["days"], float(YEAR))
        if group in OTHERS:
            rest = n["households"] - flats
            out[f"unresolved_{OTHERS[group]}"] = _over(everybody - of, rest * n["days"], float(YEAR))
    return out


def names_of_counts(place: str, series: Sequence[str]) -> list[str]:
    """Return the names of the integers that `counts` gives in a place, in order."""
    nothing: dict[str, NDArray[Any]] = dict.fromkeys(
        ("world", "kind", "opened", "closed", "stage", "desk", "settled", "broken"), np.zeros(0, dtype=np.int64)
    )
    record = np.zeros((0, 0, len(series)), dtype=np.int64)
    nobody = np.zeros(0, dtype=np.int64)
    groups = dict.fromkeys(grievances.groups_of(place), nobody)
    trusted = dict.fromkeys(trust.trusted(place), nobody)
    farms = dict.fromkeys(incomes.COUNTS if "village" in places.settlements(place) else (), nobody)
    return list(
        counts(Recorded(place, series, record, nothing, nothing, nothing, nobody, nobody, groups, trusted, farms))
    )
