"""文化活动: a calendar of small events, at which neighbours meet.

Institutional grammar (ADICO): a community [A] must [D] hold some events a year [I], to which anybody may [D] come.

* ``shared_places``: who comes meets others (page-photos).

The same people's hours: organising is missing at the desk of the community's mediators. `hours` is what is set aside
for each event of the calendar; where an event takes more, fewer are held. At 0 nothing changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.mechanisms import Mechanism, Setting
from sim.parameters import parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Parameters:
    """The calendar, and time for it."""

    events: float = parameter(
        6.0,
        0.0,
        52.0,
        unit="per year",
        kind="set",
        source="prior-culture",
        doc="events in a community's calendar",
    )
    hours: float = parameter(
        8.0,
        0.0,
        16.0,
        unit="hours per event",
        kind="set",
        source="prior-culture",
        doc="what is set aside for each event of the calendar",
    )
    extra_hours: float = parameter(
        0.0,
        0.0,
        40.0,
        unit="hours/week",
        kind="set",
        source="design: none by default, 2 for a placebo",
        doc="hours added to each community's desk from nowhere",
    )


WEEKS = 365 / 7


class CommunityCulture(Mechanism):
    """See the module."""

    name = "community_culture"
    channels = ("shared_places",)
    Parameters = Parameters
    places = ("compound",)
    offers = ("host_events", "community_extra")
    purposes: ClassVar[Mapping[str, tuple[str, ...]]] = {"shared_places": ("events",)}

    def offices(self, w: Worlds, me: Setting) -> None:
        """Offer time for events."""
        w.offer("community_extra", np.rint(60 * me.extra_hours), me.present)
        w.offer("host_events", np.rint(60 * me.events * me.hours / WEEKS), me.on("shared_places"))
