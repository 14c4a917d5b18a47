"""Repairs and disputes by hand: who signs, what is paid, when an agreement is reached, what is learned."""

from __future__ import annotations

import numpy as np
import pytest

from sim import distributions, outcomes
from sim.cases import Activity, Kind, Stage, State
from sim.places.compound import BODY
from sim.rules import trust
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
    rewrite,
    say,
    scenarios,
    total,
)
from tests.reference import noise_pure as pure


def test_owners_sign_when_benefit_proof_and_trust_reach_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """No owner signs whose u = benefit + proof x signers + trust is below 1; who never pays, never does."""
    sure = dict(
        BUSY,
        benefit_sd=0.0,
        benefit_top_sd=0.0,
        share_trust=0.0,
        social_proof=1.0,
        never_pay=0.3,
        benefit=0.7,
        benefit_top=1.1,
    )
    before_today: dict[int, tuple[int, set[int]]] = {}
    bad: list[tuple[int, int]] = []
    signed_below = ballots = 0

    def signed(w: Worlds, motion: int) -> set[int]:
        rows = owners_asked(w, motion)
        return set(w.asked.owner[rows][w.asked.done[rows]].tolist())

    def before(w: Worlds) -> None:
        before_today.clear()
        before_today.update({m: (int(w.motions.heads_in[m]), signed(w, m)) for m in np.flatnonzero(w.motions.open)})

    def after(w: Worlds) -> None:
        nonlocal signed_below, ballots
        for motion, (heads, old) in before_today.items():
            new, k = signed(w, motion) - old, int(w.motions.world[motion])
            if w.motions.kind[motion] != Motion.SHARES:
                ballots += len(new)
                continue
            for h in new:
                u = (1.1 if w.layout.traits["top"][h] else 0.7) + heads / w.motions.asked[motion]
                if u < 1 or pure.uniform(int(w.seeds[k]), "owner.never_pays", h) < 0.3:
                    bad.append((k, h))
                signed_below += not w.layout.traits["top"][h]

    around(monkeypatch, "motions.consider", before, after)
    w = Worlds(recipe(replications=range(6), fixed=sure))
    w.run(0)
    assert bad == []
    assert signed_below > 20
    assert ballots > 20


def test_works_begin_with_enough_money_and_not_before() -> None:
    """A crew is paid at least the funded share of the cost; where all sign and pay, nothing stays unpaid."""
    w = burnt_in(replications=range(6), fixed=dict(BUSY, funded_share=0.75))
    paid, unpaid = total(w, "repair_fen"), total(w, "unpaid_fen")
    assert np.count_nonzero(paid) > 3
    assert np.all(paid >= 0.75 * (paid + unpaid) - 1)
    assert np.any(unpaid > 0)
    all_pay = dict(BUSY, funded_share=1.0, never_pay=0.0, benefit=2.5, benefit_top=2.5)
    with_all = burnt_in(replications=range(4), fixed=all_pay)
    assert np.all(total(with_all, "unpaid_fen") == 0)
    assert np.any(total(with_all, "repair_fen") > 0)


def test_a_round_that_fails_is_paid_back_in_full() -> None:
    """Where all would sign but for those who never do, nothing is spent, and every purse is as full as before."""
    w = burnt_in(replications=range(6), fixed=BUSY | OWNERS_PAY | dict(funded_share=1.0, never_pay=0.5, patch_days=1e6))
    assert np.count_nonzero(total(w, "refunded")) > 3
    assert np.count_nonzero(total(w, "signed_shares")) > 3
    assert not np.any(w.outside)
    assert np.array_equal(w.purse.sum(axis=1), -w.escrow.sum(axis=1))


def test_shelved_proposals_wait_for_a_claim_or_for_a_ledger() -> None:
    """Without a ledger and without claims a shelved proposal stays; a ledger brings it up after its deadline."""
    w = burnt_in(replications=range(4), fixed=dict(funded_share=1.0, never_pay=0.5, patch_days=1e6))
    quiet = dict(any_desk=-50.0)
    for name, value in quiet.items():
        rewrite(w.p.values[name], value)
    arms = w.stack([say("formed_body"), say("formed_body", "yijiantiao", "yijiantiao.deadline_days=15")])
    shelved = arms.cases.stage == Stage.SHELVED
    assert np.any(shelved)
    arms.run(60)
    n = w.n
    retabled = total(arms, "retabled")
    assert not np.any(retabled[:n])
    assert np.all(retabled[n:] > 0)


def gap(w: Worlds, row: int, narrowed: float) -> float:
    """Return the gap of a dispute whose sessions have left so much of it, from its own draw and the parameters.

    In a dispute about fees poor service is the owner's defence.
    """
    c, k = w.cases, int(w.cases.world[row])
    z = distributions.normal(c.key[row : row + 1], "dispute.gap")[0]
    first = w.p.gap_mean[k, 0] + w.p.gap_sd[k, 0] * z
    if c.kind[row] == Kind.FEE:
        first += w.p.fee_defence[k, 0] * (1 - w.effort[k, c.compound[row]])
    return float(first * (1 + w.p.hardening[k, 0] * (w.day - int(c.opened[row])) / 90) * narrowed)


def ability(w: Worlds, desk: int, k: int, compound: int) -> float:
    """Return the ability of whoever holds a desk: the community's mediator, the director, in part the secretary."""
    if kinds(w)[desk] != BODY:
        return float(w.p.mediator_ability[k, 0])
    merged, director = w.merged[k, compound], w.director_ability[k, compound]
    if w.secretary[k, compound] < 0:
        return float(director)
    secretary = w.candidate_ability[k, 3 * compound + w.secretary[k, compound]]
    return float((1 - merged) * director + merged * secretary)


def test_a_session_settles_when_the_gap_is_within_the_joint_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Agreement comes with the first session after which the narrowed, hardened gap is within what both save."""
    held: dict[int, tuple[int, float, int]] = {}
    seen = {(kind, agreed): 0 for kind in (Kind.NEIGHBOUR, Kind.FEE) for agreed in (True, False)}
    saved = {Kind.NEIGHBOUR: "joint_cost", Kind.FEE: "fee_joint_cost"}

    def before(w: Worlds) -> None:
        held.clear()
        c = w.cases
        rows = np.flatnonzero(c.kind >= Kind.NEIGHBOUR)
        held.update({r: (int(c.sessions[r]), float(c.narrowed[r]), int(c.desk[r])) for r in rows})

    def after(w: Worlds) -> None:
        c = w.cases
        for r, (sessions, narrowed, desk) in held.items():
            if c.sessions[r] > sessions:
                k = int(c.world[r])
                able = ability(w, desk, k, int(c.compound[r]))
                narrowed *= min(max(1 - (1 - w.p.narrowing[k, 0]) * 2 * able, 0.0), 1.0)
                assert c.narrowed[r] == pytest.approx(narrowed, rel=1e-12)
                kind = Kind(c.kind[r])
                agreed = gap(w, r, c.narrowed[r]) <= getattr(w.p, saved[kind])[k, 0]
                assert (c.stage[r] == Stage.SETTLED) == agreed
                seen[kind, bool(agreed)] += 1
            else:
                assert c.narrowed[r] == narrowed

    around(monkeypatch, "handling.handle", before, after)
    dunned = dict(claim_rate=20.0, no_company=0.0, fee=1.2)
    lived(burnt_in(replications=(0, 4), fixed=BUSY | dunned), 42, *scenarios())
    assert min(seen.values()) > 20, seen


def test_no_dispute_has_more_sessions_at_a_desk_than_allowed() -> None:
    """After the most sessions a desk may hold, the case goes on or fails."""
    w = lived(burnt_in(replications=(0, 4)), 56, *scenarios())
    quarrels = w.ended.kind == Kind.NEIGHBOUR
    assert w.ended.sessions[quarrels].max() <= 2 * 2
    assert np.all(w.ended.sessions[quarrels & (w.ended.stage == Stage.FAILED)] >= 2)
    assert np.all(w.cases.level_sessions <= 2)


def test_the_share_of_no_shows_is_the_probability() -> None:
    """Parties stay away as often as declared."""
    w = burnt_in(replications=range(8), fixed=dict(BUSY, no_show=0.35), prior_draws=False)
    activity = w.log.arrays()["activity"]
    away, came = (np.count_nonzero(activity == a) for a in (Activity.NO_SHOW, Activity.SESSION))
    n = away + came
    assert n > 200
    assert abs(away / n - 0.35) < 4 * np.sqrt(0.35 * 0.65 / n)


def test_what_is_learned_fades_by_its_half_life() -> None:
    """A quarter's forgetting keeps 2 to the minus (91 / half-life) of the evidence, in whole thousandths."""
    w = burnt_in(replications=(0, 4), burn_in=92, fixed=dict(memory_half_life=182.0))
    w.run(90)
    columns = [name for name in w.columns if name.startswith(("answered_", "ignored_", "succeeded_", "failed_"))]
    assert len(columns) == 2 * (len(trust.trusted("compound")) + len(outcomes.kinds("compound")))
    # day 91 begins a quarter: nothing can be learned any more, then everything is forgotten a little
    still = {name: getattr(w, name).copy() for name in columns}
    w.grievances.act[...] = 2**31 - 1
    w.cases.ready[...] = 2**31 - 1
    w.grievances.escalate[...] = 2**31 - 1
    w.grievances.fade[...] = 2**31 - 1
    w.grievances.patch[...] = 2**31 - 1
    w.run(91)
    before = {name: getattr(w, name).copy() for name in columns}
    w.run(92)
    for name in columns:
        assert np.all(np.abs(getattr(w, name) - before[name] * 0.5**0.5) <= 1.001), name
        assert getattr(w, name).dtype == still[name].dtype
    assert any(np.any(before[name] > 500) for name in columns)


def test_an_agreement_is_broken_within_a_year_at_the_rate_declared() -> None:
    """Agreements are broken at the hazard declared; the broken one is felt anew by the same home."""
    agreeable = dict(BUSY, **NOTHING_BREAKS, relapse_rate=1.0, gap_mean=-5.0, quarrel_rate=2.0)
    w = burnt_in(replications=range(10), prior_draws=False, burn_in=140, fixed=agreeable)
    settled, broken = (daily(w, name).sum(axis=1).cumsum() for name in ("settled", "relapsed"))
    years = (settled - broken)[:-1].sum() / 365  # that agreements have stood
    assert broken[-1] > 100
    assert abs(broken[-1] / years - 1.0) < 4 / np.sqrt(broken[-1])
    again = w.grievances.ordinal % 16 > 0
    assert np.any(again)
    assert np.all(w.grievances.kind[again] == Kind.NEIGHBOUR)
    assert np.all(w.grievances.household[again] == w.grievances.bearer[again])
    assert np.count_nonzero(w.grievances.state == State.SETTLED) > 0
