"""Villages as places: conservation of fen and birds, nothing done is nothing changed, twins, alone and in a crowd."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.books import imbalance
from sim.cases import Desk
from sim.errors import ConfigError
from sim.mechanisms import registry
from sim.rules import alliance, bases
from sim.schedule import RULES
from sim.study.config import load
from sim.worlds import Worlds
from tests.helpers import assert_same, difference, state, total
from tests.villages import alone, burnt_in, lived, recipe, say

CHANNELS = registry()["village_alliance"].channels
YEAR = 365


@pytest.fixture(scope="module")
def found() -> Worlds:
    """Three replications, burnt in."""
    return burnt_in()


# -- conservation --------------------------------------------------------------------------------


def test_fen_and_birds_are_conserved_every_day(found: Worlds) -> None:
    """All accounts add up to 0; birds placed are standing, sold or dead; and everything there is has happened."""
    granted = say("village_alliance", "village_alliance.public_grant=5000", "village_alliance.authority=off")
    w = found.stack([say(), say("village_alliance"), granted])
    flows = ("birds_placed", "birds_sold", "birds_dead", "own_placed", "own_sold", "own_dead")
    before, own = w.birds.sum(axis=1), w.own_birds.sum(axis=1)
    so_far = dict.fromkeys(flows, np.zeros(w.n, dtype=np.int64))
    for _ in range(3 * YEAR):
        w.step()
        today = dict(zip(w.series, w.record[-1].T, strict=True))
        so_far = {flow: so_far[flow] + today[flow] for flow in flows}
        assert not imbalance(w).any()
        standing, now = w.birds.sum(axis=1), w.own_birds.sum(axis=1)
        assert np.array_equal(before + so_far["birds_placed"], standing + so_far["birds_sold"] + so_far["birds_dead"])
        assert np.array_equal(own + so_far["own_placed"], now + so_far["own_sold"] + so_far["own_dead"])
        assert np.array_equal(today["birds"], standing)
        assert np.array_equal(today["keeping"], w.keeps.sum(axis=1))
        assert np.array_equal(today["allied_townships"], w.allied.sum(axis=1))
        assert (w.birds >= 0).all()
        assert (w.own_birds >= 0).all()
    flows = {name for rule in RULES if rule.places == ("village",) for name in rule.flows}
    apart = {"talks_failed", "dissolved", "batches_lost_large"}  # tested apart, the last against the oracle
    assert {name for name in flows if not total(w, name).any()} == apart


def test_what_is_out_is_owed_and_nothing_else(found: Worlds) -> None:
    """A loan is what the inputs of a batch at a base cost, and is gone with the batch; bases hold what they may."""
    w = found.stack([say("village_alliance")])
    for _ in range(2 * YEAR):
        w.step()
        lent = w.loan > 0
        assert np.array_equal(w.loan[lent], w.batch_cost[lent])
        assert (w.yard_base[lent] >= 0).all()
        assert np.array_equal(w.mode > 0, w.birds > 0)
        assert np.array_equal(w.yard_base >= 0, w.mode > 1)
    assert w.adopted.any()


def test_a_base_never_holds_more_than_it_can(found: Worlds) -> None:
    """Chicks are placed only as far as the base has room on that day, counted before they are placed."""
    w = found.stack([say(), say("village_alliance")])
    for _ in range(3 * YEAR):
        if w.day % 28 == 0:
            room, standing = bases.capacity(w), bases.standing(w)
            w.step()
            own = bases.standing(w)
            assert (own <= np.maximum(room, standing) + w.own_birds).all()
        else:
            w.step()


# -- nothing done is nothing changed -------------------------------------------------------------

NOTHING = {
    "all channels off": say("village_alliance", "village_alliance.channels=off"),
    "each channel off": say("village_alliance", *(f"village_alliance.{channel}=off" for channel in CHANNELS)),
    "no hours": say("village_alliance", "village_alliance.hours=0"),
    "no hours, a grant": say("village_alliance", "village_alliance.hours=0", "village_alliance.public_grant=1000"),
}


def assert_equal_groups(w: Worlds, n: int, groups: int) -> None:
    """Check that world k is the same in the first so many groups of n worlds."""
    for s, k in itertools.product(range(1, groups), range(n)):
        assert_same(w, k, w, s * n + k)


def test_no_alliance_is_the_baseline(found: Worlds) -> None:
    """Channels off or no hours is the empty list, bit for bit over a year, beside worlds that do differ."""
    w = lived(found, YEAR, say(), *NOTHING.values(), say("village_alliance"))
    assert_equal_groups(w, found.n, 1 + len(NOTHING))
    last = 1 + len(NOTHING)
    for k in range(found.n):
        assert difference(state(w, k), state(w, last * found.n + k))


def test_nobody_eligible_is_nothing_done() -> None:
    """Where no branch has hours for a base, or no village has a neighbour to ally with, nothing is done."""
    none = burnt_in(structure=dict(villages=1))
    with pytest.raises(ConfigError, match=r"joins two home villages; world\.villages=1 has only one"):
        none.stack([say("village_alliance")])
    three = burnt_in(structure=dict(villages=3))
    w = lived(three, YEAR, say(), say("village_alliance"))
    single = w.layout.first("township", "village")[1]
    for k in range(three.n):
        mine = (w.layout.up("yard", "village") >= single).nonzero()[0]
        for name in ("birds", "mode", "skill", "belief_mean", "farm_income", "adopted"):
            column = getattr(w, name)
            assert np.array_equal(column[k, mine], column[three.n + k, mine]), name


@pytest.mark.parametrize("off", [["authority"], ["coordination"], ["authority", "coordination"]])
def test_without_complementarity_authority_and_coordination_are_dummies(found: Worlds, off: list[str]) -> None:
    """There is nothing to bargain over, so nobody is called to a table and no office is joined."""
    rest = ["demonstration", "floor_price", "inputs_and_skill"]
    several = [alone("authority", "coordination", *rest)]
    several.append(alone(*(c for c in ("authority", "coordination") if c not in off), *rest))
    w = lived(found, YEAR, *several)
    for k in range(found.n):
        changed = {key for key in state(w, k) if difference({key: state(w, k)[key]}, {key: state(w, found.n + k)[key]})}
        assert not changed


def test_with_complementarity_they_are_none(found: Worlds) -> None:
    """Sides that are called to the table stay away from fewer rounds; a joint office makes rounds cheaper."""
    pooled = lived(found, YEAR, alone("complementarity"), alone("complementarity", "authority", "coordination"))
    assert total(pooled, "rounds_missed")[: found.n].sum() > total(pooled, "rounds_missed")[found.n :].sum() == 0
    cost = alliance.round_cost(pooled)
    assert (cost[: found.n] > cost[found.n :]).all()


def test_few_hours_do_little(found: Worlds) -> None:
    """As hours go to zero the hours worked for the alliance and what is changed go to zero."""
    amounts = (6.0, 1.0, 0.25, 0.02)
    w = lived(found, 2 * YEAR, say(), *(say("village_alliance", f"village_alliance.hours={h}") for h in amounts))
    n = found.n
    for flow in ("minutes_meeting", "minutes_calling", "minutes_coaching"):
        spent = total(w, flow).reshape(-1, n).sum(axis=1)
        assert spent[0] == 0
        assert spent[1] > spent[2] >= spent[3] >= spent[4]
    birds = total(w, "birds_placed").reshape(-1, n).sum(axis=1).astype(float)
    changes = np.abs(birds[1:] - birds[0])
    assert changes[0] > 10 * changes[3]


def test_hours_are_moved_and_not_conjured(found: Worlds) -> None:
    """What branches do in all takes no more than the hours that they have, with the alliance and without."""
    w = lived(
        found, 2 * YEAR, say(), say("village_alliance"), say("village_alliance", "village_alliance.extra_hours=2")
    )
    spent = sum(total(w, f"minutes_{p}") for p in ("asking", "calling", "showing", "contracts", "orders", "meeting"))
    weeks = 2 * YEAR // 7 + 1
    found_time = w.branch_found.sum(axis=1) * weeks
    more = np.repeat([0, 0, 2 * 60 * 2 * weeks], found.n)
    assert (spent <= found_time + more + 4 * w.branch_minutes.sum(axis=1)).all()


# -- twins and crowds ----------------------------------------------------------------------------


def test_twins_are_equal_until_the_first_difference(found: Worlds) -> None:
    """Before anything is signed or placed differently, twins are the same; afterwards they differ."""
    w = found.stack([say(), say("village_alliance")])
    n = found.n
    differ = -1
    for day in range(YEAR):
        w.step()
        rows = w.record[-1]
        if differ < 0 and not np.array_equal(rows[:n], rows[n:]):
            differ = day
            names = {name for i, name in enumerate(w.series) if not np.array_equal(rows[:n, i], rows[n:, i])}
            assert names <= {
                *(
                    "rounds",
                    "rounds_missed",
                    "unpaid_hours_fen",
                    "minutes_meeting",
                    "minutes_asking",
                    "minutes_coaching",
                ),
                *("minutes_calling", "minutes_showing"),
            }
    assert differ >= 0
    assert np.array_equal(w.price[:n], w.price[n:])


def test_alone_and_in_a_crowd_it_is_the_same_world() -> None:
    """A world alone, in a crowd, and in a crowd in another order is the same, bit for bit."""
    crowd = lived(burnt_in(replications=(0, 1, 2)), YEAR, say("village_alliance"))
    other = lived(burnt_in(replications=(2, 0)), YEAR, say(), say("village_alliance"))
    for k, at in ((2, 2), (0, 3)):
        assert_same(crowd, k, other, at)
    single = lived(burnt_in(replications=(1,)), YEAR, say("village_alliance"))
    assert_same(crowd, 1, single, 0)


def test_one_township_leaves_another_alone() -> None:
    """Where villages of one township have nothing to pool, what happens in the other changes nothing there."""
    w = lived(burnt_in(structure=dict(villages=4)), YEAR, say(), say("village_alliance"))
    assert w.layout.sizes["township"] == 2
    assert total(w, "rounds")[3:].min() > 0
    prices = w.record[:, :, w.series.index("price_fen")]
    assert np.array_equal(prices[:, :3], prices[:, 3:])


# -- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["village_alliance", "village_alliance.share=1.2"], r"village_alliance.share=1.2 is out of range \[0, 1\]"),
        (["village_alliance", "village_alliance.share=-0.1"], r"share=-0.1 is out of range \[0, 1\]"),
        (["village_alliance", "village_alliance.hours=-1"], r"hours=-1 is out of range \[0, 8\]"),
    ],
)
def test_a_wrong_word_is_one_line(words: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        say(*words)


def test_the_layout_knows_who_belongs_to_whom() -> None:
    """Yards, teams, villages and townships nest; a lone village has no joint base; nobody lives around if 0 do."""
    w = Worlds(recipe(structure=dict(villages=3, households=45, around=0, team_size=20)))
    layout = w.layout
    sizes = dict(desk=6, asset=0, circle=9, world=1, household=135, yard=135, team=9, village=3, base=4, township=2)
    assert layout.sizes == sizes
    assert [Desk(kind).name for kind in layout.traits["desk_kind"]] == ["MEDIATOR"] * 3 + ["JUSTICE"] * 2 + ["COURT"]
    assert layout.count("village", "team").tolist() == [3, 3, 3]
    assert layout.traits["township_joint"].tolist() == [2, -1]
    assert layout.traits["village_base"].tolist() == [0, 1, 3]
    assert layout.traits["village_role"].tolist() == [0, 1, 0]
    assert (layout.layers["land_use"][tuple(layout.cells["yard"].T)] == 4).all()
    assert len({tuple(cell) for cell in layout.cells["yard"].tolist()}) == 135


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("world.money_capital=-5", r"world.money_capital=-5 is out of range \[0, 1500000\]"),
        ("world.land_land=-1", r"world.land_land=-1 is out of range \[0, 5000\]"),
        ("world.floor=1.2", r"world.floor=1.2 is out of range \[0.7, 0.95\]"),
        ("world.mismatch=2", r"world.mismatch=2 is out of range \[0, 1\]"),
        ("mechanisms.village_alliance.share=1.5", r"village_alliance.share=1.5 is out of range \[0, 1\]"),
        ("world.villages=1", r"village_alliance joins two home villages; world.villages=1 has only one"),
        ("world=compound", r"village_alliance applies in a village, not in a compound"),
    ],
)
def test_a_wrong_setting_is_one_line(setting: str, said: str) -> None:
    """Negative endowments, shares out of range, a floor above every price, an alliance of one village."""
    with pytest.raises(ConfigError, match=said):
        load("village_alliance", [setting])
