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
from sim.tables import TABLES, ClosedTable, closed_view, let_write

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
        array.setflags(True)
        combine(self.levers[lever], array, value, where)
        array.setflags(False)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Let all that is not levers be looked at through closed views while mechanisms act: see `acting`.

        What is derived of parameters is closed for good, for it is worked out once.
        """
        (open_, closed), tables = self._open_and_closed, [getattr(self, name) for name in TABLES]
        let_write(self.derived.values(), False)
        for table in tables:
            table.lock()
        self.__dict__.update(closed)
        try:
            yield
        finally:
            self.__dict__.update(open_)
            for table in tables:
                table.unlock()

    @cached_property
    def _open_and_closed(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return, by attribute, what is written into day by day, and closed views of it; the same from now on."""
        let_write(self.layout.traits.values(), False)  # nobody writes into these at all
        alone = (*self.columns, "_today", "seeds", "replication", "scenario")
        views: dict[str, Any] = {name: closed_view(getattr(self, name)) for name in alone}
        for name in ("shelves", "_flow", "stock", "over"):
            views[name] = {key: closed_view(array) for key, array in getattr(self, name).items()}
        for name in TABLES:
            views["_ended" if name == "ended" else name] = ClosedTable(getattr(self, name))
        return {name: self.__dict__[name] for name in views}, views

    @contextmanager
    def acting(self, mechanism: Mechanism) -> Iterator[None]:
        """Let a mechanism write its own columns, and nothing else."""
        own = [getattr(self, column.name) for column in mechanism.columns]
        let_write(own, True)
        self._acting = mechanism
        try:
            yield
        finally:
            self._acting = None
            let_write(own, False)
