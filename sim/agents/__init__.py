"""Agents of the Mesa face: light, read-only views of the rows of a model's world.

A household here is not an object with a state: the state stands in the columns of `sim.worlds.Worlds`,
and an agent is a name for one row of them, read through its own model, so two live models share
nothing. Agents stay the same objects for the life of their model and always show the present day.
Nothing can be written to them: what a policy may touch are the levers, by way of a mechanism. Which kinds there are
in which place, `sim.faces` says.
"""

from __future__ import annotations

from sim.agents.bases import Base, Plant
from sim.agents.camps import CamperHousehold, Circle, Ground, HerderHousehold, Resident, WorkerHousehold
from sim.agents.claimants import Claimant
from sim.agents.collectives import Coaches, Collective, Role, VillageBranch, VillageMediator
from sim.agents.companies import Contract, PropertyCompany
from sim.agents.compounds import Compound
from sim.agents.couriers import Courier
from sim.agents.homes import Building, Household, Tenure
from sim.agents.hubs import Hub
from sim.agents.offices import Body, BodyKind, Candidate, Court, Mediator, PartyBranch, SubDistrictCentre
from sim.agents.sites import Contractor, Crew, WorkSite
from sim.agents.sumus import BorderStation, JusticeOffice, MediationRoom, MobileTeam, Sumu, SumuCentre
from sim.agents.townships import Enterprise, Township, TownshipJustice
from sim.agents.view import Desk, View
from sim.agents.yards import Keeping, Team, VillageHousehold

__all__ = [
    "Base",
    "Body",
    "BodyKind",
    "BorderStation",
    "Building",
    "CamperHousehold",
    "Candidate",
    "Circle",
    "Claimant",
    "Coaches",
    "Collective",
    "Compound",
    "Contract",
    "Contractor",
    "Courier",
    "Court",
    "Crew",
    "Desk",
    "Enterprise",
    "Ground",
    "HerderHousehold",
    "Household",
    "Hub",
    "JusticeOffice",
    "Keeping",
    "MediationRoom",
    "Mediator",
    "MobileTeam",
    "PartyBranch",
    "Plant",
    "PropertyCompany",
    "Resident",
    "Role",
    "SubDistrictCentre",
    "Sumu",
    "SumuCentre",
    "Team",
    "Tenure",
    "Township",
    "TownshipJustice",
    "View",
    "VillageBranch",
    "VillageHousehold",
    "VillageMediator",
    "WorkSite",
    "WorkerHousehold",
]
