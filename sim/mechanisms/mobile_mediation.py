"""流动调解: mediators who come to you, on the steppe.

Institutional grammar (ADICO): in a covered sumu [C]

* ``onsite_visits``: the station's officers must [D] answer calls at any hour, hear them on the phone and go there [I],
  and once a week drive a circuit from camp to camp [I], holding sessions where people live and asking around what
  troubles them (page-E7, page-E10); a calendar of the seasons (page-E12) says what comes first [C] and gives the months
  in which herds meet longer circuits, and the others shorter ones;
* ``coordination``: justice office and centre must [D] send one officer each on the circuit [C], so that one visit
  replaces several and what is not settled there may only [D] go to court [I] (page-E4, page-E6); where nobody drives
  from camp to camp they sit together at the centre; a judge may [D] come along, who confirms what is agreed [I];
* ``authority``: the station may [D] summon parties to its sessions and those in the field [I], who then seldom stay
  away [O], and carry a case to the next desk, which is then near [I] (page-E4);
* ``legal_awareness``: the station must [D] give law talks, in person and online [I] (page-E11);
* ``case_ledger``: must [D] enter hand-offs in a ledger [I], which then hardly ever get lost (page-E6).

The same people's hours: what goes to the field, to circuits, summonses, entries and talks is missing at their desks.
`hours` scales the whole: at 0 nothing changes, and few hours do little. The court is outside the model, so a judge's
hours are counted and are missing nowhere: by default none comes along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.mechanisms import Mechanism, Setting
from sim.parameters import parameter
from sim.rules import frictions, teams, travel

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Parameters:
    """Hours, and what they are kept for."""

    hours: float = parameter(
        25.0,
        0.0,
        60.0,
        unit="hours/week",
        kind="set",
        source="prior-team",
        doc="what each crew of the station's officers gives to the field, its circuit among them",
    )
    circuit_hours: float = parameter(
        8.0,
        0.0,
        40.0,
        unit="hours/week",
        kind="set",
        source="prior-team: one circuit a week, a day; scanned",
        doc="what of it goes to the weekly circuit, when `hours` is the usual 25; each agency on board gives as much",
    )
    crews: int = parameter(
        1,
        1,
        teams.MOST_CREWS,
        unit="crews",
        kind="set",
        source="prior-team: one; scanned",
        doc="crews that the station's officers form, each with its circuit; calls are all crews' together",
    )
    calendar: bool = parameter(
        True,
        False,
        True,
        unit="switch",
        kind="set",
        source="page-E12",
        doc="a calendar of the seasons says which matters circuits see to first, and how long they are",
    )
    calendar_shift: float = parameter(
        0.3,
        0.0,
        0.6,
        unit="share",
        kind="set",
        source="guess: a day a week becomes ten hours in summer, six and a quarter else",
        doc="how much longer a calendar makes circuits from June to October; the year's hours stay",
    )
    judge: bool = parameter(
        False,
        False,
        True,
        unit="switch",
        kind="set",
        source="page-E4: a court is told of as coming along; off, since its hours are missing nowhere in the model",
        doc="a judge is on board of joint circuits, who confirms at once what is agreed there",
    )
    summons_hours: float = parameter(
        0.5,
        0.1,
        2.0,
        unit="hours/week",
        source="guess: five summonses a week of 0.1 hour",
        doc="time set aside for summoning parties and carrying cases to the next desk",
    )
    ledger_hours: float = parameter(
        0.4,
        0.1,
        1.0,
        unit="hours/week",
        source="guess: four entries a week of 0.1 hour",
        doc="time set aside for the ledger",
    )
    talks: float = parameter(
        15.0,
        0.0,
        50.0,
        unit="per year",
        kind="set",
        source="prior-team",
        doc="law talks for which time is set aside, a way of four hours there and back reckoned for each",
    )
    entered_loss: float = parameter(
        0.01,
        0.0,
        0.05,
        unit="probability",
        source="prior-handoff",
        doc="chance that a case in the ledger is lost",
    )
    extra_hours: float = parameter(
        0.0,
        0.0,
        40.0,
        unit="hours/week",
        kind="set",
        source="design: none by default, 2 for a placebo",
        doc="hours added to the station's desk from nowhere",
    )


USUAL_HOURS = 25.0
"""Hours at which `circuit_hours` and the time set aside for practices are meant."""

HOURS_PER_TALK = 6.0
"""Hours reckoned for a law talk, way included, when time is set aside."""

WEEKS = 365 / 7

BUSY = (frictions.GRAZING[1] - frictions.GRAZING[0]) / travel.YEAR
"""Share of the year in which circuits are longer where a calendar is kept."""


def season(day: int, shift: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how long circuits are in a season over what they are in the mean of the year, of which it is 1.

    Args:
        day: the day.
        shift: how much longer they are in the months in which herds meet, shape ``(worlds, 1)``.
    """
    first, after = frictions.GRAZING
    return 1 + shift * np.where(first <= travel.of_year(day) < after, 1.0, -BUSY / (1 - BUSY))


class MobileMediation(Mechanism):
    """See the module."""

    name = "mobile_mediation"
    channels = ("authority", "coordination", "onsite_visits", "legal_awareness", "case_ledger")
    Parameters = Parameters
    places = ("pasture",)
    offers = (
        *(
            "team_field",
            "team_circuit",
            "team_board",
            "team_drives",
            "team_calendar",
            "team_summoned",
            "team_papers",
            "team_lessons",
        ),
        *("team_loss", "team_crews", "team_judge", "station_extra"),
    )

    purposes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "authority": ("summoned",),
        "coordination": ("circuits",),
        "onsite_visits": ("circuits", "team"),
        "legal_awareness": ("lessons",),
        "case_ledger": ("papers",),
    }

    def offices(self, w: Worlds, me: Setting) -> None:
        """Offer hours in the field, agencies on board, and time for summonses, entries and talks."""
        w.offer("station_extra", np.rint(60 * me.extra_hours), me.present)
        active = me.present & (me.hours > 0)
        scale = np.minimum(me.hours / USUAL_HOURS, 1.0)
        kept = active & (me.calendar > 0)
        circuit = np.rint(60 * me.circuit_hours * scale * np.where(kept, season(w.day, me.calendar_shift), 1.0))
        drives = active & me.on("onsite_visits")
        w.offer("team_drives", 1, drives)
        w.offer("team_calendar", 1, kept & me.any_on("onsite_visits", "coordination"))
        w.offer("team_circuit", circuit, active & me.any_on("onsite_visits", "coordination"))
        w.offer("team_crews", me.crews, active & me.any_on("onsite_visits", "coordination"))
        w.offer("team_field", me.crews * np.maximum(np.rint(60 * me.hours) - circuit, 0), drives)
        judge = me.judge > 0
        w.offer("team_board", teams.ON_BOARD + judge, active & me.on("coordination"))
        w.offer("team_judge", 1, active & me.on("coordination") & judge)
        for channel, lever, hours in (
            ("authority", "team_summoned", me.summons_hours),
            ("case_ledger", "team_papers", me.ledger_hours),
            ("legal_awareness", "team_lessons", me.talks * HOURS_PER_TALK / WEEKS),
        ):
            w.offer(lever, np.rint(60 * hours * scale), active & me.on(channel))
        w.offer("team_loss", me.entered_loss, active & me.on("case_ledger"))
