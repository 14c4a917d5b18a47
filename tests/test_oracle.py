"""The engine against the oracle, a plain Mesa object model of the same rules: equal in everything, every day.

What is compared stands in `tests.oracle.compare`. The events of a day are compared case by case, in the order in
which they happened to the case; between cases the order within a day has no meaning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim import tables
from sim.scenario import parse
from sim.worlds import Recipe, Worlds
from tests.oracle.company import QUARTER
from tests.oracle.compare import ACTIVITY, COLUMNS, ELSEWHERE, KIND, STAGE, STATE, TABLES, WEEKLY, first_difference
from tests.oracle.compound import Compound
from tests.oracle.election import MANAGEMENT
from tests.oracle.kinds import KINDS
from tests.oracle.repair import Repair
from tests.oracle.world import OracleModel

SMALL = dict(compounds=3, households=40, size_spread=0.25, floors=2, compounds_per_community=2)
"""Three compounds of about 40 flats; two share a community, one has its own."""

TALL = dict(compounds=2, households=60, size_spread=0.0, floors=6, compounds_per_community=3)
"""Two compounds of 60 flats, in buildings of six floors, under one community."""

RAISED = dict(
    roof_young=4.0, roof_middle=5.0, roof_old=6.0, pipe_rate=2.0, lighting_rate=2.0, rubbish_rate=3.0, pests_rate=2.0,
    road_rate=3.0, works_rate=4.0, works_length=60.0, rubbish_sufferers=8, pests_sufferers=6, road_sufferers=8,
    works_sufferers=8, works_severity=0.6, lighting_severity=0.4, rubbish_severity=0.5, road_severity=0.6,
    quarrel_rate=0.7, any_desk=0.5, relapse_rate=0.9, patience_days=60.0, escalation_days=400.0, fade_days=60.0,
    consider_days=8.0, signing_days=30, ballot_days=30, fund_days=10, emergency_days=4, funded_share=0.67, benefit=0.8,
    apathy=0.15, fund_level=2000.0, centre_hours=2000.0, youngest=2.0,
)  # fmt: skip
"""Trouble enough for a few months."""

GOVERNED = dict(
    fixed_cost=0.3, effort_cost=0.85,
    exit_quarters=2, notice_days=14, term_years=0.5, substitute=0.7, tender_days=180.0, claim_rate=10.0,
    kept_promises=0.5, default_days=20, fee_joint_cost=0.4, sues=0.7, court_days=15.0, election_rate=3.0,
    term_of_office=0.3, talk_rounds=2, talk_hours=0.5, window_days=300, talk_pause_days=20, own_talk_hours=3.0,
    own_resolve=0.7, forecast_error=1.0, own_inspection_hours=1.0, inspection_hours=0.5, functioning_share=0.6,
    rent_share=0.9, honesty=12000.0, detected=3.0, careful_years=0.2, minor_hours=1.0, repairer_hours=3.0,
)  # fmt: skip
"""Talks, ballots, elections, suits and bribes within weeks; companies that soon give up."""

LIVELY = RAISED | GOVERNED | dict(
    rainy_share=0.5, naming_days=2.0, patience_days=40.0, escalation_days=250.0, consider_days=6.0, signing_days=14,
    ballot_days=14, works_days=3, funded_share=0.75, never_pay=0.05, handoff_loss=0.5, application_days=10,
    gap_mean=0.6, gap_sd=0.6, most_sessions=2, answer_days=20, community_hours=12.0,
)  # fmt: skip
"""More of it, and quick."""

FOUGHT = LIVELY | dict(
    gap_mean=1.2, most_sessions=1, session_gap_days=3, handoff_days=2, handoff_loss=0.1, no_show=0.1, apathy=0.25,
    community_hours=40.0, claim_rate=20.0, patience_days=120.0, fixed_cost=0.2, effort_cost=0.6, fee=1.3,
    honesty=1500.0, court_docket=1.0, hotline_calls=3.0,
)  # fmt: skip
"""Hardly anything is agreed on before the court, which hears one case at a time; a hotline that takes few calls;
companies that do well, and have something to offer."""

BOUGHT = LIVELY | dict(fixed_cost=0.2, effort_cost=0.6, fee=1.4, honesty=2500.0, substitute=0.95)
"""Companies that do well, and people in office who are cheap."""

RELUCTANT = RAISED | dict(
    benefit=0.5, benefit_sd=0.3, social_proof=0.5, answer_days=10, b_wait=0.0, committee_share=0.1,
    management_share=0.2, community_hours=4.0, silence_counts=True, apathy=0.6, fund_empty=0.1,
)  # fmt: skip
"""Few bodies; some owners never have enough before them; claimants mind no wait and ask within the round."""

STORMY = LIVELY | dict(
    roof_young=150.0, roof_middle=150.0, roof_old=150.0, pipe_rate=90.0, rubbish_rate=60.0, road_rate=60.0,
    works_rate=60.0, works_length=5.0, quarrel_rate=9.0, naming_days=1.0, any_desk=3.0, veto=0.5,
    community_hours=40.0, director_hours=40.0, idle_director_hours=40.0, handoff_days=1, benefit=1.5, works_days=1,
    consider_days=1.0, fade_days=20.0, application_days=1, committee_share=0.1, management_share=0.0, no_show=0.0,
    gap_mean=2.0, most_sessions=1, trust_community=0.9, trust_body=0.9, session_gap_days=3, hotline_days=1,
    fund_level=20000.0, fund_days=1, emergency_days=1, minor_days=1,
)  # fmt: skip
"""Far beyond the ranges: clocks ring several times a week, few bodies, nothing is agreed at the first desk."""

TWO = ["formed_body", "yijiantiao", "yijiantiao.coordination=off"]
ONE = ["formed_body", "yijiantiao"]

ARMS: dict[str, list[str]] = {
    "none": [],
    "body": ["formed_body"],
    "body_branch": [*TWO, "yijiantiao.deadline_days=15"],
    "merged": ONE,
}
"""The four arms of the comparison."""

VARIANTS: dict[str, list[str]] = {
    "no_doors": [*ONE, "yijiantiao.onsite_visits=off"],
    "only_doors": [*TWO, "yijiantiao.channels=off", "yijiantiao.onsite_visits=on", "yijiantiao.visit_hours=4"],
    "only_authority": [*ONE, "yijiantiao.channels=off", "yijiantiao.authority=on"],
    "only_ledger": [*TWO, "yijiantiao.channels=off", "yijiantiao.case_ledger=on", "yijiantiao.deadline_days=15"],
    "only_calls": [*ONE, "yijiantiao.channels=off", "yijiantiao.cost_sharing=on"],
    "no_ledger": [*ONE, "yijiantiao.case_ledger=off", "yijiantiao.hours=7"],
    "equal_hours": [*ONE, "yijiantiao.equal_hours=on", "yijiantiao.hours=6"],
    "placebo": [*ONE, "yijiantiao.channels=off", "yijiantiao.extra_hours=2"],
    "partial": [*ONE, "formed_body.coverage=0.5", "yijiantiao.coverage=0.7", "yijiantiao.hours=2"],
    "as_found": ["yijiantiao", "yijiantiao.coordination=off", "yijiantiao.hours=6", "yijiantiao.extra_hours=1"],
    "few_hours": [*TWO, "yijiantiao.hours=0.25"],
    "selected": [*ONE, "yijiantiao.leader_selection=on", "yijiantiao.coverage=0.7", "yijiantiao.quits=0.3"],
    "removed": [*ONE, "yijiantiao.removal_day=50", "yijiantiao.vacancy_days=30", "yijiantiao.equal_hours=on"],
    "second_removed": [*TWO, "yijiantiao.leader_selection=on", "yijiantiao.removal_day=90"],
    "no_hours": [*ONE, "yijiantiao.hours=0"],
    "nothing": ["formed_body", "formed_body.formation=off", "yijiantiao", "yijiantiao.coverage=0"],
}  # fmt: skip
"""Channels on and off, hours moved, added and taken away, secretaries who leave, and coverage in part."""


def recipe(structure: Mapping[str, Any], fixed: Mapping[str, Any], **more: Any) -> Recipe:
    """Write the recipe of small worlds with eight weeks of burn-in."""
    return Recipe("compound", structure, fixed, burn_in=56, **more)


KEEP = {"only_ledger": VARIANTS["only_ledger"]}
"""With doors and calls hardly a round fails; where nobody does either, the ledger has something to bring up."""

ALL_LOOK_OUT = ["courier_sensing", "courier_sensing.enrolled=1"]
LOOKED_OUT: dict[str, list[str]] = {
    "everybody": ALL_LOOK_OUT,
    "half, merged": [*ONE, "courier_sensing", "courier_sensing.enrolled=0.5"],
    "unanswered": [*ALL_LOOK_OUT, "courier_sensing.responsiveness=off"],
    "unaided": [*ALL_LOOK_OUT, "courier_sensing.reciprocity=off", "courier_sensing.extra_hours=2"],
    "blind": [*ALL_LOOK_OUT, "courier_sensing.early_detection=off"],
}
"""Couriers, channel by channel."""

WATCHED = LIVELY | dict(notice=0.2, courier_trust=0.6, courier_troubles=12.0, rest_hours=0.8, community_hours=4.0)
"""Couriers who see and say much, and communities with little time."""
MET = LIVELY | dict(
    elder_share=0.6, tie_gain=0.3, tie_calm=2.0, tie_half_life=60.0, card_quarrel=0.9, session_hours=0.5,
    session_guests=6, clinic_hours=0.5, asking_hours=0.1, event_hours=0.5, event_guests=10.0, canteen_logit=0.5,
    room_logit=1.0, care_rate=0.6, family_care=0.3, tend_hours=0.3, willing=0.4, call_hours=0.05, help_tires=1.0,
)  # fmt: skip
"""Many elders who often meet, and fall out at cards."""

HUB = ["elder_services", "elder_services.hours=10", "elder_services.seats=60"]
PLACES: dict[str, list[str]] = {
    "none": [],
    "all": [*HUB, "elder_services.budget=50000", "community_culture", "community_culture.events=30"],
    "both": [*ONE, *HUB, "community_culture"],
    "only_places": [*HUB, "elder_services.channels=off", "elder_services.shared_places=on"],
    "only_watch": [*HUB, "elder_services.channels=off", "elder_services.early_detection=on"],
    "only_rota": [*HUB, "elder_services.channels=off", "elder_services.reciprocity=on"],
    "no_money": [*HUB, "elder_services.budget=0"],
    "few_hours": ["elder_services", "community_culture", "community_culture.extra_hours=1"],
    "placebo": [*HUB, "elder_services.channels=off", "elder_services.extra_hours=2"],
}  # fmt: skip
"""Shared places: channels on and off, with the merger beside them, without money, and with few hours."""

BLOCKS = {
    "priors": (recipe(SMALL, LIVELY, seed=1, replications=(0, 1)), ARMS, 203),
    "defaults": (recipe(SMALL, LIVELY, seed=2, replications=(2,), layout=1, prior_draws=False), ARMS | KEEP, 203),
    "variants": (recipe(SMALL, LIVELY, seed=6, replications=(5,), layout=3), VARIANTS, 203),
    "fought": (recipe(SMALL, FOUGHT, seed=7, replications=(0, 1)), ARMS, 308),
    "watched": (recipe(SMALL | dict(couriers=50.0), WATCHED, seed=12, replications=(0, 1)), LOOKED_OUT, 140),
    "bought": (recipe(SMALL, BOUGHT, seed=8, replications=(2, 3, 4), prior_draws=False), ARMS, 203),
    "met": (recipe(SMALL, MET, seed=12, replications=(1,)), PLACES, 140),
}
"""Worlds, the scenarios they live, and for how many days."""


TRAVELLED = (
    "claims_company", "claims_body", "claims_community", "tickets", "company_fen", "minor_public_fen", "relief_fen",
    "warranty_fen", "paid_company_fen", "paid_public_fen", "paid_fund_fen", "paid_owners_fen", "unpaid_fen",
    "decided_by_owners", "decided_for_owners", "voted_down", "refunded", "retabled", "refused", "doors",
    "emergency", "granted by vote", "nuisance settled", "nuisance failed", "nuisance withdrawn", "nuisance again",
    "session at centre", "opened by hotline", "left behind", "minor at body", "applied", "sued", "neighbour judged",
    "fee judged", "fee settled", "arrears_fen", "fee broken", "fee dropped", "elections", "elected", "elect failed",
    "committee given up", "talks", "renewals", "renewed", "renew failed", "came_up", "replacements", "replaced",
    "replace failed", "succeeded", "conceded_fen", "demand refused", "recouped_fen", "captured_quarters",
    "captured though two", "only the first held out", "only the second held out", "bribes_fen", "detected",
    "inspections", "visits", "surfaced", "left", "expired", "reports", "duplicates", "sensed_first", "false_alarms",
    "people_sensed", "reports_answered", "couriers_helped", "couriers_unheard", "minutes_reports",
    "minutes_rest", "meals", "meals_owners_fen", "meals_budget_fen", "elders_came", "elders_came_in_need",
    "room_guests", "card_quarrels", "made_up", "events_held", "event_guests", "clinics", "clinic_guests", "asked",
    "a suit waits", "a call waits", "a call in vain", "fetched from the hotline",
    "surfaced_asked", "care_staff", "care_volunteers", "care_unmet", "volunteer_minutes", "took_part", "elder_ties",
)  # fmt: skip
"""Flows and paths that must have been travelled: that both sides agree on nothing having happened says little."""


@cache
def seen_in(block: str) -> Counter[str]:
    """Let engine and oracle live the worlds of a block; return what has been seen, and how often."""
    return live(*BLOCKS[block])


@pytest.mark.parametrize("block", BLOCKS)
def test_engine_and_oracle_agree_every_day(block: str) -> None:
    seen_in(block)


def test_everything_has_happened() -> None:
    seen = sum(map(seen_in, BLOCKS), Counter[str]())
    assert {what for what in (*ACTIVITY, *STATE, *STAGE, *KINDS, *TRAVELLED) if not seen[what]} == set()


def test_taller_houses_agree() -> None:
    live(recipe(TALL, RELUCTANT, seed=3, replications=(4,), layout=2), ARMS, 203)


def test_a_stormy_world_agrees() -> None:
    live(
        recipe(SMALL | dict(households=24), STORMY, seed=9),
        {"body_branch": TWO, "merged": [*ONE, "yijiantiao.ledger_hours=0.1"]},
        70,
    )


def test_a_quiet_world_agrees() -> None:
    live(recipe(TALL, {}, seed=4, replications=(0, 1)), {"merged": ONE}, 119)


def test_the_rest_of_a_broken_week_agrees() -> None:
    """A run may begin in the middle of a week."""
    live(Recipe("compound", SMALL, LIVELY, seed=5, burn_in=53), {"body": ["formed_body"]}, 21)


QUIET = dict(
    roof_young=0.0, roof_middle=0.0, roof_old=0.0, pipe_rate=0.05, lighting_rate=0.05, rubbish_rate=0.05,
    pests_rate=0.05, road_rate=0.05, works_rate=0.02, quarrel_rate=0.05,
)  # fmt: skip
"""Hardly any trouble, so that companies may be followed for years."""

SHAKY = QUIET | dict(
    youngest=5.0, oldest=12.0, fee=0.7, exit_quarters=2, term_years=1.0, tender_days=180.0, substitute=0.95,
    functioning_share=0.6, notice_days=30,
)  # fmt: skip
"""Poor companies that give up soon, soon followed by others; developers' contracts that grow old."""


@pytest.mark.thorough
@pytest.mark.parametrize(("fixed", "prior_draws"), [(QUIET, True), (SHAKY, True), (SHAKY, False)])
def test_companies_agree_for_years(fixed: Mapping[str, Any], prior_draws: bool) -> None:
    wanted = Recipe(
        "compound", SMALL | dict(compounds=6), fixed, seed=11, replications=(0, 1), burn_in=728, prior_draws=prior_draws
    )
    w = Worlds(wanted, watch=wanted.replications)
    models = [OracleModel(wanted, replication) for replication in wanted.replications]
    companies = w.company.copy()
    for _ in range(728 + 728):
        step(w, models)
    if fixed is SHAKY:
        happened = {name: int(w.record[:, :, w.series.index(name)].sum()) for name in ("left", "expired")}
        assert min(happened.values()) > 2, happened
        assert np.any(w.company != companies)
        assert np.any(w.arrears > 0)


def test_all_that_the_engine_remembers_is_compared() -> None:
    w = Worlds(Recipe("compound", SMALL))
    assert {*COLUMNS, *WEEKLY, *ELSEWHERE} == {*w.columns, *w.levers}


def test_all_that_the_engine_keeps_in_tables_is_compared() -> None:
    assert {name: set(fields) for name, (fields, _) in tables.TABLES.items()} == TABLES


def test_engine_and_oracle_number_kinds_alike() -> None:
    assert tuple(KIND)[: len(KINDS)] == KINDS  # then those of other places


def test_the_first_difference_is_named() -> None:
    recipe = Recipe("compound", SMALL, burn_in=7)
    w, model = Worlds(recipe), OracleModel(recipe, 0)
    w.step()
    model.step()
    assert first_difference(w, [model]) == ""
    model.households[3].purse += 5
    assert first_difference(w, [model]) == "day -7, scenario burn_in, replication 0: purse 3: engine 0, oracle 5"


def live(recipe: Recipe, scenarios: Mapping[str, Sequence[str]], days: int) -> Counter[str]:
    """Let engine and oracle live burn-in and scenarios side by side; return what has been seen, and how often."""
    w = Worlds(recipe, watch=recipe.replications)
    models = [OracleModel(recipe, replication) for replication in recipe.replications]
    while w.day < 0:
        step(w, models)

    w = w.stack([parse(name, words) for name, words in scenarios.items()])
    models = [
        OracleModel(recipe, replication, words) for words in scenarios.values() for replication in recipe.replications
    ]
    for model in models:
        while model.day < 0:
            model.step()
        model.begin()
    seen: Counter[str] = Counter()
    for _ in range(days):
        eves = [Eve(model) for model in models]
        step(w, models)
        for eve in eves:
            seen.update(eve.sights())
    return seen


def step(w: Worlds, models: list[OracleModel]) -> None:
    """Live a day on both sides and compare everything."""
    w.step()
    for model in models:
        model.step()
    found = first_difference(w, models)
    assert not found, found


class Eve:
    """What stood in a world before a day, so that after it one sees what has become of it."""

    def __init__(self, model: OracleModel) -> None:
        self.model, self.today = model, model.day
        self.motions = list(model.motions)
        self.calls = list(model.hotline.waiting)
        self.heirs = [compound.company for compound in model.compounds if compound.company.successor]

    def sights(self) -> Iterator[str]:
        """Return what was to be seen on the day, after it."""
        yield from (flow for flow, amount in self.model.today.items() if amount)
        for table, kind, state in self.model.tally():
            yield state
            if table == "grievances":
                yield kind
                yield f"{kind} {state}"
        yield from self.events()
        yield from self.cases()
        yield from self.compounds()
        yield from self.queues()

    def queues(self) -> Iterator[str]:
        """Return what has become of suits and calls that wait."""
        if self.model.court.left:
            yield "a suit waits"
        if self.model.hotline.waiting:
            yield "a call waits"
        for case, _ in self.calls:
            if case.ended:
                yield "a call in vain"
            elif case.stage == "waiting" and case.opened < case.ready == self.today and not case.handoffs:
                yield "fetched from the hotline"

    def events(self) -> Iterator[str]:
        """Return what the events tell."""
        before = {}
        for activity, kind, bearer, ordinal, desk in self.model.events:
            case, at = (kind, bearer, ordinal), self.model.desks[desk].kind
            yield activity
            yield f"{activity} at {at}"
            yield f"{kind} {activity}"
            if kind == "nuisance" and activity == "opened" and ordinal % 16:
                yield "nuisance again"
            if activity == "granted":
                yield "emergency" if before.get(case) == "approved" else "granted by vote"
            if kind == "fee" and activity == "withdrawn" and not self.model.households[bearer].arrears:
                yield "fee dropped"
            before[case] = activity

    def cases(self) -> Iterator[str]:
        """Return what the cases tell that are on the books."""
        for case in self.model.cases:
            compound = case.compound
            if case.opened == self.today and case.stage == "transit" and not case.handoffs:
                yield "opened by hotline"
            if isinstance(case, Repair):
                if case.minor and case.desk.kind == "body" and case.stage == "waiting":
                    yield "minor at body"
                if case.drafted and not case.sittings and case.desk.kind == "community":
                    yield "applied"
                asked_for = case.stage in ("waiting", "approval") and not case.minor
                if asked_for and compound.renewals.talked == self.today:
                    yield "demand refused"
            if case.desk.kind == "company" and not compound.company.serves:
                yield "left behind"

    def compounds(self) -> Iterator[str]:
        """Return what has become of ballots, bodies and companies."""
        for motion in self.motions:
            if motion not in self.model.motions and motion.kind != "shares":
                yield f"{motion.kind} {'passed' if motion.outcome() else 'failed'}"
        for company in self.heirs:
            if not company.successor and company.serves:
                yield "succeeded"
        for compound in self.model.compounds:
            if compound.body_found == MANAGEMENT and compound.offices_taken:
                yield "committee given up"
            if len(compound.capture.to_be_bought()) > 1 and not self.today % QUARTER:
                yield from self.temptation(compound)

    def temptation(self, compound: Compound) -> Iterator[str]:
        """Return how the quarter's temptation of two principals went."""
        capture = compound.capture
        if capture.captured:
            yield "captured though two"
        elif compound.company.serves and self.today >= capture.careful_until:
            first, second = (capture.offer() >= capture.price(integrity) for integrity in compound.integrities())
            if first != second:
                yield "only the second held out" if first else "only the first held out"
