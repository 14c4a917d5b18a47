"""Land: layouts of several kinds of settlement joined into one, in which each finds its own rows.

Entities that several kinds know (households, circles, assets, desks) have the rows of one kind after those of the
other; what only one kind knows (compounds, villages, sumus) stays as it was. There is one world and one court, the last
desk row. Where a row is of another kind, what it belongs to is -1 and its traits are what the place says. The grid is a
map on which every kind has a block, each drawn at its own scale: ways are measured within a kind, in its own metres.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import places
from sim.space import Layout, Trait

Ints = NDArray[np.int64]

COURT_LAST = "desk"
"""The entity whose last row is shared by all kinds."""

DRAWN = ("settlement", "land_use")
"""Layers of the grid that mean the same everywhere; the cost of a way is told in each kind's own unit."""


def join(place: str, parts: Mapping[str, Layout]) -> Layout:
    """Put the layouts of kinds of settlement together.

    Args:
        place: name of the place that they make up.
        parts: name of the kind to its layout, in the order of the kinds' numbers; a kind that has desks has a court,
            its last.

    Returns:
        The layout of all, with `Layout.parts` and the trait ``settlement`` of households: the number of its kind.

    Raises:
        TypeError: a kind does not declare of what one of its traits is.
    """
    sizes: dict[str, int] = {}
    start: dict[str, dict[str, int]] = {}
    for kind, part in parts.items():
        start[kind] = {entity: 0 if entity == "world" else sizes.get(entity, 0) for entity in part.sizes}
        for entity, rows in part.sizes.items():
            sizes[entity] = start[kind][entity] + (max(rows - 1, 0) if entity == COURT_LAST else rows)
    sizes[COURT_LAST] += 1
    out = Layout(place=place, sizes=sizes, cell_metres=np.nan, parts=dict(parts))
    _nest(out, parts, start)
    _take_traits(out, parts, start)
    _draw_map(out, parts, start)
    return out


def _place(values: NDArray[Any], of: str, start: int, out: NDArray[Any]) -> None:
    """Write a kind's values at the rows that are its own now."""
    own = values[:-1] if of == COURT_LAST else values
    out[start : start + len(own)] = own
    if of == COURT_LAST and len(values):
        out[-1] = values[-1]


def _nest(out: Layout, parts: Mapping[str, Layout], start: Mapping[str, Mapping[str, int]]) -> None:
    """Say what belongs to what, row by row of all kinds."""
    for child, parent in dict.fromkeys(pair for part in parts.values() for pair in part.pairs):
        belongs = np.full(out.sizes[child], -1, dtype=np.int64)
        for kind, part in parts.items():
            if (child, parent) in part.pairs:
                _place(part.up(child, parent) + start[kind][parent], child, start[kind][child], belongs)
        out.nest(child, parent, belongs)


def _take_traits(out: Layout, parts: Mapping[str, Layout], start: Mapping[str, Mapping[str, int]]) -> None:
    """Gather the traits of all kinds; rows to which they point have moved."""
    out.traits["settlement"] = np.zeros(out.sizes["household"], dtype=np.int64)
    for number, (kind, part) in enumerate(parts.items()):
        declared: Mapping[str, Trait] = places.registry()[kind].TRAITS
        numbers = np.full(part.sizes["household"], number)
        _place(numbers, "household", start[kind]["household"], out.traits["settlement"])
        for name, values in part.traits.items():
            if name not in declared:
                raise TypeError(f"a {kind} does not declare of what the trait '{name}' is")
            trait = declared[name]
            if trait.to:
                values = np.where(values >= 0, values + start[kind][trait.to], values)
            if name not in out.traits:
                times = len(values) // max(part.sizes[trait.of], 1)  # some list several a row
                out.traits[name] = np.full(times * out.sizes[trait.of], trait.otherwise, dtype=values.dtype)
            times = len(out.traits[name]) // out.sizes[trait.of]
            _place(values, trait.of, times * start[kind][trait.of], out.traits[name])


def _draw_map(out: Layout, parts: Mapping[str, Layout], start: Mapping[str, Mapping[str, int]]) -> None:
    """Draw the kinds' grids side by side from west to east, a column of cells of open land between two."""
    width, height = -1, max(part.height for part in parts.values())
    west = {}
    for kind, part in parts.items():
        west[kind], width = width + 1, width + 1 + part.width
    out.width, out.height = width, height
    out.layers = {
        "settlement": np.full((width, height), -1, dtype=np.int64),
        "land_use": np.zeros((width, height), dtype=np.int64),
    }
    before = 0
    for kind, part in parts.items():
        block = slice(west[kind], west[kind] + part.width), slice(0, part.height)
        for layer in DRAWN:
            values = part.layers[layer]
            if layer == "settlement":
                values = np.where(values >= 0, values + before, values)
            out.layers[layer][block] = values
        before = int(out.layers["settlement"].max()) + 1
        for entity, cells in part.cells.items():
            if entity not in out.cells:
                out.cells[entity] = np.zeros((out.sizes[entity], 2), dtype=np.int64)
            _place(cells + np.array([west[kind], 0]), entity, start[kind][entity], out.cells[entity])


def without(layout: Layout, entity: str, rows: Ints) -> None:
    """Take rows of an entity that nothing is nested in, and what is kept of them, out of a layout, in place.

    Whatever pointed to one of them points to nothing (-1) from now on.

    Args:
        layout: of one kind of settlement.
        entity: which.
        rows: its rows that go.
    """
    kept = np.ones(layout.sizes[entity], dtype=bool)
    kept[rows] = False
    moved = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)  # the last entry serves the pointer -1
    for name, trait in places.registry()[layout.place].TRAITS.items():
        if name in layout.traits and trait.of == entity:
            layout.traits[name] = layout.traits[name][kept]
        if name in layout.traits and trait.to == entity:
            layout.traits[name] = moved[layout.traits[name]]
    if entity in layout.cells:
        layout.cells[entity] = layout.cells[entity][kept]
    layout.sizes[entity] = int(kept.sum())
