"""Ballots: counted by heads and by area, with a quorum that is a cliff; doors are only a matter of time."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.cases import Activity, Kind
from sim.places.compound import COMMUNITY
from sim.rules import trust, votes
from sim.rules.desks import kinds
from sim.rules.motions import Motion
from sim.worlds import Worlds
from tests.helpers import (
    BUSY,
    NOTHING_BREAKS,
    OWNERS_PAY,
    around,
    burnt_in,
    daily,
    lived,
    owners_asked,
    recipe,
    say,
    total,
)

ROADS_ONLY = NOTHING_BREAKS | dict(road_rate=4.0, road_cost=20_000.0)
ONLY_THE_FUND = OWNERS_PAY | dict(fund_empty=0.0, fund_level=1e6, emergency=0.0, veto=0.0)
"""The fund suffices for everything, and every repair needs a vote."""

# --- counting -------------------------------------------------------------------------------------


def verdict(ballot: dict[str, Any], late: bool, silence_counts: bool) -> str:
    """Return what law says of a ballot: 2/3 of owners and of area take part, more than half of both agree."""

    def share(part: str, whole: str) -> Fraction:
        return Fraction(ballot[part], ballot[whole]) if ballot[whole] else Fraction(0)

    quorum = min(share("heads_in", "asked"), share("area_in", "area")) >= Fraction(2, 3)
    majority = min(share("heads_yes", "heads_in"), share("area_yes", "area_in")) > Fraction(1, 2)
    if late and silence_counts:
        quorum = ballot["heads_in"] > 0  # who is silent goes with the majority
    if quorum and majority:
        return "passed"
    return "failed" if late else "open"


@st.composite
def ballots(draw: st.DrawFn) -> dict[str, int]:
    """Draw a ballot of up to 12 owners of unequal flats, near the edges more often than chance would have it."""
    area = draw(st.lists(st.sampled_from([5000, 8000, 16000]), min_size=1, max_size=12))
    side = draw(st.lists(st.sampled_from(["silent", "yes", "no"]), min_size=len(area), max_size=len(area)))
    took_part = [a for a, s in zip(area, side, strict=True) if s != "silent"]
    agreed = [a for a, s in zip(area, side, strict=True) if s == "yes"]
    return {
        "asked": len(area), "area": sum(area), "heads_in": len(took_part), "area_in": sum(took_part),
        "heads_yes": len(agreed), "area_yes": sum(agreed),
    }  # fmt: skip


EMPTY = {
    "case": -1,
    "key": 0,
    "organiser": 0,
    "share": 0,
    "passed": 0,
    "first": 0,
    "open": True,
    "stirred": True,
    "compound": 0,
}


@given(st.lists(ballots(), min_size=1, max_size=20), st.booleans(), st.booleans())
def test_a_ballot_is_counted_as_the_law_has_it(drawn: list[dict[str, int]], late: bool, silence: bool) -> None:
    """Quorum by heads and by area, majority by heads and by area, at once when both are there, else at the end."""
    w = burnt_in(replications=(0,), burn_in=0, fixed=dict(silence_counts=silence))
    fields = {f: np.array([b[f] for b in drawn]) for f in drawn[0]}
    world = np.zeros(len(drawn), dtype=np.int64)
    until = w.day if late else w.day + 1
    rows = w.motions.append(world=world, kind=int(Motion.FUND), opened=w.day - 60, until=until, **EMPTY, **fields)
    passed, failed = votes.count(w, rows)
    said = np.where(passed, "passed", np.where(failed, "failed", "open")).tolist()
    assert not np.any(passed & failed)
    assert said == [verdict(ballot, late, silence) for ballot in drawn]


@pytest.mark.parametrize(
    ("ballot", "expected"),
    [
        # of 9 owners with 900 m2: asked, area, in, area in, yes, area yes
        ((9, 900, 6, 600, 4, 400), "passed"),  # two thirds are enough
        ((9, 900, 5, 700, 5, 700), "open"),  # too few heads, however much area
        ((9, 900, 7, 599, 7, 599), "open"),  # too little area, however many heads
        ((9, 900, 6, 600, 3, 400), "open"),  # half is not more than half
        ((9, 900, 6, 600, 4, 300), "open"),  # a majority of heads that owns only half
        ((9, 900, 9, 900, 5, 451), "passed"),
    ],
)
def test_edges_of_the_quorum(ballot: tuple[int, ...], expected: str) -> None:
    """The cases that a lawyer would ask about, by hand."""
    names = ("asked", "area", "heads_in", "area_in", "heads_yes", "area_yes")
    fields = dict(zip(names, ballot, strict=True))
    assert verdict(fields, late=False, silence_counts=False) == expected
    w = burnt_in(replications=(0,), burn_in=0)
    world = np.zeros(1, dtype=np.int64)
    rows = w.motions.append(world=world, kind=int(Motion.FUND), opened=0, until=60, **EMPTY, **fields)
    passed, failed = votes.count(w, rows)
    assert passed.tolist() == [expected == "passed"]
    assert not failed.any()


def test_a_ballot_is_decided_on_the_first_day_on_which_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every evening every open ballot is counted; what has passed or is late is closed that day, the rest is not."""
    seen = {"passed": 0, "failed": 0, "open": 0}
    expected: dict[int, str] = {}

    def before(w: Worlds) -> None:
        m = w.motions
        expected.clear()
        for row in np.flatnonzero(m.open & (m.kind == Motion.FUND)):
            fields = ("asked", "area", "heads_in", "area_in", "heads_yes", "area_yes")
            ballot = {f: int(getattr(m, f)[row]) for f in fields}
            silence = bool(w.p.silence_counts[m.world[row], 0])
            expected[row] = verdict(ballot, w.day >= m.until[row], silence)

    def after(w: Worlds) -> None:
        for row, said in expected.items():
            assert w.motions.open[row] == (said == "open")
            seen[said] += 1

    around(monkeypatch, "funding.conclude", before, after)
    for silence in (False, True):
        lived(burnt_in(replications=range(6), fixed=BUSY | dict(silence_counts=silence)), 56, say("formed_body"))
    assert min(seen.values()) > 10, seen


# --- who takes part -------------------------------------------------------------------------------


def test_turnout_cannot_exceed_what_apathy_leaves() -> None:
    """The apathetic never vote, visited or not, though doors are knocked on all the time; all others may."""
    doors = say("formed_body", "yijiantiao", "yijiantiao.visit_hours=4")
    w = burnt_in(replications=range(6), fixed=BUSY | ONLY_THE_FUND | dict(apathy=0.5, at_home=0.8, ballot_days=60))
    s = w.stack([doors])
    everybody = 0
    for _ in range(112):
        s.step()
        m, a = s.motions, s.asked
        assert not np.any(a.done & s.apathetic[a.world, a.owner] & (m.kind[a.motion] == Motion.FUND))
        for row in np.flatnonzero(m.open & (m.kind == Motion.FUND)):
            able = np.count_nonzero(~s.apathetic[m.world[row], a.owner[owners_asked(s, row)]])
            assert m.heads_in[row] <= able
            everybody += m.heads_in[row] == able
    assert total(s, "doors").sum() > 500
    assert everybody > 20
    assert abs(s.apathetic.mean() - 0.5) < 4 * 0.5 / np.sqrt(s.apathetic.size)


def test_the_apathetic_pay_shares_like_others() -> None:
    """Apathy is about ballots: owners who never vote sign and pay for a repair as often as others."""
    w = burnt_in(replications=range(20), fixed=BUSY | OWNERS_PAY | dict(apathy=0.5, funded_share=1.0))
    a = w.asked
    shares = w.motions.kind[a.motion] == Motion.SHARES
    apathetic = w.apathetic[a.world, a.owner]
    signed = [a.done[shares & apathetic], a.done[shares & ~apathetic]]
    rate = [x.mean() for x in signed]
    assert min(len(x) for x in signed) > 500
    assert abs(rate[0] - rate[1]) < 4 * np.sqrt(sum(r * (1 - r) / len(x) for r, x in zip(rate, signed, strict=True)))


def test_owners_vote_as_they_trust_the_organiser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The share of yes among owners asked is 1/2 + 1/2 x trust in body or community, as the ballot opens."""
    expected: list[float] = []
    yes: list[bool] = []
    organisers: set[int] = set()

    def before(w: Worlds) -> None:
        a, m = w.asked, w.motions
        rows = np.flatnonzero((m.opened[a.motion] == w.day) & (m.kind[a.motion] == Motion.FUND))
        organiser = kinds(w)[m.organiser[a.motion[rows]]]
        organisers.update(organiser.tolist())
        by_community = trust.in_desk(w, "community", a.world[rows], a.owner[rows])
        by_body = trust.in_desk(w, "body", a.world[rows], a.owner[rows])
        expected.extend((0.5 + 0.5 * np.where(organiser == COMMUNITY, by_community, by_body)).tolist())
        yes.extend(a.yes[rows].tolist())

    around(monkeypatch, "doors.knock", before, lambda w: None)
    fixed = BUSY | ONLY_THE_FUND | dict(trust_body=0.2, trust_community=0.9, committee_share=0.5)
    burnt_in(replications=range(8), fixed=fixed)
    p, voted = np.array(expected), np.array(yes)
    assert len(organisers) == 2
    for trusting in (p < 0.7, p >= 0.7):
        n = np.count_nonzero(trusting)
        assert n > 300
        error = np.sqrt((p * (1 - p))[trusting].sum())
        assert abs(voted[trusting].sum() - p[trusting].sum()) < 4 * error


# --- the cliff ------------------------------------------------------------------------------------


def with_voters(missing: int, silence_counts: bool) -> Worlds:
    """Live in worlds in which the owners who vote are just enough, or so many fewer, and hardly anybody is against."""
    likeminded = dict(trust_body=0.98, trust_community=0.98, trust_strength=1e6, area_spread=0.0, consider_days=3.0)
    fixed = BUSY | ROADS_ONLY | ONLY_THE_FUND | likeminded
    fixed |= dict(ballot_days=60, fund_days=10, silence_counts=silence_counts)
    w = Worlds(recipe(range(6), 0, fixed=fixed, structure=dict(households=60, size_spread=0.0)))
    compound = w.layout.up("household", "compound")
    size = w.layout.count("compound", "household")
    nth = np.arange(w.households) - w.layout.first("compound", "household")[compound]
    enough = -(-2 * size // 3)  # two thirds, rounded up
    w.apathetic[...] = nth >= (enough - missing)[compound]
    w.run(300)
    return w


def test_the_quorum_is_a_cliff() -> None:
    """With apathy just above a third nothing ever passes; with one voter more nearly everything does."""
    too_few, enough = with_voters(1, False), with_voters(0, False)
    assert enough.apathetic.mean() == pytest.approx(1 / 3)
    assert too_few.apathetic.mean() == pytest.approx(1 / 3 + 1 / 60)
    assert total(too_few, "voted_down").sum() > 20
    assert not np.any(total(too_few, "paid_fund_fen"))
    assert np.all(total(enough, "paid_fund_fen") > 0)
    assert total(enough, "voted_down").sum() < 0.2 * total(too_few, "voted_down").sum()


def test_silence_that_counts_levels_the_cliff() -> None:
    """Where silent owners go with the majority, the same few voters carry everything, when the ballot is over."""
    silent = with_voters(1, True)
    assert total(silent, "voted_down").sum() == 0
    assert np.all(total(silent, "paid_fund_fen") > 0)
    first = np.argmax(daily(silent, "paid_fund_fen").sum(axis=1) > 0)
    quick = np.argmax(daily(with_voters(0, True), "paid_fund_fen").sum(axis=1) > 0)
    assert quick < first  # whoever has a quorum need not wait for the end
    nobody = with_voters(1000, True)
    assert total(nobody, "voted_down").sum() > 10  # nobody has voted: there is no majority to go with
    assert not np.any(total(nobody, "paid_fund_fen"))


# --- doors ----------------------------------------------------------------------------------------


def test_doors_speed_ballots_up_and_turn_no_vote() -> None:
    """Visited owners vote sooner, so ballots pass sooner; the share of those who agree stays what trust makes it."""
    only = ["formed_body", "yijiantiao", "yijiantiao.channels=off", "yijiantiao.coordination=on"]
    slow = dict(consider_days=40.0, ballot_days=90, apathy=0.1, at_home=0.8)
    w = burnt_in(replications=range(16), prior_draws=False, fixed=BUSY | ONLY_THE_FUND | slow)
    s = w.stack([say(*only), say(*only, "yijiantiao.onsite_visits=on", "yijiantiao.visit_hours=4")])
    heads = np.zeros((2, 2), dtype=np.int64)
    last: dict[tuple[int, int], tuple[int, int]] = {}
    for _ in range(160):
        s.step()
        m = s.motions
        for row in np.flatnonzero((m.kind == Motion.FUND) & (m.opened >= 0)):
            last[int(m.world[row] >= w.n), int(m.key[row])] = int(m.heads_in[row]), int(m.heads_yes[row])
    for (arm, _), ballot in last.items():
        heads[arm] += ballot
    share = heads[:, 1] / heads[:, 0]
    assert heads.min() > 500
    assert abs(share[1] - share[0]) < 4 * np.sqrt((share * (1 - share) / heads[:, 0]).sum())

    log = s.log.arrays()
    put: dict[tuple[int, ...], int] = {}
    took: list[list[int]] = [[], []]
    columns = (log[f].tolist() for f in ("world", "kind", "bearer", "ordinal", "activity", "day"))
    for *case, activity, day in zip(*columns, strict=True):
        if activity == Activity.VOTING:
            put[tuple(case)] = day
        if activity == Activity.GRANTED and tuple(case) in put:
            took[case[0] >= w.n].append(day - put.pop(tuple(case)))
    assert min(map(len, took)) > 20
    assert np.mean(took[1]) < 0.8 * np.mean(took[0])


def test_whole_compounds_vote_on_what_they_share() -> None:
    """On a road all owners of the compound vote, on a roof, pipes or lights those of the building."""
    w = burnt_in(fixed=BUSY | ONLY_THE_FUND)
    m, c = w.motions, w.cases
    seen = set()
    for row in np.flatnonzero(m.open):
        kind, asset = int(c.kind[m.case[row]]), int(c.bearer[m.case[row]])
        owner = w.asked.owner[owners_asked(w, row)]
        building = np.unique(w.layout.up("household", "building")[owner])
        flats = w.layout.count("compound", "household")[m.compound[row]]
        if kind <= Kind.LIGHTING:
            assert building.tolist() == [w.layout.traits["asset_building"][asset]]
            assert len(owner) == w.layout.count("building", "household")[building[0]]
        else:
            assert len(owner) == flats
            assert len(building) == w.layout.count("compound", "building")[m.compound[row]]
        seen.add(kind <= Kind.LIGHTING)
    assert seen == {True, False}
