"""快递小哥: couriers as eyes on the way, enrolled as safety volunteers.

Institutional grammar (ADICO): in every community [C]

* ``early_detection``: couriers who are enrolled may [D] report what they notice on their rounds [I], hazards above all
  (page-C1, page-C5, page-C7); the community must [D] read every report, false alarms too [I];
* ``responsiveness``: the community must [D] tell a courier within the days in which claimants are answered what became
  of a report [I], or else fewer are made [O] (page-C6);
* ``reciprocity``: the community must [D] hear couriers' own troubles at rest stations [I]; who is helped looks out
  afresh [O] (page-C6, page-C8).

Who: `enrolled` of all couriers, the same ones at every larger share; the page's 519 party members are 0.013 of the
region's couriers (page-C3). Couriers' minutes are unpaid and counted apart; the community's are those of the same
mediators, and missing at their desk. With nobody enrolled nothing changes, and few do little. Without
``early_detection`` there is nothing to answer and nobody to help: the other two channels are then dummies.
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
    """Who is enrolled."""

    enrolled: float = parameter(
        0.1,
        0.0,
        1.0,
        unit="share",
        kind="set",
        source="prior-couriers: scanned from 0.013, party members only, to all",
        doc="couriers who look out",
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


class CourierSensing(Mechanism):
    """See the module."""

    name = "courier_sensing"
    channels = ("early_detection", "responsiveness", "reciprocity")
    Parameters = Parameters
    places = ("compound",)
    offers = ("couriers_share", "couriers_answered", "rest_stations", "community_extra")
    purposes: ClassVar[Mapping[str, tuple[str, ...]]] = {"early_detection": ("reports",), "reciprocity": ("rest",)}

    def offices(self, w: Worlds, me: Setting) -> None:
        """Offer who looks out, whether they are told what became of it, and whether anybody listens to them."""
        w.offer("community_extra", np.rint(60 * me.extra_hours), me.present)
        looks_out = me.present & me.on("early_detection") & (me.enrolled > 0)
        w.offer("couriers_share", me.enrolled, looks_out)
        w.offer("couriers_answered", 1, looks_out & me.on("responsiveness"))
        w.offer("rest_stations", 1, looks_out & me.on("reciprocity"))
