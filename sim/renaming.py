"""Renaming: draws of several decisions, made in one call.

A call takes as long as the arithmetic on some hundred numbers, and a day has many short lists. The name of a
decision enters its draws as ``key(name) + G * seed`` (`sim.noise`), and G is odd, so it has an inverse modulo
2**64: with ``(key(name) - key(ANY)) / G`` added to a seed, what is drawn under the name `ANY` is what the seed
itself draws under the other. Lists of seeds under several names can then be put one after another.

An id enters in the same way. So what is common to many draws, the world's seed, the name and perhaps first ids, can be
worked out once for all of them (`begun`), and the next id be added to it as if to a seed (`going_on`); `of_worlds`,
`of_kinds` and `regular` keep it. And a draw that has no id is one that the seed 0 draws with an id (`as_id`), and
stands in one list with others that have one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import Kind
from sim.constants import whole, word
from sim.noise import GOLDEN, Ints, Words

if TYPE_CHECKING:
    from sim.worlds import Worlds

ANY = "any"
"""The name under which lists that are drawn together are drawn."""

KINDS = len(Kind)

_INVERSE = pow(GOLDEN, -1, 2**64)


def under(name: str, seeds: Words) -> Words:
    """Return the seeds that draw under `ANY` what the given ones draw under a name."""
    return seeds + _step(name)


def begun(name: str, seeds: Words, *ids: Ints) -> Words:
    """Return what, when the next id has been added by `going_on`, draws under `ANY` what the seeds draw under a name.

    Args:
        name: the decision.
        seeds: replication seeds.
        *ids: the first ids of the draw; one more, at least, is to follow.
    """
    return (noise.bits(seeds, name, *ids) - word(noise.key(ANY))) * word(_INVERSE)


def going_on(start: Words, number: NDArray[np.integer] | np.integer) -> Words:
    """Return seeds that draw under `ANY`, further ids being given, what was `begun` draws for this next id."""
    return start + number.astype(np.uint64)


def of_worlds(w: Worlds, name: str, world: NDArray[np.int64], number: NDArray[np.integer]) -> Words:
    """Return seeds that draw under `ANY`, further ids being given, what worlds draw under a name for this first id."""
    if name not in w.derived:
        w.derived[name] = begun(name, w.seeds)
    return going_on(w.derived[name].take(world), number)


def of_kinds(
    w: Worlds, name: str, world: NDArray[np.int64], kind: NDArray[np.integer], number: NDArray[np.integer]
) -> Words:
    """Return the same where a kind of grievance is the first id, and this is the second."""
    if name not in w.derived:
        w.derived[name] = begun(name, w.seeds[:, None], np.arange(KINDS)).reshape(-1)
    return going_on(w.derived[name].take(world * whole(KINDS) + kind), number)


def regular(w: Worlds, name: str, seeds: Words, rows: NDArray[np.int64], time: int) -> Words:
    """Return seeds that draw under `ANY` what is drawn under a name again and again, always for the same rows.

    Args:
        w: the worlds.
        name: the decision.
        seeds: replication seeds, of the shape of the rows or one that they broadcast to.
        rows: the first id; seeds and rows are those of the first call.
        time: the second and last id: the how-manieth week, month or year it is.
    """
    if name not in w.derived:
        w.derived[name] = begun(name, seeds, rows)
    return going_on(w.derived[name], np.int64(time))


def as_id(name: str, seeds: Words) -> NDArray[np.int64]:
    """Return ids for which the seed 0 draws under `ANY` what the given seeds draw under a name, without any id."""
    return (seeds + _step_of_id(name)).view(np.int64)


@cache
def _step_of_id(name: str) -> Words:
    """Return what a name adds to a seed that is to be an id."""
    return word((noise.key(name) - int(noise.bits(0, ANY)[0])) * _INVERSE % 2**64)


@cache
def _step(name: str) -> Words:
    """Return what a name adds to a seed."""
    return word((noise.key(name) - noise.key(ANY)) * _INVERSE % 2**64)
