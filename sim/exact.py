"""Logarithm and exponential, the same to the last bit on every machine.

They are written with + - * / and integer operations, which IEEE 754 fixes to the last bit (numpy
never fuses a multiplication with an addition across two calls). numpy's own differ between CPUs in
the last place, which is enough to flip a decision. The algorithms are those of fdlibm (Sun
Microsystems 1993; below one unit in the last place).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import absolute, add, bitwise_and, divide, left_shift, multiply, rint, subtract
from numpy.typing import ArrayLike, NDArray

from sim.constants import constant, real, word

Floats = NDArray[np.float64]

# Elements worked on at a time: the working arrays of this length stay in the second-level cache.
CHUNK = 16384

# Numbers up to which Python's own are quicker: numpy takes as long for one as for a hundred.
FEW = 22

_HALF = real(0.5)
_ONE = real(1.0)
_TWO = real(2.0)


def log(x: ArrayLike) -> Floats:
    """Return the natural logarithm, the same to the last bit on every machine.

    Within one unit in the last place. Zero gives -inf, a negative number or nan gives nan, without
    a warning.

    Args:
        x: float64 values; not changed.
    """
    return elementwise(x, _log, log_one)


def exp(x: ArrayLike) -> Floats:
    """Return the exponential, the same to the last bit on every machine.

    Within one unit in the last place; inf above 709.78, gradually 0 below -708.4, without a
    warning; nan gives nan.

    Args:
        x: float64 values; not changed.
    """
    return elementwise(x, _exp, exp_one)


def power(x: ArrayLike, a: ArrayLike) -> Floats:
    """Return x to the power a for x > 0, as ``exp(a * log(x))``.

    The relative error grows with the logarithm of the result, up to about 1e-13.
    """
    return exp(np.asarray(a, dtype=np.float64) * log(x))


def logistic(x: ArrayLike) -> Floats:
    """Return 1 / (1 + exp(-x)), the same to the last bit on every machine."""
    return 1.0 / (1.0 + exp(-np.asarray(x, dtype=np.float64)))


def elementwise(x: ArrayLike, kernel: Callable[..., Floats], one: Callable[[float], float | None]) -> Floats:
    """Return what a kernel makes of an array, chunk by chunk, or its twin of each of few numbers; a new array."""
    given = np.asarray(x, dtype=np.float64)
    if given.ndim == 1 and FEW < given.size <= CHUNK:
        return kernel(given)
    source = given.reshape(-1)
    if source.size <= FEW:
        values = [one(value) for value in source.tolist()]
        if None not in values:
            return np.array(values, dtype=np.float64).reshape(given.shape)
    if source.size <= CHUNK:
        return kernel(source).reshape(given.shape)
    out = np.empty(source.size)
    for start in range(0, source.size, CHUNK):
        kernel(source[start : start + CHUNK], out[start : start + CHUNK])
    return out.reshape(given.shape)


# Constants of fdlibm's e_log.c and e_exp.c. ln 2 comes in two parts; the upper one has so many
# trailing zeros that its product with an exponent is exact.
_WHOLE, _FLOAT = np.dtype(np.int64), np.dtype(np.float64)
_SMALLEST_NORMAL = 2.0**-1022
_SMALLEST_BITS = word(1 << 52)
_NORMAL_BITS = word(0x7FE << 52)  # from the smallest normal number on: so many are positive, normal and finite
_SQRT_HALF_BITS = constant(0x3FE6A09E667F3BCD, np.int64)
_EXPONENT_SHIFT = constant(52, np.int64)
_EXPONENT_BITS = constant(-1 << 52, np.int64)
_STEP = 2.0**52  # of one exponent to the next, between the bits of two numbers read as whole numbers
_LN2_UPPER = real(6.93147180369123816490e-01)
_LN2_LOWER = real(1.90821492927058770002e-10)
_LN2_UPPER_OF_BITS, _LN2_LOWER_OF_BITS = real(float(_LN2_UPPER) / _STEP), real(float(_LN2_LOWER) / _STEP)
_INVERSE_LN2 = real(1.44269504088896338700e00)
_LOG_ODD = (
    real(1.479819860511658591e-01),
    real(1.818357216161805012e-01),
    real(2.857142874366239149e-01),
    real(6.666666666666735130e-01),
)
_LOG_EVEN = (
    real(1.531383769920937332e-01),
    real(2.222219843214978396e-01),
    real(3.999999999940941908e-01),
)
_EXP = (
    real(4.13813679705723846039e-08),
    real(-1.65339022054652515390e-06),
    real(6.61375632143793436117e-05),
    real(-2.77777777770155933842e-03),
    real(1.66666666666666019037e-01),
)
_EXP_LARGEST = 7.09782712893383973096e02
_EXP_SMALLEST = -746.0  # its exponential is 0, as that of everything below
_ORDINARY = 700.0  # neither the exponential of this nor of its negative comes near to what a float holds
_ORDINARY_LIMIT = real(_ORDINARY)
_LN2 = float(_LN2_UPPER), float(_LN2_LOWER)
_SQRT_HALF = float(_SQRT_HALF_BITS.view(np.float64))
_LOG_ONE = tuple(map(float, _LOG_ODD)), tuple(map(float, _LOG_EVEN))
_EXP_ONE = tuple(float(c) for c in (_INVERSE_LN2, *_EXP))


# In what follows it is said by position where a result goes: by name costs as much as a short list takes. What goes
# nowhere goes into an array of its own, which is quicker made than a row of working memory is taken out.


def polynomial(coefficients: Sequence[NDArray[Any]] | NDArray[Any], x: Floats) -> Floats:
    """Return the polynomial in x, highest power first, by Horner's rule."""
    highest, *others, last = coefficients
    value: Floats = multiply(x, highest)
    for c in others:
        add(value, c, value)
        multiply(value, x, value)
    add(value, last, value)
    return value


def _log(x: Floats, out: Floats | None = None) -> Floats:
    """Return log(x), in ``out`` if given."""
    if np.count_nonzero(subtract(x.view(np.uint64), _SMALLEST_BITS) < _NORMAL_BITS) == x.size:
        upper, lower = _log_parts(x)
        return subtract(upper, lower, upper if out is None else out)
    fine = (x > 0) & (x < np.inf)
    small = fine & (x < _SMALLEST_NORMAL)
    scaled = np.where(fine, x, 1.0)
    multiply(scaled, 2.0**54, out=scaled, where=small)
    upper, lower = _log_parts(scaled, np.where(small, 54.0, 0.0))
    out = subtract(upper, lower, upper if out is None else out)
    out[x == 0] = -np.inf
    out[x == np.inf] = np.inf
    out[(x < 0) | np.isnan(x)] = np.nan
    return out


def minus_log(x: Floats, out: Floats | None = None) -> Floats:
    """Return -log(x) of positive normal numbers x other than 1, in ``out`` if given, which may be ``x``."""
    upper, lower = _log_parts(x)
    return subtract(lower, upper, upper if out is None else out)


def _log_parts(x: Floats, lift: Floats | None = None) -> tuple[Floats, Floats]:
    """Return two numbers whose difference is log(x / 2**lift), of positive normal numbers x."""
    # x = 2**k * z with z in [sqrt(1/2), sqrt(2)), by integer arithmetic on the bit pattern, in which k is k * 2**52
    bits = x.view(_WHOLE)
    k = subtract(bits, _SQRT_HALF_BITS)
    bitwise_and(k, _EXPONENT_BITS, k)
    z = subtract(bits, k)
    exponent = k.astype(_FLOAT)
    if lift is not None:
        subtract(exponent, lift * _STEP, exponent)

    # log(1 + f) = f - (f*f/2 - s*(f*f/2 + R(s*s))) with s = f / (2 + f)
    f = z.view(_FLOAT)
    subtract(f, _ONE, f)
    s = add(f, _TWO)
    divide(f, s, s)
    w = multiply(s, s)
    w2 = multiply(w, w)
    odd = polynomial(_LOG_ODD, w2)
    multiply(odd, w, odd)
    even = polynomial(_LOG_EVEN, w2)
    multiply(even, w2, even)
    add(odd, even, odd)
    half = even
    multiply(f, _HALF, half)
    multiply(half, f, half)
    add(odd, half, odd)
    multiply(odd, s, odd)
    # log(x) = k*upper - ((f*f/2 - (s*(f*f/2 + R) + k*lower)) - f): small parts first
    multiply(exponent, _LN2_LOWER_OF_BITS, w)
    add(odd, w, odd)
    subtract(half, odd, half)
    subtract(half, f, half)
    multiply(exponent, _LN2_UPPER_OF_BITS, exponent)
    return exponent, half


def log_one(x: float) -> float | None:
    """Return log(x), bit for bit as `log_normal` has it; nothing unless x is positive, normal and finite."""
    if not _SMALLEST_NORMAL <= x < math.inf:
        return None
    z, k = math.frexp(x)
    if z < _SQRT_HALF:
        z, k = 2.0 * z, k - 1
    f = z - 1.0
    s = f / (f + 2.0)
    w = s * s
    w2 = w * w
    (a, b, c, d), (p, q, r) = _LOG_ONE
    odd = (((a * w2 + b) * w2 + c) * w2 + d) * w
    even = ((p * w2 + q) * w2 + r) * w2
    half = f * 0.5 * f
    odd = (odd + even + half) * s + k * _LN2[1]
    return k * _LN2[0] - (half - odd - f)


def exp_one(x: float) -> float | None:
    """Return exp(x), bit for bit as `exp` has it; nothing unless x lies between -700 and 700."""
    if not -_ORDINARY <= x <= _ORDINARY:
        return None
    k = round(x * _EXP_ONE[0])
    upper, lower = x - k * _LN2[0], k * _LN2[1]
    r = upper - lower
    t = r * r
    _, p, q, s, u, v = _EXP_ONE
    c = r - ((((p * t + q) * t + s) * t + u) * t + v) * t
    r = 1.0 - (lower - r * c / (2.0 - c) - upper)
    return r * math.ldexp(1.0, k)


def _exp(x: Floats, out: Floats | None = None) -> Floats:
    """Return exp(x), in ``out`` if given."""
    if np.count_nonzero(absolute(x) <= _ORDINARY_LIMIT) == x.size:
        r, k = _exp_parts(x)
        left_shift(k, _EXPONENT_SHIFT, k)
        out = r if out is None else out
        add(r.view(_WHOLE), k, out.view(_WHOLE))  # times 2**k: a normal number, so nothing is rounded
        return out
    inside = np.minimum(np.maximum(x, _EXP_SMALLEST), _EXP_LARGEST)
    inside[np.isnan(x)] = 0.0
    r, k = _exp_parts(inside)
    # times 2**k in two factors: each is a normal number, and only the last step can round
    first = k >> 1
    for part in (first, k - first):
        multiply(r, (part + 1023 << 52).view(np.float64), r)
    r[x > _EXP_LARGEST] = np.inf
    r[np.isnan(x)] = np.nan
    if out is None:
        return r
    out[...] = r
    return out


def _exp_parts(x: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return r and k with exp(x) = r * 2**k, for x between the smallest and the largest."""
    # x = k*ln 2 + r with r = upper - lower
    k = multiply(x, _INVERSE_LN2)
    rint(k, k)
    upper = multiply(k, _LN2_UPPER)
    subtract(x, upper, upper)
    lower = multiply(k, _LN2_LOWER)
    r = subtract(upper, lower)

    # exp(r) = 1 - ((lower - r*c/(2 - c)) - upper) with c = r - r*r*P(r*r)
    t = multiply(r, r)
    c = polynomial(_EXP, t)
    multiply(c, t, c)
    subtract(r, c, c)
    multiply(r, c, r)
    subtract(_TWO, c, c)
    divide(r, c, r)
    subtract(lower, r, r)
    subtract(r, upper, r)
    subtract(_ONE, r, r)
    return r, k.astype(_WHOLE)
