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
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy import add, bitwise_or, bitwise_xor, multiply, right_shift, subtract
from numpy.typing import ArrayLike, NDArray

from sim import exact
from sim.constants import real, word
from sim.exact import CHUNK, Floats, exp, log, log_one, minus_log, power

__all__ = [
    "GOLDEN",
    "UNIT",
    "WIDTH",
    "Floats",
    "Ints",
    "Name",
    "Words",
    "as_exponential",
    "as_threshold",
    "bits",
    "chance",
    "exp",
    "exponential",
    "key",
    "log",
    "power",
    "threshold",
    "uniform",
]

Ints = int | NDArray[Any]
"""What names a world or an id: an integer, or an array of integers of any width."""

Name = str | tuple[str, ...]
"""The decision; several names make all their draws at once, along a new first axis."""

Words = NDArray[np.uint64]

UNIT = 2**40
"""Integer hazard to one unit of hazard: a year at 1e-9 a day is still counted, and 8 million units fit."""

WIDTH = 52
"""Bits in a uniform draw."""


GOLDEN = 0x9E3779B97F4A7C15
"""G of the scheme, by which every id is multiplied; odd, so it has an inverse modulo 2**64."""

_MASK = 2**64 - 1
_MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST_SHIFT = 31

_GOLDEN_WORD = word(GOLDEN)
_SHIFTS = _SHIFT_1, _SHIFT_2, _SHIFT_3 = tuple(map(word, (*(shift for shift, _ in _MIX), _LAST_SHIFT)))
_FACTORS = _FACTOR_1, _FACTOR_2 = tuple(word(factor) for _, factor in _MIX)
_WORD = np.dtype(np.uint64)
_WHOLE = np.dtype(np.int64)
_FLOAT = np.dtype(np.float64)

FEW = 4
"""Keys up to which Python's own integers are quicker: numpy takes as long for one as for a hundred."""

_DROP = word(64 - WIDTH)
_ONE_BITS = word(0x3FF0000000000000)
_ONE_LESS_HALF_CELL = real(1.0 - 2.0**-53)
_UNIT = real(float(UNIT))
_ONE = real(1.0)


@cache
def key(name: str) -> int:
    """Return the 64-bit key of a decision name.

    SHA-256 rather than `hash`, which changes from process to process, and rather than a position
    in a list, which changes when somebody adds a rule.
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")


def bits(seed: Ints, name: Name, *ids: Ints) -> Words:
    """Return 64 random bits for every world and id.

    Each level is worked out at the smallest shape it has: ``bits(seeds[:, None], name, 0, actors)``
    mixes seeds and the 0 once a world and only the actors once a world and actor. So ids that are
    the same for many go first.

    Args:
        seed: the replication seeds, an integer or an array of integers.
        name: the decision; used for one thing only. A tuple of names returns what each would have
            returned alone, along a new first axis: a call costs more than its elements when they are few.
        *ids: whose decision, which time (actor, ordinal, retry, ...); broadcast with the seeds.

    Returns:
        An array of the broadcast shape, of at least one dimension, owned by the caller.

    Raises:
        TypeError: a seed or an id is not an integer (a float or a bool is a slip, not an identity).
    """
    return _draw(seed, name, ids, _BITS)


def uniform(seed: Ints, name: Name, *ids: Ints) -> Floats:
    """Return uniform draws strictly between 0 and 1: (k + 1/2) / 2**52 for the upper 52 bits k.

    Both u and 1 - u are exact. The arguments are those of `bits`.
    """
    floats: Floats = _draw(seed, name, ids, _UNIFORM)
    return floats


def chance(p: ArrayLike, seed: Ints, name: Name, *ids: Ints) -> NDArray[np.bool_]:
    """Decide with probability p: whether the `uniform` of the same key is below p.

    Decisions of the same key at different p are coupled: what is true at p is true at every larger
    p. The comparison is as exact as one of integers, because a uniform is (k + 1/2) / 2**52 without
    rounding: it is k < ceil(p * 2**52 - 1/2). Up to 2**-53 the answer is never, from 1 on always.

    Args:
        p: probability, broadcast with the seeds and ids; below 0 is taken as 0, above 1 as 1 and
            nan as 0.
        seed: as in `bits`.
        name: as in `bits`.
        *ids: as in `bits`.
    """
    return np.less(uniform(seed, name, *ids), p)


def exponential(seed: Ints, name: Name, *ids: Ints) -> Floats:
    """Return exponential draws with mean 1: minus the `log` of the `uniform` of the same key."""
    floats: Floats = _draw(seed, name, ids, _EXPONENTIAL)
    return floats


def threshold(seed: Ints, name: Name, *ids: Ints) -> NDArray[np.int64]:
    """Return the integer thresholds of unit-rate clocks: `exponential` in `UNIT`, at least 1."""
    return _draw(seed, name, ids, _THRESHOLD)


def as_exponential(uniform: Floats) -> Floats:
    """Return what `exponential` draws where `uniform` has drawn these numbers: both may come out of one list."""
    return exact.elementwise(uniform, minus_log, _minus_log_one)


def as_threshold(uniform: Floats) -> NDArray[np.int64]:
    """Return what `threshold` draws where `uniform` has drawn these numbers."""
    value = as_exponential(uniform)
    multiply(value, _UNIT, value)
    np.rint(value, value)
    return np.maximum(value, _ONE, out=value).astype(_WHOLE)


@dataclass(frozen=True)
class _Finish:
    """How bits are turned into a draw.

    Attributes:
        dtype: of the draw.
        one: turns one word.
        many: turns words in place, and returns them as what they now are.
    """

    dtype: np.dtype[Any]
    one: Callable[[int], int | float]
    many: Callable[[Words], NDArray[Any]]


def _draw(seed: Ints, name: Name, ids: tuple[Ints, ...], finish: _Finish) -> NDArray[Any]:
    """Work out the bits of every key and turn them into a draw.

    A list of seeds with lists of the same length and plain integers is the commonest case by far, and the lists are
    short: what counts are calls, not elements.
    """
    if not (isinstance(seed, np.ndarray) and seed.ndim == 1 and seed.dtype == _WORD and 0 < seed.size <= CHUNK):
        return _draw_any(seed, name, ids, finish)
    shape, size = seed.shape, seed.size
    words: list[Any] = []
    for number in ids:
        if type(number) is int:
            words.append(number)
        elif isinstance(number, np.ndarray) and number.shape == shape and number.dtype.kind in "iu":
            words.append(number if number.itemsize == _WORD.itemsize else number.astype(np.int64))
        else:
            return _draw_any(seed, name, ids, finish)
    if size <= FEW:
        return _draw_few(seed, name, ids, finish)
    product: Words = multiply(seed, _GOLDEN_WORD)
    z: Words = add(product, _start(name))
    t = product if z.ndim == 1 else np.empty_like(z)
    _mix(z, t)
    for number in words:
        if type(number) is int:
            add(z, _step(number), z)
        else:
            multiply(number.view(_WORD), _GOLDEN_WORD, product)
            add(z, product, z)
        _mix(z, t)
    if z.ndim == 1:
        return finish.many(z)
    finish.many(z.reshape(-1))
    return z.view(finish.dtype)


def _draw_any(seed: Ints, name: Name, ids: tuple[Ints, ...], finish: _Finish) -> NDArray[Any]:
    """Do the same for seeds and ids of any shape, chunk by chunk in place."""
    words = [_words(value) for value in (seed, *ids)]
    shape = words[0].shape if len(words) == 1 else np.broadcast(*words).shape
    level = 0
    state: Words
    if isinstance(name, tuple):
        state = np.array([key(n) for n in name], dtype=np.uint64).reshape(-1, *[1] * len(shape))
        shape = (len(name), *shape)
    else:
        first = key(name)
        # one number for all: Python's integers beat nine calls to numpy
        while level < len(words) and words[level].size == 1:
            first = _mix_one(first + GOLDEN * int(words[level].item()))
            level += 1
        state = word(first)
    # then what is shared by many: once each, at its own shape
    while level < len(words) and words[level].shape != shape and np.broadcast(state, words[level]).shape != shape:
        state = _add(state, words[level])
        flat = state.reshape(-1)
        for start in range(0, flat.size, CHUNK):
            part = flat[start : start + CHUNK]
            _mix(part, np.empty_like(part))
        level += 1

    # the rest at the full shape; a chunk goes through all levels while it is in the cache
    full = [w if w.size == 1 or w.shape == shape else np.broadcast_to(w, shape) for w in words[level:]]
    if full and state.size > 1:
        out = _add(state, words[level])
    else:
        out = np.empty(shape, dtype=np.uint64)
        if not full:
            out[...] = state
    flat = out.reshape(-1)
    columns = [w.reshape(-1) for w in full]
    spare = np.empty(min(flat.size, CHUNK), dtype=np.uint64)
    for start in range(0, flat.size, CHUNK):
        z = flat[start : start + CHUNK]
        t = spare[: z.size]
        for number, column in enumerate(columns):
            part = column if column.size == 1 else column[start : start + CHUNK]
            if number > 0:
                multiply(part, _GOLDEN_WORD, t[: part.size])
                add(z, t[: part.size], z)
            elif state.size == 1:
                multiply(part, _GOLDEN_WORD, z)
                add(z, state, z)
            _mix(z, t)
        finish.many(z)
    return out.view(finish.dtype)


@cache
def _start(name: Name) -> Words:
    """Return the key of a decision name as a word that numpy need not convert; of several names as a column."""
    return word(key(name)) if isinstance(name, str) else np.array([[key(n)] for n in name], dtype=np.uint64)


@lru_cache(maxsize=4096)
def _step(number: int) -> Words:
    """Return what absorbing an integer adds to the state, as a word that numpy need not convert."""
    return word(number * GOLDEN & _MASK)


def _draw_few(seed: Words, name: Name, ids: tuple[Any, ...], finish: _Finish) -> NDArray[Any]:
    """Do the same for a list of few, in Python's own integers: a small world asks one or two households at a time."""
    names = (name,) if isinstance(name, str) else name
    lists = [[number] * seed.size if type(number) is int else number.tolist() for number in ids]
    out = []
    for numbers in zip(seed.tolist(), *lists, strict=True):
        for n in names:
            state = key(n)
            for number in numbers:
                state = _mix_one(state + GOLDEN * number)
            out.append(finish.one(state))
    drawn = np.array(out, dtype=finish.dtype)
    return drawn if isinstance(name, str) else drawn.reshape(-1, len(names)).T.copy()


def _words(value: Ints) -> Words:
    """View integers of any width as 64-bit words of at least one dimension."""
    # uint64 scalars warn when they wrap, arrays do not
    given = np.asarray(value)
    if given.dtype.kind == "i":
        words = given.astype(np.int64, copy=False).view(np.uint64)
    elif given.dtype.kind == "u":
        words = given.astype(np.uint64, copy=False)
    else:
        raise TypeError(f"seeds and ids are integers of up to 64 bits, not {given.dtype}")
    return words if words.ndim else words.reshape(1)


def _add(state: Words, word: Words) -> Words:
    """Absorb a word, still to be mixed."""
    total: Words = np.add(state, word * _GOLDEN_WORD, order="C")
    return total


def _mix_one(z: int) -> int:
    """Mix one word."""
    z &= _MASK
    for shift, factor in _MIX:
        z = (z ^ z >> shift) * factor & _MASK
    return z ^ z >> _LAST_SHIFT


def _mix(z: Words, t: Words) -> None:
    """Mix every word of z in place, with t to work in."""
    # written out, and where the result goes said by position: lists are short, and half of the time is the calling
    right_shift(z, _SHIFT_1, t)
    bitwise_xor(z, t, z)
    multiply(z, _FACTOR_1, z)
    right_shift(z, _SHIFT_2, t)
    bitwise_xor(z, t, z)
    multiply(z, _FACTOR_2, z)
    right_shift(z, _SHIFT_3, t)
    bitwise_xor(z, t, z)


def _stay(z: Words) -> Words:
    """Let words be what they are."""
    return z


def _to_uniform(z: Words) -> Floats:
    """Turn words in place into floats in (0, 1)."""
    # the upper bits as the fraction of a float in [1, 2); subtracting 1 - 2**-53 is exact
    right_shift(z, _DROP, z)
    bitwise_or(z, _ONE_BITS, z)
    value = z.view(_FLOAT)
    subtract(value, _ONE_LESS_HALF_CELL, value)
    return value


def _to_exponential(z: Words) -> Floats:
    """Turn words in place into exponential floats."""
    value = _to_uniform(z)
    if value.size <= exact.FEW:
        value[:] = [_minus_log_one(one) for one in value.tolist()]
    else:
        minus_log(value, value)
    return value


def _to_threshold(z: Words) -> NDArray[np.int64]:
    """Turn words in place into integer thresholds."""
    value = _to_exponential(z)
    multiply(value, _UNIT, value)
    np.rint(value, value)
    np.maximum(value, _ONE, out=value)  # here numpy wants it by name
    whole = z.view(_WHOLE)
    whole[...] = value
    return whole


def _one_uniform(z: int) -> float:
    """Turn a word into a float in (0, 1)."""
    return (z >> 64 - WIDTH << 1 | 1) * 2.0 ** -(WIDTH + 1)


def _one_exponential(z: int) -> float:
    """Turn a word into an exponential float."""
    return _minus_log_one(_one_uniform(z))


def _minus_log_one(uniform: float) -> float:
    """Return what `minus_log` does of one uniform draw."""
    value = log_one(uniform)
    assert value is not None, "a uniform is a positive normal number"
    return -value


def _one_threshold(z: int) -> int:
    """Turn a word into an integer threshold."""
    return max(round(_one_exponential(z) * UNIT), 1)


_BITS = _Finish(_WORD, int, _stay)
_UNIFORM = _Finish(_FLOAT, _one_uniform, _to_uniform)
_EXPONENTIAL = _Finish(_FLOAT, _one_exponential, _to_exponential)
_THRESHOLD = _Finish(_WHOLE, _one_threshold, _to_threshold)
