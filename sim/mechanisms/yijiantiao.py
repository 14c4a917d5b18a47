"""一肩挑: the secretary of the party branch also chairs the owners' committee (or management committee).

Institutional grammar (ADICO): where a body stands and the compound is covered [C], the secretary [A]
must [D] take part in the body's matters with a given number of hours [I];

* ``coordination``: in the same person [I]: one hours budget, one queue, one veto; switched off, and
  any other channel on, the secretary is a second principal, whose desk and veto every proposal must
  also pass, or else it is not put to the owners [O] (page-D2, page-D3, page-D13; bernheim-1986);
* ``authority``: may [D] summon parties to the body's desk [I], who then seldom stay away [O], and carry a
  case to the community's desk, which is then near [I] (page-D3, page-D19);
* ``monitoring``: must [D] inspect the company's work and its accounts [I] and share with the body what the hotline
  tells [I] (page-D3; holmstrom-1979);
* ``renewal_leverage``: must [D] talk with the company when its contract is up [C] and call a ballot on its
  replacement [I] if it refuses what is asked of it [C] (page-D8, page-D9; baker-2002);
* ``onsite_visits``: must [D] knock on owners' doors while they are asked [C] (page-D11, page-D14): an owner at
  home decides that day, by the same threshold as alone; and go round to hear what troubles people [I], who then
  decide that day whether to claim;
* ``cost_sharing``: must [D] call on party members among the owners to sign and pay first [I] (page-D13, page-D15);
* ``case_ledger``: must [D] keep a ledger [I]: hand-offs written in it are hardly ever lost, shelved
  proposals come up again after a deadline (page-D18, page-D19, page-D20).

Who: in each compound one of the three candidates of `sim.rules.leaders` is the secretary, and holds the
body's desk as far as the offices are merged. Secretaries quit; then the arrangement rests in that compound
until the next candidate takes over. `leader_selection` is a way of rolling out, not a channel: the best by
score take office, and compounds with the best of them come first, so that quality falls with coverage
(order statistics). After the campaign of day 0 the effort decays to a part of what it was (wang-yang-2025).

The merged person's hours are the one declared exception to "no hours are conjured": one person gives
`merged_hours` where two gave the secretary's and the director's. `equal_hours` gives instead exactly
the sum of the two. Effort that decays takes from the secretary's part of them. Every practice takes time
out of the keeper's hours (`sim.rules.keeping`): who knocks on doors holds no desk meanwhile. `hours`
scales the whole: at 0 nothing changes, and few hours do little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import NEVER
from sim.columns import Column
from sim.mechanisms import Mechanism, Setting
from sim.parameters import parameter
from sim.places.compound import CANDIDATES
from sim.renaming import ANY, regular
from sim.rules import bodies, leaders
from sim.space import anywhere

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Parameters:
    """Hours, and what they are kept for."""

    coverage: float = parameter(
        1.0,
        0.0,
        1.0,
        unit="share",
        kind="set",
        tag="E",
        source="design, page-D4: all; today 892 / 1,990 = 0.448",
        doc="share of compounds under the arrangement",
    )
    hours: float = parameter(
        4.0,
        0.0,
        8.0,
        unit="hours/week",
        kind="set",
        source="prior-hours",
        doc="what the secretary gives to the body's matters",
    )
    merged_hours: float = parameter(
        6.0,
        4.0,
        8.0,
        unit="hours/week",
        source="prior-hours",
        doc="what one person gives to both offices, when `hours` is the usual 4",
    )
    equal_hours: bool = parameter(
        False,
        False,
        True,
        unit="switch",
        kind="set",
        source="design: whether the merger does more than its hours",
        doc="the one person gives what the two gave together",
    )
    extra_hours: float = parameter(
        0.0,
        0.0,
        4.0,
        unit="hours/week",
        kind="set",
        source="design: none by default, 2 for a placebo",
        doc="hours added to the body's desk from nowhere",
    )
    leader_selection: bool = parameter(
        False,
        False,
        True,
        unit="switch",
        kind="set",
        source="design, page-D6, wang-yang-2025: leaders at random or the best first",
        doc="the best candidates by score take office, and compounds with the best of them are covered first",
    )
    effort_kept: float = parameter(
        0.5,
        0.3,
        1.0,
        unit="share",
        source="prior-leaders, wang-yang-2025",
        doc="share of the secretary's hours that outlasts the campaign; the rest decays",
    )
    effort_months: float = parameter(
        12.0,
        6.0,
        24.0,
        unit="months",
        source="prior-leaders, wang-yang-2025",
        doc="time after day 0 in which what decays falls to 1/e, months of 30.4 days",
    )
    quits: float = parameter(
        0.10,
        0.02,
        0.30,
        unit="per year",
        source="prior-leaders",
        doc="hazard that a secretary quits",
    )
    vacancy_days: float = parameter(
        90.0,
        30.0,
        180.0,
        unit="days",
        source="guess: a quarter until the next one is appointed",
        doc="time after which the next candidate takes over; the arrangement rests meanwhile",
    )
    removal_day: int = parameter(
        -1,
        -1,
        3650,
        unit="day",
        kind="set",
        source="design: what survives when the secretary goes; never by default",
        doc="every secretary in office is removed once, at the first change of offices from this day on; -1 = never",
    )
    visit_hours: float = parameter(
        2.0,
        0.5,
        4.0,
        unit="hours/week",
        source="guess: half of the secretary's hours, while owners are signing",
        doc="time kept for knocking on doors, out of the keeper's hours",
    )
    summons_hours: float = parameter(
        0.3,
        0.1,
        1.0,
        unit="hours/week",
        source="guess: three summonses a week of 0.1 hour",
        doc="time set aside for summoning parties and carrying cases to the next desk",
    )
    call_hours: float = parameter(
        0.5,
        0.1,
        1.0,
        unit="hours/week",
        source="guess, page-D13: two calls a week of 0.25 hour",
        doc="time set aside for calling on party members to sign first",
    )
    ledger_hours: float = parameter(
        0.4,
        0.1,
        1.0,
        unit="hours/week",
        source="guess: four entries a week of 0.1 hour",
        doc="time kept for the ledger, out of the keeper's hours",
    )
    round_hours: float = parameter(
        0.5,
        0.1,
        1.0,
        unit="hours/week",
        source="guess, page-D11: eight doors a month",
        doc="time set aside for going round and asking what troubles people",
    )
    inspect_hours: float = parameter(
        0.5,
        0.1,
        1.0,
        unit="hours/week",
        source="guess, page-D3: one inspection in two weeks",
        doc="time set aside for inspecting the company's work and accounts",
    )
    negotiate_hours: float = parameter(
        0.5,
        0.1,
        1.5,
        unit="hours/week",
        source="guess, page-D8: three rounds of 3 hours in a window of 120 days",
        doc="time set aside for talks with the company about its contract",
    )
    ledger_loss: float = parameter(
        0.01,
        0.0,
        0.05,
        unit="probability",
        source="prior-handoff",
        doc="chance that a case in the ledger is lost",
    )
    deadline_days: float = parameter(
        30.0,
        15.0,
        60.0,
        unit="days",
        tag="E",
        source="mediation-caps: what courts may take is taken for an office's own deadline",
        doc="after which the ledger brings a shelved proposal up again",
    )


USUAL_HOURS = 4.0
"""The secretary's hours at which `merged_hours` and the time set aside for practices are meant."""

PRACTICES = (
    ("case_ledger", "ledger_minutes"),
    ("authority", "summons_minutes"),
    ("cost_sharing", "calls_minutes"),
    ("onsite_visits", "doors_minutes"),
    ("onsite_visits", "rounds_minutes"),
    ("monitoring", "inspections_minutes"),
    ("renewal_leverage", "talks_minutes"),
)
"""Channel, and the lever by which it has time set aside; in the order of the hours in `Yijiantiao._practices`."""

DAYS_PER_MONTH = 30.4
"""Days of a month in which effort decays: a twelfth of a year."""

NOT_YET = -NEVER
"""Day of the last change of offices before the first."""


class Yijiantiao(Mechanism):
    """See the module."""

    name = "yijiantiao"
    channels = (
        "authority",
        "coordination",
        "monitoring",
        "renewal_leverage",
        "cost_sharing",
        "onsite_visits",
        "case_ledger",
    )
    Parameters = Parameters
    places = ("compound",)
    columns = (
        Column(
            "yijiantiao_day", "compound", np.int32, "last change of offices under the arrangement, day", default=NOT_YET
        ),
        Column("yijiantiao_left", "compound", np.int32, "secretaries who have quit or been removed so far"),
        Column(
            "yijiantiao_filled",
            "compound",
            np.int32,
            "first day from which on the secretary's post is filled",
            default=NOT_YET,
        ),
    )
    reads = ("body", "director_minutes")
    offers = (
        "secretary",
        "extra_minutes",
        "merged",
        "merged_minutes",
        "principals",
        "secretary_minutes",
        "ledger_minutes",
        "summons_minutes",
        "calls_minutes",
        "doors_minutes",
        "rounds_minutes",
        "inspections_minutes",
        "talks_minutes",
        "joined",
        "resolve",
        "ledger_loss",
        "ledger_deadline",
    )

    purposes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "authority": ("summons",),
        "monitoring": ("inspections",),
        "renewal_leverage": ("talks",),
        "cost_sharing": ("calls",),
        "onsite_visits": ("doors", "rounds"),
        "case_ledger": ("ledger",),
    }

    def reaches(self, w: Worlds, me: Setting) -> NDArray[np.bool_]:
        """Return which compounds are covered: in an order drawn by lot, or those with the best leaders first."""
        if "yijiantiao.reaches" not in w.derived:
            place = np.where(me.leader_selection > 0, leaders.best_compounds(w), bodies.rank(w, "yijiantiao.rank"))
            reached = me.present & (place < np.rint(me.coverage * w.layout.sizes["compound"]))
            w.derived["yijiantiao.reaches"] = reached
        return w.derived["yijiantiao.reaches"]

    def offices(self, w: Worlds, me: Setting) -> None:
        """Offer a secretary, hours, principals and a ledger in covered compounds that have a body."""
        me = me.over(w.layout.sizes["compound"])
        where = self.reaches(w, me) & (w.body > bodies.NONE)
        w.offer("extra_minutes", np.rint(60 * me.extra_hours), where)
        where &= me.any_on() & (me.hours > 0)
        self._leave(w, me, where)
        where &= w.day >= w.yijiantiao_filled
        w.offer("secretary", self._secretary(w, me), where)

        one = where & me.on("coordination")
        scale = np.minimum(me.hours / USUAL_HOURS, 1.0) * self._effort(w, me)
        most = np.rint(60 * np.maximum(me.hours, USUAL_HOURS)).astype(np.int64)
        w.offer("merged", scale, one)
        usual = np.rint(60 * me.merged_hours)
        w.offer("merged_minutes", np.where(me.equal_hours > 0, w.director_minutes + most, usual), one)

        two = where & ~me.on("coordination")
        w.offer("principals", 2, two)
        w.offer("secretary_minutes", np.rint(scale * most), two)

        minutes, switches = self._practices(w, me)
        for (_, lever), time, stands in zip(PRACTICES, np.rint(minutes * scale), where & switches, strict=True):
            w.offer(lever, time, stands)
        w.offer("joined", scale, where & me.on("monitoring"))
        w.offer("resolve", scale, where & me.on("renewal_leverage"))
        ledger = where & me.on("case_ledger")
        w.offer("ledger_loss", me.ledger_loss, ledger)
        w.offer("ledger_deadline", np.rint(me.deadline_days), ledger)

    def _practices(self, w: Worlds, me: Setting) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the minutes a week that each practice takes, and where it is switched on, a row each."""
        if "yijiantiao.minutes" not in w.derived:
            hours = [me.ledger_hours, me.summons_hours, me.call_hours, me.visit_hours]
            hours += [me.round_hours, me.inspect_hours, me.negotiate_hours]
            w.derived["yijiantiao.minutes"] = 60 * np.stack(hours)
            w.derived["yijiantiao.switches"] = np.stack([me.on(channel) for channel, _ in PRACTICES])
        return w.derived["yijiantiao.minutes"], w.derived["yijiantiao.switches"]

    def _leave(self, w: Worlds, me: Setting, where: NDArray[np.bool_]) -> None:
        """Let secretaries who have held office since the last change quit or be removed; nobody leaves twice a day.

        Args:
            w: the worlds.
            me: the setting.
            where: compounds in which the arrangement has been brought in.
        """
        last = w.yijiantiao_day
        compound = np.arange(w.layout.sizes["compound"])
        if "yijiantiao.quits" not in w.derived:
            w.derived["yijiantiao.quits"] = 1 - noise.exp(-me.quits * 7 / 365)
        in_a_week = w.derived["yijiantiao.quits"]
        seeds = regular(w, "yijiantiao.quit", w.seeds[:, None], compound, w.day // 7)
        tired = noise.chance(in_a_week.reshape(-1), seeds.reshape(-1), ANY).reshape(last.shape)
        quits = tired & (last > NOT_YET) & (last < w.day)
        removed = (last < me.removal_day) & (me.removal_day >= 0) & (w.day >= me.removal_day)
        leaves = where & (last >= w.yijiantiao_filled) & (quits | removed)
        w.yijiantiao_left[leaves] += 1
        w.yijiantiao_filled[...] = np.where(leaves, w.day + np.rint(me.vacancy_days), w.yijiantiao_filled)
        w.yijiantiao_day[where] = w.day

    def _secretary(self, w: Worlds, me: Setting) -> NDArray[np.int64]:
        """Return the number of the candidate whose turn it is: the next best by score, or simply the next."""
        turn = w.yijiantiao_left.astype(np.int64) % CANDIDATES
        selected = me.leader_selection > 0
        if not anywhere(selected):
            return turn
        best = np.take_along_axis(leaders.best_first(w), turn[:, :, None], axis=2)[:, :, 0]
        return np.where(selected, best, turn)

    def _effort(self, w: Worlds, me: Setting) -> NDArray[np.float64]:
        """Return what is left of the effort of day 0, 0 to 1, shape ``(worlds, compounds)``."""
        months = max(w.day, 0) / DAYS_PER_MONTH
        left: NDArray[np.float64] = me.effort_kept + (1 - me.effort_kept) * noise.exp(-months / me.effort_months)
        return left
