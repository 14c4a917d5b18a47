"""Bodies: the owners' committee 业委会 or the property management committee 物管会 of a compound.

As found, some compounds have one and most of those barely function. A body that does not function
still exists: it has a desk, with very few hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.columns import Column, Lever, Rule
from sim.parameters import parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds

NONE, COMMITTEE, MANAGEMENT = 0, 1, 2
"""Values of the lever ``body``: no body, owners' committee, property management committee."""


@dataclass(frozen=True)
class Parameters:
    """Bodies as found, and what their directors give."""

    committee_share: float = parameter(
        0.30,
        0.10,
        0.40,
        unit="share",
        tag="F",
        source="committee-coverage",
        doc="compounds with an owners' committee at the start",
    )
    management_share: float = parameter(
        0.25,
        0.0,
        0.55,
        unit="share",
        source="prior-bodies, committee-plan",
        doc="compounds with a property management committee at the start",
    )
    functioning_share: float = parameter(
        0.40,
        0.20,
        0.60,
        unit="share",
        source="prior-bodies",
        doc="bodies whose director gives full hours",
    )
    director_hours: float = parameter(
        4.0,
        1.0,
        8.0,
        unit="hours/week",
        source="prior-hours",
        doc="hours of a functioning body's director",
    )
    idle_director_hours: float = parameter(
        0.5,
        0.0,
        2.0,
        unit="hours/week",
        source="prior-hours",
        doc="hours of a barely functioning body's director",
    )


def _set_up(w: Worlds) -> None:
    """Draw which body each compound has and whether it functions; the second draw is made for all."""
    seeds, compound = w.seeds[:, None], np.arange(w.layout.sizes["compound"])
    u = noise.uniform(seeds, "body.found", compound)
    committee, management = w.p.committee_share, w.p.management_share
    w.body_found[...] = np.where(u < committee, COMMITTEE, np.where(u < committee + management, MANAGEMENT, NONE))
    w.functioning[...] = noise.chance(w.p.functioning_share, seeds, "body.functioning", compound)
    find(w)


def find(w: Worlds) -> None:
    """Settle what the directors of the bodies that now stand give."""
    w.director_found[...] = np.where(w.body_found > NONE, director_minutes(w), 0)


def take_office(w: Worlds, world: NDArray[np.int64], compound: NDArray[np.int64]) -> None:
    """Let new people come into office in the given compounds; they function, or barely."""
    w.offices_taken[world, compound] += 1
    nth = w.offices_taken[world, compound]
    share = w.at("functioning_share", world)
    w.functioning[world, compound] = noise.chance(share, w.seeds[world], "body.office", compound, nth)


def director_minutes(w: Worlds) -> np.ndarray:
    """Return the minutes a week that the director of each compound's body gives, if it has a body."""
    hours = np.where(w.functioning, w.p.director_hours, w.p.idle_director_hours)
    minutes: np.ndarray = np.rint(60 * hours).astype(np.int64)
    return minutes


def among(w: Worlds, name: str, coverage: np.ndarray) -> np.ndarray:
    """Return which compounds a roll-out of the given coverage reaches, in an order drawn by the name.

    Args:
        w: the worlds.
        name: decision name of the order, the mechanism's own.
        coverage: share of compounds reached, shape ``(worlds, 1)``.

    Returns:
        Boolean array ``(worlds, compounds)`` with ``round(coverage x compounds)`` true in each world; who
        is reached at a lower coverage is also reached at a higher one.
    """
    reached: np.ndarray = rank(w, name) < np.rint(coverage * w.layout.sizes["compound"])
    return reached


def rank(w: Worlds, name: str) -> np.ndarray:
    """Return each compound's place, from 0 on, in an order drawn by the name; shape ``(worlds, compounds)``."""
    if name not in w.derived:
        draw = noise.uniform(w.seeds[:, None], name, np.arange(w.layout.sizes["compound"]))
        w.derived[name] = np.argsort(np.argsort(draw, axis=1, kind="stable"), axis=1, kind="stable")
    return w.derived[name]


RULE = Rule(
    name="bodies",
    places=("compound",),
    columns=(
        Column("body_found", "compound", np.int8, "body as found: 0 none, 1 owners' committee, 2 management committee"),
        Column("functioning", "compound", np.bool_, "the body, found or to be formed, functions"),
        Column("offices_taken", "compound", np.int32, "times that new people have come into office"),
        Column("director_found", "compound", np.int64, "minutes a week of the director as found"),
    ),
    levers=(
        Lever("body", "compound", "body_found", "max", "code", "which body the compound has", np.int8),
        Lever(
            "director_minutes", "compound", "director_found", "max", "minutes/week", "what the body's director gives"
        ),
    ),
    parameters=Parameters,
    set_up=_set_up,
)
