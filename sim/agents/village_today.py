"""What agents of villages show that is no column, as `sim.agents.today` does for all places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.books import FEN
from sim.rules import bases, canvass

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def hours_by_use(w: Worlds) -> dict[str, Floats]:
    """Return the hours a week that branches give to each use, by village."""
    uses = canvass.minutes(w) | {"table_minutes": np.minimum(w.table_minutes, w.branch_minutes)}
    return {use.removesuffix("_minutes"): minutes[0] / 60 for use, minutes in uses.items()}


def lent(w: Worlds) -> Floats:
    """Return what households owe each base, yuan."""
    out: Floats = bases.lent(w)[0] / FEN
    return out


def capacity(w: Worlds) -> Ints:
    """Return how many birds each base holds, 0 where none is run."""
    out: Ints = bases.capacity(w)[0]
    return out


def standing(w: Worlds) -> Ints:
    """Return the birds that each base has out or keeps itself."""
    out: Ints = bases.standing(w)[0]
    return out


def woodland_of_bases(w: Worlds) -> Floats:
    """Return the woodland of each base, mu."""
    return bases.land_and_rooms(w)[0][0]


def rooms_of_bases(w: Worlds) -> Floats:
    """Return the rooms of each base for brooding, m2."""
    return bases.land_and_rooms(w)[1][0]
