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
from sim.space import Layout
from sim.worlds import Recipe
from tests.oracle.arrears import FeeDispute, FeeGrievance
from tests.oracle.asset import Asset
from tests.oracle.building import Building
from tests.oracle.case import Case
from tests.oracle.clock import UNIT
from tests.oracle.community import Community
from tests.oracle.company import choose_efforts
from tests.oracle.compound import Compound
from tests.oracle.courier import Courier, answer, go_round
from tests.oracle.court import Court
from tests.oracle.desk import Desk
from tests.oracle.dispute import Dispute
from tests.oracle.draws import chance, exp
from tests.oracle.grievance import Agreement, Grievance
from tests.oracle.hotline import Hotline
from tests.oracle.household import Household
from tests.oracle.kinds import DEFECTS, IN_BUILDING, IN_COMPOUND
from tests.oracle.mechanisms import Mechanism, appointed
from tests.oracle.motion import Motion
from tests.oracle.repair import Repair

LN_HALF = -0.6931471805599453
QUARTER = 91


class OracleModel(Model):
    """One replication of one scenario, a day a step.

    Attributes:
        day: the day about to be lived.
        p: the values of the parameters.
        grievances: all that are not over, in the order in which they arose.
        cases: all that are not over, in the order of their booking.
        motions: all that stand before owners, in the order in which they were put.
        today: the day's counts.
        events: the day's events: activity, case, desk.
        ended: all ended cases.
        agreements: all agreements between parties there have been.
        hotline: the one that everybody calls.
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
        self.motions: list[Motion] = []
        self.mechanisms: list[Mechanism] = []
        self.today: Counter[str] = Counter()
        self.events: list[tuple] = []
        self.ended: list[tuple] = []
        self.agreements: list[Agreement] = []
        self.over: Counter[tuple] = Counter()
        self.outside = 0
        self.booked = 0
        self.hotline = Hotline(self)
        self.hotlines = [self.hotline]
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
        firms = layout.traits["first_company"].tolist()
        self.compounds = [Compound(self, number, firm, len(firms)) for number, firm in enumerate(firms)]
        self.candidates = [candidate for compound in self.compounds for candidate in compound.candidates]
        self.buildings = [
            Building(self, number, self.compounds[compound])
            for number, compound in enumerate(layout.up("building", "compound").tolist())
        ]
        for building in self.buildings:
            building.compound.buildings.append(building)
        entrances: list[list[Household]] = [[] for _ in range(sizes["entrance"])]
        self.households = []
        for number in range(sizes["household"]):
            entrance = entrances[layout.up("household", "entrance")[number]]
            building = self.buildings[layout.up("household", "building")[number]]
            floor, top = int(layout.traits["floor"][number]), bool(layout.traits["top"][number])
            cell = tuple(layout.cells["household"][number].tolist())
            home = Household(self, number, building, entrance, floor, top, cell)
            entrance.append(home)
            building.flats.append(home)
            self.households.append(home)

        self.assets: list[Asset] = []
        for compound in self.compounds:
            things = [(kind, building) for building in compound.buildings for kind in IN_BUILDING]
            for kind, building in [*things, *((kind, None) for kind in IN_COMPOUND)]:
                asset = Asset(self, len(self.assets), kind, compound, building)
                self.assets.append(asset)
                compound.assets.append(asset)
            compound.found_fund()
        self.open_desks(layout)

    def open_desks(self, layout: Layout) -> None:
        """Open the desks of companies, bodies and branches, those of communities, those of centres, and the court."""
        sizes = layout.sizes
        kinds = ["company", "body", "branch"] * sizes["compound"]
        kinds += ["community"] * sizes["community"] + ["centre"] * sizes["centre"]
        self.desks = [Desk(self, number, kind) for number, kind in enumerate(kinds)]
        self.court = Court(self, len(self.desks), "court")
        self.desks.append(self.court)
        communities = [desk for desk in self.desks if desk.kind == "community"]
        centres = [desk for desk in self.desks if desk.kind == "centre"]
        cells = map(tuple, layout.cells["community"].tolist())
        self.communities = [
            Community(self, number, desk, cell)
            for number, (desk, cell) in enumerate(zip(communities, cells, strict=True))
        ]
        self.couriers: list[Courier] = []
        self.flats_under = Counter[Desk]()
        for compound in self.compounds:
            community = int(layout.up("compound", "community")[compound.number])
            compound.desks = {desk.kind: desk for desk in self.desks[3 * compound.number : 3 * compound.number + 3]}
            compound.desks["community"] = communities[community]
            compound.desks["centre"] = centres[int(layout.up("community", "centre")[community])]
            self.flats_under[compound.desks["centre"]] += len(compound.flats)
            compound.community = self.communities[community]
            compound.community.compounds.append(compound)
        for number, community in enumerate(layout.up("courier", "community").tolist()):
            self.couriers.append(Courier(self, number, self.communities[community]))

    def begin(self) -> None:
        """Bring in the scenario's mechanisms, when the burn-in is over, and forget what has been borne."""
        for home in self.households:
            home.borne = 0
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
        self.assets_break()
        self.works_fall_silent()
        self.neighbours_quarrel()
        self.companies_claim()
        if monday:
            for compound in self.compounds:
                compound.rounds.go()
            self.communities_meet()
        go_round(self)
        self.grievances_mature()
        self.grievances_are_felt()
        self.hotline.go_on()
        self.households_claim()
        self.cases_arrive()
        self.ledgers_retable()
        self.desks_handle()
        self.court.judge()
        if monday:
            self.bodies_act()
        for compound in self.compounds:
            compound.knock()
        self.owners_consider()
        self.crews_work()
        if monday:
            self.owners_patch()
        self.contracts_end()
        if monday:
            for home in self.households:
                home.collection.drop()
        if self.day % QUARTER == 0:
            self.companies_reckon()
        for compound in self.compounds:
            compound.renewals.count()
            compound.elections.count()
        self.money_comes()
        answer(self)
        if monday:
            for community in self.communities:
                community.listen()
        if self.day % 28 == 27:
            self.month_ends()
        if self.day % QUARTER == 0:
            self.households_forget()
        if sunday:
            self.change_offices()
            self.let_go()
        self.bear()
        self.day += 1

    def bear(self) -> None:
        """Let every household bear one more day of what it suffers from itself."""
        for grievance in self.grievances:
            if grievance.aching and grievance.kind != "fee":
                grievance.household.borne += grievance.severity

    def begin_week(self) -> None:
        """Let keepers have their time, refresh the hazards of assets, and see who owes fees; it holds for the week."""
        for compound in self.compounds:
            compound.begin_week()
        for community in self.communities:
            community.give()
        for home in self.households:
            home.begin_week()
        for asset in self.assets:
            asset.clock.hazard = int(asset.defects_a_day() * UNIT)
        for home in self.households:
            home.collection.look_ahead()

    def assets_break(self) -> None:
        """Let sound assets become defective."""
        ringing = [asset for asset in self.assets if not asset.defective and asset.clock.tick()]
        for asset in ringing:
            asset.break_down()

    def works_fall_silent(self) -> None:
        """Let building works end by themselves."""
        for asset in self.assets:
            if asset.defective and asset.quiet_day == self.day:
                asset.fall_silent()

    def neighbours_quarrel(self) -> None:
        """Let households feel wronged by a neighbour; their clocks go on."""
        ringing = [home for home in self.households if home.clock.tick()]
        for home in ringing:
            home.quarrel()

    def companies_claim(self) -> None:
        """Let companies go after owners who owe them fees."""
        ringing = [home for home in self.households if home.collection.tick()]
        for home in ringing:
            home.collection.claim()

    def communities_meet(self) -> None:
        """Let people eat, play and celebrate together, and be asked what troubles them."""
        for community in self.communities:
            community.commons.cook()
        for community in self.communities:
            community.commons.open_rooms()
        for community in self.communities:
            community.commons.hold_event()
        for community in self.communities:
            community.commons.watch()

    def month_ends(self) -> None:
        """See to elders' needs, and count who has taken part in something."""
        for community in self.communities:
            community.commons.tend()
        for home in self.households:
            if home.elder:
                own = chance(self.p.elsewhere, self.replication_seed, "elders.elsewhere", home.number, self.day // 28)
                self.count("elder_months")
                self.count("took_part", int(own or home.came & 15 > 0))
                self.count("elders_came", int(home.came & 15 > 0))
                self.count("elders_came_in_need", int(home.came & 15 > 0 and home.in_need))
                self.count("elder_ties", home.tie)

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
        """Let a grievance be felt today, after what assets, neighbours and broken agreements bring."""
        self.newborn.append(grievance)

    def grievances_are_felt(self) -> None:
        """Let what arose today be felt."""
        for new in self.newborn:
            self.grievances.append(self.felt(*new))
            self.count("arisen")
        self.newborn = []

    def felt(self, *new: object) -> Grievance:
        """Make a grievance of what arose."""
        return (FeeGrievance if new[1] == "fee" else Grievance)(*new)

    def households_claim(self) -> None:
        """Let all decide, then book what they claim."""
        voiced = []
        for grievance in self.grievances:
            if grievance.state == "quiet" and grievance.act <= self.day and not grievance.talked_over():
                intake = grievance.choose()
                if intake is not None:
                    voiced.append((grievance, intake))
        self.book(voiced)

    def book(self, voiced: list[tuple[Grievance, str]]) -> None:
        """Book claims, let the hotline take calls, and then let cases come back that were lost or shelved."""
        calls, there = [], []
        for grievance, intake in voiced:
            grievance.claim(intake)
            desk = grievance.receiver(intake)
            case = grievance.case if grievance.alone else grievance.bearer.case
            if case is None:
                grievance.case = self.open_case(grievance, desk, intake)
                grievance.state = "open"
            else:
                grievance.case = case
                grievance.state = "joined"
                case.log("joined")
            (calls if grievance.calls_hotline(intake) else there).append((grievance, desk))
        heard = self.hotline.ring(calls)
        for grievance, intake in voiced:
            if grievance in heard or not grievance.calls_hotline(intake):
                grievance.case.bring_back(grievance.receiver(intake))

    def open_case(self, grievance: Grievance, desk: Desk, intake: str) -> Case:
        """Book a case."""
        what = FeeDispute if grievance.kind == "fee" else Dispute if grievance.dispute else Repair
        case = what(grievance, desk, intake == "hotline")
        self.cases.append(case)
        self.count("opened")
        return case

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

        Disputes come first, then repairs, each in the order of service: in it a ledger is written and money is looked
        for, whichever principal has let a repair pass.
        """
        served = [case for desk in self.desks for case in desk.take_up()]
        disputes = [case for case in served if isinstance(case, Dispute)]
        summoned = [case.summon() for case in disputes]
        for dispute, called in zip(disputes, summoned, strict=True):
            dispute.mediate(called)
        for repair in served:
            if isinstance(repair, Repair):
                repair.take_up()

    def bodies_act(self) -> None:
        """Let bodies inspect what the company does, talk with it, and owners begin to elect a committee."""
        for compound in self.compounds:
            compound.inspections.inspect()
            compound.project.talk()
            compound.renewals.talk()
            compound.elections.hold()

    def owners_consider(self) -> None:
        """Let owners whose turn it is look at who had decided before them, and decide, or think again."""
        by_now = {motion: motion.share_in for motion in self.motions}
        for motion, have_decided in by_now.items():
            for asked in motion.asked:
                if asked.thinks == self.day and not asked.consider(have_decided):
                    asked.think_later()

    def crews_work(self) -> None:
        """Let crews finish."""
        for case in self.cases:
            if case.stage == "works" and case.ready <= self.day:
                case.finish()

    def owners_patch(self) -> None:
        """Let owners who have waited long enough patch the roof above their flats, unless somebody is at it."""
        due = [g for g in self.grievances if g.patch_day <= self.day and g.aching]
        due = [g for g in due if g.bearer.case is None or not g.bearer.case.under_way]
        for grievance in due:
            grievance.patch()
        for roof in sorted({g.bearer for g in due}, key=lambda asset: asset.number):
            roof.end_unfelt()

    def contracts_end(self) -> None:
        """Let contracts end whose day has come."""
        for compound in self.compounds:
            compound.company.expire()

    def companies_reckon(self) -> None:
        """Let fees be paid, accounts be made up, reports come in, bribes be offered, and efforts be chosen."""
        for compound in self.compounds:
            compound.company.collect()
            compound.company.account()
            compound.renewals.take_back()
            compound.inspections.report()
            compound.capture.tempt()
            compound.renewals.fear()
        choose_efforts([compound.company for compound in self.compounds])
        for compound in self.compounds:
            compound.company.review()

    def money_comes(self) -> None:
        """Count the ballots; then begin what the fund pays for; last see which rounds of signing are at their end."""
        for motion in [motion for motion in self.motions if motion.kind == "fund"]:
            motion.repair.funding.hear_vote()
        for case in self.cases:
            if case.stage == "funding" and case.ready <= self.day:
                case.funding.begin_works()
        for case in self.cases:
            if case.stage == "signing":
                case.funding.take_stock()

    def households_forget(self) -> None:
        """Let evidence fade by its half-life."""
        kept = round(65536 * exp(LN_HALF * (QUARTER / self.p.memory_half_life)))
        for home in self.households:
            for evidence in home.evidence.values():
                evidence.fade(kept)

    def change_offices(self) -> None:
        """Rebuild the levers, staff the desks and post the waits."""
        for unit in (*self.compounds, *self.communities):
            unit.reset_levers()
        for mechanism in self.mechanisms:
            mechanism.offer()
        for case in self.cases:
            if case.stage == "approval":
                case.come_back()
        for compound in self.compounds:
            compound.staff()
        for community in self.communities:
            community.staff()
        for desk, flats in self.flats_under.items():
            desk.minutes = round(self.p.centre_hours * 60 * flats / 20000)
        for case in self.cases:
            if case.stage == "waiting" and case.desk.kind == "company" and not case.compound.company.serves:
                case.hand_off(case.next_desk())
        for desk in self.desks:
            for case in desk.queue():
                case.settle_minutes()
            desk.post_wait()

    def let_go(self) -> None:
        """Drop what is over; keep the count."""
        for grievance in self.grievances:
            if grievance.over:
                self.over["grievances", grievance.kind, grievance.state] += 1
                grievance.let_go()
        self.grievances = [grievance for grievance in self.grievances if not grievance.over]
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
        served = [compound.company for compound in self.compounds if compound.company.serves]
        contracts = Counter(compound.company.contract for compound in self.compounds)
        defective = Counter(asset.kind for asset in self.assets if asset.defective)
        return {
            "unresolved": sum(grievance.severity for grievance in aching),
            "aching": len(aching),
            **self.sufferers(aching),
            "with_company": len(served),
            "without_company": len(self.compounds) - len(served),
            **{f"{contract}_contracts": contracts[contract] for contract in ("developer", "fixed", "holdover")},
            "satisfaction": sum(round(1000 * compound.company.satisfaction) for compound in self.compounds),
            "payers": sum(flat.pays for company in served for flat in company.flats),
            "captured_compounds": sum(compound.capture.captured for compound in self.compounds),
            "leaking_roofs": defective["roof"],
            **{f"defective_{kind}": defective[kind] for kind in (*DEFECTS[1:], "nuisance")},
            "defective_assets": defective.total(),
            **self.kept_waiting(),
        }

    def kept_waiting(self) -> dict[str, int]:
        """Return what waits for the court and at the hotline."""
        return {"suits_waiting": self.court.left, "calls_waiting": len(self.hotline.waiting)}

    def sufferers(self, aching: list[Grievance]) -> dict[str, int]:
        """Return how much people of some groups suffer, and how much of what is suffered companies claim."""
        claimed = [grievance for grievance in aching if grievance.kind == "fee"]
        own = [grievance for grievance in aching if grievance.kind != "fee"]
        groups = {
            "owner": [grievance for grievance in own if grievance.household.tenure == "owner"],
            "tenant": [grievance for grievance in own if grievance.household.tenure == "tenant"],
            "connected": [grievance for grievance in own if grievance.household.connected],
            "elder": [grievance for grievance in own if grievance.household.elder],
            "top": [grievance for grievance in own if grievance.household.top],
            "fee": claimed,
        }
        return {f"unresolved_{name}": sum(grievance.severity for grievance in of) for name, of in groups.items()}
