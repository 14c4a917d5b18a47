"""What the Mesa face shows of compounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.agents import today
from sim.agents.companies import PropertyCompany
from sim.agents.compounds import Compound
from sim.agents.couriers import Courier
from sim.agents.homes import Building, Household
from sim.agents.hubs import Hub
from sim.agents.offices import Body, Candidate, Court, Mediator, PartyBranch, SubDistrictCentre
from sim.faces import Cells, Face
from sim.faces.reporters import mean_trust, stocks, totals, unresolved_per_1000
from sim.rules import bodies, contracts

if TYPE_CHECKING:
    from sim.model import GovernanceModel
    from sim.worlds import Worlds


def _formed(w: Worlds) -> NDArray[np.bool_]:
    """Return which compounds have a body."""
    formed: NDArray[np.bool_] = w.body[0] != bodies.NONE
    return formed


def _served(w: Worlds) -> NDArray[np.bool_]:
    """Return which compounds have a company."""
    served: NDArray[np.bool_] = w.contract[0] != contracts.NONE
    return served


def _hosted(w: Worlds) -> NDArray[np.bool_]:
    """Return which communities have a hub: seats in a canteen, or hours of their mediators."""
    return (w.canteen_seats[0] > 0) | (today.hosting_minutes(w) > 0)


def _leaking(model: GovernanceModel) -> tuple[Cells, NDArray[np.int64]]:
    """Return leaking roofs, by building."""
    return model.world.layout.cells["building"], model.today(today.leaking_roofs).astype(np.int64)


def _grievances(model: GovernanceModel) -> tuple[Cells, NDArray[np.int64]]:
    """Return grievances still suffered, by flat."""
    return model.world.layout.cells["household"], model.today(today.open_grievances)


FACE = Face(
    kinds=(
        Household,
        Building,
        PartyBranch,
        Body,
        Mediator,
        PropertyCompany,
        SubDistrictCentre,
        Court,
        Compound,
        Candidate,
        Courier,
        Hub,
    ),
    small={"compounds": 2, "households": 100},
    there={Body: _formed, PropertyCompany: _served, Hub: _hosted},
    standing={Building: lambda w: w.layout.cells["building"]},
    daily={"leaking": _leaking, "open_grievances": _grievances},
    reporters={
        "day": "day",
        "unresolved_per_1000": unresolved_per_1000,
        **stocks("aching", "leaking_roofs", "defective_assets", "with_company", "payers"),
        **totals("arisen", "claimed", "settled", "escalated"),
        "mean_trust": mean_trust,
    },
)
