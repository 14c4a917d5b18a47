"""Couriers: nothing done is nothing changed; who passes where, what is told to whom, what it costs, when it loses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import noise
from sim.cases import Activity, Kind, State
from sim.mechanisms import registry
from sim.places.compound import COMMUNITY
from sim.rules import chores, couriers
from sim.rules.couriers import IN_THE_OPEN
from sim.worlds import Worlds
from tests.docked import Dock, mean_and_error
from tests.helpers import (
    around,
    assert_same,
    burnt_in,
    clearly_above_zero,
    daily,
    desk_rows,
    lived,
    say,
    total,
)

Array = NDArray[Any]

NAME = "courier_sensing"
ALL = (NAME, f"{NAME}.enrolled=1")
MANY = dict(couriers=50.0)
"""Couriers per 1,000 flats, so that tiny worlds have some in each community."""
SHARP = dict(notice=0.2, courier_trust=0.5)
DAYS = 140


def found(replications: int = 8, **fixed: float) -> Worlds:
    return burnt_in(replications=range(replications), structure=MANY, fixed=fixed)


# -- null, twins ------------------------------------------------------------------------------


def test_nobody_enrolled_or_nothing_switched_on_is_the_baseline() -> None:
    w = found(4)
    off = [f"{NAME}.{channel}=off" for channel in registry()[NAME].channels]
    same = (
        say(NAME, f"{NAME}.channels=off"),
        say(NAME, *off),
        say(NAME, f"{NAME}.enrolled=0"),
        say(*ALL, f"{NAME}.early_detection=off"),  # nothing to answer, nobody to help
    )
    out = lived(w, DAYS, say(), *same, say(*ALL))
    for s in range(1, len(same) + 1):
        for k in range(w.n):
            assert_same(out, k, out, s * w.n + k)
    assert total(out, "reports")[-w.n :].min() > 5


def test_no_couriers_no_reports() -> None:
    w = burnt_in(replications=range(2), structure=dict(couriers=0.0))
    out = lived(w, 63, say(), say(*ALL))
    assert np.array_equal(out.record[:, : w.n], out.record[:, w.n :])
    assert np.array_equal(out.purse[: w.n], out.purse[w.n :])


def test_couriers_are_in_the_layout_and_disturb_nothing() -> None:
    """Worlds with many couriers live as worlds with few as long as nobody is enrolled."""
    few, many = (lived(burnt_in(replications=(0,), structure=dict(couriers=n)), 63) for n in (4.2, 50.0))
    assert many.layout.sizes["courier"] > few.layout.sizes["courier"] >= 1
    assert np.array_equal(few.record, many.record)


def test_hours_from_nowhere_are_the_communitys() -> None:
    w = found(2)
    out = lived(w, 14, say(), say(NAME, f"{NAME}.channels=off", f"{NAME}.extra_hours=2"))
    gained = out.desk_minutes[w.n :] - out.desk_minutes[: w.n]
    rows = desk_rows(w, COMMUNITY)
    assert np.all(gained[:, rows] == 120)
    assert np.all(np.delete(gained, rows, axis=1)[:, :3] == 0)


def test_more_enrolled_are_the_same_and_more() -> None:
    w = found(8)
    looking = [couriers.enrolled(lived(w, 1, say(NAME, f"{NAME}.enrolled={p}"))) for p in (0.1, 0.5, 1.0)]
    assert np.all(looking[0] <= looking[1]) and np.all(looking[1] <= looking[2]) and looking[2].all()
    assert 0 < looking[1].sum() < looking[2].sum()


# -- docking ----------------------------------------------------------------------------------


def test_passes_follow_balls_in_bins(dock: Dock) -> None:
    """With n passes a day among m compounds each is passed with chance 1 - (1 - 1/m)^n (O'Keeffe et al. 2019)."""
    compounds, days = 5, 60
    shape = dict(compounds=compounds, compounds_per_community=compounds, households=40, couriers=40.0)
    w = burnt_in(replications=range(20), structure=shape, burn_in=0, prior_draws=False)
    n = 2 * w.layout.sizes["courier"]
    out = w.stack([say(*ALL)])
    shares = []
    for _ in range(days):
        passes = couriers.today(out)
        assert len(passes.world) == n * w.n
        met = np.zeros((w.n, compounds))
        met[passes.world, passes.compound] = 1
        shares.append(met.mean(axis=1))
        out.step()
    seen = np.array(shares).mean(axis=0)
    expected = 1 - (1 - 1 / compounds) ** n
    dock("balls in bins (O'Keeffe)", "share passed in a day", expected, *mean_and_error(seen))


def test_trust_is_beta_bernoulli_on_being_answered(dock: Dock) -> None:
    """A courier tells with the chance that trust and zeal make: the share told is that, within three errors."""
    w = found(30, notice=0.2, courier_trust=0.4, courier_strength=8.0, courier_kept=1.0, courier_minutes=30.0)
    out = w.stack([say(*ALL)])
    out.courier_good[...] = 6
    out.courier_bad[...] = 2
    expected = (0.4 * 8 + 6) / (8 + 8)
    passes = couriers.today(out)
    who = np.repeat(np.arange(len(passes.world)), 50)
    bearer = np.tile(np.arange(50), len(passes.world))
    told = couriers._willing(out, passes, who, bearer)
    dock("Beta-Bernoulli trust", "share that is told", expected, *mean_and_error(told))


def test_zeal_wears_off() -> None:
    w = found(30, courier_kept=0.2, courier_months=3.0)
    out = w.stack([say(*ALL)])
    passes = couriers.today(out)
    who, bearer = np.repeat(np.arange(len(passes.world)), 50), np.tile(np.arange(50), len(passes.world))
    fresh = couriers._willing(out, passes, who, bearer).mean()
    out.courier_fresh[...] = -3650
    tired = couriers._willing(out, passes, who, bearer).mean()
    assert abs(tired / fresh - 0.2) < 0.03


# -- what a report is -------------------------------------------------------------------------


def test_a_report_opens_the_case_of_what_nobody_has_claimed_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    then: dict[str, Any] = {}
    seen = dict.fromkeys(("opened", "joined", "asked"), 0)

    def before(w: Worlds) -> None:
        g = w.grievances
        then.update(case=w.defect_case.copy(), cases=w.cases.n, state=g.state.copy(), log=len(w.log.arrays()["day"]))
        then["claims"] = w.flow["claimed"].copy()

    def after(w: Worlds) -> None:
        c, g = w.cases, w.grievances
        new = np.arange(then["cases"], c.n)
        assert np.all(np.isin(c.kind[new], IN_THE_OPEN))
        assert np.all(w.defective[c.world[new], c.bearer[new]])
        assert np.all(then["case"][c.world[new], c.bearer[new]] < 0)
        assert np.array_equal(w.flow["claimed"], then["claims"])  # nobody has claimed anything
        moved = np.flatnonzero(g.state != then["state"])
        assert np.all((then["state"][moved] == State.LATENT) & (g.state[moved] == State.QUIET))
        assert np.all((g.kind[moved] == Kind.NEIGHBOUR) & (g.act[moved] == w.day))
        log = w.log.arrays()
        seen["opened"] += len(new)
        seen["joined"] += int(np.sum(log["activity"][then["log"] :] == Activity.JOINED))
        seen["asked"] += len(moved)
        assert w.flow["sensed_first"].sum() == len(new) and w.flow["people_sensed"].sum() == len(moved)

    around(monkeypatch, "couriers.go_round", before, after)
    out = lived(found(8, **SHARP), DAYS, say(*ALL))
    assert min(seen.values()) > 10, seen
    opened = total(out, "sensed_first")
    assert np.all(opened + total(out, "duplicates") <= total(out, "reports"))


def test_what_nobody_has_claimed_is_mended_all_the_same() -> None:
    """If nobody ever claims, nothing in the open is mended, unless somebody reports it."""
    out = lived(
        found(8, any_desk=-60.0, quiet=60.0, no_company=1.0, substitute=0.0, community_hours=40.0, **SHARP),
        DAYS,
        say(),
        say(*ALL),
    )
    n = out.n // 2
    claims, mended = total(out, "voiced"), total(out, "repaired")
    assert claims.sum() == 0 and mended[:n].sum() == 0
    assert mended[n:].min() > 0


def test_nobody_notices_the_same_thing_twice() -> None:
    """One courier and one light that stays broken: one report."""
    shape = dict(compounds=1, households=24, couriers=1.0)
    w = burnt_in(replications=range(12), structure=shape, fixed=dict(no_company=1.0, community_hours=0.0, **SHARP))
    out = lived(w, DAYS, say(*ALL))
    assert w.layout.sizes["courier"] == 1
    assert total(out, "duplicates").sum() == 0
    things = np.zeros(out.n)
    for k in range(out.n):
        things[k] = total(out, "broke")[k] + np.sum(w.defective[k])
    assert np.all(total(out, "reports") <= things)
    assert total(out, "reports").sum() > 10


# -- what it costs, and what is learnt --------------------------------------------------------


def test_reports_take_the_communitys_time() -> None:
    """Minutes owed and given balance every week, never exceed the desk's, and are missing there."""
    w = found(6, **SHARP)
    out = w.stack([say(), say(*ALL)])
    rows, own, owed = desk_rows(w, COMMUNITY), slice(w.n, None), 0
    for _ in range(DAYS):
        out.step()
        if out.day % 7 == 0:
            owed = sum(getattr(out, f"{p}_owed")[own].sum(axis=1) for p in chores.PURPOSES)
            time = sum(getattr(out, f"{p}_time")[own] for p in chores.PURPOSES)
            assert np.array_equal(out.desk_minutes[own][:, rows], out.desk_minutes[: w.n][:, rows] - time)
            assert np.all(out.desk_minutes[:, rows] >= 0)
    given = sum(total(out, f"minutes_{purpose}")[own] for purpose in chores.PURPOSES)
    read = total(out, "reports")[own] + total(out, "false_alarms")[own] + total(out, "people_sensed")[own]
    triage = np.rint(60 * w.at("triage_hours", np.arange(w.n))).astype(int)
    rest = np.rint(60 * w.at("rest_hours", np.arange(w.n))).astype(int)
    booked = read * triage + total(out, "couriers_helped")[own] * rest
    assert np.array_equal(booked, given + owed)
    assert given.min() > 0


def test_without_answers_reporting_dies_down() -> None:
    w = found(24, courier_kept=1.0, courier_strength=2.0, **SHARP)
    words = (*ALL, f"{NAME}.reciprocity=off")
    out = lived(w, 280, say(*words), say(*words, f"{NAME}.responsiveness=off"))
    n = w.n
    assert total(out, "reports_answered")[n:].sum() == 0 < total(out, "reports_answered")[:n].sum()
    late = daily(out, "reports")[140:].sum(axis=0)
    assert clearly_above_zero(late[:n] - late[n:])


def test_who_is_helped_tells_more() -> None:
    w = found(24, courier_kept=0.2, courier_months=3.0, courier_troubles=12.0, **SHARP)
    out = lived(w, 280, say(*ALL), say(*ALL, f"{NAME}.reciprocity=off"))
    n = w.n
    late = daily(out, "reports")[140:].sum(axis=0)
    assert clearly_above_zero(late[:n] - late[n:])
    assert total(out, "couriers_helped")[n:].sum() == 0


def test_both_ways_as_far_as_there_is_time() -> None:
    """A trouble is heard or not; with a desk that is short of hours more are not, and the station loses trust."""
    troubled = dict(courier_troubles=12.0, courier_kept=1.0, rest_hours=1.0, **SHARP)
    heard, lost = {}, {}
    for hours in (0.5, 40.0):
        w = found(12, community_hours=hours, **troubled)
        out = w.stack([say(*ALL), say(*ALL, f"{NAME}.reciprocity=off")])
        for _ in range(DAYS):
            before, owed = out.desk_minutes[:, desk_rows(w, COMMUNITY)].copy(), out.rest_owed.copy()
            out.step()
            come = out.record[-1][:, out.series.index("couriers_helped")]
            if come.any():
                assert np.all((out.rest_owed > owed) <= (out.rest_owed + out.reports_owed <= before))
        n = w.n
        told = [total(out, f"couriers_{end}") for end in ("helped", "unheard")]
        assert told[0][n:].sum() == told[1][n:].sum() == 0  # nobody tells anything where there is no station
        heard[hours] = told[0][:n].sum() / (told[0] + told[1])[:n].sum()
        trust = [np.sum(out.courier_good[k], axis=1) / np.sum(out.courier_good[k] + out.courier_bad[k], axis=1)
                 for k in (slice(n), slice(n, None))]  # fmt: skip
        lost[hours] = np.nanmean(trust[1] - trust[0])
    assert heard[0.5] < 0.3 and heard[40.0] > 0.95
    assert lost[0.5] > 0 > lost[40.0]


def test_detection_precedes_claims_but_not_with_couriers_who_notice_nothing() -> None:
    """P8, and its placebo: as many couriers who pass and notice next to nothing."""
    w = found(12, **SHARP)
    blind = found(12, notice=0.01, courier_trust=0.1)
    firsts = []
    for block in (w, blind):
        out = lived(block, DAYS, say(), say(*ALL))
        n = block.n
        firsts.append(total(out, "sensed_first")[n:] / np.maximum(total(out, "opened")[n:], 1))
        passes = total(out, "courier_passes")[n:]
        assert np.all(passes == passes[0]) and passes[0] > 0
    assert clearly_above_zero(firsts[0] - firsts[1])
    assert firsts[1].mean() < 0.02 < firsts[0].mean()


def test_it_can_lose() -> None:
    """Where the community mends what it can in few hours, reading reports leaves defects and quarrels longer."""
    hard = dict(no_company=1.0, community_hours=1.0, false_alarm=0.5, triage_hours=0.5, notice=0.2, courier_trust=0.5)
    w = found(32, **hard)
    out = lived(w, 280, say(), say(*ALL))
    n = w.n
    settled = total(out, "settled_claimed")
    assert clearly_above_zero(settled[:n] - settled[n:])


def test_with_fewer_enrolled_the_effect_goes_to_nothing() -> None:
    w = found(24, **SHARP)
    shares = (0.0, 0.01, 0.3, 1.0)
    out = lived(w, DAYS, *(say(NAME, f"{NAME}.enrolled={p}") for p in shares))
    reports = total(out, "reports").reshape(len(shares), w.n).sum(axis=1)
    assert reports[0] == 0 and reports[1] < 0.1 * reports[3] and reports[2] < reports[3]


def test_draws_are_named_by_day_and_pass() -> None:
    """No two passes of a courier share a number: the largest number of a day is below the next day's smallest."""
    w = found(2, courier_passes=couriers.MOST_PASSES)
    out = w.stack([say(*ALL)])
    first = couriers.today(out).number
    out.step()
    assert first.max() < couriers.today(out).number.min()
    assert len(np.unique(noise.bits(out.seeds[:1], "courier.round", 0, np.unique(first)))) == couriers.MOST_PASSES
