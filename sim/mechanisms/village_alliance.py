"""联村共建: a village with money and a village with land found one base, brokered by the township.

Institutional grammar (ADICO): where two home villages make a township [C], the branches [A] may [D] give a number
of the hours that they have for the base [I] to

* ``complementarity``: talk about pooling land, rooms and capital [I] at a share that is fixed when it is signed [C],
  or else each goes on alone [O] (page-A4, page-A5, page-A8); households of both villages, and where room is left those
  around, then have chicks from the joint base;
* ``authority``: the township must [D] call both sides to the table [I], so that neither stays away (page-A6), from
  talks as from disputes over what is shared, once something is;
* ``coordination``: both must [D] act through one joint office to a degree [I], which makes a round of talks, or a
  session with a member, cheaper or, where it goes too far, dearer (page-A6, page-A9; xie-2019);
* ``demonstration``: call on party members to begin first [I], and show their yards to team after team [I] (page-A11;
  xu-2022);
* ``floor_price``: sign buy-back contracts with households for an enterprise [I] that comes only if enough birds are
  placed together [C] (page-A12, page-A13; guo-jolly-2008, huang-2018);
* ``inputs_and_skill``: order chicks, feed and vaccines for households [I] on the base's credit, and have members with
  large flocks coach households one to one in hours of their own [I] (page-A2, page-A10).

Hours are the branches' own (`sim.rules.canvass`): what is given to these is not there for asking households round.
But for the coaches': what they give is members' time that nothing else here is the poorer for, so `inputs_and_skill`
adds hours, a second exception to hour neutrality beside the merged person's. A placebo has as many (`extra_hours`).
With complementarity off there is nothing to bargain over, so authority and coordination are dummies then. `hours`
scales the whole: at 0 nothing changes, and few hours do little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from sim.mechanisms import Mechanism, Setting
from sim.parameters import Value, parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Parameters:
    """Hours, what they are kept for, and the share."""

    hours: float = parameter(
        6.0,
        0.0,
        8.0,
        unit="hours/week",
        kind="set",
        source="design, prior-hours: most of what two cadres give to the base",
        doc="what each branch gives to the alliance, out of its hours for the base",
    )
    extra_hours: float = parameter(
        0.0,
        0.0,
        40.0,
        unit="hours/week",
        kind="set",
        source="design: none by default; for a placebo 25, as many as coaches have in the mean of all draws",
        doc="hours added to each home village's branch from nowhere",
    )
    share: float = parameter(
        0.5,
        0.0,
        1.0,
        unit="share",
        kind="set",
        source="prior-collective, page-A8: the page does not say; scanned over 0.2 to 0.8",
        doc="share of the village with money in what is earned together, fixed when it is signed",
    )
    degree: float = parameter(
        0.5,
        0.0,
        1.0,
        unit="share",
        source="prior-collective, xie-2019: where a round costs least",
        doc="degree of integration of the two branches",
    )
    public_grant: float = parameter(
        0.0,
        0.0,
        500000.0,
        unit="yuan",
        kind="set",
        source="prior-collective, seed-grant: none by default, booked apart",
        doc="public grant to the joint base when it is founded",
    )
    meet_hours: float = parameter(
        3.0,
        1.0,
        4.0,
        unit="hours/week",
        source="guess: with 40 hours a round, one in six to seven weeks",
        doc="time of each branch for talks, until they are signed; then a fourth of it for running the joint base",
    )
    calling_hours: float = parameter(
        0.5, 0.2, 1.0, unit="hours/week", source="guess: two calls a week", doc="time for calling on members to begin"
    )
    showing_hours: float = parameter(
        0.75,
        0.4,
        1.5,
        unit="hours/week",
        source="guess: three shows in two months",
        doc="time for showing yards to teams",
    )
    contract_hours: float = parameter(
        1.0, 0.4, 2.0, unit="hours/week", source="guess: ten contracts a week", doc="time for signing contracts"
    )
    order_hours: float = parameter(
        0.75, 0.25, 1.5, unit="hours/week", source="guess: seven orders a week", doc="time for ordering inputs"
    )
    coaches: int = parameter(
        5, 1, 15, unit="people", source="guess, page-A10: members with large flocks", doc="coaches of a home village"
    )
    coach_hours: float = parameter(
        3.0,
        1.0,
        6.0,
        unit="hours/week",
        source="guess, page-A10: half an hour a day at most",
        doc="what a coach gives, out of hours of its own",
    )


USUAL_HOURS = 6.0
"""Hours at which the time for each practice is meant."""

RUNNING = 0.25
"""Part of the time for talks that running the joint base takes once it is founded."""


class VillageAlliance(Mechanism):
    """See the module."""

    name = "village_alliance"
    channels = (
        "authority",
        "coordination",
        "complementarity",
        "demonstration",
        "floor_price",
        "inputs_and_skill",
    )
    Parameters = Parameters
    places = ("village",)
    offers = (
        "branch_minutes",
        "meeting_minutes",
        "summoned",
        "integration",
        "pool_share",
        "grant",
        "call_minutes",
        "show_minutes",
        "contract_minutes",
        "supply_minutes",
        "coach_minutes",
    )
    purposes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "complementarity": ("meeting",),
        "demonstration": ("calling", "showing"),
        "floor_price": ("contracts",),
        "inputs_and_skill": ("orders", "coaching"),
    }

    @classmethod
    def refuse(cls, structure: Mapping[str, Value]) -> str:
        """Say why it cannot stand in a world of this structure: one village has nobody to ally with."""
        if structure.get("villages", 2) < 2:
            return f"village_alliance joins two home villages; world.villages={structure['villages']} has only one"
        return ""

    def offices(self, w: Worlds, me: Setting) -> None:
        """Offer hours, a share, a joint office and a summons in townships with two home villages."""
        layout = w.layout
        pair = layout.traits["township_joint"] >= 0
        township = layout.up("village", "township")
        home = (layout.traits["village_base"] >= 0) & pair[township]
        w.offer("branch_minutes", np.rint(60 * me.extra_hours), me.present & home)
        scale = np.minimum(me.hours / USUAL_HOURS, 1.0)
        works = me.hours > 0
        pools = me.on("complementarity") & works
        w.offer("pool_share", me.share, pools & pair)
        w.offer("grant", me.public_grant, pools & pair)
        w.offer("summoned", 1, pools & me.on("authority") & pair)
        w.offer("integration", me.degree, pools & me.on("coordination") & pair)
        talks = np.where(w.allied[:, township], RUNNING, 1.0) * me.meet_hours * scale
        w.offer("meeting_minutes", np.rint(60 * talks), pools & home)
        for channel, lever, hours in (
            ("demonstration", "call_minutes", me.calling_hours),
            ("demonstration", "show_minutes", me.showing_hours),
            ("floor_price", "contract_minutes", me.contract_hours),
            ("inputs_and_skill", "supply_minutes", me.order_hours),
        ):
            w.offer(lever, np.rint(60 * hours * scale), me.on(channel) & works & home)
        coaching = np.rint(60 * me.coaches * me.coach_hours * scale)
        w.offer("coach_minutes", coaching, me.on("inputs_and_skill") & works & home)
