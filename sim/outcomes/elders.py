"""Outcomes of shared places: who takes part, ties, elders' needs, meals and their cost, volunteers, quarrels."""

from __future__ import annotations

from collections.abc import Mapping

from sim.books import FEN
from sim.outcomes.spec import A_YEAR, HIGHER, LOWER, NEITHER, YEAR, Floats, Ints, OutcomeSpec, a_year, over
from sim.rules.hosting import PURPOSES
from sim.rules.ties import WHOLE

ELDERS: tuple[OutcomeSpec, ...] = (
    OutcomeSpec(
        "participation",
        "share",
        "elders who took part in something in four weeks, of their own accord or at a shared place; mean of months",
        HIGHER,
        "elders taking part",
        "elders",
    ),
    OutcomeSpec(
        "elder_ties",
        "0 to 1",
        "elders' ties to people met at shared places, mean over elders and months",
        HIGHER,
        "elders' ties",
        "elders",
    ),
    OutcomeSpec(
        "care_unmet",
        "share",
        "elders' needs that nobody saw to, neither family nor the community's people nor volunteers; missing if none",
        LOWER,
        "needs unmet",
        "elders",
    ),
    OutcomeSpec(
        "neighbour_cases",
        f"cases {A_YEAR}",
        "quarrels between neighbours brought to a desk, those of the last 30 days left out",
        NEITHER,
        "quarrels at desks",
        "elders",
    ),
    OutcomeSpec(
        "made_up",
        f"grievances {A_YEAR}",
        "quarrels between neighbours that people who know each other talked over without a desk",
        NEITHER,
        "quarrels talked over",
        "elders",
    ),
    OutcomeSpec(
        "card_quarrels", f"grievances {A_YEAR}", "quarrels that began at cards", LOWER, "quarrels at cards", "elders"
    ),
    OutcomeSpec("meals", f"meals {A_YEAR}", "meals served in canteens", NEITHER, "meals served", "elders"),
    OutcomeSpec(
        "meals_budget_yuan",
        f"yuan {A_YEAR}",
        "public money for what meals cost beyond their price",
        NEITHER,
        "public money for meals",
        "elders",
    ),
    OutcomeSpec(
        "volunteer_hours",
        f"hours {A_YEAR}",
        "hours that volunteers gave to elders' needs, unpaid and not among the hours worked",
        NEITHER,
        "volunteers' hours",
        "elders",
    ),
    *(
        OutcomeSpec(f"hours_{p}", f"hours {A_YEAR}", f"hours worked on {what}", NEITHER, f"hours on {p}", "elders")
        for p, what in PURPOSES.items()
    ),
)

ONLY: dict[str, tuple[str, ...]] = {spec.name: ("compound",) for spec in ELDERS}
"""Outcomes to which there is a path only in some kinds of settlement, and in which."""

LOOKED_BACK = 30
"""Days at the end whose cases are left out, as in the cohorts of `sim.outcomes.counts`."""


def quotients(n: Mapping[str, Ints]) -> dict[str, Floats]:
    """Return the outcomes of shared places; hours are with those of all other purposes."""
    followed = n["households"] * (n["days"] - LOOKED_BACK)
    return {
        "participation": over(n["took_part"], n["elder_months"]),
        "elder_ties": over(n["elder_ties"], n["elder_months"], 1 / WHOLE),
        "care_unmet": over(n["care_unmet"], n["care_needs"]),
        "neighbour_cases": over(n["cohort_30_neighbour"], followed, 1000.0 * YEAR),
        "made_up": a_year(n, n["made_up"]),
        "card_quarrels": a_year(n, n["card_quarrels"]),
        "meals": a_year(n, n["meals"]),
        "meals_budget_yuan": a_year(n, n["meals_budget_fen"], float(FEN)),
        "volunteer_hours": a_year(n, n["volunteer_minutes"], 60.0),
    }
