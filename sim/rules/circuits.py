"""Circuits: which cases a crew takes on its weekly round, in which order, and what the round costs.

Everything here looks and changes nothing; `sim.rules.teams` holds the sessions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import settlements
from sim.cases import DISPUTE, Kind, Stage
from sim.places import pasture
from sim.places.pasture import CENTRE, JUSTICE, STAFFED, STATION, TEAM
from sim.rules import desks, service, travel
from sim.space import rank_in_group, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MINUTES = 60

SEASONS: tuple[tuple[int, tuple[Kind, ...]], ...] = (
    (31, (Kind.HELP,)),  # February to May: animals are born, storms
    (151, (Kind.BOUNDARY, Kind.LIVESTOCK)),  # June to October: herds meet
    (304, (Kind.WAGES,)),  # November to January: wages are due before New Year
)
"""The seasons' list of what a calendar puts first: first day of each season, and the kinds of matters."""

LAST = 1_000_000_000
"""Metres added to the way to what is not on the season's list, more than any way."""


def listed(day: int) -> tuple[Kind, ...]:
    """Return the kinds that are on the list of the season in which a day is."""
    return next((kinds for first, kinds in reversed(SEASONS) if travel.of_year(day) >= first), SEASONS[-1][1])


@dataclass(frozen=True)
class Tour:
    """A round of one crew of every sumu.

    Attributes:
        stops: rows of the cases taken; of one circuit in the order in which it takes them.
        circuit: numbers of the circuits that go out, ``world * sumus + sumu``.
        minutes: what each takes, of every agency on board.
        metres: how far each drives, the way home among them.
    """

    stops: Ints
    circuit: Ints
    minutes: Ints
    metres: Ints


def planned(w: Worlds) -> list[Tour]:
    """Return the rounds of today, one for each crew of a station, the first of all stations first."""
    if not w.circuit_time.any():
        return []
    c, rows = w.cases, _waiting(w)
    crews = w.team_crews[c.world[rows], c.compound[rows]]
    out: list[Tour] = []
    for crew in range(int(crews.max(initial=0))):
        rows, crews = (x[~np.isin(rows, out[-1].stops)] if out else x for x in (rows, crews))
        out.append(_tour(w, rows[crews > crew]))
    return out


def _waiting(w: Worlds) -> Ints:
    """Return the cases that circuits may take: of the station and its team, of all on board, help if they drive."""
    c = w.cases
    own_place = c.settlement == settlements.number(w, "pasture")  # a centre may be shared
    rows = where((c.stage == int(Stage.WAITING)) & (c.ready <= w.day) & own_place)
    kind, at_ = desks.kind_of(w, c.desk[rows]), (c.world[rows], c.compound[rows])
    own = (kind == STATION) | (kind == TEAM)
    theirs = (w.team_board[at_] > 1) & ((kind == JUSTICE) | (kind == CENTRE))
    can = DISPUTE.take(c.kind[rows]) | (w.team_drives[at_] > 0)  # help must be brought
    return rows[(own | theirs) & can & (w.circuit_time[at_] > 0)]


def _tour(w: Worlds, rows: Ints) -> Tour:
    """Route one circuit of every sumu in stacked rounds: in each every circuit takes its nearest case.

    Where a calendar is kept, the nearest of what is on the season's list comes first, and all else after it.

    A case is taken if there is time to get there, for what it takes there, and to get back to the station. Where
    they do not drive from camp to camp, they take what they can at the centre, which the station's officer reaches.
    """
    c, t, sumus = w.cases, w.layout.traits, w.layout.sizes["sumu"]
    left = w.circuit_time.reshape(-1).astype(np.float64)
    home = np.tile(t["sumu_desk"][len(STAFFED) * np.arange(sumus) + STAFFED.index(STATION)], w.n)
    x, y = t["x"][home].copy(), t["y"][home].copy()
    driven = np.zeros(len(left), dtype=np.int64)
    of = c.world[rows] * sumus + c.compound[rows]
    drives = w.team_drives.reshape(-1)[of] > 0  # else they sit at the centre, and parties come there
    to_x, to_y = at(w, rows)
    centre = t["sumu_desk"][len(STAFFED) * c.compound[rows] + STAFFED.index(JUSTICE)]  # both are in the sumu's hall
    to_x, to_y = np.where(drives, to_x, t["x"][centre]), np.where(drives, to_y, t["y"][centre])
    there = session_minutes(w, rows) + np.where(drives, np.rint(MINUTES * w.at("stop_hours", c.world[rows])), 0)
    unlisted = (w.team_calendar.reshape(-1)[of] > 0) & ~np.isin(c.kind[rows], listed(w.day))
    back = pasture.way(w.layout, to_x, to_y, t["x"][home[of]], t["y"][home[of]])
    open_, stops = np.arange(len(rows)), [rows[:0]]
    while len(open_):
        circuit = of[open_]
        metres = pasture.way(w.layout, x[circuit], y[circuit], to_x[open_], to_y[open_])
        takes = _drive(w, c.world[rows[open_]], metres) + there[open_]
        fits = where(takes + _drive(w, c.world[rows[open_]], back[open_]) <= left[circuit])
        if len(fits) == 0:
            break
        order = metres[fits] + LAST * unlisted[open_[fits]]
        nearest = fits[rank_in_group(circuit[fits], order) == 0]
        taken, by = open_[nearest], circuit[nearest]
        left[by] -= takes[nearest]
        driven[by] += metres[nearest]
        x[by], y[by] = to_x[taken], to_y[taken]
        stops.append(rows[taken])
        open_ = np.delete(open_, nearest)
    out = np.concatenate(stops)
    went = np.unique(c.world[out] * sumus + c.compound[out])
    way_back = pasture.way(w.layout, x[went], y[went], t["x"][home[went]], t["y"][home[went]])
    left[went] -= _drive(w, went // sumus, way_back)
    spent = np.rint(w.circuit_time.reshape(-1) - left).astype(np.int64)
    return Tour(out, went, spent[went], driven[went] + way_back)


def at(w: Worlds, rows: Ints) -> tuple[Ints, Ints]:
    """Return where sessions of the given cases are held if somebody goes there: metres east and north."""
    c, t = w.cases, w.layout.traits
    household = c.bearer[rows].copy()
    crew = where(c.kind[rows] == Kind.WAGES)
    household[crew] = t["first_hand"][c.bearer[rows[crew]]]
    return of_households(w, household)


def of_households(w: Worlds, household: Ints) -> tuple[Ints, Ints]:
    """Return where households are today, metres east and north."""
    t, summer = w.layout.traits, travel.on_summer_ground(w, household)
    x = np.where(summer, t["x_summer"][household], t["x_winter"][household])
    return x, np.where(summer, t["y_summer"][household], t["y_winter"][household])


def _drive(w: Worlds, world: Ints, metres: Ints) -> Floats:
    """Return the minutes that ways take, one way."""
    return MINUTES / 2 * travel.hours(w, world, metres)


def session_minutes(w: Worlds, rows: Ints) -> Ints:
    """Return what the given cases take where they are held, the way apart."""
    step = service.STEP_OF_KIND[w.cases.kind[rows]]
    return service.take(w, w.cases.world[rows], step)
