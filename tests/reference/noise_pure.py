"""The noise scheme once more, in plain Python numbers, written from its description and not from its code.

Slow and short: no arrays, no bit patterns. Where `sim.noise` cuts a float into exponent and
fraction by integer arithmetic, this takes `math.frexp` and `math.ldexp`; where it compares floats,
this counts with integers. Both must agree to the last bit.
"""

from __future__ import annotations

import math
from functools import cache
from hashlib import sha256

WORD = 1 << 64
GOLDEN = 0x9E3779B97F4A7C15
UNIT = 1 << 40
CELLS = 1 << 52

LN2_UPPER = float.fromhex("0x1.62e42feep-1")
LN2_LOWER = float.fromhex("0x1.a39ef35793c76p-33")


@cache
def key(name: str) -> int:
    """Return the key of a decision name: the first 8 bytes of its SHA-256, the first one lowest."""
    return sum(byte << 8 * place for place, byte in enumerate(sha256(name.encode("utf-8")).digest()[:8]))


def mix(z: int) -> int:
    """Return the splitmix64 output of a state."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % WORD
    return z ^ (z >> 31)


def bits(seed: int, name: str, *ids: int) -> int:
    """Return the 64 bits of a draw."""
    state = key(name)
    for number in (seed, *ids):
        state = mix((state + number * GOLDEN) % WORD)
    return state


def cell(seed: int, name: str, *ids: int) -> int:
    """Return which of the 2**52 equal cells of the unit interval a draw falls in."""
    return bits(seed, name, *ids) // (WORD // CELLS)


def uniform(seed: int, name: str, *ids: int) -> float:
    """Return the middle of the cell: an odd number of at most 53 bits over a power of two, so nothing is rounded."""
    return (2 * cell(seed, name, *ids) + 1) / (2 * CELLS)


def chance(p: float, seed: int, name: str, *ids: int) -> bool:
    """Decide with integers: the middles below p are those of the cells below a whole number of cells."""
    numerator, denominator = p.as_integer_ratio()
    # 2 * cell + 1 < 2 * CELLS * p, and the left side is odd
    return (2 * cell(seed, name, *ids) + 1) * denominator < 2 * CELLS * numerator


def log(x: float) -> float:
    """Return the logarithm of x > 0 by the algorithm of fdlibm."""
    fraction, exponent = math.frexp(x)
    if fraction < math.sqrt(0.5):
        fraction, exponent = 2 * fraction, exponent - 1
    f = fraction - 1.0
    s = f / (2.0 + f)
    w = s * s
    v = w * w
    even = v * (0.3999999999940941908 + v * (0.2222219843214978396 + v * 0.1531383769920937332))
    odd = w * (
        0.6666666666666735130 + v * (0.2857142874366239149 + v * (0.1818357216161805012 + v * 0.1479819860511658591))
    )
    half = 0.5 * f * f
    small = s * (half + (odd + even)) + exponent * LN2_LOWER
    return exponent * LN2_UPPER - ((half - small) - f)


def exp(x: float) -> float:
    """Return the exponential of a finite x by the algorithm of fdlibm."""
    if x > 709.782712893384:
        return math.inf
    if x < -746.0:
        return 0.0
    k = round(x * 1.44269504088896338700)
    upper = x - k * LN2_UPPER
    lower = k * LN2_LOWER
    r = upper - lower
    t = r * r
    p = 1.66666666666666019037e-01 + t * (
        -2.77777777770155933842e-03
        + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
    )
    c = r - t * p
    return math.ldexp(1.0 - ((lower - r * c / (2.0 - c)) - upper), k)


def exponential(seed: int, name: str, *ids: int) -> float:
    """Return the exponential draw of mean 1."""
    return -log(uniform(seed, name, *ids))


def threshold(seed: int, name: str, *ids: int) -> int:
    """Return the threshold of a clock."""
    return max(1, round(exponential(seed, name, *ids) * UNIT))
