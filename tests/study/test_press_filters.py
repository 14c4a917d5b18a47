"""The page as a filter: what it shows is the tail, and a known slope takes the bias out again."""

from __future__ import annotations

import numpy as np
import pytest

from sim.study.press import filters

COMPOUNDS = 892
EFFECT = 1.5
"""A true effect, planted."""


def news(seed: int, slope: float = 2.0, reported: float = 90.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return outcomes of compounds with a planted effect, the chance of each to make the page, and which do."""
    rng = np.random.default_rng(seed)
    untreated = rng.gamma(4.0, 0.5, COMPOUNDS)
    outcome = untreated + EFFECT + rng.normal(0, 0.7, COMPOUNDS)
    chance = filters.chances(outcome, slope, reported)
    return outcome, chance, filters.appear(chance, seed)


def test_as_many_make_the_page_as_are_reported() -> None:
    outcome, chance, _ = news(1)
    assert chance.sum() == pytest.approx(90.0, abs=1e-6)
    assert np.array_equal(np.argsort(chance, kind="stable"), np.argsort(outcome, kind="stable"))
    few = filters.chances(outcome, 2.0, 4.0)
    assert few.sum() == pytest.approx(4.0, abs=1e-6)
    appeared = [filters.appear(few, 7, ordinal).sum() for ordinal in range(200)]
    assert np.mean(appeared) == pytest.approx(4.0, abs=3 * 2 / np.sqrt(200))
    with pytest.raises(ValueError, match="cannot make the page"):
        filters.chances(outcome, 2.0, 892)


def test_without_a_slope_the_page_shows_the_mean() -> None:
    outcome, chance, _ = news(1, slope=0.0)
    assert filters.as_reported(outcome, chance) == pytest.approx(outcome.mean(), rel=1e-9)
    alike = filters.chances(np.full(20, 3.0), 2.0, 4.0)
    assert np.all(alike == alike[0])


def test_the_steeper_the_slope_the_farther_the_page_from_the_mean() -> None:
    outcome, _, _ = news(2)
    shown = [filters.as_reported(outcome, filters.chances(outcome, s, 4.0)) for s in (0.0, 1.0, 2.0, 4.0)]
    assert np.all(np.diff(shown) > 0)
    assert shown[-1] <= np.sort(outcome)[-4:].mean() + 1e-9  # the best four are the most that four can show


def test_a_planted_effect_is_recovered_from_censored_news() -> None:
    """The twins' mean is known (a census); of the treated only those on the page are, each with its known chance."""
    naive, weighed = [], []
    for seed in range(60):
        outcome, chance, shown = news(seed)
        rng = np.random.default_rng(seed)
        untreated = rng.gamma(4.0, 0.5, COMPOUNDS).mean()
        naive.append(outcome[shown].mean() - untreated)
        weighed.append(filters.corrected(outcome[shown], chance[shown]) - untreated)
    error = np.std(weighed, ddof=1) / np.sqrt(len(weighed))
    assert abs(np.mean(weighed) - EFFECT) < 3 * error + 0.05  # the ratio is unbiased up to 1 / number shown
    assert np.mean(naive) - EFFECT > 0.8  # half the effect again: that is what the page adds
    assert np.std(weighed) > np.std(naive)  # honesty has its price
    wrong = [filters.corrected(o[s], filters.chances(o, 1.0, 90.0)[s]) for o, _, s in map(news, range(20))]
    assert np.mean(wrong) - np.mean([news(s)[0].mean() for s in range(20)]) > 0.2  # with half the slope, half is left


# --- two books of the same disputes ---------------------------------------------------------------
