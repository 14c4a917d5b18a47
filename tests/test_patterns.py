"""Patterns the world is said to show (Grimm et al. 2005), each with what would make it vanish.

P4 first payers tip their building, which needs owners who look at one another; P6 durations are skewed to the
right. P13 (a few households bring many quarrels, and not without frailty) stands among the directions. These
follow from one rule each, so they are checks of the machinery, not evidence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.cases import Stage
from sim.rules.motions import Motion
from sim.worlds import Worlds
from tests.helpers import OWNERS_PAY, burnt_in, lived, say

CALLED = ["formed_body", "yijiantiao", "yijiantiao.channels=off", "yijiantiao.cost_sharing=on"]
"""One practice alone: members among the owners are called on to sign first."""


def signed_shares(social_proof: float, member_leads: float) -> NDArray[np.float64]:
    """Return, for rounds begun within two months, the share of owners who have signed when they are all but over.

    Only owners pay, and for the whole cost, so hardly any round is over sooner; those that are count as they ended.
    Buildings have six floors: where half of the owners live under the roof they need no tipping.
    """
    w = burnt_in(
        replications=range(24),
        burn_in=35,
        prior_draws=False,
        structure=dict(households=72, floors=6),
        fixed=OWNERS_PAY
        | {
            "social_proof": social_proof,
            "member_leads": member_leads,
            "member_share": 0.30,
            "benefit": 0.65,
            "benefit_sd": 0.20,
            "consider_days": 10.0,
            "signing_days": 90,
            "funded_share": 1.0,
            "never_pay": 0.15,
            "veto": 0.0,
        },
    )
    s = w.stack([say(*CALLED, "yijiantiao.call_hours=1")])
    shares: dict[int, float] = {}
    for _ in range(150):
        s.step()
        m = s.motions
        assert not np.any(m.kind == Motion.FUND)
        over = (m.opened >= 0) & (m.opened < 60) & (~m.open | (s.day - m.opened == 89))
        over &= m.kind == Motion.SHARES  # owners also vote on committees and companies
        for row in np.flatnonzero(over):
            shares.setdefault(int(m.key[row]), m.heads_in[row] / m.asked[row])
    return np.array(list(shares.values()))


def test_p4_first_payers_tip_their_building() -> None:
    """More first payers bring far more than themselves, but only where owners look at what others have signed."""
    few, many = signed_shares(1.0, 0.0), signed_shares(1.0, 0.9)
    assert len(few) > 100 and len(many) > 100
    with_proof = many.mean() - few.mean()
    few_alone, many_alone = signed_shares(0.01, 0.0), signed_shares(0.01, 0.9)
    themselves = many_alone.mean() - few_alone.mean()
    assert themselves > 0
    assert with_proof > 1.5 * themselves


def durations(w: Worlds) -> NDArray[np.int64]:
    """Return the days that settled cases took."""
    settled = w.ended.stage == Stage.SETTLED
    return (w.ended.closed - w.ended.opened)[settled]


def test_p6_durations_are_skewed_to_the_right() -> None:
    """Half of all settled cases are settled soon, some take very long: the mean lies well above the median."""
    w = lived(burnt_in(replications=range(12), lively=False), 400, say("formed_body", "yijiantiao"))
    days = durations(w)
    assert len(days) > 50
    assert days.mean() > 1.3 * np.median(days)
