"""Pastures 苏木: herders kilometres apart on summer and winter grounds, summer campers, work sites with their crews.

Camps, sites, offices and terrain are the layout's (shared by replications). A sumu is a square of cells with its
centre in the middle, where the justice office also stands, a border station at the northern edge and a mediation
room at the road between centre and summer ground. Household rows are the herders', then the campers', then the
workers', sumu by sumu.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise
from sim.cases import Desk, Kind
from sim.columns import Rule
from sim.parameters import parameter
from sim.space import LAND_USE, Layout, Trait

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

HERDER, CAMPER, WORKER = 0, 1, 2
"""Values of the trait ``living`` of households: there all year, in summer, while there is work."""

CENTRE, COURT, HOTLINE, STATION, ROOM, JUSTICE, TEAM = map(
    int, (Desk.CENTRE, Desk.COURT, Desk.HOTLINE, Desk.STATION, Desk.ROOM, Desk.JUSTICE, Desk.TEAM)
)

SETTLEMENTS = ("pasture",)

STAFFED = (STATION, ROOM, JUSTICE, CENTRE, TEAM)
"""Also the order of each sumu's desks; the court comes last of all."""

LOWEST = (STATION, ROOM, TEAM)

INTAKES = (STATION, ROOM, JUSTICE, CENTRE, HOTLINE)

KINDS = (Kind.NEIGHBOUR, Kind.BOUNDARY, Kind.LIVESTOCK, Kind.WAGES, Kind.HELP)

GROUPS = ("connected", "near", "far", "seasonal")

SEASONS = ("winter", "summer")
"""Grounds on which herders are; ways to desks differ."""

TRAITS = {
    "living": Trait("household", otherwise=-1),
    "site": Trait("household", to="asset", otherwise=-1),
    "near": Trait("household"),
    "far": Trait("household"),
    "moves": Trait("household"),
    **{f"{axis}_{season}": Trait("household") for axis in "xy" for season in SEASONS},
    **{f"way_{Desk(desk).name.lower()}_{season}": Trait("household") for desk in STAFFED for season in SEASONS},
    "hands": Trait("asset"),
    "first_hand": Trait("asset", to="household", otherwise=-1),
    "herders": Trait("sumu"),
    "campers": Trait("sumu"),
    "sumu_desk": Trait("sumu", to="desk"),  # as many a sumu as it has desks
    "desk_kind": Trait("desk"),
    "x": Trait("desk"),
    "y": Trait("desk"),
}

BLOCK = 4
"""Camps in a square of so many cells each way hear of one another's cases: a circle."""

CIRCLE = 10
"""Campers who hear of one another's cases."""

HILLS = 6
"""Cells across a stretch of even terrain."""

ROUGHEST = 1.6
"""Time that a kilometre takes in the worst terrain, over that on the open steppe."""

ROAD = 0.6
"""The same on a road."""

MOVING_DAYS = 8
"""Days that the June move takes from the first household to the last (pasture-move)."""

SMALLEST_CREW, LARGEST_CREW = 5, 60
"""Workers of a crew, at least and at most (prior-pasture)."""

FIFTH = 5
"""Herders nearest to the sumu centre, and those farthest from it: one in so many."""


@dataclass(frozen=True)
class Structure:
    """What shapes the layout."""

    sumus: int = parameter(
        1,
        1,
        1000,
        unit="sumus",
        tag="E",
        kind="structural",
        source="design: one keeps an experiment small",
        doc="number of sumus",
    )
    households: int = parameter(
        1000,
        40,
        5000,
        unit="households",
        tag="E",
        kind="structural",
        source="prior-pasture",
        doc="herder households of a sumu, there all year",
    )
    campers: int = parameter(
        150,
        0,
        5000,
        unit="households",
        kind="structural",
        source="guess, summer-camp: seasonal mixing is told of, no number is; one for six or seven herders",
        doc="households from elsewhere that camp on a sumu's summer ground",
    )
    sites: int = parameter(
        8,
        0,
        200,
        unit="sites",
        tag="E",
        kind="structural",
        source="prior-pasture",
        doc="work sites of a sumu, each with a crew, a subcontractor and a general contractor",
    )
    crew: int = parameter(
        20,
        5,
        60,
        unit="workers",
        tag="E",
        kind="structural",
        source="prior-pasture",
        doc="workers of a crew, median",
    )
    crew_spread: float = parameter(
        0.5,
        0.0,
        1.0,
        unit="log sd",
        kind="structural",
        source="guess, prior-pasture: nearly all between 8 and 55",
        doc="how unequal crews are in size; 0 makes all equal",
    )
    cell_km: float = parameter(
        3.0,
        1.0,
        10.0,
        unit="km",
        tag="E",
        kind="structural",
        source="prior-pasture: with three in five cells lived in, neighbours are 3 to 9 km apart",
        doc="edge of a cell, which holds at most one winter camp",
    )
    lived_in: float = parameter(
        0.6,
        0.05,
        1.0,
        unit="share",
        kind="structural",
        source="guess, prior-pasture: see the edge of a cell",
        doc="cells with a winter camp",
    )
    summer_km: float = parameter(
        53.0,
        5.0,
        200.0,
        unit="km",
        tag="D",
        kind="structural",
        source="summer-camp: the root of 2,820 km2",
        doc="edge of the square that is a sumu's summer ground",
    )


def build(structure: Structure, seed: NDArray[np.uint64]) -> Layout:
    """Lay out camps, sites and offices on the grid.

    Args:
        structure: sizes.
        seed: the layout's seed, shape ``(1,)``.

    Returns:
        A layout with the entities household, circle (households that hear of one another's cases), sumu, asset (work
        sites), desk and world. Traits of households: ``living``, ``site`` (the row of a worker's site, else -1),
        ``near`` and ``far`` (the fifth of a sumu's herders nearest to its centre, and farthest), ``moves`` (days by
        which it moves later than the first) and ``x_SEASON``, ``y_SEASON``: metres from the grid's corner. Traits of
        desks ``desk_kind``, ``x``, ``y``; ``sumu_desk``: rows of desks, sumu by sumu in the order of `STAFFED`. Traits
        of sumus ``herders`` and ``campers``, how many; of sites ``hands`` and ``first_hand``: workers, and the first.
        For every kind of desk and season the trait ``way_DESK_SEASON``: metres from each household to the desk of
        its sumu, longer by as much as the terrain takes longer than the open steppe.
    """
    sumus, herders, sites = structure.sumus, structure.households, structure.sites
    side = int(np.ceil(np.sqrt(herders / structure.lived_in)))
    crews = _crews(structure, seed)
    size = herders + structure.campers + crews.reshape(sumus, sites).sum(axis=1)
    sumu = np.repeat(np.arange(sumus), size)
    nth = np.arange(len(sumu)) - np.repeat(np.cumsum(size) - size, size)
    living = np.where(nth < herders, HERDER, np.where(nth < herders + structure.campers, CAMPER, WORKER))
    layout = Layout(
        place="pasture",
        sizes={
            "world": 1,
            "household": len(sumu),
            "sumu": sumus,
            "asset": sumus * sites,
            "desk": len(STAFFED) * sumus + 1,
        },
        width=sumus * side,
        height=side,
        cell_metres=1000 * structure.cell_km,
    )
    layout.nest("household", "sumu", sumu)
    layout.nest("asset", "sumu", np.repeat(np.arange(sumus), sites))
    site = np.full(len(sumu), -1, dtype=np.int64)
    site[living == WORKER] = np.repeat(np.arange(sumus * sites), crews)
    late = np.floor(MOVING_DAYS * noise.uniform(seed, "layout.move", np.arange(len(sumu)))).astype(np.int64)
    layout.traits.update(living=living, site=site, moves=late, hands=crews)
    layout.traits["first_hand"] = np.flatnonzero(living == WORKER)[np.cumsum(crews) - crews]
    layout.traits["herders"], layout.traits["campers"] = np.full(sumus, herders), np.full(sumus, structure.campers)
    layout.traits["desk_kind"] = np.array([*STAFFED * sumus, COURT], dtype=np.int64)
    layout.traits["sumu_desk"] = np.arange(len(STAFFED) * sumus)
    _lay_ground(layout, side, seed)
    circle = _camp(layout, structure, side, seed)
    layout.sizes["circle"] = int(circle[-1]) + 1
    layout.nest("household", "circle", circle)
    _measure(layout)
    return layout


def _crews(structure: Structure, seed: NDArray[np.uint64]) -> Ints:
    """Return the workers of every site."""
    site = np.arange(structure.sumus * structure.sites)
    spread = noise.exp(structure.crew_spread * distributions.normal(seed, "layout.crew", site))
    return np.minimum(np.maximum(np.rint(structure.crew * spread), SMALLEST_CREW), LARGEST_CREW).astype(np.int64)


def _lay_ground(layout: Layout, side: int, seed: NDArray[np.uint64]) -> None:
    """Draw terrain and roads, and put up the offices."""
    x, y = np.indices((layout.width, layout.height))
    hills = noise.uniform(seed, "layout.terrain", x.reshape(-1) // HILLS, y.reshape(-1) // HILLS).reshape(x.shape)
    rough = 1 + (ROUGHEST - 1) * hills
    road = (x % side == side // 2) | (y == side // 2)
    rough[road] = ROAD
    land_use = np.where(road, LAND_USE["road"], LAND_USE["open"])
    layout.layers.update(settlement=x // side, land_use=land_use, travel_cost=rough)

    west = np.arange(layout.sizes["sumu"]) * side
    middle, top = np.full_like(west, side // 2), np.full_like(west, side - 1)
    offices = {STATION: (west + middle, top), ROOM: (west + side // 4, middle)}
    offices |= {JUSTICE: (west + middle, middle), CENTRE: (west + middle, middle), TEAM: offices[STATION]}
    cells = np.stack([np.stack(offices[desk], axis=1) for desk in STAFFED], axis=1).reshape(-1, 2)
    layout.cells["desk"] = np.concatenate([cells, [[0, 0]]])
    layout.cells["sumu"] = np.stack(offices[CENTRE], axis=1)


def _camp(layout: Layout, structure: Structure, side: int, seed: NDArray[np.uint64]) -> Ints:
    """Give everybody a cell in winter and in summer; return the circle of each household.

    Herders of a block of cells move together: the summer ground is the winter ground on a smaller scale, around the
    mediation room. Campers are anywhere on the summer ground, workers always at their site.
    """
    living, edge = layout.traits["living"], layout.cell_metres
    sumu = layout.up("household", "sumu")
    cells = np.empty((len(sumu), 2), dtype=np.int64)
    circle = np.empty(len(sumu), dtype=np.int64)
    across = -(-side // BLOCK)
    within = np.arange(side * side)
    summer = np.empty((len(sumu), 2), dtype=np.int64)
    scale = structure.summer_km * 1000 / (side * edge)
    first = 0
    for k in range(layout.sizes["sumu"]):  # once, at the founding
        mine = np.flatnonzero(sumu == k)
        herders, campers, workers = (mine[living[mine] == what] for what in (HERDER, CAMPER, WORKER))
        order = np.argsort(noise.uniform(seed, "layout.camp", k, within), kind="stable")[: len(herders)]
        block = (order // side // BLOCK) * across + order % side // BLOCK
        order = order[np.lexsort((order, block))]
        block = np.sort(block)
        corner = np.array([k * side, 0])
        cells[herders] = np.stack([order // side, order % side], axis=1) + corner
        circle[herders] = first + np.cumsum(np.diff(block, prepend=block[:1]) > 0)
        first = circle[herders[-1]] + 1

        u = [noise.uniform(seed, name, k, np.arange(len(campers))) for name in ("layout.camp_x", "layout.camp_y")]
        circle[campers] = first + np.arange(len(campers)) // CIRCLE
        first += -(-len(campers) // CIRCLE)
        sites = layout.first("sumu", "asset")[k] + np.arange(layout.count("sumu", "asset")[k])
        at = np.floor(side * side * noise.uniform(seed, "layout.site", sites)).astype(np.int64)
        at = np.stack([at // side, at % side], axis=1) + corner
        cells[workers] = at[layout.traits["site"][workers] - sites[0]] if len(sites) else 0
        circle[workers] = first + layout.traits["site"][workers] - (sites[0] if len(sites) else 0)
        first += len(sites)

        middle = (np.array([side // 4, side // 2]) + 0.5) * edge
        ground = middle - structure.summer_km * 500
        spread = (cells[herders] - corner + 0.5) * edge * scale
        summer[herders] = np.rint(ground + spread + corner * edge)
        camp = ground + np.stack(u, axis=1) * structure.summer_km * 1000 + corner * edge
        summer[campers] = np.rint(camp)
        summer[workers] = np.rint((cells[workers] + 0.5) * edge)
        low, high = corner * edge, (corner + side) * edge - 1
        summer[mine] = np.minimum(np.maximum(summer[mine], low), high).astype(np.int64)
        cells[campers] = (summer[campers] // edge).astype(np.int64)
    layout.cells["household"] = cells
    layout.cells["asset"] = np.zeros((layout.sizes["asset"], 2), dtype=np.int64)
    workers = np.flatnonzero(living == WORKER)
    layout.cells["asset"][layout.traits["site"][workers]] = cells[workers]
    x, y = np.rint((cells + 0.5) * edge).astype(np.int64).T
    x, y = np.where(living == CAMPER, summer.T, [x, y])
    layout.traits.update(x_winter=x, y_winter=y, x_summer=summer[:, 0], y_summer=summer[:, 1])
    layout.traits["x"], layout.traits["y"] = np.rint((layout.cells["desk"] + 0.5) * edge).astype(np.int64).T
    return circle


def _measure(layout: Layout) -> None:
    """Work out the ways to desks, and who lives nearest to the sumu centre and farthest from it."""
    sumu, t = layout.up("household", "sumu"), layout.traits
    for season in SEASONS:
        x, y = t[f"x_{season}"], t[f"y_{season}"]
        for number, desk in enumerate(STAFFED):
            office = t["sumu_desk"][len(STAFFED) * sumu + number]
            t[f"way_{Desk(desk).name.lower()}_{season}"] = way(layout, x, y, t["x"][office], t["y"][office])
    t["near"], t["far"] = np.zeros(len(sumu), dtype=np.int64), np.zeros(len(sumu), dtype=np.int64)
    for k in range(layout.sizes["sumu"]):
        mine = np.flatnonzero((sumu == k) & (t["living"] == HERDER))
        nearest = mine[np.argsort(t["way_centre_winter"][mine], kind="stable")]
        t["near"][nearest[: len(mine) // FIFTH]] = 1
        t["far"][nearest[len(mine) - len(mine) // FIFTH :]] = 1


def way(layout: Layout, x: Ints, y: Ints, to_x: Ints, to_y: Ints) -> Ints:
    """Return ways between points in metres, longer by as much as their terrain takes longer than the open steppe.

    The terrain of a way is taken to be that of its ends, half and half.
    """
    ground = layout.part("pasture")
    rough, edge = ground.layers["travel_cost"], ground.cell_metres
    there = rough[(x // edge).astype(np.int64), (y // edge).astype(np.int64)]
    here = rough[(to_x // edge).astype(np.int64), (to_y // edge).astype(np.int64)]
    dx, dy = (x - to_x).astype(np.float64), (y - to_y).astype(np.float64)
    metres: Ints = np.rint(np.sqrt(dx * dx + dy * dy) * (there + here) / 2).astype(np.int64)
    return metres


@dataclass(frozen=True)
class People:
    """Who lives there."""

    herders_connected: float = parameter(
        0.10,
        0.02,
        0.25,
        unit="share",
        source="prior-people",
        doc="herder households that are close to cadres",
    )


def _set_up(w: Worlds) -> None:
    """Draw who is close to cadres."""
    household = np.arange(w.households)
    known = noise.chance(w.p.herders_connected, w.seeds[:, None], "pasture.connected", household)
    w.connected[...] |= known & (w.layout.traits["living"] == HERDER)


RULE = Rule(name="pasture", parameters=People, set_up=_set_up)
