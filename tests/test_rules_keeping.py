"""Doors, calls, summons and the ledger: practices that cost the keeper's hours, and nothing without them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.cases import Stage
from sim.rules.keeping import PURPOSES, WEEK
from tests.helpers import assert_same, burnt_in, lived, say

ONLY = {
    "ledger": "case_ledger",
    "summons": "authority",
    "calls": "cost_sharing",
    "doors": "onsite_visits",
}
"""Purpose to the channel that sets time aside for it."""


HOURS = {"ledger": "ledger_hours", "summons": "summons_hours", "calls": "call_hours", "doors": "visit_hours"}
"""Purpose to the parameter that says how much time is set aside."""


def only(*channels: str) -> list[str]:
    """Return the words of an arm with one person and only the given further channels."""
    on = [f"yijiantiao.{c}=on" for c in ("coordination", *channels)]
    return ["formed_body", "yijiantiao", "yijiantiao.channels=off", *on]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_practice_costs_the_keepers_hours(purpose: str) -> None:
    """The minutes spent on a practice are never more than were set aside, and those are missing at the desk."""
    w = burnt_in()
    same = "yijiantiao.effort_kept=1"
    s = lived(w, 210, say(*only(), same), say(*only(ONLY[purpose]), same))
    spent = s.record[:, :, s.series.index("minutes_" + purpose)].sum(axis=0)
    assert not spent[: w.n].any()
    assert spent[w.n :].any()
    aside = 60 * s.settings["yijiantiao"].values[HOURS[purpose]][w.n :, 0]
    compounds = w.layout.sizes["compound"]
    assert np.all(spent[w.n :] <= np.rint(aside) * compounds * (210 / WEEK + 4))
    body = s.desk_minutes[:, 0 : 2 * compounds : 2]
    if purpose != "doors":  # time for doors is set aside only while a round is open
        assert np.all(body[w.n :] == body[: w.n] - np.rint(aside)[:, None] * (s.secretary[w.n :] >= 0))
    assert np.all(body[w.n :] <= body[: w.n])


def test_no_hours_no_practice() -> None:
    """All practices together, but no hours: the world with a body alone, to the last bit."""
    w = burnt_in()
    everything = ["formed_body", "yijiantiao", "yijiantiao.hours=0"]
    s = lived(w, 90, say("formed_body"), say(*everything))
    for k in range(w.n):
        assert_same(s, k, s, w.n + k)


def test_nobody_knocks_while_nobody_signs() -> None:
    """Doors are knocked on only on days on which a round was open that morning or had begun that day."""
    w = burnt_in(fixed={"leak_young": 0.3, "leak_middle": 0.3, "leak_old": 0.3, "signing_days": 10})
    s = w.stack([say(*only("onsite_visits"))])
    for _ in range(150):
        before = (s.cases.stage == Stage.SIGNING).any()
        began = s.record.shape[0]
        s.step()
        doors = s.record[began, :, s.series.index("doors")].sum()
        started = len(s.cases) and (s.cases.started == s.day - 1).any()
        assert before or started or doors == 0


def test_a_visit_is_no_bonus() -> None:
    """Being visited moves no owner's threshold: same owner, same round, same threshold with and without doors."""
    w = burnt_in()
    s = w.stack([say(*only()), say(*only("onsite_visits"))])
    s.run(s.day + 6)  # before the first difference can have spread through trust
    same_cost = s.repair_cost[: w.n] == s.repair_cost[w.n :]
    same_round = (same_cost & (s.repair_cost[: w.n] > 0))[:, w.layout.up("household", "building")]
    assert same_round.any()
    assert np.array_equal(s.signers_needed[: w.n][same_round], s.signers_needed[w.n :][same_round])


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
    led = 0
    for _ in range(120):
        s.step()
        begun = (s.cases.stage == Stage.SIGNING) & (s.cases.started == s.day - 1)
        for world, building in zip(s.cases.world[begun], s.cases.bearer[begun], strict=True):
            first = w.layout.first("building", "household")[building]
            flats = slice(first, first + w.layout.count("building", "household")[building])
            signed = s.signed[world, flats]
            assert world >= w.n or not signed.any()
            assert np.all(s.member[world, flats][signed]) and np.all(s.tenure[world, flats][signed] == 0)
            led += signed.sum()
    assert led > 0


def test_consent_reaches_granovetters_fixed_point() -> None:
    """Left alone long enough, the owners who sign are those of the smallest fixed point of the threshold model.

    Granovetter (1978): with thresholds sorted, the share signed is the smallest x with F(x) = x, where
    F(x) is the share of owners whose threshold is at most x.
    """
    # a third never pays and the whole cost is wanted: no round is funded, each runs for its 180 days
    slow = {"consider_days": 10.0, "signing_days": 180, "funded_share": 1.0, "never_pay": 0.30, "veto": 0.0}
    w = burnt_in(replications=range(8), burn_in=35, fixed=slow)
    s = w.stack([say()])
    checked = reached = 0
    for _ in range(400):
        s.step()
        ripe = (s.cases.stage == Stage.SIGNING) & (s.day - s.cases.started == 179)
        for world, building in zip(s.cases.world[ripe], s.cases.bearer[ripe], strict=True):
            first = w.layout.first("building", "household")[building]
            size = int(w.layout.count("building", "household")[building])
            need = s.signers_needed[world, first : first + size]
            x = 0.0
            while True:
                now = np.count_nonzero(need <= x) / size
                if now == x:
                    break
                x = now
            signed = s.signers[world, building] / size
            assert signed <= x  # nobody signs beyond the fixed point
            checked += 1
            reached += signed == x
    assert checked >= 20
    assert reached >= 0.8 * checked  # in 180 days with a look every 10, nearly all get there
