"""Outcomes of villages: what collectives and households earn from birds, who earns it, and what it takes.

Pure functions of what a run recorded, and of a few columns at its end, as in `sim.outcomes`: integers first, and
quotients of them. Collective income is counted without grants and, in `collective_net`, less unpaid hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.books import FEN
from sim.places.village import AROUND, LAND, MONEY, ROLES
from sim.rules.bases import SOURCES
from sim.rules.beliefs import LARGE

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR = 365
HOMES = (ROLES[MONEY], ROLES[LAND])
GROUPS = ("small", "large", "member", "no_member", "home", "around")
"""Groups of households whose income from birds is counted apart."""


def at_the_end(w: Worlds) -> dict[str, Ints]:
    """Return the integers that are read from columns at the end of a run, one number a world each.

    `gini_millionths` is of what households earned in the last full year, with birds and without; the `year_` numbers
    are of that year too.
    """
    role = w.layout.traits["village_role"][w.layout.up("yard", "village")]
    around = np.broadcast_to(role == AROUND, w.birds.shape)
    large, member = w.flock_wish >= LARGE, w.farm_member
    belongs = dict(zip(GROUPS, (~large, large, member, ~member, ~around, around), strict=True))
    out: dict[str, Ints] = {}
    for group, mask in belongs.items():
        out[f"yards_{group}"] = mask.sum(axis=1, dtype=np.int64)
        out[f"year_{group}_fen"] = np.where(mask, w.last_year, 0).sum(axis=1, dtype=np.int64)
    kept = w.last_year != 0
    out["yards_year"] = kept.sum(axis=1, dtype=np.int64)
    out["year_kept_fen"] = np.where(kept, w.last_year, 0).sum(axis=1, dtype=np.int64)
    out["year_others_fen"] = np.where(kept, w.income, 0).sum(axis=1, dtype=np.int64)
    out["gini_millionths"] = gini(w.income + w.last_year)
    out["home_villages"] = np.full(w.n, int((w.layout.traits["village_base"] >= 0).sum()), dtype=np.int64)
    out["adopted_yards"] = w.adopted.sum(axis=1, dtype=np.int64)
    for group in ("member", "around"):
        out[f"adopted_{group}_yards"] = (w.adopted & belongs[group]).sum(axis=1, dtype=np.int64)
    return out


def gini(income: Ints) -> Ints:
    """Return the Gini coefficient of each row in millionths, negative incomes counted as nothing.

    Args:
        income: whole numbers, shape ``(worlds, people)``; their sum times the people must stay below 2^63.
    """
    x = np.sort(np.maximum(income, 0) // FEN, axis=1)  # whole yuan, so that no sum overflows
    people = x.shape[1]
    weight = 2 * np.arange(1, people + 1) - people - 1
    above, below = (x * weight).sum(axis=1), people * x.sum(axis=1)
    return np.where(below > 0, above * 1_000_000 // np.maximum(below, 1), 0)


def quotients(n: Mapping[str, Ints]) -> dict[str, Floats]:
    """Return the outcomes of each world from its counts; not a number where there is no path to one."""
    households, days = n["households"], n["days"]
    village_days, exposure = n["home_villages"] * days, households * days
    by_home = {home: sum((n[f"{s}_{home}_fen"] for s in SOURCES), np.zeros_like(days)) for home in HOMES}
    both = by_home[HOMES[0]] + by_home[HOMES[1]]
    dividends = n["dividends_money_fen"] + n["dividends_land_fen"]
    out = {
        "collective_net": _over(both - n["unpaid_fen"], village_days, YEAR / FEN),
        "collective_income": _over(both, village_days, YEAR / FEN),
        **{f"collective_{home}": _over(by_home[home], days, YEAR / FEN) for home in HOMES},
        **{
            f"collective_{source}": _over(n[f"{source}_money_fen"] + n[f"{source}_land_fen"], village_days, YEAR / FEN)
            for source in SOURCES
        },
        "dividends": _over(dividends, n["yards_home"] * days, YEAR / FEN),
        "grants": _over(n["grants_fen"], village_days, YEAR / FEN),
        "farm_income": _over(n["farm_fen"], exposure, YEAR / FEN),
        "farm_income_kept": _over(n["farm_fen"], n["keeping_days"], YEAR / FEN),
        "farm_share": _over(n["year_kept_fen"], n["year_others_fen"]),
        "net_per_bird": _over(n["farm_fen"], n["birds_sold"], 1 / FEN),
        "wages": _over(n["wages_fen"] + n["plant_wages_fen"], exposure, YEAR / FEN),
        "adopted": _over(n["adopted_yards"], households),
        "adopted_around": _over(n["adopted_around_yards"], n["yards_around"]),
        "adopted_member": _over(n["adopted_member_yards"], n["yards_member"]),
        "survival": _over(n["birds_sold"], n["birds_sold"] + n["birds_dead"]),
        "lost_batches": _over(n["batches_lost"], n["batches_sold"]),
        "left_trade": _over(n["gave_up"] + n["stopped"], n["keeping_days"], float(YEAR)),
        "turned_away": _over(n["turned_away"], n["turned_away"] + n["batches"]),
        "contract_share": _over(n["batches_contract"], n["batches"]),
        "contract_uptake": _over(n["batches_contract"], n["could_sign"]),
        "firm_per_bird": _over(n["firm_fen"], n["sold_contract"], 1 / FEN),
        "side_sold": _over(n["side_sold"], n["batches_contract"]),
        "gini": n["gini_millionths"] / 1e6,
        "allied": _over(n["allied_days"], village_days, 2.0),
        "rounds_of_talks": _over(n["rounds"], village_days, 2.0 * YEAR),
        "talks_failed": _over(n["talks_failed"], village_days, 2.0 * YEAR),
        "dissolved": _over(n["dissolved"], village_days, 2.0 * YEAR),
    }
    for group in GROUPS:
        out[f"birds_{group}"] = _over(n[f"year_{group}_fen"], n[f"yards_{group}"], 1 / FEN)
    return out


def _over(above: Ints, below: Ints, scale: float = 1.0) -> Floats:
    """Divide where there is something to divide by; elsewhere the outcome is missing."""
    out = np.full(len(above), np.nan)
    np.divide(above * scale, below, out=out, where=below > 0)
    return out
