"""A sumu: its offices and their hours, what the station sets aside, law talks, and circuits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mesa import Agent

from tests.oracle.draws import chance, uniform
from tests.oracle.parley import Errand, Matter, Parley

if TYPE_CHECKING:
    from tests.oracle.camp import Camp
    from tests.oracle.desk import Desk
    from tests.oracle.steppe import Steppe

OFFICES = ("station", "room", "justice", "centre", "team")
PURPOSES = ("summoned", "papers", "lessons")
LEVERS = dict(
    field=0, circuit=0, crews=1, drives=0, calendar=0, board=1, judge=0, summoned=0, papers=0, lessons=0, loss=1.0,
    extra=0,
)  # fmt: skip
"""What a station does without any mechanism."""

SAVED_WEEKS = 8
USUAL_HOURS, HOURS_PER_TALK, WEEKS = 25.0, 6.0, 365 / 7


class Sumu(Agent):
    """A sumu.

    Attributes:
        cases: its people's cases on the books of any desk, by the number of their booking, in its order.
        in_hand: time saved for each purpose, sevenths of a minute.
        weekly: minutes a week now set aside for it.
        circuit_time: minutes a week of a crew's circuit.
    """

    def __init__(self, model: Steppe, number: int) -> None:
        super().__init__(model)
        self.number = number
        self.camps: list[Camp] = []
        self.herders: list[Camp] = []
        self.campers: list[Camp] = []
        self.desks: dict[str, Desk] = {}
        self.cases: dict[int, Matter] = {}
        self.levers: dict[str, Any] = dict(LEVERS)
        self.in_hand, self.weekly = dict.fromkeys(PURPOSES, 0), dict.fromkeys(PURPOSES, 0)
        self.circuit_time = self.talks_held = 0

    # -- hours

    def offer(self, on: dict[str, bool], p: Any) -> None:
        """Do what mobile mediation asks for."""
        levers = self.levers
        levers["extra"] += round(60 * p.extra_hours)
        if p.hours <= 0:
            return
        scale = min(p.hours / USUAL_HOURS, 1.0)
        busy = 153 / 365
        factor = 1.0
        if p.calendar:
            factor = 1 + p.calendar_shift * (1.0 if 151 <= self.model.day % 365 < 304 else -busy / (1 - busy))
        circuit = round(60 * p.circuit_hours * scale * factor)
        if on["onsite_visits"]:
            levers["drives"] = 1
            levers["field"] += p.crews * max(round(60 * p.hours) - circuit, 0)
        if on["onsite_visits"] or on["coordination"]:
            levers["circuit"] += circuit
            levers["crews"] = max(levers["crews"], p.crews)
            levers["calendar"] = int(p.calendar)
        if on["coordination"]:
            levers["judge"] = int(p.judge)
            levers["board"] = 3 + levers["judge"]
        if on["authority"]:
            levers["summoned"] += round(60 * p.summons_hours * scale)
        if on["case_ledger"]:
            levers["papers"] += round(60 * p.ledger_hours * scale)
            levers["loss"] = min(levers["loss"], p.entered_loss)
        if on["legal_awareness"]:
            levers["lessons"] += round(60 * (p.talks * HOURS_PER_TALK / WEEKS) * scale)

    def staff(self) -> None:
        """Divide the week: circuits first, then what is set aside, then calls; the rest is the desk's."""
        p, levers, joint = self.model.p, self.levers, self.levers["board"] > 1
        offices = {"justice": round(60 * p.justice_hours), "centre": round(60 * p.sumu_hours)}
        left = round(60 * p.station_hours) + levers["extra"]
        able = min(left, *offices.values()) if joint else left
        self.circuit_time = min(levers["circuit"], able // levers["crews"])
        left -= levers["crews"] * self.circuit_time
        for purpose in PURPOSES:
            minutes = min(levers[purpose], left)
            most = SAVED_WEEKS * 7 * minutes
            self.in_hand[purpose] = min(self.in_hand[purpose], most)
            self.weekly[purpose] = min(minutes, (most - self.in_hand[purpose]) // 7)
            left -= self.weekly[purpose]
        field = min(levers["field"], left)
        self.desks["station"].minutes = left - field
        self.desks["team"].minutes = field
        self.desks["room"].minutes = round(60 * p.room_hours)
        for office, minutes in offices.items():
            self.desks[office].minutes = minutes - joint * levers["crews"] * self.circuit_time

    def save(self) -> None:
        """Put the week's time to what is in hand."""
        for purpose in PURPOSES:
            self.in_hand[purpose] += 7 * self.weekly[purpose]

    def spend(self, purpose: str, minutes: int) -> bool:
        """Spend time set aside, if there is enough of it."""
        if 7 * minutes > self.in_hand[purpose]:
            return False
        self.in_hand[purpose] -= 7 * minutes
        self.model.count(f"minutes_{purpose}", minutes)
        return True

    def write_ledger(self) -> bool:
        """Enter a hand-off, if there is time."""
        return self.spend("papers", round(60 * self.model.p.triage_hours))

    @property
    def ledger_loss(self) -> float:
        """Return the chance that an entered case is lost."""
        return self.levers["loss"]

    def on_call(self) -> bool:
        """Whether officers on call answer: they are, and can come before long."""
        return self.levers["field"] > 0 and self.desks["team"].wait <= self.model.p.on_call_days

    # -- law talks

    def talk(self) -> None:
        """Hold a law talk at some herder's, if there is the time for it and for the way."""
        model, p, seed, nth = self.model, self.model.p, self.model.replication_seed, self.talks_held
        host = self.herders[math.floor(uniform(seed, "talk.host", self.number, nth) * len(self.herders))]
        metres = model.way_to_office(host, self.desks["station"])
        minutes = round(60 * (p.lesson_hours + model.hours(metres)))
        if self.in_hand["lessons"] == 0 or not self.spend("lessons", minutes):
            return
        self.talks_held += 1
        model.count("field_metres", 2 * metres)
        model.count("law_talks")
        around = (p.talk_circles - 1) // 2
        for camp in self.camps:
            near = abs(camp.circle_number - host.circle_number) <= around
            reach = p.talk_reach if near else p.online_reach
            if camp.there() and chance(reach, seed, "talk.reach", camp.number, nth):
                camp.aware = True

    # -- circuits

    def go_round(self) -> None:
        """Send out the crews, one after the other, then hold what is on their way."""
        model, joint = self.model, self.levers["board"] > 1
        if not self.circuit_time:
            return
        theirs = ("station", "team", "justice", "centre") if joint else ("station", "team")
        there = [
            case
            for case in self.cases.values()
            if case.stage == "waiting" and case.ready <= model.day
            and case.desk.kind in theirs and (self.levers["drives"] or isinstance(case, Parley))
        ]  # fmt: skip
        stops: list[Matter] = []
        for _ in range(self.levers["crews"]):
            taken = self.tour([case for case in there if case not in stops])
            stops += taken
        for case in stops:
            case.visited, case.joint = bool(self.levers["drives"]), joint
        self.ask_around([case.host for case in stops if case.visited])
        parleys = [case for case in stops if isinstance(case, Parley)]
        summoned = [case.summon() for case in parleys]
        for case, called in zip(parleys, summoned, strict=True):
            case.mediate(called)
        for case in stops:
            if isinstance(case, Errand):
                case.attend()
        for case in stops:
            case.visited = case.joint = False

    def tour(self, cases: list[Matter]) -> list[Matter]:
        """Go from the station always to the nearest case that can be held and come home from in time.

        With a calendar the nearest of those on the season's list, as long as there is one.
        """
        model, drives = self.model, self.levers["drives"]
        home, centre = self.desks["station"].place, self.desks["centre"].place
        left, here, driven, stops = float(self.circuit_time), home, 0, []

        def minutes(metres: int) -> float:
            return 30.0 * model.hours(metres)

        while True:
            best = None
            for case in cases:
                there = case.host.place() if drives else centre
                metres = model.way(here, there)
                asking = round(60 * model.p.stop_hours) if drives else 0
                takes = minutes(metres) + (case.session_minutes() + asking)
                fits = takes + minutes(model.way(there, home)) <= left
                later = self.levers["calendar"] and case.kind not in model.on_the_list()
                if fits and (best is None or (later, metres) < best[0]):
                    best = (later, metres), takes, case, there
            if best is None:
                break
            (_, metres), takes, case, here = best
            left -= takes
            driven += metres
            stops.append(case)
            cases = [other for other in cases if other is not case]
        if stops:
            back = model.way(here, home)
            left -= minutes(back)
            model.count("minutes_circuits", round(self.circuit_time - left) * self.levers["board"])
            model.count("field_metres", driven + back)
            model.count("circuits")
            model.count("stops", len(stops))
        return stops

    def ask_around(self, hosts: list[Camp]) -> None:
        """Ask what troubles the people around; who has something on the mind decides the next day."""
        around = {host.circle_number: host.circle for host in hosts}
        people = [camp for circle in around.values() for camp in circle]
        for grievance in [grievance for camp in people for grievance in camp.grievances]:
            if grievance.state in ("latent", "quiet") and grievance.aching:
                self.model.count("surfaced_around")
                grievance.state, grievance.act = "quiet", self.model.day + 1
