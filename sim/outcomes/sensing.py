"""Outcomes of sensing: what couriers report, what of it is news, who is reported, and what it takes."""

from __future__ import annotations

from collections.abc import Mapping

from sim.outcomes.spec import A_YEAR, HIGHER, LOWER, NEITHER, Floats, Ints, OutcomeSpec, a_year, over
from sim.rules.chores import PURPOSES

SENSING: tuple[OutcomeSpec, ...] = (
    OutcomeSpec(
        "reports",
        f"reports {A_YEAR}",
        "reports of couriers about something broken",
        NEITHER,
        "couriers' reports",
        "sensing",
    ),
    OutcomeSpec(
        "sensed_first",
        "share",
        "of these reports, those about what nobody had claimed yet; missing without a report",
        NEITHER,
        "reports before any claim",
        "sensing",
    ),
    OutcomeSpec(
        "duplicates",
        "share",
        "of these reports, those about what another courier had reported already; missing without a report",
        LOWER,
        "reports of what is known",
        "sensing",
    ),
    OutcomeSpec(
        "reports_answered",
        "share",
        "of first reports, those of which the courier was told in time that something is done; missing without one",
        HIGHER,
        "reports answered in time",
        "sensing",
    ),
    OutcomeSpec(
        "false_alarms",
        f"reports {A_YEAR}",
        "reports of couriers about nothing",
        LOWER,
        "false alarms",
        "sensing",
    ),
    OutcomeSpec(
        "people_sensed",
        f"reports {A_YEAR}",
        "reports of couriers about quarrels of people who had told nobody: what is known of people by passers-by",
        NEITHER,
        "people reported (privacy)",
        "sensing",
    ),
    OutcomeSpec(
        "courier_hours",
        f"hours {A_YEAR}",
        "hours that couriers gave to reports, unpaid and not among the hours worked",
        LOWER,
        "couriers' unpaid hours",
        "sensing",
    ),
    *(
        OutcomeSpec(
            f"hours_{purpose}",
            f"hours {A_YEAR}",
            f"hours that communities' mediators gave to {what}",
            NEITHER,
            f"hours on {purpose}",
            "sensing",
        )
        for purpose, what in PURPOSES.items()
    ),
)

ONLY: dict[str, tuple[str, ...]] = dict.fromkeys((spec.name for spec in SENSING), ("compound",))
"""Outcomes to which there is a path only in some kinds of settlement, and in which."""


def quotients(n: Mapping[str, Ints]) -> dict[str, Floats]:
    """Return the outcomes of each world from its counts."""
    return {
        "reports": a_year(n, n["reports"]),
        "duplicates": over(n["duplicates"], n["reports"]),
        "sensed_first": over(n["sensed_first"], n["reports"]),
        "reports_answered": over(n["reports_answered"], n["reports"] - n["duplicates"]),
        "false_alarms": a_year(n, n["false_alarms"]),
        "people_sensed": a_year(n, n["people_sensed"]),
        "courier_hours": a_year(n, n["courier_unpaid_minutes"], 60.0),
    }
