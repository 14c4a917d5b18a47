"""Budgets: what every scenario, or mix of arrangements, costs in hours and public money, and what it saves.

An hour is valued alike whoever gives it, at several shadow wages, for nobody knows what it is worth: from nothing to
the most that is thought of (`prior-unpaid-hour`). Hours that are paid by nobody are among them and stand apart too.
What paid staff get is in no account here, so at the lowest wage, nothing, their hours are free as well: that is the
view of who counts public money alone and has the staff anyway.
Costs and what is saved are differences to a baseline, or to no arrangement at all, between twins; that is among those
compared, with 0 and 0. One is *dominated* if another costs no more and saves no less (and differs); those that are left
after that and lie on the convex hull make up the *frontier* (extended dominance).

What is saved is suffering. Of villages alone the question is collective income, so there it is what collectives earn
more; their headline deducts unpaid hours, which are costs here already, so it is taken before that deduction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import places as registry
from sim.books import FEN
from sim.outcomes import YEAR
from sim.outcomes.villages import HOMES
from sim.parameters import specs
from sim.rules import labour
from sim.rules.bases import SOURCES
from sim.study.coalitions import Attribution
from sim.study.statistics import Comparison, paired_rows

Floats = NDArray[np.float64]

PUBLIC = ("meals_budget_fen", "grants_fen", "relief_fen")
"""Counts of public money that arrangements spend or spare: meals, grants, minor repairs that nobody owes."""

UNPAID = (*(f"minutes_{practice}" for practice in labour.PRACTICES), "volunteer_minutes", "courier_unpaid_minutes")
"""Counts of minutes that nobody pays: branches and coaches of villages, volunteers, couriers."""

BESIDE = ("volunteer_minutes", "courier_unpaid_minutes")
"""Those of them that are not among the hours worked."""

SUFFERING, INCOME = "unresolved", "collective_income"
"""The two effects that there are, by the outcome that says most of them."""

EARNED = tuple(f"{source}_{home}_fen" for source in SOURCES for home in HOMES)
"""Counts of what collectives earn: all sources of both kinds of home villages, grants left out."""

COLUMNS = ("wage", "scenario", "effect", "hours", "unpaid_hours", "public_yuan", "cost", "cost_low", "cost_high",
           "saved", "saved_low", "saved_high", "place", "yuan_a_day", "n")  # fmt: skip
"""The columns, in order; all but the wage (yuan an hour), the words and the last two a 1,000 household-years; what is
saved in severity-days, or in yuan where the effect is collective income."""

FRONTIER, DOMINATED, BETWEEN = "frontier", "dominated", "between"


def wages() -> tuple[float, ...]:
    """Return the shadow wages of an hour, yuan: the range of `unpaid_hour` and its middle."""
    spec = specs(labour.Parameters, "labour")["unpaid_hour"]
    return float(spec.low), float(spec.default), float(spec.high)


@dataclass(frozen=True)
class Account:
    """What every scenario took and brought in every replication, shape ``(scenarios, replications)`` each.

    All are a 1,000 household-years; the first scenario is what the others are compared with.

    Attributes:
        names: of the scenarios.
        effect: what is brought: `SUFFERING` or `INCOME`.
        hours: of everybody, paid or not.
        unpaid: those of them that nobody pays.
        yuan: public money.
        brought: severity-days, negative as they are to be few; or yuan that collectives earn.
    """

    names: tuple[str, ...]
    effect: str
    hours: Floats
    unpaid: Floats
    yuan: Floats
    brought: Floats

    @property
    def rank(self) -> list[int]:
        """Which of equals comes first: what the others are compared with, then by name, wherever they are listed."""
        by_name = {name: number for number, name in enumerate(sorted(self.names), start=1)}
        return [0, *(by_name[name] for name in self.names[1:])]

    def cost(self, wage: float) -> Floats:
        """Return what each took, yuan, with an hour worth `wage`."""
        return wage * self.hours + self.yuan

    def more(self, values: Floats) -> Floats:
        """Return how far each stands above the first scenario, twin by twin."""
        return values - values[:1]


def effect_of(place: str) -> str:
    """Return what arrangements of a place are for: `INCOME` where there are villages alone, else `SUFFERING`."""
    return INCOME if registry.settlements(place) == ("village",) else SUFFERING


def effects_of(place: str) -> tuple[str, ...]:
    """Return all that arrangements of a place may be bought for: `effect_of` it, and income wherever villages are."""
    more = (INCOME,) if "village" in registry.settlements(place) else ()
    return tuple(dict.fromkeys((effect_of(place), *more)))


def account(runs: pd.DataFrame, names: Sequence[str], effect: str = SUFFERING) -> Account:
    """Return what scenarios took and brought.

    Args:
        runs: the runs of all of them.
        names: of the scenarios, what the others are compared with first.
        effect: `SUFFERING` or `INCOME`.
    """
    brought = _sum(runs, EARNED, float(FEN)) if effect == INCOME else -runs[SUFFERING].to_numpy(np.float64)
    parts = (_hours(runs), _unpaid(runs), _yuan(runs), brought)
    return Account(tuple(names), effect, *(_table(runs, names, part) for part in parts))


def table(of: Account) -> pd.DataFrame:
    """Return what every scenario costs and saves at every shadow wage, with its place; see `COLUMNS`."""
    rows = []
    saved = _against_first(of.brought)
    for wage in wages():
        spent = _against_first(of.cost(wage))
        at = np.array([[c.difference, s.difference] for c, s in zip(spent, saved, strict=True)])
        place, ratio = places(at[:, 0], at[:, 1], of.rank)
        for i, name in enumerate(of.names):
            c, s = spent[i], saved[i]
            more = [float(of.more(part)[i].mean()) for part in (of.hours, of.unpaid, of.yuan)]
            rows.append((wage, name, of.effect, *more, c.difference, c.low, c.high, s.difference, s.low, s.high,
                         place[i], ratio[i], s.n))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def mixes(of: Account, attribution: Attribution) -> pd.DataFrame:
    """Return `table` with the `mix` of every scenario in words after its name.

    Args:
        of: what every coalition took and brought, in the order of the attribution.
        attribution: what was taken apart, whole mechanisms.
    """
    out = table(of)
    out.insert(COLUMNS.index("scenario") + 1, "mix", out["scenario"].map(mix_words(attribution)))
    return out


def mix_words(attribution: Attribution) -> dict[str, str]:
    """Return what each scenario of an attribution of whole mechanisms is made of, in words."""
    words = {}
    for i, name in enumerate(attribution.scenarios):
        on = [player for k, player in enumerate(attribution.channels) if i >> k & 1]
        words[name] = " + ".join(on) or attribution.names[0]
    return words


def places(cost: Floats, saved: Floats, rank: Sequence[int] | None = None) -> tuple[list[str], Floats]:
    """Return which points are dominated, on the frontier, or neither, and what a day saved costs along the frontier.

    Args:
        cost: of each.
        saved: what each saves.
        rank: which of equals comes first, see `Account.rank`; as they stand if not said.

    Returns:
        One of the words for each, and of the frontier the yuan for each day more than the point before it saves
        (missing for the cheapest, and for all others).
    """
    out, ratio = [BETWEEN] * len(cost), np.full(len(cost), np.nan)
    first = range(len(cost)) if rank is None else rank
    for i in range(len(cost)):
        better = (cost <= cost[i]) & (saved >= saved[i]) & ((cost < cost[i]) | (saved > saved[i]))
        if better.any():
            out[i] = DOMINATED
    at = min((i for i in range(len(cost)) if out[i] != DOMINATED), key=lambda i: (cost[i], -saved[i], first[i]))
    out[at] = FRONTIER
    while True:
        ahead = [i for i in range(len(cost)) if out[i] == BETWEEN and saved[i] > saved[at]]
        if not ahead:
            return out, ratio
        slope = {i: (cost[i] - cost[at]) / (saved[i] - saved[at]) for i in ahead}
        next_ = min(ahead, key=lambda i: (slope[i], -saved[i], first[i]))
        ratio[next_], out[next_], at = slope[next_], FRONTIER, next_


def _against_first(values: Floats) -> list[Comparison]:
    """Compare each row with the first, which is compared with itself."""
    return paired_rows(values, np.broadcast_to(values[:1], values.shape), test=False)


def _table(runs: pd.DataFrame, names: Sequence[str], values: Floats) -> Floats:
    """Return values of runs by scenario and replication."""
    frame = runs[["scenario", "replication"]].assign(value=values)
    wide = frame.pivot(index="scenario", columns="replication", values="value")
    out: Floats = wide.loc[list(names)].to_numpy(np.float64)
    return out


def _exposure(runs: pd.DataFrame) -> Floats:
    """Return thousands of household-years, seasonal households while they are there."""
    days = (runs["households"] * runs["days"]).to_numpy(np.float64)
    seasonal = runs["n_seasonal_days"].to_numpy(np.float64) if "n_seasonal_days" in runs else 0.0
    out: Floats = (days + seasonal) / (1000.0 * YEAR)
    return out


def _sum(runs: pd.DataFrame, counts: Sequence[str], scale: float) -> Floats:
    """Return the sum of some counts, as far as they are there, a thousand household-years."""
    out = np.zeros(len(runs))
    for name in counts:
        if f"n_{name}" in runs:
            out = out + runs[f"n_{name}"].to_numpy(np.float64)
    rate: Floats = out / scale / _exposure(runs)
    return rate


def _hours(runs: pd.DataFrame) -> Floats:
    """Return the hours of everybody, paid or not."""
    worked = [name.removeprefix("n_") for name in runs.columns if name.startswith("n_minutes_")]
    return _sum(runs, [*worked, *BESIDE], 60.0)


def _unpaid(runs: pd.DataFrame) -> Floats:
    """Return the hours that nobody pays."""
    return _sum(runs, UNPAID, 60.0)


def _yuan(runs: pd.DataFrame) -> Floats:
    """Return public money."""
    return _sum(runs, PUBLIC, float(FEN))
