"""A world is the same world alone, in any crowd, after a snapshot, and on every machine."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.cases import Activity, Kind, Stage, State
from sim.noise import bits
from sim.places.compound import BODY, BRANCH, CENTRE, COMMUNITY, COMPANY, COURT, KINDS
from sim.rules.desks import kinds
from sim.schedule import RULES
from sim.worlds import Worlds
from tests.helpers import (
    ARMS,
    GOVERNED,
    LIVELY,
    TIGHT,
    assert_same,
    burnt_in,
    difference,
    lived,
    recipe,
    say,
    scenarios,
    state,
)

DAYS = 98
"""Days in which two quarters begin, so that what is settled on one is seen to have come to something."""

REPLICATIONS = (4, 0, 7)

ENROLLED = ("couriers", "reports", "rest_stations", "chores")
"""Rules of which nothing happens where nobody enrols couriers: tests/test_courier_sensing.py."""


def eventful(**changes: Any) -> Worlds:
    """Found lively worlds in which contracts, courts and offices are busy too and lines are long, and burn them in."""
    return burnt_in(fixed=GOVERNED | TIGHT, **changes)


@pytest.fixture(scope="module", params=[True, False], ids=["prior draws", "fixed"])
def crowd(request: pytest.FixtureRequest) -> Worlds:
    """Three replications, burnt in."""
    return eventful(replications=REPLICATIONS, prior_draws=request.param)


@pytest.fixture(scope="module")
def mixed(crowd: Worlds) -> Worlds:
    """All arms of the three replications, lived together."""
    return lived(crowd, DAYS, *scenarios())


def test_in_these_worlds_everything_happens(mixed: Worlds) -> None:
    """The comparisons below are not empty: every activity, state, stage, kind, payer and kind of end occurs."""
    log = mixed.log.arrays()
    never = {a.name for a in Activity} - {Activity(a).name for a in log["activity"]}
    assert never == set()
    assert np.all(mixed.tally["grievances"].sum(axis=(0, 1))[State.QUIET :] > 0)
    ended = [Stage.SETTLED, Stage.FAILED, Stage.WITHDRAWN, Stage.ESCALATED]
    assert np.all(mixed.tally["cases"].sum(axis=(0, 1))[ended] > 0)
    assert np.all(mixed.tally["cases"].sum(axis=0)[list(KINDS), Stage.SETTLED] > 0)
    assert mixed.tally["cases"].sum(axis=0)[Kind.NUISANCE, Stage.WITHDRAWN] > 0  # works that ended by themselves
    silent = {name for name in mixed.series if not mixed.record[:, :, mixed.series.index(name)].any()}
    assert silent == {flow for rule in RULES if rule.name in ENROLLED for flow in rule.flows}
    assert {COURT, CENTRE, COMMUNITY, BODY, BRANCH, COMPANY} == set(kinds(mixed)[log["desk"]].tolist())

    # the fund pays after a vote here, in an emergency there; a vote that fails leads to signing
    case = np.stack([log[f] for f in ("world", "kind", "bearer", "ordinal")], axis=1).tolist()
    last: dict[tuple[int, ...], int] = {}
    follows = set()
    for key, activity in zip(map(tuple, case), log["activity"].tolist(), strict=True):
        if activity != Activity.JOINED:
            follows.add((last.get(key, -1), activity))
            last[key] = activity
    assert (Activity.VOTING, Activity.GRANTED) in follows
    assert (Activity.APPROVED, Activity.GRANTED) in follows
    assert (Activity.VOTED_DOWN, Activity.SIGNING) in follows
    assert (Activity.APPROVED, Activity.SIGNING) in follows


def test_in_these_worlds_every_stage_is_stood_in(crowd: Worlds) -> None:
    """On some evening of the comparison a case stands in every stage that lasts."""
    w = crowd.stack(scenarios())
    seen = np.zeros(len(Stage), dtype=bool)
    for _ in range(DAYS):
        w.step()
        seen |= w.tally["cases"].sum(axis=(0, 1)) > 0
    assert seen.all(), [Stage(s).name for s in np.flatnonzero(~seen)]


# --- alone = crowd --------------------------------------------------------------------------------


def test_a_replication_alone_is_its_slice_of_a_crowd(crowd: Worlds, mixed: Worlds) -> None:
    """World k alone = world k among others, in every column, table, tally, stock, event and recorded day."""
    n = len(REPLICATIONS)
    for i, k in enumerate(REPLICATIONS):
        alone = eventful(replications=[k], prior_draws=crowd.recipe.prior_draws)
        assert_same(alone, 0, crowd, i)
        alone = lived(alone, DAYS, *scenarios())
        for s in range(len(ARMS)):
            assert_same(alone, s, mixed, s * n + i)


def test_the_order_of_replications_does_not_matter(crowd: Worlds, mixed: Worlds) -> None:
    """A crowd in reverse has the same worlds in reverse."""
    reverse = eventful(replications=REPLICATIONS[::-1], prior_draws=crowd.recipe.prior_draws)
    n = len(REPLICATIONS)
    for i in range(n):
        assert_same(reverse, n - 1 - i, crowd, i)
    reverse = lived(reverse, DAYS, *scenarios())
    for s, i in itertools.product(range(len(ARMS)), range(n)):
        assert_same(reverse, s * n + n - 1 - i, mixed, s * n + i)


def test_a_mixed_crowd_is_its_pure_crowds(crowd: Worlds, mixed: Worlds) -> None:
    """Scenarios stacked together = each stacked by itself, though levers and queues differ between them."""
    n = len(REPLICATIONS)
    for s, name in enumerate(ARMS):
        pure = lived(crowd, DAYS, *scenarios(name))
        for i in range(n):
            assert_same(pure, i, mixed, s * n + i)


def test_the_order_of_scenarios_does_not_matter(crowd: Worlds, mixed: Worlds) -> None:
    """Scenarios stacked in another order, one of them twice, are the same scenarios."""
    order = ["merged", "half", "none", "body_branch", "merged", "body"]
    shuffled = lived(crowd, DAYS, *scenarios(*order))
    n = len(REPLICATIONS)
    for place, name in enumerate(order):
        for i in range(n):
            assert_same(shuffled, place * n + i, mixed, list(ARMS).index(name) * n + i)


def test_worlds_differ_where_they_should(crowd: Worlds, mixed: Worlds) -> None:
    """The comparison can fail: replications differ, arms differ, seeds and layouts differ."""
    assert difference(state(mixed, 0), state(mixed, 0)) == ""
    for i, j in itertools.combinations(range(mixed.n), 2):
        assert difference(state(mixed, i), state(mixed, j)) != ""
    n = len(REPLICATIONS)
    unlike = [mixed.record[:, s * n : s * n + n] for s in range(len(ARMS))]
    assert all(not np.array_equal(a, b) for a, b in itertools.combinations(unlike, 2))
    other = eventful(replications=REPLICATIONS, prior_draws=crowd.recipe.prior_draws, seed=2, burn_in=7)
    assert not np.array_equal(other.seeds, crowd.seeds)


def test_the_layout_is_shared_and_the_people_are_not() -> None:
    """Replications share who lives where; another layout is another place for the same replication seeds."""
    one, other = eventful(burn_in=0), eventful(burn_in=0, layout=1)
    assert np.array_equal(one.seeds, other.seeds)
    assert one.layout.sizes != other.layout.sizes
    assert not np.array_equal(one.tenure[0], one.tenure[1])
    assert len(set(one.seeds.tolist())) == one.n
    assert one.seeds[1] == bits(np.array([1]), "replication", 1)[0]


# --- snapshots ------------------------------------------------------------------------------------


def test_a_snapshot_after_burn_in_is_the_straight_run(crowd: Worlds) -> None:
    """Burnt in, stacked with nothing and run = run straight on; the block that was stacked stays as it is."""
    before = [state(crowd, i) for i in range(crowd.n)]
    stacked = lived(crowd, DAYS)
    assert all(difference(state(crowd, i), b) == "" for i, b in enumerate(before))

    straight, pieces = Worlds(crowd.recipe, watch=REPLICATIONS), crowd.stack([say()])
    for day in (0, 1, 7, 14, DAYS):  # on the first days too: time saved is capped, so that later it may be alike again
        straight.run(day)
        pieces.run(day)
        for i in range(crowd.n):
            assert_same(straight, i, pieces, i, history=False)
    assert np.array_equal(straight.record, np.concatenate([crowd.record, stacked.record]))
    for i in range(crowd.n):
        assert_same(straight, i, stacked, i, history=False)
        a, b, c = (state(w, i) for w in (straight, crowd, stacked))
        for field in (f for f in a if f.startswith("log ")):
            assert np.array_equal(a[field], np.concatenate([b[field], c[field]]))


@pytest.mark.parametrize("names", [("merged",), ("merged", "none")])
def test_a_block_given_up_lives_on_in_the_scenarios(names: tuple[str, ...]) -> None:
    """Its memory goes over to them, with one scenario without a copy; they live as if it had been kept."""
    given_up, kept = (eventful(replications=(2, 5)) for _ in range(2))
    purse, table = given_up.purse, given_up.grievances
    mine, copied = given_up.stack(scenarios(*names), keep=False), kept.stack(scenarios(*names))
    assert (mine.purse is purse) == (mine.grievances is table) == (len(names) == 1)
    mine.run(10)
    copied.run(10)
    for k in range(mine.n):
        assert_same(mine, k, copied, k)
    with pytest.raises(AttributeError):
        given_up.step()
    kept.step()


def test_a_run_may_be_taken_in_pieces(crowd: Worlds, mixed: Worlds) -> None:
    """Running on from any day is the same as running through."""
    pieces = crowd.stack(scenarios())
    for day in (3, 4, 14, DAYS):
        pieces.run(day)
    for i in range(mixed.n):
        assert_same(pieces, i, mixed, i)


@pytest.mark.parametrize("burn_in", [0, 7, 10])
def test_any_burn_in_will_do(burn_in: int) -> None:
    """A burn-in of nothing, or of a broken week, is also the same alone, stacked and straight."""
    both = eventful(replications=(0, 1), burn_in=burn_in)
    alone = eventful(replications=(1,), burn_in=burn_in)
    straight = Worlds(both.recipe)
    straight.run(30)
    both, alone = lived(both, 30), lived(alone, 30)
    assert_same(both, 1, alone, 0)
    assert_same(straight, 1, alone, 0, history=False)


def test_the_days_are_numbered_from_the_burn_in() -> None:
    """A world begins a burn-in before day 0; the record has one row a day."""
    w = Worlds(recipe(burn_in=10))
    assert (w.day, w.record.shape[0]) == (-10, 0)
    w.run(0)
    assert (w.day, w.record.shape) == (0, (10, w.n, len(w.series)))
    assert lived(w, 3).record.shape[0] == 3


# --- parameters per world -------------------------------------------------------------------------


def test_drawn_parameters_are_as_good_as_fixed_ones() -> None:
    """A world that drew its parameters = a world alone in which the drawn values are written down."""
    drawn = eventful(replications=(0, 1))
    for k in range(2):
        values = {name: value[k, 0].item() for name, value in drawn.p.values.items()}
        assert values != {name: value[1 - k, 0].item() for name, value in drawn.p.values.items()}
        written = burnt_in(replications=[k], fixed=values, prior_draws=False)
        assert_same(written, 0, drawn, k)


def test_worlds_of_one_batch_may_have_different_parameters(crowd: Worlds) -> None:
    """A mechanism's parameters, fixed or drawn, belong to the world: batched = each alone."""
    several = [
        say("formed_body", "yijiantiao", "yijiantiao.hours=1"),
        say("formed_body", "yijiantiao", "yijiantiao.merged_hours=8", "yijiantiao.deadline_days=15"),
        say("formed_body", "formed_body.coverage=0.4", "yijiantiao", "yijiantiao.equal_hours=on"),
        say("formed_body", "yijiantiao", "yijiantiao.coordination=off", "yijiantiao.ledger_hours=1"),
        say("formed_body", "yijiantiao"),
    ]
    batch = lived(crowd, DAYS, *several)
    for s, scenario in enumerate(several[:-1]):
        alone = lived(crowd, DAYS, scenario)
        for i in range(crowd.n):
            assert_same(alone, i, batch, s * crowd.n + i)
    setting = batch.settings["yijiantiao"]
    assert setting.hours[:, 0].tolist() == [1.0] * crowd.n + [4.0] * (4 * crowd.n)
    drawn = setting.merged_hours.reshape(len(several), crowd.n)
    assert np.array_equal(drawn[0], drawn[4])
    assert np.array_equal(drawn[1], [8.0] * crowd.n)
    assert (len(set(drawn[0].tolist())) > 1) == crowd.recipe.prior_draws


def test_what_the_user_fixes_is_drawn_by_nobody() -> None:
    """Fixed values hold in every world; without prior draws the rest takes its default."""
    drawn, still = eventful(burn_in=0), eventful(burn_in=0, prior_draws=False)
    fixed = LIVELY | GOVERNED
    for name, value in fixed.items():
        assert np.all(drawn.p.values[name] == value)
    varied = [name for name, value in drawn.p.values.items() if len(set(value[:, 0].tolist())) > 1]
    assert len(varied) > 20
    assert not set(varied) & set(fixed)
    assert all(len(set(value[:, 0].tolist())) == 1 for value in still.p.values.values())


# --- the same on every machine --------------------------------------------------------------------

PROGRAM = """
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from tests.helpers import GOVERNED, burnt_in, digest, lived, scenarios
found = burnt_in(fixed=GOVERNED)
print(digest(lived(found, 98, *scenarios())), *(f for f in __cpu_dispatch__ if __cpu_features__.get(f)))
"""


def run_program(**environment: str) -> tuple[str, list[str]]:
    """Return the digest of several scenarios from a fresh process, and the CPU features numpy chose among."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("NPY_", "PYTHONHASHSEED"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        env=clean | environment,
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    found, *features = done.stdout.split()
    return found, features


def test_the_same_bits_without_simd_and_under_any_hash_seed() -> None:
    """Three replications of five scenarios: one digest under two hash seeds, and with SIMD off."""
    found, features = run_program(PYTHONHASHSEED="0")
    assert run_program(PYTHONHASHSEED="1")[0] == found
    if features:  # only what numpy dispatches on can be switched off, not what it was built for
        assert run_program(NPY_DISABLE_CPU_FEATURES=" ".join(features)) == (found, [])


def test_worlds_of_several_recipes_are_those_of_each() -> None:
    """Groups that fix other things and hold other replications, stepped at once, are what each is alone."""
    ones = [recipe(replications=k, fixed=dict(detected=d)) for k, d in (((0, 2), 0.4), ((2, 1), 6.0))]
    together = Worlds(ones, watch=(2,))
    assert together.group.tolist() == [0, 0, 1, 1]
    together.run(0)
    w = lived(together, 40, say("formed_body", "yijiantiao"))
    for number, one in enumerate(ones):
        alone = Worlds(one, watch=(2,))
        alone.run(0)
        apart = lived(alone, 40, say("formed_body", "yijiantiao"))
        for k in range(2):
            assert_same(apart, k, w, 2 * number + k)
    with pytest.raises(ValueError, match="recipes differ in more than"):
        Worlds([recipe(), recipe(burn_in=7)])
