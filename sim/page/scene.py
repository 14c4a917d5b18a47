"""The map on which twins are shown: where every household is drawn, what the land is, what can be told of a row.

The plane's unit is a cell of the grid; x goes east and y north. A flat is a part of its building's cell, floor upon
floor; a yard is a cell; camps and crews are small squares where they are on that day, moved twice a year. A county's
kinds lie side by side, each at its own scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.cases import Desk
from sim.page import looks, series
from sim.places.pasture import CENTRE, STAFFED, TEAM
from sim.rules import circuits, travel
from sim.space import rank_in_group

if TYPE_CHECKING:
    from sim.worlds import Worlds

Floats = NDArray[np.float32]

MARGIN, GAP = 0.08, 0.12
"""Of a yard's cell and of a building's: what stays free at each edge, and between flats of what each has."""

CAMP = 0.5
"""Edge of a camp or crew, cells."""

UNITS = {"compound": "compound", "village": "village", "pasture": "sumu"}
"""Kind of settlement to the entity that people speak of."""


class Scene:
    """What is drawn of worlds that share a layout."""

    def __init__(self, w: Worlds) -> None:
        self.w = w
        layout = w.layout
        self.kinds = [s.name for s in w.settlements]
        self.west: dict[str, int] = {}
        at = 0
        for kind in self.kinds:
            self.west[kind] = at
            at += layout.part(kind).width + 1
        self._season: bytes | None = None

    def sections(self) -> dict[str, NDArray[Any]]:
        """Return what never changes, household by household."""
        w, layout = self.w, self.w.layout
        kind = np.zeros(w.households, dtype=np.uint8)
        unit = np.zeros(w.households, dtype=np.int32)
        building, floor = np.full(w.households, -1, dtype=np.int32), np.zeros(w.households, dtype=np.int32)
        for number, name in enumerate(self.kinds):
            homes = layout.homes(name)
            kind[homes] = number
            unit[homes] = _unit(w, name)[homes]
        if "compound" in self.kinds:
            building[: w.flats] = layout.up("household", "building")[: w.flats]
            floor[: w.flats] = layout.traits["floor"][: w.flats]
        return {
            "rect": self.rectangles(),
            "kind": kind,
            "unit": unit,
            "building": building,
            "floor": floor,
            "vacant": looks.vacant(w)[0].astype(np.uint8),
            "land": layout.layers["land_use"].T.astype(np.uint8).reshape(-1),  # row by row from the south
        }

    def words(self) -> dict[str, Any]:
        """Return what never changes and is no list of households."""
        layout = self.w.layout
        panels = [
            {"kind": kind, "x": self.west[kind], "y": 0, "w": layout.part(kind).width, "h": layout.part(kind).height}
            for kind in self.kinds
        ]
        units = {kind: layout.sizes[UNITS[kind]] for kind in self.kinds}
        return {
            "width": layout.width,
            "height": layout.height,
            "households": self.w.households,
            "kinds": self.kinds,
            "panels": panels,
            "units": units,
            "desks": self._desks(),
            "lines": series.there(self.kinds),
        }

    def rectangles(self) -> Floats:
        """Return where every household is drawn today: x, y (south-west corner), width, height, one after another."""
        w, layout = self.w, self.w.layout
        out = np.zeros((w.households, 4), dtype=np.float64)
        cells = layout.cells["household"].astype(np.float64)
        if "compound" in self.kinds:
            out[: w.flats] = _flats(w, cells[: w.flats])
        if "village" in self.kinds:
            homes = layout.homes("village")
            out[homes, :2] = cells[homes] + MARGIN
            out[homes, 2:] = 1 - 2 * MARGIN
        if "pasture" in self.kinds:
            homes = layout.homes("pasture")
            out[homes, :2] = self.on_steppe(np.arange(w.households)[homes]) - CAMP / 2
            out[homes, 2:] = CAMP
        return out.astype(np.float32).reshape(-1)

    def moved(self) -> Floats | None:
        """Return where households of pastures are drawn now, if some have moved since this was last asked."""
        if "pasture" not in self.kinds:
            return None
        season = travel.on_summer_ground(self.w).tobytes()
        before, self._season = self._season, season
        return None if before in (None, season) else self.rectangles()

    def on_steppe(self, households: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return where households of pastures are today, shape ``(households, 2)``."""
        return self.plane(*circuits.of_households(self.w, households))

    def office(self, kind: int, sumu: int) -> NDArray[np.float64]:
        """Return where a sumu's desk of a kind is."""
        t = self.w.layout.traits
        desk = t["sumu_desk"][len(STAFFED) * sumu + STAFFED.index(kind)]
        return self.plane(t["x"][[desk]], t["y"][[desk]])[0]

    def plane(self, x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return points of the steppe, metres east and north, on the map."""
        edge = self.w.layout.part("pasture").cell_metres
        return np.stack([x / edge + self.west["pasture"], y / edge], axis=1)

    def _desks(self) -> list[dict[str, Any]]:
        """Return the offices of sumus, which are far from people."""
        if "pasture" not in self.kinds:
            return []
        own = [desk for desk in STAFFED if desk != TEAM and (desk != CENTRE or "compound" not in self.kinds)]
        out = []
        for sumu in range(self.w.layout.sizes["sumu"]):
            for desk in own:
                x, y = self.office(desk, sumu)
                out.append({"kind": Desk(desk).name.lower(), "x": float(x), "y": float(y)})
        return out


def _unit(w: Worlds, kind: str) -> NDArray[np.int64]:
    """Return the compound, village or sumu of every household row."""
    if kind == "village":
        out = np.full(w.households, -1, dtype=np.int64)
        out[w.layout.homes(kind)] = w.layout.up("yard", "village")
        return out
    return w.layout.up("household", UNITS[kind])


def _flats(w: Worlds, cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where flats are drawn: within their building's cell, a row for each floor."""
    layout = w.layout
    building, floor = layout.up("household", "building")[: w.flats], layout.traits["floor"][: w.flats]
    nth = rank_in_group(building * (floor.max() + 1) + floor)
    across = np.zeros(layout.sizes["building"], dtype=np.int64)
    floors = np.zeros(layout.sizes["building"], dtype=np.int64)
    np.maximum.at(across, building, nth + 1)
    np.maximum.at(floors, building, floor)
    wide, high = (1 - 2 * MARGIN) / across[building], (1 - 2 * MARGIN) / floors[building]
    x, y = cells[:, 0] + MARGIN + nth * wide, cells[:, 1] + MARGIN + (floor - 1) * high
    return np.stack([x + GAP * wide / 2, y + GAP * high / 2, (1 - GAP) * wide, (1 - GAP) * high], axis=1)
