"""Rounds of visits: who is asked what troubles them, what it costs, and that asking is all there is to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.cases import Kind, State
from sim.worlds import Worlds
from tests.helpers import NOTHING_BREAKS, around, assert_same, burnt_in, clearly_above_zero, lived, say, total

Array = NDArray[Any]

ONLY = ["formed_body", "yijiantiao", "yijiantiao.channels=off", "yijiantiao.coordination=on"]
ROUNDS = [*ONLY, "yijiantiao.onsite_visits=on", "yijiantiao.effort_kept=1"]


def test_a_visit_brings_out_what_nobody_has_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is met and has something unvoiced decides on that day; nobody else, and nothing but that, is moved."""
    then: dict[str, Any] = {}
    seen = dict.fromkeys(("surfaced", "latent", "voiced already", "fees", "not met"), 0)

    def before(w: Worlds) -> None:
        g = w.grievances
        then.update(state=g.state.copy(), act=g.act.copy(), severity=g.severity.copy(), visited=w.visited.copy())

    def after(w: Worlds) -> None:
        g = w.grievances
        moved = np.flatnonzero((g.state != then["state"]) | (g.act != then["act"]))
        old = then["state"]
        assert np.all((old[moved] == State.LATENT) | (old[moved] == State.QUIET))
        assert np.all((g.state[moved] == State.QUIET) & (g.act[moved] == w.day))
        assert np.all(g.kind[moved] != Kind.FEE) and np.all(g.aching[moved])
        assert np.array_equal(g.severity, then["severity"])
        # they live behind the doors next in turn
        compound = w.layout.up("household", "compound")[g.household]
        first = w.layout.first("compound", "household")[compound]
        flats = w.layout.count("compound", "household")[compound]
        doors = (w.visited - then["visited"])[g.world, compound]
        place = (g.household - first - then["visited"][g.world, compound]) % flats
        knocked = place < doors
        assert np.all(knocked[moved])
        unvoiced = (old <= State.QUIET) & g.aching & (g.kind != Kind.FEE)
        due = (old == State.QUIET) & (then["act"] <= w.day)  # they would have thought about it today in any case
        counted = w.flow["surfaced"].sum()
        assert len(moved) <= counted <= len(moved) + np.count_nonzero(knocked & unvoiced & due)
        unvoiced &= ~due
        seen["surfaced"] += len(moved)
        seen["latent"] += np.count_nonzero(old[moved] == State.LATENT)
        seen["voiced already"] += np.count_nonzero(knocked & (old > State.QUIET))
        seen["fees"] += np.count_nonzero(knocked & (g.kind == Kind.FEE))
        seen["not met"] += np.count_nonzero(knocked & unvoiced) - np.count_nonzero(unvoiced[moved])

    around(monkeypatch, "visits.go_round", before, after)
    w = burnt_in(replications=range(8), fixed=dict(claim_rate=20.0, no_company=0.0, exit_quarters=10**6, at_home=0.5))
    lived(w, 126, say(*ROUNDS, "yijiantiao.round_hours=1"))
    assert min(seen.values()) > 20, seen
    # of those at home as many are met as are at home
    asked = seen["surfaced"] + seen["not met"]
    assert abs(seen["surfaced"] / asked - 0.5) < 4 * np.sqrt(0.25 / asked)


def test_every_door_costs_its_time() -> None:
    """Whether anybody opens or not; every flat is visited before any is visited twice."""
    w = burnt_in(replications=range(4))
    s = w.stack([say(*ONLY), say(*ROUNDS)])
    for _ in range(126):
        before = s.visited.copy()
        balance = s.rounds_balance.copy()
        s.step()
        doors = s.visited - before
        cost = np.rint(60 * s.p.door_hours).astype(np.int64) * 7
        assert np.all(doors * cost <= balance + s.rounds_time * 7)
        assert np.all(doors <= s.layout.count("compound", "household"))
        minutes, visits = (s.record[-1, :, s.series.index(name)] for name in ("minutes_rounds", "visits"))
        assert np.array_equal(visits, doors.sum(axis=1))
        assert np.array_equal(minutes, (doors * cost // 7).sum(axis=1))
    assert not total(s, "visits")[: w.n].any()
    assert np.all(total(s, "visits")[w.n :] > 0)


def test_where_nobody_names_anything_only_visits_bring_claims() -> None:
    """If it took for ever to name a grievance there would be no claim, unless somebody came and asked."""
    dumb = dict(naming_days=1e7, claim_rate=0.0, any_desk=3.0)
    w = burnt_in(replications=range(6), fixed=dumb)
    assert not total(w, "claimed").any()
    s = lived(w, 84, say(*ONLY), say(*ROUNDS))
    voiced = total(s, "voiced").reshape(2, -1)
    assert not voiced[0].any()
    assert np.all(voiced[1] > 0)
    assert np.all(voiced[1] <= total(s, "surfaced")[w.n :])


def test_where_nobody_would_claim_visits_change_nothing() -> None:
    """There is no bonus for being visited: whoever prefers silence keeps silent at the door too."""
    mute = dict(any_desk=-60.0, claim_rate=0.0)
    s = lived(burnt_in(fixed=mute), 84, say(*ONLY), say(*ROUNDS))
    assert total(s, "surfaced").sum() > 20
    assert not total(s, "claimed").any()


def test_where_nothing_troubles_anybody_visits_find_nothing() -> None:
    """Doors are knocked at, and nothing surfaces."""
    peace = NOTHING_BREAKS | dict(quarrel_rate=0.0)
    s = lived(burnt_in(fixed=peace), 84, say(*ROUNDS))
    assert total(s, "visits").sum() > 20
    assert not total(s, "surfaced").any()


def test_rounds_need_people_at_home() -> None:
    """Where nobody ever opens nothing surfaces, though doors are knocked at; without hours nobody even knocks."""
    w = burnt_in(fixed=dict(at_home=0.0))
    s = lived(w, 63, say(*ROUNDS, "yijiantiao.hours=0"), say("formed_body"), say(*ROUNDS))
    for k in range(w.n):
        assert_same(s, k, s, w.n + k)
    assert total(s, "visits")[2 * w.n :].sum() > 20
    assert not total(s, "surfaced").any()


def test_slow_to_name_visits_voice_more() -> None:
    """Where people take a month to name what troubles them, rounds bring more of it to a desk, and sooner."""
    w = burnt_in(replications=range(24), prior_draws=False, fixed=dict(naming_days=30.0, any_desk=1.0))
    s = lived(w, 126, say(*ONLY), say(*ROUNDS, "yijiantiao.round_hours=1"))
    voiced = total(s, "voiced").reshape(2, -1)
    assert clearly_above_zero(voiced[1] - voiced[0])
