"""How rules that stand everywhere are lived on pastures; see `sim.settlements.Settlement`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import Activity, Kind, Stage, close_cases, grievances_of
from sim.places.pasture import CENTRE, HERDER, HOTLINE, INTAKES, JUSTICE, ROOM, STAFFED, STATION
from sim.rules import desks, grievances, travel, trust, wages
from sim.rules.desks import BOUNDARY, HELP, LIVESTOCK, MEDIATE, WAGES
from sim.settlements import Floats, Ints, Mask, Settlement
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

STEP_OF = {Kind.BOUNDARY: BOUNDARY, Kind.LIVESTOCK: LIVESTOCK, Kind.WAGES: WAGES, Kind.HELP: HELP}
"""Kind of case to the step that a session about it is; quarrels are as anywhere."""

NEXT = {STATION: JUSTICE, ROOM: JUSTICE, JUSTICE: CENTRE}
"""Kind of desk to the one above it; above the centre is the court."""

MINUTES = 60


class Pasture(Settlement):
    """See the module."""

    name = "pasture"
    intakes = INTAKES

    def inhabited(self, w: Worlds) -> Mask:
        """Return which rows are herders', who are there all year."""
        return np.broadcast_to(w.layout.traits["living"] == HERDER, (w.n, w.households))

    def groups(self, w: Worlds) -> dict[str, Mask]:
        """Return which herders are close to cadres, live nearest to the centre or farthest, and who is no herder."""
        herders = self.inhabited(w)
        near, far = (np.broadcast_to(w.layout.traits[end] == 1, herders.shape) for end in ("near", "far"))
        return {"connected": w.connected & herders, "near": near, "far": far, "seasonal": ~herders}

    def unit(self, w: Worlds, household: Ints) -> Ints:
        """Return the sumu of each household."""
        return w.layout.up("household", "sumu")[household]

    def burden(self, w: Worlds, desk: int, world: Ints, household: Ints) -> Floats:
        """Return what waiting and the way there and back cost; a call costs no way."""
        if desk == HOTLINE:
            return w.at("b_wait", world) * w.at("hotline_days", world)
        own = self.desk(w, self.unit(w, household), desk)
        hours = travel.hours(w, world, travel.way(w, desk, household))
        return w.at("b_wait", world) * w.wait_days[world, own] + w.at("b_travel", world) * hours

    def bar(self, w: Worlds, weights: Floats, world: Ints, household: Ints, kind: NDArray[np.int8]) -> None:
        """Leave everything to every desk: whoever is asked listens."""

    def receive(self, w: Worlds, world: Ints, household: Ints, kind: NDArray[np.int8], intake: Ints) -> Ints:
        """Return the desk of the sumu; calls are passed on to its centre."""
        sumu, taker = self.unit(w, household), np.where(intake == HOTLINE, CENTRE, intake)
        desk = np.empty(len(taker), dtype=np.int64)
        for number in STAFFED:
            here = taker == number
            desk[here] = self.desk(w, sumu[here], number)
        return desk

    @staticmethod
    def desk(w: Worlds, sumu: Ints, kind: int) -> Ints:
        """Return the desk row of a kind in each sumu."""
        return w.layout.traits["sumu_desk"][len(STAFFED) * sumu + STAFFED.index(kind)]

    def staff(self, w: Worlds) -> None:
        """Give the offices of every sumu their minutes a week."""
        sumu = np.arange(w.layout.sizes["sumu"])
        for kind in STAFFED:
            hours = getattr(w.p, HOURS[kind])
            w.desk_minutes[:, self.desk(w, sumu, kind)] = np.rint(MINUTES * hours).astype(np.int64)

    def minutes(self, w: Worlds, rows: Ints) -> Ints:
        """Return the minutes that the next step of each case takes; help is brought, so the way is added."""
        c = w.cases
        kind, world = c.kind[rows], c.world[rows]
        step = np.full(len(rows), MEDIATE)
        for number, of in STEP_OF.items():
            step[kind == number] = of
        taken = desks.take(w, world, step)
        errand = where(kind == Kind.HELP)
        if len(errand):
            hours = travel.hours(w, world[errand], self._way(w, rows[errand], c.bearer[rows[errand]]))
            taken[errand] += np.rint(MINUTES * hours).astype(np.int64)
        return taken

    def _way(self, w: Worlds, rows: Ints, household: Ints) -> Ints:
        """Return the way from each household to the desk that has the case, metres of open steppe."""
        out = np.zeros(len(rows), dtype=np.int64)
        at = desks.kind_of(w, w.cases.desk[rows])
        for kind in STAFFED:
            here = at == kind
            out[here] = travel.way(w, kind, household[here])
        return out

    def _farthest(self, w: Worlds, rows: Ints) -> Ints:
        """Return the longer of both parties' ways to the desk that has the dispute; of a crew, one worker's."""
        c = w.cases
        first, second = c.bearer[rows].copy(), c.other[rows].copy()
        crew = where(c.kind[rows] == Kind.WAGES)
        first[crew] = second[crew] = w.layout.traits["first_hand"][c.bearer[rows[crew]]]
        return np.maximum(self._way(w, rows, first), self._way(w, rows, second))

    def loss(self, w: Worlds, rows: Ints) -> Floats:
        """Return the chance to be lost on the way to another desk."""
        return w.at("handoff_loss", w.cases.world[rows])

    def carried(self, w: Worlds, rows: Ints, desk: Ints) -> Mask:
        """Return that nobody carries cases."""
        return np.zeros(len(rows), dtype=bool)

    def attend(self, w: Worlds, rows: Ints) -> None:
        """Bring help."""
        c = w.cases
        w.count("field_metres", c.world[rows], 2 * self._way(w, rows, c.bearer[rows]))
        w.count("helped", c.world[rows])
        grievances.settle(w, grievances_of(w, rows))
        close_cases(w, rows, Stage.SETTLED, Activity.SETTLED)
        trust.learn(w)

    def no_show(self, w: Worlds, rows: Ints) -> Floats:
        """Return the chance that a party stays away, the greater the farther; whom the centre summons comes oftener.

        An hour on the way weighs as it does in going to a desk at all: it adds `b_travel` to the logit.
        """
        c = w.cases
        world = c.world[rows]
        near = w.at("no_show", world)
        called = desks.kind_of(w, c.desk[rows]) == CENTRE
        near = np.where(called, np.minimum(near, w.at("no_show_summoned", world)), near)
        hours = travel.hours(w, world, self._farthest(w, rows))
        odds = near / (1 - near) * noise.exp(w.at("b_travel", world) * hours)
        chance: Floats = odds / (1 + odds)
        return chance

    def held(self, w: Worlds, rows: Ints) -> None:
        """Count what parties were on the way."""
        world = w.cases.world[rows]
        hours = travel.hours(w, world, self._farthest(w, rows))
        w.count("people_minutes", world, np.rint(MINUTES * hours).astype(np.int64))

    def ability(self, w: Worlds, rows: Ints) -> Floats:
        """Return the ability of officers."""
        return w.at("mediator_ability", w.cases.world[rows])

    def above(self, w: Worlds, rows: Ints) -> Ints:
        """Return the justice office's desk, then the centre's."""
        c = w.cases
        level, out = desks.kind_of(w, c.desk[rows]), np.full(len(rows), -1, dtype=np.int64)
        for kind, higher in NEXT.items():
            here = level == kind
            out[here] = self.desk(w, c.compound[rows[here]], higher)
        return out

    def relieve(self, w: Worlds, rows: Ints) -> None:
        """Book agreements on wages."""
        wages.agree(w, rows)


HOURS = {STATION: "station_hours", ROOM: "room_hours", JUSTICE: "justice_hours", CENTRE: "sumu_hours"}
"""Kind of desk to the parameter that says how many hours a week it has."""
