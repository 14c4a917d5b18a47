"""Keyed draws: right to the last bit, the same alone and in a crowd, and random enough."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sim import exact, noise
from tests.reference import noise_pure as pure

Words = NDArray[np.uint64]
Draw = Callable[..., Words]

int64 = st.integers(-(2**63), 2**63 - 1)
near = st.integers(-3, 5000)
seeds = st.one_of(int64, near, st.integers(0, 2**64 - 1))
ids = st.lists(st.one_of(int64, near), max_size=4)
names = st.text(max_size=12)
quick = settings(deadline=None, max_examples=150)

EVERY = (noise.bits, noise.uniform, noise.exponential, noise.threshold)


# --- the same as in plain Python ---------------------------------------------------------------


@quick
@given(seeds, names, ids)
def test_draws_agree_with_plain_python_to_the_last_bit(seed: int, name: str, who: list[int]) -> None:
    assert noise.key(name) == pure.key(name)
    for function in EVERY:
        draw = function(seed, name, *who)
        assert draw.shape == (1,)
        assert draw[0] == getattr(pure, function.__name__)(seed, name, *who)


@quick
@given(st.lists(int64, min_size=1, max_size=5), st.lists(int64, min_size=1, max_size=5), near, near)
def test_arrays_agree_with_plain_python(worlds: list[int], actors: list[int], ordinal: int, retry: int) -> None:
    for function in EVERY:
        draw = function(np.array(worlds)[:, None], "arrays", np.array(actors), ordinal, np.array([[retry]]))
        alone = getattr(pure, function.__name__)
        assert draw.tolist() == [[alone(w, "arrays", a, ordinal, retry) for a in actors] for w in worlds]


@quick
@given(st.one_of(st.floats(0, 1), st.floats(-2, 2)), near, near)
def test_chance_agrees_with_counting_in_integers(p: float, seed: int, actor: int) -> None:
    assert noise.chance(p, seed, "chance", actor)[0] == pure.chance(p, seed, "chance", actor)


def test_chance_agrees_where_one_cell_decides() -> None:
    for actor in range(200):
        u = pure.uniform(1, "edge", actor)
        half = 2.0**-53
        for p in (u, math.nextafter(u, 0), math.nextafter(u, 1), u - half, u + half):
            assert noise.chance(p, 1, "edge", actor)[0] == pure.chance(p, 1, "edge", actor)


@settings(deadline=None, max_examples=500)
@given(st.floats(min_value=0, exclude_min=True, allow_infinity=False, allow_nan=False))
def test_log_agrees_with_plain_python(x: float) -> None:
    assert noise.log(x) == pure.log(x)


@settings(deadline=None, max_examples=500)
@given(st.one_of(st.floats(-760, 720), st.floats(-1, 1), st.floats(allow_nan=False, allow_infinity=False)))
def test_exp_agrees_with_plain_python(x: float) -> None:
    assert noise.exp(x) == pure.exp(x)


def test_log_and_exp_agree_with_plain_python_on_many() -> None:
    u = noise.uniform(1, "many", np.arange(20_000))
    assert noise.log(u).tolist() == [pure.log(x) for x in u.tolist()]
    x = 1460 * u - 747
    assert noise.exp(x).tolist() == [pure.exp(y) for y in x.tolist()]


# --- log, exp, power ---------------------------------------------------------------------------


def ulps(got: NDArray[np.float64], wanted: NDArray[np.float64]) -> float:
    """Return the largest difference in units in the last place."""
    return float(np.max(np.abs(got - wanted) / np.spacing(np.abs(wanted))))


def test_one_number_is_worked_out_as_many_are() -> None:
    """The twins of the kernels in Python's own numbers: not a bit differs, and outside their range they say so."""
    rng = np.random.default_rng(7)
    edges = [np.sqrt(0.5), np.nextafter(np.sqrt(0.5), 0), np.nextafter(np.sqrt(0.5), 1), 0.5, 1.0, 1 - 2.0**-53, 2.0]
    positive = np.concatenate(
        [rng.random(5_000), np.exp(rng.normal(0, 40, 5_000)), np.exp2(np.arange(-1022.0, 1024.0)), edges]
    )
    signed = np.concatenate(
        [rng.normal(0, 3, 5_000), rng.uniform(-700, 700, 5_000), np.arange(-80, 80) / 2, [0.0, -0.0]]
    )
    for many, one, xs in ((exact.log, exact.log_one, positive), (exact.exp, exact.exp_one, signed)):
        assert np.array_equal(many(xs).view(np.int64), np.array([one(float(x)) for x in xs]).view(np.int64))
        assert np.array_equal(many(xs[:1]), many(xs)[:1])
    assert [exact.log_one(x) for x in (0.0, -1.0, 5e-324, math.inf, math.nan)] == [None] * 5
    assert [exact.exp_one(x) for x in (701.0, -701.0, math.inf, -math.inf, math.nan)] == [None] * 5


def test_log_is_right_to_one_unit_in_the_last_place() -> None:
    patterns = noise.bits(2, "patterns", np.arange(300_000))
    everywhere = (patterns % np.uint64(0x7FF0000000000000)).view(np.float64)
    subnormal = (patterns[:20_000] >> np.uint64(12)).view(np.float64)
    u = noise.uniform(2, "near one", np.arange(100_000))
    near_one = 1 + (u - 0.5) * np.exp2(-np.floor(50 * noise.uniform(2, "how near", np.arange(100_000))))
    for x in (everywhere, subnormal, u, near_one):
        x = x[(x > 0) & (x != 1)]
        assert ulps(noise.log(x), np.log(x)) <= 1
    assert noise.log([1.0, 0.0, math.inf]).tolist() == [0.0, -math.inf, math.inf]
    assert np.isnan(noise.log([-1.0, -math.inf, math.nan, -0.5])).all()


def test_exp_is_right_to_one_unit_in_the_last_place_and_saturates() -> None:
    u = noise.uniform(3, "exp", np.arange(200_000))
    for low, high in ((-708, 709.78), (-745.1, -708), (-1, 1), (-1e-8, 1e-8)):
        x = low + u * (high - low)
        assert ulps(noise.exp(x), np.exp(x)) <= 1
    edges = [0.0, -0.0, -1e300, -math.inf, -746.0, 709.782712893384, math.nextafter(709.782712893384, 800), math.inf]
    assert noise.exp(edges).tolist() == [1, 1, 0, 0, 0, pytest.approx(1.797693134862e308, rel=1e-12), *[math.inf] * 2]
    assert np.isnan(noise.exp([math.nan, 1.0])).tolist() == [True, False]


def test_power_is_close_to_numpys() -> None:
    x = 100 * noise.uniform(4, "base", np.arange(50_000))
    a = 20 * noise.uniform(4, "exponent", np.arange(50_000)) - 10
    np.testing.assert_allclose(noise.power(x, a), x**a, rtol=2e-14)


def test_log_and_exp_keep_shape_and_leave_their_argument_alone() -> None:
    x = np.asfortranarray(np.linspace(0.5, 2, 12).reshape(3, 4))
    before = x.copy()
    for function in (noise.log, noise.exp):
        assert function(x).shape == (3, 4)
        assert function(x[:, ::2]).tolist() == function(x)[:, ::2].tolist()
        assert function(np.empty((0, 3))).shape == (0, 3)
    assert np.array_equal(x, before)


# --- alone, in a crowd, in any order -----------------------------------------------------------


def some_ids(*shape: int) -> NDArray[np.int64]:
    """Return unrelated ids of a shape, negative ones among them."""
    return np.random.default_rng(shape).integers(-(2**63), 2**63 - 1, shape)


@pytest.mark.parametrize("function", EVERY)
def test_alone_is_the_same_as_in_a_crowd_and_in_any_order(function: Callable[..., Any]) -> None:
    n = 3 * exact.CHUNK + 17
    worlds, actors, ordinals = some_ids(3, n)
    together = function(worlds, "crowd", actors, ordinals)
    for i in (0, 1, exact.CHUNK - 1, exact.CHUNK, n - 1):
        assert together[i] == function(int(worlds[i]), "crowd", int(actors[i]), int(ordinals[i]))[0]
        some = slice(i, i + 3)
        assert together[some].tolist() == function(worlds[some], "crowd", actors[some], ordinals[some]).tolist()
    order = np.random.default_rng(6).permutation(n)
    assert np.array_equal(together[order], function(worlds[order], "crowd", actors[order], ordinals[order]))
    assert np.array_equal(together[::-2], function(worlds[::-2], "crowd", actors[::-2], ordinals[::-2]))


@pytest.mark.parametrize("function", EVERY)
def test_every_way_of_broadcasting_gives_the_same(function: Callable[..., Any]) -> None:
    shape = (7, 3000)
    world, actor, both = some_ids(7, 1), some_ids(3000), some_ids(*shape)
    wide = np.broadcast_to(world, shape), np.broadcast_to(actor, shape), both
    cases: list[tuple[Any, ...]] = [
        (world, actor), (world, actor, both), (world, both, actor), (both, world, actor), (world, actor, world),
        (world, 3, actor, 4), (5, actor, world), (world, -1, world, actor, 0), (5, both.T.copy().T, actor),
    ]  # fmt: skip
    for given_ in cases:
        spread = [np.broadcast_to(np.asarray(x), shape).reshape(-1) for x in given_]
        draw = function(given_[0], "broadcast", *given_[1:])
        assert draw.shape == shape
        assert draw.flags.c_contiguous and draw.flags.writeable
        assert np.array_equal(draw.reshape(-1), function(spread[0], "broadcast", *spread[1:]))
    assert np.array_equal(function(wide[0], "b", wide[1]), function(world, "b", actor))
    assert function(world[:, :, None], "b", actor[:4], both[:, :5, None]).shape == (7, 5, 4)
    assert function(actor[:0], "b", 3).shape == (0,)
    assert function(world, "b", actor[:0]).shape == (7, 0)


def test_ids_of_any_width_are_the_same_number_and_arguments_are_left_alone() -> None:
    small = np.arange(-5, 100, dtype=np.int8)
    kept = small.copy()
    wanted = noise.bits(1, "width", small.astype(np.int64))
    for dtype in (np.int16, np.int32, np.int64):
        assert np.array_equal(noise.bits(1, "width", small.astype(dtype)), wanted)
    assert np.array_equal(noise.bits(1, "width", small.astype(np.int64).view(np.uint64)), wanted)
    assert np.array_equal(noise.bits(1, "width", small[5:].view(np.uint8)), wanted[5:])
    assert np.array_equal(noise.bits(np.uint64(2**64 - 1), "width", 1), noise.bits(-1, "width", np.int8(1)))
    assert np.array_equal(small, kept)


@pytest.mark.parametrize("slip", [1.0, True, "a", 2**64, None, np.ones(3)])
def test_what_is_not_an_integer_is_no_identity(slip: Any) -> None:
    with pytest.raises(TypeError, match="seeds and ids are integers"):
        noise.bits(1, "slip", slip)
    with pytest.raises(TypeError, match="seeds and ids are integers"):
        noise.uniform(slip, "slip")


def test_names_positions_and_counts_of_ids_matter() -> None:
    draws = [
        noise.bits(1, "a"), noise.bits(1, "b"), noise.bits(1, "a", 0), noise.bits(1, "a", 0, 0), noise.bits(0, "a", 1),
        noise.bits(2, "a", 3), noise.bits(3, "a", 2), noise.bits(1, "a", 2, 3), noise.bits(1, "a", 3, 2),
    ]  # fmt: skip
    assert len({int(d[0]) for d in draws}) == len(draws)


# --- uniform, chance, threshold ----------------------------------------------------------------


def test_the_smallest_and_the_largest_uniform_are_inside() -> None:
    words = np.array([0, 2**64 - 1, 2**63, 2**63 - 1], dtype=np.uint64)
    noise._to_uniform(words)
    assert words.view(np.float64).tolist() == [2.0**-53, 1 - 2.0**-53, 0.5 + 2.0**-53, 0.5 - 2.0**-53]
    longest, shortest = (np.array([word], dtype=np.uint64) for word in (0, 2**64 - 1))
    for extreme in (longest, shortest):
        noise._to_threshold(extreme)
    assert longest.view(np.int64)[0] == round(53 * math.log(2) * 2**40)
    assert shortest[0] == 1


def test_chance_is_coupled_never_at_0_and_always_from_1() -> None:
    actors = np.arange(20_000)
    before = np.zeros(actors.shape, dtype=bool)
    for p in [-1.0, 0.0, 2.0**-54, 1e-9, 0.001, 0.1, 0.5, 0.5 + 2.0**-52, 0.9, 0.999, 1 - 2.0**-53, 1.0, 2.0]:
        now = noise.chance(p, 7, "coupled", actors)
        assert not (before & ~now).any()
        assert abs(now.mean() - min(max(p, 0), 1)) <= 4.5 * math.sqrt(max(p * (1 - p), 0) / actors.size) + 1e-12
        before = now
    assert before.all()
    assert noise.chance(1.0, 7, "coupled", actors).all()
    assert not noise.chance(0.0, 7, "coupled", actors).any()
    assert not noise.chance(math.nan, 7, "coupled", actors).any()


@quick
@given(st.floats(0, 1), st.floats(0, 1), near)
def test_what_is_true_at_p_is_true_at_every_larger_p(p: float, q: float, seed: int) -> None:
    actors = np.arange(50)
    low, high = (noise.chance(x, seed, "coupled", actors) for x in sorted((p, q)))
    assert not (low & ~high).any()


def test_chance_takes_a_probability_for_each() -> None:
    p = np.array([[0.0, 0.3, 1.0]])
    drawn = noise.chance(p, np.arange(9)[:, None], "each", np.arange(3))
    assert drawn.dtype == bool and drawn.shape == (9, 3)
    assert not drawn[:, 0].any() and drawn[:, 2].all()
    assert np.array_equal(drawn[:, 1], noise.chance(0.3, np.arange(9), "each", 1))
    assert np.array_equal(drawn, noise.uniform(np.arange(9)[:, None], "each", np.arange(3)) < p)


def test_thresholds_are_whole_positive_and_exponential() -> None:
    actors = np.arange(100_000)
    threshold = noise.threshold(8, "clock", actors)
    waiting = noise.exponential(8, "clock", actors)
    assert threshold.dtype == np.int64 and threshold.min() >= 1
    assert np.abs(threshold / noise.UNIT - waiting).max() <= 2.0**-40
    assert stats.kstest(waiting, stats.expon.cdf).pvalue > 1e-3
    uniform = noise.uniform(8, "clock", actors)
    assert np.array_equal(waiting, -noise.log(uniform))


@pytest.mark.parametrize("draws", [0, 1, noise.FEW, noise.FEW + 1, exact.FEW, exact.FEW + 1, 1_000])
def test_uniform_draws_can_be_made_what_they_would_have_been(draws: int) -> None:
    """Exponentials and thresholds out of one list of uniforms are, to the last bit, those drawn by themselves."""
    seeds, actors = noise.bits(3, "world", np.arange(draws)), np.arange(draws)
    uniform = noise.uniform(seeds, "clock", actors)
    before = uniform.copy()
    exponential, threshold = noise.as_exponential(uniform), noise.as_threshold(uniform)
    assert np.array_equal(exponential, noise.exponential(seeds, "clock", actors))
    assert np.array_equal(threshold, noise.threshold(seeds, "clock", actors)) and threshold.dtype == np.int64
    assert np.array_equal(uniform, before)


def test_a_clock_counts_poisson_events_whatever_its_hazard_did_before() -> None:
    # hazard 0.3 for 10 days, then 0.05 for 40: 5 units in all, so Poisson of mean 5
    bearers = np.arange(20_000)
    left = noise.threshold(9, "events", bearers, 0)
    count = np.zeros(bearers.size, dtype=np.int64)
    for hazard in [0.3] * 10 + [0.05] * 40:
        left -= round(hazard * noise.UNIT)
        while (due := np.flatnonzero(left <= 0)).size:
            count[due] += 1
            left[due] += noise.threshold(9, "events", due, count[due])
    seen = np.bincount(np.minimum(count, 13), minlength=14)
    wanted = stats.poisson.pmf(np.arange(14), 5)
    wanted[-1] = stats.poisson.sf(12, 5)
    assert stats.chisquare(seen, wanted * bearers.size).pvalue > 1e-3


# --- the battery -------------------------------------------------------------------------------

SIDE = 512


def balance(words: Words) -> float:
    """Return the p-value of the most lopsided of the 64 bits (Bonferroni)."""
    flat = np.ascontiguousarray(words).reshape(-1)
    ones = np.unpackbits(flat.view(np.uint8)).reshape(flat.size, 64).sum(axis=0, dtype=np.int64)
    z = np.abs(2 * ones - flat.size).max() / math.sqrt(flat.size)
    return float(min(1.0, 64 * 2 * stats.norm.sf(z)))


def even(cells: NDArray[Any], k: int) -> float:
    """Return the two-sided p-value of chi-square: too uneven and too even are both wrong."""
    p = stats.chisquare(np.bincount(cells.reshape(-1).astype(np.int64), minlength=k)).pvalue
    return float(2 * min(p, 1 - p))


def correlation(a: Words, b: Words) -> float:
    """Return the p-value of the linear correlation of two sets of draws."""
    x, y = (w.reshape(-1).astype(np.float64) * 2.0**-64 - 0.5 for w in (a, b))
    return float(2 * stats.norm.sf(abs((x * y).mean() * 12 * math.sqrt(x.size))))


def pairs(a: Words, b: Words) -> float:
    """Return the p-value of the joint distribution of the top 4 bits, and of the low 4 bits."""
    high = (a >> np.uint64(60)) * np.uint64(16) + (b >> np.uint64(60))
    low = (a & np.uint64(15)) * np.uint64(16) + (b & np.uint64(15))
    return min(1.0, 2 * min(even(high, 256), even(low, 256)))


def collisions(words: Words) -> float:
    """Return the p-value of the number of equal neighbours among sorted 32-bit halves, Poisson."""
    p = []
    for half in (words >> np.uint64(32), words & np.uint64(0xFFFFFFFF)):
        same = int((np.diff(np.sort(half.reshape(-1))) == 0).sum())
        wanted = words.size**2 / 2 / 2**32
        p.append(2 * min(stats.poisson.cdf(same, wanted), stats.poisson.sf(same - 1, wanted)))
    return float(min(1.0, 2 * min(p)))


def margins(words: Words) -> float:
    """Return the p-value of the spread of row means and of column means: worlds and actors alike."""
    x = words.astype(np.float64) * 2.0**-64 - 0.5
    p = []
    for axis in (0, 1):
        square = 12 * x.shape[axis] * (x.mean(axis=axis) ** 2).sum()
        p += [stats.chi2.sf(square, x.shape[1 - axis]), stats.chi2.cdf(square, x.shape[1 - axis])]
    return float(min(1.0, 4 * min(p)))


def avalanche(draw: Draw, position: int) -> float:
    """Return the p-value of the worst pair (input bit flipped, output bit) in one argument."""
    tries = 2048
    base = [noise.bits(11, "avalanche", i, np.arange(tries)) for i in range(3)]
    # the first half of the inputs are small numbers, as in use
    base = [np.where(np.arange(tries) < tries // 2, w % np.uint64(1000), w) for w in base]
    before = draw(base[0], "avalanche", base[1], base[2])
    worst = 0.0
    for bit in range(64):
        flipped = list(base)
        flipped[position] = flipped[position] ^ np.uint64(1 << bit)
        changed = before ^ draw(flipped[0], "avalanche", flipped[1], flipped[2])
        ones = np.unpackbits(changed.view(np.uint8)).reshape(tries, 64).sum(axis=0, dtype=np.int64)
        worst = max(worst, float(np.abs(2 * ones - tries).max()) / math.sqrt(tries))
    return float(min(1.0, 64 * 64 * 2 * stats.norm.sf(worst)))


def battery(draw: Draw) -> dict[str, float]:
    """Return a p-value for every test: draws of adjacent seeds, actors, ordinals and names."""
    i = np.arange(SIDE * SIDE, dtype=np.int64)
    row, column = np.arange(SIDE)[:, None], np.arange(SIDE)
    above = np.triu_indices(SIDE, 1)
    grids = {
        "seed x actor": draw(row, "battery", column, 0),
        "seed x ordinal": draw(row, "battery", 0, column),
        "actor x ordinal": draw(1, "battery", row, column),
        "seed x actor, far": draw(row << 32, "battery", column * 1_000_003, -1),
    }
    lines = {
        "seeds": draw(i, "battery", 3, 4),
        "actors": draw(1, "battery", i, 4),
        "ordinals": draw(1, "battery", 3, i),
        "negative": draw(1, "battery", -i, -1),
        "strided": draw(1, "battery", i << 20, 0),
    }
    p: dict[str, float] = {}
    for what, words in {**grids, **lines}.items():
        p[f"high byte of {what}"] = even(words >> np.uint64(56), 256)
        p[f"low byte of {what}"] = even(words & np.uint64(255), 256)
        p[f"bits of {what}"] = balance(words)
        p[f"collisions of {what}"] = collisions(words)
    for what, words in lines.items():
        p[f"KS of {what}"] = float(stats.kstest(words.astype(np.float64) * 2.0**-64, stats.uniform.cdf).pvalue)
        for lag in (1, 2, 256):
            p[f"correlation of {what} at lag {lag}"] = correlation(words[:-lag], words[lag:])
            p[f"pairs of {what} at lag {lag}"] = pairs(words[:-lag], words[lag:])
            p[f"bits of {what} differing at lag {lag}"] = balance(words[:-lag] ^ words[lag:])
    for what, words in grids.items():
        p[f"margins of {what}"] = margins(words)
        # every pair once: counted twice, or with a row in two pairs, the p-values would not be uniform
        p[f"mirror of {what}"] = correlation(words[above], words.T[above])
        p[f"rows of {what}"] = pairs(words[::2], words[1::2])
        p[f"columns of {what}"] = pairs(words[:, ::2], words[:, 1::2])
        # what two mixers side by side never pass: the four corners of a rectangle
        corners = words[:-1, :-1] ^ words[1:, :-1] ^ words[:-1, 1:] ^ words[1:, 1:]
        p[f"rectangles of {what}"] = balance(corners)
    for other in ("battery2", "batterz", ""):
        words = draw(1, other, i, 4)
        p[f"names battery and '{other}'"] = min(pairs(lines["actors"], words), correlation(lines["actors"], words))
    for position, what in enumerate(("seed", "actor", "ordinal")):
        p[f"avalanche of {what}"] = avalanche(draw, position)
    return p


LEVEL = 1e-4
"""Below this a test fails; of about 150 tests on fixed draws a good mixer fails none (chance 1.5%)."""


def test_the_draws_pass_the_battery() -> None:
    p = battery(noise.bits)
    assert len(p) > 80
    assert {what: value for what, value in p.items() if value < LEVEL} == {}
    # and the p-values are themselves not crowded at one end
    assert stats.kstest(list(p.values()), stats.uniform.cdf, alternative="greater").pvalue > 1e-3


def plain(seed: Any, name: str, *who: Any) -> Words:
    """Add everything up and mix nothing."""
    total = np.atleast_1d(np.asarray(seed)).astype(np.uint64) + np.array([noise.key(name)], dtype=np.uint64)
    for word in who:
        total = total + np.atleast_1d(np.asarray(word)).astype(np.uint64)
    return total


def strided(seed: Any, name: str, *who: Any) -> Words:
    """Add everything up, each multiplied by an odd constant, and mix nothing."""
    total = np.atleast_1d(np.asarray(seed)).astype(np.uint64) * noise._GOLDEN_WORD
    total = total + np.array([noise.key(name)], dtype=np.uint64)
    for place, word in enumerate(who):
        factor = np.array([noise.key(f"factor {place}") | 1], dtype=np.uint64)
        total = total + np.atleast_1d(np.asarray(word)).astype(np.uint64) * factor
    return total


def summed(seed: Any, name: str, *who: Any) -> Words:
    """Mix well, but only the sum: one world's actor is the next world's neighbour."""
    total = np.ascontiguousarray(plain(seed, name, *who))
    return noise.bits(total, "sum")


def side_by_side(seed: Any, name: str, *who: Any) -> Words:
    """Mix every argument well, but apart."""
    total = noise.bits(seed, name)
    for place, word in enumerate(who):
        total = total ^ noise.bits(word, f"place {place}")
    return total


def once(seed: Any, name: str, *who: Any) -> Words:
    """Absorb like the real one, with the first half of the mixer only."""
    total = np.array([noise.key(name)], dtype=np.uint64)
    for word in (seed, *who):
        total = total + np.atleast_1d(np.asarray(word)).astype(np.uint64) * noise._GOLDEN_WORD
        total = (total ^ (total >> noise._SHIFTS[0])) * noise._FACTORS[0]
    return total


@pytest.mark.parametrize("weak", [plain, strided, summed, side_by_side, once])
def test_a_weak_mixer_fails_the_battery(weak: Draw) -> None:
    p = battery(weak)
    assert sum(value < LEVEL for value in p.values()) >= 4


def test_several_names_at_once_are_the_names_one_by_one() -> None:
    """A tuple of names is only a faster way to ask several questions."""
    seeds, ids = np.arange(7).astype(np.uint64), np.arange(7)
    names = ("first", "second", "third")
    for draw in (noise.bits, noise.uniform, noise.exponential, noise.threshold):
        for keys in ((seeds, ids, 3), (seeds[:1], 4), (seeds[:, None], ids[:3]), (5, ids), (5,)):
            together = draw(keys[0], names, *keys[1:])
            for number, name in enumerate(names):
                np.testing.assert_array_equal(together[number], draw(keys[0], name, *keys[1:]))
