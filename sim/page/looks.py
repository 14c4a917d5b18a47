"""What the maps show of every household, worked out of columns and tables for both twins at once.

Of each household a byte of bits and, as another byte, its mean trust in the desks that it can go to; of each compound
how often enrolled couriers have come through. Nothing here changes a world or draws a number of its own.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.cases import Kind, State
from sim.places.compound import VACANT
from sim.rules import couriers, defects, desks, travel, trust
from sim.schedule import Phase

if TYPE_CHECKING:
    from sim.worlds import Worlds

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

CALM, SILENT, VOICED, SETTLED = 0, 1, 2, 3
"""Lowest two bits: nothing is suffered; something, not voiced; something that is voiced; settled lately."""

PAYS, KEEPS, ADOPTED, AWAY, LEAKS = (1 << bit for bit in (2, 3, 4, 5, 6))
"""Other bits: pays the fee; keeps birds now; ever did; is not there today; the building's roof leaks."""

LATELY = 90
"""Days for which something settled shows."""

PASSED = 7
"""Days over which couriers' passes are counted."""

LONG_AGO = -(10**6)

NO_TRUST = 255
"""Trust of a household row in which nobody lives; else from 0 to `FULL_TRUST`."""

FULL_TRUST = 250


class Looks:
    """Follows two worlds from day 0 on.

    Attributes:
        w: the worlds.
        settled: day on which something of each household was settled last, shape ``(worlds, households)``.
    """

    def __init__(self, w: Worlds) -> None:
        self.w = w
        self.settled = np.full((w.n, w.households), LONG_AGO, dtype=np.int32)
        self._noted: NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
        self._passes: deque[NDArray[np.int64]] = deque(maxlen=PASSED)
        self._note_settled()
        self.settled[...] = LONG_AGO  # what was settled before day 0 is not shown

    def see(self, phase: Phase) -> None:
        """Look before phases of a day: at couriers, and at what may be dropped from the tables at its end."""
        if phase.function is couriers.go_round and self.w.couriers_share.any():
            passes, there = couriers.today(self.w), self.w.layout.sizes["compound"]
            count = np.bincount(passes.world * there + passes.compound, minlength=self.w.n * there)
            self._passes.append(count.reshape(self.w.n, there))
        elif phase.function is desks.let_go:
            self._note_settled()

    def after(self) -> None:
        """Look after a day."""
        self._note_settled()

    def _note_settled(self) -> None:
        """Note whose grievances have been settled since this was last done."""
        g = self.w.grievances
        rows = np.flatnonzero(((g.state == State.SETTLED) | (g.state == State.PRIVATE)) & ~g.aching)
        key: NDArray[np.uint64] = g.key[rows]
        keys = np.bitwise_xor(key, g.world[rows].astype(np.uint64))  # twins' grievances have the same keys
        fresh = rows[~np.isin(keys, self._noted)]
        self._noted = keys
        self.settled[g.world[fresh], g.household[fresh]] = self.w.day

    def states(self) -> Bytes:
        """Return every household's bits, shape ``(worlds, households)``."""
        w, g = self.w, self.w.grievances
        shape, size = self.settled.shape, self.settled.size
        voiced = g.aching & ((g.state == State.OPEN) | (g.state == State.JOINED))
        place = g.world * w.households + g.household
        out = np.where(w.day - self.settled < LATELY, SETTLED, CALM).astype(np.uint8).reshape(-1)
        out[np.bincount(place[g.aching], minlength=size) > 0] = SILENT
        out[np.bincount(place[voiced], minlength=size) > 0] = VOICED
        out = out.reshape(shape)
        layout, there = w.layout, [s.name for s in w.settlements]
        if "compound" in there:
            flats = out[:, : w.flats]
            flats |= w.pays[:, : w.flats] * np.uint8(PAYS)
            roofs = w.defective[:, defects.assets_of_kind(w, int(Kind.ROOF))]
            flats |= roofs[:, layout.up("household", "building")[: w.flats]] * np.uint8(LEAKS)
        if "village" in there:
            yards = out[:, layout.homes("village")]
            yards |= w.keeps * np.uint8(KEEPS) | w.adopted * np.uint8(ADOPTED)
        if "pasture" in there:
            camps = layout.homes("pasture")
            out[:, camps] |= (~travel.there(w)[camps]) * np.uint8(AWAY)
        return out

    def trusts(self) -> Bytes:
        """Return every household's mean trust in the desks that take its claims, shape ``(worlds, households)``."""
        w = self.w
        out = np.full(self.settled.shape, NO_TRUST, dtype=np.uint8)
        for settlement in w.settlements:
            homes = np.arange(w.households)[w.layout.homes(settlement.name)]
            world, household = np.repeat(np.arange(w.n), len(homes)), np.tile(homes, w.n)
            known = trust.trusted(settlement.name)
            mean = sum((trust.in_desk(w, desk, world, household) for desk in known), np.zeros(len(world))) / len(known)
            out[:, homes] = np.rint(FULL_TRUST * mean).astype(np.uint8).reshape(w.n, -1)
        out[vacant(w)] = NO_TRUST
        return out

    def coverage(self) -> Bytes | None:
        """Return passes of enrolled couriers through each compound in the last days; None where nobody looks out."""
        if not self._passes:
            return None
        return np.minimum(sum(self._passes), 255).astype(np.uint8)


def vacant(w: Worlds) -> Mask:
    """Return in which household rows nobody lives, shape ``(worlds, households)``."""
    out = np.zeros((w.n, w.households), dtype=bool)
    if "compound" in [s.name for s in w.settlements]:
        out[:, : w.flats] = w.tenure == VACANT
    return out
