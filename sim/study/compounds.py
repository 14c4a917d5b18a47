"""Outcomes of every single compound: what happened in it in a span of days, and whether an arrangement reaches it.

A run's own outcomes are those of whole worlds. Where an arrangement stands in some compounds only, or where the
best few of many are asked for, they are needed compound by compound. Nothing is added to the engine's day for
it: the tables of cases say of which compound each is, and what is suffered is looked at once a week, on the last
day, and counts for the week. So sums of `suffered` over compounds are near those of the daily record, not equal.

The columns, all whole numbers, shape ``(worlds, compounds)``; money in fen:

* ``covered``: 1 where every mechanism of the world's scenario reaches, at the end, else 0; 0 in a baseline;
* ``households``: inhabited flats; ``flats``: all of them;
* ``suffered``: severity-days of grievances, voiced or not, thousandths, by the looks once a week;
* ``opened``, ``settled``: cases opened in the span, and settled in it, of any kind;
* ``stubborn``: stubborn problems solved in the span: settled cases of a shared defect that had been open for
  `STUBBORN_DAYS` or more, or were too dear to be the company's own duty and so needed collective payment;
* ``stubborn_dear``: of those, the dear ones;
* ``stubborn_left``: shared-defect cases open for so long, or dear, and not settled when the span ends;
* ``quarrels``, ``quarrels_settled``: cases between neighbours that ended in the span (settled, failed, given up,
  escalated), and those of them that were settled;
* ``roofs``, ``pests``, ``roads``: cases of these kinds settled in the span;
* ``roofs_in_15``: the most roofs whose repair ended within any `BURST_DAYS` days of the span;
* ``conceded_roofs``: roofs that the company conceded in talks, among ``roofs``;
* ``conceded_fen``: what dear repairs settled in the span cost companies that conceded them; ``conceded_market_fen``:
  the same at the market price;
* ``company_fen``, ``public_fen``, ``fund_fen``, ``owners_fen``: what the company's duty, public income, the
  maintenance fund and owners' shares paid of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.cases import DEFECT, Kind, Stage
from sim.places.compound import VACANT

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Columns = dict[str, Ints]

PLACES = ("compound",)
"""Places that have compounds."""

STUBBORN_DAYS = 30
"""Days after which a shared defect on the books is a stubborn problem (民生难题, as this project reads the page)."""

BURST_DAYS = 15
"""Days within which the page's best case had three roofs mended (page-D16)."""

WEEK = 7

NAMES = (
    "covered",
    "households",
    "flats",
    "suffered",
    "opened",
    "settled",
    "stubborn",
    "stubborn_dear",
    "stubborn_left",
    "quarrels",
    "quarrels_settled",
    "roofs",
    "pests",
    "roads",
    "roofs_in_15",
    "conceded_roofs",
    "conceded_fen",
    "conceded_market_fen",
    "company_fen",
    "public_fen",
    "fund_fen",
    "owners_fen",
)
"""The columns, in order."""

BEFORE = ("suffered", "opened", "settled", "stubborn", "quarrels", "quarrels_settled", "roofs")
"""Columns that are kept of the span before day 0 too, as ``before_...``."""

KINDS = {"roofs": Kind.ROOF, "pests": Kind.PESTS, "roads": Kind.ROAD}
"""Columns that count settled cases of one kind."""


def live(w: Worlds, until: int) -> Ints:
    """Live until the given day begins, and add up what is suffered in each compound, looked at once a week.

    Args:
        w: the worlds, as a week begins.
        until: the day; a week that it cuts short counts for its own days.

    Returns:
        Severity-days by world and compound, thousandths.
    """
    total = np.zeros((w.n, w.layout.sizes["compound"]), dtype=np.int64)
    while w.day < until:
        start = w.day
        w.run(min(start + WEEK - start % WEEK, until))
        total += (w.day - start) * suffered(w)
    return total


def lived(w: Worlds, until: int, days: int) -> Columns:
    """Live until the given day, and return the outcomes of each compound in the last `days` days before it.

    Args:
        w: the worlds.
        until: the day.
        days: how many, or fewer where the worlds are younger.
    """
    first = max(until - days, w.day)
    w.run(first)
    return by_compound(w, first, live(w, until))


def suffered(w: Worlds) -> Ints:
    """Return the severity of what is suffered now in each compound, thousandths, shape ``(worlds, compounds)``."""
    g, compounds = w.grievances, w.layout.sizes["compound"]
    rows = np.flatnonzero(g.aching)
    place = g.world[rows] * compounds + w.layout.up("household", "compound")[g.household[rows]]
    # sums of whole thousandths far below 2^53, so exact as floating-point numbers
    sums = np.bincount(place, weights=g.severity[rows], minlength=w.n * compounds)
    return sums.astype(np.int64).reshape(w.n, compounds)


def covered(w: Worlds) -> NDArray[np.bool_]:
    """Return which compounds every mechanism of their world's scenario reaches, shape ``(worlds, compounds)``."""
    reached = np.zeros((w.n, w.layout.sizes["compound"]), dtype=bool)
    for mechanism in w.mechanisms:
        reached |= w.settings[mechanism.name].present
    for mechanism in w.mechanisms:
        setting = w.settings[mechanism.name]
        reached &= ~setting.present | mechanism.reaches(w, setting)
    return reached


def by_compound(w: Worlds, first: int, total: Ints) -> Columns:
    """Return the outcomes of each compound in the days from `first` until now; the columns are those of the module.

    Args:
        w: the worlds.
        first: first day of the span.
        total: what `live` returned of the same span.
    """
    ended = w.ended.arrays()
    here = (ended["closed"] >= first) & (ended["closed"] < w.day)
    ended = {name: values[here] for name, values in ended.items()}
    settled = ended["stage"] == Stage.SETTLED
    defect = DEFECT[ended["kind"]]
    dear = defect & ~ended["minor"]
    long = defect & (ended["closed"].astype(np.int64) - ended["opened"] >= STUBBORN_DAYS)
    quarrel = ended["kind"] == Kind.NEIGHBOUR
    given = settled & dear & (ended["conceded"] > 0)
    out = _people(w) | {"suffered": total, "opened": _opened(w, first)}
    out["settled"] = _sum(w, ended, settled)
    out["stubborn"] = _sum(w, ended, settled & (long | dear))
    out["stubborn_dear"] = _sum(w, ended, settled & dear)
    out["stubborn_left"] = _left(w)
    out["quarrels"], out["quarrels_settled"] = _sum(w, ended, quarrel), _sum(w, ended, quarrel & settled)
    for name, kind in KINDS.items():
        out[name] = _sum(w, ended, settled & (ended["kind"] == kind))
    out["roofs_in_15"] = _burst(w, ended, settled & (ended["kind"] == Kind.ROOF))
    out["conceded_roofs"] = _sum(w, ended, given & (ended["kind"] == Kind.ROOF))
    out["conceded_fen"] = _sum(w, ended, given, ended["conceded"])
    market = np.rint(ended["conceded"] / w.at("own_cost", ended["world"])).astype(np.int64)
    out["conceded_market_fen"] = _sum(w, ended, given, market)
    for payer in ("company", "public", "fund", "owners"):
        out[f"{payer}_fen"] = _sum(w, ended, settled & dear, ended[f"from_{payer}"])
    return {name: out[name] for name in NAMES}


def _people(w: Worlds) -> Columns:
    """Return who lives in each compound, and whether it is reached."""
    compounds = w.layout.sizes["compound"]
    world, flat = np.nonzero(w.tenure != VACANT)
    place = world * compounds + w.layout.up("household", "compound")[flat]
    households = np.bincount(place, minlength=w.n * compounds).reshape(w.n, compounds)
    flats = np.broadcast_to(w.layout.count("compound", "household"), (w.n, compounds)).astype(np.int64)
    return {"covered": covered(w).astype(np.int64), "households": households, "flats": flats}


def _sum(
    w: Worlds, rows: dict[str, NDArray[Any]], chosen: NDArray[np.bool_], amount: NDArray[Any] | None = None
) -> Ints:
    """Count the chosen rows by world and compound, or add up an amount of theirs."""
    compounds = w.layout.sizes["compound"]
    out = np.zeros(w.n * compounds, dtype=np.int64)
    place = rows["world"][chosen] * compounds + rows["compound"][chosen]
    np.add.at(out, place, 1 if amount is None else amount[chosen])
    return out.reshape(w.n, compounds)


def _opened(w: Worlds, first: int) -> Ints:
    """Count the cases opened in the span, ended or not."""
    ended, open_ = w.ended.arrays(), _still_open(w)
    return _sum(w, ended, ended["opened"] >= first) + _sum(w, open_, open_["opened"] >= first)


def _still_open(w: Worlds) -> dict[str, NDArray[Any]]:
    """Return the cases that are on the books."""
    still = w.cases.stage < int(Stage.SETTLED)
    return {name: getattr(w.cases, name)[still] for name in ("world", "kind", "compound", "opened", "minor")}


def _left(w: Worlds) -> Ints:
    """Count the stubborn problems that are on the books now."""
    open_ = _still_open(w)
    long = w.day - open_["opened"].astype(np.int64) >= STUBBORN_DAYS
    return _sum(w, open_, DEFECT[open_["kind"]] & (long | ~open_["minor"]))


def _burst(w: Worlds, ended: dict[str, NDArray[Any]], chosen: NDArray[np.bool_]) -> Ints:
    """Return the most chosen cases that ended within any `BURST_DAYS` days in one compound."""
    compounds = w.layout.sizes["compound"]
    place = (ended["world"] * compounds + ended["compound"])[chosen]
    day = ended["closed"][chosen].astype(np.int64)
    order = np.lexsort((day, place))
    place, day = place[order], day[order]
    span = np.int64(1) << 32
    key = place * span + day - day.min(initial=0)
    within = np.searchsorted(key, key + BURST_DAYS) - np.arange(len(key))
    out = np.zeros(w.n * compounds, dtype=np.int64)
    np.maximum.at(out, place, within)
    return out.reshape(w.n, compounds)
