"""Nothing done is nothing changed: a mechanism absent, switched off, without hours or without anybody."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.mechanisms import registry
from sim.scenario import Scenario
from sim.worlds import Worlds
from tests.helpers import assert_same, burnt_in, lived, say

DAYS = 63

NO_BODY = {
    "channel off": say("formed_body", "formed_body.formation=off"),
    "all channels off": say("formed_body", "formed_body.channels=off"),
    "no coverage": say("formed_body", "formed_body.coverage=0"),
}

WITHOUT = {
    "all channels off": ["yijiantiao.channels=off"],
    "each channel off": [f"yijiantiao.{channel}=off" for channel in registry()["yijiantiao"].channels],
    "no hours": ["yijiantiao.hours=0"],
    "no hours, two persons": ["yijiantiao.hours=0", "yijiantiao.coordination=off"],
    "no hours, no ledger": ["yijiantiao.hours=0", "yijiantiao.case_ledger=off"],
    "no hours, equal hours": ["yijiantiao.hours=0", "yijiantiao.equal_hours=on"],
    "no coverage": ["yijiantiao.coverage=0"],
    "no coverage, more hours": ["yijiantiao.coverage=0", "yijiantiao.extra_hours=4"],
}


def no_merger(words: list[str], *first: str) -> Scenario:
    """Name 一肩挑 in a way that should do nothing."""
    return say(*first, "yijiantiao", *words)


@pytest.fixture(scope="module", params=[True, False], ids=["prior draws", "fixed"])
def found(request: pytest.FixtureRequest) -> Worlds:
    """Six replications, burnt in."""
    return burnt_in(replications=range(4), prior_draws=request.param)


def assert_all_equal(w: Worlds, n: int, groups: int) -> None:
    """Check that world k is the same in the first so many groups of n worlds."""
    for s, k in itertools.product(range(1, groups), range(n)):
        assert_same(w, k, w, s * n + k)


def test_no_body_formed_is_the_baseline(found: Worlds) -> None:
    """formed_body with its channel off, or covering nobody, is the empty list, bit for bit over two months."""
    w = lived(found, DAYS, say(), *NO_BODY.values(), say("formed_body"))
    n = found.n
    assert_all_equal(w, n, 4)
    assert not np.array_equal(w.body[:n], w.body[4 * n :])


def test_no_merger_is_the_body_alone(found: Worlds) -> None:
    """一肩挑 switched off, without hours or covering nobody is [formed_body], bit for bit over two months."""
    w = lived(found, DAYS, say("formed_body"), *(no_merger(v, "formed_body") for v in WITHOUT.values()))
    assert_all_equal(w, found.n, 1 + len(WITHOUT))


def test_no_merger_without_formed_bodies_is_the_baseline(found: Worlds) -> None:
    """The same where only the bodies found stand."""
    w = lived(found, DAYS, say(), *(no_merger(v) for v in WITHOUT.values()))
    assert_all_equal(w, found.n, 1 + len(WITHOUT))


def test_nobody_eligible_is_nothing_done() -> None:
    """Without a single body 一肩挑 has nobody to merge; with a body everywhere none is formed."""
    none = burnt_in(fixed=dict(committee_share=0.0, management_share=0.0))
    w = lived(none, DAYS, say(), say("yijiantiao"), say("yijiantiao", "yijiantiao.extra_hours=4"))
    assert_all_equal(w, none.n, 3)
    everywhere = burnt_in(fixed=dict(committee_share=1.0))
    assert_all_equal(lived(everywhere, DAYS, say(), say("formed_body")), everywhere.n, 2)


def test_together_with_worlds_that_do_differ(found: Worlds) -> None:
    """The nulls hold in a block in which other worlds are treated, and the treated ones do differ."""
    active = [say("formed_body", "yijiantiao"), say("formed_body", "yijiantiao", "yijiantiao.coordination=off")]
    ledger = say("formed_body", "yijiantiao", "yijiantiao.case_ledger=off")
    placebo = say("formed_body", "yijiantiao", "yijiantiao.channels=off", "yijiantiao.extra_hours=2")
    off = no_merger(["yijiantiao.channels=off"], "formed_body")
    w = lived(found, DAYS, say("formed_body"), *active, ledger, placebo, off)
    n = found.n
    for k in range(n):
        assert_same(w, k, w, 5 * n + k)
    for s in range(1, 5):
        assert not np.array_equal(w.record[:, :n], w.record[:, s * n : (s + 1) * n])


def test_whoever_is_reached_first_stays_reached(found: Worlds) -> None:
    """Coverage is a roll-out in one order: more coverage adds compounds, round(coverage x compounds) of them."""
    shares = (0.0, 0.2, 0.5, 0.7, 1.0)
    w = found.stack([say("formed_body", "yijiantiao", f"yijiantiao.coverage={c}") for c in shares])
    reached = (w.merged > 0).reshape(len(shares), found.n, -1)
    assert np.all(reached[:-1] <= reached[1:])
    assert reached.sum(axis=2).T.tolist() == [[0, 1, 2, 2, 3]] * found.n
