"""Unpaid labour: the hours that branches and coaches give, valued apart from what collectives earn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.columns import Rule
from sim.parameters import parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds

PRACTICES = ("asking", "calling", "showing", "contracts", "orders", "meeting", "sharing", "coaching")
"""What hours are given to without pay; coaching by members with large flocks, the rest by branches."""

FOR_BIRDS = tuple(practice for practice in PRACTICES if practice != "sharing")
"""Practices that are not about disputes."""


@dataclass(frozen=True)
class Parameters:
    """What an hour is worth."""

    unpaid_hour: float = parameter(
        20.0,
        0.0,
        40.0,
        unit="yuan/hour",
        source="prior-unpaid-hour",
        doc="worth of an hour that a cadre or a coach gives without pay",
    )


def value(w: Worlds) -> None:
    """Phase: the unpaid hours of the day are valued."""
    minutes = np.zeros(w.n, dtype=np.int64)
    for practice in PRACTICES:
        minutes += w.flow[f"minutes_{practice}"]
    w.flow["unpaid_hours_fen"] += np.rint(minutes * 100 * w.p.unpaid_hour[:, 0] / 60).astype(np.int64)


RULE = Rule(
    name="labour",
    places=("village",),
    parameters=Parameters,
    flows={"unpaid_hours_fen": "worth of the hours of branches and coaches that nobody pays, fen"},
)
