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
from sim.rules import keeping
from sim.space import anywhere, where

if TYPE_CHECKING:
    from sim.worlds import Worlds


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

    position = np.repeat(np.arange(len(doors)), doors)
    nth = w.visited[world, compound][position] + np.arange(len(position)) - (np.cumsum(doors) - doors)[position]
    w.visited[world, compound] += doors
    world, compound = world[position], compound[position]
    flat = w.layout.first("compound", "household")[compound] + nth % flats[position]
    home = noise.chance(w.at("at_home", world), w.seeds[world], "visit.at_home", flat, nth)
    met = np.zeros((w.n, w.flats), dtype=bool)
    met[world[home], flat[home]] = True
    hear(w, met, "surfaced")


def hear(w: Worlds, met: NDArray[np.bool_], flow: str) -> None:
    """Let all whom somebody asks what troubles them, and who have told no desk, decide on it today.

    Args:
        w: the worlds.
        met: who is asked, shape ``(worlds, flats)``.
        flow: where it is counted how much comes up.
    """
    g = w.grievances
    silent = where((g.state <= int(State.QUIET)) & (g.kind != int(Kind.FEE)) & g.aching)
    home = g.household[silent]
    if w.households > w.flats:  # nobody goes round elsewhere
        here = where(home < w.flats)
        silent, home = silent[here], home[here]
    asked = silent[met.reshape(-1)[g.world[silent] * w.flats + home]]
    w.count(flow, g.world[asked])
    w.count("named", g.world[asked[g.state[asked] == int(State.LATENT)]])
    move_grievances(w, asked, State.QUIET)
    g.act[asked] = w.day


RULE = Rule(
    name="visits",
    places=("compound",),
    columns=(Column("visited", "compound", np.int64, "doors knocked at on rounds so far"),),
    flows={"visits": "doors knocked at on rounds", "surfaced": "grievances not voiced that a visitor asked about"},
)
