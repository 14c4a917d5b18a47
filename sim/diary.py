"""The diary: what happened today, counted by world, what stands there now, and one page a day of it.

A *flow* is counted anew every day, a *stock* is kept up to date. Both are whole numbers of each world. What is counted
is put down as it comes and added up only when somebody asks, all of it at once: a day has a hundred short lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.constants import ONE, ZERO, whole
from sim.space import where

if TYPE_CHECKING:
    from sim.mechanisms import Mechanism

Array = NDArray[Any]
Ints = NDArray[np.int64]

NARROW = np.iinfo(np.int32)
"""What numbers of 32 bits hold."""


class Diary:
    """What worlds count of themselves; `sim.worlds.Worlds` is one.

    Attributes:
        n: number of worlds.
        series: names of flows and stocks, in the order of the diary's columns.
        stock: name to the present integer stock per world.
    """

    n: int
    _acting: Mechanism | None

    def may_change(self) -> None:
        """Say so if a mechanism tries to change what is not its own (``ufunc.at`` writes into read-only arrays)."""
        if self._acting is not None:
            raise TypeError(f"mechanism '{self._acting.name}' may only offer to levers and write its own columns")

    def _open_diary(self, flows: Sequence[str], stocks: Sequence[str], values: Ints) -> None:
        """Keep today's counts and present stocks in one array, shape ``(series, worlds)``, and its views by name."""
        self.series = [*flows, *stocks]
        self._place = {name: k for k, name in enumerate(self.series)}
        self._start = {name: k * self.n for name, k in self._place.items()}
        self._places: dict[tuple[str, ...], Ints] = {}
        self._today = values
        self._flow = {name: values[k] for k, name in enumerate(flows)}
        self._ones: list[tuple[int, Ints]] = []
        self._amounts: list[tuple[int, Ints, Array]] = []
        self.stock = {name: values[len(flows) + k] for k, name in enumerate(stocks)}
        self._pages: list[tuple[Ints, Array]] = []

    # -- counting -----------------------------------------------------------------------------

    def count(self, flow: str, world: Ints, amount: Array | None = None) -> None:
        """Add to a daily counter, once for each given world: 1, or an amount for each."""
        if self._acting is not None:
            self.may_change()
        if len(world) == 0:
            return
        if amount is None:
            self._ones.append((self._start[flow], world))
        else:
            self._amounts.append((self._start[flow], world, amount))

    def count_each(self, flows: tuple[str, ...], which: Ints, world: Ints, amount: Array | None = None) -> None:
        """Add to one of several daily counters, once for each given world.

        Args:
            flows: names of the counters; empty for what is not counted.
            which: number of the counter of each, in `flows`.
            world: world of each.
            amount: by how much each counts, 1 if not said.
        """
        self.may_change()
        if len(world) == 0:
            return
        if flows not in self._places:
            self._places[flows] = np.array([self._start[flow] if flow else -self.n for flow in flows])
        place = self._places[flows].take(which)
        counted = place >= ZERO
        if amount is not None:
            self._amounts.append((0, (place + world)[counted], amount[counted]))
        else:
            self._ones.append((0, (place + world)[counted]))

    @property
    def flow(self) -> dict[str, Ints]:
        """Return today's counts per world by the flow's name."""
        today = self._today.reshape(-1)
        if self._ones:
            np.add.at(today, _places(*zip(*self._ones, strict=True)), ONE)
            self._ones = []
        if self._amounts:
            *where, amounts = zip(*self._amounts, strict=True)
            np.add.at(today, _places(*where), np.concatenate(amounts))
            self._amounts = []
        return self._flow

    def stocks(self, stock: str, world: Ints, amount: ArrayLike) -> None:
        """Change a stock, once for each given world."""
        self.may_change()
        if len(world):
            np.add.at(self.stock[stock], world, amount)

    def stocks_of(self, first: str, number: Ints, world: Ints, amount: ArrayLike) -> None:
        """Change one of several stocks that a rule declares one after another, once for each given world.

        Args:
            first: name of the first of them.
            number: which of them, counted from the first.
            world: world of each change.
            amount: by how much.
        """
        self.may_change()
        if len(world):
            np.add.at(self._today.reshape(-1), number * whole(self.n) + world + whole(self._start[first]), amount)

    def add_stocks(self, first: str, amounts: Ints) -> None:
        """Change stocks that a rule declares one after another, in all worlds.

        Args:
            first: name of the first of them.
            amounts: by how much, shape ``(stocks, worlds)``.
        """
        self.may_change()
        start = self._place[first]
        self._today[start : start + len(amounts)] += amounts

    def set_stocks(self, names: tuple[str, ...], values: Array) -> None:
        """Set stocks that a rule declares one after another.

        Args:
            names: which, in the order in which they are declared.
            values: shape ``(stocks, worlds)``.
        """
        self.may_change()
        first = self._place[names[0]]
        self._today[first : first + len(names)] = values

    # -- pages --------------------------------------------------------------------------------

    @property
    def record(self) -> Ints:
        """Return what was recorded, shape ``(days, worlds, series)``; a copy."""
        return self._read(np.int64)

    def narrow_record(self) -> Array:
        """Return the same as `record`, in 32 bits if these hold all of it: half the memory, for whoever only looks."""
        return self._read(np.int32 if all(values.dtype == np.int32 for _, values in self._pages) else np.int64)

    def _read(self, width: type[np.integer[Any]]) -> Array:
        """Return all pages in numbers of a width that holds them."""
        out = np.zeros((len(self.series), len(self._pages), self.n), dtype=width)
        for day, (there, values) in enumerate(self._pages):
            out[there, day] = values
        return out.transpose(1, 2, 0)

    def _write_down(self) -> None:
        """Write today's counts and stocks on a page, and begin new counts.

        Most series are 0 on most days, and memory that has not been used before is dear to fetch: a page holds what is
        not 0, and numbers of 32 bits unless one does not fit.
        """
        flows = len(self.flow)  # what has been counted is added
        there = where(np.bitwise_or.reduce(self._today, axis=1) != ZERO)
        today = self._today.take(there, axis=0)
        fits = NARROW.min <= today.min(initial=0) and today.max(initial=0) <= NARROW.max
        self._pages.append((there, today.astype(np.int32) if fits else today))
        self._today[there[: there.searchsorted(flows)]] = 0


def _places(firsts: Sequence[int], worlds: Sequence[Ints]) -> Ints:
    """Return where in the diary's array, as one list, counts of several counters go."""
    places: Ints = np.concatenate(worlds) + np.array(firsts).repeat([len(world) for world in worlds])
    return places
