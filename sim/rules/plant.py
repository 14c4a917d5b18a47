"""The plant: a second phase, in which idle rooms become a place for milling feed, sorting and packing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.books import FEN, transfer
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.rules import bases

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parameters:
    """What a plant costs and adds."""

    plant_cost: float = parameter(
        300000.0,
        100000.0,
        600000.0,
        unit="yuan",
        source="guess, page-A15: a small mill and a packing line; the page gives a plan and no number",
        doc="what a plant costs",
    )
    plant_rooms: float = parameter(
        300.0, 100.0, 600.0, unit="m2", source="guess, page-A15: a quarter of the idle rooms", doc="rooms a plant takes"
    )
    plant_value: float = parameter(
        1.5,
        0.5,
        3.0,
        unit="yuan/bird",
        source="guess, page-A15: a few percent of a bird's price",
        doc="value a bird gains",
    )
    plant_hours: float = parameter(
        0.04, 0.01, 0.1, unit="hours/bird", source="guess: 25 birds an hour", doc="paid labour that a bird takes there"
    )
    plant_payback: float = parameter(
        5.0, 3.0, 8.0, unit="years", source="guess: what a collective waits for", doc="years in which it must pay"
    )


def decide(w: Worlds) -> None:
    """Phase, yearly: a base that sold enough birds last year, and has the money and the rooms, builds a plant."""
    net = np.rint(FEN * (w.p.plant_value - w.p.plant_hours * w.p.wage_many))
    cost = np.rint(FEN * w.p.plant_cost).astype(np.int64)
    rooms = bases.land_and_rooms(w)[1]
    spare = rooms - bases.standing(w) / w.p.brooding >= w.p.plant_rooms
    pays = (net > 0) & (w.year_sold * net * w.p.plant_payback >= cost)
    world, base = np.nonzero(bases.runs(w) & ~w.plant & pays & spare & (w.capital >= cost))
    w.year_sold[...] = 0
    if len(world) == 0:
        return
    transfer(w, "capital", base, "outside", np.zeros_like(world), world, cost[world, 0])
    w.plant[world, base] = True
    w.count("plants", world)
    w.count("plants_fen", world, cost[world, 0])
    w.plant_hand[world, base] = _draw_hand(w, world, base)


def _draw_hand(w: Worlds, world: Ints, base: Ints) -> Ints:
    """Return the yard whose household is given work at the plant: drawn in the base's township."""
    layout = w.layout
    township = layout.traits["base_township"][base]
    many = layout.count("township", "yard")[township]
    pick = noise.uniform(w.seeds[world], "plant.hand", base)
    return layout.first("township", "yard")[township] + np.floor(pick * many).astype(np.int64)


def process(w: Worlds, world: Ints, base: Ints, number: Ints) -> None:
    """Let birds that are sold pass through the plant of their base, if it has one.

    Args:
        w: the worlds.
        world: world of each batch.
        base: its base.
        number: birds.
    """
    some = w.plant[world, base]
    world, base, number = world[some], base[some], number[some]
    if len(world) == 0:
        return
    value = np.rint(FEN * w.at("plant_value", world) * number).astype(np.int64)
    wages = np.rint(FEN * w.at("plant_hours", world) * w.at("wage_many", world) * number).astype(np.int64)
    hand = w.plant_hand[world, base]
    transfer(w, "outside", np.zeros_like(world), "capital", base, world, value)
    transfer(w, "capital", base, "purse", w.layout.traits["yard_household"][hand], world, wages)
    np.add.at(w.wage_income, (world, hand), wages)
    np.add.at(w.earned_plant, (world, base), value - wages)
    w.count("plant_wages_fen", world, wages)


RULE = Rule(
    name="plant",
    places=("village",),
    columns=(
        Column("plant", "base", np.bool_, "there is a plant"),
        Column("plant_hand", "base", np.int64, "yard whose household works there"),
        Column("year_sold", "base", np.int64, "birds from the base sold this year"),
    ),
    parameters=Parameters,
    flows={
        "plants": "plants built",
        "plants_fen": "what plants cost, fen",
        "plant_wages_fen": "wages paid at plants, fen",
    },
)
