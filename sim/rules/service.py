"""Service: the hours that people give to cases, and how long each step of a case takes.

Which desk has which hours says a kind of settlement (`sim.settlements`); how queues are served says `sim.rules.desks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.cases import Kind
from sim.constants import whole
from sim.parameters import parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

STEPS = (
    "mediation_hours",
    "sitting_hours",
    "proposal_hours",
    "triage_hours",
    "minor_hours",
    "fee_hours",
    "boundary_hours",
    "livestock_hours",
    "wage_hours",
    "help_hours",
    "dealing_hours",
    "sharing_hours",
)
"""Parameters that say how long a step of a case takes."""

HOW_MANY_STEPS = whole(len(STEPS))

MEDIATE, SIT, PROPOSE, TRIAGE, MEND, DUN, BOUNDARY, LIVESTOCK, WAGES, HELP, DEALING, SHARING = range(len(STEPS))

STEP_OF_KIND = np.full(len(Kind), MEDIATE)
"""By number of the kind: the step that a session about it is, on the steppe and in villages."""
STEP_OF_KIND[[Kind.BOUNDARY, Kind.LIVESTOCK, Kind.WAGES, Kind.HELP]] = BOUNDARY, LIVESTOCK, WAGES, HELP
STEP_OF_KIND[[Kind.CONTRACT, Kind.SHARING]] = DEALING, SHARING


@dataclass(frozen=True)
class Parameters:
    """Hours and service times."""

    community_hours: float = parameter(
        2.0,
        1.0,
        4.0,
        unit="hours/week per 300 flats",
        source="prior-hours",
        doc="hours of the community's mediation committee",
    )
    centre_hours: float = parameter(
        80.0,
        40.0,
        120.0,
        unit="hours/week per 20,000 flats",
        source="prior-hours",
        doc="hours of the sub-district's centre",
    )
    repairer_hours: float = parameter(
        40.0,
        20.0,
        60.0,
        unit="hours/week per 300 flats at full effort",
        source="prior-hours",
        doc="hours of the company's repairer",
    )
    station_hours: float = parameter(
        40.0,
        20.0,
        80.0,
        unit="hours/week",
        source="prior-steppe-hours",
        doc="hours that a border station gives to disputes and help",
    )
    room_hours: float = parameter(
        20.0,
        8.0,
        40.0,
        unit="hours/week",
        source="prior-steppe-hours",
        doc="hours that a roadside mediation room is open",
    )
    justice_hours: float = parameter(
        20.0,
        8.0,
        40.0,
        unit="hours/week",
        source="prior-steppe-hours, prior-village-hours",
        doc="hours that a justice office has",
    )
    sumu_hours: float = parameter(
        20.0,
        8.0,
        40.0,
        unit="hours/week",
        source="prior-steppe-hours",
        doc="hours that a sumu's centre gives to disputes and help",
    )
    mediator_hours: float = parameter(
        6.0,
        3.0,
        12.0,
        unit="hours/week",
        source="prior-village-hours",
        doc="hours that a village's mediator has",
    )
    boundary_hours: float = parameter(
        3.0,
        1.5,
        6.0,
        unit="hours",
        source="prior-steppe-hours",
        doc="one session about a grazing boundary",
    )
    livestock_hours: float = parameter(
        1.5,
        0.75,
        3.0,
        unit="hours",
        source="prior-steppe-hours",
        doc="one session about animals",
    )
    wage_hours: float = parameter(
        6.0,
        3.0,
        12.0,
        unit="hours",
        source="prior-steppe-hours",
        doc="one session about a crew's wages",
    )
    help_hours: float = parameter(
        1.0,
        0.5,
        3.0,
        unit="hours",
        source="guess: half a morning with the people",
        doc="bringing help, the way apart",
    )
    dealing_hours: float = parameter(
        1.5,
        0.75,
        3.0,
        unit="hours",
        source="guess, prior-service: as between neighbours",
        doc="one session between a household and the enterprise",
    )
    sharing_hours: float = parameter(
        2.0,
        1.0,
        4.0,
        unit="hours",
        source="prior-village-hours",
        doc="one session between a member and the collective about what is shared",
    )
    minor_hours: float = parameter(
        0.5,
        0.25,
        1.0,
        unit="hours",
        source="prior-service",
        doc="a minor repair by the company",
    )
    triage_hours: float = parameter(
        0.1,
        0.05,
        0.5,
        unit="hours",
        source="prior-service",
        doc="reading a case and sending it on, or writing it into a ledger",
    )
    proposal_hours: float = parameter(
        6.0,
        3.0,
        12.0,
        unit="hours",
        source="prior-service",
        doc="working out a shared repair and laying it before the principal",
    )
    sitting_hours: float = parameter(
        1.0,
        0.5,
        2.0,
        unit="hours",
        source="guess: a sixth of working it out",
        doc="laying a proposal already worked out before a principal",
    )
    mediation_hours: float = parameter(
        1.5,
        1.0,
        3.0,
        unit="hours",
        source="prior-service",
        doc="one mediation session between neighbours",
    )
    fee_hours: float = parameter(
        0.5,
        0.25,
        1.0,
        unit="hours",
        source="prior-service",
        doc="one session about fees",
    )
    session_gap_days: int = parameter(
        7,
        3,
        14,
        unit="days",
        source="prior-service",
        doc="time between two sessions of a case",
    )
    handoff_days: int = parameter(
        5,
        2,
        15,
        unit="days",
        source="prior-handoff",
        doc="time a case takes from desk to desk",
    )
    handoff_near_days: int = parameter(
        2,
        1,
        4,
        unit="days",
        source="guess, prior-handoff: the lower end of 2-15 days",
        doc="time a case takes to a desk that authority has brought near",
    )
    handoff_loss: float = parameter(
        0.12,
        0.03,
        0.30,
        unit="probability",
        source="prior-handoff",
        doc="chance that a case is lost on the way",
    )


def minutes(w: Worlds, hours: str, world: Ints) -> Ints:
    """Return the whole minutes that something takes in each given world.

    Args:
        w: the worlds.
        hours: name of the parameter that says how many hours it takes.
        world: world of each.
    """
    if hours not in w.derived:
        w.derived[hours] = np.rint(60 * w.p.flat[hours]).astype(np.int64)
    return w.derived[hours].take(world)


def take(w: Worlds, world: Ints, step: Ints | int) -> Ints:
    """Return the minutes that steps take.

    Args:
        w: the worlds.
        world: world of each.
        step: number of each, or of all, in `STEPS`.
    """
    if "step_minutes" not in w.derived:
        nothing = np.zeros((w.n, 1))
        hours = np.concatenate([w.p.values.get(step, nothing) for step in STEPS], axis=1)
        w.derived["step_minutes"] = np.rint(60 * hours).astype(np.int64).reshape(-1)
    place = world * HOW_MANY_STEPS
    place += step
    return w.derived["step_minutes"].take(place)
