"""How rules that stand everywhere are lived on pastures; see `sim.settlements.Settlement`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import Activity, Kind, Stage, close_cases, grievances_of
from sim.places import pasture
from sim.places.pasture import CENTRE, HERDER, HOTLINE, INTAKES, JUSTICE, ROOM, STAFFED, STATION, TEAM
from sim.rules import awareness, bargaining, circuits, desks, grievances, hotline, service, teams, travel, trust, wages
from sim.settlements import Floats, Ints, Mask, Settlement
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

NEXT = {STATION: JUSTICE, ROOM: JUSTICE, TEAM: JUSTICE, JUSTICE: CENTRE}
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

    def burdens(self, w: Worlds, world: Ints, household: Ints, unit: Ints) -> Floats:
        """Return what waiting at each of `intakes` and the way there cost."""
        return np.stack([self.burden(w, desk, world, household) for desk in self.intakes])

    def burden(self, w: Worlds, desk: int, world: Ints, household: Ints) -> Floats:
        """Return what waiting and the way there and back cost; a call costs no way."""
        if desk == HOTLINE:
            team = self.desk(w, self.unit(w, household), TEAM)
            days = np.where(self.on_call(w, world, household), w.wait_days[world, team], hotline.wait(w, world))
            return w.at("b_wait", world) * days
        own = self.desk(w, self.unit(w, household), desk)
        hours = travel.hours(w, world, travel.way(w, desk, household))
        return w.at("b_wait", world) * w.wait_days[world, own] + w.at("b_travel", world) * hours

    def bar(self, w: Worlds, weights: Floats, world: Ints, unit: Ints, kind: NDArray[np.int8]) -> None:
        """Leave everything to every desk: whoever is asked listens."""

    def receive(self, w: Worlds, world: Ints, household: Ints, kind: NDArray[np.int8], intake: Ints) -> Ints:
        """Return the desk of the sumu; calls are passed on to its centre, or answered by officers on call."""
        answers = np.where(self.on_call(w, world, household), TEAM, CENTRE)
        sumu, taker = self.unit(w, household), np.where(intake == HOTLINE, answers, intake)
        desk = np.empty(len(taker), dtype=np.int64)
        for number in STAFFED:
            here = taker == number
            desk[here] = self.desk(w, sumu[here], number)
        return desk

    def on_call(self, w: Worlds, world: Ints, household: Ints) -> Mask:
        """Return which households' calls officers on call answer themselves: where they can come before long."""
        sumu = self.unit(w, household)
        soon = w.wait_days[world, self.desk(w, sumu, TEAM)] <= w.at("on_call_days", world)
        on_call: Mask = (w.team_field[world, sumu] > 0) & soon
        return on_call

    def weigh(self, w: Worlds, rows: Ints) -> Mask:
        """Let those rest who know that the law does not support them, and those agree who both know the law."""
        return awareness.weigh(w, rows)

    def believed(self, w: Worlds, rows: Ints, success: Floats) -> Floats:
        """Return what is believed in by those who know the law, and by the others."""
        return awareness.believed(w, rows, success)

    @staticmethod
    def desk(w: Worlds, sumu: Ints, kind: int) -> Ints:
        """Return the desk row of a kind in each sumu."""
        return w.layout.traits["sumu_desk"][len(STAFFED) * sumu + STAFFED.index(kind)]

    def staff(self, w: Worlds) -> None:
        """Give the offices of every sumu their minutes a week."""
        sumu = np.arange(w.layout.sizes["sumu"])
        of_station, of_others, field = teams.set_aside(w)
        away: dict[int, Any] = {STATION: of_station - w.station_extra, JUSTICE: of_others, CENTRE: of_others, ROOM: 0}
        for kind, hours in HOURS.items():
            there = np.rint(MINUTES * w.p.values[hours]).astype(np.int64)
            left = np.broadcast_to(np.maximum(there - away[kind], 0), (w.n, len(sumu)))
            np.add.at(w.desk_minutes.T, self.desk(w, sumu, kind), left.T)  # centres may be shared
        w.desk_minutes[:, self.desk(w, sumu, TEAM)] = field

    def minutes(self, w: Worlds, rows: Ints) -> Ints:
        """Return the minutes that the next step of each case takes.

        Help is brought, and officers on call go to the parties: the way is added. They hear a call on the phone first,
        and see to some needs of help so.
        """
        c = w.cases
        world, taken = c.world[rows], circuits.session_minutes(w, rows)
        called = desks.kind_of(w, c.desk[rows]) == TEAM
        goes = where(called | (c.kind[rows] == Kind.HELP))
        if len(goes):
            hours = travel.hours(w, world[goes], self._way(w, rows[goes], self._host(w, rows[goes])))
            taken[goes] += np.rint(MINUTES * hours).astype(np.int64)
        fresh = where(called & (c.sittings[rows] == 0))
        if len(fresh):
            phone = np.rint(MINUTES * w.at("phone_hours", world[fresh])).astype(np.int64)
            taken[fresh] = np.where(self._by_phone(w, rows[fresh]), 0, taken[fresh]) + phone
        return taken

    def _by_phone(self, w: Worlds, rows: Ints) -> Mask:
        """Return which cases are needs of help that officers on call can see to on the phone."""
        c = w.cases
        called = (c.kind[rows] == Kind.HELP) & (desks.kind_of(w, c.desk[rows]) == TEAM)
        return called & noise.chance(w.at("by_phone", c.world[rows]), c.key[rows], "help.by_phone")

    @staticmethod
    def _host(w: Worlds, rows: Ints) -> Ints:
        """Return the household where each case is held if somebody goes there: the first party's, or a worker's."""
        c = w.cases
        host = c.bearer[rows].copy()
        crew = where(c.kind[rows] == Kind.WAGES)
        host[crew] = w.layout.traits["first_hand"][c.bearer[rows[crew]]]
        return host

    def _way(self, w: Worlds, rows: Ints, household: Ints) -> Ints:
        """Return the way from each household to the desk that has the case, metres of open steppe."""
        out = np.zeros(len(rows), dtype=np.int64)
        at = desks.kind_of(w, w.cases.desk[rows])
        for kind in STAFFED:
            here = at == kind
            out[here] = travel.way(w, kind, household[here])
        return out

    def _farthest(self, w: Worlds, rows: Ints) -> Ints:
        """Return the longer of both parties' ways to where the session is held; of a crew, one worker's.

        That is the desk that has the dispute, the centre if all agencies sit there together, or the first party's
        place if officers go there.
        """
        c = w.cases
        first, second = self._host(w, rows), c.other[rows]
        second = np.where(second >= 0, second, first)
        out = np.maximum(self._way(w, rows, first), self._way(w, rows, second))
        together = where(c.joint[rows])
        out[together] = np.maximum(travel.way(w, CENTRE, first[together]), travel.way(w, CENTRE, second[together]))
        there = where(c.visited[rows] | (desks.kind_of(w, c.desk[rows]) == TEAM))
        place, other = circuits.of_households(w, first[there]), circuits.of_households(w, second[there])
        out[there] = pasture.way(w.layout, *other, *place)
        return out

    def see_off(self, w: Worlds, rows: Ints, desk: Ints) -> tuple[Floats, Mask]:
        """Return the chance to be lost, less for what is entered in a ledger, and what the station itself carries."""
        world, sumu = w.cases.world[rows], w.cases.compound[rows]
        minutes = service.take(w, world, service.TRIAGE)
        booked = teams.spend(w, "papers", world, sumu, minutes)
        loss = w.at("handoff_loss", world)
        less = np.where(booked, np.minimum(loss, w.team_loss[world, sumu]), loss)
        return less, teams.spend(w, "summoned", world, sumu, minutes)

    def attend(self, w: Worlds, rows: Ints) -> None:
        """Bring help."""
        c = w.cases
        drove = rows[~(c.visited[rows] | self._by_phone(w, rows))]  # a circuit counts its own way
        w.count("field_metres", c.world[drove], 2 * self._way(w, drove, c.bearer[drove]))
        c.handled[rows] = w.day
        w.count("helped", c.world[rows])
        grievances.settle(w, grievances_of(w, rows))
        close_cases(w, rows, Stage.SETTLED, Activity.SETTLED)
        trust.learn(w)

    def no_show(self, w: Worlds, rows: Ints) -> Floats:
        """Return the chance that a party stays away, the greater the farther; whom somebody summons comes oftener.

        The centre always summons, others as far as the station has time set aside for it. An hour on the way weighs
        as it does in going to a desk at all: it adds `b_travel` to the logit.
        """
        c = w.cases
        world = c.world[rows]
        near = w.at("no_show", world)
        called = desks.kind_of(w, c.desk[rows]) == CENTRE
        below = where(~called)
        minutes = service.take(w, world[below], service.TRIAGE)
        called[below] = teams.spend(w, "summoned", world[below], c.compound[rows[below]], minutes)
        near = np.where(called, np.minimum(near, w.at("no_show_summoned", world)), near)
        hours = travel.hours(w, world, self._farthest(w, rows))
        odds = near / (1 - near) * noise.exp(w.at("b_travel", world) * hours)
        chance: Floats = odds / (1 + odds)
        return chance

    def held(self, w: Worlds, rows: Ints) -> None:
        """Count what parties and officers were on the way."""
        c = w.cases
        world = c.world[rows]
        called = where((desks.kind_of(w, c.desk[rows]) == TEAM) & ~c.visited[rows])
        w.count("field_metres", world[called], 2 * self._way(w, rows[called], self._host(w, rows[called])))
        hours = travel.hours(w, world, self._farthest(w, rows))
        w.count("people_minutes", world, np.rint(MINUTES * hours).astype(np.int64))

    def confirms(self, w: Worlds, rows: Ints) -> Mask:
        """Return what is agreed on a joint circuit with a judge on board."""
        c = w.cases
        confirms: Mask = c.joint[rows] & (w.team_judge[c.world[rows], c.compound[rows]] > 0)
        return confirms

    def ability(self, w: Worlds, rows: Ints) -> Floats:
        """Return the ability of officers."""
        return w.at("mediator_ability", w.cases.world[rows])

    def above(self, w: Worlds, rows: Ints) -> Ints:
        """Return the justice office's desk, then the centre's; nobody's if all agencies sat together."""
        c = w.cases
        level, out = desks.kind_of(w, c.desk[rows]), np.full(len(rows), -1, dtype=np.int64)
        for kind, higher in NEXT.items():
            here = (level == kind) & ~c.joint[rows]
            out[here] = self.desk(w, c.compound[rows[here]], higher)
        return out

    def relieve(self, w: Worlds, rows: Ints) -> None:
        """Book agreements on wages."""
        wages.agree(w, rows, bargaining.confirmed_by_court(w, rows))


HOURS = {STATION: "station_hours", ROOM: "room_hours", JUSTICE: "justice_hours", CENTRE: "sumu_hours"}
"""Kind of desk to the parameter that says how many hours a week it has."""
