"""Disputes of villages: how often they arise, what they cost, what becomes of them, and when they end an alliance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim import outcomes
from sim.cases import Desk, Kind, Stage, State
from sim.rules import alliance, sharing
from sim.worlds import Worlds
from tests.helpers import clearly_above_zero, total
from tests.test_village_patterns import FOURTH, MIDDLING, POOL, YEAR, each, got, lives
from tests.villages import alone, burnt_in, lived, say

QUICK: dict[str, Any] = FOURTH | dict(round_hours=20.0, least_rounds=1, asks=0.2, project_rate=0.0)
"""Talks that are soon over, so that shares are felt for years."""


def felt(w: Worlds, kind: Kind) -> np.ndarray:
    """Return the grievances of a kind that there have been, shape ``(scenarios, replications)``."""
    return w.tally["grievances"][:, kind].sum(axis=1).reshape(len(set(w.scenario.tolist())), -1)


# -- how often -------------------------------------------------------------------------------------


def test_they_arise_as_often_as_is_told_and_stand_on_the_books_once() -> None:
    """Means over households lie within three standard errors of the rates; each is in one state, each case in one."""
    w = lives(FOURTH | dict(relapse_rate=0.02), 2 * YEAR, say(), replications=12)
    years = w.n * w.households * (2 * YEAR + 364) / YEAR
    again = w.tally["grievances"][:, :, State.BROKEN].sum(axis=0)
    for kind, rate in ((Kind.NEIGHBOUR, 0.056), (Kind.SHARING, 0.014)):
        events = felt(w, kind).sum() - again[kind]
        # households differ (gamma, shape 0.7), so the variance of counts is larger than Poisson's
        mean_of_one = rate * (2 * YEAR + 364) / YEAR
        variance = mean_of_one + mean_of_one**2 / 0.7
        error = np.sqrt(variance * w.n * w.households)
        assert abs(events - rate * years) < 3 * error
    assert felt(w, Kind.CONTRACT).sum() == 0
    open_ = (w.cases.stage < Stage.SETTLED).sum()
    assert w.tally["cases"][:, :, : Stage.SETTLED].sum() == open_


def test_the_farther_a_share_from_nash_the_more_members_feel_wronged_and_only_those_who_have_less() -> None:
    """More sharing disputes at .3 than at .5, of Nash's .55 or so; the falsifier is that nobody minds."""
    arms = [alone(*POOL, share=share) for share in (0.5, 0.3)]
    w = lives(QUICK | dict(unfair_rate=0.05, missed_rate=0.0), 4 * YEAR, *arms)
    assert (each(w, "signed") == 1).all()
    short = sharing.unfair(w).max(axis=1).reshape(2, -1)
    assert (short[1] > short[0]).all()
    n = felt(w, Kind.SHARING)
    assert clearly_above_zero(n[1] - n[0], errors=2.0)
    assert np.array_equal(felt(w, Kind.NEIGHBOUR)[0] > 0, felt(w, Kind.NEIGHBOUR)[1] > 0)
    below = sharing.unfair(w)
    role = w.layout.traits["village_role"]
    assert (below[:, role == 1] == 0).all() and (below[:, role == 2] == 0).all()  # land's village has more than Nash's
    calm = lives(QUICK | dict(unfair_rate=0.0, missed_rate=0.0), 4 * YEAR, *arms)
    assert np.array_equal(*felt(calm, Kind.SHARING))


def test_a_missed_dividend_is_felt() -> None:
    """Where last year's dividend is not paid, the village's members feel wronged oftener; a part counts in part."""
    w = burnt_in(fixed=dict(missed_rate=0.1))
    w.paid_before[...], w.paid_out[...] = 1000, 250
    assert (sharing.missed(w) == 0.75).all()
    w.paid_out[...] = 1200
    assert not sharing.missed(w).any()


BUSY: dict[str, Any] = FOURTH | dict(sharing_hours=4.0, branch_hours=4.0, ask_hours=0.5)
"""Branches that have not the time to ask everybody."""

# -- what they cost --------------------------------------------------------------------------------


def test_hours_at_tables_are_taken_from_the_base() -> None:
    """Branches that sit oftener ask fewer households, all else equal; nothing is sat in villages without a base."""
    often = lives(BUSY | dict(sharing_rate=0.03), 2 * YEAR, say())
    seldom = lives(BUSY | dict(sharing_rate=0.004), 2 * YEAR, say())
    sat, asked = (
        np.array([total(w, f"minutes_{what}").sum() for w in (often, seldom)]) for what in ("sharing", "asking")
    )
    assert sat[0] > 2 * sat[1] > 0
    assert asked[0] < asked[1]
    home = often.layout.traits["village_base"] >= 0
    assert not often.table_minutes[:, ~home].any()


def test_one_office_sits_for_two_branches() -> None:
    """In an alliance a session takes both branches' time, twice as much as one joint office's at half integration."""
    w = lived(
        burnt_in(), 3 * YEAR, say("village_alliance"), say("village_alliance", "village_alliance.coordination=off")
    )
    n, first = w.n // 2, w.layout.first("township", "village")[0]
    w.allied[...] = True
    w.at_table[...] = 0
    world = np.arange(w.n)
    sharing.sit(w, world, np.full(w.n, first))
    spent = w.at_table.sum(axis=1)
    hours = np.rint(60 * w.p.sharing_hours[:, 0])
    assert np.allclose(spent[n:], 2 * hours[n:], atol=1)
    assert np.allclose(spent[:n], (hours * alliance.apart(w)[:, 0])[:n], atol=1)
    assert (spent[n:] >= spent[:n]).all()


def test_no_table_works_longer_than_its_hours() -> None:
    """Minutes worked at mediators and justice offices stay below what all of them have."""
    w = lives(FOURTH | dict(mediator_hours=3.0, villager_rate=0.09), 2 * YEAR, say())
    days = 2 * YEAR
    kind = w.layout.traits["desk_kind"]
    for desk, name in ((Desk.MEDIATOR, "minutes_mediator"), (Desk.JUSTICE, "minutes_justice")):
        have = w.desk_minutes[:, kind == desk].sum(axis=1) * (days / 7 + 1)
        assert (total(w, name) <= have).all() and total(w, name).sum() > 0


# -- who hears them, and what becomes of them -----------------------------------------------------


def test_most_are_settled_by_the_mediator_and_the_way_to_town_decides_how_many() -> None:
    """The lowest level settles more where the township is farther; both levels settle some."""
    shares = []
    for way in (0.1, 1.0):
        w = lives(FOURTH | dict(town_way=way), 2 * YEAR, say())
        shares.append(got(w, "settled_at_mediator")[0])
        assert 0 < got(w, "settled_at_justice").mean() < 0.5 + (way < 0.5) * 0.2
    assert clearly_above_zero(shares[1] - shares[0])


def test_a_township_that_calls_brings_both_sides_to_the_table() -> None:
    """With authority fewer sessions about shares fall through; where nothing is signed the township calls nobody."""
    w = lives(QUICK | dict(sharing_rate=0.03), 3 * YEAR, say("village_alliance"),
              say("village_alliance", "village_alliance.authority=off"))  # fmt: skip
    allied = w.allied[:, 0]
    called = sharing.summoned(w, np.arange(w.n), np.zeros(w.n, dtype=np.int64))
    half = w.n // 2
    assert np.array_equal(called[:half], allied[:half]) and called[:half].any()
    assert not called[half:].any()


# -- the enterprise ---------------------------------------------------------------------------------

BOUND: dict[str, Any] = FOURTH | dict(
    minimum_batch=200, floor=0.95, extrapolates=1.0, crash_rate=0.8, crash_depth=0.4, firm_refuses=0.5
)
"""A high floor and prices that crash: contracts that are worth breaking."""


def test_disputes_with_the_enterprise_come_of_contracts_and_are_paid_by_who_is_there() -> None:
    """None without a floor price; a solvent enterprise pays part of what it owes; one that always fails, less."""
    no_floor = say("village_alliance", "village_alliance.floor_price=off")
    w = lives(BOUND | dict(firm_default=0.0), 3 * YEAR, say(), no_floor, say("village_alliance"))
    n = felt(w, Kind.CONTRACT)
    assert n[:2].sum() == 0 and n[2].sum() > 10
    due, paid = each(w, "contract_due_fen")[2].sum(), each(w, "contract_paid_fen")[2].sum()
    assert 0.1 * due < paid < due
    failing = lives(BOUND | dict(firm_default=2.0, firm_gap=730), 3 * YEAR, say("village_alliance"))
    due_by_failing = each(failing, "contract_due_fen").sum()
    assert due > 0 and due_by_failing > 0
    assert failing.dealing_owed.sum() / due_by_failing > 1 - paid / due


def test_what_is_owed_is_paid_once_and_books_balance() -> None:
    """Due = paid + still owed, to the fen."""
    w = lives(BOUND, 3 * YEAR, say("village_alliance"))
    due, paid = total(w, "contract_due_fen"), total(w, "contract_paid_fen")
    assert np.array_equal(due, paid + w.dealing_owed.sum(axis=1))
    assert due.sum() > 0


# -- what embitters ----------------------------------------------------------------------------------

BITTER: dict[str, Any] = QUICK | dict(
    sharing_rate=0.03, unfair_rate=0.05, gap_sd=0.6, joint_cost=0.2, mediator_ability=0.0, sues=0.05, patience_years=1
)
"""Mediators who settle little."""


def test_bitterness_ends_alliances_that_peace_keeps() -> None:
    """Where disputes come to nothing a side leaves; the falsifier is able mediators."""
    share = alone(*POOL, share=0.3)
    bitter = lives(BITTER | dict(walkout_share=0.0005), 3 * YEAR, share)
    able = lives(BITTER | dict(walkout_share=0.0005, mediator_ability=1.0, joint_cost=0.6, gap_sd=0.2), 3 * YEAR, share)
    assert each(bitter, "dissolved").sum() > each(able, "dissolved").sum()


def test_who_went_all_the_way_in_vain_leaves_the_birds() -> None:
    """Households leave in anger where nothing is settled, hardly any where much is."""
    arms = [say("village_alliance")]
    bitter = lives(BITTER, 2 * YEAR, *arms)
    able = lives(BITTER | dict(mediator_ability=1.0, joint_cost=0.6, gap_sd=0.2), 2 * YEAR, *arms)
    assert each(bitter, "left_in_anger").sum() > 3 * each(able, "left_in_anger").sum()
    for w in (bitter, able):
        assert np.array_equal(w.stock["keeping"], w.keeps.sum(axis=1))


def test_income_is_shown_first_of_villages_and_the_headline_of_other_places() -> None:
    """Where there is room for few outcomes, villages show what collectives earn beside what is unresolved."""
    assert [spec.name for spec in outcomes.leading("village")][:2] == ["collective_net", "unresolved"]
    for place in ("compound", "pasture"):
        assert [spec.name for spec in outcomes.leading(place)] == [s.name for s in outcomes.specs(place) if s.main]
    village = [spec.name for spec in outcomes.leading("village")]
    assert sorted(village) == sorted(spec.name for spec in outcomes.specs("village") if spec.main)


def test_the_alliance_may_leave_more_unresolved_than_it_found() -> None:
    """Where it loses for disputes: with a share far from Nash's more is suffered than without any alliance."""
    w = lives(QUICK | dict(unfair_rate=0.05), 3 * YEAR, say(), alone(*POOL, share=0.25), replications=8)
    unresolved = got(w, "unresolved")
    assert (each(w, "signed")[1] == 1).all()
    assert clearly_above_zero(unresolved[1] - unresolved[0], errors=2.0)


@pytest.mark.parametrize("outcome", ["unresolved", "settled_90", "durable_365", "petitions", "settled_90_sharing"])
def test_outcomes_of_disputes_are_there(outcome: str) -> None:
    """Villages have the outcomes that other places have, with paths to all of them."""
    w = lived(burnt_in(structure=MIDDLING), 2 * YEAR, say(), say("village_alliance"))
    assert np.isfinite(got(w, outcome)).all()
    assert outcome in {spec.name for spec in outcomes.specs("village")}
