"""Columns and levers: what a world remembers, and the few places where policy may touch it.

A `Column` is an array of shape ``(worlds, rows of its entity)``. A `Lever` is a column that is
rebuilt from its base every time offices change: mechanisms *offer* values, and a declared
combinator joins them, so that two mechanisms compose in any order. The list of all levers is the
list of all that any policy may touch; hazards, surpluses and probabilities of success are never
levers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sim.worlds import Worlds

Combine = Literal["max", "min", "add"]

COMBINERS: dict[Combine, Callable[..., Any]] = {"max": np.maximum, "min": np.minimum, "add": np.add}


@dataclass(frozen=True)
class Column:
    """One remembered quantity.

    Attributes:
        name: unique over all rules; read in rules as ``w.NAME``.
        of: the entity whose rows it has (``household``, ``building``, ``compound``, ``desk`` ...).
        dtype: numpy type; float64 or an integer in every column a rule reads.
        doc: meaning, with unit.
        default: value before `set_up`.
        points_to: name of the table whose row number it holds (-1 = none), kept true when that
            table is compacted.
        edge: it holds how many rows of that table stand before an edge between two, and not a row.
        shelf: name of the shelf on which it stands, if any: an array ``w.shelves[shelf]`` of shape ``(pairs of columns,
            worlds, rows, 2)``, for two columns each are read together.
        beside: name of the column of that shelf, declared before, beside which it stands row by row; the others begin
            a pair each.
    """

    name: str
    of: str
    dtype: type
    doc: str
    default: float = 0
    points_to: str = ""
    edge: bool = False
    shelf: str = ""
    beside: str = ""


@dataclass(frozen=True)
class Lever:
    """A structural quantity that mechanisms may offer to change.

    Attributes:
        name: unique over all rules and columns.
        of: the entity whose rows it has.
        base: a number, or the name of the column it starts from.
        combine: how offers are joined with the base and with one another.
        unit: unit in words.
        doc: what it changes.
    """

    name: str
    of: str
    base: float | str
    combine: Combine
    unit: str
    doc: str
    dtype: type = np.int64


def _nothing(w: Worlds) -> None:
    """Set nothing up."""


@dataclass(frozen=True)
class NoParameters:
    """The parameter declaration of a rule that has none."""


@dataclass(frozen=True)
class Rule:
    """What one rule file declares: its columns, levers, parameters, flows and starting values.

    The rule's phases are plain functions of the same file, listed in `sim.schedule`.

    Attributes:
        name: the file's noun.
        columns: see `Column`.
        levers: see `Lever`.
        parameters: a dataclass of `sim.parameters.parameter` fields.
        flows: name to meaning (with unit) of the daily per-world integer counters it adds to.
        stocks: name to meaning of the per-world integer stocks it keeps up to date.
        set_up: fills the columns' starting values once, from keyed noise.
        places: the kinds of settlement where it stands; empty = everywhere.
        wakes: levers; unless a mechanism offers to one of them, no parameter of the rule changes anything. None = it is
            always awake; empty = no mechanism wakes it.
        only: columns, levers, parameters, flows and stocks that there are only in some kinds of settlement, and in
            which (or only in places of several kinds); the rest there is wherever the rule stands.
    """

    name: str
    columns: tuple[Column, ...] = ()
    levers: tuple[Lever, ...] = ()
    parameters: type = NoParameters
    flows: dict[str, str] = field(default_factory=dict)
    stocks: dict[str, str] = field(default_factory=dict)
    set_up: Callable[[Worlds], None] = _nothing
    places: tuple[str, ...] = ()
    wakes: tuple[str, ...] | None = None
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def asleep(self, offered: Collection[str]) -> bool:
        """Return whether its parameters change nothing while mechanisms offer to these levers only."""
        return self.wakes is not None and not set(self.wakes) & set(offered)

    def has(self, name: str, settlements: Collection[str]) -> bool:
        """Return whether what it declares under a name is there where these kinds of settlement are."""
        return name not in self.only or any(kind in settlements for kind in self.only[name])

    def within(self, settlements: Collection[str]) -> Rule:
        """Return the rule with the columns, levers, flows and stocks that there are among these kinds of settlement."""
        return replace(
            self,
            columns=tuple(column for column in self.columns if self.has(column.name, settlements)),
            levers=tuple(lever for lever in self.levers if self.has(lever.name, settlements)),
            flows={name: doc for name, doc in self.flows.items() if self.has(name, settlements)},
            stocks={name: doc for name, doc in self.stocks.items() if self.has(name, settlements)},
        )


def combine(lever: Lever, current: NDArray[Any], offered: Any, where: Any) -> None:
    """Join one offer into a lever's array, in place, only where the offer stands.

    Args:
        lever: the lever's declaration.
        current: its array, shape ``(worlds, rows)``.
        offered: scalar or array that broadcasts to it.
        where: boolean array that broadcasts to it.
    """
    offered = np.asarray(offered, dtype=current.dtype)
    if offered.shape == (len(current), 1):  # numpy is slow at spreading a number a world over few rows
        offered = offered.repeat(current.shape[1], axis=1)
    np.copyto(current, COMBINERS[lever.combine](current, offered), where=where)
