"""Comparing twins: known answers."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.errors import ConfigError
from sim.study.statistics import (
    COLUMNS,
    Comparison,
    OutcomeSpec,
    benjamini_hochberg,
    compare_runs,
    holm,
    paired,
    paired_rows,
)

NAN = float("nan")


def numbers(comparison: Comparison) -> list[float]:
    return [value for value in asdict(comparison).values() if not isinstance(value, str)]


def test_a_planted_effect_is_found() -> None:
    rng = np.random.default_rng(1)
    shared = rng.normal(50, 20, 200)
    found = paired(shared - 3 + rng.normal(0, 2, 200), shared + rng.normal(0, 2, 200))
    assert found.n == 200
    assert found.method == "BCa"
    assert found.low < -3 < found.high
    assert found.high < 0
    assert found.high - found.low < 1.5
    assert found.share_same_sign > 0.8
    # 2 (20^2 + 2^2) / (2 * 2^2) = 101 times more replications without pairing.
    assert 70 < found.variance_reduction < 140
    assert found.p == pytest.approx(1 / 10_000)
    assert found.mean_scenario - found.mean_baseline == pytest.approx(found.difference)


@pytest.mark.parametrize("draw", ["normal", "exponential"])
def test_the_interval_covers_as_often_as_it_says(draw: str) -> None:
    rng = np.random.default_rng(2)
    differences = rng.normal(1, 3, (800, 60)) if draw == "normal" else rng.exponential(1, (800, 60))
    found = paired_rows(differences, np.zeros_like(differences), resamples=2_000)
    covered = np.mean([comparison.low <= 1 <= comparison.high for comparison in found])
    # Three standard errors of a share over 800 samples are 0.023; BCa is a little short for skewed ones.
    assert 0.915 < covered < 0.975
    missed_low = np.mean([comparison.low > 1 for comparison in found])
    assert missed_low < 0.045


def test_the_interval_leans_as_theory_says() -> None:
    """Of a mean BCa's ends are x + s / sqrt(n) (z + skew (2 z^2 + 1) / (6 sqrt(n))), but for 1/n (Hall 1988)."""
    n, z = 200, stats.norm.ppf(0.975)
    for differences in (np.random.default_rng(9).exponential(1, n), -np.random.default_rng(10).exponential(1, n)):
        found = paired(differences, np.zeros(n))
        error = differences.std() / np.sqrt(n)
        lean = stats.skew(differences) * (2 * z**2 + 1) / (6 * np.sqrt(n))
        ends = np.array([found.low, found.high])
        # The lean is .2 standard errors; a quantile of 9,999 resamples is known to .03, and 1/n is of that size, too.
        assert abs(lean) > 0.15
        assert (ends - differences.mean()) / error == pytest.approx([-z + lean, z + lean], abs=0.09)


def test_a_planted_share_of_signs() -> None:
    """Normal differences of mean 1 and variance 1 are above 0 in a share of .841; so many ties have none."""
    rng = np.random.default_rng(12)
    base = rng.normal(0, 5, 20_000)
    apart = rng.normal(1, 1, 20_000)
    share = stats.norm.cdf(1)
    three = 3 * np.sqrt(share * (1 - share) / 20_000)
    assert paired_rows((base + apart)[None], base[None], resamples=10, test=False)[0].share_same_sign == pytest.approx(
        share, abs=three
    )
    tied = np.where(np.arange(20_000) % 4 == 0, base, base + apart)  # a quarter of the pairs does not differ
    assert paired_rows(tied[None], base[None], resamples=10, test=False)[0].share_same_sign == pytest.approx(
        0.75 * share, abs=three
    )


def test_no_effect_gives_even_p_values() -> None:
    rng = np.random.default_rng(3)
    differences = rng.standard_t(4, (2_000, 25))
    p = [comparison.p for comparison in paired_rows(differences, np.zeros_like(differences), resamples=500)]
    assert stats.kstest(p, "uniform").pvalue > 0.01


def test_intervals_are_scipys_and_do_not_depend_on_company() -> None:
    rng = np.random.default_rng(4)
    a, b = rng.gamma(2, 1, (40, 30)), rng.gamma(2, 1, (40, 30))
    b[7, 3] = b[9, 4] = NAN
    crowd = paired_rows(a, b, seed=11)
    for row in (0, 7, 9, 39):
        there = ~np.isnan(b[row])
        alone = paired(a[row], b[row], seed=11)
        assert alone.method == crowd[row].method
        assert numbers(alone) == pytest.approx(numbers(crowd[row]), rel=1e-12)
        expected = stats.bootstrap(
            (a[row, there] - b[row, there],), np.mean, n_resamples=9_999, rng=np.random.default_rng(11)
        ).confidence_interval
        assert (alone.low, alone.high) == pytest.approx((expected.low, expected.high), rel=1e-12)


def test_p_values_are_scipys() -> None:
    rng = np.random.default_rng(5)
    for n in (2, 5, 9, 13):
        differences = np.round(rng.normal(0.5, 1, n), 1)
        expected = stats.permutation_test(
            (differences,), np.mean, permutation_type="samples", n_resamples=np.inf
        ).pvalue
        assert paired(differences, np.zeros(n)).p == pytest.approx(expected)
    differences = rng.normal(0.2, 1, 40)
    expected = stats.permutation_test(
        (differences,),
        np.mean,
        permutation_type="samples",
        n_resamples=20_000,
        vectorized=True,
        batch=1_000,
        rng=np.random.default_rng(6),
    ).pvalue
    assert paired(differences, np.zeros(40)).p == pytest.approx(expected, abs=0.02)


def test_ties_have_no_sign() -> None:
    found = paired([1, 2, 3, 4, 0, 7], [0, 2, 3, 4, 1, 4])
    assert found.difference == 0.5
    assert found.share_same_sign == pytest.approx(2 / 6)
    # Of the 8 patterns of signs of 1, -1 and 3 those of sum 3 or more in size: all but +-1.
    assert found.p == pytest.approx(6 / 8)
    even = paired([1, 0, 5], [0, 1, 5])
    assert even.difference == 0
    assert np.isnan(even.share_same_sign)
    assert even.p == 1


def test_all_differences_equal_is_the_point_itself() -> None:
    # 0.1 + 0.2 - 0.3 is not 0 and the others differ in their last bits; an effect it is not.
    base = np.array([0.3, 1 / 3, 0.7, 1e6])
    found = paired(base + 0.25, base)
    assert (found.difference, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25), abs=1e-9)
    assert found.low == found.high == found.difference
    assert found.method == "point"
    assert found.share_same_sign == 1
    assert np.isnan(found.variance_reduction)
    none = paired([0.1 + 0.2, 1.0, 2.0], [0.3, 1.0, 2.0])
    assert (none.difference, none.low, none.high, none.p) == (0, 0, 0, 1)
    assert np.isnan(none.share_same_sign)


def test_perfect_correlation_and_independence() -> None:
    base = np.arange(20.0)
    found = paired(1.5 * base, base)
    # var(1.5 x) + var(x) over var(0.5 x).
    assert found.variance_reduction == pytest.approx((2.25 + 1) / 0.25)
    rng = np.random.default_rng(7)
    apart = paired(rng.normal(size=5_000), rng.normal(size=5_000), resamples=100)
    assert apart.variance_reduction == pytest.approx(1, abs=0.05)


def test_a_pair_without_the_outcome_is_dropped() -> None:
    found = paired([1, NAN, 3, 9], [0, 5, NAN, 4])
    assert found.n == 2
    assert found.difference == 3
    assert found.mean_baseline == 2
    assert found == paired([1, 9], [0, 4])
    one = paired([1, NAN], [0, 1])
    assert (one.n, one.difference, one.method, one.share_same_sign) == (1, 1, "n/a", 1)
    assert np.isnan([one.low, one.high, one.p, one.variance_reduction]).all()
    none = paired([NAN, NAN], [0, 1])
    assert (none.n, none.method) == (0, "n/a")
    assert np.isnan([none.difference, none.low, none.high, none.share_same_sign, none.mean_baseline]).all()
    assert paired([], []).n == 0


def test_where_bca_is_undefined_the_percentile_is_said_to_be_used() -> None:
    # Almost degenerate, but defined.
    one = np.zeros(40)
    one[0] = 1.0
    found = paired(one, np.zeros(40))
    assert (found.method, found.low) == ("BCa", 0)
    tiny = paired([1.0, 1.0, 1.0 + 1e-9, 1.0], np.zeros(4))
    assert np.isfinite([tiny.low, tiny.high]).all()
    with pytest.MonkeyPatch.context() as patch:
        real = stats.bootstrap

        # scipy gives NaN where its correction divides by nothing.
        def degenerate(*args: object, **options: object) -> object:
            result = real(*args, **options)
            interval = type(result.confidence_interval)(np.array([NAN]), np.array([NAN]))
            return type(result)(interval, result.bootstrap_distribution, result.standard_error)

        patch.setattr(stats, "bootstrap", degenerate)
        found = paired(np.arange(20.0), np.zeros(20))
    assert found.method == "percentile"
    assert found.low == pytest.approx(9.5 - 1.96 * 5.77 / np.sqrt(20), abs=0.2)
    assert found.high == pytest.approx(9.5 + 1.96 * 5.77 / np.sqrt(20), abs=0.2)


def test_infinite_outcomes_and_odd_twins_are_programming_errors() -> None:
    with pytest.raises(ValueError, match="infinite"):
        paired([1, np.inf], [0, 1])
    with pytest.raises(ValueError, match="do not match"):
        paired([1, 2], [0, 1, 2])


def test_holm_and_benjamini_hochberg_by_the_book() -> None:
    # Holm (1979) by hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, then not below the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.6, NAN]).tolist() == pytest.approx([1, 1, NAN], nan_ok=True)
    # Benjamini and Hochberg (1995), their example of 15 tests: the first four are reported at 5%.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
    p += [0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4
    assert (holm(p) <= 0.05).sum() == 3
    assert benjamini_hochberg([0.01, NAN, 0.04]).tolist() == pytest.approx([0.02, NAN, 0.04], nan_ok=True)
    assert np.isnan(benjamini_hochberg([NAN])).all()
    assert holm([]).size == benjamini_hochberg([]).size == 0


OUTCOMES = [
    OutcomeSpec("days", "grievance-days", family="headline"),
    OutcomeSpec("settled", "1", label="settled within 90 days"),
    OutcomeSpec("cases", "1"),
]


def runs() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    shared = rng.normal(100, 10, 30)
    parts = []
    for scenario, effect in (("baseline", 0.0), ("body", -2.0), ("merged", -6.0)):
        parts.append(
            pd.DataFrame(
                {
                    "scenario": scenario,
                    "replication": np.arange(30),
                    "days": shared + effect + rng.normal(0, 1, 30),
                    "settled": np.where(np.arange(30) % 3 == 0, np.nan, 0.5),
                    "cases": 10 + rng.integers(0, 3, 30),
                }
            )
        )
    return pd.concat(parts).sample(frac=1, random_state=1)


def test_a_table_of_comparisons() -> None:
    frame = runs()
    pairs = [("merged", "body"), ("body", "baseline")]
    table = compare_runs(frame, pairs, OUTCOMES)
    assert list(table.columns) == list(COLUMNS)
    assert list(zip(table["scenario"], table["baseline"], strict=True)) == [pair for pair in pairs for _ in OUTCOMES]
    assert table["outcome"].tolist() == ["days", "settled", "cases"] * 2
    assert table["n"].tolist() == [30, 20, 30] * 2
    assert table["n"].dtype.kind == "i"
    assert table["unit"][0] == "grievance-days"
    assert table["difference"][0] == pytest.approx(-4, abs=1)
    assert table["method"].tolist() == ["BCa", "point", "BCa"] * 2
    # The headline is a family of its own and pays nothing for the others.
    assert table["p_holm"][0] == table["p"][0]
    assert table["p_holm"][2] == min(1.0, 2 * table["p"][2])
    a = frame[frame["scenario"] == "merged"].sort_values("replication")["days"]
    b = frame[frame["scenario"] == "body"].sort_values("replication")["days"]
    alone = paired(a, b)
    assert table.loc[0, ["difference", "low", "high"]].tolist() == [alone.difference, alone.low, alone.high]
    pd.testing.assert_frame_equal(table, compare_runs(runs().sort_values("days"), pairs, OUTCOMES))
    assert OUTCOMES[1].title == "settled within 90 days"
    assert OutcomeSpec("fee_collection", "1").title == "fee collection"


def test_a_run_that_is_missing_takes_its_twin_with_it() -> None:
    frame = runs()
    frame = frame[~((frame["scenario"] == "merged") & (frame["replication"] == 3))]
    assert compare_runs(frame, [("merged", "baseline")], OUTCOMES[:1])["n"][0] == 29


def test_what_is_not_in_the_runs_is_named() -> None:
    with pytest.raises(ConfigError, match="unknown scenario 'mergd'; did you mean 'merged'"):
        compare_runs(runs(), [("mergd", "baseline")], OUTCOMES)
    with pytest.raises(ConfigError, match="unknown outcome 'day'; did you mean 'days'"):
        compare_runs(runs(), [("merged", "baseline")], [OutcomeSpec("day", "1")])
    with pytest.raises(ValueError, match="two runs of one replication"):
        compare_runs(pd.concat([runs(), runs()]), [("merged", "baseline")], OUTCOMES)
    assert compare_runs(runs(), [], OUTCOMES).empty
    assert list(compare_runs(runs(), [], OUTCOMES).columns) == list(COLUMNS)
