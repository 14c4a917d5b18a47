"""What the Mesa face shows of villages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.agents import today as all_places
from sim.agents import village_today as today
from sim.agents.bases import Base, Plant
from sim.agents.collectives import Coaches, Collective, VillageBranch, VillageMediator
from sim.agents.offices import Court
from sim.agents.townships import Enterprise, Township, TownshipJustice
from sim.agents.yards import Team, VillageHousehold
from sim.books import FEN
from sim.faces import Cells, Face
from sim.faces.reporters import mean_trust, stocks, totals, unresolved_per_1000, yuan
from sim.rules import bases
from sim.space import LAND_USE

if TYPE_CHECKING:
    from sim.model import GovernanceModel
    from sim.worlds import Worlds

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


def _woodland(w: Worlds) -> Floats:
    """Spread the woodland of every collective evenly over the cells of woodland of its village, mu."""
    settlement = w.layout.layers["settlement"]
    wooded = (w.layout.layers["land_use"] == LAND_USE["woodland"]) & (settlement >= 0)
    cells = np.bincount(settlement[wooded], minlength=w.layout.sizes["village"])
    return np.where(wooded, (w.woodland[0] / np.maximum(cells, 1))[settlement], 0.0)


def _idle_rooms(w: Worlds) -> Floats:
    """Put the idle buildings of every collective on the cell of its building, m2."""
    out = np.zeros((w.layout.width, w.layout.height))
    out[tuple(w.layout.cells["village"].T)] = w.rooms[0]
    return out


def _flocks(model: GovernanceModel) -> tuple[Cells, NDArray[np.int64]]:
    """Return birds, of yards and of the bases' own flocks."""
    w = model.world
    cells = np.concatenate([w.layout.cells["yard"], w.layout.cells["base"]])
    return cells, np.concatenate([w.birds[0], w.own_birds[0]])


def _grievances(model: GovernanceModel) -> tuple[Cells, NDArray[np.int64]]:
    """Return grievances still suffered, by household."""
    return model.world.layout.cells["household"], model.today(all_places.open_grievances)


def _in_trade(model: GovernanceModel) -> tuple[Cells, NDArray[np.int64]]:
    """Return households in the trade, by yard."""
    return model.world.layout.cells["yard"], model.world.keeps[0].astype(np.int64)


def _coached(w: Worlds) -> Mask:
    """Return in which villages members coach."""
    coached: Mask = w.coach_minutes[0] > 0
    return coached


def _run(w: Worlds) -> Mask:
    """Return which bases are run."""
    return bases.runs(w)[0]


def _plants(w: Worlds) -> Mask:
    """Return which bases have a plant."""
    plants: Mask = w.plant[0].copy()
    return plants


def _firms(w: Worlds) -> Mask:
    """Return in which townships an enterprise is."""
    firms: Mask = w.firm[0].copy()
    return firms


def _price(model: GovernanceModel) -> float:
    """Return the price of a bird, yuan."""
    return float(model.world.price[0, 0] / FEN)


def _capacity(model: GovernanceModel) -> int:
    """Return how many birds all bases that are run hold."""
    return int(model.today(today.capacity).sum())


FACE = Face(
    kinds=(
        VillageHousehold,
        Team,
        Collective,
        VillageBranch,
        VillageMediator,
        Coaches,
        Base,
        Plant,
        Township,
        TownshipJustice,
        Court,
        Enterprise,
    ),
    small={"villages": 2, "households": 100, "around": 60, "team_size": 10},
    there={Coaches: _coached, Base: _run, Plant: _plants, Enterprise: _firms},
    standing={
        VillageHousehold: lambda w: w.layout.cells["yard"],
        Collective: lambda w: w.layout.cells["village"],
    },
    still={"woodland": _woodland, "idle_rooms": _idle_rooms},
    daily={"birds": _flocks, "in_trade": _in_trade, "open_grievances": _grievances},
    reporters={
        "day": "day",
        "price": _price,
        **stocks("birds", "keeping", "adopters", "allied_townships"),
        "capacity": _capacity,
        "capital": partial(yuan, column="contributed"),
        "farm_income": partial(yuan, column="farm_income"),
        "dividends": partial(yuan, column="dividend_income"),
        **totals("birds_placed", "birds_sold", "rounds", "signed"),
        "unresolved_per_1000": unresolved_per_1000,
        **stocks("aching"),
        **totals("arisen", "claimed", "settled", "escalated"),
        "mean_trust": mean_trust,
    },
)
