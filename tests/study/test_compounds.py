"""Outcomes compound by compound add up to those of the world, and count what they say."""

from __future__ import annotations

import numpy as np
import pytest

from sim import outcomes
from sim.cases import Kind, Stage
from sim.study import compounds
from sim.worlds import Worlds
from tests.helpers import GOVERNED, burnt_in, say, total

DAYS = 182
HALF = say("formed_body", "yijiantiao", "yijiantiao.coverage=0.7")


@pytest.fixture(scope="module")
def lived() -> tuple[Worlds, compounds.Columns]:
    """Small worlds in which much happens, in a baseline and where two of three compounds are covered."""
    w = burnt_in(fixed=GOVERNED).stack([say(), HALF])
    suffered = compounds.live(w, DAYS)
    return w, compounds.by_compound(w, 0, suffered)


def test_compounds_add_up_to_the_world(lived: tuple[Worlds, compounds.Columns]) -> None:
    w, table = lived
    counts = outcomes.counts(outcomes.recorded(w))
    for column, count in (
        ("households", "households"),
        ("settled", "cases_settled"),
        ("quarrels_settled", "cases_settled_neighbour"),
        ("roofs", "mended"),
        ("opened", "opened"),
    ):
        assert np.array_equal(table[column].sum(axis=1), counts[count]), column
    assert list(table) == list(compounds.NAMES)
    assert all(column.shape == (w.n, 3) for column in table.values())
    assert np.array_equal(compounds.suffered(w).sum(axis=1), w.stock["unresolved"])
    daily = total(w, "unresolved")
    assert np.all(np.abs(table["suffered"].sum(axis=1) - daily) < 0.05 * daily)


def test_coverage_is_that_of_all_mechanisms(lived: tuple[Worlds, compounds.Columns]) -> None:
    w, table = lived
    assert np.array_equal(table["covered"].sum(axis=1), np.where(w.scenario == 0, 0, 2))
    in_office = w.merged > 0
    assert in_office.any()
    assert np.all(table["covered"][in_office] == 1)


def test_stubborn_problems_are_old_or_dear(lived: tuple[Worlds, compounds.Columns]) -> None:
    w, table = lived
    e = w.ended.arrays()
    want = np.zeros((w.n, 3), dtype=np.int64)
    dear = np.zeros_like(want)
    for k in range(len(e["world"])):
        if e["closed"][k] < 0 or e["stage"][k] != Stage.SETTLED or e["kind"][k] >= Kind.NUISANCE:
            continue
        asset = w.layout.up("asset", "compound")[e["bearer"][k]]
        want[e["world"][k], asset] += e["closed"][k] - e["opened"][k] >= 30 or not e["minor"][k]
        dear[e["world"][k], asset] += not e["minor"][k]
    assert want.sum() > dear.sum() > 0
    assert np.array_equal(table["stubborn"], want)
    assert np.array_equal(table["stubborn_dear"], dear)


def test_whoever_paid_is_booked_with_the_case(lived: tuple[Worlds, compounds.Columns]) -> None:
    w, table = lived
    flow = {name: total(w, name) for name in ("conceded_fen", "paid_owners_fen", "paid_public_fen", "paid_fund_fen")}
    assert flow["conceded_fen"].sum() > 0
    for column, name in (("conceded_fen", "conceded_fen"), ("owners_fen", "paid_owners_fen")):
        assert table[column].sum() > 0
        # paid as works begin, booked here as they end: a crew may be at work on the first and on the last day
        assert abs(table[column].sum() - flow[name].sum()) < 0.2 * flow[name].sum(), column
    assert np.all(table["conceded_market_fen"] >= table["conceded_fen"])


def test_a_burst_is_the_most_within_any_fifteen_days(lived: tuple[Worlds, compounds.Columns]) -> None:
    w, table = lived
    e = w.ended.arrays()
    for world in range(w.n):
        for compound in range(3):
            mine = (e["world"] == world) & (e["compound"] == compound) & (e["kind"] == Kind.ROOF)
            days = e["closed"][mine & (e["closed"] >= 0) & (e["stage"] == Stage.SETTLED)].astype(int)
            most = max((int(((days >= d) & (days < d + 15)).sum()) for d in days), default=0)
            assert table["roofs_in_15"][world, compound] == most


def test_spans_follow_one_another() -> None:
    w = burnt_in(fixed=GOVERNED)
    whole = w.stack([say()])
    first = compounds.live(whole, 35)
    a = compounds.by_compound(whole, 0, first)
    second = compounds.live(whole, 61)
    b = compounds.by_compound(whole, 35, second)
    once = w.stack([say()])
    both = compounds.by_compound(once, 0, compounds.live(once, 61))
    assert np.array_equal(first + second, both["suffered"])
    for name in ("opened", "settled", "stubborn", "roofs", "owners_fen"):
        assert np.array_equal(a[name] + b[name], both[name]), name
