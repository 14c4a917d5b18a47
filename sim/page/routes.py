"""Where teams go: the circuits of the week in both twins, seen as they are about to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.page.scene import Scene
from sim.places.pasture import JUSTICE, STATION
from sim.rules import circuits, teams
from sim.schedule import Phase

if TYPE_CHECKING:
    from sim.worlds import Worlds

Floats = NDArray[np.float32]


class Routes:
    """The circuits of the week.

    Attributes:
        flat: for each circuit twin, crew, number of places, and x and y of each, one after another.
        changed: whether they have changed since they were last asked for.
    """

    def __init__(self, w: Worlds, scene: Scene) -> None:
        self.w, self.scene = w, scene
        self._flat = np.zeros(0, dtype=np.float32)
        self._changed = False

    def see(self, phase: Phase) -> None:
        """Look at circuits before they go out."""
        if phase.function is not teams.go_round:
            return
        w, out = self.w, list[float]()
        for crew, tour in enumerate(circuits.planned(w)):
            for circuit in tour.circuit.tolist():
                world, sumu = divmod(circuit, w.layout.sizes["sumu"])
                stops = tour.stops[(w.cases.world[tour.stops] == world) & (w.cases.compound[tour.stops] == sumu)]
                home = self.scene.office(STATION, sumu)[None]
                there = np.stack(circuits.at(w, stops), axis=1)
                drives = w.team_drives[world, sumu] > 0
                way = self.scene.plane(there[:, 0], there[:, 1]) if drives else self.scene.office(JUSTICE, sumu)[None]
                places = np.concatenate([home, way, home])
                out += [world, crew, len(places), *places.reshape(-1).tolist()]
        flat = np.array(out, dtype=np.float32)
        self._changed = self._changed or not np.array_equal(flat, self._flat)
        self._flat = flat

    def moved(self) -> Floats | None:
        """Return the circuits, if they have changed since this was last asked."""
        changed, self._changed = self._changed, False
        return self._flat if changed else None
