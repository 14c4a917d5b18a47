"""Agents of the Mesa face: light, read-only views of the rows of a model's world.

A household here is not an object with a state: the state stands in the columns of `sim.worlds.Worlds`,
and an agent is a name for one row of them, read through its own model, so two live models share
nothing. Agents stay the same objects for the life of their model and always show the present day.
Nothing can be written to them: what a policy may touch are the levers, by way of a mechanism.
"""

from __future__ import annotations

from sim.agents.companies import Contract, PropertyCompany
from sim.agents.compounds import Compound
from sim.agents.homes import Building, Household, Tenure
from sim.agents.offices import Body, BodyKind, Candidate, Court, Mediator, PartyBranch, SubDistrictCentre
from sim.agents.view import Desk, View

KINDS: tuple[type[View], ...] = (
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
)
"""All kinds of agent, in the order of their numbers."""

__all__ = [
    "KINDS",
    "Body",
    "BodyKind",
    "Building",
    "Candidate",
    "Compound",
    "Contract",
    "Court",
    "Desk",
    "Household",
    "Mediator",
    "PartyBranch",
    "PropertyCompany",
    "SubDistrictCentre",
    "Tenure",
    "View",
]
