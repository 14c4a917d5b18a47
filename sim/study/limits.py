"""Limits: which mix of arrangements saves most for at most so many hours and so much public money.

The other tables of `sim.study.budget` put a price on an hour; who has a budget knows none, and has so many hours of
people and so many yuan. For every pair of limits the answer is the mix that saves most in the mean among those that
keep within both. Limits are of what a mix takes *more* than no arrangement, in the mean, a 1,000 household-years; hours
are everybody's, paid or not. No arrangement takes nothing more, so it can always be afforded: where no mix can, or
none that can saves anything, the answer is none.

The limits are those of the mixes themselves: nothing, quantiles (the cheapest first) of what those take that take more
than nothing, rounded up to two digits, and no limit at all. Mixes that save equally much are told apart by what they
take: fewer hours, then fewer yuan.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.budget import Account
from sim.study.statistics import paired_rows, twin_differences

Floats = NDArray[np.float64]

UNLIMITED = math.inf
"""The limit that is none; `inf` in the table."""

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)
"""Shares of the mixes, of those that take more than nothing, that take less than a limit between none and any."""

COLUMNS = ("effect", "hours_limit", "yuan_limit", "scenario", "mix", "affordable", "saved", "saved_low", "saved_high",
           "hours", "unpaid_hours", "public_yuan", "best_in", "within", "n")  # fmt: skip
"""The columns, in order: the limits; the mix that saves most within them; how many can be afforded, it and none among
them; what it saves, with its interval, and takes; in which share of the replications none that can be afforded saves
more; in which share it keeps within both limits; and replications."""


def limits(of: Account, words: Mapping[str, str]) -> pd.DataFrame:
    """Return what saves most within every pair of limits; see `COLUMNS`.

    Args:
        of: what every mix took and brought; the first is no arrangement.
        words: name of each to its mix in words.
    """
    first = np.broadcast_to(of.brought[:1], of.brought.shape)
    saved = paired_rows(of.brought, first, test=False)
    gained = twin_differences(of.brought, first)
    means = np.array([one.difference for one in saved])
    more = {name: twin_differences(part, np.broadcast_to(part[:1], part.shape))
            for name, part in (("hours", of.hours), ("unpaid", of.unpaid), ("yuan", of.yuan))}  # fmt: skip
    hours, unpaid, yuan = (more[name].mean(axis=1) for name in ("hours", "unpaid", "yuan"))
    rows = []
    for most_hours in grid(hours):
        for most_yuan in grid(yuan):
            there = np.flatnonzero((hours <= most_hours) & (yuan <= most_yuan))
            best = min(there, key=lambda i: (-means[i], hours[i], yuan[i], of.rank[i]))
            largest = gained[best] >= gained[there].max(axis=0)
            within = (more["hours"][best] <= most_hours) & (more["yuan"][best] <= most_yuan)
            one, name = saved[best], of.names[best]
            rows.append((of.effect, most_hours, most_yuan, name, words[name], len(there), one.difference, one.low,
                         one.high, hours[best], unpaid[best], yuan[best], largest.mean(), within.mean(),
                         one.n))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def grid(taken: Sequence[float] | Floats) -> list[float]:
    """Return the limits of what mixes take: nothing, quantiles of what they take, rounded up to two digits, and any.

    Args:
        taken: by each mix in the mean, more than by none.
    """
    above = np.unique([value for value in taken if value > 0])
    middle = [_up(float(np.quantile(above, share, method="higher"))) for share in SHARES] if len(above) else []
    return [0.0, *dict.fromkeys(middle), UNLIMITED]


def _up(value: float) -> float:
    """Round up to two digits."""
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{math.ceil(round(value / step, 9)) * step:.6g}")
