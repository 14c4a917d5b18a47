"""Visits: somebody goes round the compound and asks what troubles people.

Who is met and has something on their mind decides that day whether to claim it; there is no bonus for being
visited. Every door costs time, whether anybody opens or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import Kind, State, move_grievances
from sim.columns import Column, Rule
from sim.constants import TRUE, code, date, whole
from sim.renaming import ANY, of_worlds
from sim.rules import keeping
from sim.space import anywhere, spans, where

if TYPE_CHECKING:
    from sim.worlds import Worlds


LATENT, QUIET, FEE = code(State.LATENT), code(State.QUIET), code(Kind.FEE)


def go_round(w: Worlds) -> None:
    """Phase, weekly: as many doors as there is time for, going on where the last round ended."""
    if not anywhere(w.rounds_balance):
        return
    world, compound = np.nonzero(w.rounds_balance > 0)
    cost = np.rint(60 * w.at("door_hours", world)).astype(np.int64) * keeping.WEEK
    flats = w.layout.count("compound", "household")[compound]
    doors = np.minimum(w.rounds_balance[world, compound] // cost, flats)
    w.rounds_balance[world, compound] -= doors * cost
    w.count("minutes_rounds", world, doors * cost // keeping.WEEK)
    w.count("visits", world, doors)

    nth, position = spans(w.visited[world, compound], doors)
    w.visited[world, compound] += doors
    world, compound = world[position], compound[position]
    flat = w.layout.first("compound", "household")[compound] + nth % flats[position]
    home = where(noise.chance(w.at("at_home", world), of_worlds(w, "visit.at_home", world, flat), ANY, nth))
    met = np.zeros((w.n, w.flats), dtype=bool)
    met.reshape(-1)[world[home] * whole(w.flats) + flat[home]] = TRUE
    hear(w, met, "surfaced")


def hear(w: Worlds, met: NDArray[np.bool_], flow: str) -> None:
    """Let all whom somebody asks what troubles them, and who have told no desk, decide on it today.

    Args:
        w: the worlds.
        met: who is asked, shape ``(worlds, flats)``.
        flow: where it is counted how much comes up.
    """
    g = w.grievances
    silent = where((g.state <= QUIET) & (g.kind != FEE) & g.aching)
    home = g.household[silent]
    if w.households > w.flats:  # nobody goes round elsewhere
        here = where(home < w.flats)
        silent, home = silent[here], home[here]
    asked = silent[where(met.reshape(-1)[g.world[silent] * whole(w.flats) + home])]
    w.count(flow, g.world[asked])
    w.count("named", g.world[asked[g.state[asked] == LATENT]])
    move_grievances(w, asked, State.QUIET)
    g.act[asked] = date(w.day)


RULE = Rule(
    name="visits",
    places=("compound",),
    columns=(Column("visited", "compound", np.int64, "doors knocked at on rounds so far"),),
    flows={"visits": "doors knocked at on rounds", "surfaced": "grievances not voiced that a visitor asked about"},
)
