"""Compounds 小区: buildings with entrances and floors, and the community 社区 above several of them.

Size, buildings and cells are the layout's (shared by replications); who owns, who lets, who is a
party member and how old the compound is are the replication's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise
from sim.cases import Desk, Kind
from sim.columns import Column, Rule
from sim.parameters import Value, parameter
from sim.space import LAND_USE, Layout, Trait

if TYPE_CHECKING:
    from sim.worlds import Worlds

OWNER, TENANT, VACANT = 0, 1, 2
"""Values of the column ``tenure``: who lives in the flat."""

CANDIDATES = 3
"""People in each compound's party branch who could be its secretary (prior-leaders)."""

YEAR = 365

FLATS_PER_LANDING = 2
ENTRANCES = (2, 3, 4)
"""A building has one of these numbers of entrances; three is the mean, so that 6 floors give 36 flats."""


SETTLEMENTS = ("compound",)

COMPANY, BODY, BRANCH, COMMUNITY, CENTRE, COURT, HOTLINE = map(int, tuple(Desk)[:7])

STAFFED = (COMPANY, BODY, BRANCH, COMMUNITY, CENTRE)

LOWEST = (COMPANY, BODY)

INTAKES = (COMPANY, BODY, COMMUNITY, HOTLINE)

DESKS_PER_COMPOUND = 3  # the company's, the body's, the branch's

IN_BUILDING = (Kind.ROOF, Kind.PIPE, Kind.LIGHTING)
"""What can break in a building."""

IN_COMPOUND = (Kind.RUBBISH, Kind.PESTS, Kind.ROAD, Kind.NUISANCE)
"""What can go wrong in a compound as a whole."""

KINDS = (*IN_BUILDING, *IN_COMPOUND, Kind.NEIGHBOUR, Kind.FEE)

GROUPS = ("owner", "tenant", "connected", "elder", "top")

TRAITS = {
    "desk_kind": Trait("desk"),
    "asset_kind": Trait("asset", otherwise=-1),
    "asset_building": Trait("asset", to="building", otherwise=-1),
    "first_company": Trait("compound", to="compound"),
    "floor": Trait("flat"),
    "top": Trait("flat"),
}


@dataclass(frozen=True)
class Structure:
    """What shapes the layout."""

    compounds: int = parameter(
        6,
        1,
        30000,
        unit="compounds",
        tag="E",
        kind="structural",
        source="design, page-D4: six keep an experiment small; the city has 1,990",
        doc="number of compounds",
    )
    households: int = parameter(
        300,
        12,
        5000,
        unit="flats",
        tag="E",
        kind="structural",
        source="prior-compound, city-compounds: the small one; the city world has 500",
        doc="flats in a compound, on average",
    )
    size_spread: float = parameter(
        0.25,
        0.0,
        1.0,
        unit="log sd",
        kind="structural",
        source="guess: nearly all compounds between 0.6 and 1.6 of the mean",
        doc="how unequal compounds are in size; 0 makes all equal",
    )
    floors: int = parameter(
        6,
        1,
        30,
        unit="floors",
        tag="E",
        kind="structural",
        source="prior-compound",
        doc="floors of a building",
    )
    communities_per_centre: int = parameter(
        20,
        1,
        1000,
        unit="communities",
        kind="structural",
        source="prior-hours: 20 x 3 x 300 = 18,000 flats, near 20,000 households a sub-district",
        doc="communities under one sub-district and its centre",
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
    portfolio_mean: float = parameter(
        3.0,
        1.0,
        50.0,
        unit="compounds",
        kind="structural",
        source="prior-company: 1 + 2",
        doc="compounds that one property company serves with one staff, on average",
    )
    couriers: float = parameter(
        4.2,
        0.0,
        50.0,
        unit="per 1,000 flats",
        tag="D",
        kind="structural",
        source="courier-numbers: 39,700 / 9.5 million households",
        doc="couriers who go about; how many look out a mechanism says",
    )


@dataclass(frozen=True)
class People:
    """Who lives in the flats."""

    owner_share: float = parameter(
        0.75,
        0.5,
        0.9,
        unit="share",
        source="prior-people",
        doc="flats in which their owner lives",
    )
    tenant_share: float = parameter(
        0.15,
        0.05,
        0.3,
        unit="share",
        source="prior-people",
        doc="flats let to tenants; the rest of the flats stands empty",
    )
    member_share: float = parameter(
        0.16,
        0.08,
        0.30,
        unit="share",
        tag="D",
        source="member-households",
        doc="occupied flats with a party member",
    )
    elder_share: float = parameter(
        0.35,
        0.2,
        0.5,
        unit="share",
        source="prior-people",
        doc="occupied flats with an elder",
    )
    connected_share: float = parameter(
        0.10,
        0.02,
        0.25,
        unit="share",
        source="prior-people",
        doc="occupied flats whose people are close to cadres",
    )
    flat_area: float = parameter(
        80.0,
        50.0,
        110.0,
        unit="m2",
        source="prior-compound",
        doc="area of a flat, on average",
    )
    area_spread: float = parameter(
        0.25,
        0.0,
        1.0,
        unit="log sd",
        kind="set",
        source="prior-compound",
        doc="how unequal flats are in area; 0 makes all equal",
    )
    youngest: float = parameter(
        5.0,
        0.0,
        60.0,
        unit="years",
        kind="set",
        source="prior-compound",
        doc="age of the newest compounds at day 0",
    )
    oldest: float = parameter(
        40.0,
        0.0,
        80.0,
        unit="years",
        kind="set",
        source="prior-compound",
        doc="age of the oldest compounds at day 0",
    )


def impossible(given: Mapping[str, Value]) -> str:
    """Say what of the values given cannot be together, empty if all can."""
    owners, tenants = given.get("owner_share", 0.0), given.get("tenant_share", 0.0)
    if owners + tenants > 1:
        return f"owner_share={owners:g} and tenant_share={tenants:g} are more than all flats together"
    youngest, oldest = given.get("youngest", People.youngest), given.get("oldest", People.oldest)
    return f"youngest={youngest:g} is older than oldest={oldest:g}" if youngest > oldest else ""


def build(structure: Structure, seed: NDArray[np.uint64]) -> Layout:
    """Lay out compounds, buildings, entrances and flats on the grid.

    Args:
        structure: sizes.
        seed: the layout's seed, shape ``(1,)``.

    Returns:
        A layout with the entities household, flat (the same rows), entrance, building, asset, compound, candidate,
        community, centre, courier, desk and world. A circle, those who hear of one another's cases, is an entrance.
        Assets, the things that break: those of a compound stand together, building by building its roof,
        pipes and lights, then the compound's rubbish point, grounds, road and the site of works nearby.
        Desks: those of compound c are rows 3c (company), 3c + 1 (body) and 3c + 2 (branch), then come
        the communities', then the sub-districts' centres, then the court. Trait ``first_company`` of compounds:
        the company that serves it first, numbered by the row of the first compound that it serves.
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
            "flat": len(household_entrance),
            "entrance": len(flats),
            "circle": len(flats),
            "building": len(building_compound),
            "compound": compounds,
            "candidate": CANDIDATES * compounds,
            "community": -(-compounds // structure.compounds_per_community),
        },
    )
    layout.sizes["centre"] = -(-layout.sizes["community"] // structure.communities_per_centre)
    layout.sizes["desk"] = DESKS_PER_COMPOUND * compounds + layout.sizes["community"] + layout.sizes["centre"] + 1
    building_household = building_of_entrance[household_entrance]
    layout.nest("household", "entrance", household_entrance)
    layout.nest("household", "circle", household_entrance)
    layout.nest("entrance", "building", building_of_entrance)
    layout.nest("household", "building", building_household)
    layout.nest("building", "compound", building_compound)
    for home in ("household", "flat"):
        layout.nest(home, "compound", building_compound[building_household])
    layout.nest("candidate", "compound", np.repeat(index, CANDIDATES))
    layout.nest("compound", "community", index // structure.compounds_per_community)
    for home in ("household", "flat"):
        layout.nest(home, "community", layout.up("compound", "community")[layout.up("household", "compound")])

    layout.nest("community", "centre", np.arange(layout.sizes["community"]) // structure.communities_per_centre)
    layout.nest("household", "centre", layout.up("community", "centre")[layout.up("household", "community")])
    own, above = np.tile([COMPANY, BODY, BRANCH], compounds), [COMMUNITY] * layout.sizes["community"]
    layout.traits["desk_kind"] = np.array([*own, *above, *[CENTRE] * layout.sizes["centre"], COURT], dtype=np.int64)
    _list_assets(layout)
    _send_couriers(layout, structure.couriers)

    floor = door // FLATS_PER_LANDING + 1
    layout.traits["floor"] = floor
    highest = np.zeros(layout.sizes["building"], dtype=np.int64)
    np.maximum.at(highest, building_household, floor)
    layout.traits["top"] = (floor == highest[building_household]).astype(np.int64)
    layout.traits["first_company"] = _portfolios(compounds, structure.portfolio_mean, seed)
    _place_on_grid(layout)
    return layout


def _portfolios(compounds: int, mean: float, seed: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Hand compounds in their order to companies, to each 1 + a geometric number; return each compound's company."""
    size = 1 + distributions.geometric(mean - 1.0, seed, "layout.portfolio", np.arange(compounds))
    return np.repeat(np.cumsum(size) - size, size)[:compounds]


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


def _list_assets(layout: Layout) -> None:
    """List what can break, compound by compound: three things in every building, four in the compound."""
    buildings = layout.count("compound", "building")
    per_compound = len(IN_BUILDING) * buildings + len(IN_COMPOUND)
    compound = np.repeat(np.arange(layout.sizes["compound"]), per_compound)
    layout.sizes["asset"] = len(compound)
    layout.nest("asset", "compound", compound)
    nth = np.arange(len(compound)) - layout.first("compound", "asset")[compound]
    shared = len(IN_BUILDING) * buildings[compound]  # from this one on it is the compound's
    own = nth < shared
    first = layout.first("compound", "building")[compound]
    layout.traits["asset_kind"] = np.where(own, nth % len(IN_BUILDING), len(IN_BUILDING) + nth - shared)
    layout.traits["asset_building"] = np.where(own, first + nth // len(IN_BUILDING), -1)


def _send_couriers(layout: Layout, per_1000: float) -> None:
    """Spread couriers evenly over flats; each goes about in one community. There is one at least, if any at all."""
    flats = layout.sizes["household"]
    number = max(round(per_1000 * flats / 1000), int(per_1000 > 0))
    layout.sizes["courier"] = number
    flat = (2 * np.arange(number) + 1) * flats // (2 * max(number, 1))
    layout.nest("courier", "community", layout.up("household", "community")[flat])


def flats_of(layout: Layout, building: NDArray[np.int64], compound: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Return the first flat of buildings, or of whole compounds where the building is -1, and how many these are.

    Args:
        layout: who lives where.
        building: row of the building, or -1.
        compound: row of the compound.
    """
    own, above = ("building", "household"), ("compound", "household")
    first = np.where(building >= 0, layout.first(*own).take(building), layout.first(*above).take(compound))
    return first, np.where(building >= 0, layout.count(*own).take(building), layout.count(*above).take(compound))


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
    layout.cells["centre"] = layout.cells["community"][layout.first("centre", "community")]
    own = np.repeat(layout.cells["compound"], DESKS_PER_COMPOUND, axis=0)
    layout.cells["desk"] = np.concatenate([own, layout.cells["community"], layout.cells["centre"], [[0, 0]]])

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


def ages(w: Worlds) -> NDArray[np.float64]:
    """Return how many years ago each compound was built, shape ``(worlds, compounds)``.

    Nothing ages before day 0: what burns in is a city of the mix of ages that there is on day 0.
    """
    years: NDArray[np.float64] = w.age + max(w.day, 0) / YEAR
    return years


def _set_up(w: Worlds) -> None:
    """Draw who lives where and how old the compounds are."""
    seeds = w.seeds[:, None]
    flat = np.arange(w.flats)
    u = noise.uniform(seeds, "people.tenure", flat)
    w.tenure[...] = np.where(
        u < w.p.owner_share, OWNER, np.where(u < w.p.owner_share + w.p.tenant_share, TENANT, VACANT)
    )
    w.member[...] = (w.tenure != VACANT) & noise.chance(w.p.member_share, seeds, "people.member", flat)
    w.elder[...] = (w.tenure != VACANT) & noise.chance(w.p.elder_share, seeds, "people.elder", flat)
    known = noise.chance(w.p.connected_share, seeds, "people.connected", flat)
    w.connected[:, : w.flats] = (w.tenure != VACANT) & known
    spread = w.p.area_spread
    factor = noise.exp(spread * distributions.normal(seeds, "people.area", flat) - spread * spread / 2)
    w.area[...] = np.rint(100 * w.p.flat_area * factor)
    age = noise.uniform(seeds, "compound.age", np.arange(w.layout.sizes["compound"]))
    w.age[...] = w.p.youngest + (w.p.oldest - w.p.youngest) * age


RULE = Rule(
    name="compound",
    columns=(
        Column("tenure", "flat", np.int8, "who lives in the flat: 0 its owner, 1 a tenant, 2 nobody"),
        Column("member", "flat", np.bool_, "a party member lives in the flat"),
        Column("elder", "flat", np.bool_, "an elder lives in the flat"),
        Column("area", "flat", np.int64, "area of the flat, hundredths of a m2"),
        Column("age", "compound", np.float64, "years since the compound was built, at day 0"),
    ),
    parameters=People,
    set_up=_set_up,
)
