"""Canteens: meals for elders at a price below cost; a public budget pays the rest, and who eats together meets.

A canteen serves the elders of one community. An elder who comes in a week has lunch on some days, some of them
breakfast or supper too. Seats are limited and so is the budget: when more would come than there are seats, or
money for, lots decide who is first. What is left of the budget is kept for a quarter. Cooks are paid out of what
a meal costs; they are nobody's mediators.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, noise
from sim.columns import Lever, Rule
from sim.parameters import parameter
from sim.places.compound import OWNER
from sim.rules import elders, ties
from sim.space import rank_in_group

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

WEEK = 7

MEALS = (
    ("lunch", "lunch_price", ""),
    ("breakfast", "breakfast_price", "breakfast_share"),
    ("supper", "lunch_price", "supper_share"),
)
"""Meals of a day, and the parameters that say what each costs and how many of those who come have it."""

KEPT_WEEKS = 13
"""Weeks for which unspent budget is kept."""


@dataclass(frozen=True)
class Parameters:
    """Meals, prices and who eats there."""

    lunch_price: float = parameter(
        8.0,
        4.0,
        12.0,
        unit="yuan",
        kind="set",
        source="prior-hub",
        doc="price of lunch or supper in a canteen",
    )
    breakfast_price: float = parameter(
        4.0,
        2.0,
        8.0,
        unit="yuan",
        kind="set",
        source="prior-hub, page-B2: breakfast is served",
        doc="price of breakfast in a canteen",
    )
    meal_cost: float = parameter(
        11.0,
        8.0,
        15.0,
        unit="yuan",
        source="prior-hub",
        doc="what a meal costs, cooks paid",
    )
    meal_days: int = parameter(
        5,
        4,
        6,
        unit="days/week",
        tag="F",
        source="canteen-use",
        doc="days on which an elder eats in the canteen in a week in which they come",
    )
    breakfast_share: float = parameter(
        0.4,
        0.1,
        0.7,
        unit="probability",
        source="guess: fewer than lunch, nobody has counted",
        doc="chance that an elder who comes has breakfast there too",
    )
    supper_share: float = parameter(
        0.2,
        0.0,
        0.5,
        unit="probability",
        source="guess: evenings are spent at home",
        doc="chance that an elder who comes has supper there too",
    )
    canteen_logit: float = parameter(
        -3.8,
        -5.0,
        -2.5,
        unit="logit",
        source="guess, canteen-use: with price and taste a twentieth comes in a week, 3.4% a day",
        doc="pull of a free meal in a canteen next door on an elder of middling taste",
    )
    price_logit: float = parameter(
        0.15,
        0.05,
        0.3,
        unit="logit/yuan",
        source="guess: the whole price of lunch weighs as much as ties of 1",
        doc="what a yuan of the price of lunch takes from it",
    )


def serve(w: Worlds) -> None:
    """Phase, weekly: canteens take in their budget and serve the week's meals; who eats together meets."""
    if not w.canteen_seats.any():
        return
    _take_in(w)
    world, home, community = elders.of_communities(w, w.canteen_seats > 0)
    pull = w.at("canteen_logit", world) - w.at("price_logit", world) * w.at("lunch_price", world)
    wants = elders.comes(w, world, home, "canteen", pull)
    world, home, community = world[wants], home[wants], community[wants]
    place = world * w.layout.sizes["community"] + community
    first = np.argsort((place << 40) | elders.order(w, "canteen.first", world, home), kind="stable")
    world, home, community, place = world[first], home[first], community[first], place[first]
    days, week = w.whole("meal_days", world), w.day // WEEK
    seats = WEEK * w.canteen_seats[world, community] // days  # people that a meal of the day has room for
    meals = np.zeros(len(world), dtype=np.int64)
    fen, rest = np.zeros_like(meals), np.zeros_like(meals)
    for name, price, share in MEALS:
        hungry = np.ones(len(world), dtype=bool)
        if share:
            hungry = noise.chance(w.at(share, world), w.seeds[world], f"canteen.{name}", home, week)
        hungry[hungry] = rank_in_group(place[hungry]) < seats[hungry]
        meals += np.where(hungry, days, 0)
        fen += np.where(hungry, days, 0) * _fen(w, price, world)
        rest += np.where(hungry, days, 0) * np.maximum(_fen(w, "meal_cost", world) - _fen(w, price, world), 0)
    so_far = np.cumsum(rest)
    start = np.maximum.accumulate(np.where(rank_in_group(place) == 0, so_far - rest, 0))
    fed = (meals > 0) & (so_far - start <= w.meal_fund[world, community])
    world, home, community, meals, fen, rest = (x[fed] for x in (world, home, community, meals, fen, rest))
    _pay(w, world, home, community, fen, rest)
    w.count("meals", world, meals)
    elders.note(w, world, home)
    together = np.bincount(place[fed], minlength=w.n * w.layout.sizes["community"])[place[fed]] > 1
    ties.meet(w, world[together], home[together], meals[together])


def _fen(w: Worlds, name: str, world: Ints) -> Ints:
    """Return a parameter in yuan as whole fen."""
    return np.rint(books.FEN * w.at(name, world)).astype(np.int64)


def _take_in(w: Worlds) -> None:
    """Let the public budget come in, as long as what has been left of it is not a quarter's."""
    week = np.maximum(np.minimum(w.meal_budget, KEPT_WEEKS * w.meal_budget - w.meal_fund), 0)
    world, community = np.nonzero(week)
    books.transfer(w, "outside", np.zeros_like(world), "meal_fund", community, world, week[world, community])
    w.count("meal_fund_fen", world, week[world, community])


def _pay(w: Worlds, world: Ints, home: Ints, community: Ints, fen: Ints, rest: Ints) -> None:
    """Let elders pay the price, the fund the rest; tenants' purses are not followed, theirs comes from outside."""
    own = w.tenure[world, home] == OWNER
    outside = np.zeros_like(world)
    books.transfer(w, "purse", home[own], "outside", outside[own], world[own], fen[own])
    books.transfer(w, "meal_fund", community, "outside", outside, world, rest)
    w.count("meals_paid_fen", world, fen)
    w.count("meals_owners_fen", world[own], fen[own])
    w.count("meals_budget_fen", world, rest)


RULE = Rule(
    name="canteen",
    places=("compound",),
    wakes=("canteen_seats",),
    levers=(
        Lever("canteen_seats", "community", 0, "max", "seats", "seats of the canteen, at each of three meals a day"),
        Lever("meal_budget", "community", 0, "add", "fen/week", "public money for what meals cost beyond their price"),
    ),
    parameters=Parameters,
    flows={
        "meals": "meals served in canteens",
        "meals_paid_fen": "what elders paid for them, fen",
        "meals_owners_fen": "of that, what came out of the purses of owners, fen",
        "meal_fund_fen": "public money that came in for meals, fen",
        "meals_budget_fen": "what the public budget paid for them, fen",
    },
)
