"""How rules that stand everywhere are lived in villages; see `sim.settlements.Settlement`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.places.village import INTAKES
from sim.settlements import Ints, Mask, Settlement

if TYPE_CHECKING:
    from sim.worlds import Worlds


class Village(Settlement):
    """See the module. There are no desks, and nothing is claimed."""

    name = "village"
    intakes = INTAKES

    def inhabited(self, w: Worlds) -> Mask:
        """Return the household rows of yards: somebody lives in each."""
        out = np.zeros((w.n, w.households), dtype=bool)
        out[:, w.layout.traits["yard_household"]] = True
        return out

    def groups(self, w: Worlds) -> dict[str, Mask]:
        """Return no group."""
        return {}

    def unit(self, w: Worlds, household: Ints) -> Ints:
        """Return the village of each household."""
        yard = np.empty(w.households, dtype=np.int64)
        yard[w.layout.traits["yard_household"]] = np.arange(w.layout.sizes["yard"])
        return w.layout.up("yard", "village")[yard[household]]

    def staff(self, w: Worlds) -> None:
        """Leave it: there is no desk."""
