"""Outcomes of disputes, in every place: what is suffered, claimed, settled, and where, for whom, and what lasts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim import places
from sim.cases import Desk, Kind
from sim.outcomes.counts import LOOKED_AFTER, kinds, levels
from sim.outcomes.spec import A_YEAR, HIGHER, LOWER, NEITHER, YEAR, Floats, Ints, OutcomeSpec, a_year, of_kind, over
from sim.rules import desks, suffering, trust

OTHERS = {"connected": "unconnected", "elder": "no_elder", "top": "below", "around": "home", "large": "small"}
"""Groups to the names of those who are not in them; who lives there is either an owner or a tenant."""

SETTLED_IN = {"compound": "in compounds", "village": "in villages", "pasture": "on pastures"}
"""Kinds of settlement that are told apart where there are several, and words for where that is."""

LEVELS = [trust.DESKS[desk] for desk in (*desks.WORKED_AT, Desk.COURT)]
"""Kinds of desk where a case may be settled somewhere."""

DISPUTES: tuple[OutcomeSpec, ...] = (
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
)
"""The funnel: grievances, claims, cases, agreements. The headline stands first."""

BY_KIND: tuple[OutcomeSpec, ...] = (
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
            f"settled_90_{settlement}",
            "share",
            f"cases that arose {where} settled within 90 days; missing without one that was followed for so long",
            HIGHER,
            f"settled in 90 days: {where}",
            "kinds",
        )
        for settlement, where in SETTLED_IN.items()
    ),
)

BY_DESK: tuple[OutcomeSpec, ...] = (
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
)

FOR_WHOM: tuple[OutcomeSpec, ...] = (
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
            ("compound", "all in compounds"),
            ("village", "all in villages"),
            ("pasture", "all on pastures, campers and workers while they are there"),
            ("around", "in the villages around"),
            ("home", "in home villages"),
            ("large", "with large flocks"),
            ("small", "with small flocks"),
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
)

TRUST: tuple[OutcomeSpec, ...] = (
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
)

ONLY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("settled_90_roof", "settled_365_roof"), ("compound",)),
    **{f"settled_90_{kind.name.lower()}": places.having("KINDS", kind) for kind in Kind},
    **{f"settled_at_{trust.DESKS[desk]}": places.having("STAFFED", desk) for desk in desks.WORKED_AT},
    **{f"claims_at_{desk}": places.having("INTAKES", Desk[desk.upper()]) for desk in trust.TRUSTED},
    **{f"trust_{desk}": places.having("INTAKES", Desk[desk.upper()]) for desk in trust.TRUSTED},
    **{f"unresolved_{group}": places.having("GROUPS", group) for group in suffering.GROUPS},
    **{f"settled_90_{kind}": places.having("GROUPS", kind) for kind in SETTLED_IN},
    **{f"unresolved_{others}": places.having("GROUPS", group) for group, others in OTHERS.items()},
    "unresolved_fee": places.having("KINDS", Kind.FEE),
}
"""Outcomes to which there is a path only in some kinds of settlement, and in which."""


def quotients(n: Mapping[str, Ints], place: str) -> dict[str, Floats]:
    """Return the outcomes of disputes of each world from its counts."""
    nothing = np.zeros_like(n["days"])
    trusted = trust.trusted(place)
    claims = {desk: n["tickets" if desk == "hotline" else f"claims_{desk}"] for desk in trusted}
    own_claims = sum(claims.values(), nothing)
    low = sum((n[f"cases_settled_at_{trust.DESKS[desk]}"] for desk in places.declared(place, "LOWEST")), nothing)
    out = {
        "unresolved": a_year(n, n["unresolved_thousandths"], 1000.0),
        "claims": over(n["claimed"], n["arisen"]),
        "voiced": over(n["voiced"], n["arisen"]),
        "relapse": over(n["relapsed"], n["agreements"]),
        "durable_365": over(n["durable_365_millionths"], n["durable_365_known"], 1e-6),
        "lost": over(n["lost"], n["handed_off"]),
        "settled_low": over(low, n["cases_settled"]),
        "petitions": a_year(n, n["escalated"]),
        "private": a_year(n, n["private"]),
        "sued": a_year(n, n["sued"]),
    }
    for desk in trusted:
        out[f"claims_at_{desk}"] = over(claims[desk], own_claims)
        out[f"trust_{desk}"] = over(n[f"trust_{desk}_millionths"], n["households"], 1e-6)
    for desk in levels(place):
        out[f"settled_at_{desk}"] = over(n[f"cases_settled_at_{desk}"], n["cases_settled"])
    for name in ("arisen", "opened"):
        out[name] = a_year(n, n[name])
    for word in ("30", "90", "365", *(f"90_{kind.name.lower()}" for kind in kinds(place))):
        out[f"settled_{word}"] = over(n[f"settled_in_{word}"], n[f"cohort_{word}"])
    for kind in places.settlements(place) if len(places.settlements(place)) > 1 else ():
        out[f"settled_90_{kind}"] = over(n[f"settled_in_90_{kind}"], n[f"cohort_90_{kind}"])
    return out | _for_whom(n, place)


def _for_whom(n: Mapping[str, Ints], place: str) -> dict[str, Floats]:
    """Return the headline of each group of people and of all others, and what of the headline companies claim."""
    out = {}
    there = places.settlements(place)
    if Kind.FEE in kinds(place):
        whose = of_kind(n, *(kind for kind in there if Kind.FEE in places.declared(kind, "KINDS")))["households"]
        out["unresolved_fee"] = over(n["unresolved_fee_thousandths"], whose * n["days"], float(YEAR))
    groups = suffering.groups_of(place)
    if "seasonal" in groups:
        out["unresolved_seasonal"] = over(n["unresolved_seasonal_thousandths"], n["seasonal_days"], float(YEAR))
    for group in (group for group in groups if group != "seasonal"):
        of, own = n[f"unresolved_{group}_thousandths"], n[f"households_{group}"] * n["days"]
        if group == "pasture":
            own = own + n["seasonal_days"]
        out[f"unresolved_{group}"] = over(of, own, float(YEAR))
        if group in OTHERS:
            among = [kind for kind in there if group in places.declared(kind, "GROUPS")]
            rest = of_kind(n, *among)["households"] - n[f"households_{group}"]
            out[f"unresolved_{OTHERS[group]}"] = over(_suffered(n, place, among) - of, rest * n["days"], float(YEAR))
    return out


def _suffered(n: Mapping[str, Ints], place: str, among: list[str]) -> Ints:
    """Return what people who live there all year suffer themselves, in some of the place's kinds of settlement."""
    if len(places.settlements(place)) > 1:
        out = sum((n[f"unresolved_{kind}_thousandths"] for kind in among), np.zeros_like(n["days"]))
    else:
        out = n["unresolved_thousandths"]
        if Kind.FEE in kinds(place):  # there the company claims
            out = out - n["unresolved_fee_thousandths"]
    return out - n["unresolved_seasonal_thousandths"] if "pasture" in among else out
