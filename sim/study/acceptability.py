"""Acceptability: how sure it is which scenario is worth most, by what a day less of suffering is worth.

The net benefit of a scenario in a replication is what it saves, at a willingness to pay, less what it costs
(`sim.study.budget`). The *acceptability* of a scenario is the share of replications in which its net benefit is the
largest of all (van Hout et al. 1994; Fenwick, Claxton & Sculpher 2001). A replication draws every uncertain parameter
from its prior, and twins draw alike, so that share is what a probabilistic sensitivity analysis asks for: how probable
it is, over what is not known, that the scenario is the best. Chance of a run is in it too, as a replication is one life
of one world; with ``prior_draws=false`` there is nothing else in it. It does not go to 0 or 1 as replications become
more; what does is the probability that the scenario is the best *on average*, a bootstrap over replications, which says
whether there are enough of them to name it. That stands beside it and is not to be taken for it. Where several are
equally good the share is theirs in equal parts.

Who has to choose now and takes no account of risk takes the largest mean, which need not be the most probable: the
acceptability *frontier*. What perfect knowledge would be worth on top of that is the mean of the best of each
replication less the best of the means (EVPI). As no inquiry foretells chance, it is the most that one could be worth.

Not answered where nobody chooses: with one scenario, without comparisons, where scenarios or points of a sweep are in
different worlds (nobody chooses the price of birds), and where channels are taken apart to see what carries an effect.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.budget import INCOME, Account, wages
from sim.study.config import Config
from sim.study.statistics import SEED, resampled_means

Floats = NDArray[np.float64]

STEPS = (1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0)
"""Ten steps a decade, equal but for rounding (Renard's R10)."""

WILLINGNESS = (
    0.0,
    *(float(f"{step * 10.0**decade:.6g}") for decade in range(-2, 3) for step in STEPS),
    1_000.0,
)
"""Yuan that a severity-day less is worth. Nobody knows even the order of magnitude, so the grid is even in logarithms,
over five of them, from next to nothing to what nobody would pay. Fixed before anything was seen; 0 is among it."""

DEAREST_YUAN = 10.0
"""Of collective income a yuan is worth a yuan, or some times that; the grid ends here."""

RESAMPLES = 1_999
"""Of the bootstrap: its shares are good to a hundredth, and there are many of them."""

COLUMNS = ("wage", "willingness", "scenario", "benefit", "acceptable", "acceptable_on_average", "best", "evpi", "n")
"""The columns, in order. The net benefit is a mean and stands against the baseline's; it and EVPI are yuan a 1,000
household-years. `best` marks the scenario of the frontier, one of several that are equally good (`Account.rank`)."""


def choices(config: Config) -> tuple[str, ...]:
    """Return the scenarios between which one chooses, what they are compared with first; none if nobody chooses.

    What they are compared with is the first scenario that is a baseline and is itself compared with nothing.
    """
    if config.attributed:
        return tuple(config.attributed.scenarios) if config.attributed.together else ()
    names = [scenario.name for scenario in config.scenarios]
    worlds = [scenario.world for scenario in config.scenarios]
    if len(names) < 2 or not config.comparisons or any(world != worlds[0] for world in worlds):
        return ()
    compared, against = ({pair[k] for pair in config.comparisons} for k in (0, 1))
    roots = [name for name in names if name in against - compared] or [config.comparisons[0][1]]
    return (roots[0], *(name for name in names if name != roots[0]))


def grid(effect: str) -> tuple[float, ...]:
    """Return at how much a unit of the effect is valued, yuan; see `WILLINGNESS`."""
    return tuple(value for value in WILLINGNESS if effect != INCOME or value <= DEAREST_YUAN)


def curves(of: Account) -> pd.DataFrame:
    """Return how acceptable every scenario is at every shadow wage and willingness to pay; see `COLUMNS`."""
    saved, rank = of.more(of.brought), of.rank
    mean_saved = resampled_means(saved, RESAMPLES, SEED)[0]
    rows = []
    for wage in wages():
        cost = of.more(of.cost(wage))
        mean_cost = resampled_means(cost, RESAMPLES, SEED)[0]
        for willingness in grid(of.effect):
            benefit = willingness * saved - cost
            means = benefit.mean(axis=1)
            shares, on_average = largest(benefit), largest(willingness * mean_saved - mean_cost)
            # The mean of what the best of each replication is better: nothing, and no rounding, if one always is.
            missed = (benefit.max(axis=0) - benefit).mean(axis=1)
            best = min(range(len(missed)), key=lambda i: (missed[i], rank[i]))
            for i, name in enumerate(of.names):
                rows.append((wage, willingness, name, means[i], shares[i], on_average[i], i == best, missed[best],
                             benefit.shape[1]))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def largest(values: Floats) -> Floats:
    """Return in which share of the columns each row is the largest; rows that are equally large share a column."""
    first = values == values.max(axis=0)
    shares: Floats = (first / first.sum(axis=0)).mean(axis=1)
    return shares
