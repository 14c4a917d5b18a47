"""Who lives where: entities, what belongs to what, and the cells they stand on.

A `Layout` is shared by all worlds of a block. It knows entities (``household``, ``entrance``,
``building``, ``compound``, ``community``, ``desk`` ...), which row of one belongs to which row of
another, and the grid cell of every place. Ragged structure (buildings of different size) goes
through the two helpers `Layout.rows_of` and `rank_in_group`; other index tricks are kept out of
rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.constants import ZERO

Ints = NDArray[np.int64]

LAND_USE = {"open": 0, "building": 1, "road": 2, "woodland": 3, "yard": 4}
"""Codes of the land-use layer of the grid."""


@dataclass(frozen=True)
class Trait:
    """Of what a trait of a layout is.

    Attributes:
        of: the entity whose rows it has (or a multiple of them).
        to: the entity whose row it holds (-1 = none), if it does.
        otherwise: what rows of other kinds of settlement have.
    """

    of: str
    to: str = ""
    otherwise: int = 0


@dataclass
class Layout:
    """The structure that all worlds of a block share.

    Attributes:
        place: which place file made it.
        sizes: rows of each entity.
        width: cells of the grid from west to east.
        height: cells of the grid from south to north.
        cell_metres: edge of a cell.
        cells: entity to integer array ``(rows, 2)`` of grid coordinates.
        layers: name to array ``(width, height)``: ``settlement``, ``land_use``, ``travel_cost``.
        traits: fixed attributes of rows, e.g. ``floor`` of flats.
        parts: kind of settlement to its own layout where it was joined from several (`sim.land`), each measured in
            its own cells; empty otherwise.
    """

    place: str
    sizes: dict[str, int]
    width: int = 1
    height: int = 1
    cell_metres: float = 30.0
    cells: dict[str, Ints] = field(default_factory=dict)
    layers: dict[str, NDArray[Any]] = field(default_factory=dict)
    traits: dict[str, Ints] = field(default_factory=dict)
    parts: dict[str, Layout] = field(default_factory=dict)
    _up: dict[tuple[str, str], Ints] = field(default_factory=dict)
    _first: dict[tuple[str, str], Ints] = field(default_factory=dict)
    _count: dict[tuple[str, str], Ints] = field(default_factory=dict)

    def rows(self, entity: str) -> int:
        """Return how many rows an entity has; none where the place does not know it."""
        return self.sizes.get(entity, 0)

    def nest(self, child: str, parent: str, belongs: Ints) -> None:
        """Declare which parent each child row belongs to, -1 = none; children of one parent are neighbours in order."""
        belongs = np.asarray(belongs, dtype=np.int64)
        rows = where(belongs >= 0)
        of = belongs[rows]
        step = np.diff(of)
        if np.any(step < 0) or np.any(np.diff(rows)[step == 0] > 1):
            raise ValueError(f"rows of {child} must be in the order of their {parent}")
        parents = np.arange(self.sizes[parent])
        self._up[child, parent] = belongs
        self._first[parent, child] = np.append(rows, len(belongs))[np.searchsorted(of, parents)]
        self._count[parent, child] = np.bincount(of, minlength=len(parents))

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of a child and its parent that are declared."""
        return tuple(self._up)

    def homes(self, kind: str) -> slice:
        """Return which household rows are of a kind of settlement: all, unless there are several."""
        before = 0
        for name, part in self.parts.items():
            if name == kind:
                return slice(before, before + part.sizes["household"])
            before += part.sizes["household"]
        return slice(0, self.sizes["household"])

    def part(self, kind: str) -> Layout:
        """Return the layout of one kind of settlement by itself: this one, unless it was joined from several."""
        return self.parts.get(kind, self)

    def up(self, child: str, parent: str) -> Ints:
        """Return the parent row of every child row, shape ``(children,)``."""
        return self._up[child, parent]

    def first(self, parent: str, child: str) -> Ints:
        """Return the first child row of every parent row."""
        return self._first[parent, child]

    def count(self, parent: str, child: str) -> Ints:
        """Return how many children every parent row has."""
        return self._count[parent, child]

    def rows_of(self, parent: str, child: str, parents: Ints) -> tuple[Ints, Ints]:
        """Return all children of the given parents, one parent after another.

        Args:
            parent: entity of the given rows.
            child: entity to list.
            parents: rows of `parent`; a row may occur several times (for several worlds).

        Returns:
            The child rows, and for each the position in `parents` it was listed for.
        """
        return spans(self._first[parent, child].take(parents), self._count[parent, child].take(parents))


def where(mask: NDArray[np.bool_]) -> Ints:
    """Return the rows at which a mask is true (``np.flatnonzero`` without its three detours)."""
    if mask.size >= LONG and mask.ndim == 1 and mask.flags.c_contiguous and np.count_nonzero(mask) < mask.size // 8:
        return _where_in_long(mask)
    rows: Ints = mask.nonzero()[0]
    return rows


LONG = 1 << 17
"""Flags from which on a mask that is true at few rows is looked through eight at a time."""


def _where_in_long(mask: NDArray[np.bool_]) -> Ints:
    """Return the same of a long mask which is true at few rows: eight flags are a word."""
    whole = len(mask) // 8 * 8
    words = (mask[:whole].view(np.uint64) != 0).nonzero()[0]
    within = mask[:whole].reshape(-1, 8).take(words, axis=0).reshape(-1).nonzero()[0]
    rows: Ints = words.take(within >> 3) * 8 + (within & 7)
    rest = mask[whole:].nonzero()[0] + whole
    return np.concatenate([rows, rest]) if len(rest) else rows


def anywhere(mask: NDArray[np.bool_]) -> bool:
    """Return whether a mask is true anywhere: ``mask.any()``, of which calling is most where it is short."""
    return bool(np.count_nonzero(mask))


def places(mask: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return row and column at which a mask of two axes is true: `np.nonzero`, through one list."""
    place = where(mask.reshape(-1))
    if len(mask) == 1:  # dividing takes longer than looking
        return np.zeros(len(place), dtype=np.int64), place
    row, column = divmod(place, mask.shape[1])
    return row, column


def spans(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return the rows of ranges of rows, one range after another, and for each the range it is of.

    Args:
        first: first row of each range.
        count: how many rows it has.
    """
    end: Ints = np.add.accumulate(count)  # quicker than to ask the array for its cumulative sum
    position: Ints = np.arange(len(first)).repeat(count)
    return (first - (end - count)).take(position) + np.arange(len(position)), position


SHORT = 64
"""Rows up to which it is looked first whether each is of a group of its own, as most are: quicker than to sort them."""

RANKED_BITS = 40
"""Bits of the key by which `rank_in_group` ranks; the other 23 are the group's."""


def rank_in_group(group: Ints, key: Ints | int = 0) -> Ints:
    """Return each row's rank (0 = smallest) within its group, by the key, then by position.

    Args:
        group: group number of each row, below 2^23.
        key: whole numbers from 0 to below 2^40. With the group they make one number, for one sort is quicker than two.
    """
    if len(group) < 2 or (len(group) <= SHORT and len(set(group.tolist())) == len(group)):
        return np.zeros(len(group), dtype=np.int64)
    ranked = group if isinstance(key, int) else (group << RANKED_BITS) | key
    order = ranked.argsort(kind="stable")
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - first_of_group(group.take(order))
    return rank


SEARCHED = 256
"""Rows up to which it is quicker to search for the first of each group than to go through all."""


def first_of_group(ordered: Ints) -> Ints:
    """Return for each row the position of the first row of its group, the groups being in ascending order."""
    start: Ints
    if len(ordered) <= SEARCHED:
        start = ordered.searchsorted(ordered)
        return start
    start = np.arange(len(ordered))
    start[1:][ordered[1:] == ordered[:-1]] = ZERO
    np.maximum.accumulate(start, out=start)
    return start
