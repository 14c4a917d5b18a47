"""一站式养老: a canteen, rooms, clinics and care for elders in one place of a community.

Institutional grammar (ADICO): in every community [C]

* ``shared_places``: a canteen must [D] serve three meals a day, breakfast among them, below cost, a public budget
  paying the rest [I], and the community's people must [D] open rooms for billiards, cards and singing [I]
  (page-B2, page-B3, page-B8); who comes meets others;
* ``early_detection``: those who serve must [D] ask elders who come, or stay away, what troubles them, care for them,
  and hold free clinics [I] (page-B5, page-B6, page-B8);
* ``reciprocity``: the community must [D] keep a rota of elders who may [D] give hours to neighbours [I], which they
  owe to nobody (page-B7).

The same people's hours: what rooms, clinics, asking and the rota take is missing at the desk of the community's
mediators. Cooks are paid out of the price and the budget. `hours` scales the whole, seats and budget up to what they
are at the usual hours: at 0 nothing changes, and few hours do little. One place serves all compounds of a community;
it stands in the first of them.
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
    """Hours, seats and money; all of them for 1,000 households."""

    hours: float = parameter(
        2.0,
        0.0,
        10.0,
        unit="hours/week per 1,000 households",
        kind="set",
        source="guess: a third of what mediators have (prior-hours); scanned",
        doc="what the community's people give to rooms, clinics, asking and the rota together",
    )
    rooms_hours: float = parameter(
        0.8,
        0.0,
        2.0,
        unit="hours/week per 1,000 households",
        kind="set",
        source="guess, page-B3: nearly an afternoon a week",
        doc="what of it goes to opening rooms, when `hours` is the usual 2",
    )
    clinics_hours: float = parameter(
        0.4,
        0.0,
        2.0,
        unit="hours/week per 1,000 households",
        kind="set",
        source="guess, page-B5: a morning in ten weeks",
        doc="what of it goes to clinics",
    )
    watch_hours: float = parameter(
        0.4,
        0.0,
        2.0,
        unit="hours/week per 1,000 households",
        kind="set",
        source="guess, page-B6: asking eight elders a week",
        doc="what of it goes to asking elders what troubles them",
    )
    care_hours: float = parameter(
        0.2,
        0.0,
        2.0,
        unit="hours/week per 1,000 households",
        kind="set",
        source="guess, page-B8: one need in five weeks",
        doc="what of it goes to seeing to needs of elders who came lately",
    )
    rota_hours: float = parameter(
        0.2,
        0.0,
        2.0,
        unit="hours/week per 1,000 households",
        kind="set",
        source="guess, page-B7: calling on volunteers twice a week",
        doc="what of it goes to calling on volunteers",
    )
    seats: float = parameter(
        30.0,
        0.0,
        100.0,
        unit="seats per 1,000 households",
        kind="set",
        source="prior-hub",
        doc="seats of the canteen, at each of three meals a day",
    )
    budget: float = parameter(
        30_000.0,
        0.0,
        200_000.0,
        unit="yuan/year per 1,000 households",
        kind="set",
        source="guess, prior-hub: for some 20 meals a day, 3 to 7 yuan each",
        doc="public money for what meals cost beyond their price; without any the canteen stays closed",
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


USUAL_HOURS = 2.0
"""Hours at which seats, budget and the parts of the hours are meant."""

WEEKS = 365 / 7


class ElderServices(Mechanism):
    """See the module."""

    name = "elder_services"
    channels = ("early_detection", "shared_places", "reciprocity")
    Parameters = Parameters
    places = ("compound",)
    offers = (
        *("canteen_seats", "meal_budget", "host_rooms", "host_watch", "host_care", "host_clinics", "host_rota"),
        "community_extra",
    )
    purposes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "early_detection": ("watch", "care", "clinics"),
        "shared_places": ("rooms",),
        "reciprocity": ("rota",),
    }

    def offices(self, w: Worlds, me: Setting) -> None:
        """Offer seats, money for meals, and time."""
        w.offer("community_extra", np.rint(60 * me.extra_hours), me.present)
        thousands = w.layout.count("community", "household") / 1000
        active, scale = me.present & (me.hours > 0), me.hours / USUAL_HOURS
        small, shared = np.minimum(scale, 1.0), active & me.on("shared_places")
        w.offer("canteen_seats", np.rint(me.seats * small * thousands), shared & (me.budget > 0))
        w.offer("meal_budget", np.rint(100 * me.budget * small * thousands / WEEKS), shared)
        for channel, lever, hours in (
            ("early_detection", "host_watch", me.watch_hours),
            ("early_detection", "host_care", me.care_hours),
            ("early_detection", "host_clinics", me.clinics_hours),
            ("shared_places", "host_rooms", me.rooms_hours),
            ("reciprocity", "host_rota", me.rota_hours),
        ):
            w.offer(lever, np.rint(60 * hours * scale * thousands), active & me.on(channel))
