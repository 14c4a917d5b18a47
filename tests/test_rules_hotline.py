"""The hotline: a queue of calls, taken one after another; and worlds in which it and the court are short."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.cases import NEVER, Stage
from sim.worlds import Worlds
from tests.helpers import (
    ARMS,
    GOVERNED,
    NOTHING_BREAKS,
    TIGHT,
    around,
    assert_same,
    burnt_in,
    clearly_above_zero,
    daily,
    lived,
    say,
    total,
)

MILLION = 1_000_000

NOBODY_WORKS = dict(
    repairer_hours=0.0, community_hours=0.0, director_hours=0.0, idle_director_hours=0.0, centre_hours=0.0,
    exit_quarters=10**6, patience_days=10_000.0, escalation_days=100_000.0,
)  # fmt: skip
ALL_CALL = dict(
    trust_hotline=1.0, b_trust=200.0, any_desk=-150.0, hearsay=0.0, trust_company=0.0, trust_body=0.0,
    trust_community=0.0, b_wait=0.0,
)  # fmt: skip
ONLY_CALLS = NOTHING_BREAKS | NOBODY_WORKS | ALL_CALL | dict(pipe_rate=3.0, quarrel_rate=0.0, claim_rate=0.0)
"""Pipes leak, everybody calls the hotline about it, and nothing is ever over."""


def left(calls: list[int], first: int, length: int) -> list[int]:
    """Return how many calls are left at the end of each day, given those that come in and what each takes."""
    free, waiting, out = -(10**18), 0, []
    for day, new in enumerate(calls, start=first):
        waiting += new
        while waiting and max(free, MILLION * day) < MILLION * (day + 1):
            free = max(free, MILLION * day) + length
            waiting -= 1
        out.append(waiting)
    return out


@pytest.mark.parametrize("per_thousand", [0.5, 2.0, 12.0])
def test_calls_are_taken_one_after_another(per_thousand: float) -> None:
    """As many wait as in a queue with one place, where each takes equally long and may begin before midnight."""
    w = burnt_in(replications=range(4), burn_in=182, fixed=ONLY_CALLS | dict(hotline_calls=per_thousand))
    length = round(MILLION / (per_thousand * w.households / 1000))
    calls, waiting = daily(w, "tickets"), daily(w, "calls_waiting")
    for k in range(w.n):
        assert waiting[:, k].tolist() == left(calls[:, k].tolist(), -182, length)
    assert waiting.max() > 1
    assert np.array_equal(np.bincount(w.calls.world, minlength=w.n), w.stock["calls_waiting"])


def test_an_idle_hotline_takes_a_call_at_once() -> None:
    """However few it can take."""
    rare = dict(hotline_calls=0.05, pipe_rate=0.5, pipe_sufferers=1)
    w = burnt_in(replications=range(8), burn_in=91, fixed=ONLY_CALLS | rare)
    calls, waiting = daily(w, "tickets"), daily(w, "calls_waiting")
    alone = calls.cumsum(axis=0) == 1
    assert alone.any() and not waiting[alone].any()


def test_what_waits_lies_with_the_hotline_and_then_travels_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each case about which no call was taken has one that waits; the oldest calls go first; then the usual days."""
    taken = 0
    before: dict[str, list[tuple[int, int]]] = {}

    def calls(w: Worlds) -> list[tuple[int, int]]:
        key = w.cases.key
        rows = zip(w.calls.world.tolist(), w.calls.case.tolist(), strict=True)
        return [(k, int(key[case]) if case >= 0 else -1) for k, case in rows]

    def morning(w: Worlds) -> None:
        before["calls"] = calls(w)

    def evening(w: Worlds) -> None:
        nonlocal taken
        c, now = w.cases, calls(w)
        for k in range(w.n):
            old, new = ([case for world, case in them if world == k] for them in (before["calls"], now))
            assert new == old[len(old) - len(new) :]
            gone = set(old[: len(old) - len(new)])
            rows = np.flatnonzero((c.world == k) & np.isin(c.key, np.array(sorted(gone), dtype=np.uint64)))
            travelling = rows[(c.stage[rows] == Stage.TRANSIT) & (c.handoffs[rows] == 0)]
            assert np.all(c.ready[travelling] <= w.day + 4) and np.all(c.ready[travelling] != NEVER)
            taken += len(gone)
        held = (c.stage == Stage.TRANSIT) & (c.ready == NEVER)
        assert set(np.flatnonzero(held).tolist()) <= set(w.calls.case.tolist())

    around(monkeypatch, "claiming.hear_calls", morning, evening)
    w = burnt_in(replications=range(3), burn_in=140, fixed=ONLY_CALLS | dict(hotline_calls=2.0, hotline_days=4))
    assert taken > 20 and len(w.calls)


def test_a_hotline_that_takes_few_calls_is_called_less() -> None:
    """Whoever thinks of calling weighs the calls before."""
    few, many = (burnt_in(replications=range(12), burn_in=182, fixed=dict(hotline_calls=c)) for c in (0.5, 1e6))
    assert clearly_above_zero(total(many, "tickets") - total(few, "tickets"))


def test_a_hotline_that_takes_few_calls_helps_less() -> None:
    """Where everybody calls and nobody minds the wait, what is told comes to desks later, and less is settled."""
    few, many = (
        burnt_in(replications=range(12), burn_in=182, fixed=ALL_CALL | dict(hotline_calls=c)) for c in (0.5, 1e6)
    )
    assert clearly_above_zero(total(many, "settled") - total(few, "settled"))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3)))[1:3])
def test_a_short_court_and_hotline_keep_worlds_apart(order: tuple[int, ...]) -> None:
    """Worlds in which suits and calls wait are the same alone, in a crowd and in another order."""
    short = dict(burn_in=70, fixed=GOVERNED | TIGHT)
    arms = [say(*ARMS[name]) for name in ("none", "merged")]
    crowd = lived(burnt_in(replications=range(3), **short), 98, *arms)
    for name in ("suits_waiting", "calls_waiting"):
        assert np.all(total(crowd, name) > 0), name
    mixed = lived(burnt_in(replications=order, **short), 98, *arms[::-1])
    alone = lived(burnt_in(replications=(1,), **short), 98, arms[1])
    for k, replication in enumerate(order):
        for arm in range(2):
            assert_same(mixed, 3 * (1 - arm) + k, crowd, 3 * arm + replication)
    assert_same(alone, 0, crowd, 3 + 1)
