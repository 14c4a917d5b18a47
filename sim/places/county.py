"""Counties 旗县: compounds, villages and sumus side by side, who share a centre, a hotline and a court.

Each kind lives as it does alone (`sim.places.compound`, `village`, `pasture`). What they have in common are the
centres: what one kind brings there waits with what the others bring, and each adds the hours that it would have had
alone. Villages have none alone; here what a justice office could not settle goes on to the centre. One hotline takes
calls, and one court suits, in the order in which they come in, whoever brings them; what they can take goes by the
households of the whole county.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import land
from sim.parameters import Value, parameter
from sim.places import compound, pasture, village
from sim.space import Layout

SETTLEMENTS = ("compound", "village", "pasture")
"""Compounds come first: a flat's row is its household's row."""

GROUPS = SETTLEMENTS
"""What is suffered in each kind of settlement is added up apart."""


def _as_in(place: ModuleType, name: str, default: Value | None = None) -> Any:
    """Declare a structural parameter as another place does, with another default perhaps."""
    found = next(f for f in dataclasses.fields(place.Structure) if f.name == name)
    return dataclasses.field(default=found.default if default is None else default, metadata=found.metadata)


@dataclass(frozen=True)
class Structure:
    """What shapes the layout: what shapes each of its parts, and what they share."""

    compounds: int = _as_in(compound, "compounds", 40)
    compound_households: int = _as_in(compound, "households")
    size_spread: float = _as_in(compound, "size_spread")
    floors: int = _as_in(compound, "floors")
    communities_per_centre: int = _as_in(compound, "communities_per_centre")
    compounds_per_community: int = _as_in(compound, "compounds_per_community")
    portfolio_mean: float = _as_in(compound, "portfolio_mean")
    couriers: float = _as_in(compound, "couriers")
    villages: int = _as_in(village, "villages", 10)
    village_households: int = _as_in(village, "households")
    around: int = _as_in(village, "around")
    team_size: int = _as_in(village, "team_size")
    sumus: int = _as_in(pasture, "sumus", 4)
    pasture_households: int = _as_in(pasture, "households")
    campers: int = _as_in(pasture, "campers")
    sites: int = _as_in(pasture, "sites")
    crew: int = _as_in(pasture, "crew")
    crew_spread: float = _as_in(pasture, "crew_spread")
    cell_km: float = _as_in(pasture, "cell_km")
    lived_in: float = _as_in(pasture, "lived_in")
    summer_km: float = _as_in(pasture, "summer_km")
    shared_centres: int = parameter(
        1,
        0,
        100,
        unit="centres",
        kind="structural",
        source="design: one county, one centre where all agencies sit",
        doc="centres that compounds, villages and sumus of the county share; 0 = each kind has its own, villages none",
    )


def _compounds(structure: Structure, seed: NDArray[np.uint64]) -> Layout:
    """Lay out the compounds; where centres are shared their communities are spread over these."""
    communities = -(-structure.compounds // structure.compounds_per_community)
    per_centre = structure.communities_per_centre
    if structure.shared_centres:
        per_centre = -(-communities // structure.shared_centres)
    own = compound.Structure(
        compounds=structure.compounds,
        households=structure.compound_households,
        size_spread=structure.size_spread,
        floors=structure.floors,
        communities_per_centre=per_centre,
        compounds_per_community=structure.compounds_per_community,
        portfolio_mean=structure.portfolio_mean,
        couriers=structure.couriers,
    )
    return compound.build(own, seed)


def _villages(structure: Structure, seed: NDArray[np.uint64]) -> Layout:
    """Lay out the villages."""
    own = village.Structure(
        villages=structure.villages,
        households=structure.village_households,
        around=structure.around,
        team_size=structure.team_size,
    )
    return village.build(own, seed)


def _sumus(structure: Structure, seed: NDArray[np.uint64]) -> Layout:
    """Lay out the sumus; where centres are shared they have no desk of their own there."""
    own = pasture.Structure(
        sumus=structure.sumus,
        households=structure.pasture_households,
        campers=structure.campers,
        sites=structure.sites,
        crew=structure.crew,
        crew_spread=structure.crew_spread,
        cell_km=structure.cell_km,
        lived_in=structure.lived_in,
        summer_km=structure.summer_km,
    )
    layout = pasture.build(own, seed)
    if structure.shared_centres:
        land.without(layout, "desk", np.flatnonzero(layout.traits["desk_kind"] == pasture.CENTRE))
    return layout


def build(structure: Structure, seed: NDArray[np.uint64]) -> Layout:
    """Lay out compounds, villages and sumus as each kind does alone, side by side.

    Args:
        structure: sizes.
        seed: the layout's seed, shape ``(1,)``.

    Returns:
        The layouts of the three joined (`sim.land.join`). Where centres are shared the sumus' share of
        ``sumu_desk`` and the trait ``township_centre`` of townships say which of the compounds' centres takes
        what comes from there.
    """
    parts = {
        "compound": _compounds(structure, seed),
        "village": _villages(structure, seed),
        "pasture": _sumus(structure, seed),
    }
    layout = land.join("county", parts)
    if structure.shared_centres:
        _share(layout)
    return layout


def _share(layout: Layout) -> None:
    """Send what sumus and townships bring to centres to those of the compounds, spread over them in order."""
    centres = np.flatnonzero(layout.traits["desk_kind"] == pasture.CENTRE)
    sumus, towns = np.arange(layout.sizes["sumu"]), np.arange(layout.sizes["township"])
    own = len(pasture.STAFFED) * sumus + pasture.STAFFED.index(pasture.CENTRE)
    layout.traits["sumu_desk"][own] = centres[sumus * len(centres) // max(len(sumus), 1)]
    layout.traits["township_centre"] = centres[towns * len(centres) // max(len(towns), 1)]


def impossible(given: Mapping[str, Value]) -> str:
    """Say what of the values given cannot be together, empty if all can."""
    return compound.impossible(given)
