"""Elder services and community culture: the same people's hours, what each channel does with them, how it may lose."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import books
from sim.cases import Kind
from sim.mechanisms import registry
from sim.places.compound import COMMUNITY
from sim.rules import elders, hosting, needs, rooms, ties
from sim.scenario import Scenario, parse
from sim.worlds import Worlds
from tests.helpers import NOTHING_BREAKS, assert_same, burnt_in, clearly_above_zero, desk_rows, total

Array = NDArray[Any]

BIG = dict(households=200, compounds=3, compounds_per_community=3)
"""One community of about 600 households."""


def hub(*words: str, **fixed: Any) -> Scenario:
    """Name elder services, with words about it."""
    settings = [*words, *(f"{name}={value}" for name, value in fixed.items())]
    return parse(" ".join(settings) or "hub", ["elder_services", *(f"elder_services.{word}" for word in settings)])


def only(*channels: str, **fixed: Any) -> Scenario:
    """Name elder services with these channels alone."""
    return hub("channels=off", *(f"{channel}=on" for channel in channels), **fixed)


def culture(**fixed: Any) -> Scenario:
    """Name community culture."""
    return parse(f"culture {fixed}", ["community_culture", *(f"community_culture.{k}={v}" for k, v in fixed.items())])


NONE = parse("none", [])


@cache
def burnt(n: int = 3, **fixed: float) -> Worlds:
    """Return a community at day 0."""
    return burnt_in(
        replications=range(n), structure=BIG, lively=False, fixed=fixed, burn_in=56, prior_draws=False
    )  # fmt: skip


def lived(days: int, *scenarios: Scenario, n: int = 3, **fixed: float) -> list[Worlds]:
    """Let the same communities live without a mechanism, and in each scenario."""
    out = []
    for scenario in (NONE, *scenarios):
        w = burnt(n, **fixed).stack([scenario])
        w.run(days)
        out.append(w)
    return out


# -- rule zero ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scenario",
    [
        hub("channels=off"),
        hub(hours=0),
        hub(hours=0, budget=200000, seats=100),
        only("shared_places", budget=0, rooms_hours=0),
        culture(channels="off"),
        culture(hours=0),
        culture(events=0),
    ],
    ids=lambda s: s.name,
)
def test_nothing_switched_on_or_no_hours_is_nothing(scenario: Scenario) -> None:
    without, with_it = lived(98, scenario)
    for k in range(without.n):
        assert_same(without, k, with_it, k)


def test_a_mechanism_beside_changes_nothing_in_the_baseline() -> None:
    alone = burnt().stack([NONE])
    beside = burnt().stack([hub(), NONE, culture()])
    for w in (alone, beside):
        w.run(63)
    for k in range(3):
        assert_same(alone, k, beside, 3 + k)


def test_mechanisms_compose_in_any_order() -> None:
    words = [["elder_services", "community_culture"], ["community_culture", "elder_services"]]
    one, other = (burnt().stack([parse("both", both)]) for both in words)
    for w in (one, other):
        w.run(63)
    for k in range(3):
        assert_same(one, k, other, k)
    assert np.any(total(one, "minutes_events")) and np.any(total(one, "meals"))


def test_few_hours_do_little() -> None:
    """With a few seconds a week nothing happens at all; with more, more elders take part, from near none on."""
    shares = []
    without = lived(112)[0]
    for hours in (0.001, 0.02, 0.2, 2.0):
        w = burnt().stack([hub(hours=hours)])
        w.run(112)
        shares.append((total(w, "took_part") - total(without, "took_part")).sum())
        if hours == 0.001:
            for name in ("meals", "room_sessions", "asked", "clinics", "volunteer_minutes", *minutes()):
                assert not np.any(total(w, name)), name
    assert shares[0] == 0 and shares == sorted(shares)
    assert shares[1] < 0.1 * shares[-1] and shares[2] < 0.7 * shares[-1]


def minutes() -> list[str]:
    return [f"minutes_{purpose}" for purpose in hosting.PURPOSES]


def test_hours_come_from_the_community() -> None:
    """What is given is missing at its mediators' desk; nobody can give more than there is; money takes no hours."""
    before = burnt()
    for scenario in (hub(), hub(hours=10), only("reciprocity"), only("shared_places"), culture(), culture(events=52)):
        w = before.stack([scenario])
        rows = desk_rows(w, COMMUNITY)
        given = sum(getattr(w, f"{purpose}_time") for purpose in hosting.PURPOSES)
        assert np.array_equal(before.desk_minutes[:, rows] - w.desk_minutes[:, rows], given) and np.all(given > 0)
        assert np.all(w.desk_minutes >= 0)
    w = before.stack([only("shared_places", rooms_hours=0)])
    assert np.array_equal(w.desk_minutes, before.desk_minutes) and np.all(w.canteen_seats > 0)
    placebo = before.stack([hub("channels=off", extra_hours=2), culture(channels="off", extra_hours=2)])
    more = placebo.desk_minutes - np.tile(before.desk_minutes, (2, 1))
    assert np.array_equal(np.unique(more[:, desk_rows(placebo, COMMUNITY)]), [120])
    assert not np.any(np.delete(more, desk_rows(placebo, COMMUNITY), axis=1))


def test_no_more_time_is_spent_than_given() -> None:
    w = burnt().stack([hub(hours=4), hub(), culture(events=20)])
    came_in = {purpose: np.zeros(w.n, dtype=np.int64) for purpose in hosting.PURPOSES}
    for day in range(140):
        if day % 7 == 0:
            for purpose, minutes_ in came_in.items():
                minutes_ += getattr(w, f"{purpose}_time").sum(axis=1)
        w.step()
    for purpose, minutes_ in came_in.items():
        kept = getattr(w, f"{purpose}_balance").sum(axis=1)
        spent = total(w, f"minutes_{purpose}")
        assert np.all(kept >= 0) and np.all(spent + kept <= minutes_)
        assert spent.any()


# -- meals and money --------------------------------------------------------------------------------------


def test_meals_are_paid_for_to_the_fen() -> None:
    """Price and budget make up the cost; nothing is served beyond the seats or the money; all accounts add up to 0."""
    w = burnt().stack([hub(), hub(seats=2), hub(budget=2000)])
    hundredths = np.rint(100 * w.p.flat["meal_cost"]).astype(np.int64)
    for day in range(105):
        w.step()
        assert not np.any(books.imbalance(w)) and np.all(w.meal_fund >= 0)
        served = w.record[-1][:, w.series.index("meals")]
        assert np.all(served <= 3 * 7 * w.canteen_seats.sum(axis=1)) and (day % 7 == 0 or not served.any())
    meals, paid, budget = (total(w, name) for name in ("meals", "meals_paid_fen", "meals_budget_fen"))
    assert np.array_equal(paid + budget, hundredths * meals) and np.all(meals > 0)
    assert np.all((400 * meals <= paid) & (paid <= 800 * meals))
    came_in = total(w, "meal_fund_fen")
    assert np.array_equal(budget + w.meal_fund.sum(axis=1), came_in) and np.all(
        came_in <= 15 * w.meal_budget.sum(axis=1)
    )
    owners = total(w, "meals_owners_fen")
    assert np.all((owners > 0) & (owners < paid))
    usual, few_seats, poor = meals.reshape(3, -1).sum(axis=1)
    assert few_seats < usual and poor < usual


def test_who_comes_is_near_likes_it_and_has_friends() -> None:
    """Dearer meals, longer ways and fewer friends keep people away; nobody without an elder comes."""
    w = burnt().stack([NONE])
    w.day = 70
    world, home, _ = elders.of_communities(w, np.ones((w.n, 1), dtype=bool))
    assert np.all(w.elder[world, home]) and len(world) == w.elder.sum()
    pull = np.full(len(world), -2.0)
    by_taste = elders.comes(w, world, home, "canteen", pull)
    w.tie[...] = ties.WHOLE
    with_friends = elders.comes(w, world, home, "canteen", pull)
    assert np.all(by_taste <= with_friends) and by_taste.sum() < with_friends.sum()
    assert np.all(elders.comes(w, world, home, "canteen", pull - 1) <= with_friends)
    far = elders.metres(w, home) > np.median(elders.metres(w, home))
    assert with_friends[far].mean() < with_friends[~far].mean()
    w.day += 7
    again = elders.comes(w, world, home, "canteen", pull)
    assert (again & with_friends).sum() > 1.5 * again.mean() * with_friends.sum()  # regulars


# -- lasting needs ----------------------------------------------------------------------------------------


def test_those_in_need_come_more_and_need_more() -> None:
    """They are more of those who come than of all, and of those whom staff and volunteers see to."""
    w = burnt(n=4).stack([hub(hours=10)])
    w.run(196)
    came, in_need = total(w, "elders_came"), total(w, "elders_came_in_need")
    world, home, _ = elders.of_communities(w, np.ones((w.n, 1), dtype=bool))
    lasting = needs.lasting(w, world, home)
    share = np.bincount(world[lasting], minlength=w.n) / np.bincount(world, minlength=w.n)
    assert np.all(np.abs(share - 0.25) < 0.1) and np.all(came > 100)
    assert clearly_above_zero(in_need / came - share)
    drawn = np.random.default_rng(1).random((400, len(world)))
    whose = np.concatenate([needs.falls_on(w, world, home, d)[d < 0.1] for d in drawn])
    often = [np.sum(lasting[whose] == x) / np.sum(lasting == x) for x in (False, True)]
    assert abs(often[1] / often[0] / 3 - 1) < 0.08  # `need_times`, a little less where elders are few
    assert np.sum(drawn < 0.1) == len(whose)  # the mean stays


def test_nobody_in_need_or_need_that_does_nothing_is_the_same() -> None:
    """With a share of 0, or a coefficient of 0 and as many needs for all, bit for bit; without a place, anyhow."""
    arms = (NONE, hub(hours=6), culture())
    nobody, nothing, much = (
        burnt(n=2, **fixed).stack(list(arms))
        for fixed in (dict(need_share=0.0), dict(need_logit=0.0, need_times=1.0), dict(need_share=0.4, need_times=6.0))
    )
    for w in (nobody, nothing, much):
        w.run(112)
    beside = {"elders_came_in_need"}  # only says who came
    for name in set(nobody.series) - beside:
        at = nobody.series.index(name)
        assert np.array_equal(nobody.record[:, :, at], nothing.record[:, :, at]), name
        assert np.array_equal(nobody.record[:, :2, at], much.record[:, :2, at]), name
        assert np.array_equal(nobody.record[:, 4:, at], much.record[:, 4:, at]), name
    assert not np.array_equal(total(nobody, "took_part"), total(much, "took_part"))


# -- quarrels at cards -------------------------------------------------------------------------------------


def test_cards_start_quarrels_between_people_who_sat_together() -> None:
    """Each is an ordinary grievance of an elder against another of the community, told apart from all others."""
    w = burnt(card_quarrel=0.5, quarrel_rate=0.5).stack([only("shared_places", hours=6)])
    w.run(70)
    g = w.grievances
    at_cards = g.ordinal >= 16 * rooms.AT_CARDS
    assert at_cards.sum() > 10 and total(w, "card_quarrels").sum() >= (at_cards & (g.ordinal % 16 == 0)).sum() > 0
    assert np.all(g.kind[at_cards] == Kind.NEIGHBOUR) and np.all(g.bearer[at_cards] == g.household[at_cards])
    for party in (g.household, g.other):
        assert np.all(w.elder[g.world[at_cards], party[at_cards]])
    assert np.all(g.household[at_cards] != g.other[at_cards])
    pairs = g.kind == Kind.NEIGHBOUR
    identity = np.stack([g.world[pairs], g.household[pairs], g.ordinal[pairs]], axis=1)
    assert len(np.unique(identity, axis=0)) == pairs.sum()
    assert len(np.unique(g.key[pairs])) == pairs.sum()


# -- channels ------------------------------------------------------------------------------------------


def test_who_is_asked_decides_that_day() -> None:
    without, asked = lived(196, only("early_detection", hours=10))
    assert np.all(total(asked, "surfaced_asked") > 0) and np.all(total(asked, "clinics") > 0)
    assert not np.any(total(without, "surfaced_asked"))
    assert total(asked, "voiced").sum() > total(without, "voiced").sum()
    assert not np.any(asked.tie) and not np.any(total(asked, "meals"))
    assert np.array_equal(total(without, "care_needs"), total(asked, "care_needs"))
    assert np.all(total(asked, "care_staff") > 0)


def test_no_volunteers_without_reciprocity() -> None:
    without, places, both = lived(196, only("shared_places"), only("shared_places", "reciprocity"))
    assert not np.any(total(places, "volunteer_minutes")) and np.all(total(both, "volunteer_minutes") > 0)
    assert np.array_equal(total(places, "care_unmet"), total(without, "care_unmet"))
    assert np.all(total(both, "care_unmet") < total(without, "care_unmet"))
    for w in (without, places, both):
        parts = sum(total(w, f"care_{part}") for part in ("family", "staff", "volunteers", "unmet"))
        assert np.array_equal(parts, total(w, "care_needs"))


def test_ties_bring_volunteers() -> None:
    """What shared places have given comes back as hours: with ties more can be called on."""
    _, alone, both = lived(364, only("reciprocity"), only("shared_places", "reciprocity"))
    helped = [total(w, "care_volunteers") / total(w, "volunteer_minutes") for w in (alone, both)]
    assert total(both, "volunteer_minutes").sum() > total(alone, "volunteer_minutes").sum()
    assert np.all(helped[1] <= 1 / 60 + 1e-9)


def test_events_bring_neighbours_together() -> None:
    without, held = lived(364, culture())
    assert np.all(np.abs(total(held, "events_held") - 5) <= 1)  # saved up for; the first weeks bring none
    guests = total(held, "event_guests") / total(held, "events_held")
    assert np.all(np.abs(guests - 40) < 15) and np.any(held.tie) and not np.any(without.tie)
    assert np.all(held.tie[held.tenure == 2] == 0)
    assert np.all(total(held, "minutes_events") == 480 * total(held, "events_held"))


# -- losing, and how much --------------------------------------------------------------------------------


def test_an_empty_desk_loses() -> None:
    """If nearly all of the mediators' time goes to rooms, those who come to their desk wait, and cards add to it."""
    busy = NOTHING_BREAKS | dict(quarrel_rate=0.3, community_hours=1.0, any_desk=2.0, card_quarrel=0.01)
    without, lost = lived(364, only("shared_places", hours=10, budget=0), n=6, **busy)
    rows = desk_rows(lost, COMMUNITY)
    assert np.all(lost.desk_minutes[:, rows] < 0.5 * without.desk_minutes[:, rows])
    assert clearly_above_zero((total(lost, "unresolved") - total(without, "unresolved")).astype(float), errors=2.0)


def test_events_lose_where_the_desk_is_short_of_hours_and_not_where_it_is_idle() -> None:
    """What events take is missing at the mediators' desk: there people wait longer, which ties do not make good."""
    quarrelsome = NOTHING_BREAKS | dict(quarrel_rate=0.3, any_desk=2.0)
    lost, less = [], []
    for hours in (3.0, 40.0):
        without, held = lived(364, culture(events=26), n=6, community_hours=hours, **quarrelsome)
        missing = total(without, "minutes_community") - total(held, "minutes_community")
        lost.append((total(held, "unresolved") - total(without, "unresolved")).astype(float))
        less.append(missing / total(held, "minutes_events"))
        assert np.all(total(held, "events_held") > 20) and np.any(held.tie)
        rows = desk_rows(held, COMMUNITY)
        waits = (held.wait_days - without.wait_days)[:, rows].mean(axis=1)
        assert clearly_above_zero(waits, errors=2.0) == (hours == 3.0)
    assert clearly_above_zero(lost[0], errors=2.0)
    assert not clearly_above_zero(lost[1], errors=2.0) and lost[1].mean() < 0.1 * lost[0].mean()
    assert less[0].mean() > 0.8 > 0.2 > less[1].mean()  # hour for hour, where there is more to do than time


QUARRELS = NOTHING_BREAKS | dict(quarrel_rate=0.3, claim_rate=0.0)


def quarrels(w: Worlds) -> Array:
    """Return how many quarrels have begun since day 0, those at cards among them."""
    return total(w, "arisen") - total(w, "relapsed")


def test_p12_hubs_cut_quarrels_by_far_less_than_four_fifths() -> None:
    """Few meet often, and whoever does quarrels a quarter less."""
    without, full = lived(546, hub(), n=4, **QUARRELS)
    ratio = quarrels(full).sum() / quarrels(without).sum()
    assert 0.85 < ratio < 1.02


def test_p12_is_no_ceiling() -> None:
    """The falsifier: if all were elders who always met, and ties calmed ten times as much, four fifths would go."""
    wide = QUARRELS | dict(elder_share=1.0, canteen_logit=5.0, tie_calm=3.5, card_quarrel=0.0, walk_logit=0.0)
    without, full = lived(546, everybody(), n=2, **wide)
    late = [w.record[182:, :, w.series.index("arisen")].sum() for w in (without, full)]
    assert late[1] < 0.2 * late[0]


def everybody() -> Scenario:
    """Name elder services with all the seats and money that may be set."""
    return only("shared_places", hours=10, seats=100, budget=200000, rooms_hours=2)


def test_where_they_apply() -> None:
    kinds = registry()
    assert kinds["elder_services"].channels == ("early_detection", "shared_places", "reciprocity")
    assert kinds["community_culture"].channels == ("shared_places",)
    for name in ("elder_services", "community_culture"):
        assert kinds[name].places == ("compound",)
        spent = {purpose for purposes in kinds[name].purposes.values() for purpose in purposes}
        assert spent <= set(hosting.PURPOSES)
        assert {f"host_{purpose}" for purpose in spent} <= set(kinds[name].offers)
