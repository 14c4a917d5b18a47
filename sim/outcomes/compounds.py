"""Outcomes of compounds: repairs, who pays for them, the company, contracts, bodies, satisfaction."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.books import FEN
from sim.outcomes.counts import LOOKED_AFTER
from sim.outcomes.spec import A_YEAR, HIGHER, LOWER, NEITHER, YEAR, Floats, Ints, OutcomeSpec, a_year, over

BY_COMPOUND = "per compound-year"

REPAIRS: tuple[OutcomeSpec, ...] = (
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
)

COMPANY: tuple[OutcomeSpec, ...] = (
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
)

PAYERS: tuple[OutcomeSpec, ...] = (
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
)

BEHAVIOUR: tuple[OutcomeSpec, ...] = (
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
)

DEFECTS: tuple[OutcomeSpec, ...] = (
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
)

SATISFACTION: tuple[OutcomeSpec, ...] = (
    OutcomeSpec(
        "satisfaction",
        "0 to 1",
        "owners' satisfaction with the service, mean over compounds and days",
        HIGHER,
        "satisfaction",
        "people",
    ),
)

CONSENT: tuple[OutcomeSpec, ...] = (
    OutcomeSpec(
        "without_owners",
        "share",
        "dear repairs decided on without asking the owners: paid by developer, company, public income or, in an "
        "emergency, the fund, or conceded; the rest passed a ballot or a round of signing; missing without any",
        NEITHER,
        "repairs decided without owners",
        "people",
    ),
)

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


ONLY: dict[str, tuple[str, ...]] = {
    spec.name: ("compound",)
    for spec in (*REPAIRS, *COMPANY, *PAYERS, *BEHAVIOUR, *DEFECTS, *SATISFACTION, *CONSENT)
    if spec.name != "sued"  # to a court one can go from everywhere
}
"""Outcomes to which there is a path only in some kinds of settlement, and in which."""


def quotients(n: Mapping[str, Ints]) -> dict[str, Floats]:
    """Return the outcomes about repairs, companies and bodies."""
    compound_days = n["days_with_company"] + n["days_without_company"]
    out = {
        "leaking": a_year(n, n["leaking_roof_days"]),
        "rounds_failed": a_year(n, n["refunded"]),
        "collection": over(n["fees_paid_fen"], n["fees_billed_fen"]),
        "companies": over(n["days_with_company"], compound_days),
        "recouped": over(n["recouped_fen"], n["conceded_fen"]),
        "renewals_raised": over(n["renewals"], n["came_up"]),
        "captured": over(n["captured_days"], compound_days),
        "satisfaction": over(n["satisfaction_thousandths"], compound_days, 1e-3),
        "without_owners": over(n["decided_for_owners"], n["decided_for_owners"] + n["decided_by_owners"]),
        "settled_365_roof": over(n["settled_in_365_roof"], n["cohort_365_roof"]),
    }
    for name, flows in FLOWS_OF_MONEY.items():
        out[name] = a_year(n, sum((n[flow] for flow in flows), np.zeros_like(compound_days)), float(FEN))
    for name, flow in PER_COMPOUND.items():
        out[name] = over(n[flow], compound_days, float(YEAR))
    for name, days in CONTRACTS.items():
        out[f"contracts_{name}"] = over(n[days], compound_days)
    for kind in LOOKED_AFTER:
        out[f"defects_{kind}"] = a_year(n, n[f"defect_days_{kind}"])
    for name in ("mended", "turned_back"):
        out[name] = a_year(n, n[name])
    return out
