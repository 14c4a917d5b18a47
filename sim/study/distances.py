"""How far people live, and what that does to them: herders by tenth of the way to the sumu centre, and by season.

Nothing is added to the engine's day for it: the tables of cases say whose each is, and what is suffered is looked at
once a week, on the last day, and counts for the week. So sums of `suffered` are near those of the daily record, not
equal. Tenths are of the herders of a sumu by their winter way to the centre, the nearest first.

A row is a tenth, close to cadres or not, and a season; the columns, all whole numbers, shape ``(worlds, rows)``:

* ``herders``: how many; ``metres``: their ways to the centre on that season's ground, added up;
* ``household_days``: herders times the days of the season that have been lived;
* ``suffered``: severity-days of their grievances, voiced or not, thousandths, by the looks once a week;
* ``opened``: cases that they opened in the season (a crew's wages are nobody's of them);
* ``settled``, ``days_to_settled``: those of them that were settled before the run's end, and the days that took;
* ``followed_90``, ``settled_90``: those opened early enough to be followed for 90 days, and settled within them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.cases import Kind, Stage
from sim.outcomes import A_YEAR, YEAR
from sim.places.pasture import HERDER
from sim.rules import travel
from sim.study.statistics import times_drawn

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Columns = dict[str, Ints]

PLACES = ("pasture",)
"""Places where people live far apart."""

TENTHS = 10
SEASONS = ("winter", "between", "summer")
"""Slow ways from November to March; neither; mid-June to September, on the summer ground."""

ROWS = TENTHS * 2 * len(SEASONS)
WEEK, FOLLOWED = 7, 90

NAMES = (
    *("herders", "metres", "household_days", "suffered", "opened", "settled", "days_to_settled"),
    *("followed_90", "settled_90"),
)
"""The columns, in order."""


def season_of(day: int) -> int:
    """Return the number in `SEASONS` of a day's season."""
    first, back = travel.SUMMER
    return 0 if travel.snow(day) else 2 if first <= travel.of_year(day) < back else 1


def key_columns() -> dict[str, Ints]:
    """Return what every row stands for: tenth from 1, connected or not, number of the season."""
    row = np.arange(ROWS)
    return {"tenth": row // (2 * len(SEASONS)) + 1, "connected": row // len(SEASONS) % 2, "season": row % len(SEASONS)}


def groups(w: Worlds) -> Ints:
    """Return the first row of the group of each household, -1 for who is no herder; shape ``(worlds, households)``."""
    sumu, t = w.layout.up("household", "sumu"), w.layout.traits
    tenth = np.full(w.households, -1, dtype=np.int64)
    for k in range(w.layout.sizes["sumu"]):
        mine = np.flatnonzero((sumu == k) & (t["living"] == HERDER))
        order = np.argsort(t["way_centre_winter"][mine], kind="stable")
        tenth[mine[order]] = np.arange(len(mine)) * TENTHS // len(mine)
    return np.where(tenth >= 0, len(SEASONS) * (2 * tenth + w.connected), -1)


def lived(w: Worlds, until: int) -> Columns:
    """Live until the given day from a week's first day on; return the columns of the days in between."""
    first, group = w.day, groups(w)
    herders = group >= 0
    world = np.broadcast_to(np.arange(w.n)[:, None], group.shape)
    out = {name: np.zeros((w.n, ROWS), dtype=np.int64) for name in NAMES}
    lived_in = np.zeros(len(SEASONS), dtype=np.int64)
    while w.day < until:
        start = w.day
        w.run(min(start + WEEK - start % WEEK, until))
        season = season_of(w.day - 1)
        g = w.grievances
        rows = np.flatnonzero(g.aching)
        rows = rows[herders[g.world[rows], g.household[rows]]]
        place = group[g.world[rows], g.household[rows]] + season
        np.add.at(out["suffered"], (g.world[rows], place), (w.day - start) * g.severity[rows])
        for day in range(start, w.day):
            lived_in[season_of(day)] += 1
    for season, name in enumerate(SEASONS):
        ways = w.layout.traits["way_centre_" + ("summer" if name == "summer" else "winter")]
        at = world[herders], group[herders] + season
        np.add.at(out["herders"], at, 1)
        np.add.at(out["metres"], at, np.broadcast_to(ways, group.shape)[herders])
    out["household_days"] = out["herders"] * lived_in[key_columns()["season"]]
    _cases(w, group, first, until, out)
    return out


def _cases(w: Worlds, group: Ints, first: int, until: int, out: Columns) -> None:
    """Count the cases that herders opened from the first day on, and what became of them."""
    ended, open_ = w.ended.arrays(), w.cases.arrays()
    still = open_["stage"] < Stage.SETTLED
    both = {name: np.concatenate([ended[name], open_[name][still]]) for name in ("world", "kind", "bearer", "opened")}
    settled = np.concatenate([ended["stage"] == Stage.SETTLED, np.zeros(int(still.sum()), dtype=bool)])
    closed = np.concatenate([ended["closed"], np.full(int(still.sum()), until)])
    opened = both["opened"].astype(np.int64)
    own = (both["kind"] != Kind.WAGES) & (opened >= first)
    own[own] &= group[both["world"][own], both["bearer"][own]] >= 0
    world, bearer, opened, settled = both["world"][own], both["bearer"][own], opened[own], settled[own]
    took = closed[own].astype(np.int64) - opened
    season = np.array([season_of(day) for day in range(first, until)], dtype=np.int64)
    at = world, group[world, bearer] + season[opened - first]
    followed = opened + FOLLOWED < until
    for name, amount in (
        ("opened", 1),
        ("settled", settled),
        ("days_to_settled", np.where(settled, took, 0)),
        ("followed_90", followed),
        ("settled_90", followed & settled & (took <= FOLLOWED)),
    ):
        np.add.at(out[name], at, amount)


# -- the answer ---------------------------------------------------------------------------------

MEASURES = {
    "opened": ("opened", "household_days", 1000.0 * YEAR, f"cases {A_YEAR}"),
    "days_to_settled": ("days_to_settled", "settled", 1.0, "days"),
    "settled_90": ("settled_90", "followed_90", 1.0, "share"),
    "unresolved": ("suffered", "household_days", float(YEAR), f"severity-days {A_YEAR}"),
}
"""What is told of each group: which column over which, times what, and the unit."""

GROUPS = (*(str(k + 1) for k in range(TENTHS)), "connected", "not_connected", "all")
"""Tenths, and herders close to cadres or not."""

COLUMNS = ("scenario", "season", "group", "km", "measure", "unit", "value", "low", "high")


def estimates(table: pd.DataFrame, scenarios: Sequence[str]) -> pd.DataFrame:
    """Return each measure by scenario, season (or the whole year) and group: tenths, close to cadres or not, all.

    Sums over sums of all replications; the interval is a percentile bootstrap of whole replications.

    Args:
        table: the table of distances, see `sim.study.tables`.
        scenarios: in the order in which they are told.
    """
    rows: list[dict[str, Any]] = []
    for scenario in scenarios:
        mine = table[table["scenario"] == scenario].sort_values(["replication", "tenth", "connected", "season"])
        n = mine["replication"].nunique()
        values = {name: mine[name].to_numpy(np.float64).reshape(n, TENTHS, 2, len(SEASONS)) for name in NAMES}
        by = {name: _grouped(value) for name, value in values.items()}
        drawn = times_drawn(n, 2000, 1).T.astype(np.float64)
        for s, season in enumerate((*SEASONS, "year")):
            for k, group in enumerate(GROUPS):
                km = by["metres"][:, k, s].sum() / by["herders"][:, k, s].sum() / 1000
                for measure, (above, below, scale, unit) in MEASURES.items():
                    a, b = by[above][:, k, s], by[below][:, k, s]
                    with np.errstate(invalid="ignore", divide="ignore"):
                        value, spread = scale * (a.sum() / b.sum()), scale * ((a @ drawn) / (b @ drawn))
                    low, high = np.nanquantile(spread, [0.025, 0.975]) if np.isfinite(spread).any() else (np.nan,) * 2
                    said = (scenario, season, group, km, measure, unit, value, low, high)
                    rows.append(dict(zip(COLUMNS, said, strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _grouped(value: Floats) -> Floats:
    """Return sums by replication, group and season: tenths, connected, not connected, all; then the whole year."""
    known = value.sum(axis=1)
    parts = (value.sum(axis=2), known[:, 1:], known[:, :1], known.sum(axis=1, keepdims=True))
    out: Floats = np.concatenate(parts, axis=1)
    return np.concatenate([out, out.sum(axis=2, keepdims=True)], axis=2)
