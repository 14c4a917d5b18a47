"""Outcomes: pure functions of what a run recorded, one row of integers and quotients a run.

Integers come first and are kept: every quotient can be checked by hand from the counts beside it. Only
`durable_365` is a product of many quotients: it stands among the counts in millionths, and the table of
agreements from which it is made is kept too.
In a place of several kinds of settlement what belongs to one is related to the households of that kind.
Where there is no path to an outcome (no case in the cohort, no roof that leaked) it is missing, not 0.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim import places
from sim.outcomes import booking, compounds, costs, disputes, elders, inequality, pastures, sensing, villages
from sim.outcomes.counts import LOOKED_AFTER, counts, kinds, levels, names_of_counts
from sim.outcomes.disputes import LEVELS
from sim.outcomes.recorded import Recorded, recorded
from sim.outcomes.spec import (
    A_YEAR,
    HIGHER,
    HORIZONS,
    LOWER,
    NEITHER,
    YEAR,
    Direction,
    Floats,
    Ints,
    OutcomeSpec,
    of_kind,
)

__all__ = [
    "A_YEAR",
    "FAMILIES",
    "HIGHER",
    "HORIZONS",
    "LEVELS",
    "LOOKED_AFTER",
    "LOWER",
    "NEITHER",
    "OUTCOMES",
    "YEAR",
    "Direction",
    "Floats",
    "Ints",
    "OutcomeSpec",
    "Recorded",
    "counts",
    "kinds",
    "leading",
    "levels",
    "names_of_counts",
    "of_kind",
    "quotients",
    "recorded",
    "specs",
]

OUTCOMES: tuple[OutcomeSpec, ...] = (
    *disputes.DISPUTES,
    *booking.BOOKS,
    *compounds.REPAIRS,
    *costs.HOURS,
    *compounds.COMPANY,
    *compounds.PAYERS,
    *compounds.BEHAVIOUR,
    *compounds.DEFECTS,
    *disputes.BY_KIND,
    *disputes.BY_DESK,
    *disputes.FOR_WHOM,
    *inequality.INEQUALITY,
    *compounds.SATISFACTION,
    *disputes.TRUST,
    *pastures.SEASONAL,
    *pastures.STEPPE,
    *compounds.CONSENT,
    *sensing.SENSING,
    *villages.INCOMES,
    *elders.ELDERS,
)
"""Every outcome, the headline first."""

ONLY: dict[str, tuple[str, ...]] = (
    compounds.ONLY | disputes.ONLY | costs.ONLY | pastures.ONLY | sensing.ONLY | villages.ONLY | elders.ONLY
)
"""Outcomes to which there is a path only in some kinds of settlement, and in which; to the rest there is in all."""

FAMILIES = {
    "payers": "who pays for repairs",
    "wages": "wages",
    "behaviour": "bodies, companies and courts",
    "kinds": "by kind of trouble",
    "desks": "by desk",
    "whom": "for whom, the headline",
    "inequality": "how unequally people suffer",
    "books": "disputes, true and as recorded",
    "people": "people",
    "sensing": "couriers",
    "elders": "elders and shared places",
    **villages.FAMILIES,
}
"""Families of outcomes of which the rates in the baseline are printed, and how they are headed."""


def specs(place: str) -> tuple[OutcomeSpec, ...]:
    """Return the outcomes to which there is a path in a place, the headline first."""
    there = places.standing(place)
    quarrels = [kind for kind in there if places.declared(kind, "KINDS")]
    return tuple(spec for spec in OUTCOMES if not set(ONLY.get(spec.name, quarrels)).isdisjoint(there))


def leading(place: str) -> tuple[OutcomeSpec, ...]:
    """Return the main outcomes of a place, those that stand for all where there is no room for more first."""
    first = villages.FIRST if "village" in places.settlements(place) else ()
    main = [spec for spec in specs(place) if spec.main]
    return tuple(sorted(main, key=lambda spec: first.index(spec.name) if spec.name in first else len(first)))


def quotients(n: Mapping[str, Ints], place: str) -> dict[str, Floats]:
    """Return the outcomes of each world from its counts, in the order of `specs`."""
    there = places.settlements(place)
    out = disputes.quotients(n, place) | booking.quotients(n) | inequality.quotients(n) | costs.quotients(n)
    if "compound" in there:
        own = of_kind(n, "compound")
        out |= compounds.quotients(own) | sensing.quotients(own) | elders.quotients(own)
    if "village" in there:
        out |= villages.quotients(of_kind(n, "village"))
    if "pasture" in there:
        out |= pastures.quotients(of_kind(n, "pasture"))
    return {spec.name: out[spec.name] for spec in specs(place)}
