"""Talks and renewals: what is demanded, what a company accepts, how owners vote, and what becomes of the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import books
from sim.cases import Activity, Kind, Stage
from sim.rules import contracts, renewals
from sim.rules.motions import Motion
from sim.worlds import Worlds
from tests.helpers import (
    BUSY,
    NOTHING_BREAKS,
    around,
    burnt_in,
    clearly_above_zero,
    daily,
    lived,
    recipe,
    rewrite,
    say,
    total,
)
from tests.test_rules_defects import base_cost

Array = NDArray[Any]

TALKATIVE = BUSY | dict(
    no_company=0.0,
    fixed_share=0.3,
    exit_quarters=10**6,
    fee=1.5,
    fee_start=0.95,
    fee_floor=0.6,
    substitute=0.9,
    committee_share=1.0,
    functioning_share=1.0,
    election_rate=0.0,
    term_of_office=1000.0,
    own_resolve=1.0,
    own_talk_hours=3.0,
    talk_hours=0.5,
    talk_rounds=2,
    talk_pause_days=30,
    window_days=120,
    term_years=1.0,
    satisfied_low=0.2,
    satisfied_high=0.6,
    satisfaction_speed=0.0,
    forecast_error=0.1,
    apathy=0.2,
    consider_days=5.0,
    ballot_days=30,
    veto=0.4,
    capture=False,
)
"""Bodies that talk with companies that earn well, in compounds full of repairs that wait."""


def found(number: int = 8, burn_in: int = 98, **fixed: Any) -> Worlds:
    """Found worlds and let them live until day 0."""
    return burnt_in(replications=range(number), burn_in=burn_in, fixed=TALKATIVE | fixed)


def interest(w: Worlds) -> Array:
    """Return V x dP by hand, fen: a year's earnings discounted for ever, times the chance to be replaced."""
    p = w.p
    value = 4 * np.maximum(w.earned, 0) / (1 - p.discount * (1 - p.relation_loss))
    flats = w.layout.count("compound", "household")
    visited = np.minimum(w.doors_minutes / (60 * p.door_hours) * p.ballot_days / 7 * p.at_home / flats, 1)
    turnout = (1 - p.apathy) * (1 - np.exp(-p.ballot_days / p.consider_days) * (1 - visited))
    quorum = 1 / (1 + np.exp(-(turnout - 2 / 3) / p.forecast_error))
    majority = 1 / (1 + np.exp(-(0.5 - w.satisfaction) / p.forecast_error))
    return np.asarray(value * w.resolve * quorum * majority * p.substitute)


# --- what is accepted -------------------------------------------------------------------------------


def test_a_company_accepts_what_costs_it_less_than_it_would_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the dear repairs that wait, the gravest first, it mends so many as its own cost stays within V x dP."""
    then: dict[str, Any] = {}
    seen = dict.fromkeys(("accepted", "refused", "both at one table", "nothing to demand"), 0)

    def before(w: Worlds) -> None:
        c = w.cases
        open_ = np.isin(c.stage, [Stage.WAITING, Stage.APPROVAL, Stage.SHELVED])
        then.update(rows=np.flatnonzero((c.kind < Kind.NUISANCE) & ~c.minor & open_), talked=w.talked_day.copy())
        then.update(limit=interest(w), till=w.till.copy(), ballots=len(w.motions))

    def after(w: Worlds) -> None:
        c = w.cases
        for k, compound in zip(*np.nonzero((w.talked_day == w.day) & (then["talked"] < w.day)), strict=True):
            rows = [r for r in then["rows"] if (c.world[r], c.compound[r]) == (k, compound)]
            rows.sort(key=lambda r: (-int(c.severity[r]), int(c.opened[r]), r))
            spent = 0
            refused = accepted = False
            for row in rows:
                leaks = c.kind[row] in (Kind.ROOF, Kind.PIPE)
                months = (w.day - w.defect_day[k, c.bearer[row]]) / 30
                price = round(100 * base_cost(w, row) * (1 + w.p.leak_growth[k, 0] * months * leaks))
                spent += round(float(w.p.own_cost[k, 0]) * price)
                yes = spent <= then["limit"][k, compound]
                assert (c.stage[row] == Stage.WORKS) == yes
                accepted, refused = accepted or bool(yes), refused or not yes
                if yes:
                    assert (c.started[row], c.handled[row]) == (w.day, w.day)
            paid = then["till"][k, compound] - w.till[k, compound]
            assert paid == 0 or accepted
            assert paid <= max(then["limit"][k, compound], 0)
            # the body is resolved: whatever is refused is answered by a ballot on replacement
            new = np.arange(len(w.motions)) >= then["ballots"]
            kind = w.motions.kind[new & (w.motions.world == k) & (w.motions.compound == compound)]
            assert len(kind) == 1
            assert kind[0] == Motion.REPLACE or (kind[0] == Motion.RENEW and not refused)
            seen["accepted"] += accepted
            seen["refused"] += refused
            seen["both at one table"] += accepted and refused
            seen["nothing to demand"] += not rows

    around(monkeypatch, "renewals.talk", before, after)
    lived(found(16, veto=1.0), 182, say())  # whatever is proposed waits
    assert min(seen.values()) > 3, seen


def test_the_value_of_a_relation_is_its_earnings_for_as_long_as_it_may_last() -> None:
    """4 x 1,000 yuan a year, a ninth of it gone with every year: 4,000 / (1 - .9 x .9) = 21,052.63; nothing in loss."""
    w = found(1, 0, discount=0.9, relation_loss=0.1)
    w.earned[...] = 100_000
    assert renewals.value(w) == pytest.approx(2_105_263, rel=1e-6)
    w.earned[...] = -100_000
    assert not np.any(renewals.value(w))


SURE = dict(satisfied_low=0.0, satisfied_high=0.0, forecast_error=0.02)
"""Nobody is content, and the company knows how people will vote."""

LEVERAGE: dict[str, tuple[dict[str, Any], float]] = {
    # nothing is feared where one of these is missing ...
    "no resolve": (dict(own_resolve=0.0), 0.0),
    "no other company": (dict(substitute=0.0), 0.0),
    "nobody votes": (dict(apathy=1.0, forecast_error=0.02), 0.0),
    "nobody thinks about it in time": (dict(consider_days=1e6, forecast_error=0.02), 0.0),
    "everybody is content": (SURE | dict(satisfied_low=1.0, satisfied_high=1.0), 0.0),
    # ... and all of it is where none is
    "all vote against it": (SURE | dict(apathy=0.0, consider_days=1.0, substitute=1.0), 1.0),
    "the body is half resolved": (SURE | dict(apathy=0.0, consider_days=1.0, substitute=1.0, own_resolve=0.5), 0.5),
    # at the edges of quorum and majority it is as likely as not
    "half of the owners are content": (
        SURE | dict(apathy=0.0, consider_days=1.0, satisfied_low=0.5, satisfied_high=0.5, substitute=1.0),
        0.5,
    ),
    "two thirds vote": (SURE | dict(apathy=1 / 3, consider_days=0.1, substitute=1.0), 0.5),
    "silence counts": (SURE | dict(apathy=1.0, silence_counts=True, substitute=0.8), 0.8),
}


@pytest.mark.parametrize("what", LEVERAGE)
def test_what_a_company_has_to_fear(what: str) -> None:
    """dP is a product: without resolve, quorum, majority or another company there is nothing to fear."""
    fixed, feared = LEVERAGE[what]
    w = Worlds(recipe((0, 1), 0, fixed=TALKATIVE | fixed))
    assert np.all(w.contract != contracts.NONE)
    assert renewals.leverage(w) == pytest.approx(feared, abs=1e-6)


def test_doors_make_a_quorum_likelier() -> None:
    """Where owners are slow to think, a body with time for doors is feared more, and never less."""
    slow = Worlds(recipe(range(4), 0, fixed=TALKATIVE | dict(consider_days=40.0, at_home=0.8)))
    only = ["yijiantiao", "yijiantiao.channels=off", "yijiantiao.coordination=on"]
    w = slow.stack([say(*only), say(*only, "yijiantiao.onsite_visits=on", "yijiantiao.visit_hours=4")])
    without, with_doors = renewals.leverage(w).reshape(2, -1)
    assert np.all(with_doors > 1.5 * without)


@pytest.mark.parametrize(
    "nothing",
    [
        dict(substitute=0.0),
        dict(own_resolve=0.0),
        dict(apathy=1.0, forecast_error=0.02),
        dict(fee=0.0, kept_share=0.0, minor_cap=0.0),
    ],
)
def test_nothing_is_conceded_where_there_is_nothing_to_lose(nothing: dict[str, float]) -> None:
    """No other company, no resolve, no quorum in sight, or nothing earned: bodies talk, and companies give nothing."""
    w = lived(found(6, **nothing), 182, say())
    assert total(w, "talks").sum() > 5 and total(w, "renewals").sum() > 2
    assert not total(w, "conceded").any()
    assert not total(w, "replaced").any() or "own_resolve" not in nothing
    assert Activity.CONCEDED not in w.log.arrays()["activity"]


def earn(w: Worlds, more: bool) -> None:
    """Let companies have earned little or much."""
    w.earned[...] = 3_000_000 if more else 200_000


def have_rivals(w: Worlds, more: bool) -> None:
    """Let another company be hard or easy to find."""
    rewrite(w.p.substitute, 0.95 if more else 0.1)


def be_resolved(w: Worlds, more: bool) -> None:
    """Let bodies shy away from a ballot, or call one whenever they are refused."""
    rewrite(w.p.own_resolve, 1.0 if more else 0.1)


def be_discontented(w: Worlds, more: bool) -> None:
    """Let owners be content with the service or not."""
    w.satisfaction[...] = 0.2 if more else 0.7


def be_cheap(w: Worlds, more: bool) -> None:
    """Let repairs cost the company nearly as much as others, or hardly anything."""
    rewrite(w.p.own_cost, 0.2 if more else 0.8)


@pytest.mark.parametrize("change", [earn, have_rivals, be_resolved, be_discontented, be_cheap])
def test_what_makes_for_concessions(change: Callable[[Worlds, bool], None]) -> None:
    """With everything else as it was, more is conceded at the next table: earnings, rivals, resolve, discontent, costs.

    Six weeks only, so that nobody has been replaced yet; in the long run who is replaced concedes nothing.
    """
    w = found(24, veto=1.0, fixed_share=0.0, own_talk_hours=0.0)
    rewrite(w.p.own_talk_hours, 3.0)  # nobody has talked yet; now everybody does
    conceded = []
    for more in (False, True):
        s = lived(w, 1)  # the quarter's accounts are made up today
        s.earned[...] = 1_000_000
        change(s, more)
        s.run(42)
        conceded.append(total(s, "conceded"))
    assert clearly_above_zero(conceded[1] - conceded[0])


# --- time, windows, ballots ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "missing",
    [
        dict(own_talk_hours=0.0),
        dict(committee_share=0.0, management_share=0.0),
        dict(no_company=1.0, substitute=0.0),
        dict(functioning_share=0.0),
        dict(capture=True, honesty=0.0, rent_share=0.9, detected=0.0),
    ],
    ids=["time", "a body", "a company", "a body that functions", "a body that is not bought"],
)
def test_talks_need(missing: dict[str, Any]) -> None:
    """Without any one of these nobody talks, nothing is conceded and no contract is renewed."""
    w = Worlds(recipe(range(3), 0, fixed=TALKATIVE | missing))
    w.run(182)
    # a first round may be held on day 0, on the evening of which the first offers are made
    assert not any(np.any(daily(w, series)[1:]) for series in ("talks", "renewals", "conceded", "renewed", "replaced"))


def test_talks_are_held_within_the_window_or_after_the_pause() -> None:
    """A fixed term is talked about in its last days only, a contract without term so long after the last talks."""
    w = found(12, 0, window_days=90, talk_pause_days=60, fixed_share=0.6)
    before = np.zeros(3, dtype=int)
    for _ in range(300):
        contract, end, talked, talks = (x.copy() for x in (w.contract, w.contract_end, w.talked_day, w.talks))
        balloting, spent = w.balloting.copy(), w.talks_balance.copy()
        w.step()
        talking = (w.talks > talks) | (w.talked_day > talked)
        assert not np.any(talking & balloting)
        fixed = contract == contracts.FIXED_TERM
        assert np.all(end[talking & fixed] - (w.day - 1) <= 90)
        assert np.all((w.day - 1) - talked[talking & ~fixed] >= 60)
        cost = np.rint(60 * w.p.talk_hours).astype(int) * 7
        came_in = w.talks_time * 7 if (w.day - 1) % 7 == 0 else 0 * cost
        assert np.all((spent + came_in >= cost)[talking])
        before += [np.count_nonzero(talking & fixed), np.count_nonzero(talking & ~fixed), np.count_nonzero(talking)]
    assert np.all(before > 20)


def test_a_renewal_adds_a_term_and_without_a_quorum_the_contract_holds_over() -> None:
    """Content owners who vote renew for a year after the end; where nobody votes the term runs out (Civil Code 948)."""
    content = dict(fixed_share=1.0, satisfied_low=1.0, satisfied_high=1.0, expected_effort=0.0, effort_noise=0.01)
    content |= NOTHING_BREAKS  # and nothing need be demanded
    voting = Worlds(recipe(range(6), 0, fixed=TALKATIVE | content | dict(apathy=0.0)))
    silent = Worlds(recipe(range(6), 0, fixed=TALKATIVE | content | dict(apathy=1.0)))
    first = voting.contract_end.copy()
    voting.run(365 + 30)
    assert np.all(voting.contract == contracts.FIXED_TERM)
    in_time = first > 60
    assert np.all(np.isin((voting.contract_end - first)[in_time], [365, 730]))
    assert np.all(total(voting, "expired") <= np.count_nonzero(~in_time, axis=1))
    silent.run(365 + 30)
    assert np.all(silent.contract == contracts.HOLDOVER)
    assert np.all(total(silent, "expired") == silent.contract.shape[1])
    assert np.all(total(silent, "renewals") > 0)
    assert not (total(silent, "renewed").any() or total(silent, "replaced").any())


def test_owners_judge_the_company_by_its_service() -> None:
    """Content owners renew and do not replace; discontented ones replace and do not renew."""
    sharp = dict(apathy=0.0, forecast_error=0.02, expected_effort=0.5, fixed_share=1.0)
    for satisfied, renew in ((1.0, True), (0.0, False)):
        w = found(6, 0, satisfied_low=satisfied, satisfied_high=satisfied, **sharp)
        w.run(300)
        m = total(w, "renewed"), total(w, "replaced")
        assert np.any(m[0]) == renew
        assert not np.any(m[1]) or not renew


def test_a_replaced_company_goes_when_the_notice_is_over_and_another_begins() -> None:
    """So many days after the ballot another company serves, and its predecessor has taken its till along."""
    bad = SURE | dict(apathy=0.0, substitute=1.0, expected_effort=1.0, effort_noise=0.01)
    w = Worlds(recipe(range(4), 0, fixed=TALKATIVE | bad | dict(notice_days=20, fixed_share=0.0)))
    compounds = w.layout.sizes["compound"]
    noticed = np.full(w.contract.shape, 10**9)
    changed = 0
    for _ in range(182):
        leaving, company, till = w.leaving.copy(), w.company.copy(), w.till.copy()
        w.step()
        noticed[w.leaving & ~leaving] = w.day - 1
        new = w.company != company
        assert np.array_equal(new, noticed + 20 == w.day - 1)
        assert np.all(w.contract != contracts.NONE)  # the other one begins on the same day
        assert np.all((w.company == compounds + np.arange(compounds))[new])
        assert not np.any(books.imbalance(w))
        assert np.all(w.till[new] == 0) or (w.day - 1) % 91 == 0
        changed += np.count_nonzero(new & (till != 0))
    assert changed > 5
    assert total(w, "replaced").sum() == total(w, "left").sum() + w.leaving.sum()


def test_what_is_conceded_is_taken_back_in_part() -> None:
    """Never more than the declared share, only out of public income, and nothing where nothing is taken back."""
    spent = {}
    for share, income in ((0.0, 60.0), (1.0, 1000.0), (1.0, 0.0)):
        w = lived(found(6, 0, recouped=share, public_income=income, kept_share=0.0), 364, say())
        spent[share, income] = total(w, "recouped_fen")
        assert np.any(total(w, "conceded_fen") > 0)
        assert np.all(total(w, "recouped_fen") <= share * total(w, "conceded_fen") + w.day)  # rounded by the quarter
        assert np.all(w.public >= 0)
    assert not spent[0.0, 60.0].any() and not spent[1.0, 0.0].any()
    assert np.any(spent[1.0, 1000.0] > 0)
