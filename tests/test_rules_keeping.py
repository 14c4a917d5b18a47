"""Doors, calls, summons and the ledger: practices that cost the keeper's hours, and nothing without them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.cases import Kind
from sim.places.compound import BODY, BRANCH
from sim.rules import motions
from sim.rules.keeping import FOUND, PURPOSES, SAVED_WEEKS, WEEK
from sim.rules.motions import Motion
from sim.worlds import Worlds
from tests.docked import Dock
from tests.helpers import (
    BUSY,
    NOTHING_BREAKS,
    OWNERS_PAY,
    around,
    assert_same,
    burnt_in,
    desk_rows,
    lived,
    owners_asked,
    say,
    total,
)

ONLY = {
    "ledger": "case_ledger",
    "summons": "authority",
    "calls": "cost_sharing",
    "talks": "renewal_leverage",
    "inspections": "monitoring",
    "rounds": "onsite_visits",
    "doors": "onsite_visits",
}
"""Purpose to the channel that sets time aside for it."""

HOURS = {
    "ledger": "ledger_hours",
    "summons": "summons_hours",
    "calls": "call_hours",
    "talks": "negotiate_hours",
    "inspections": "inspect_hours",
    "rounds": "round_hours",
    "doors": "visit_hours",
}
"""Purpose to the parameter that says how much time is set aside."""

TALKATIVE = dict(no_company=0.1, substitute=0.9, exit_quarters=12, fee=1.2, talk_hours=0.5, talk_pause_days=20)
"""With these there is somebody to inspect and to talk with."""

SAME_PEOPLE = dict(election_rate=0.0, term_of_office=1000.0)
"""With these whoever holds an office at the start does so to the end, in every arm."""


def only(*channels: str) -> list[str]:
    """Return the words of an arm with one person and only the given further channels."""
    on = [f"yijiantiao.{c}=on" for c in ("coordination", *channels)]
    return ["formed_body", "yijiantiao", "yijiantiao.channels=off", *on]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_practice_costs_the_keepers_hours(purpose: str) -> None:
    """The minutes spent on a practice are never more than were set aside, and those are missing at the desk."""
    w = burnt_in(fixed=TALKATIVE | SAME_PEOPLE)
    same = "yijiantiao.effort_kept=1"
    s = w.stack([say(*only(), same), say(*only(ONLY[purpose]), same)])
    body = s.desk_minutes[:, desk_rows(s, BODY)]
    aside = np.rint(60 * s.settings["yijiantiao"].values[HOURS[purpose]][w.n :])
    if purpose == "doors":  # time for doors is set aside only while a round is open
        aside = np.where(s.doors_time[w.n :] > 0, aside, 0)
    others = {"rounds", "doors"} - {purpose} if ONLY[purpose] == "onsite_visits" else set()
    more = sum(getattr(s, p + "_time")[w.n :] for p in others)
    assert np.all(body[w.n :] == body[: w.n] - aside * (s.secretary[w.n :] >= 0) - more)
    s.run(210)
    spent = s.record[:, :, s.series.index("minutes_" + purpose)].sum(axis=0)
    aside = np.rint(60 * s.settings["yijiantiao"].values[HOURS[purpose]][w.n :])
    of_its_own = getattr(s, FOUND[purpose])[w.n :] if purpose in FOUND else np.zeros((w.n, 1))
    if purpose in FOUND:  # bodies that function do it too, of their own accord
        assert np.all(spent[: w.n] <= of_its_own.sum(axis=1) * (210 / WEEK + SAVED_WEEKS[purpose]))
        assert np.all(spent[w.n :] >= spent[: w.n])
    else:
        assert not spent[: w.n].any()
    assert spent[w.n :].sum() > spent[: w.n].sum()
    shape = (w.n, w.layout.sizes["compound"])
    most = np.broadcast_to(aside + of_its_own, shape).sum(axis=1) * (210 / WEEK + SAVED_WEEKS.get(purpose, 0))
    assert np.all(spent[w.n :] <= most)
    # later what is in hand may suffice, and then the minutes stay at the desk: never are they conjured
    times = sum(getattr(s, p + "_time") for p in PURPOSES)
    person = s.desk_minutes[:, desk_rows(s, BODY)] + times
    assert np.array_equal(person[w.n :], person[: w.n])
    assert np.all(getattr(s, purpose + "_time")[w.n :] <= aside + of_its_own)


def test_what_a_body_does_of_its_own_accord_is_its_directors() -> None:
    """A second principal's practices take nothing from the director, who goes on inspecting and talking as before.

    As the hours go to zero the time for every purpose goes to what it is without the arrangement.
    """
    w = burnt_in(fixed=TALKATIVE | SAME_PEOPLE | dict(functioning_share=0.7), burn_in=35)
    hours = (8.0, 4.0, 1.0, 0.1, 0.01)
    two = ("formed_body", "yijiantiao", "yijiantiao.coordination=off", "yijiantiao.effort_kept=1")
    s = w.stack([say("formed_body"), *(say(*two, f"yijiantiao.hours={h}") for h in hours)])
    functioning = s.functioning
    own = {p: getattr(s, column) for p, column in FOUND.items()}
    assert all(np.all((x > 0) <= functioning) and np.any(x) for x in own.values())
    body, branch = (s.desk_minutes[:, desk_rows(s, kind)] for kind in (BODY, BRANCH))
    assert np.array_equal(body, np.tile(body[: w.n], (1 + len(hours), 1)))
    for number, h in enumerate(hours, 1):
        rows = slice(number * w.n, (number + 1) * w.n)
        wanted = sum(getattr(s, p + "_minutes")[rows] - own.get(p, 0 * body)[rows] for p in PURPOSES if p != "doors")
        given = s.secretary_minutes[rows]
        assert np.array_equal(given, np.full_like(given, round(60 * h if h > 4 else 240 * h / 4)))
        assert np.array_equal(branch[rows], given - np.minimum(wanted, given) - s.doors_time[rows])


@pytest.mark.parametrize("purpose", FOUND)
def test_a_second_principal_without_time_stops_no_practice(purpose: str) -> None:
    """With a minute a week the body inspects and talks as often as alone."""
    w = burnt_in(replications=range(6), fixed=TALKATIVE | SAME_PEOPLE | dict(functioning_share=0.7))
    two = ("formed_body", "yijiantiao", "yijiantiao.coordination=off", "yijiantiao.hours=0.02")
    s = lived(w, 182, say("formed_body"), say(*two))
    spent = total(s, "minutes_" + purpose).reshape(2, -1)
    assert np.array_equal(spent[0], spent[1])
    assert np.any(spent > 0)


def test_no_hours_no_practice() -> None:
    """All practices together, but no hours: the world with a body alone, to the last bit."""
    w = burnt_in()
    everything = ["formed_body", "yijiantiao", "yijiantiao.hours=0"]
    s = lived(w, 90, say("formed_body"), say(*everything))
    for k in range(w.n):
        assert_same(s, k, s, w.n + k)


def test_nobody_knocks_while_nobody_signs() -> None:
    """Doors are knocked on only on days on which a body had a motion before owners that morning, or began one."""
    seldom = NOTHING_BREAKS | dict.fromkeys(("roof_young", "roof_middle", "roof_old", "road_rate"), 0.3)
    w = burnt_in(fixed=seldom | {"signing_days": 10, "ballot_days": 10})
    s = w.stack([say(*only("onsite_visits"))])
    knocked = idle = 0

    def asking() -> np.ndarray:
        m = s.motions
        own = m.open & (m.organiser == desk_rows(s, BODY)[m.compound])
        return np.bincount(m.world[own], minlength=s.n) > 0

    for _ in range(300):
        before = asking()
        s.step()
        doors = s.record[-1, :, s.series.index("doors")]
        assert np.all(doors[~before & ~asking()] == 0)
        knocked += doors.sum()
        idle += np.count_nonzero(~before)
    assert knocked > 20
    assert idle > 300


def test_a_visit_is_no_bonus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Being visited moves no owner: with the same trust, the same threshold and vote, doors knocked on or not."""
    put: dict[tuple[int, ...], tuple[float, ...]] = {}

    def before(s: Worlds) -> None:
        a, m = s.asked, s.motions
        rows = np.flatnonzero(m.opened[a.motion] == s.day)
        trusting = motions.confidence(s, a.motion[rows], a.world[rows], a.owner[rows])
        for row, confidence in zip(rows.tolist(), trusting.tolist(), strict=True):
            key = int(a.world[row] >= w.n), int(m.key[a.motion[row]]), int(a.owner[row])
            put[key] = confidence, int(m.kind[a.motion[row]]), float(a.need[row]), bool(a.yes[row])

    w = burnt_in(replications=range(8))
    around(monkeypatch, "doors.knock", before, lambda s: None)
    s = lived(w, 42, say(*only()), say(*only("onsite_visits")))
    assert total(s, "doors")[w.n :].sum() > 100
    twins = [(v, put[1, *key]) for (arm, *key), v in put.items() if arm == 0 and (1, *key) in put]
    same = [(a, b) for a, b in twins if a[0] == b[0]]
    assert {a[1] for a, _ in same} == {Motion.SHARES, Motion.FUND}
    assert len(same) > 100
    assert len(same) < len(twins)  # trust does move
    assert all(a == b for a, b in same)


def test_doors_bring_signatures_sooner() -> None:
    """With the same people and the same thresholds, more shares are signed where doors are knocked on."""
    w = burnt_in(replications=range(24), fixed={"consider_days": 30.0})
    s = lived(w, 120, say(*only()), say(*only("onsite_visits"), "yijiantiao.visit_hours=4"))
    signed = s.record[:, :, s.series.index("signed_shares")].sum(axis=0)
    rounds = signed.reshape(2, -1)
    assert rounds[1].sum() > 1.1 * rounds[0].sum()


def test_members_lead_only_where_called() -> None:
    """On the day a round begins nobody but members in their own flat has signed, and those only if called."""
    w = burnt_in(replications=range(6), fixed={"member_share": 0.3})
    s = w.stack([say(*only()), say(*only("cost_sharing"))])
    led = others = 0
    for _ in range(120):
        s.step()
        m, a = s.motions, s.asked
        for motion in np.flatnonzero(m.open & (m.opened == s.day - 1)):
            rows, world = owners_asked(s, motion), int(m.world[motion])
            owner, signed = a.owner[rows], a.done[rows]
            assert world >= w.n or not signed.any()
            assert m.kind[motion] == Motion.SHARES or not signed.any()
            assert np.all(s.member[world, owner][signed]) and np.all(s.tenure[world, owner][signed] == 0)
            led += signed.sum()
            others += np.count_nonzero(~signed)
    assert led > 0
    assert others > led


def test_consent_reaches_granovetters_fixed_point(dock: Dock) -> None:
    """Left alone long enough, the owners who sign are those of the smallest fixed point of the threshold model.

    Granovetter (1978): with thresholds sorted, the share signed is the smallest x with F(x) = x, where
    F(x) is the share of owners whose threshold is at most x.
    """
    # a third never pays and the whole cost is wanted: no round is funded, each runs for its 180 days
    slow = {"consider_days": 10.0, "signing_days": 180, "funded_share": 1.0, "never_pay": 0.30, "veto": 0.0}
    w = burnt_in(replications=range(8), burn_in=35, fixed=BUSY | OWNERS_PAY | slow)
    s = w.stack([say()])
    checked, reached = np.zeros((2, 7), dtype=int)
    ends: list[tuple[float, float]] = []
    for _ in range(250):
        s.step()
        for motion in np.flatnonzero(s.motions.open & (s.day - s.motions.opened == 179)):
            need = s.asked.need[owners_asked(s, motion)]
            size = int(s.motions.asked[motion])
            x = 0.0
            while True:
                now = np.count_nonzero(need <= x) / size
                if now == x:
                    break
                x = now
            signed = s.motions.heads_in[motion] / size
            assert signed <= x  # nobody signs beyond the fixed point
            kind = s.cases.kind[s.motions.case[motion]]
            checked[kind] += 1
            reached[kind] += signed == x
            ends.append((x, signed))
    assert np.all(checked[: Kind.NUISANCE] > 0)  # of a building's and of a compound's owners
    assert checked.sum() >= 40
    fixed, found = np.mean(ends, axis=0)
    dock("Granovetter's fixed point", "mean share of owners that signs", fixed, found, within=0.02)
    assert reached.sum() >= 0.8 * checked.sum()  # in 180 days with a look every 10, nearly all get there


def test_a_compounds_oldest_motion_comes_first() -> None:
    """Doors are knocked on for one motion of a body at a time, the oldest; another's come after it is closed."""
    w = burnt_in(fixed=BUSY | {"signing_days": 40, "ballot_days": 40})
    s = w.stack([say(*only("onsite_visits"))])
    waiting = 0
    for _ in range(120):
        passed = {int(k): int(p) for k, p in zip(s.motions.key, s.motions.passed, strict=True)}
        s.step()
        m = s.motions
        for world, compound in np.ndindex(s.n, s.layout.sizes["compound"]):
            own = np.flatnonzero((m.world == world) & (m.compound == compound))
            walked = [row for row in own if m.passed[row] > passed.get(int(m.key[row]), 0)]
            assert len(walked) <= 1
            older = own[own < walked[0]] if walked else own[:0]
            assert not np.any(m.open[older] & (m.organiser[older] == desk_rows(s, BODY)[compound]))
            waiting += np.count_nonzero(m.open[own]) > 1 and len(walked) == 1
    assert waiting > 50
