"""Offers: levers are rebuilt from what mechanisms offer, and while these act all that is not theirs is read-only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.columns import Column, Lever, combine
from sim.diary import Diary
from sim.tables import TABLES, let_write

if TYPE_CHECKING:
    from sim.mechanisms import Mechanism, Setting
    from sim.parameters import Values
    from sim.space import Layout

Array = NDArray[Any]


class Offers(Diary):
    """What mechanisms may do to worlds; `sim.worlds.Worlds` is one.

    Attributes:
        columns: declarations of all columns, by name.
        levers: declarations of all levers, by name.
        mechanisms: those that some world has, in the order in which they act.
        settings: mechanism name to its `Setting`.
    """

    columns: dict[str, Column]
    levers: dict[str, Lever]
    mechanisms: list[Mechanism]
    settings: dict[str, Setting]
    shelves: dict[str, Array]
    over: dict[str, NDArray[np.int64]]
    seeds: NDArray[np.uint64]
    replication: NDArray[np.int64]
    scenario: NDArray[np.int64]
    derived: dict[str, Array]
    layout: Layout
    p: Values
    _acting: Mechanism | None

    def offer(self, lever: str, value: ArrayLike, where: ArrayLike = True) -> None:
        """Let a mechanism offer a value to a lever.

        Args:
            lever: the lever's name.
            value: scalar or array that broadcasts to ``(worlds, rows)``.
            where: boolean mask that broadcasts likewise; elsewhere the lever stays as it is.
        """
        if self._acting is not None and lever not in self._acting.offers:
            raise TypeError(f"mechanism '{self._acting.name}' does not declare that it offers to '{lever}'")
        array = getattr(self, lever)
        array.setflags(write=True)
        combine(self.levers[lever], array, value, where)
        array.setflags(write=False)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Make everything read-only while mechanisms act, one after another: see `acting`."""
        arrays = [*self._kept, *self.derived.values()]
        tables = [getattr(self, name) for name in TABLES]
        let_write(arrays, False)
        for table in tables:
            table.lock()
        try:
            yield
        finally:
            for table in tables:
                table.unlock()
            let_write(arrays, True)  # an array comes before its views

    @cached_property
    def _kept(self) -> list[Array]:
        """Return what is written into day by day, the levers apart; it is the same arrays from now on."""
        arrays = [*self.shelves.values(), *(getattr(self, name) for name in self.columns)]
        arrays += [self._today, *self.flow.values(), *self.stock.values(), *self.over.values()]
        arrays += [self.seeds, self.replication, self.scenario, *self.layout.traits.values()]
        return [array for array in arrays if array.flags.writeable]

    @contextmanager
    def acting(self, mechanism: Mechanism) -> Iterator[None]:
        """Let a mechanism write its own columns, and nothing else."""
        own = [getattr(self, column.name) for column in mechanism.columns]
        for array in own:
            array.setflags(write=True)
        self._acting = mechanism
        try:
            yield
        finally:
            self._acting = None
            for array in own:
                array.setflags(write=False)
