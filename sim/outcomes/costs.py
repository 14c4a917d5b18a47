"""Outcomes of cost: hours worked at desks, on practices and on circuits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim import places
from sim.cases import Desk
from sim.outcomes.spec import A_YEAR, LOWER, NEITHER, Floats, Ints, OutcomeSpec, a_year, over
from sim.rules import desks, trust
from sim.rules.keeping import PURPOSES
from sim.rules.labour import FOR_BIRDS
from sim.rules.teams import PURPOSES as TEAM_PURPOSES

HOURS: tuple[OutcomeSpec, ...] = (
    OutcomeSpec(
        "hours",
        f"hours {A_YEAR}",
        "hours worked at all desks and on all practices (ledger, summons, calls, doors)",
        LOWER,
        "hours worked",
        "cost",
        True,
    ),
    OutcomeSpec(
        "hours_company",
        f"hours {A_YEAR}",
        "hours that companies worked on what was claimed",
        NEITHER,
        "hours of companies",
        "cost",
    ),
    OutcomeSpec(
        "hours_centre",
        f"hours {A_YEAR}",
        "hours worked at sub-district centres",
        NEITHER,
        "hours at centres",
        "cost",
    ),
    OutcomeSpec(
        "hours_body", f"hours {A_YEAR}", "hours worked at bodies' desks", NEITHER, "hours at bodies' desks", "cost"
    ),
    OutcomeSpec(
        "hours_branch",
        f"hours {A_YEAR}",
        "hours worked at party branches' desks",
        NEITHER,
        "hours at branches' desks",
        "cost",
    ),
    OutcomeSpec(
        "hours_community",
        f"hours {A_YEAR}",
        "hours worked at communities' desks",
        NEITHER,
        "hours at communities' desks",
        "cost",
    ),
    *(
        OutcomeSpec(
            f"hours_{trust.DESKS[desk]}",
            f"hours {A_YEAR}",
            f"hours worked at {desks.WORKED_AT[desk]}",
            NEITHER,
            f"hours at {desks.WORKED_AT[desk]}",
            "cost",
        )
        for desk in (Desk.STATION, Desk.ROOM, Desk.JUSTICE, Desk.TEAM, Desk.MEDIATOR)
    ),
    OutcomeSpec(
        "hours_circuits",
        f"hours {A_YEAR}",
        "hours on circuits, of all agencies on board, the way among them",
        NEITHER,
        "hours on circuits",
        "cost",
    ),
    *(
        OutcomeSpec(f"hours_{p}", f"hours {A_YEAR}", f"hours worked on {what}", NEITHER, f"hours on {p}", "cost")
        for p, what in TEAM_PURPOSES.items()
    ),
    *(
        OutcomeSpec(f"hours_{p}", f"hours {A_YEAR}", f"hours worked on {what}", NEITHER, f"hours on {p}", "cost")
        for p, what in PURPOSES.items()
    ),
    OutcomeSpec(
        "hours_per_settled",
        "hours per case",
        "hours worked over cases settled, in villages without what is done for birds; missing if none was settled",
        LOWER,
        "hours per settled case",
        "cost",
    ),
)

ONLY: dict[str, tuple[str, ...]] = {
    **{f"hours_{purpose}": ("compound",) for purpose in PURPOSES},
    **{f"hours_{trust.DESKS[desk]}": places.having("STAFFED", desk) for desk in desks.WORKED_AT},
    **dict.fromkeys(("hours_circuits", *(f"hours_{purpose}" for purpose in TEAM_PURPOSES)), ("pasture",)),
}
"""Outcomes to which there is a path only in some kinds of settlement, and in which."""


def quotients(n: Mapping[str, Ints]) -> dict[str, Floats]:
    """Return the hours of each world from its counts, in all and for every purpose."""
    worked = [name for name in n if name.startswith("minutes_")]
    minutes = sum((n[name] for name in worked), np.zeros_like(n["days"]))
    for_birds = sum((n.get(f"minutes_{practice}", 0) for practice in FOR_BIRDS), np.zeros_like(n["days"]))
    return {
        "hours": a_year(n, minutes, 60.0),
        "hours_per_settled": over(minutes - for_birds, n["cases_settled"], 1 / 60),
        **{name.replace("minutes", "hours"): a_year(n, n[name], 60.0) for name in worked},
    }
