"""Compaction: what is over is dropped from the tables, and counted by kind and by where it stood in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import cases
from sim.cases import Kind, Stage, State
from sim.space import where
from sim.tables import TABLES

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

MONTH = 28
"""Days after which what is over is dropped from the tables."""

TALLIED = {"grievances": ("state", len(State)), "cases": ("stage", len(Stage))}
"""Table to the field that says where a row stands, and in how many ways it can."""

POINTERS = {
    name: [(other, field) for other, (_, points_to) in TABLES.items() for field, to in points_to.items() if to == name]
    for name in TABLES
}
"""Table to the tables and their fields that hold numbers of its rows."""


def compact(w: Worlds) -> None:
    """Drop what is over from the tables, keeping order and pointers.

    Nothing acts on what is over, so it does not matter when. Of the agenda all is over by the end of a week; of
    the other tables few rows are, and moving all the rest costs more than passing over them.
    """
    keep(w, "agenda", w.agenda.day >= w.day)
    if w.day % MONTH == MONTH - 1:
        cases.book_ends(w, w.day + 1)
        grievances = w.grievances
        keep(w, "cases", w.cases.stage < int(Stage.SETTLED))
        keep(w, "asked", w.motions.open[w.asked.motion])
        keep(w, "motions", w.motions.open.copy())
        keep(w, "grievances", grievances.aching | (grievances.act != cases.NEVER))


def keep(w: Worlds, name: str, mask: NDArray[np.bool_]) -> None:
    """Drop the rows of a table outside the mask and let every pointer to the others follow."""
    if mask.all():
        return
    if name in TALLIED:
        w.over[name] += _counted(w, name, where(~mask))
    moved = getattr(w, name).keep(mask)
    for other, field_ in POINTERS[name]:
        getattr(w, other).repoint(field_, moved)
    pointers = w.pointers.get(name, ())
    edges = np.concatenate(([0], mask.cumsum())) if any(column.edge for column in pointers) else moved
    for column in pointers:
        array = getattr(w, column.name)
        array[...] = (edges if column.edge else moved).take(array)


def tally(w: Worlds) -> dict[str, Ints]:
    """Return how many there have been, by world, kind and where they stand: what the tables hold, and what is over.

    Shape ``(worlds, kinds, states)`` of grievances and ``(worlds, kinds, stages)`` of cases; copies.
    """
    out = {name: w.over[name] + _counted(w, name) for name in TALLIED}
    for array in out.values():
        array.flags.writeable = False
    return out


def _counted(w: Worlds, name: str, rows: Ints | slice = slice(None)) -> Ints:
    """Count rows of a table by world, kind and where they stand."""
    table, (field_, size) = getattr(w, name), TALLIED[name]
    at = (table.world[rows] * len(Kind) + table.kind[rows]) * size + getattr(table, field_)[rows]
    return np.bincount(at, minlength=w.over[name].size).reshape(w.over[name].shape)
