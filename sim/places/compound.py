"""Compounds 小区: buildings with entrances and floors, and the community 社区 above several of them.

Size, buildings and cells are the layout's (shared by replications); who owns, who lets, who is a
party member and how old the compound is are the replication's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.space import LAND_USE, Layout

if TYPE_CHECKING:
    from sim.worlds import Worlds

OWNER, TENANT, VACANT = 0, 1, 2
"""Values of the column ``tenure``: who lives in the flat."""

CANDIDATES = 3
"""People in each compound's party branch who could be its secretary (priors: Leaders, 3 candidates a compound)."""

FLATS_PER_LANDING = 2
ENTRANCES = (2, 3, 4)
"""A building has one of these numbers of entrances; three is the mean, so that 6 floors give 36 flats."""


@dataclass(frozen=True)
class Structure:
    """What shapes the layout."""

    compounds: int = parameter(
        6,
        1,
        30000,
        unit="compounds",
        tag="D",
        kind="structural",
        source="page: 1,990 branches; 6 for experiments",
        doc="number of compounds",
    )
    households: int = parameter(
        300,
        12,
        5000,
        unit="flats",
        tag="D",
        kind="structural",
        source="priors: 300 small, 500 Hohhot (150-1,200)",
        doc="flats in a compound, on average",
    )
    size_spread: float = parameter(
        0.25,
        0.0,
        1.0,
        unit="log sd",
        kind="structural",
        source="guess",
        doc="how unequal compounds are in size; 0 makes all equal",
    )
    floors: int = parameter(
        6,
        1,
        30,
        unit="floors",
        tag="E",
        kind="structural",
        source="priors: 6 floors, 3 entrances, 36 flats",
        doc="floors of a building",
    )
    compounds_per_community: int = parameter(
        3,
        1,
        100,
        unit="compounds",
        kind="structural",
        source="guess: a community has 1,000 to 3,000 households",
        doc="compounds under one community and its mediation committee",
    )


@dataclass(frozen=True)
class People:
    """Who lives in the flats."""

    owner_share: float = parameter(
        0.75,
        0.5,
        0.9,
        unit="share",
        source="priors: people",
        doc="flats in which their owner lives",
    )
    tenant_share: float = parameter(
        0.15,
        0.05,
        0.3,
        unit="share",
        source="priors: people",
        doc="flats let to tenants; the rest of the flats stands empty",
    )
    member_share: float = parameter(
        0.16,
        0.08,
        0.30,
        unit="share",
        tag="D",
        source="priors: 1 - (1 - .071)^2.35 members a household",
        doc="occupied flats with a party member",
    )
    youngest: float = parameter(
        5.0,
        0.0,
        60.0,
        unit="years",
        kind="set",
        source="priors: built-age 5-40 years, uniform",
        doc="age of the newest compounds at day 0",
    )
    oldest: float = parameter(
        40.0,
        0.0,
        80.0,
        unit="years",
        kind="set",
        source="priors: built-age 5-40 years, uniform",
        doc="age of the oldest compounds at day 0",
    )


def build(structure: Structure, seed: NDArray[np.uint64]) -> Layout:
    """Lay out compounds, buildings, entrances and flats on the grid.

    Args:
        structure: sizes.
        seed: the layout's seed, shape ``(1,)``.

    Returns:
        A layout with the entities household, entrance, building, compound, candidate, community, desk and
        world. Desks: the body's and the branch's of compound c are rows 2c and 2c + 1, the community's k is
        row ``2 * compounds + k``.
    """
    compounds = structure.compounds
    index = np.arange(compounds)
    sd = structure.size_spread
    factor = noise.exp(sd * distributions.normal(seed, "layout.size", index) - sd * sd / 2)
    size = np.maximum(np.rint(structure.households * factor), FLATS_PER_LANDING).astype(np.int64)

    per_entrance = FLATS_PER_LANDING * structure.floors
    entrances = -(-size // per_entrance)
    entrance_compound = np.repeat(index, entrances)
    entrance_start = np.cumsum(entrances) - entrances
    nth = np.arange(len(entrance_compound)) - entrance_start[entrance_compound]
    flats = np.minimum(per_entrance, size[entrance_compound] - nth * per_entrance)
    household_entrance = np.repeat(np.arange(len(flats)), flats)
    door = np.arange(len(household_entrance)) - (np.cumsum(flats) - flats)[household_entrance]

    building_of_entrance, building_compound = _group_entrances(entrances, seed)
    layout = Layout(
        place="compound",
        sizes={
            "world": 1,
            "household": len(household_entrance),
            "entrance": len(flats),
            "building": len(building_compound),
            "compound": compounds,
            "candidate": CANDIDATES * compounds,
            "community": -(-compounds // structure.compounds_per_community),
        },
    )
    layout.sizes["desk"] = 2 * compounds + layout.sizes["community"]
    building_household = building_of_entrance[household_entrance]
    layout.nest("household", "entrance", household_entrance)
    layout.nest("entrance", "building", building_of_entrance)
    layout.nest("household", "building", building_household)
    layout.nest("building", "compound", building_compound)
    layout.nest("household", "compound", building_compound[building_household])
    layout.nest("candidate", "compound", np.repeat(index, CANDIDATES))
    layout.nest("compound", "community", index // structure.compounds_per_community)
    layout.nest("household", "community", layout.up("compound", "community")[layout.up("household", "compound")])

    floor = door // FLATS_PER_LANDING + 1
    layout.traits["floor"] = floor
    highest = np.zeros(layout.sizes["building"], dtype=np.int64)
    np.maximum.at(highest, building_household, floor)
    layout.traits["top"] = (floor == highest[building_household]).astype(np.int64)
    _place_on_grid(layout)
    return layout


def _group_entrances(entrances: NDArray[np.int64], seed: NDArray[np.uint64]) -> tuple[NDArray[np.int64], ...]:
    """Group the entrances of each compound into buildings of 2 to 4 entrances; the last may have fewer."""
    compounds = len(entrances)
    most = int(-(-entrances.max() // ENTRANCES[0]))
    pick = noise.bits(seed, "layout.entrances", np.arange(compounds)[:, None], np.arange(most)[None, :])
    wanted = np.array(ENTRANCES)[(pick % np.uint64(len(ENTRANCES))).astype(np.int64)]
    stop = np.minimum(np.cumsum(wanted, axis=1), entrances[:, None])
    taken = np.diff(stop, axis=1, prepend=0)
    compound, _ = np.nonzero(taken > 0)
    return np.repeat(np.arange(len(compound)), taken[taken > 0]), compound


def _place_on_grid(layout: Layout) -> None:
    """Give every compound a square block of cells, a building a cell, with a road along two sides."""
    buildings = layout.count("compound", "building")
    side = int(np.ceil(np.sqrt(buildings.max()))) + 1
    across = int(np.ceil(np.sqrt(layout.sizes["compound"])))
    down = -(-layout.sizes["compound"] // across)
    layout.width, layout.height = across * side + 1, down * side + 1
    compound = layout.up("building", "compound")
    nth = np.arange(layout.sizes["building"]) - layout.first("compound", "building")[compound]
    corner = np.stack([compound % across, compound // across], axis=1) * side
    layout.cells["building"] = corner + np.stack([1 + nth % (side - 1), 1 + nth // (side - 1)], axis=1)
    index = np.arange(layout.sizes["compound"])
    layout.cells["compound"] = np.stack([index % across, index // across], axis=1) * side
    layout.cells["household"] = layout.cells["building"][layout.up("household", "building")]
    layout.cells["community"] = layout.cells["compound"][layout.first("community", "compound")]
    layout.cells["desk"] = np.concatenate([np.repeat(layout.cells["compound"], 2, axis=0), layout.cells["community"]])

    shape = (layout.width, layout.height)
    land_use = np.full(shape, LAND_USE["open"], dtype=np.int64)
    land_use[::side, :] = LAND_USE["road"]
    land_use[:, ::side] = LAND_USE["road"]
    x, y = layout.cells["building"].T
    land_use[x, y] = LAND_USE["building"]
    settlement = np.full(shape, -1, dtype=np.int64)
    settlement[x, y] = compound
    minutes = np.where(land_use == LAND_USE["road"], 0.2, 0.5)  # walking 30 m on a road, or between houses
    layout.layers.update(settlement=settlement, land_use=land_use, travel_cost=minutes)


def _set_up(w: Worlds) -> None:
    """Draw who lives where and how old the compounds are."""
    seeds = w.seeds[:, None]
    flat = np.arange(w.households)
    u = noise.uniform(seeds, "people.tenure", flat)
    w.tenure[...] = np.where(
        u < w.p.owner_share, OWNER, np.where(u < w.p.owner_share + w.p.tenant_share, TENANT, VACANT)
    )
    w.member[...] = (w.tenure != VACANT) & noise.chance(w.p.member_share, seeds, "people.member", flat)
    age = noise.uniform(seeds, "compound.age", np.arange(w.layout.sizes["compound"]))
    w.age[...] = w.p.youngest + (w.p.oldest - w.p.youngest) * age
    w.occupied[...] = (w.tenure != VACANT).sum(axis=1, keepdims=True)


RULE = Rule(
    name="compound",
    columns=(
        Column("tenure", "household", np.int8, "who lives in the flat: 0 its owner, 1 a tenant, 2 nobody"),
        Column("member", "household", np.bool_, "a party member lives in the flat"),
        Column("age", "compound", np.float64, "years since the compound was built, at day 0"),
        Column("occupied", "world", np.int64, "flats in which somebody lives: the households of the outcomes"),
    ),
    parameters=People,
    set_up=_set_up,
)
