"""Comparing twins: what a scenario changes against its baseline, replication by replication.

The unit is the replication. Replication k meets the same noise and the same drawn parameters in
every scenario, so the differences between twins, not the two means, carry the comparison. What is
reported of an outcome: the mean difference with its bootstrap interval, the share of replications
whose difference has the same sign, what pairing has bought, and the number of pairs.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import unknown

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
RESAMPLES = 9_999
SEED = 20_250_101
"""The bootstrap's own seed, fixed: the same runs give the same interval."""

Method = Literal["BCa", "percentile", "point", "n/a"]

COLUMNS = (
    "scenario",
    "baseline",
    "outcome",
    "unit",
    "difference",
    "low",
    "high",
    "share_same_sign",
    "variance_reduction",
    "n",
    "mean_baseline",
    "mean_scenario",
    "p",
    "p_holm",
    "method",
)
"""The columns of a comparison, in order."""

_EXACT = 13
"""Up to so many pairs all patterns of signs are tried (2^13 < `RESAMPLES`); beyond, random ones."""

_ROUNDING = 8 * np.finfo(np.float64).eps
"""Relative size below which a difference of two quotients is rounding, not an effect."""

_KEPT = 32
"""Numbers of pairs of which resamples and patterns are kept, as small integers, 6 MB for 200 pairs: a scenario lacks an
outcome in these few replications, another in those."""

_CACHE = 2**17
"""Numbers the jackknife handles at a time; more is slower because they leave the processor's cache."""


@dataclass(frozen=True)
class OutcomeSpec:
    """What is known of an outcome.

    Attributes:
        name: its column in the table of runs.
        unit: unit in words, ``"1"`` for a pure number.
        label: a few words for tables and figures; the name with spaces if empty.
        family: outcomes of one family are corrected together for being many.
    """

    name: str
    unit: str
    label: str = ""
    family: str = ""

    @property
    def title(self) -> str:
        """The words for people."""
        return self.label or self.name.replace("_", " ")


@dataclass(frozen=True)
class Comparison:
    """What a scenario changes in one outcome; not-a-number stands for n/a.

    Attributes:
        n: pairs of twins that both have the outcome.
        difference: mean of scenario minus baseline over the pairs.
        low: lower end of the 95% interval.
        high: upper end.
        method: how the interval was made: ``BCa``; ``percentile`` where BCa is undefined; ``point``
            if all differences are equal; ``n/a`` with fewer than two pairs.
        share_same_sign: share of the pairs whose difference has the sign of the mean difference; a
            pair without a difference has no sign. n/a if the mean difference is zero.
        variance_reduction: how many times more replications it would have taken without pairing:
            (var(scenario) + var(baseline)) / var(difference); n/a if the differences are all equal.
        p: two-sided p-value of no difference.
        mean_scenario: mean over the pairs.
        mean_baseline: mean over the pairs.
    """

    n: int
    difference: float
    low: float
    high: float
    method: Method
    share_same_sign: float
    variance_reduction: float
    p: float
    mean_scenario: float
    mean_baseline: float


_NAN = float("nan")
NOTHING = Comparison(0, _NAN, _NAN, _NAN, "n/a", _NAN, _NAN, _NAN, _NAN, _NAN)
"""No pair has the outcome."""


def paired(
    scenario: ArrayLike, baseline: ArrayLike, *, level: float = LEVEL, resamples: int = RESAMPLES, seed: int = SEED
) -> Comparison:
    """Compare the runs of a scenario with their twins.

    Args:
        scenario: an outcome of each replication under the scenario; missing where it has none.
        baseline: the same of their twins, in the same order.
        level: confidence level of the interval.
        resamples: bootstrap resamples, and random sign patterns of the test.
        seed: the seed of both.
    """
    a = np.atleast_2d(np.asarray(scenario, dtype=np.float64))
    b = np.atleast_2d(np.asarray(baseline, dtype=np.float64))
    return paired_rows(a, b, level=level, resamples=resamples, seed=seed)[0]


def paired_rows(
    scenario: NDArray[np.float64],
    baseline: NDArray[np.float64],
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    test: bool = True,
) -> list[Comparison]:
    """Compare many outcomes at once, each as if it were alone (but for the last place of a sum).

    Args:
        scenario: one row an outcome, one column a replication.
        baseline: the twins, in the same order.
        level: confidence level of the intervals.
        resamples: bootstrap resamples, and random sign patterns of the test.
        seed: the seed of both.
        test: whether to test for no difference; where there is nothing to test, p is missing and half the time saved.
    """
    if scenario.shape != baseline.shape:
        raise ValueError(f"twins do not match: {scenario.shape} against {baseline.shape}")
    if np.isinf(scenario).any() or np.isinf(baseline).any():
        raise ValueError("an outcome is infinite; it must be finite or missing")
    there = ~(np.isnan(scenario) | np.isnan(baseline))
    counts = there.sum(axis=1)
    result = [NOTHING] * len(counts)
    # Rows with equally many pairs share their resamples, which depend on nothing but that number.
    for n in np.unique(counts[counts > 0]):
        rows = np.flatnonzero(counts == n)
        a = np.stack([scenario[row, there[row]] for row in rows])
        b = np.stack([baseline[row, there[row]] for row in rows])
        for row, comparison in zip(rows, _complete(a, b, level, resamples, seed, test), strict=True):
            result[row] = comparison
    return result


def compare_runs(
    runs: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    outcomes: Sequence[OutcomeSpec],
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    beyond: Mapping[tuple[str, str], Collection[str]] | None = None,
) -> pd.DataFrame:
    """Compare scenarios with their baselines in a number of outcomes.

    A pair counts where both twins have the outcome. The p-values are Holm's over the outcomes of one
    family in one comparison; what is out of reach is not tested and not among them.

    Args:
        runs: columns ``scenario``, ``replication`` and one for each outcome.
        pairs: (scenario, baseline), in the order of the result.
        outcomes: which outcomes, in the order of the result.
        level: confidence level of the intervals.
        resamples: bootstrap resamples, and random sign patterns of the test.
        seed: the seed of both.
        beyond: comparison to the outcomes to which what differs has no path of its own (`sim.study.reach`): n/a if
            there is no difference between any twins either.

    Returns:
        One row for each comparison and outcome, with the columns of `COLUMNS`.

    Raises:
        ConfigError: a scenario or an outcome is not in the runs.
    """
    import pandas as pd  # here and below: heavy, and not needed by whoever only speaks of outcomes

    names = [outcome.name for outcome in outcomes]
    for name in names:
        if name not in runs.columns:
            raise unknown("outcome", name, [str(column) for column in runs.columns])
    if runs.duplicated(["scenario", "replication"]).any():
        raise ValueError("a scenario has two runs of one replication")
    by_scenario = {
        str(scenario): group.set_index("replication")[names].astype("float64").sort_index()
        for scenario, group in runs.groupby("scenario", sort=False)
    }
    rows: list[dict[str, Any]] = []
    for scenario, baseline in pairs:
        for name in (scenario, baseline):
            if name not in by_scenario:
                raise unknown("scenario", name, by_scenario)
        a, b = by_scenario[scenario].align(by_scenario[baseline], join="inner", axis=0)
        compared = paired_rows(
            a.to_numpy(np.float64).T, b.to_numpy(np.float64).T, level=level, resamples=resamples, seed=seed
        )
        same = (twin_differences(a.to_numpy(np.float64), b.to_numpy(np.float64)) == 0) | (
            a.isna() & b.isna()
        ).to_numpy()
        for i, (outcome, comparison) in enumerate(zip(outcomes, compared, strict=True)):
            if same[:, i].all() and outcome.name in (beyond or {}).get((scenario, baseline), ()):
                comparison = out_of_reach(comparison)
            here = {"scenario": scenario, "baseline": baseline, "outcome": outcome.name, "unit": outcome.unit}
            rows.append(here | {"family": outcome.family} | comparison.__dict__)
    frame = pd.DataFrame(rows, columns=[*(name for name in COLUMNS if name != "p_holm"), "family"])
    frame["p_holm"] = np.nan
    for _, family in frame.groupby(["scenario", "baseline", "family"], sort=False):
        frame.loc[family.index, "p_holm"] = holm(family["p"].to_numpy(np.float64))
    return frame[list(COLUMNS)]


def out_of_reach(comparison: Comparison) -> Comparison:
    """Return a comparison that says of the difference nothing but that there is none to speak of: n/a."""
    return Comparison(
        n=comparison.n,
        difference=_NAN,
        low=_NAN,
        high=_NAN,
        method="n/a",
        share_same_sign=_NAN,
        variance_reduction=_NAN,
        p=_NAN,
        mean_scenario=comparison.mean_scenario,
        mean_baseline=comparison.mean_baseline,
    )


def twin_differences(scenario: NDArray[np.float64], baseline: NDArray[np.float64]) -> NDArray[np.float64]:
    """Subtract twins from each other; a difference that only rounding has made is none.

    Args:
        scenario: an outcome under the scenario.
        baseline: the same of the twins, in the same order.
    """
    differences = scenario - baseline
    size = np.maximum(np.abs(scenario), np.abs(baseline))
    return np.where(np.abs(differences) <= _ROUNDING * size, 0.0, differences)


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Correct p-values for being many so that the chance of any false one stays below the level (Holm 1979).

    Args:
        p: p-values; a missing one is no test and stays missing.
    """
    values = np.asarray(p, dtype=np.float64)
    corrected = np.full(values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    scaled = values[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return corrected


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Correct p-values so that the expected share of false ones among those reported stays below the level.

    Args:
        p: p-values; a missing one is no test and stays missing.
    """
    values = np.asarray(p, dtype=np.float64)
    corrected = np.full(values.shape, np.nan)
    tested = ~np.isnan(values)
    if tested.any():
        from scipy import stats

        corrected[tested] = stats.false_discovery_control(values[tested], method="bh")
    return corrected


def _complete(
    a: NDArray[np.float64], b: NDArray[np.float64], level: float, resamples: int, seed: int, test: bool
) -> list[Comparison]:
    """Compare rows without missing values."""
    n = a.shape[1]
    size = np.maximum(np.abs(a), np.abs(b))
    differences = twin_differences(a, b)
    equal = np.ptp(differences, axis=1) <= _ROUNDING * size.max(axis=1)
    differences[equal] = differences[equal, :1]
    mean = np.where(equal, differences[:, 0], differences.mean(axis=1))

    low, high = np.full(len(a), np.nan), np.full(len(a), np.nan)
    method: list[Method] = ["n/a"] * len(a)
    reduction, p = low.copy(), low.copy()
    if n >= 2:
        low[equal], high[equal] = mean[equal], mean[equal]
        varied = np.flatnonzero(~equal)
        low[varied], high[varied], bca = _bootstrap(differences[varied], level, resamples, seed)
        method = ["point"] * len(a)
        for row, is_bca in zip(varied, bca, strict=True):
            method[row] = "BCa" if is_bca else "percentile"
        apart = a[varied].var(axis=1, ddof=1) + b[varied].var(axis=1, ddof=1)
        reduction[varied] = apart / differences[varied].var(axis=1, ddof=1)
        if test:
            p = _sign_flips(differences, resamples, seed)

    same = (np.sign(differences) == np.sign(mean)[:, None]).mean(axis=1)
    share = np.where(mean == 0, np.nan, same)
    return [
        Comparison(
            n=n,
            difference=float(mean[row]),
            low=float(low[row]),
            high=float(high[row]),
            method=method[row],
            share_same_sign=float(share[row]),
            variance_reduction=float(reduction[row]),
            p=float(p[row]),
            mean_scenario=float(a[row].mean()),
            mean_baseline=float(b[row].mean()),
        )
        for row in range(len(a))
    ]


def _bootstrap(
    differences: NDArray[np.float64], level: float, resamples: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return the ends of the intervals of the rows' means, and for which of them BCa is defined.

    The differences of a pair are one sample: resampling them resamples replications. `scipy.stats.bootstrap` would
    gather every resample, a hundred times slower; it is given the means and makes the intervals of them.
    """
    if len(differences) == 0:
        return np.empty(0), np.empty(0), np.empty(0, dtype=bool)
    from scipy import stats

    distribution, values = resampled_means(differences, resamples, seed)
    with warnings.catch_warnings():
        # What scipy warns of, a degenerate distribution, is handled below and reported.
        warnings.simplefilter("ignore")
        result = stats.bootstrap(
            (values,),
            np.mean,
            axis=-1,
            vectorized=True,
            method="BCa",
            confidence_level=level,
            n_resamples=0,
            batch=max(1, _CACHE // differences.size),
            bootstrap_result=SimpleNamespace(bootstrap_distribution=distribution),
        )
    low, high = np.array(result.confidence_interval.low), np.array(result.confidence_interval.high)
    bca = np.isfinite(low) & np.isfinite(high)
    if not bca.all():
        tail = (1 - level) / 2
        ends = np.quantile(result.bootstrap_distribution[~bca], [tail, 1 - tail], axis=-1)
        low[~bca], high[~bca] = ends
    return low, high, bca


def resampled_means(
    values: NDArray[np.float64], resamples: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of each row in every resample, all rows resampled alike, and the values of which they are means.

    Args:
        values: one row a sample, shape ``(rows, n)``; they come back rounded to fewer bits, shape ``(rows, n)``.
        resamples: how many resamples.
        seed: of the draws.

    Returns:
        Means, shape ``(rows, resamples)``, and the values.
    """
    n = values.shape[1]
    # In whole numbers of a power of two so many bits below the largest of a row, every sum over a resample is exact:
    # it does not depend on the order of adding, so one product of matrices makes all of them, on any machine alike.
    bits = 52 - int(n).bit_length()
    largest = np.abs(values).max(axis=1, keepdims=True)
    unit = np.exp2(np.ceil(np.log2(np.where(largest > 0, largest, 1.0))) - bits)
    whole = np.rint(values / unit)
    return (whole @ times_drawn(n, resamples, seed).T.astype(np.float64, order="K")) * unit / n, whole * unit


@lru_cache(maxsize=_KEPT)
def times_drawn(n: int, resamples: int, seed: int) -> NDArray[np.int16]:
    """Return how often each of n is drawn into each resample, with replacement; shape ``(resamples, n)``."""
    drawn = np.random.default_rng(seed).integers(0, n, (resamples, n))
    drawn += n * np.arange(resamples)[:, None]
    return np.bincount(drawn.reshape(-1), minlength=n * resamples).reshape(resamples, n).astype(np.int16)


@lru_cache(maxsize=_KEPT)
def _patterns(n: int, resamples: int, seed: int) -> NDArray[np.int8]:
    """Return patterns of n signs, 1 or -1: all there are if they are few, random ones otherwise."""
    if n <= _EXACT:
        ups = (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(np.int8)
    else:
        ups = np.random.default_rng(seed).integers(0, 2, (resamples, n), dtype=np.int8)
    signs: NDArray[np.int8] = 2 * ups - 1
    return signs


def _sign_flips(differences: NDArray[np.float64], resamples: int, seed: int) -> NDArray[np.float64]:
    """Return the two-sided p-values of no difference, by flipping the signs of the pairs.

    If a mechanism does nothing, which twin is called the scenario is arbitrary, and so is the sign
    of each difference. The test speaks of the mean, like the interval beside it, and takes ties as
    they come; Wilcoxon's speaks of ranks and has to drop or split ties, of which twins have many.
    `scipy.stats.permutation_test` does the same a hundred times slower, one gather a resample.
    """
    n = differences.shape[1]
    patterns = _patterns(n, resamples, seed)
    reached = np.zeros(len(differences), dtype=np.int64)
    # Sums in another order differ in the last places; a tie is a tie all the same.
    bar = np.abs(differences.sum(axis=1)) - 1e-12 * np.abs(differences).sum(axis=1)
    for start in range(0, len(patterns), 1_000):
        reached += (np.abs(patterns[start : start + 1_000].astype(np.float64) @ differences.T) >= bar).sum(axis=0)
    if n <= _EXACT:
        return reached / len(patterns)
    return (reached + 1) / (resamples + 1)
