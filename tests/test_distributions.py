"""Keyed distributions: the right shape, and the same number alone, in a crowd and on every CPU."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sim import distributions as d
from sim import noise

N = 100_000
WHO = np.arange(N)
LEVEL = 1e-3

Drawn = Callable[..., NDArray[Any]]

CONTINUOUS: list[tuple[str, Drawn, Any]] = [
    ("normal", d.normal, stats.norm()),
    ("lognormal", lambda *k: d.lognormal(3.0, 0.6, *k), stats.lognorm(0.6, scale=3)),
    ("gamma tiny", lambda *k: d.gamma(0.05, *k), stats.gamma(0.05)),
    ("gamma below 1", lambda *k: d.gamma(0.6, *k), stats.gamma(0.6)),
    ("gamma 1", lambda *k: d.gamma(1.0, *k), stats.expon()),
    ("gamma 2.5", lambda *k: d.gamma(2.5, *k), stats.gamma(2.5)),
    ("gamma large", lambda *k: d.gamma(400.0, *k), stats.gamma(400)),
    ("beta", lambda *k: d.beta(2.0, 5.0, *k), stats.beta(2, 5)),
    ("beta of arcs", lambda *k: d.beta(0.5, 0.5, *k), stats.beta(0.5, 0.5)),
    ("beta lopsided", lambda *k: d.beta(0.3, 40.0, *k), stats.beta(0.3, 40)),
    ("weibull ageing", lambda *k: d.weibull(3.0, 20.0, *k), stats.weibull_min(3, scale=20)),
    ("weibull early", lambda *k: d.weibull(0.7, 2.0, *k), stats.weibull_min(0.7, scale=2)),
    ("triangular", lambda *k: d.triangular(-1.0, 0.5, 4.0, noise.uniform(*k)), stats.triang(0.3, -1, 5)),
    ("triangular to the left", lambda *k: d.triangular(2.0, 2.0, 3.0, noise.uniform(*k)), stats.triang(0, 2, 1)),
    ("triangular to the right", lambda *k: d.triangular(2.0, 3.0, 3.0, noise.uniform(*k)), stats.triang(1, 2, 1)),
]

DISCRETE: list[tuple[str, Drawn, Any]] = [
    ("geometric", lambda *k: d.geometric(2.5, *k), stats.geom(1 / 3.5, loc=-1)),
    ("geometric rare", lambda *k: d.geometric(0.02, *k), stats.geom(1 / 1.02, loc=-1)),
    ("days", lambda *k: d.days(9.0, *k), stats.geom(1 / 9)),
    ("days short", lambda *k: d.days(1.2, *k), stats.geom(1 / 1.2)),
]

EVERY = CONTINUOUS + DISCRETE + [
    ("gamma of several shapes", lambda s, n, *k: d.gamma(np.array([0.3, 1.0, 7.0])[k[0] % 3], s, n, *k), None),
    ("beta of several shapes", lambda s, n, *k: d.beta(np.array([0.3, 7.0])[k[0] % 2], 1.0, s, n, *k), None),
    ("geometric of several means", lambda s, n, *k: d.geometric(np.array([0.0, 7.0])[k[0] % 2], s, n, *k), None),
    ("choice", lambda s, n, *k: d.choice([0.1, 0.0, 0.7, 0.3], noise.uniform(s, n, *k)), None),
]  # fmt: skip


def by_name(cases: list[tuple[str, Drawn, Any]]) -> Any:
    """Make cases into parameters named by their first part."""
    return pytest.mark.parametrize(("draw", "law"), [case[1:] for case in cases], ids=[case[0] for case in cases])


@by_name(CONTINUOUS)
def test_continuous_draws_have_their_distribution(draw: Drawn, law: Any) -> None:
    for keys in ((1, "law", WHO), (WHO, "law", 1)):
        x = draw(*keys)
        assert x.dtype == np.float64 and x.shape == (N,)
        assert stats.kstest(x, law.cdf).pvalue > LEVEL
        assert abs(x.mean() - law.mean()) < 4 * law.std() / np.sqrt(N)
        neighbours = stats.spearmanr(x[1:], x[:-1]).statistic
        assert abs(neighbours) < 4 / np.sqrt(N)


@by_name(DISCRETE)
def test_whole_numbers_have_their_distribution(draw: Drawn, law: Any) -> None:
    x = draw(1, "law", WHO)
    assert x.dtype == np.int64 and x.min() == law.support()[0]
    last = int(law.ppf(1 - 50 / N))
    values = np.arange(x.min(), last + 1)
    wanted = np.append(law.pmf(values), law.sf(last)) * N
    seen = np.bincount(np.minimum(x, last + 1) - x.min(), minlength=wanted.size)
    assert stats.chisquare(seen, wanted).pvalue > LEVEL
    assert abs(x.mean() - law.mean()) < 4 * law.std() / np.sqrt(N)


@by_name(EVERY)
def test_alone_is_the_same_as_in_a_crowd_in_any_order_and_stacked(draw: Drawn, law: Any) -> None:
    n = 4000
    who, when = np.arange(n) * 7 - 300, np.arange(n) % 5
    crowd = draw(3, "crowd", who, when)
    assert [draw(3, "crowd", who[i : i + 1], when[i : i + 1])[0] for i in range(0, n, 97)] == crowd[::97].tolist()
    order = np.random.default_rng(1).permutation(n)
    assert np.array_equal(draw(3, "crowd", who[order], when[order]), crowd[order])
    stacked = draw(np.array([[9], [3]]), "crowd", who, when)
    assert stacked.shape == (2, n)
    assert np.array_equal(stacked[1], crowd) and not np.array_equal(stacked[0], crowd)


def test_parameters_broadcast_with_worlds_and_ids() -> None:
    seeds, shape = np.arange(4)[:, None], np.array([[0.4], [1.0], [2.0], [30.0]])
    both = d.gamma(shape, seeds, "broadcast", np.arange(50))
    for row in range(4):
        assert np.array_equal(both[row], d.gamma(shape[row, 0], row, "broadcast", np.arange(50)))
    assert np.array_equal(d.gamma(shape[:, 0], 5, "one key", 1)[:1], d.gamma(0.4, 5, "one key", 1))
    for wide in (
        d.beta(shape, 2.0, 1, "broadcast", np.arange(50)), d.weibull(shape, 2.0, 1, "broadcast", np.arange(50)),
        d.lognormal(shape, 1.0, 1, "broadcast", np.arange(50)), d.days(shape, 1, "broadcast", np.arange(50)),
    ):  # fmt: skip
        assert wide.shape == (4, 50)
    assert d.gamma(2.0, 1, "nobody", np.arange(0)).shape == (0,)
    assert d.normal(1, "nobody", np.arange(0)).shape == (0,)
    assert d.normal(1, "somebody").shape == (1,)


def test_normal_quantile_is_right_everywhere() -> None:
    close = np.exp2(-np.linspace(1, 53, 5000))
    u = np.concatenate([close, 1 - close, 0.5 + 0.1 * close, np.linspace(0.01, 0.99, 5000)])
    u = u[(u > 0) & (u < 1)]
    np.testing.assert_allclose(d.normal_quantile(u), stats.norm.ppf(u), rtol=2e-15, atol=1e-16)
    assert np.array_equal(d.normal_quantile(u.reshape(2, -1)[:, :4000]), d.normal_quantile(u).reshape(2, -1)[:, :4000])
    few = np.concatenate([d.normal_quantile(some) for some in np.array_split(u, len(u) // 9)])
    assert np.array_equal(few, d.normal_quantile(u)), "Python's numbers go another way than numpy's"
    draws = d.normal_quantile(np.array([2.0**-53, 1 - 2.0**-53, 0.5]))
    assert draws.tolist() == [-draws[1], draws[1], 0.0]


def test_small_shapes_stay_finite() -> None:
    for a, b in ((1e-3, 1e-3), (1e-3, 2.0), (0.02, 0.01), (1e5, 1e-3)):
        x = d.beta(a, b, 1, "small", WHO[:20_000])
        assert np.isfinite(x).all() and x.min() >= 0 and x.max() <= 1
        assert abs(x.mean() - a / (a + b)) < 4 * stats.beta(a, b).std() / np.sqrt(x.size)
    x = d.gamma(1e-3, 1, "small", WHO[:20_000])
    assert np.isfinite(x).all() and x.min() == 0


def test_gamma_attempts_belong_to_the_element() -> None:
    # the shape with most rejections; those that try again are the same numbers whoever else does
    x = d.gamma(1.0, 2, "attempts", WHO)
    first = d._attempt(np.array([1 - 1 / 3]), 0, "attempts", [np.array([2]), WHO])
    rejected = np.isnan(first)
    assert 0.02 < rejected.mean() < 0.08
    assert np.array_equal(x[~rejected], first[~rejected])
    assert np.array_equal(x[rejected], d.gamma(1.0, 2, "attempts", WHO[rejected]))


def test_gammas_and_betas_of_one_key_are_made_of_different_numbers() -> None:
    parts = [d.gamma(2.0, 1, "same" + part, WHO) for part in ("", "#a", "#b")]
    assert np.abs(np.corrcoef(parts) - np.eye(3)).max() < 4 / np.sqrt(N)


def test_means_hold_from_the_smallest_to_the_largest() -> None:
    for mean in (1e-3, 0.5, 40.0, 1e6, 1e15):
        x = d.geometric(mean, 1, "means", WHO).astype(np.float64)
        assert abs(x.mean() - mean) < 4 * np.sqrt(mean * (1 + mean) / N)
    assert not d.geometric([0.0, -1.0], 1, "means", np.arange(2)).any()
    assert d.days([0.0, 1.0, 0.5], 1, "means", np.arange(300)[:, None]).max() == 1
    assert d.days(365.0, 1, "means", WHO).min() == 1


@settings(deadline=None, max_examples=60)
@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_a_longer_mean_never_shortens_a_wait(one: float, other: float) -> None:
    short, long = sorted((one, other))
    assert (d.days(short, 1, "coupled", WHO[:50]) <= d.days(long, 1, "coupled", WHO[:50])).all()
    assert (d.geometric(short, 1, "coupled", WHO[:50]) <= d.geometric(long, 1, "coupled", WHO[:50])).all()


def test_triangular_meets_its_corners() -> None:
    u = np.array([1e-300, 0.25, 0.5, 0.75, 1 - 2.0**-53])
    assert d.triangular(2, 2, 2, u).tolist() == [2.0] * 5
    x = d.triangular(0, 1, 2, u)
    assert x[2] == 1 and 0 <= x[0] < 1e-100 and 2 - 1e-7 < x[4] <= 2 and (np.diff(x) > 0).all()
    assert np.array_equal(d.triangular([0, 5], [1, 5], [2, 6], 0.5), [1, 6 - np.sqrt(0.5)])


def test_choice_has_its_chances_and_never_picks_nothing() -> None:
    weights = np.array([0.0, 2.0, 0.0, 1.0, 5.0, 0.0])
    picked = np.bincount(d.choice(weights, noise.uniform(1, "choice", WHO)), minlength=6)
    assert not picked[weights == 0].any()
    assert stats.chisquare(picked[weights > 0], N * weights[weights > 0] / 8).pvalue > LEVEL
    edges = np.array([2.0**-53, 0.25 - 2.0**-54, 0.25, 0.375, 1 - 2.0**-53])
    assert d.choice(weights, edges).tolist() == [1, 1, 3, 4, 4]
    assert d.choice([[3.0], [1e-300]], [[0.2], [0.9]]).tolist() == [[0, 0], [0, 0]]
    with pytest.raises(ValueError, match="all weights are 0"):
        d.choice([[1.0, 0.0], [0.0, 0.0]], 0.5)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=8), st.lists(st.integers(0, 2**52 - 1), min_size=1, max_size=8))
def test_choice_adds_from_left_to_right(weights: list[float], cells: list[int]) -> None:
    if not sum(weights) > 0:
        return
    for u in ((cell + 0.5) / 2**52 for cell in cells):
        total = 0.0
        for weight in weights:
            total += weight
        reached, wanted = 0.0, len(weights) - 1
        for k, weight in enumerate(weights):
            reached += weight
            if u * total < reached:
                wanted = k
                break
        crowd = d.choice(np.array([weights, weights[::-1], weights]), np.array([u, u, 1 - u]))
        assert crowd[0] == wanted == d.choice(weights, u)
        assert weights[wanted] > 0


# --- the same bits on every machine ------------------------------------------------------------

DIGEST = """
import hashlib
import numpy as np
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from sim import distributions as d, noise

n = 40_000
who, few = np.arange(n) - 7, np.arange(n // 20)
ids = (np.arange(2)[:, None], "digest", who, 3)
u = noise.uniform(*ids)
shape = np.array([[0.4], [3.0]])
drawn = [
    noise.bits(*ids), u, noise.chance(0.3, *ids), noise.chance(u[:, ::-1], *ids), noise.exponential(*ids),
    noise.threshold(*ids), noise.log(u * 1e9), noise.log(u * 1e-315), noise.exp(1500 * u - 750), noise.power(u, 2.3),
    d.normal(*ids), d.lognormal(2.0, 0.7, *ids), d.gamma(shape, *ids), d.beta(shape, 0.8, *ids),
    d.weibull(shape, 20.0, *ids), d.geometric(shape, *ids), d.days(shape + 5, *ids),
    d.triangular(1.0, 1.5, 4.0, u), d.choice(np.stack([u[0], u[1], 0.2 * u[0]], axis=-1), u[0, ::-1]),
    d.gamma(1.0, 1, "digest", few), noise.bits(5, "digest"),
]
assert len({array.tobytes() for array in drawn}) == len(drawn)
digest = hashlib.sha256()
for array in drawn:
    digest.update(str((array.dtype, array.shape)).encode() + np.ascontiguousarray(array).tobytes())
print(digest.hexdigest(), *[name for name in __cpu_dispatch__ if __cpu_features__[name]])
"""


def run_digest(**environment: str) -> tuple[str, list[str]]:
    """Return the digest of many draws in a fresh process, and the CPU features numpy chose among."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("NPY_", "PYTHONHASHSEED"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", DIGEST],
        env=clean | environment, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    digest, *features = done.stdout.split()
    return digest, features


def test_the_same_bits_without_simd_and_under_any_hash_seed() -> None:
    digest, features = run_digest(PYTHONHASHSEED="1")
    assert run_digest(PYTHONHASHSEED="2")[0] == digest
    # only what numpy dispatches on can be switched off, not what it was built for
    if features:
        assert run_digest(NPY_DISABLE_CPU_FEATURES=" ".join(features)) == (digest, [])
        assert run_digest(NPY_DISABLE_CPU_FEATURES=features[-1])[0] == digest
    assert digest == KNOWN, "the scheme of the draws has changed: every stored result is of another world"


KNOWN = "73b8a3b89e858f9a7c360c80ebb297096029b8277a34690b0c7d75dae44605d9"
