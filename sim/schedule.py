"""The day: one readable list of phases, in the order in which they are lived.

The ODD quotes this list, and a test compares the two. The number of a phase is its step in the
description of a day: 1 season and weather, the week's time, 2 troubles arise, 3 noticed, 4 claimed and booked,
5 handled, 6 complied with and checked, 7 money moves, 8 people learn, 9 offices change, 10 record.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import compress
from typing import TYPE_CHECKING, Literal

from sim import books, clocks, places, winding
from sim.columns import Rule
from sim.parameters import Spec, merge, specs
from sim.rules import (
    alliance,
    arrears,
    awareness,
    bargaining,
    bases,
    beliefs,
    birds,
    bodies,
    canteen,
    canvass,
    capture,
    care,
    chores,
    claiming,
    coaching,
    company,
    contracts,
    couriers,
    courts,
    dealings,
    defects,
    desks,
    doors,
    elders,
    elections,
    enterprise,
    events,
    farming,
    fees,
    frictions,
    funding,
    grievances,
    handling,
    hosting,
    hotline,
    inspections,
    keeping,
    labour,
    leaders,
    market,
    motions,
    needs,
    neighbours,
    offices,
    patches,
    plant,
    projects,
    rearing,
    renewals,
    repairs,
    reports,
    rest_stations,
    rooms,
    shares,
    sharing,
    suffering,
    teams,
    ties,
    travel,
    trust,
    villagers,
    visits,
    volunteers,
    votes,
    wages,
    watch,
    weather,
)

if TYPE_CHECKING:
    from sim.worlds import Worlds

Cadence = Literal["day", "week", "week's end", "four weeks", "quarter", "year"]


@dataclass(frozen=True)
class Phase:
    """One entry of the schedule.

    Attributes:
        step: step of the day it belongs to, 1-10.
        function: what is done, for all worlds at once.
        every: how often. ``week`` = on the first day of a week and of the run; ``week's end`` = on
            the last day of a week; day 0 is the first day of a week, a quarter and a year.
    """

    step: int
    function: Callable[[Worlds], None]
    every: Cadence = "day"

    @property
    def name(self) -> str:
        """Return the phase's name, ``rule.function``."""
        return f"{self.function.__module__.rsplit('.', 1)[-1]}.{self.function.__name__}"

    @cached_property
    def rule(self) -> str:
        """Return the name of the rule it belongs to, empty if its file declares none: then it is lived everywhere."""
        rule = getattr(sys.modules[self.function.__module__], "RULE", None)
        return rule.name if rule else ""


def due_on(day: int, first: bool) -> frozenset[Cadence]:
    """Return how often what is lived on this day is lived; `first` marks the first day of the run."""
    every = first or day % 7 == 0, day % 7 == 6, not day % canvass.WAVE, not day % trust.QUARTER, not day % weather.YEAR
    return _cadences(every)


@cache
def _cadences(every: tuple[bool, ...]) -> frozenset[Cadence]:
    """Return the names of the cadences that are lived on a day, given which of those beyond the daily one are."""
    longer: tuple[Cadence, ...] = "week", "week's end", "four weeks", "quarter", "year"
    return frozenset({"day", *compress(longer, every)})


SCHEDULE: tuple[Phase, ...] = (
    Phase(1, weather.draw_year, "year"),
    Phase(1, market.step, "week"),
    Phase(1, sharing.take_time, "four weeks"),
    Phase(1, keeping.save, "week"),
    Phase(1, chores.give, "week"),
    Phase(1, hosting.save, "week"),
    Phase(1, teams.save, "week"),
    Phase(1, elders.begin_week, "week"),
    Phase(1, travel.move),
    Phase(2, defects.look_ahead, "week"),
    Phase(2, ties.fade, "week"),
    Phase(2, neighbours.look_ahead, "week"),
    Phase(2, arrears.look_ahead, "week"),
    Phase(2, frictions.look_ahead, "week"),
    Phase(2, villagers.look_ahead, "week"),
    Phase(2, sharing.look_ahead, "week"),
    Phase(2, wages.look_ahead, "week"),
    Phase(2, clocks.turn_page),
    Phase(2, winding.wind_up),
    Phase(2, defects.arise),
    Phase(2, defects.fall_silent),
    Phase(2, neighbours.quarrel),
    Phase(2, arrears.claim),
    Phase(2, frictions.fall_out),
    Phase(2, villagers.quarrel),
    Phase(2, sharing.feel_wronged),
    Phase(2, wages.fall_due),
    Phase(3, visits.go_round, "week"),
    Phase(3, canteen.serve, "week"),
    Phase(3, rooms.open_up, "week"),
    Phase(3, events.hold, "week"),
    Phase(3, watch.ask, "week"),
    Phase(3, couriers.go_round),
    Phase(3, grievances.mature),
    Phase(3, grievances.feel),
    Phase(4, claiming.hear_calls),
    Phase(4, claiming.decide),
    Phase(4, wages.block, "week"),
    Phase(4, desks.arrive),
    Phase(5, repairs.retable),
    Phase(5, handling.handle),
    Phase(5, teams.go_round, "week"),
    Phase(5, bargaining.judge),
    Phase(5, inspections.inspect, "week"),
    Phase(5, projects.bargain, "week"),
    Phase(5, renewals.talk, "week"),
    Phase(5, elections.hold, "week"),
    Phase(5, doors.knock),
    Phase(5, motions.consider),
    Phase(5, alliance.meet, "week"),
    Phase(5, canvass.go_round, "four weeks"),
    Phase(5, coaching.visit, "week"),
    Phase(6, repairs.work),
    Phase(6, patches.patch, "week"),
    Phase(6, enterprise.fail, "week"),
    Phase(7, contracts.expire),
    Phase(7, arrears.drop, "week"),
    Phase(7, wages.pay),
    Phase(7, fees.collect, "quarter"),
    Phase(7, company.account, "quarter"),
    Phase(7, renewals.take_back, "quarter"),
    Phase(7, inspections.report, "quarter"),
    Phase(7, capture.tempt, "quarter"),
    Phase(7, renewals.fear, "quarter"),
    Phase(7, company.choose, "quarter"),
    Phase(7, contracts.review, "quarter"),
    Phase(7, renewals.count),
    Phase(7, elections.count),
    Phase(7, funding.conclude),
    Phase(7, birds.sell),
    Phase(7, bases.sell_own),
    Phase(7, farming.choose, "four weeks"),
    Phase(7, bases.stock_up, "four weeks"),
    Phase(7, bases.settle, "quarter"),
    Phase(7, alliance.review, "year"),
    Phase(7, sharing.turn_year, "year"),
    Phase(7, bases.close, "year"),
    Phase(7, plant.decide, "year"),
    Phase(7, birds.turn_year, "year"),
    Phase(8, reports.answer),
    Phase(8, rest_stations.listen, "week"),
    Phase(8, beliefs.learn, "four weeks"),
    Phase(8, awareness.talk, "week"),
    Phase(8, care.tend, "week's end"),
    Phase(8, elders.take_part, "week's end"),
    Phase(8, trust.forget, "quarter"),
    Phase(9, travel.snow_in, "week's end"),
    Phase(9, offices.change, "week's end"),
    Phase(10, labour.value),
    Phase(10, suffering.add_up),
    Phase(10, desks.let_go, "week's end"),
)

RULES: tuple[Rule, ...] = tuple(
    module.RULE
    for module in (
        books,
        weather,
        trust,
        grievances,
        suffering,
        bodies,
        elections,
        contracts,
        company,
        fees,
        arrears,
        keeping,
        chores,
        inspections,
        renewals,
        projects,
        capture,
        desks,
        leaders,
        claiming,
        hotline,
        bargaining,
        courts,
        defects,
        neighbours,
        repairs,
        patches,
        funding,
        motions,
        votes,
        shares,
        doors,
        visits,
        couriers,
        reports,
        rest_stations,
        hosting,
        needs,
        elders,
        ties,
        canteen,
        rooms,
        events,
        watch,
        volunteers,
        care,
        market,
        rearing,
        enterprise,
        beliefs,
        canvass,
        coaching,
        plant,
        birds,
        farming,
        bases,
        alliance,
        labour,
        villagers,
        sharing,
        dealings,
        travel,
        frictions,
        wages,
        teams,
        awareness,
    )
)


@cache
def rules_of(place: str) -> tuple[Rule, ...]:
    """Return the rules that stand in a place, as far as they do, what its kinds of settlement start with first."""
    kinds, there = places.settlements(place), places.standing(place)
    standing = [rule for rule in RULES if not rule.places or set(rule.places) & set(there)]
    return tuple(rule.within(there) for rule in (*(places.registry()[kind].RULE for kind in kinds), *standing))


def world_specs(place: str) -> dict[str, Spec]:
    """Return every parameter declaration that a world of this place reads, structural ones first."""
    there = places.standing(place)
    known = [specs(places.registry()[place].Structure, place)]
    for rule in rules_of(place):
        known.append({name: s for name, s in specs(rule.parameters, rule.name).items() if rule.has(name, there)})
    return merge(known)
