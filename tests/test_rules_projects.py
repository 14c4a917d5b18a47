"""Projects: nothing without one; a contractor accepts what contingency and avoided delay can bear; the account pays."""

from __future__ import annotations

import numpy as np
import pytest

from sim.cases import Kind
from sim.rules import bodies, defects, projects
from sim.worlds import Recipe, Worlds
from tests.helpers import BUSY, assert_same, assets, burnt_in, say, total
from tests.oracle.compare import first_difference
from tests.oracle.world import OracleModel

ONE = ("formed_body", "yijiantiao")


def with_project(days: int = 120, broken: bool = True, **fixed: float) -> Worlds:
    """Return worlds in one person's hands in which a project begins on day 0 and the road is broken."""
    w = burnt_in(fixed=BUSY | dict(functioning_share=1.0) | fixed, prior_draws=False).stack([say(*ONE)])
    road = assets(w, Kind.ROAD)
    if broken:
        world, at = np.nonzero(~w.defective[:, road])
        defects.break_down(w, world, road[at])
    projects.begin(w, np.ones(w.contract.shape, dtype=bool), days)
    return w


def test_without_a_project_nothing_happens() -> None:
    """An ordinary world is bit for bit one whose day has no such phase."""
    w = burnt_in()
    assert np.all(w.project_rounds == 0)  # nor had anything during the burn-in, whose days are below zero
    with_phase, without = w.stack([say(*ONE)]), w.stack([say(*ONE)])
    projects.bargain(with_phase)
    for k in range(w.n):
        assert_same(with_phase, k, without, k)
    with_phase.run(70)
    assert np.all(with_phase.project_until == projects.NONE)
    assert np.all(with_phase.project_answer == projects.OPEN)
    assert with_phase.project_paid.sum() == with_phase.project_rounds.sum() == 0


def test_accepted_is_what_contingency_and_avoided_delay_can_bear() -> None:
    w = with_project(delay_yuan=50.0, contingency=0.04, upgrade_cost=130.0, own_talk_hours=3.0, talk_hours=0.5)
    flats = w.layout.count("compound", "household")
    while not np.all(w.project_answer > 0):
        waits, day, before = w.wait_days.copy(), w.day, w.project_answer.copy()
        w.run(w.day + 7 - w.day % 7)
        for k, c in zip(*np.nonzero((w.project_answer > 0) & (before == 0)), strict=True):
            community = w.layout.up("compound", "community")[c]
            desk = 3 * w.layout.sizes["compound"] + community
            lost = min(waits[k, desk] + w.p.handoff_days[k, 0], 120 - day)
            most = round((0.04 * w.p.project_cost[k, 0] * flats[c] + 50.0 * lost) * 100)
            assert w.project_room[k, c] == most
            asked = round(130.0 * flats[c] * 100)
            assert w.project_answer[k, c] == (projects.ACCEPTED if asked <= most else projects.REFUSED)
            assert w.project_paid[k, c] == (asked if asked <= most else 0)
        assert w.day < 120
    assert np.all(w.project_rounds == w.p.talk_rounds)


@pytest.mark.parametrize(("fixed", "answer"), [({"contingency": 0.1}, 1), ({"contingency": 0.0, "delay_yuan": 0.0}, 2)])
def test_the_road_is_whole_where_it_was_accepted(fixed: dict[str, float], answer: int) -> None:
    w = with_project(upgrade_cost=80.0, own_talk_hours=3.0, talk_hours=0.5, talk_rounds=1, **fixed)
    free = 0
    while np.any(w.project_answer == 0) and w.day < 84:
        before = w.project_answer == 0
        money = [getattr(w, name).copy() for name in ("public", "till", "fund", "outside")]
        phases_before = w.defective.copy()
        projects.bargain(w)
        now = before & (w.project_answer > 0)
        assert np.all(w.project_answer[now] == answer)
        after = [getattr(w, name) for name in ("public", "till", "fund", "outside")]
        assert all(np.array_equal(a, b) for a, b in zip(money, after, strict=True))  # the compound pays nothing
        for k, c in zip(*np.nonzero(now), strict=True):
            road = assets(w, Kind.ROAD)[c]
            if answer == projects.REFUSED:
                assert w.defective[k, road] == phases_before[k, road]
            elif not w.defective[k, road]:
                free += bool(phases_before[k, road])
                mine = (w.grievances.world == k) & (w.grievances.bearer == road) & (w.grievances.kind == Kind.ROAD)
                assert not w.grievances.aching[mine].any()
        w.run(w.day + 7 - w.day % 7)
    assert np.all(w.project_answer == answer)
    assert free > 0 if answer == projects.ACCEPTED else np.all(w.project_paid == 0)


def test_who_has_no_time_or_no_body_does_not_ask() -> None:
    w = burnt_in(fixed=dict(committee_share=0.0, management_share=0.0, election_rate=0.0), prior_draws=False)
    w = w.stack([say()])
    projects.begin(w, np.ones(w.contract.shape, dtype=bool), 120)
    w.run(60)
    assert np.all(w.body == bodies.NONE)
    assert w.project_rounds.sum() == 0
    idle = with_project(own_talk_hours=0.0).stack([say("formed_body")])
    idle.run(60)
    assert idle.project_rounds.sum() == total(idle, "minutes_talks").sum() == 0


def test_what_is_over_is_not_talked_about() -> None:
    w = with_project(days=7, own_talk_hours=3.0, talk_hours=0.5, talk_rounds=6)
    w.run(14)
    rounds = w.project_rounds.copy()
    w.run(60)
    assert np.array_equal(w.project_rounds, rounds)


LIVELY_TALKS = dict(
    own_talk_hours=3.0, talk_hours=0.5, talk_rounds=2, road_rate=4.0, road_cost=8000.0, naming_days=2.0, any_desk=3.0,
    functioning_share=0.8, upgrade_cost=120.0, contingency=0.04, delay_yuan=30.0, road_sufferers=8,
)  # fmt: skip


@pytest.mark.parametrize("words", [(), ONE])
def test_engine_and_oracle_agree_on_projects(words: tuple[str, ...]) -> None:
    """Day by day, project by project; some accept, some refuse, roads are in every state."""
    shape = dict(compounds=3, households=40, size_spread=0.25, floors=2, compounds_per_community=2)
    recipe = Recipe("compound", shape, fixed=LIVELY_TALKS, replications=(0, 1), burn_in=28)
    w = Worlds(recipe, watch=recipe.replications)
    w.run(0)
    scenario = say(*words)
    models = [OracleModel(recipe, k, words) for k in recipe.replications]
    for model in models:
        while model.day < 0:
            model.step()
        model.begin()
    block = w.stack([scenario])
    projects.begin(block, np.ones(block.contract.shape, dtype=bool), 60)
    for model in models:
        for compound in model.compounds:
            compound.project.until = 60
    answers = set()
    for _ in range(70):
        block.step()
        for model in models:
            model.step()
        assert first_difference(block, models) == ""
        answers |= set(block.project_answer.ravel().tolist())
    assert answers >= {projects.OPEN, projects.ACCEPTED}
