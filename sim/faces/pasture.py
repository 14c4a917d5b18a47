"""What the Mesa face shows of pastures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.agents import steppe_today, today
from sim.agents.camps import CamperHousehold, Circle, HerderHousehold, Resident, WorkerHousehold
from sim.agents.offices import Court
from sim.agents.sites import Contractor, Crew, WorkSite
from sim.agents.sumus import BorderStation, JusticeOffice, MediationRoom, MobileTeam, Sumu, SumuCentre
from sim.agents.view import Desk
from sim.books import FEN
from sim.faces import Cells, Face
from sim.faces.reporters import mean_trust, stocks, totals, unresolved_per_1000, yuan
from sim.places.pasture import CAMPER, HERDER, STAFFED, WORKER, way

if TYPE_CHECKING:
    from sim.model import GovernanceModel
    from sim.worlds import Worlds

Mask = NDArray[np.bool_]


def _there(w: Worlds, living: int) -> Mask:
    """Return which households of a kind are in the sumu."""
    there: Mask = steppe_today.there(w) & (w.layout.traits["living"] == living)
    return there


def _teams(w: Worlds) -> Mask:
    """Return in which sumus officers leave their desks."""
    out: Mask = (w.team_field[0] > 0) | (w.circuit_time[0] > 0)
    return out


def _office(w: Worlds, kind: int) -> Cells:
    """Return the cells on which the desks of a kind stand, sumu by sumu."""
    return w.layout.cells["desk"][w.layout.traits["sumu_desk"][STAFFED.index(kind) :: len(STAFFED)]]


def _ground(w: Worlds, season: str) -> NDArray[np.int64]:
    """Count the herders whose ground of a season lies on each cell."""
    t, out = w.layout.traits, np.zeros((w.layout.width, w.layout.height), dtype=np.int64)
    herders = t["living"] == HERDER
    metres = np.stack([t[f"x_{season}"], t[f"y_{season}"]])[:, herders]
    np.add.at(out, tuple((metres // w.layout.cell_metres).astype(np.int64)), 1)
    return out


def _centre_km(w: Worlds) -> NDArray[np.float64]:
    """Return the way from the middle of each cell to the centre of its sumu, km, as households' ways are worked out."""
    layout, t = w.layout, w.layout.traits
    cells = np.indices((layout.width, layout.height)).reshape(2, -1)
    x, y = np.rint((cells + 0.5) * layout.cell_metres).astype(np.int64)
    desk = (len(STAFFED) * layout.layers["settlement"] + STAFFED.index(SumuCentre.kind_of_desk)).reshape(-1)
    metres = way(layout, x, y, t["x"][t["sumu_desk"][desk]], t["y"][t["sumu_desk"][desk]])
    return (metres / 1000).reshape(layout.width, layout.height)


def _present(model: GovernanceModel) -> tuple[Cells, NDArray[np.int64]]:
    """Return households that are there."""
    return model.today(steppe_today.whereabouts), model.today(steppe_today.there).astype(np.int64)


def _grievances(model: GovernanceModel) -> tuple[Cells, NDArray[np.int64]]:
    """Return grievances still suffered, where the households are; of those who are not there, at none."""
    return model.today(steppe_today.whereabouts), model.today(today.open_grievances) * model.today(steppe_today.there)


def _wages(model: GovernanceModel) -> tuple[Cells, NDArray[np.float64]]:
    """Return wages owed, yuan, by site."""
    return model.world.layout.cells["asset"], model.world.wages_owed[0] / FEN


OFFICES: tuple[type[Desk], ...] = (BorderStation, MediationRoom, JusticeOffice, SumuCentre)

FACE = Face(
    kinds=(
        HerderHousehold,
        CamperHousehold,
        WorkerHousehold,
        Circle,
        WorkSite,
        Crew,
        Contractor,
        *OFFICES,
        MobileTeam,
        Court,
        Sumu,
    ),
    small={"sumus": 1, "households": 120, "campers": 20, "sites": 3, "crew": 10},
    there={
        CamperHousehold: partial(_there, living=CAMPER),
        WorkerHousehold: partial(_there, living=WORKER),
        MobileTeam: _teams,
    },
    standing={
        Resident: steppe_today.whereabouts,
        WorkSite: lambda w: w.layout.cells["asset"],
        **{office: partial(_office, kind=office.kind_of_desk) for office in OFFICES},
    },
    still={
        "winter_ground": partial(_ground, season="winter"),
        "summer_ground": partial(_ground, season="summer"),
        "centre_km": _centre_km,
    },
    daily={"households": _present, "open_grievances": _grievances, "wages_owed": _wages},
    reporters={
        "day": "day",
        "unresolved_per_1000": unresolved_per_1000,
        **stocks("aching", "seasonal"),
        "wages_owed": partial(yuan, column="wages_owed"),
        **totals("arisen", "claimed", "settled", "escalated", "helped", "sued"),
        "mean_trust": mean_trust,
    },
)
