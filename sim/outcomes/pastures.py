"""Outcomes of pastures: wages, help, law talks, ways, and what campers and workers suffer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim import places
from sim.cases import Kind
from sim.outcomes.spec import A_YEAR, HIGHER, LOWER, NEITHER, Floats, Ints, OutcomeSpec, a_year, over
from sim.tables import PAID_WITHIN

SEASONAL: tuple[OutcomeSpec, ...] = (
    OutcomeSpec(
        "unresolved_seasonal",
        f"severity-days {A_YEAR}",
        "the headline of campers and workers, per 1,000 of their households and the year in which they are there",
        LOWER,
        "unresolved: campers, workers",
        "whom",
    ),
)

STEPPE: tuple[OutcomeSpec, ...] = (
    OutcomeSpec(
        "wages_paid",
        "yuan per yuan",
        "wages paid over wages that came to be owed in the same days; missing if none did",
        HIGHER,
        "wages paid in all",
        "wages",
    ),
    *(
        OutcomeSpec(
            f"wages_paid_{days}",
            "yuan per yuan",
            f"wages paid within {days} days of coming to be owed, over what came to be owed early enough to be "
            "followed for so long, whatever was agreed or promised; missing if nothing did",
            HIGHER,
            f"wages paid within {days} days",
            "wages",
        )
        for days in PAID_WITHIN
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
    OutcomeSpec(
        "hours_per_durable",
        "hours per agreement",
        "hours worked over agreements that last a year: agreements made times the share of them that does, by "
        "Kaplan-Meier; missing if none was made, and in runs of a year or less",
        LOWER,
        "hours per durable settlement",
        "cost",
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
)

ONLY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("wages_paid", "wages_agreed", "wages_defaulted", "travel_people", "travel_field"), ("pasture",)),
    **dict.fromkeys((*(f"wages_paid_{days}" for days in PAID_WITHIN), "hours_per_durable", "law_talks"), ("pasture",)),
    "helped": places.having("KINDS", Kind.HELP),
}
"""Outcomes to which there is a path only in some kinds of settlement, and in which."""


def quotients(n: Mapping[str, Ints]) -> dict[str, Floats]:
    """Return the outcomes about wages, help and ways."""
    minutes = sum((n[name] for name in n if name.startswith("minutes_")), np.zeros_like(n["days"]))
    lasting = n["agreements"] * over(n["durable_365_millionths"], n["durable_365_known"], 1e-6)
    durable = np.divide(minutes / 60, lasting, out=np.full(len(minutes), np.nan), where=lasting > 0)
    return {
        **{
            f"wages_paid_{days}": over(n[f"wages_paid_{days}_fen"], n[f"wages_owed_{days}_fen"]) for days in PAID_WITHIN
        },
        "hours_per_durable": durable,
        "wages_paid": over(n["wages_paid_fen"], n["wages_due_fen"]),
        "wages_agreed": over(n["wages_agreed_fen"], n["wages_due_fen"]),
        "wages_defaulted": over(n["wages_defaulted_fen"], n["wages_agreed_fen"]),
        "helped": a_year(n, n["helped"]),
        "law_talks": a_year(n, n["law_talks"]),
        "travel_people": a_year(n, n["people_minutes"], 60.0),
        "travel_field": a_year(n, n["field_metres"], 1000.0),
    }
