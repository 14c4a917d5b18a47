"""Bases: where a collective broods chicks and has woodland for birds to range; what that earns it.

How many birds a base holds at a time is a CES function of working capital, woodland and rooms, each counted in
birds, whose limit for a small elasticity is Leontief's: the scarcest decides. A base earns a margin a bird sold,
rent of rooms while the enterprise buys there, what its own flock leaves, and what a plant adds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.books import FEN, transfer
from sim.cases import NEVER
from sim.columns import Column, Lever, Rule
from sim.parameters import parameter
from sim.places.village import LAND, MONEY, ROLES
from sim.rules import market, rearing

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SOURCES = ("margin", "own", "rent", "plant")
"""What a base earns by; grants are none of them."""

EARNED = tuple(f"earned_{source}" for source in SOURCES)

QUARTER_YEARS = 91 / 365


@dataclass(frozen=True)
class Parameters:
    """What a base takes, holds and earns."""

    base_margin: float = parameter(
        0.8,
        0.3,
        2.0,
        unit="yuan/bird",
        source="prior-collective, contract-margins",
        doc="what the collective keeps of a bird sold that came from its base",
    )
    stocking: float = parameter(
        55.0, 40.0, 100.0, unit="birds/mu", tag="F", source="stocking, prior-endowments", doc="birds that a mu feeds"
    )
    brooding: float = parameter(
        30.0, 20.0, 40.0, unit="chicks/m2", source="prior-endowments", doc="chicks brooded on a m2 of rooms"
    )
    working_capital: float = parameter(
        25.0, 20.0, 30.0, unit="yuan/bird", source="prior-endowments", doc="working capital that a bird ties up"
    )
    substitution: float = parameter(
        0.3,
        0.1,
        0.95,
        unit="1",
        source="prior-endowments",
        doc="elasticity of substitution of capital, woodland and rooms; towards 0 the scarcest decides",
    )
    own_share: float = parameter(
        0.1, 0.0, 0.3, unit="share", source="guess: a tenth of what it holds", doc="part of a base for its own flock"
    )
    rent: float = parameter(
        40.0, 20.0, 60.0, unit="yuan/m2-year", source="prior-collective", doc="rent of rooms to the enterprise"
    )
    rented_rooms: float = parameter(
        200.0,
        0.0,
        400.0,
        unit="m2",
        source="guess: a collection point",
        doc="rooms that the enterprise rents, while it buys, at a base that has as much to spare beside brooding",
    )
    dividend_share: float = parameter(
        0.25,
        0.05,
        0.6,
        unit="share",
        tag="F",
        source="dividend-rules, prior-collective",
        doc="of a year's gain paid out",
    )
    project_rate: float = parameter(
        0.05,
        0.0,
        0.2,
        unit="per year",
        source="guess: villages find a project of their own once in twenty years",
        doc="hazard that a home village without a project finds one by itself",
    )
    paper_hours: float = parameter(
        0.1,
        0.05,
        0.25,
        unit="hours",
        source="guess: signed at a meeting",
        doc="the branch's time for a contract, or for an order",
    )


def ces(inputs: Floats, sigma: Floats) -> Floats:
    """Return a CES function with equal shares, normalised so that equal inputs of x give x; 0 if one is lacking.

    Args:
        inputs: non-negative, the inputs along the first axis.
        sigma: elasticity of substitution, below 1.
    """
    least = inputs.min(axis=0)
    there = least > 0
    scale = np.where(there, least, 1.0)
    power = (sigma - 1) / sigma
    total = np.zeros_like(scale)
    for amount in inputs:
        total = total + noise.power(np.where(there, amount / scale, 1.0), power)
    return np.where(there, scale * noise.power(total / len(inputs), 1 / power), 0.0)


def holds(w: Worlds, capital: Ints, woodland: Floats, rooms: Floats) -> Ints:
    """Return how many birds a base holds at a time with so much capital (fen), woodland (mu) and rooms (m2)."""
    inputs = np.stack(
        [np.maximum(capital, 0) / FEN / w.p.working_capital, woodland * w.p.stocking, rooms * w.p.brooding]
    )
    return np.floor(ces(inputs, w.p.substitution)).astype(np.int64)


def capacity(w: Worlds) -> Ints:
    """Return how many birds each base holds now, shape ``(worlds, bases)``; 0 where none is run."""
    return holds(w, w.capital + lent(w) + w.own_cost, *land_and_rooms(w)) * runs(w)


def runs(w: Worlds) -> NDArray[np.bool_]:
    """Return which bases are run: those that serve a village."""
    out = np.zeros((w.n, w.layout.sizes["base"] + 1), dtype=bool)
    for village in range(w.layout.sizes["village"]):
        out[np.arange(w.n), w.base_of[:, village]] = True
    return out[:, :-1]


def land_and_rooms(w: Worlds) -> tuple[Floats, Floats]:
    """Return woodland and rooms of each base: of its village, or of both home villages for the joint one."""
    found = []
    home = w.layout.traits["base_village"]
    own = home >= 0
    for column in (w.woodland, w.rooms):
        amount = np.where(own, column[:, home], 0.0)
        both = amount + np.roll(amount, 1, axis=1)
        found.append(np.where(own, amount, np.roll(both, 1, axis=1)))
    rooms = np.maximum(found[1] - np.where(w.plant, w.p.plant_rooms, 0.0) - w.let_rooms, 0.0)
    return found[0], rooms


def lent(w: Worlds) -> Ints:
    """Return what households owe each base, fen."""
    world, yard = np.nonzero(w.loan)
    out = np.zeros((w.n, w.layout.sizes["base"]), dtype=np.int64)
    np.add.at(out, (world, w.yard_base[world, yard]), w.loan[world, yard])
    return out


def standing(w: Worlds) -> Ints:
    """Return the birds that each base has out or keeps itself."""
    world, yard = np.nonzero(w.yard_base >= 0)
    out = w.own_birds.copy()
    np.add.at(out, (world, w.yard_base[world, yard]), w.birds[world, yard])
    return out


def stock_up(w: Worlds) -> None:
    """Phase, every four weeks: in the season a base without a flock of its own buys chicks for one."""
    if not rearing.in_season(w.day):
        return
    cost = rearing.costs(w)
    wish = np.floor(w.p.own_share * capacity(w)).astype(np.int64)
    number = np.where(w.own_birds == 0, np.minimum(wish, np.maximum(w.capital, 0) // cost), 0)
    world, base = np.nonzero(number > 0)
    if len(world) == 0:
        return
    length = market.of_kind(w, "days").astype(np.int64)
    some = number[world, base]
    paid = some * cost[world, 0]
    transfer(w, "capital", base, "outside", np.zeros_like(world), world, paid)
    w.own_birds[world, base], w.own_cost[world, base] = some, paid
    w.own_end[world, base] = w.day + length[world, 0]
    w.own_winter[world, base] = rearing.winter_days(w.day, length)[world, 0]
    w.count("own_placed", world, some)


def sell_own(w: Worlds) -> None:
    """Phase: flocks of bases that are grown are sold on the market, and the hired hand is paid."""
    world, base = np.nonzero(w.own_end == w.day)
    if len(world) == 0:
        return
    number, nth = w.own_birds[world, base], w.own_batches[world, base].astype(np.int64)
    lot = noise.uniform(w.seeds[world], "bases.survive", base, nth)
    ones = np.ones(len(world))
    alive = rearing.survivors(w, world, number, w.own_winter[world, base].astype(np.int64), ones, lot)
    days = market.of_kind(w, "days")[world, 0]
    hours = days * (w.at("hours_fixed", world) + w.at("hours_bird", world) * number)
    wages = np.rint(FEN * hours * w.at("wage_many", world)).astype(np.int64)
    revenue = alive * w.price[world, 0]
    hand = _hand(w, world, base, nth)
    transfer(w, "outside", np.zeros_like(world), "capital", base, world, revenue)
    transfer(w, "capital", base, "purse", w.layout.traits["yard_household"][hand], world, wages)
    w.wage_income[world, hand] += wages
    gain = revenue - wages - w.own_cost[world, base]
    w.earned_own[world, base] += gain
    w.count("own_sold", world, alive)
    w.count("own_dead", world, number - alive)
    w.count("base_wages_fen", world, wages)
    w.own_birds[world, base] = w.own_cost[world, base] = 0
    w.own_end[world, base] = NEVER
    w.own_batches[world, base] += 1


def _hand(w: Worlds, world: Ints, base: Ints, nth: Ints) -> Ints:
    """Return the yard whose household is hired: drawn in the base's township."""
    layout = w.layout
    township = layout.traits["base_township"][base]
    many = layout.count("township", "yard")[township]
    pick = noise.uniform(w.seeds[world], "bases.hand", base, nth)
    return layout.first("township", "yard")[township] + np.floor(pick * many).astype(np.int64)


def settle(w: Worlds) -> None:
    """Phase, quarterly: the enterprise pays rent, and what bases have earned goes to the collectives."""
    layout = w.layout
    town = layout.traits["base_township"]
    buying = runs(w) & (w.base_sold > 0) & (w.contract_sold > 0) & w.firm[:, town]
    _let(w, buying)
    world, base = np.nonzero(w.let_rooms > 0)
    rent = np.rint(FEN * w.at("rent", world) * w.let_rooms[world, base] * QUARTER_YEARS).astype(np.int64)
    transfer(w, "till_firm", town[base], "capital", base, world, rent)
    w.earned_rent[world, base] += rent
    w.base_sold[...] = 0
    w.contract_sold[...] = 0
    for source in SOURCES:
        _share_out(w, source)
    gather(w)


def gather(w: Worlds) -> None:
    """Bring capital to where it works: to the joint base of an alliance, back to both where there is none any more."""
    layout = w.layout
    joint = layout.traits["township_joint"]
    first = layout.first("township", "village")
    world, town = np.nonzero((joint >= 0) & w.allied)
    for back in (2, 1):
        base = joint[town] - back
        transfer(w, "capital", base, "capital", joint[town], world, w.capital[world, base].copy())
    world, town = np.nonzero((joint >= 0) & ~w.allied)
    base = joint[town]
    some = w.capital[world, base] != 0
    world, town, base = world[some], town[some], base[some]
    put = [np.maximum(w.contributed[world, first[town] + side], 0) for side in range(2)]
    fen = w.capital[world, base]
    to_money = np.floor(fen * (put[0] / np.maximum(put[0] + put[1], 1))).astype(np.int64)
    transfer(w, "capital", base, "capital", base - 2, world, to_money)
    transfer(w, "capital", base, "capital", base - 1, world, fen - to_money)


def _let(w: Worlds, buying: NDArray[np.bool_]) -> None:
    """Let rooms to the enterprise where it buys and there are rooms to spare; take them back where it does not."""
    w.let_rooms[...] = 0.0
    rooms = land_and_rooms(w)[1]
    spare = rooms - standing(w) / w.p.brooding
    w.let_rooms[...] = np.where(buying & (spare >= w.p.rented_rooms), w.p.rented_rooms, 0.0)


def _share_out(w: Worlds, source: str) -> None:
    """Move what bases earned in one way into the treasuries: to its village, or to both by the share."""
    earned = getattr(w, f"earned_{source}")
    world, base = np.nonzero(earned)
    if len(world) == 0:
        return
    layout = w.layout
    amount = earned[world, base]
    home = layout.traits["base_village"][base]
    first = layout.first("township", "village")[layout.traits["base_township"][base]]
    joint = home < 0
    to_money = np.floor(amount * w.share_held[world, layout.traits["base_township"][base]]).astype(np.int64)
    parts = [(first, np.where(joint, to_money, 0)), (first + 1, np.where(joint, amount - to_money, 0))]
    parts.append((np.where(joint, first, home), np.where(joint, 0, amount)))
    for village, fen in parts:
        some = fen != 0
        v, b, k, f = village[some], base[some], world[some], fen[some]
        transfer(w, "capital", b, "treasury", v, k, f)
        np.add.at(w.year_gain, (k, v), f)
        role = layout.traits["village_role"][v]
        for number in (MONEY, LAND):
            w.count(f"{source}_{ROLES[number]}_fen", k[role == number], f[role == number])
    earned[...] = 0


def close(w: Worlds) -> None:
    """Phase, yearly: collectives pay dividends out of the year's gain and put the rest to work."""
    layout = w.layout
    village_of, size = layout.up("yard", "village"), layout.count("village", "yard")
    each = np.where(w.year_gain > 0, np.floor(w.p.dividend_share * w.year_gain / size).astype(np.int64), 0)
    each = np.minimum(each, np.maximum(w.treasury, 0) // size)
    world, village = np.nonzero(each)
    if len(world):
        yards, at = layout.rows_of("village", "yard", village)
        fen = each[world, village][at]
        transfer(w, "treasury", village[at], "purse", layout.traits["yard_household"][yards], world[at], fen)
        role = layout.traits["village_role"][village]
        for number in (MONEY, LAND):
            here = role == number
            paid = (each * size)[world, village][here]
            w.count(f"dividends_{ROLES[number]}_fen", world[here], paid)
    w.paid_out[...] = each
    w.dividend_income[...] += each[:, village_of]
    w.year_gain[...] = 0
    _reinvest(w)
    _find_projects(w)


def _reinvest(w: Worlds) -> None:
    """Put what is left in the treasuries into the base that serves the village."""
    world, village = np.nonzero((w.treasury != 0) & (w.base_of >= 0) & (w.layout.traits["village_base"] >= 0))
    fen = w.treasury[world, village]
    base = w.base_of[world, village]
    transfer(w, "treasury", village, "capital", base, world, fen)
    w.contributed[world, village] += fen


def _find_projects(w: Worlds) -> None:
    """Let home villages without a project find one."""
    village = np.arange(w.layout.sizes["village"])
    chance = 1 - noise.exp(-w.p.project_rate)
    finds = noise.chance(chance, w.seeds[:, None], "bases.project", village, w.day // rearing.YEAR)
    w.project[...] |= finds & (w.layout.traits["village_base"] >= 0)
    serve(w)


def serve(w: Worlds) -> None:
    """Settle which base serves each village: the joint one of an alliance, else its own if it has a project."""
    layout = w.layout
    own = np.where(w.project, layout.traits["village_base"], -1)
    township = layout.up("village", "township")
    joint = layout.traits["township_joint"][township]
    w.base_of[...] = np.where(w.allied[:, township], joint, own)


def _set_up(w: Worlds) -> None:
    """Endow the collectives: their capital comes from outside."""
    home = w.layout.traits["base_village"]
    world, base = np.nonzero(np.broadcast_to(home >= 0, (w.n, len(home))))
    fen = np.rint(FEN * w.endowed[world, home[base]]).astype(np.int64)
    transfer(w, "outside", np.zeros_like(world), "capital", base, world, fen)
    w.contributed[world, home[base]] = fen
    w.own_end[...] = NEVER
    serve(w)


RULE = Rule(
    name="bases",
    places=("village",),
    columns=(
        Column("base_of", "village", np.int64, "row of the base that serves the village, -1 = none"),
        Column("contributed", "village", np.int64, "what the collective has put to work, gains kept among it, fen"),
        Column("year_gain", "village", np.int64, "what the collective has gained this year, fen"),
        Column("paid_out", "village", np.int64, "dividend of the last year, fen a household"),
        Column("own_birds", "base", np.int64, "birds of the base's own flock, as placed"),
        Column("own_cost", "base", np.int64, "what their inputs cost, fen"),
        Column("own_end", "base", np.int32, "day on which they are sold; 2^31 - 1 = none"),
        Column("own_winter", "base", np.int32, "their days in winter"),
        Column("own_batches", "base", np.int32, "own flocks sold so far"),
        Column("let_rooms", "base", np.float64, "rooms let to the enterprise, m2"),
        Column("base_sold", "base", np.int64, "birds from the base sold this quarter"),
        Column("contract_sold", "base", np.int64, "of these, to the enterprise"),
        *(Column(f"earned_{s}", "base", np.int64, f"{s}: earned since the quarter began, fen") for s in SOURCES),
        Column("wage_income", "yard", np.int64, "wages from bases and plants since the start, fen"),
        Column("dividend_income", "yard", np.int64, "dividends since the start, fen"),
    ),
    levers=(
        Lever(
            "supply_minutes",
            "village",
            0,
            "max",
            "minutes/week",
            "time of the branch for ordering chicks, feed and vaccines for households, on the base's credit",
        ),
    ),
    parameters=Parameters,
    flows={
        "own_placed": "chicks placed in flocks of bases",
        "own_sold": "birds sold from flocks of bases",
        "own_dead": "birds of flocks of bases that died",
        "base_wages_fen": "wages paid for flocks of bases, fen",
        **{
            f"{source}_{role}_fen": f"income of collectives of villages with {role} by {source}, fen"
            for source in SOURCES
            for role in ROLES[:2]
        },
        **{f"dividends_{role}_fen": f"dividends of villages with {role}, fen" for role in ROLES[:2]},
    },
    set_up=_set_up,
)
