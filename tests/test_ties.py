"""Ties and volunteers against closed forms: half-life, meetings, hazards to the last bit, Diekmann's equilibrium."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sim import noise
from sim.cases import Kind, State
from sim.places.compound import VACANT
from sim.rules import hosting, ties, volunteers
from sim.scenario import parse
from sim.worlds import Worlds
from tests.docked import Dock
from tests.helpers import NOTHING_BREAKS, burnt_in, say, total

QUARRELSOME = NOTHING_BREAKS | dict(quarrel_rate=2.0, claim_rate=0.0, naming_days=1.0)


@cache
def found() -> Worlds:
    """Two replications in which people quarrel and nothing else happens."""
    return burnt_in(replications=range(2), lively=False, fixed=QUARRELSOME, burn_in=28, prior_draws=False)


def test_half_of_a_tie_is_left_after_its_half_life() -> None:
    w = found().stack([say()])
    half = w.p.flat["tie_half_life"]
    for start in (ties.WHOLE, 2000):
        w.tie[...] = start
        for _ in range(26):
            ties.fade(w)
        expected = start * 0.5 ** (26 * 7 / half)
        assert np.all(np.abs(w.tie / expected[:, None] - 1) < 0.02)
        assert np.all(w.tie <= expected[:, None])  # rounded down, so that it ends
    for _ in range(700):
        ties.fade(w)
    assert not w.tie.any()


def test_meetings_make_up_a_part_of_what_is_missing() -> None:
    """After n meetings 1 - (1 - gain)^n, however they are spread over the calls."""
    w = found().stack([say()])
    home = np.arange(w.households)
    world = np.zeros_like(home)
    times = home % 30
    ties.meet(w, world, home, times)
    gain = w.p.flat["tie_gain"][0]
    np.testing.assert_allclose(w.tie[0] / ties.WHOLE, 1 - (1 - gain) ** times, atol=6e-5)
    assert not w.tie[1].any()
    for _ in range(400):
        ties.meet(w, world, home, np.ones_like(home))
    assert np.all(w.tie[0] >= 0.998 * ties.WHOLE) and np.all(w.tie[0] <= ties.WHOLE)


def test_hazards_follow_ties_and_come_back_to_the_last_bit() -> None:
    w = found().stack([say()])
    by_itself = w.quarrel_hazard.copy()
    lived_in = w.tenure != VACANT
    w.tie[lived_in] = ties.WHOLE
    ties.fade(w)
    calm = np.exp(-w.p.tie_calm * (w.tie / ties.WHOLE))
    np.testing.assert_allclose(w.quarrel_hazard, by_itself * calm, rtol=1e-9, atol=1)
    assert np.all(w.quarrel_hazard <= by_itself) and np.any(w.quarrel_hazard < by_itself)
    w.tie[w.tie > 0] = 1
    ties.fade(w)
    assert not w.tie.any() and np.array_equal(w.quarrel_hazard, by_itself)


def test_clocks_run_by_the_hazard_of_each_week() -> None:
    """A clock fires on the day on which the hazards of the weeks, added up day by day, use up its threshold."""
    w = found().stack([say()])
    left, fired = w.quarrel_left.copy(), np.zeros_like(w.quarrels)
    before = w.quarrels.copy()
    for day in range(140):
        if day % 7 == 0:
            raised = noise.uniform(w.seeds[:, None], "test.tie", np.arange(w.households), day) < 0.3
            w.tie[raised & (w.tenure != VACANT)] = ties.WHOLE
        w.step()
        left -= w.quarrel_hazard
        world, home = np.nonzero(left <= 0)
        fired[world, home] += 1
        nth = before[world, home].astype(np.int64) + fired[world, home]
        left[world, home] = noise.threshold(w.seeds[world], "quarrel.clock", home, nth)
        assert np.array_equal(w.quarrels - before, fired)
    assert fired.sum() > 100 and np.any(w.tie)


def test_people_who_know_each_other_talk_it_over() -> None:
    """With chance 1 - exp(-b x the weaker tie); never if one of them knows nobody."""
    w = burnt_in(
        replications=range(4), lively=False, fixed=QUARRELSOME | dict(tie_calm=0.7), burn_in=140, prior_draws=False
    ).stack([say()])  # fmt: skip
    g = w.grievances
    rows = np.flatnonzero((g.kind == Kind.NEIGHBOUR) & (g.state == State.QUIET))
    assert len(rows) > 100
    assert ties.weigh(w, rows).all()
    w.tie[:, ::2] = ties.WHOLE
    assert ties.weigh(w, rows)[(g.household[rows] % 2 == 1) | (g.other[rows] % 2 == 1)].all()
    w.tie[...] = ties.WHOLE
    rows = rows[g.state[rows] == State.QUIET]
    goes_on = ties.weigh(w, rows)
    expected = 1 - np.exp(-0.7)
    assert abs((~goes_on).mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / len(rows))
    assert np.all(g.state[rows[~goes_on]] == State.SETTLED) and np.all(g.state[rows[goes_on]] == State.QUIET)
    assert not np.any(g.aching[rows[~goes_on]])


@pytest.mark.parametrize("size", [2, 3, 5, 12])
@pytest.mark.parametrize("cost", [0.1, 0.3, 0.6])
def test_volunteers_are_in_equilibrium(size: int, cost: float, dock: Dock) -> None:
    """Nobody gains by helping more or less: b(1 - (1 - p)^(n - 1)) = b - c; nobody helps with (c/b)^(n/(n - 1))."""
    p = volunteers.steps_forward(np.array([cost]), np.array([size - 1]))[0]
    assert abs((1 - p) ** (size - 1) - cost) < 1e-12
    assert abs((1 - p) ** size - cost ** (size / (size - 1))) < 1e-12
    draws = noise.chance(p, np.arange(20_000)[:, None], "test.volunteer", np.arange(size))
    nobody = (~draws.any(axis=1)).mean()
    expected = cost ** (size / (size - 1))
    error = np.sqrt(expected * (1 - expected) / 20_000)
    dock(f"volunteer's dilemma, {size} people", f"P(nobody helps) at c/b = {cost}", expected, nobody, error)


def test_who_is_alone_helps_if_it_is_worth_it() -> None:
    chances = volunteers.steps_forward(np.array([0.3, 0.99, 1.0, 2.0]), np.zeros(4, dtype=np.int64))
    assert chances.tolist() == [1.0, 1.0, 0.0, 0.0]
    assert volunteers.steps_forward(np.array([1.5]), np.array([4]))[0] == 0.0
    more = volunteers.steps_forward(np.full(6, 0.3), np.arange(1, 7))
    assert np.all(np.diff(more) < 0)


def test_who_has_helped_tires_and_recovers() -> None:
    """Tiredness halves each month; while it lasts fewer needs are seen to."""
    busy = dict(care_rate=1.0, family_care=0.0, willing=1.0, call_hours=0.01)
    words = ("elder_services", "elder_services.channels=off", "elder_services.reciprocity=on")
    seen_to = {}
    for tires in (0.0, 3.0):
        w = burnt_in(
            replications=range(3), lively=False, fixed=busy | dict(help_tires=tires), burn_in=28, prior_draws=False
        ).stack([parse("rota", (*words, "elder_services.hours=10", "elder_services.rota_hours=2"))])
        w.run(168)
        assert w.tired.any() and w.tired.max() <= volunteers.MOST_TIRED
        seen_to[tires] = total(w, "care_volunteers").sum()
    assert 0 < seen_to[3.0] < seen_to[0.0]
    tired = w.tired.copy()
    volunteers.rest(w)
    assert np.array_equal(w.tired, tired // 2)
    assert set(hosting.SAVED_WEEKS) == set(hosting.PURPOSES)
