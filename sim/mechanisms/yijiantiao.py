"""一肩挑: the secretary of the party branch also chairs the owners' committee (or management committee).

Institutional grammar (ADICO): where a body stands and the compound is covered [C], the secretary [A]
must [D] take part in the body's matters with a given number of hours [I];

* ``coordination``: in the same person [I]: one hours budget, one queue, one veto; switched off, and
  any other channel on, the secretary is a second principal, whose desk and veto every proposal must
  also pass, or else it is not put to the owners [O] (evidence D2, D3, D13; Bernheim & Whinston);
* ``authority``: may [D] summon parties to the body's desk [I], who then seldom stay away [O], and carry a
  case to the community's desk, which is then near [I] (evidence D3, D19);
* ``onsite_visits``: must [D] knock on owners' doors while they are signing [C] (evidence D11, D14); an
  owner at home decides that day, by the same threshold as alone;
* ``cost_sharing``: must [D] call on party members among the owners to sign and pay first [I] (D13, D15);
* ``case_ledger``: must [D] keep a ledger [I]: hand-offs written in it are hardly ever lost, shelved
  proposals come up again after a deadline (evidence D18-D20).

The merged person's hours are the one declared exception to "no hours are conjured": one person gives
`merged_hours` where two gave the secretary's and the director's. `equal_hours` gives instead exactly
the sum of the two. Every practice takes time out of the keeper's hours (`sim.rules.keeping`): who knocks on
doors holds no desk meanwhile. `hours` scales the whole: at 0 nothing changes, and few hours do little.
Not here yet: monitoring and renewal leverage, which need a property company.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.mechanisms import Mechanism, Setting
from sim.parameters import parameter
from sim.rules import bodies

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
        tag="S",
        source="evidence D4: today 892 of 1,990 compounds = 0.448",
        doc="share of compounds under the arrangement",
    )
    hours: float = parameter(
        4.0,
        0.0,
        8.0,
        unit="hours/week",
        kind="set",
        source="priors: hours, secretary 4",
        doc="what the secretary gives to the body's matters",
    )
    merged_hours: float = parameter(
        6.0,
        4.0,
        8.0,
        unit="hours/week",
        source="priors: the one person gives 6 (4-8)",
        doc="what one person gives to both offices, when `hours` is the usual 4",
    )
    equal_hours: bool = parameter(
        False,
        False,
        True,
        unit="switch",
        kind="set",
        source="model 5.8: companion scenario merged_equal_hours",
        doc="the one person gives what the two gave together",
    )
    extra_hours: float = parameter(
        0.0,
        0.0,
        4.0,
        unit="hours/week",
        kind="set",
        source="model, hour-neutral: 0 by default; placebo 2 (1-4)",
        doc="hours added to the body's desk from nowhere",
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
        source="guess: three summonses a week of .1 hour",
        doc="time set aside for summoning parties and carrying cases to the next desk",
    )
    call_hours: float = parameter(
        0.5,
        0.1,
        1.0,
        unit="hours/week",
        source="guess: two calls a week of .25 hour; evidence D13: 4-5 core members",
        doc="time set aside for calling on party members to sign first",
    )
    ledger_hours: float = parameter(
        0.4,
        0.1,
        1.0,
        unit="hours/week",
        source="guess: four entries a week of .1 hour",
        doc="time kept for the ledger, out of the keeper's hours",
    )
    ledger_loss: float = parameter(
        0.01,
        0.0,
        0.05,
        unit="probability",
        source="priors: hand-off lost with a ledger .01",
        doc="chance that a case in the ledger is lost",
    )
    deadline_days: float = parameter(
        30.0,
        15.0,
        60.0,
        unit="days",
        tag="F",
        source="evidence 2.2: caps of 30, 15 and 7 days",
        doc="after which the ledger brings a shelved proposal up again",
    )


USUAL_HOURS = 4.0
"""The secretary's hours at which `merged_hours` and the time set aside for practices are meant."""


class Yijiantiao(Mechanism):
    """See the module."""

    name = "yijiantiao"
    channels = ("authority", "coordination", "onsite_visits", "cost_sharing", "case_ledger")
    Parameters = Parameters
    places = ("compound",)
    reads = ("body", "director_minutes")
    offers = (
        "extra_minutes",
        "merged",
        "merged_minutes",
        "principals",
        "secretary_minutes",
        "ledger_minutes",
        "summons_minutes",
        "calls_minutes",
        "doors_minutes",
        "ledger_loss",
        "ledger_deadline",
    )

    def offices(self, w: Worlds, me: Setting) -> None:
        """Offer hours, principals and a ledger in covered compounds that have a body."""
        where = me.present & bodies.among(w, "yijiantiao.rank", me.coverage) & (w.body > bodies.NONE)
        w.offer("extra_minutes", np.rint(60 * me.extra_hours), where)
        where = where & me.any_on() & (me.hours > 0)

        one = where & me.on("coordination")
        secretary = np.rint(60 * me.hours).astype(np.int64)
        usual = me.merged_hours * 60
        scale = np.minimum(me.hours / USUAL_HOURS, 1.0)
        w.offer("merged", np.where(me.equal_hours > 0, 1.0, scale), one)
        w.offer("merged_minutes", np.where(me.equal_hours > 0, w.director_minutes + secretary, np.rint(usual)), one)

        two = where & ~me.on("coordination")
        w.offer("principals", 2, two)
        w.offer("secretary_minutes", secretary, two)

        for channel, lever, hours in (
            ("case_ledger", "ledger_minutes", me.ledger_hours),
            ("authority", "summons_minutes", me.summons_hours),
            ("cost_sharing", "calls_minutes", me.call_hours),
            ("onsite_visits", "doors_minutes", me.visit_hours),
        ):
            w.offer(lever, np.rint(60 * hours * scale), where & me.on(channel))
        ledger = where & me.on("case_ledger")
        w.offer("ledger_loss", me.ledger_loss, ledger)
        w.offer("ledger_deadline", np.rint(me.deadline_days), ledger)
