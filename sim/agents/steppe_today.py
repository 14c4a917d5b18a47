"""What agents of pastures show that is no column, as `sim.agents.today` does for all places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.cases import Desk
from sim.places.pasture import STAFFED
from sim.rules import circuits, travel

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

AWAY = -1
"""Coordinates of who is not in the sumu."""


def on_summer_ground(w: Worlds) -> Mask:
    """Return which households are on the summer ground, or would be."""
    return travel.on_summer_ground(w)


def there(w: Worlds) -> Mask:
    """Return which households are in the sumu."""
    return travel.there(w)


def whereabouts(w: Worlds) -> Ints:
    """Return the cell on which every household is, shape ``(households, 2)``; `AWAY` where it is not in the sumu."""
    metres = np.stack(circuits.of_households(w, np.arange(w.households)), axis=1)
    return np.where(there(w)[:, None], (metres // w.layout.cell_metres).astype(np.int64), AWAY)


def ways(w: Worlds) -> dict[str, NDArray[np.float64]]:
    """Return the way from every household to each kind of desk, km of open steppe, by the desk's word."""
    every = np.arange(w.households)
    return {Desk(desk).name.lower(): travel.way(w, desk, every) / 1000 for desk in STAFFED}
