"""The steppe and its day: the oracle of pastures."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from sim.places import pasture as place
from sim.worlds import Recipe
from tests.oracle.camp import TOPICS, Camp
from tests.oracle.case import Case
from tests.oracle.complaint import Complaint
from tests.oracle.court import Court
from tests.oracle.desk import Desk
from tests.oracle.draws import chance, exp
from tests.oracle.grievance import Grievance
from tests.oracle.parley import Errand, Parley
from tests.oracle.sumu import LEVERS, OFFICES, Sumu
from tests.oracle.worksite import Site
from tests.oracle.world import LN_HALF, QUARTER, OracleModel

LIVING = ("herder", "camper", "worker")
SNOW = {*range(304, 365), *range(90)}
"""November to March."""


class Steppe(OracleModel):
    """One replication of one scenario, a day a step.

    Attributes:
        households: herders', campers' and workers', by their numbers.
        assets: work sites.
        sumus: with their offices.
    """

    # -- the beginning

    def settle_people(self, recipe: Recipe) -> None:
        """Build what the layout lays out, and let everybody pitch camp."""
        self.layout = layout = place.build(place.Structure(**recipe.structure), recipe.layout_seed())
        sizes, traits = layout.sizes, layout.traits
        self.ways_closed = False
        self.arrangement: tuple[dict[str, bool], Any] | None = None
        self.sumus = [Sumu(self, number) for number in range(sizes["sumu"])]
        per_sumu = sizes["asset"] // sizes["sumu"]
        self.assets = [Site(self, number, self.sumus[number // per_sumu]) for number in range(sizes["asset"])]
        circles: dict[int, list[Camp]] = {}
        self.households = []
        for number in range(sizes["household"]):
            circle_number = int(layout.up("household", "circle")[number])
            circle = circles.setdefault(circle_number, [])
            sumu = self.sumus[int(layout.up("household", "sumu")[number])]
            camp = Camp(self, number, LIVING[traits["living"][number]], sumu, circle, circle_number)
            circle.append(camp)
            sumu.camps.append(camp)
            self.households.append(camp)
            if camp.living == "worker":
                self.assets[int(traits["site"][number])].workers.append(camp)
        self.desks = []
        for sumu in self.sumus:
            sumu.herders = [camp for camp in sumu.camps if camp.living == "herder"]
            sumu.campers = [camp for camp in sumu.camps if camp.living == "camper"]
            for kind in OFFICES:
                desk = Desk(self, len(self.desks), kind)
                desk.place = int(traits["x"][desk.number]), int(traits["y"][desk.number])
                sumu.desks[kind] = desk
                self.desks.append(desk)
        self.court = Court(self, len(self.desks), "court")
        self.desks.append(self.court)

    def arrange(self, on: dict[str, bool], p: Any) -> None:
        """Bring in mobile mediation: channels that are on, and its parameters."""
        self.arrangement = on, p

    def begin(self) -> None:
        """Bring in the scenario's mechanism, when the burn-in is over, and forget what has been borne."""
        for camp in self.households:
            camp.borne = 0
        self.change_offices()

    # -- ways

    def way(self, a: tuple[int, int], b: tuple[int, int]) -> int:
        """Return the way between two points, metres of open steppe: longer by the terrain at its ends."""
        rough, edge = self.layout.layers["travel_cost"], self.layout.cell_metres
        ends = [float(rough[int(x // edge), int(y // edge)]) for x, y in (a, b)]
        dx, dy = float(a[0] - b[0]), float(a[1] - b[1])
        return round(math.sqrt(dx * dx + dy * dy) * (ends[0] + ends[1]) / 2)

    def way_to_office(self, camp: Camp, desk: Desk) -> int:
        """Return the way from where somebody is today to an office."""
        return self.way(camp.place(), desk.place)

    def hours(self, metres: int) -> float:
        """Return how long a way takes there and back."""
        speed = self.p.winter_speed if self.day % 365 in SNOW else self.p.speed
        if self.ways_closed:
            speed = self.p.riding_speed
        return 2 * metres / (1000 * speed)

    # -- the day

    def step(self) -> None:
        """Live a day."""
        self.today.clear()
        self.events = []
        monday, sunday = self.day % 7 == 0 or self.day == self.first_day, self.day % 7 == 6
        if monday:
            for sumu in self.sumus:
                sumu.save()
            for bearer in (*self.households, *self.assets):
                bearer.look_ahead()
        self.seasonal = sum(camp.there() for camp in self.households if camp.living != "herder")
        self.people_fall_out()
        for site in [site for site in self.assets if site.clock.tick()]:
            site.fall_due()
        self.grievances_mature()
        self.grievances_are_felt()
        self.hotline.go_on()
        self.households_claim()
        if monday:
            calls = [site.block() for site in self.assets]
            self.count("opponent_calls", sum(call is not None for call in calls))
            self.book([(grievance, "station") for grievance in calls if grievance is not None])
        self.cases_arrive()
        self.desks_handle()
        if monday:
            for sumu in self.sumus:
                sumu.go_round()
        self.court.judge()
        self.wages_are_paid()
        if monday:
            for sumu in self.sumus:
                sumu.talk()
            self.law_spreads()
        if self.day % QUARTER == 0:
            self.households_forget()
        if sunday:
            self.snow_comes()
            self.change_offices()
            self.let_go()
        self.bear()
        self.day += 1

    @property
    def region(self) -> list[Steppe]:
        """Return what has one sky: all of it."""
        return [self]

    def snow_comes(self) -> None:
        """Let snow close the ways to vehicles for the week that begins tomorrow, or not."""
        tomorrow, p = self.day + 1, self.p
        may = tomorrow % 365 in SNOW
        self.ways_closed = may and chance(p.closed_ways, self.replication_seed, "travel.closed", tomorrow // 7)
        self.count("closed_weeks", int(self.ways_closed))

    def on_the_list(self) -> tuple[str, ...]:
        """Return what is on the list of the season: help in spring, herds while they meet, wages before New Year."""
        today = self.day % 365
        if 31 <= today < 151:
            return ("help",)
        return ("boundary", "livestock") if 151 <= today < 304 else ("wages",)

    def people_fall_out(self) -> None:
        """Let households feel wronged, or need help, one topic after the other."""
        for topic in TOPICS:
            ringing = [camp for camp in self.households if camp.clocks[topic].tick()]
            for camp in ringing:
                camp.fall_out(topic)

    def felt(self, *new: object) -> Grievance:
        """Make a grievance of what arose."""
        return Complaint(*new)

    def open_case(self, grievance: Grievance, desk: Desk, intake: str) -> Case:
        """Book a case."""
        what = Errand if grievance.kind == "help" else Parley
        case = what(grievance, desk, grievance.calls_hotline(intake))
        self.cases.append(case)
        self.count("opened")
        return case

    def desks_handle(self) -> None:
        """Let every desk take up what it can: disputes first, then help."""
        served = [case for desk in self.desks for case in desk.take_up()]
        disputes = [case for case in served if isinstance(case, Parley)]
        summoned = [case.summon() for case in disputes]
        for dispute, called in zip(disputes, summoned, strict=True):
            dispute.mediate(called)
        for case in served:
            if isinstance(case, Errand):
                case.attend()

    def wages_are_paid(self) -> None:
        """Let plans be kept or broken, and contractors pay late."""
        due = [site for site in self.assets if site.plan_day == self.day]
        breaking = [site for site in due if site.plan_left <= site.plan_stops]
        for site in breaking:
            site.default()
        for site in due:
            if site not in breaking:
                site.pay_instalment()
        for site in self.assets:
            if site.late_day == self.day and site.owed and not site.plan_left:
                site.pay_late()

    def law_spreads(self) -> None:
        """Let households learn the law from those of their circle who know it, and forget it."""
        p, seed, week = self.p, self.replication_seed, self.day // 7
        knew = {camp: camp.aware for camp in self.households}
        for camp in self.households:
            if knew[camp]:
                forgets = 1 - exp(LN_HALF * 7 / p.awareness_half_life)
                camp.aware = not chance(forgets, seed, "law.forget", camp.number, week)
                continue
            share = sum(knew[mate] for mate in camp.circle) / len(camp.circle)
            if share > 0:
                learns = 1 - exp(-p.spill * share * 7 / 365)
                camp.aware = chance(learns, seed, "law.spill", camp.number, week)

    def change_offices(self) -> None:
        """See what the mechanism asks for, divide the hours, and post the waits."""
        for sumu in self.sumus:
            sumu.levers = dict(LEVERS)
            if self.arrangement is not None:
                sumu.offer(*self.arrangement)
            sumu.staff()
        for desk in self.desks:
            for case in desk.queue():
                case.settle_minutes()
            desk.post_wait()

    # -- the record

    def stocks(self) -> dict[str, int]:
        """Return what there is now."""
        traits = self.layout.traits
        aching = [grievance for grievance in self.grievances if grievance.aching]
        of = Counter[str]()
        for g in aching:
            home = g.household
            of["connected"] += g.severity * home.connected
            of["near"] += g.severity * int(traits["near"][home.number])
            of["far"] += g.severity * int(traits["far"][home.number])
            of["seasonal"] += g.severity * (home.living != "herder")
        return {
            "unresolved": sum(grievance.severity for grievance in aching),
            "aching": len(aching),
            **{f"unresolved_{group}": of[group] for group in ("connected", "near", "far", "seasonal")},
            "seasonal": self.seasonal,
            **self.kept_waiting(),
        }
