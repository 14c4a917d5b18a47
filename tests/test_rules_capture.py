"""Capture: who is bought, for how much, what a captured body no longer does, and how it ends."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.rules import contracts, leaders
from sim.worlds import Worlds
from tests.helpers import BUSY, around, burnt_in, difference, lived, recipe, say, state, total

Array = NDArray[Any]

CHEAP = dict(
    no_company=0.1,
    exit_quarters=10**6,
    fee=1.2,
    honesty=16000.0,
    substitute=0.0,
    rent_share=0.9,
    lowest_effort=0.05,
    expected_effort=0.8,
    detected=0.3,
    functioning_share=0.8,
    own_inspection_hours=1.0,
    own_talk_hours=1.5,
    talk_hours=0.5,
    talk_pause_days=20,
    election_rate=0.0,
    term_of_office=1000.0,
)
"""Companies with something to offer, and bodies that inspect and talk unless they are bought."""

BODY = say("formed_body")
TWO = say("formed_body", "yijiantiao", "yijiantiao.coordination=off")
ONE = say("formed_body", "yijiantiao")


def found(number: int = 12, **fixed: Any) -> Worlds:
    """Found worlds at day 0, which is a quarter day."""
    return Worlds(recipe(range(number), 0, fixed=CHEAP | fixed, structure=dict(compounds=6)))


def captured(w: Worlds, arms: int) -> Array:
    """Return which compounds are captured, arm by arm."""
    return w.captured.reshape(arms, -1)


def offers(w: Worlds) -> Array:
    """Return what each company can offer in a year, yuan: its part of what the lowest effort saves of the bill."""
    monthly = np.add.reduceat(w.area, w.layout.first("compound", "household"), axis=1) / 100 * w.p.fee
    saved = 12 * monthly * w.p.effort_cost * (w.p.expected_effort**2 - w.p.lowest_effort**2)
    return np.asarray(w.p.rent_share * saved)


def test_who_is_bought() -> None:
    """A body alone is bought where the whole offer is worth what its director asks, two if half of it buys each."""
    w = lived(found(), 1, BODY, TWO, ONE)
    offer, price = offers(w), w.p.honesty * (1 + w.p.detected)
    first, second = leaders.integrities(w)
    there = (w.body > 0) & (w.contract != contracts.NONE)
    sitting = w.p.sitting_hours * 60 * 7 / np.maximum(w.secretary_minutes, 1)
    two = (w.principals > 1) & (sitting <= w.p.second_patience_days)
    margin = np.minimum(np.abs(offer / price / first - 1), np.abs(offer / 2 / price / np.maximum(first, second) - 1))
    clear = margin > 1e-3  # bills are rounded flat by flat
    wanted = there & np.where(two, offer / 2 >= price * np.maximum(first, second), offer >= price * first)
    assert np.array_equal(w.captured[clear], wanted[clear])
    assert clear.mean() > 0.95
    for arm in range(3):
        share = captured(w, 3)[arm].mean()
        assert 0.05 < share < 0.95, arm
    # in one person it is the secretary who is asked
    assert np.allclose(first[24:], w.candidate_integrity.reshape(36, 6, 3)[24:, :, 0], rtol=1e-12)


def test_two_are_harder_to_buy_than_one() -> None:
    """Whoever is bought beside a second principal would be bought alone, and clearly fewer are."""
    one, two = captured(lived(found(30), 1, BODY, TWO), 2)
    assert np.all(two <= one)
    assert two.sum() < 0.7 * one.sum()


def test_few_hours_of_a_second_principal_protect_nobody() -> None:
    """Who cannot hold a sitting in time need not be bought: with hardly any hours it is as if nobody had come."""
    few = say("formed_body", "yijiantiao", "yijiantiao.coordination=off", "yijiantiao.hours=0.05")
    alone, usual, hardly = captured(lived(found(), 1, BODY, TWO, few), 3)
    assert np.array_equal(hardly, alone)
    assert np.any(usual != alone)


def test_the_dearer_honesty_the_fewer_are_bought() -> None:
    """More must be offered to the same people by the same companies; who is bought dear is bought cheap."""
    asked = [lived(found(honesty=h), 1, BODY).captured for h in (4000.0, 16000.0, 32000.0, 1e9)]
    for cheap, dear in pairwise(asked):
        assert np.all(dear <= cheap)
        assert dear.sum() < cheap.sum()
    assert not asked[-1].any()


def test_integrity_protects() -> None:
    """With people of full integrity the same offers buy fewer."""
    weak, strong = found(), found()
    for w, integrity in ((weak, 0.3), (strong, 0.9)):
        w.director_integrity[...] = integrity
    few, many = lived(strong, 1, BODY).captured, lived(weak, 1, BODY).captured
    assert np.all(few <= many)
    assert few.sum() < many.sum()


def test_where_nobody_can_be_bought_it_is_the_world_without_capture() -> None:
    """At a price that nobody can pay nothing differs from a world in which nothing is offered, to the last bit."""
    switched_off = burnt_in(fixed=BUSY | CHEAP | dict(capture=False, honesty=1e12))
    dear = burnt_in(fixed=BUSY | CHEAP | dict(capture=True, honesty=1e12))
    cheap = burnt_in(fixed=BUSY | CHEAP | dict(capture=True, honesty=1.0))
    a, b, c = (lived(w, 189, BODY, TWO, ONE) for w in (switched_off, dear, cheap))

    def seen(w: Worlds, k: int) -> dict[str, Array]:
        return {name: x for name, x in state(w, k).items() if name != "parameter capture"}

    for k in range(a.n):
        assert difference(seen(a, k), seen(b, k)) == ""
        assert difference(seen(a, k), seen(c, k)) != ""


def test_there_is_nobody_to_buy_without_a_body_and_nobody_who_buys_without_a_company() -> None:
    for nobody in (dict(committee_share=0.0, management_share=0.0), dict(no_company=1.0, substitute=0.0)):
        w = lived(found(honesty=1.0, **nobody), 100, say())
        assert not w.captured.any()
        assert not total(w, "bribes_fen").any()


def test_bribes_are_paid_out_of_the_till(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each quarter a fourth of the year's offer leaves the till of each captured compound, and of no other."""
    then: dict[str, Array] = {}
    quarters = 0

    def before(w: Worlds) -> None:
        then.update(till=w.till.copy(), outside=w.outside.copy())

    def after(w: Worlds) -> None:
        nonlocal quarters
        paid = then["till"] - w.till
        assert np.all(np.abs(paid / 100 - np.where(w.captured, offers(w) / 4, 0)) <= 0.02 + 1e-4 * offers(w))
        assert np.all((paid > 0) == w.captured)
        assert np.array_equal((w.outside - then["outside"])[:, 0], paid.sum(axis=1))
        assert np.array_equal(w.flow["bribes_fen"], paid.sum(axis=1))
        quarters += np.count_nonzero(w.captured)

    around(monkeypatch, "capture.tempt", before, after)
    lived(found(), 200, BODY)
    assert quarters > 50


def test_who_is_bought_sees_nothing_and_asks_for_nothing() -> None:
    """A captured body is informed of nothing, asks for no accounts, holds no talks, and threatens nobody."""
    w = found(24, detected=0.02).stack([BODY])
    talks = blind = watched = 0
    bought = w.captured.copy()
    for _ in range(300):
        before = w.talks.copy(), w.talked_day.copy()
        w.step()
        talking = (w.talks > before[0]) | (w.talked_day > before[1])
        assert not np.any(talking & bought)
        talks += np.count_nonzero(talking)
        if (w.day - 1) % 91 == 0:
            assert not np.any(w.threat[w.captured])
            # what is reported on a quarter day is reported by whoever was bought until then
            assert not np.any(w.informed[bought]) and not np.any(w.accounts_asked[bought])
            blind += np.count_nonzero(bought)
            watched += np.count_nonzero((w.informed > 0) & ~bought)
        bought = w.captured.copy()
    assert talks > 20 and blind > 20 and watched > 20


def test_capture_comes_to_light_at_its_hazard_and_makes_careful() -> None:
    """Of captured quarters the declared share ends with a detection; for some years nothing is offered there again."""
    years = 1.5
    w = found(30, detected=1.0, honesty=1000.0, careful_years=years).stack([BODY])
    exposed = 0
    until = np.full(w.captured.shape, -1)
    for _ in range(3 * 365):
        bought = w.captured.copy()
        careful = w.careful_until.copy()
        w.step()
        if (w.day - 1) % 91 == 0:
            exposed += np.count_nonzero(bought)
            caught = w.careful_until != careful
            assert np.all(bought[caught]) and not np.any(w.captured[caught])
            assert np.all(w.careful_until[caught] == w.day - 1 + round(365 * years))
            until[caught] = w.careful_until[caught]
            assert not np.any(w.captured & (until > w.day - 1))
    wanted = exposed * 91 / 365
    caught = total(w, "detected").sum()
    assert wanted > 100
    assert abs(caught - wanted) < 4 * np.sqrt(wanted)
    assert np.any(w.captured & (until > 0))  # and then it is offered again
