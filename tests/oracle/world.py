"""The world and its day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
from mesa import Model

from sim.mechanisms import mechanism_specs
from sim.parameters import draw
from sim.places import compound as place
from sim.schedule import world_specs
from sim.worlds import Recipe
from tests.oracle.building import Building
from tests.oracle.case import Case, Quarrel, Repair
from tests.oracle.compound import Compound
from tests.oracle.desk import Desk
from tests.oracle.draws import exp
from tests.oracle.grievance import NEVER, Agreement, Grievance
from tests.oracle.household import UNIT, Household
from tests.oracle.mechanisms import Mechanism, appointed

LN_HALF = -0.6931471805599453
QUARTER = 91


class OracleModel(Model):
    """One replication of one scenario, a day a step.

    Attributes:
        day: the day about to be lived.
        p: the values of the parameters.
        grievances: all that are not over, in the order in which they arose.
        cases: all that are not over, in the order of their booking.
        today: the day's counts.
        events: the day's events: activity, case, desk.
        ended: all ended cases.
        agreements: all agreements between parties there have been.
        outside: money of everybody whom the model does not follow.
        over: grievances and cases that are over and let go, counted by (table, kind, state).
    """

    def __init__(self, recipe: Recipe, replication: int, scenario: Sequence[str] = ()) -> None:
        """Found the world on the first day of its burn-in; mechanisms come at day 0."""
        super().__init__(rng=0)
        at = recipe.replications.index(replication)
        self.replication_seed = int(recipe.seeds()[at])
        self.scenario = scenario
        self.prior_draws = recipe.prior_draws
        self.day = self.first_day = -recipe.burn_in
        specs = {name: spec for name, spec in world_specs(recipe.place).items() if spec.kind != "structural"}
        self.p = self.values(specs, recipe.fixed)
        self.newborn: list[tuple] = []
        self.grievances: list[Grievance] = []
        self.cases: list[Case] = []
        self.mechanisms: list[Mechanism] = []
        self.today: Counter[str] = Counter()
        self.events: list[tuple] = []
        self.ended: list[tuple] = []
        self.agreements: list[Agreement] = []
        self.over: Counter[tuple] = Counter()
        self.outside = 0
        self.booked = 0
        self.settle_people(recipe)
        self.change_offices()

    # -- the beginning

    def values(self, specs: dict, fixed: dict) -> SimpleNamespace:
        """Draw the values of parameters, or take what is fixed, or the default."""
        seeds = np.array([self.replication_seed], dtype=np.uint64)
        drawn = draw(specs, seeds, fixed, self.prior_draws)
        return SimpleNamespace(**{name: float(value[0, 0]) for name, value in drawn.items()})

    def parameters_of(self, mechanism: str) -> SimpleNamespace:
        """Draw the values of a mechanism's parameters."""
        return self.values(mechanism_specs(mechanism), {})

    def settle_people(self, recipe: Recipe) -> None:
        """Build what the layout lays out, and let everybody move in."""
        layout = place.build(place.Structure(**recipe.structure), recipe.layout_seed())
        sizes = layout.sizes
        self.compounds = [Compound(self, number) for number in range(sizes["compound"])]
        self.buildings = [
            Building(self, number, self.compounds[compound])
            for number, compound in enumerate(layout.up("building", "compound").tolist())
        ]
        entrances: list[list[Household]] = [[] for _ in range(sizes["entrance"])]
        self.households = []
        for number in range(sizes["household"]):
            entrance = entrances[layout.up("household", "entrance")[number]]
            building = self.buildings[layout.up("household", "building")[number]]
            floor, top = int(layout.traits["floor"][number]), bool(layout.traits["top"][number])
            home = Household(self, number, building, entrance, floor, top)
            entrance.append(home)
            building.flats.append(home)
            self.households.append(home)

        kinds = ["body", "branch"] * sizes["compound"] + ["community"] * sizes["community"]
        self.desks = [Desk(self, number, kind) for number, kind in enumerate(kinds)]
        self.flats_of_community = Counter[Desk]()
        for compound in self.compounds:
            community = 2 * sizes["compound"] + layout.up("compound", "community")[compound.number]
            own = 2 * compound.number
            compound.desks = {
                "body": self.desks[own], "branch": self.desks[own + 1], "community": self.desks[community]
            }  # fmt: skip
        for home in self.households:
            self.flats_of_community[home.compound.desks["community"]] += 1

    def begin(self) -> None:
        """Bring in the scenario's mechanisms, when the burn-in is over."""
        self.mechanisms = appointed(self, self.scenario)
        self.change_offices()

    # -- the day

    def step(self) -> None:
        """Live a day."""
        self.today.clear()
        self.events = []
        monday, sunday = self.day % 7 == 0 or self.day == self.first_day, self.day % 7 == 6

        if self.day % 365 == 0:
            for compound in self.compounds:
                compound.draw_year()
        if monday:
            self.begin_week()
        self.roofs_leak()
        self.neighbours_quarrel()
        self.grievances_mature()
        self.grievances_are_felt()
        self.households_claim()
        self.cases_arrive()
        self.ledgers_retable()
        self.desks_handle()
        for compound in self.compounds:
            compound.knock()
        self.owners_consider()
        self.crews_work()
        self.rounds_end()
        if self.day % QUARTER == 0:
            self.households_forget()
        if sunday:
            self.change_offices()
            self.let_go()
        self.day += 1

    def begin_week(self) -> None:
        """Refresh the hazards of roofs; they hold for the week."""
        for building in self.buildings:
            building.clock.hazard = int(building.compound.leak_hazard() * UNIT)

    def roofs_leak(self) -> None:
        """Let dry roofs begin to leak."""
        ringing = [building for building in self.buildings if not building.leaking and building.clock.tick()]
        for building in ringing:
            building.leak()

    def neighbours_quarrel(self) -> None:
        """Let households feel wronged by a neighbour; their clocks go on."""
        ringing = [home for home in self.households if home.clock.tick()]
        for home in ringing:
            home.quarrel()

    def grievances_mature(self) -> None:
        """First the faded fade, then the festering escalate, then everybody does what is due."""
        for grievance in self.grievances:
            if grievance.fade_day <= self.day and grievance.aching and not grievance.claimant:
                grievance.fade()
        for grievance in self.grievances:
            unresolved = grievance.state in ("quiet", "open", "joined")
            if grievance.escalation_day <= self.day and unresolved:
                grievance.escalate()
        for grievance in self.grievances:
            grievance.mature()

    def arise(self, *grievance: object) -> None:
        """Let a grievance be felt today, after what roofs, neighbours and broken agreements bring."""
        self.newborn.append(grievance)

    def grievances_are_felt(self) -> None:
        """Let what arose today be felt."""
        for new in self.newborn:
            self.grievances.append(Grievance(*new))
            self.count("arisen")
        self.newborn = []

    def households_claim(self) -> None:
        """Let all decide, then all claims be booked, and last let cases come back that were lost or shelved."""
        voiced = []
        for grievance in self.grievances:
            if grievance.state == "quiet" and grievance.act <= self.day:
                kind = grievance.choose()
                if kind is not None:
                    voiced.append((grievance, kind))
        joined = []
        for grievance, kind in voiced:
            grievance.claim(kind)
            desk = grievance.household.compound.desks[kind]
            case = grievance.case if grievance.dispute else grievance.bearer.case
            if case is None:
                grievance.case = Quarrel(grievance, desk) if grievance.dispute else Repair(grievance, desk)
                grievance.state = "open"
                self.cases.append(grievance.case)
                self.count("opened")
            else:
                grievance.case = case
                grievance.state = "joined"
                case.log("joined")
                joined.append((case, desk))
        for case, desk in joined:
            case.bring_back(desk)

    def cases_arrive(self) -> None:
        """Let cases handed on some days ago arrive."""
        for case in self.cases:
            if case.stage == "transit" and case.ready <= self.day:
                case.enter_queue(case.desk)

    def ledgers_retable(self) -> None:
        """Let ledgers bring up what has been shelved too long."""
        for case in self.cases:
            if case.stage == "shelved":
                case.retable()

    def desks_handle(self) -> None:
        """Let every desk take up what it can, and then each case be handled: what is sent on today waits for tomorrow.

        A ledger is written for quarrels first, then for roofs, each in the order of service.
        """
        served = [case for desk in self.desks for case in desk.take_up()]
        quarrels = [case for case in served if case.kind == "neighbour"]
        second = [case for case in served if case.kind == "roof" and case.stage == "approval"]
        first = [case for case in served if case.kind == "roof" and case.stage == "waiting"]
        summoned = [case.summon() for case in quarrels]
        for case, called in zip(quarrels, summoned, strict=True):
            case.mediate(called)
        for case in second:
            case.approve()
        for case in first:
            case.organise()

    def owners_consider(self) -> None:
        """Let owners whose turn it is look at who had signed before them, and sign and pay, or think again."""
        by_now = {building: building.signers / len(building.flats) for building in self.buildings}
        for owner in self.households:
            if owner.thinks != self.day:
                continue
            building = owner.building
            owner.thinks = None
            if building.case is None or building.case.stage != "signing" or owner.signed:
                continue
            if not owner.decide(by_now[building]):
                owner.think_later(building.case)

    def crews_work(self) -> None:
        """Let crews finish."""
        for case in self.cases:
            if case.stage == "works" and case.ready <= self.day:
                case.finish()

    def rounds_end(self) -> None:
        """See which signing rounds have enough money or no more time."""
        for case in self.cases:
            if case.stage == "signing":
                case.take_stock()

    def households_forget(self) -> None:
        """Let evidence fade by its half-life."""
        kept = round(65536 * exp(LN_HALF * (QUARTER / self.p.memory_half_life)))
        for home in self.households:
            for evidence in home.evidence.values():
                evidence.fade(kept)

    def change_offices(self) -> None:
        """Rebuild the levers, staff the desks and post the waits."""
        for compound in self.compounds:
            compound.reset_levers()
        for mechanism in self.mechanisms:
            mechanism.offer()
        for compound in self.compounds:
            compound.staff()
        for desk, flats in self.flats_of_community.items():
            desk.minutes = round(self.p.community_hours * 60 * flats / 300)
        for desk in self.desks:
            for case in desk.queue():
                case.settle_minutes()
            desk.post_wait()

    def let_go(self) -> None:
        """Drop what is over; keep the count."""
        for grievance in self.grievances:
            if not grievance.aching and grievance.act == NEVER:
                self.over["grievances", grievance.kind, grievance.state] += 1
        self.grievances = [g for g in self.grievances if g.aching or g.act != NEVER]
        for case in self.cases:
            if case.ended:
                self.over["cases", case.kind, case.stage] += 1
        self.cases = [case for case in self.cases if not case.ended]

    # -- the record

    def count(self, flow: str, amount: int = 1) -> None:
        """Add to one of the day's counts."""
        self.today[flow] += amount

    def log(self, activity: str, case: Case) -> None:
        """Write an event."""
        self.events.append((activity, *case.identity(), case.desk.number))

    def tally(self) -> Counter[tuple]:
        """Count all grievances and cases there have been, by (table, kind, state)."""
        tally = self.over.copy()
        for grievance in self.grievances:
            tally["grievances", grievance.kind, grievance.state] += 1
        for case in self.cases:
            tally["cases", case.kind, case.stage] += 1
        return tally

    def stocks(self) -> dict[str, int]:
        """Return what there is now."""
        aching = [grievance for grievance in self.grievances if grievance.aching]
        return {
            "unresolved": sum(grievance.severity for grievance in aching),
            "aching": len(aching),
            "leaking_roofs": sum(building.leaking for building in self.buildings),
        }
