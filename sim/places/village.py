"""Villages 村: households with yards, a collective with capital, land and buildings, and the township above them.

A township has up to two home villages, one with money and a project and one with land and idle buildings, and
around each another village that has neither. Who lives where is the layout's (shared by replications); what
people and collectives have is the replication's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise
from sim.books import FEN
from sim.cases import Desk, Kind
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.space import LAND_USE, Layout, Trait

if TYPE_CHECKING:
    from sim.worlds import Worlds

SETTLEMENTS = ("village",)

MEDIATOR, JUSTICE, COURT = map(int, (Desk.MEDIATOR, Desk.JUSTICE, Desk.COURT))

KINDS = (Kind.NEIGHBOUR, Kind.CONTRACT, Kind.SHARING)

STAFFED = (MEDIATOR, JUSTICE)
"""Each village has a mediator, each township a justice office."""

LOWEST = (MEDIATOR,)

INTAKES = (MEDIATOR, JUSTICE)

GROUPS = ("connected", "around", "large")

TRAITS = {
    "yard_household": Trait("yard", to="household"),
    "village_role": Trait("village"),
    "village_base": Trait("village", to="base"),
    "village_mediator": Trait("village", to="desk"),
    "township_joint": Trait("township", to="base"),
    "township_justice": Trait("township", to="desk"),
    "desk_kind": Trait("desk"),
    "base_village": Trait("base", to="village"),
    "base_township": Trait("base", to="township"),
}

MONEY, LAND, AROUND = 0, 1, 2
"""Roles of villages: the one with money, the one with land, those around them."""

ROLES = ("money", "land", "around")

PER_TOWNSHIP = 2
"""Home villages of a township."""

FEW, SOME, MANY = 0.35, 0.45, 0.20
"""Shares of households whose hour is worth nothing, a little, and a day labourer's wage (prior-flock)."""

SMALLEST, LARGEST = 50, 500
"""Birds of the smallest and the largest flock that a household would keep at a base (prior-flock)."""


@dataclass(frozen=True)
class Structure:
    """What shapes the layout."""

    villages: int = parameter(
        2,
        1,
        2000,
        unit="villages",
        tag="E",
        kind="structural",
        source="design, page-A4, page-A5: one with money and one with land",
        doc="home villages; two of them make a township",
    )
    households: int = parameter(
        400,
        20,
        2000,
        unit="households",
        tag="E",
        kind="structural",
        source="prior-endowments",
        doc="households of a home village",
    )
    around: int = parameter(
        400,
        0,
        2000,
        unit="households",
        tag="E",
        kind="structural",
        source="prior-endowments: 800 around two villages",
        doc="households of the village around each home village; 0 = there is none",
    )
    team_size: int = parameter(
        20,
        2,
        60,
        unit="households",
        tag="E",
        kind="structural",
        source="guess: a villagers' group 村民小组 of neighbours who see one another's yards",
        doc="households of a team",
    )


@dataclass(frozen=True)
class People:
    """What households and collectives have."""

    farm_member_share: float = parameter(
        0.16,
        0.08,
        0.30,
        unit="share",
        tag="D",
        source="member-households",
        doc="village households with a party member",
    )
    rural_income: float = parameter(
        46000.0,
        30000.0,
        60000.0,
        unit="yuan/year",
        tag="D",
        source="rural-income: 19,641 x 2.35",
        doc="what a household earns a year without birds, on average",
    )
    income_spread: float = parameter(
        0.5,
        0.2,
        0.9,
        unit="log sd",
        source="village-inequality: within a village less than between villages",
        doc="how unequal households are in income",
    )
    flock: float = parameter(
        100.0,
        50.0,
        500.0,
        unit="birds",
        source="prior-flock, courtyard-flock",
        doc="birds that a household would keep at a base, median; each between 50 and 500",
        kind="set",
    )
    flock_spread: float = parameter(
        0.4,
        0.0,
        1.0,
        unit="log sd",
        kind="set",
        source="guess: most flocks between half and twice the median; 0 makes all equal",
        doc="how unequal flocks are",
    )
    risk_low: float = parameter(
        1.0,
        0.0,
        4.0,
        unit="1",
        kind="set",
        source="prior-flock",
        doc="relative risk aversion (CRRA) of the boldest household",
    )
    risk_high: float = parameter(
        4.0,
        0.0,
        10.0,
        unit="1",
        kind="set",
        source="prior-flock",
        doc="relative risk aversion (CRRA) of the most careful household",
    )
    wage_some: float = parameter(
        6.0,
        3.0,
        9.0,
        unit="yuan/hour",
        source="prior-flock",
        doc="worth of an hour at home to the middle .45 of households; to .35 it is worth nothing",
    )
    wage_many: float = parameter(
        12.0,
        9.0,
        18.0,
        unit="yuan/hour",
        source="prior-flock",
        doc="worth of an hour to the .20 of households that could work for a wage; what hired hands are paid",
    )
    money_capital: float = parameter(
        800000.0,
        0.0,
        1500000.0,
        unit="yuan",
        source="prior-endowments, page-A4",
        doc="capital of the village with money",
        kind="set",
    )
    money_land: float = parameter(
        60.0,
        0.0,
        2000.0,
        unit="mu",
        source="prior-endowments, page-A4",
        doc="woodland of the village with money",
        kind="set",
    )
    money_rooms: float = parameter(
        100.0,
        0.0,
        5000.0,
        unit="m2",
        source="guess: a storehouse; without any it could brood nothing and have no base of its own",
        doc="idle buildings of the village with money",
        kind="set",
    )
    land_capital: float = parameter(
        80000.0,
        0.0,
        1500000.0,
        unit="yuan",
        source="prior-endowments, page-A5",
        doc="capital of the village with land",
        kind="set",
    )
    land_land: float = parameter(
        900.0,
        0.0,
        5000.0,
        unit="mu",
        source="prior-endowments, page-A5",
        doc="woodland of the village with land",
        kind="set",
    )
    land_rooms: float = parameter(
        1200.0,
        0.0,
        5000.0,
        unit="m2",
        source="prior-endowments, page-A5",
        doc="idle buildings of the village with land",
        kind="set",
    )
    mismatch: float = parameter(
        1.0,
        0.0,
        1.0,
        unit="share",
        kind="set",
        source="design: 1 = as given, 0 = both villages have half of everything",
        doc="how far the two villages' capital, land, rooms and knowledge are apart",
    )


def build(structure: Structure, seed: NDArray[np.uint64]) -> Layout:
    """Lay out villages, their teams and yards on the grid; the seed is not used, for all villages are alike.

    Args:
        structure: sizes.
        seed: the layout's seed, shape ``(1,)``.

    Returns:
        A layout with the entities household, yard (a household's, in the same order), team, which is also the circle
        that hears of one another's cases, village, base, township, desk (the mediator of every village, the justice
        office of every township, the court) and world. Bases, the places where chicks are brooded and birds range: one
        for each home village, and after the two of a township the joint one that they would have. Traits:
        ``yard_household`` (row of the household), ``village_role``, ``village_base`` and ``township_joint`` (row of
        the base, -1 = none), ``base_village`` (row of the village, -1 of a joint one), ``base_township``,
        ``desk_kind``, ``village_mediator`` and ``township_justice`` (rows of desks).
    """
    villages, bases, joint = _list(structure)
    township, roles, size, own_base = np.array(villages).T
    base_township, base_village = np.array(bases).T
    teams = -(-size // structure.team_size)
    team_village = np.repeat(np.arange(len(villages)), teams)
    nth = np.arange(len(team_village)) - (np.cumsum(teams) - teams)[team_village]
    in_team = np.minimum(structure.team_size, size[team_village] - nth * structure.team_size)
    layout = Layout(
        place="village",
        sizes={
            "world": 1,
            "household": int(size.sum()),
            "yard": int(size.sum()),
            "team": len(team_village),
            "village": len(villages),
            "base": len(bases),
            "township": len(joint),
            "circle": len(team_village),
            "asset": 0,
            "desk": len(villages) + len(joint) + 1,
        },
    )
    yard_team = np.repeat(np.arange(len(team_village)), in_team)
    layout.nest("yard", "team", yard_team)
    layout.nest("household", "circle", yard_team)
    layout.nest("team", "village", team_village)
    layout.nest("yard", "village", team_village[yard_team])
    layout.nest("village", "township", township)
    layout.nest("yard", "township", township[team_village[yard_team]])
    layout.nest("base", "township", base_township)
    layout.traits.update(
        yard_household=np.arange(layout.sizes["yard"]),
        village_role=roles,
        village_base=own_base,
        township_joint=np.array(joint),
        desk_kind=np.array([MEDIATOR] * len(villages) + [JUSTICE] * len(joint) + [COURT], dtype=np.int64),
        village_mediator=np.arange(len(villages)),
        township_justice=len(villages) + np.arange(len(joint)),
        base_village=base_village,
        base_township=base_township,
    )
    _place_on_grid(layout)
    return layout


def _list(structure: Structure) -> tuple[list[tuple[int, ...]], list[tuple[int, int]], list[int]]:
    """List villages, bases and joint bases, township by township.

    Returns:
        Of each village its township, role, households and own base (-1 = none); of each base its township and village
        (-1 of a joint one); of each township the joint base that it would have (-1 = none).
    """
    villages: list[tuple[int, ...]] = []
    bases: list[tuple[int, int]] = []
    joint: list[int] = []
    for first in range(0, structure.villages, PER_TOWNSHIP):
        township, homes = first // PER_TOWNSHIP, min(PER_TOWNSHIP, structure.villages - first)
        for role in range(homes):
            bases.append((township, len(villages)))
            villages.append((township, role, structure.households, len(bases) - 1))
        joint.append(len(bases) if homes == PER_TOWNSHIP else -1)
        if homes == PER_TOWNSHIP:
            bases.append((township, -1))
        villages += [(township, AROUND, structure.around, -1)] * (homes if structure.around else 0)
    return villages, bases, joint


def _place_on_grid(layout: Layout) -> None:
    """Give every village a square block of cells: yards close together, then woodland, and a building for the base."""
    size = layout.count("village", "yard")
    side = int(np.ceil(np.sqrt(2.0 * size.max()))) + 2
    across = int(np.ceil(np.sqrt(len(size))))
    down = -(-len(size) // across)
    layout.width, layout.height = across * side, down * side
    index = np.arange(len(size))
    corner = np.stack([index % across, index // across], axis=1) * side
    village = layout.up("yard", "village")
    nth = np.arange(layout.sizes["yard"]) - layout.first("village", "yard")[village]
    wide = side - 2
    cells = corner[village] + np.stack([1 + nth % wide, 1 + nth // wide], axis=1)
    layout.cells.update(yard=cells, household=cells, village=corner)
    layout.cells["team"] = cells[layout.first("team", "yard")]
    layout.cells["township"] = corner[layout.first("township", "village")]
    layout.cells["desk"] = np.concatenate([corner, layout.cells["township"], [[0, 0]]])
    home = layout.traits["base_village"]
    layout.cells["base"] = np.where(
        (home >= 0)[:, None], corner[home], layout.cells["township"][layout.up("base", "township")]
    )

    shape = (layout.width, layout.height)
    land_use = np.full(shape, LAND_USE["woodland"], dtype=np.int64)
    settlement = np.full(shape, -1, dtype=np.int64)
    for v, (x, y) in enumerate(corner.tolist()):
        settlement[x : x + side, y : y + side] = v
        land_use[x, y : y + side] = LAND_USE["road"]
        land_use[x : x + side, y] = LAND_USE["road"]
    land_use[cells[:, 0], cells[:, 1]] = LAND_USE["yard"]
    homes = layout.cells["base"][home >= 0]
    land_use[homes[:, 0], homes[:, 1]] = LAND_USE["building"]
    minutes = np.where(land_use == LAND_USE["road"], 0.5, 1.0)  # walking, on a road or between yards
    layout.layers.update(settlement=settlement, land_use=land_use, travel_cost=minutes)


def _set_up(w: Worlds) -> None:
    """Draw what households and collectives have."""
    seeds, yard = w.seeds[:, None], np.arange(w.layout.sizes["yard"])
    w.farm_member[...] = noise.chance(w.p.farm_member_share, seeds, "yard.member", yard)
    spread = w.p.income_spread
    factor = noise.exp(spread * distributions.normal(seeds, "yard.income", yard) - spread * spread / 2)
    w.income[...] = np.rint(FEN * w.p.rural_income * factor)
    size = w.p.flock * noise.exp(w.p.flock_spread * distributions.normal(seeds, "yard.flock", yard))
    w.flock_wish[...] = np.rint(np.minimum(np.maximum(size, SMALLEST), LARGEST))
    w.risk_aversion[...] = w.p.risk_low + (w.p.risk_high - w.p.risk_low) * noise.uniform(seeds, "yard.risk", yard)
    u = noise.uniform(seeds, "yard.wage", yard)
    w.hour_worth[...] = np.where(u < FEW, 0.0, np.where(u < FEW + SOME, w.p.wage_some, w.p.wage_many))

    role = w.layout.traits["village_role"][None, :]
    w.woodland[...] = _apart(w, role, w.p.money_land, w.p.land_land)
    w.rooms[...] = _apart(w, role, w.p.money_rooms, w.p.land_rooms)
    w.endowed[...] = _apart(w, role, w.p.money_capital, w.p.land_capital)
    village = np.arange(w.layout.sizes["village"])
    shared = noise.chance(1 - w.p.mismatch, seeds, "village.project", village)
    w.project[...] = (role == MONEY) | ((role == LAND) & shared)


def _apart(
    w: Worlds, role: NDArray[np.int64], money: NDArray[np.float64], land: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what each village has of something: between half of all and its own, by the mismatch; 0 around."""
    middle = (money + land) / 2
    own = middle + w.p.mismatch * (np.where(role == MONEY, money, land) - middle)
    return np.where(role == AROUND, 0.0, own)


RULE = Rule(
    name="village",
    columns=(
        Column("farm_member", "yard", np.bool_, "a party member lives in the household"),
        Column("income", "yard", np.int64, "what the household earns a year without birds, fen"),
        Column("flock_wish", "yard", np.int64, "birds that the household would keep at a base"),
        Column("risk_aversion", "yard", np.float64, "relative risk aversion (CRRA)"),
        Column("hour_worth", "yard", np.float64, "worth of an hour of the household, yuan"),
        Column("woodland", "village", np.float64, "woodland of the collective, mu"),
        Column("rooms", "village", np.float64, "idle buildings of the collective, m2"),
        Column("endowed", "village", np.float64, "capital of the collective at the start, yuan"),
        Column("project", "village", np.bool_, "the collective knows of a project and runs a base"),
    ),
    parameters=People,
    set_up=_set_up,
)
