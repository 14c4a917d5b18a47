"""Projects: public works by a contractor in a compound, who may be talked into mending its road and gate better.

There is none in an ordinary world: a project is observed, not drawn, and comes from outside (page-D17, where drains
were renewed). While it lasts the body asks the contractor for better than was ordered: another surface, a new gate.
After some rounds, in the time set aside for talks, the contractor accepts if the extra cost is at most what the
project's contingency can bear and the delay that an agreement avoids is worth. Without one the quarrel over road and
gate would go to the community's desk, and the works before it rest until that desk finds time, though never longer
than the project lasts. The public account of the project pays; whether it ought to is not told, nor asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books
from sim.cases import NEVER, Activity, Kind, Stage, close_cases, log_cases, under_way
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.places.compound import COMMUNITY
from sim.rules import bodies, defects, keeping, referrals, trust

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

OPEN, ACCEPTED, REFUSED = 0, 1, 2
"""Values of the column ``project_answer``."""

NONE = -NEVER
"""Value of ``project_until`` where there is no project."""


@dataclass(frozen=True)
class Parameters:
    """Money of the project and of what is asked for."""

    project_cost: float = parameter(
        3000.0,
        1000.0,
        6000.0,
        unit="yuan per flat",
        source="prior-project",
        doc="what the project was ordered for",
    )
    contingency: float = parameter(
        0.05,
        0.02,
        0.10,
        unit="share",
        source="prior-project",
        doc="share of that which the contractor may spend on what was not ordered",
    )
    delay_yuan: float = parameter(
        2000.0,
        1000.0,
        5000.0,
        unit="yuan per day",
        source="prior-project",
        doc="what a day of delay costs the contractor",
    )
    upgrade_cost: float = parameter(
        200.0,
        80.0,
        500.0,
        unit="yuan per flat",
        source="prior-project",
        doc="extra cost of asphalt instead of bricks, and of a gate",
    )


def begin(w: Worlds, where_: NDArray[np.bool_], days: int) -> None:
    """Let a project begin today in the given compounds.

    Not part of any day: for worlds in which it has been observed.

    Args:
        w: the worlds.
        where_: compounds, shape ``(worlds, compounds)``.
        days: how long it lasts.
    """
    w.project_until[where_] = w.day + days
    w.project_rounds[where_] = 0
    w.project_answer[where_] = OPEN


def bargain(w: Worlds) -> None:
    """Phase, weekly: bodies in whose compound there is a project talk with its contractor."""
    on = (w.project_until > w.day) & (w.project_answer == OPEN) & (w.body > bodies.NONE)
    if not on.any():
        return
    world, compound = np.nonzero(on & (w.talks_balance > 0))
    done = keeping.spend(w, "talks", world, compound, "talk_hours")
    world, compound = world[done], compound[done]
    w.project_rounds[world, compound] += 1
    over = w.project_rounds[world, compound] >= w.at("talk_rounds", world)
    _conclude(w, world[over], compound[over])


def extra(w: Worlds, world: Ints, compound: Ints) -> Ints:
    """Return what is asked for would cost more than what was ordered, fen."""
    flats = w.layout.count("compound", "household")[compound]
    fen: Ints = np.rint(w.at("upgrade_cost", world) * flats * books.FEN).astype(np.int64)
    return fen


def room(w: Worlds, world: Ints, compound: Ints) -> Ints:
    """Return the most that contractors would bear: contingency, and the delay that an agreement avoids, fen."""
    flats = w.layout.count("compound", "household")[compound]
    contingency = w.at("contingency", world) * w.at("project_cost", world) * flats
    left = w.project_until[world, compound] - w.day
    wait = w.wait_days[world, referrals.of_compound(w, compound, COMMUNITY)] + w.whole("handoff_days", world)
    delay = w.at("delay_yuan", world) * np.minimum(wait, left)
    fen: Ints = np.rint((contingency + delay) * books.FEN).astype(np.int64)
    return fen


def _conclude(w: Worlds, world: Ints, compound: Ints) -> None:
    """Lay the demand on the table; what is accepted is done, and road and gate are whole."""
    if len(world) == 0:
        return
    asked, most = extra(w, world, compound), room(w, world, compound)
    yes = asked <= most
    w.project_room[world, compound] = most
    w.project_answer[world, compound] = np.where(yes, ACCEPTED, REFUSED)
    world, compound = world[yes], compound[yes]
    w.project_paid[world, compound] = asked[yes]
    _make_whole(w, world, compound)


def _make_whole(w: Worlds, world: Ints, compound: Ints) -> None:
    """Mend road and gate of the given compounds where they are broken and nobody is at it."""
    roads = defects.assets_of_kind(w, int(Kind.ROAD))
    road = roads[np.searchsorted(w.layout.up("asset", "compound")[roads], compound)]
    case = w.defect_case[world, road]
    stage = np.where(case >= 0, np.append(w.cases.stage, 0)[case], int(Stage.WAITING))
    free = w.defective[world, road] & ~under_way(stage)
    world, road, case = world[free], road[free], case[free]
    if len(world) == 0:
        return
    rows = case[case >= 0]
    log_cases(w, rows, Activity.REPAIRED)
    close_cases(w, rows, Stage.SETTLED, Activity.SETTLED)
    defects.mend(w, world, road)
    trust.learn(w)


RULE = Rule(
    name="projects",
    places=("compound",),
    wakes=(),
    columns=(
        Column(
            "project_until",
            "compound",
            np.int32,
            "day on which a contractor's works end; 1 - 2^31 = none",
            default=NONE,
        ),
        Column("project_rounds", "compound", np.int32, "rounds of talks with the contractor so far"),
        Column("project_answer", "compound", np.int8, "contractor's answer: 0 none yet, 1 accepted, 2 refused"),
        Column("project_room", "compound", np.int64, "most that the contractor would have borne when asked, fen"),
        Column(
            "project_paid", "compound", np.int64, "paid by a project's public account for what was not ordered, fen"
        ),
    ),
    parameters=Parameters,
)
