"""Renaming: draws of several decisions, made in one call.

A call takes as long as the arithmetic on some hundred numbers, and a day has many short lists. The name of a
decision enters its draws as ``key(name) + G * seed`` (`sim.noise`), and G is odd, so it has an inverse modulo
2**64: with ``(key(name) - key(ANY)) / G`` added to a seed, what is drawn under the name `ANY` is what the seed
itself draws under the other. Lists of seeds under several names can then be put one after another.
"""

from __future__ import annotations

from functools import cache

from sim import noise
from sim.exact import constant
from sim.noise import GOLDEN, Words

ANY = "any"
"""The name under which lists that are drawn together are drawn."""

_INVERSE = pow(GOLDEN, -1, 2**64)


def under(name: str, seeds: Words) -> Words:
    """Return the seeds that draw under `ANY` what the given ones draw under a name."""
    return seeds + _step(name)


@cache
def _step(name: str) -> Words:
    """Return what a name adds to a seed."""
    return constant((noise.key(name) - noise.key(ANY)) * _INVERSE % 2**64)
