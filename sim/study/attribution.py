"""Attribution: what each channel of a mechanism contributes, exactly and replication by replication.

The channels are the players of a cooperative game whose value is an outcome: a coalition is the set of
channels that are on, and every coalition lives through the same noise and the same drawn parameters. With
seven channels all 128 coalitions can be run, so nothing is sampled but the replications.

Shares are Shapley's (1953): a channel's mean marginal contribution over all orders in which the channels
could be switched on; they add up to the effect of all together. Beside them stand what a channel does when
it comes first and when it comes last, which differ as far as channels help or crowd out one another, and
the interaction index of Grabisch and Roubens (1999) for pairs: below 0 in an outcome to be raised they are
substitutes, above 0 complements.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.study.coalitions import MOST
from sim.study.statistics import LEVEL, OutcomeSpec, out_of_reach, paired_rows, twin_differences

Floats = NDArray[np.float64]

COLUMNS = ("outcome", "unit", "measure", "channel", "with", "difference", "low", "high", "share_same_sign", "n")
"""The columns of an attribution, in order."""


def coalitions(players: int) -> NDArray[np.bool_]:
    """Return who is in each coalition, shape ``(2^players, players)``; the number of a coalition is its bits."""
    if not 1 <= players <= MOST:
        raise ValueError(f"{players} players; exact attribution takes 1 to {MOST}")
    members: NDArray[np.bool_] = (np.arange(2**players)[:, None] >> np.arange(players)) & 1 == 1
    return members


def shapley_weights(players: int) -> Floats:
    """Return by what each coalition's value counts in each player's share, shape ``(players, 2^players)``."""
    members = coalitions(players)
    size = members.sum(axis=1)
    orders = np.array([factorial(k) * factorial(players - k - 1) for k in range(players)]) / factorial(players)
    before = np.append(orders, 0.0)[size]  # of coalitions that the player has yet to join
    joined = np.insert(orders, 0, 0.0)[size]  # of those that it has just joined
    return np.where(members.T, joined, -before)


def interaction_weights(players: int) -> Floats:
    """Return by what each coalition counts in the interaction of each pair, shape ``(pairs, 2^players)``.

    Pairs are in the order of `itertools.combinations`.
    """
    members = coalitions(players)
    rows = [np.zeros(len(members)) for _ in combinations(range(players), 2)]
    for row, (one, other) in zip(rows, combinations(range(players), 2), strict=True):
        both = members[:, one].astype(int) + members[:, other]
        others = members.sum(axis=1) - both
        rest = players - 2
        weight = np.array([factorial(k) * factorial(rest - k) for k in range(rest + 1)]) / factorial(players - 1)
        row[:] = weight[others] * np.where(both == 1, -1.0, 1.0)
    return np.array(rows).reshape(-1, len(members))


def first_in(players: int) -> Floats:
    """Return the weights of what each player does alone, shape ``(players, 2^players)``."""
    weights = np.zeros((players, 2**players))
    weights[np.arange(players), 2 ** np.arange(players)] = 1.0
    weights[:, 0] -= 1.0
    return weights


def last_in(players: int) -> Floats:
    """Return the weights of what each player adds to all others, shape ``(players, 2^players)``."""
    weights = np.zeros((players, 2**players))
    everybody = 2**players - 1
    weights[:, everybody] = 1.0
    weights[np.arange(players), everybody - 2 ** np.arange(players)] -= 1.0
    return weights


def attribute(
    values: NDArray[np.float64],
    channels: Sequence[str],
    outcome: OutcomeSpec,
    *,
    level: float = LEVEL,
    beyond: Collection[str] = (),
) -> pd.DataFrame:
    """Attribute one outcome to channels.

    Args:
        values: the outcome in every coalition and replication, shape ``(2^channels, replications)``. A
            replication that lacks the outcome in any coalition does not count.
        channels: their names; channel i is on in the coalitions whose bit i is set.
        outcome: its name and unit.
        level: confidence level of the intervals over replications.
        beyond: channels that have no path of their own to the outcome (`sim.study.reach`): what such a one does is
            n/a, also together with others, if it changes it in no coalition and no replication either.

    Returns:
        One row for each measure and channel or pair, with the columns of `COLUMNS`. Measures: ``shapley``,
        ``first``, ``last``, ``interaction`` (channel and the one it is ``with``), and ``total``, the effect of
        all channels together, to which the shares add up.
    """
    players = len(channels)
    if values.shape[0] != 2**players:
        raise ValueError(f"{values.shape[0]} coalitions for {players} channels; all {2**players} are needed")
    known = values[:, ~np.isnan(values).any(axis=0)]
    total = np.zeros((1, 2**players))
    total[0, -1], total[0, 0] = 1.0, -1.0
    pairs = list(combinations(channels, 2))
    labels = [
        *(("shapley", channel, "") for channel in channels),
        *(("first", channel, "") for channel in channels),
        *(("last", channel, "") for channel in channels),
        *(("interaction", one, other) for one, other in pairs),
        ("total", "", ""),
    ]
    parts = (shapley_weights(players), first_in(players), last_in(players), interaction_weights(players), total)
    weights = np.concatenate(parts)
    contributions = weights @ known
    # Sums of many products of either sign: what rounding alone leaves of nothing is nothing.
    size = np.abs(weights) @ np.abs(known)
    contributions = np.where(
        np.abs(contributions) <= len(weights[0]) * np.finfo(np.float64).eps * size, 0.0, contributions
    )
    compared = paired_rows(contributions, np.zeros_like(contributions), level=level)
    out = [one for i, one in enumerate(channels) if one in beyond and not _moves(known, i)]
    compared = [
        out_of_reach(c) if channel in out or other in out else c
        for (_, channel, other), c in zip(labels, compared, strict=True)
    ]
    rows = [
        (outcome.name, outcome.unit, measure, channel, other, c.difference, c.low, c.high, c.share_same_sign, c.n)
        for (measure, channel, other), c in zip(labels, compared, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _moves(values: Floats, player: int) -> bool:
    """Say whether a player changes anything in any coalition and replication."""
    number = np.arange(len(values))
    without = number[number >> player & 1 == 0]
    return bool(twin_differences(values[without | 1 << player], values[without]).any())
