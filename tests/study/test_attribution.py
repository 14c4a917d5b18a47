"""Attribution: the axioms that define Shapley's value, games whose shares are known, a planted one recovered."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.study.attribution import (
    attribute,
    coalitions,
    first_in,
    interaction_weights,
    last_in,
    shapley_weights,
)
from sim.study.statistics import OutcomeSpec

YUAN = OutcomeSpec("yuan", "yuan")


def games(players: int) -> st.SearchStrategy[NDArray[np.float64]]:
    """Any game of so many players."""
    numbers = st.floats(-1e3, 1e3, allow_nan=False, width=32)
    return st.lists(numbers, min_size=2**players, max_size=2**players).map(np.array)


@settings(deadline=None, max_examples=50)
@given(games(4))
def test_shares_are_the_mean_over_all_orders(game: NDArray[np.float64]) -> None:
    """Shapley's definition, order by order."""
    marginal = np.zeros(4)
    for order in permutations(range(4)):
        coalition = 0
        for player in order:
            marginal[player] += game[coalition | 1 << player] - game[coalition]
            coalition |= 1 << player
    assert np.allclose(shapley_weights(4) @ game, marginal / 24, atol=1e-9)


@settings(deadline=None, max_examples=50)
@given(games(7))
def test_efficiency(game: NDArray[np.float64]) -> None:
    """The shares add up to what all do together."""
    assert np.isclose((shapley_weights(7) @ game).sum(), game[-1] - game[0], atol=1e-7)


@settings(deadline=None, max_examples=50)
@given(games(5), st.integers(0, 4))
def test_a_dummy_gets_nothing(game: NDArray[np.float64], player: int) -> None:
    """A player who changes nothing in any coalition has no share, first, last or on average, and no interaction."""
    number = np.arange(32)
    game = game[number & ~(1 << player)]
    assert np.allclose((shapley_weights(5) @ game)[player], 0, atol=1e-9)
    assert (first_in(5) @ game)[player] == 0 and (last_in(5) @ game)[player] == 0
    pairs = [(i, j) for i in range(5) for j in range(i + 1, 5)]
    interactions = interaction_weights(5) @ game
    assert np.allclose([x for x, pair in zip(interactions, pairs, strict=True) if player in pair], 0, atol=1e-9)


@settings(deadline=None, max_examples=50)
@given(games(5))
def test_symmetry(game: NDArray[np.float64]) -> None:
    """Players 1 and 3, who could change places in every coalition, have the same share."""
    members = coalitions(5)
    swapped = members[:, [0, 3, 2, 1, 4]] @ (1 << np.arange(5))
    game = game + game[swapped]
    shares = shapley_weights(5) @ game
    assert np.isclose(shares[1], shares[3], atol=1e-9)


def test_gloves() -> None:
    """One left glove, two right ones, a pair is worth 1: the shares are 2/3, 1/6 and 1/6 (a textbook game)."""
    members = coalitions(3)
    game = (members[:, 0] & (members[:, 1] | members[:, 2])).astype(float)
    assert np.allclose(shapley_weights(3) @ game, [2 / 3, 1 / 6, 1 / 6])
    # the owners of right gloves crowd one another out; each of them and the left one need one another
    assert np.allclose(interaction_weights(3) @ game, [1 / 2, 1 / 2, -1 / 2])


def planted(replications: int, noise: float) -> NDArray[np.float64]:
    """A game of seven channels: main effects -3, 2, 0, ..., a pair worth -4, and noise shared by all coalitions."""
    members = coalitions(7).astype(float)
    value = members @ np.array([-3.0, 2.0, 0.0, 0.0, 1.0, 0.0, 0.0]) - 4.0 * members[:, 2] * members[:, 3]
    rng = np.random.default_rng(7)
    own = rng.normal(0, noise, (128, replications))
    return value[:, None] + rng.normal(100, 50, replications) + own


def row(frame: pd.DataFrame, measure: str, channel: str, other: str = "") -> pd.Series:
    found = frame[(frame["measure"] == measure) & (frame["channel"] == channel) & (frame["with"] == other)]
    assert len(found) == 1
    return found.iloc[0]


def test_a_planted_game_is_recovered() -> None:
    """Shares, first, last and the pair come back within their intervals, though replications differ by far more."""
    names = [f"c{i}" for i in range(7)]
    frame = attribute(planted(50, 0.5), names, YUAN)
    for channel, share in zip(names, (-3, 2, -2, -2, 1, 0, 0), strict=True):
        found = row(frame, "shapley", channel)
        assert found["low"] <= share <= found["high"] and found["high"] - found["low"] < 0.3
    assert row(frame, "first", "c2")["difference"] == pytest.approx(0, abs=0.3)
    assert row(frame, "last", "c2")["difference"] == pytest.approx(-4, abs=0.3)
    assert row(frame, "interaction", "c2", "c3")["difference"] == pytest.approx(-4, abs=0.3)
    assert row(frame, "interaction", "c0", "c1")["difference"] == pytest.approx(0, abs=0.3)
    shares = frame[frame["measure"] == "shapley"]["difference"].sum()
    assert shares == pytest.approx(row(frame, "total", "")["difference"])


def test_nothing_is_exactly_nothing() -> None:
    """A channel that changes no run has a share of 0, not of what rounding leaves, and no sign."""
    values = planted(20, 0.0)
    frame = attribute(values, [f"c{i}" for i in range(7)], YUAN)
    assert row(frame, "shapley", "c5")["difference"] == 0.0
    assert row(frame, "interaction", "c0", "c1")["difference"] == 0.0


def test_a_replication_without_the_outcome_does_not_count() -> None:
    values = planted(20, 0.1)
    values[5, 3] = np.nan
    frame = attribute(values, [f"c{i}" for i in range(7)], YUAN)
    assert set(frame["n"]) == {19}


def test_coalitions_must_be_complete() -> None:
    with pytest.raises(ValueError, match="100 coalitions for 7 channels; all 128 are needed"):
        attribute(np.zeros((100, 3)), [f"c{i}" for i in range(7)], YUAN)
    with pytest.raises(ValueError, match="takes 1 to 10"):
        coalitions(11)
