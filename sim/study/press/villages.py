"""Press cases of villages: what may be observed of two villages and their surroundings, and what is measured there.

Observed are how many households there are and which birds they keep. What households believe and risk, what anything
costs and how many would be asked is drawn as in any world.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.books import FEN
from sim.parameters import Spec, Value
from sim.rules.bases import SOURCES
from sim.study.press.measure import Measure

if TYPE_CHECKING:
    from sim.study.press.cases import Case
    from sim.worlds import Worlds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEAR = 365
NEVER = np.inf
REPORTED = 500
"""Households that the page tells of (page-A3)."""

FIRST = 50
"""Households that joined first, of whom the share of members is told."""


def _number(name: str, default: Value, low: Value, high: Value, unit: str, doc: str) -> Spec:
    return Spec(name, "press", default, low, high, unit, doc, source="design", tag="S", kind="set")


OBSERVABLE: dict[str, Spec] = {
    spec.name: spec
    for spec in (
        _number("home_households", 400, 20, 2000, "households", "households of each of the two home villages"),
        _number("around_households", 400, 0, 2000, "households", "households of the village around each of them"),
        _number("slow_birds", True, False, True, "switch", "slow premium birds are kept, not ordinary broilers"),
    )
}
"""What a case of villages may set."""


def rows(case: Case) -> int:
    """Return the household rows of a world."""
    return int(2 * (case.says("home_households") + case.says("around_households")))


def structure(case: Case) -> dict[str, Value]:
    """Return the structural parameters that the context sets."""
    return {"villages": 2, "households": case.says("home_households"), "around": case.says("around_households")}


def fixed(case: Case) -> dict[str, Value]:
    """Return the parameters of the world that the context sets: the kind of birds."""
    return {"slow_birds": case.says("slow_birds")}


@dataclass
class Seen:
    """What was seen of the worlds of a case, all scenarios stacked.

    Attributes:
        w: the worlds at the end, which have recorded every day since day 0.
    """

    w: Worlds

    def daily(self, series: str) -> Ints:
        """Return a daily series, shape ``(days, worlds)``."""
        found: Ints = self.w.record[:, :, self.w.series.index(series)]
        return found

    def sum(self, *flows: str) -> Floats:
        """Return what has flowed in all since day 0."""
        total: Floats = np.sum([self.daily(flow).sum(axis=0) for flow in flows], axis=0).astype(np.float64)
        return total

    def joined(self, stock: str = "adopters") -> Ints:
        """Return how many households of a kind have joined since day 0, day by day."""
        here = self.daily(stock)
        return here - here[0]

    @property
    def years(self) -> float:
        """Return the years followed."""
        return len(self.w.record) / YEAR


def observe(w: Worlds, case: Case, days: int) -> Seen:
    """Let the scenarios of a case live; all that is measured is recorded day by day."""
    w.run(days)
    return Seen(w)


def _at(seen: Seen, day: int, stock: str = "adopters") -> Floats:
    """Return how many have joined by a day, or by the end if that is sooner."""
    joined = seen.joined(stock)
    return joined[min(day, len(joined) - 1)].astype(np.float64)


def _days_to(seen: Seen) -> Floats:
    """Return the days until as many have joined as are reported."""
    there = seen.joined() >= REPORTED
    return np.where(there.any(axis=0), there.argmax(axis=0), NEVER)


def _members_first(seen: Seen) -> Floats:
    """Return the share of members among those who joined first; missing where nobody joined."""
    joined, members = seen.joined(), seen.joined("adopters_members")
    enough = joined >= np.minimum(FIRST, joined[-1])
    day = enough.argmax(axis=0)
    world = np.arange(joined.shape[1])
    below = joined[day, world]
    return np.divide(members[day, world], below, out=np.full(len(world), np.nan), where=below > 0)


def _per_bird(seen: Seen) -> Floats:
    """Return what a bird sold left its household; missing without any."""
    sold = seen.sum("birds_sold")
    return np.divide(seen.sum("farm_fen") / FEN, sold, out=np.full(len(sold), np.nan), where=sold > 0)


def _collective(seen: Seen) -> Floats:
    """Return what the collectives of both villages earned a year, without grants, unpaid hours not deducted."""
    earned = seen.sum(*(f"{source}_{home}_fen" for source in SOURCES for home in ("money", "land")))
    return earned / FEN / seen.years


MEASURES: dict[str, Measure] = {
    "joined": Measure(
        "households",
        "households that have placed chicks from a base for the first time since day 0, by the end of the run",
        True,
        lambda seen: _at(seen, 10**6),
    ),
    "joined_2_years": Measure("households", "the same within two years", True, lambda seen: _at(seen, 2 * YEAR - 1)),
    "joined_1_year": Measure("households", "the same within one year", True, lambda seen: _at(seen, YEAR - 1)),
    "joined_around": Measure(
        "households", "of those, in the villages around", True, lambda seen: _at(seen, 10**6, "adopters_around")
    ),
    "days_to_500": Measure("days", "until 500 have joined", False, _days_to),
    "members_first": Measure(
        "share", "households with a party member among the first fifty that joined", True, _members_first
    ),
    "covered": Measure(
        "households",
        "households that have joined at any time and are in the trade at the end, with birds or between batches",
        True,
        lambda seen: (seen.w.adopted & seen.w.keeps).sum(axis=1).astype(np.float64),
    ),
    "left_by_a_bird": Measure("yuan", "left to a household by a bird sold, labour not paid", True, _per_bird),
    "collective_year": Measure(
        "yuan", "earned a year by both collectives, without grants, unpaid hours not deducted", True, _collective
    ),
    "plants": Measure("plants", "plants built in idle buildings", True, lambda seen: seen.sum("plants")),
}
"""Every measure of villages by name."""
