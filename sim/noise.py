"""Keyed, stateless draws: the same question asked of the same world always gets the same answer.

A draw is a pure function of (replication seed, decision name, integer ids). There is no generator,
no stream and no position: nothing is used up by asking, so it does not matter who asks first, how
many others ask, whether a world runs alone or stacked with ten thousand, or on which worker. That
is what makes two scenarios comparable event by event. Giving two runs the same generator seed does
not: after the first difference the stream slips by one and every later draw lands on another
decision (Pearson, Klein & Buffalo 2026: the same seed is not common random numbers). Here a policy
changes only the draws of what it touches, and a difference between twins is its effect, not noise.

Clocks follow the random time change (Rathinam, Sheppard & Khammash 2010): the k-th event of a
bearer comes when its accumulated hazard crosses the k-th unit exponential `threshold`. A policy
that changes a hazard shifts the time of the event; the threshold stays. Hazards and thresholds are
integers, `UNIT` to one unit of hazard, so that sums do not depend on the order of adding.

The scheme, all arithmetic modulo 2**64, with G = 0x9E3779B97F4A7C15::

    key(name)            first 8 bytes of SHA-256 of the name in UTF-8, little-endian
    mix(z)               z ^= z >> 30;  z *= 0xBF58476D1CE4E5B9
                         z ^= z >> 27;  z *= 0x94D049BB133111EB
                         z ^= z >> 31
    bits(seed, name)     mix(key(name) + G * seed)
    bits(..., id)        mix(bits(...) + G * id)

``mix`` is the output function of splitmix64 (Steele, Lea & Flood 2014), and every level is element
number ``id`` of the splitmix64 stream that starts at the level before. ``mix`` is one-to-one, so
two ids under the same prefix can never share their bits. Ids are signed 64-bit; a negative one
enters as its two's complement. `uniform` takes the upper 52 bits, in the middle of their cell: one
bit more and the largest would round to 1.0.

`log` and `exp` are written with + - * / and integer operations, which IEEE 754 fixes to the last
bit (numpy never fuses a multiplication with an addition across two calls). numpy's own differ
between CPUs in the last place, which is enough to flip a decision. The algorithms are those of
fdlibm (Sun Microsystems 1993; below one unit in the last place).
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = int | NDArray[Any]
"""What names a world or an id: an integer, or an array of integers of any width."""

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]

UNIT = 2**40
"""Integer hazard to one unit of hazard: a year at 1e-9 a day is still counted, and 8 million units fit."""

WIDTH = 52
"""Bits in a uniform draw."""

# Elements worked on at a time: a few arrays of this many words stay in the second-level cache.
_CHUNK = 8192

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
_LAST_SHIFT = np.uint64(31)
_DROP = np.uint64(64 - WIDTH)
_ONE_BITS = np.uint64(0x3FF0000000000000)
_ONE_LESS_HALF_CELL = 1.0 - 2.0**-53


@cache
def key(name: str) -> int:
    """Return the 64-bit key of a decision name.

    SHA-256 rather than `hash`, which changes from process to process, and rather than a position
    in a list, which changes when somebody adds a rule.
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


def bits(seed: Ints, name: str, *ids: Ints) -> Words:
    """Return 64 random bits for every world and id.

    Work is done at the smallest shape possible: ``bits(seeds[:, None], name, actors, 0)`` mixes the
    seeds once a world and only the actors once a world and actor. Put the ids with the larger
    shapes last where there is a choice.

    Args:
        seed: the replication seeds, an integer or an array of integers.
        name: the decision; used for one thing only.
        *ids: whose decision, which time (actor, ordinal, retry, ...); broadcast with the seeds.

    Returns:
        An array of the broadcast shape, of at least one dimension, owned by the caller.

    Raises:
        TypeError: a seed or an id is not an integer (a float or a bool is a slip, not an identity).
    """
    # uint64 scalars warn when they wrap, arrays do not: everything here has at least one dimension
    state = np.array([key(name)], dtype=np.uint64)
    for word in (seed, *ids):
        step = _words(word) * _GOLDEN
        shape = np.broadcast_shapes(state.shape, step.shape)
        if shape == state.shape:
            np.add(state, step, out=state)
        else:
            state = np.add(state, step, order="C")
        _mix(state.reshape(-1))
    return state


def uniform(seed: Ints, name: str, *ids: Ints) -> Floats:
    """Return uniform draws strictly between 0 and 1: (k + 1/2) / 2**52 for the upper 52 bits k.

    Both u and 1 - u are exact. The arguments are those of `bits`.
    """
    state = bits(seed, name, *ids)
    flat = state.reshape(-1)
    for start in range(0, flat.size, _CHUNK):
        _to_uniform(flat[start : start + _CHUNK])
    return state.view(np.float64)


def chance(p: ArrayLike, seed: Ints, name: str, *ids: Ints) -> NDArray[np.bool_]:
    """Decide with probability p: whether the uniform draw of the same key is below p.

    The comparison is of integers. Decisions of the same key at different p are coupled: what is
    true at p is true at every larger p. Below 2**-53 the answer is always no, from 1 on always yes.

    Args:
        p: probability, broadcast with the seeds and ids; values outside [0, 1] are taken as 0 or 1.
        seed: as in `bits`.
        name: as in `bits`.
        *ids: as in `bits`.
    """
    # (k + 1/2) < p * 2**52 as integers: k < ceil(p * 2**52 - 1/2); each step is exact for p in [0, 1]
    limit = np.minimum(np.maximum(np.asarray(p, dtype=np.float64), 0.0), 1.0) * 2.0**WIDTH
    limit = np.ceil(limit - 0.5).astype(np.int64)
    state = bits(seed, name, *ids)
    np.right_shift(state, _DROP, out=state)
    return np.less(state.view(np.int64), limit)


def exponential(seed: Ints, name: str, *ids: Ints) -> Floats:
    """Return exponential draws with mean 1: minus the `log` of the `uniform` of the same key."""
    draw = uniform(seed, name, *ids)
    flat = draw.reshape(-1)
    for start in range(0, flat.size, _CHUNK):
        part = flat[start : start + _CHUNK]
        _log_normal_range(part, part)
        np.negative(part, out=part)
    return draw


def threshold(seed: Ints, name: str, *ids: Ints) -> NDArray[np.int64]:
    """Return the integer thresholds of unit-rate clocks: `exponential` in `UNIT`, at least 1."""
    draw = exponential(seed, name, *ids)
    np.multiply(draw, float(UNIT), out=draw)
    np.rint(draw, out=draw)
    np.maximum(draw, 1.0, out=draw)
    return draw.astype(np.int64)


def log(x: ArrayLike) -> Floats:
    """Return the natural logarithm, the same to the last bit on every machine.

    Within one unit in the last place. Zero gives -inf, a negative number or nan gives nan, without
    a warning.

    Args:
        x: float64 values; not changed.
    """
    given = np.asarray(x, dtype=np.float64)
    source = np.ascontiguousarray(given).reshape(-1)
    out = np.empty_like(source)
    for start in range(0, source.size, _CHUNK):
        part, to = source[start : start + _CHUNK], out[start : start + _CHUNK]
        if part.min() >= _SMALLEST_NORMAL and part.max() < np.inf:
            _log_normal_range(part, to)
        else:  # also taken for nan, which fails both comparisons
            _log_special(part, to)
    return out.reshape(given.shape)


def exp(x: ArrayLike) -> Floats:
    """Return the exponential, the same to the last bit on every machine.

    Within one unit in the last place; inf above 709.78, gradually 0 below -708.4, without a
    warning; nan gives nan.

    Args:
        x: float64 values; not changed.
    """
    given = np.asarray(x, dtype=np.float64)
    source = np.ascontiguousarray(given).reshape(-1)
    out = np.empty_like(source)
    for start in range(0, source.size, _CHUNK):
        _exp(source[start : start + _CHUNK], out[start : start + _CHUNK])
    return out.reshape(given.shape)


def power(x: ArrayLike, a: ArrayLike) -> Floats:
    """Return x to the power a for x > 0, as ``exp(a * log(x))``.

    The relative error grows with the size of the exponent of the result, up to about 1e-13.
    """
    return exp(np.asarray(a, dtype=np.float64) * log(x))


def _words(value: Ints) -> Words:
    """View integers of any width as 64-bit words of at least one dimension."""
    given = np.asarray(value)
    if given.dtype.kind == "i":
        words = given.astype(np.int64, copy=False).view(np.uint64)
    elif given.dtype.kind == "u":
        words = given.astype(np.uint64, copy=False)
    else:
        raise TypeError(f"seeds and ids are integers of up to 64 bits, not {given.dtype}")
    return np.atleast_1d(words)


def _mix(flat: Words) -> None:
    """Mix every word in place."""
    spare = np.empty(min(flat.size, _CHUNK), dtype=np.uint64)
    for start in range(0, flat.size, _CHUNK):
        z = flat[start : start + _CHUNK]
        t = spare[: z.size]
        for shift, factor in _MIX:
            np.right_shift(z, shift, out=t)
            np.bitwise_xor(z, t, out=z)
            np.multiply(z, factor, out=z)
        np.right_shift(z, _LAST_SHIFT, out=t)
        np.bitwise_xor(z, t, out=z)


def _to_uniform(z: Words) -> None:
    """Turn words in place into the bit patterns of floats in (0, 1)."""
    # the upper bits as the fraction of a float in [1, 2); subtracting 1 - 2**-53 is exact
    np.right_shift(z, _DROP, out=z)
    np.bitwise_or(z, _ONE_BITS, out=z)
    value = z.view(np.float64)
    np.subtract(value, _ONE_LESS_HALF_CELL, out=value)


# Constants of fdlibm's e_log.c and e_exp.c. ln 2 comes in two parts; the upper one has so many
# trailing zeros that its product with an exponent is exact.
_SMALLEST_NORMAL = 2.0**-1022
_SQRT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
_EXPONENT_SHIFT = np.int64(52)
_LN2_UPPER = 6.93147180369123816490e-01
_LN2_LOWER = 1.90821492927058770002e-10
_INVERSE_LN2 = 1.44269504088896338700e00
_LOG_EVEN = (1.531383769920937332e-01, 2.222219843214978396e-01, 3.999999999940941908e-01)
_LOG_ODD = (
    1.479819860511658591e-01,
    1.818357216161805012e-01,
    2.857142874366239149e-01,
    6.666666666666735130e-01,
)
_EXP = (
    4.13813679705723846039e-08,
    -1.65339022054652515390e-06,
    6.61375632143793436117e-05,
    -2.77777777770155933842e-03,
    1.66666666666666019037e-01,
)
_EXP_LARGEST = 7.09782712893383973096e02
_EXP_SMALLEST = -746.0
_BIAS = np.int64(1023)
_HALVE = np.int64(1)


def _log_normal_range(x: Floats, out: Floats) -> None:
    """Write log(x) of positive normal numbers to ``out``, which may be ``x``."""
    # x = 2**k * z with z in [sqrt(1/2), sqrt(2)), by integer arithmetic on the bit pattern
    k = x.view(np.int64) - _SQRT_HALF_BITS
    np.right_shift(k, _EXPONENT_SHIFT, out=k)
    z = np.left_shift(k, _EXPONENT_SHIFT)
    np.subtract(x.view(np.int64), z, out=z)
    exponent = k.astype(np.float64)

    # log(1 + f) = f - f*f/2 + s*(f*f/2 + R(s*s)) with s = f / (2 + f)
    f = z.view(np.float64)
    np.subtract(f, 1.0, out=f)
    s = f + 2.0
    np.divide(f, s, out=s)
    w = s * s
    w2 = w * w
    odd = w2 * _LOG_ODD[0]
    for c in _LOG_ODD[1:]:
        np.add(odd, c, out=odd)
        np.multiply(odd, w if c is _LOG_ODD[-1] else w2, out=odd)
    even = w2 * _LOG_EVEN[0]
    for c in _LOG_EVEN[1:]:
        np.add(even, c, out=even)
        np.multiply(even, w2, out=even)
    np.add(odd, even, out=odd)
    half = even
    np.multiply(f, 0.5, out=half)
    np.multiply(half, f, out=half)
    np.add(odd, half, out=odd)
    np.multiply(odd, s, out=odd)
    np.multiply(exponent, _LN2_LOWER, out=w)
    np.add(odd, w, out=odd)
    np.subtract(half, odd, out=half)
    np.subtract(half, f, out=half)
    np.multiply(exponent, _LN2_UPPER, out=exponent)
    np.subtract(exponent, half, out=out)


def _log_special(x: Floats, out: Floats) -> None:
    """Write log(x) of any floats to ``out``."""
    fine = (x > 0) & (x < np.inf)
    small = fine & (x < _SMALLEST_NORMAL)
    scaled = np.where(fine, x, 1.0)
    np.multiply(scaled, 2.0**54, out=scaled, where=small)
    _log_normal_range(scaled, out)
    # only the exponent is off, so redo the small ones with both parts of 54 ln 2
    np.subtract(out, 54 * _LN2_LOWER, out=out, where=small)
    np.subtract(out, 54 * _LN2_UPPER, out=out, where=small)
    out[x == 0] = -np.inf
    out[x == np.inf] = np.inf
    out[(x < 0) | np.isnan(x)] = np.nan


def _exp(x: Floats, out: Floats) -> None:
    """Write exp(x) to ``out``."""
    r = np.minimum(np.maximum(x, _EXP_SMALLEST), _EXP_LARGEST)
    blank = np.isnan(r)
    any_blank = bool(blank.any())
    if any_blank:
        r[blank] = 0.0
    # x = k ln 2 + (upper - lower)
    k = r * _INVERSE_LN2
    np.rint(k, out=k)
    upper = k * _LN2_UPPER
    np.subtract(r, upper, out=upper)
    lower = k * _LN2_LOWER
    np.subtract(upper, lower, out=r)

    # exp(r) = 1 + (r - (lower - r*c/(2 - c)))  with c = r - r*r*P(r*r)
    t = r * r
    c = t * _EXP[0]
    for coefficient in _EXP[1:]:
        np.add(c, coefficient, out=c)
        np.multiply(c, t, out=c)
    np.subtract(r, c, out=c)
    np.multiply(r, c, out=r)
    np.subtract(2.0, c, out=c)
    np.divide(r, c, out=r)
    np.subtract(lower, r, out=r)
    np.subtract(r, upper, out=r)
    np.subtract(1.0, r, out=r)

    # times 2**k in two factors, so that each is a normal number and only the last step can round
    whole = k.astype(np.int64)
    first = np.right_shift(whole, _HALVE)
    np.subtract(whole, first, out=whole)
    for part in (first, whole):
        np.add(part, _BIAS, out=part)
        np.left_shift(part, _EXPONENT_SHIFT, out=part)
    np.multiply(r, first.view(np.float64), out=r)
    np.multiply(r, whole.view(np.float64), out=out)
    if x.max() > _EXP_LARGEST or any_blank:
        out[x > _EXP_LARGEST] = np.inf
        out[np.isnan(x)] = np.nan
