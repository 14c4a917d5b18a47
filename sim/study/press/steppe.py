"""Press cases on pastures: what could be observed of a sumu, and what its station's year is measured by.

The page counts one station's year. What the model counts beside it is who settled what: cases settled at the station
or by its team in the field, at the roadside room, or in the whole sumu; a case that joins others is one. The room's
count is of another office and another year: it is an independent check, not what the station reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.books import FEN
from sim.cases import Kind, Stage
from sim.parameters import Value
from sim.places.pasture import COURT, ROOM, STATION, TEAM
from sim.rules import wages
from sim.study.press.measure import Measure
from sim.study.press.measures import NEVER, YEAR

if TYPE_CHECKING:
    from sim.study.press.cases import Case
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PLACE = "pasture"
TEN_MONTHS = 304
"""Days of the ten months in which the second room counted."""


def structure(case: Case) -> dict[str, Value]:
    """Return the structural parameters that the context sets."""
    names = {"herders": "households", "campers": "campers", "sites": "sites"}
    return {name: case.says(key) for key, name in names.items() if key in case.context}


def fixed(case: Case) -> dict[str, Value]:
    """Return the parameters of the world that the context sets: none."""
    return {}


def find(w: Worlds, case: Case) -> None:
    """Put in place what was observed as day 0 begins: nothing."""


def strike(w: Worlds, case: Case) -> None:
    """Let a crew of each world come to be owed what the page tells of, as the case's day begins, where none is yet."""
    fen = round(case.says("works_owed") * FEN)
    if fen == 0:
        return
    world = np.arange(w.n)
    site = np.argmax(w.wages_owed == 0, axis=1)
    free = w.wages_owed[world, site] == 0
    wages.owe(w, world[free], site[free], np.full(int(free.sum()), fen))


@dataclass
class Seen:
    """What was seen of the worlds of a case, all scenarios stacked.

    Attributes:
        w: the worlds at the end.
        case: the case.
        site: the site whose crew came to be owed on the case's day, -1 where all were owed already.
    """

    w: Worlds
    case: Case
    site: Ints

    def settled(self, *desks: int, kinds: tuple[Kind, ...] = (), days: int = YEAR) -> Floats:
        """Count the cases settled in the year: at desks of these kinds, of these kinds, in its first so many days."""
        e = self.w.ended
        at = self.w.layout.traits["desk_kind"][e.desk]
        chosen = (e.stage == Stage.SETTLED) & (e.closed >= 0) & (e.closed < days)
        chosen &= np.isin(at, desks) if desks else at != COURT
        chosen &= np.isin(e.kind, kinds) if kinds else e.kind != Kind.HELP
        return np.bincount(e.world[chosen], minlength=self.w.n).astype(np.float64)

    def total(self, name: str) -> Floats:
        """Add up a daily series."""
        total: Floats = self.w.record[:, :, self.w.series.index(name)].sum(axis=0).astype(np.float64)
        return total


def observe(w: Worlds, case: Case, days: int) -> Seen:
    """Let the scenarios of a case live, and look at what it is measured by."""
    site, day = np.full(w.n, -1), case.says("day")
    while w.day < days:
        if w.day == day:
            before = w.wages_owed > 0
            strike(w, case)
            new = (w.wages_owed > 0) & ~before
            site = np.where(new.any(axis=1), np.argmax(new, axis=1), -1)
        w.run(min(day, days) if w.day < day else days)
    return Seen(w, case, site)


def _agreed(seen: Seen) -> Floats:
    """Return the days from the first case about what the crew of the case is owed to an agreement."""
    w, day = seen.w, seen.case.says("day")
    out = np.full(w.n, NEVER)
    ended = w.ended
    mine = np.flatnonzero((ended.kind == Kind.WAGES) & (ended.opened >= day))
    mine = mine[ended.bearer[mine] == seen.site[ended.world[mine]]]
    for world in np.unique(ended.world[mine]).tolist():
        rows = mine[ended.world[mine] == world]
        done = rows[ended.stage[rows] == Stage.SETTLED]
        if len(done):
            out[world] = ended.closed[done].min() - ended.opened[rows].min()
    return np.where(seen.site >= 0, out, np.nan)


def _paid(days: int) -> Callable[[Seen], Floats]:
    """Return how much of what the crew of the case is owed is paid within so many days."""

    def share(seen: Seen) -> Floats:
        s, day = seen.w.spells, seen.case.says("day")
        rows = np.flatnonzero((s.day == day) & (s.bearer == seen.site[s.world]))
        out = np.full(seen.w.n, np.nan)
        out[s.world[rows]] = getattr(s, f"paid_{days}")[rows] / s.fen[rows]
        return out

    return share


def _exposed(seen: Seen) -> Floats:
    """Return the household-years of the worlds, campers' and workers' among them."""
    w = seen.w
    all_year = int(w.layout.traits["herders"].sum()) * len(w.record)
    return (all_year + seen.total("seasonal")) / YEAR


MEASURES: dict[str, Measure] = {
    "station_disputes": Measure(
        "cases", "disputes settled in the year at the border station or by its team", True,
        lambda seen: seen.settled(STATION, TEAM),
    ),
    "station_help": Measure(
        "times", "help brought in the year by the station or its team", True,
        lambda seen: seen.settled(STATION, TEAM, kinds=(Kind.HELP,)),
    ),
    "law_talks": Measure("talks", "law talks held in the year", True, lambda seen: seen.total("law_talks")),
    "room_disputes": Measure(
        "cases", "independent check: disputes settled at the roadside room in ten months", True,
        lambda seen: seen.settled(ROOM, days=TEN_MONTHS),
    ),
    "sumu_disputes": Measure(
        "cases", "disputes settled in the year at all desks of the sumu", True, lambda seen: seen.settled()
    ),
    "disputes_by_exposure": Measure(
        "per 1,000 household-years", "the same over the households that are there, campers and crews while they are",
        True, lambda seen: 1000 * seen.settled() / _exposed(seen),
    ),
    "works_agreed": Measure(
        "days", "from the first case about the crew's wages until an agreement, which is no recovery", False, _agreed
    ),
    "works_paid_30": Measure("share", "paid of these wages within 30 days", True, _paid(30)),
    "works_paid_90": Measure("share", "paid of these wages within 90 days", True, _paid(90)),
}  # fmt: skip
"""Every measure by name."""
