"""A household on the steppe: where it lives in winter and in summer, what it falls out over, whom it hears from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mesa import Agent

from tests.oracle.clock import UNIT, Clock
from tests.oracle.draws import chance, gamma, uniform
from tests.oracle.evidence import ONE, Evidence

if TYPE_CHECKING:
    from tests.oracle.grievance import Grievance
    from tests.oracle.steppe import Steppe
    from tests.oracle.sumu import Sumu

YEAR = 365
INTAKES = ("station", "room", "justice", "centre", "hotline")
"""Where one can claim, in the order of the choice; these are trusted or not."""

KINDS = ("neighbour", "boundary", "livestock", "wages", "help")

TOPICS = {"boundary": "boundary", "livestock": "livestock", "herder": "neighbour", "help": "help"}
"""Word in parameters to kind of grievance, in the order in which they come up."""

MOVE, BACK = 165, 273
"""15 June and 1 October, as days of the year from 0: from then on herders move, each on its day."""

BUILDING = range(90, 334)
"""April to November."""

GRAZING = range(151, 304)
"""June to October."""


class Camp(Agent):
    """A herder's, camper's or worker's household.

    Attributes:
        circle: all households that hear of one another's cases, itself among them, in the order of their numbers.
        late: days by which it moves later than the first.
        aware: whether it knows what law talks tell.
        grievances: its own that are not over, in the order in which they arose.
        borne: severity-days of grievances since the burn-in was over, thousandths.
        compound: the sumu, by the name that units of all places have.
    """

    def __init__(self, model: Steppe, number: int, living: str, sumu: Sumu, circle: list[Camp], number_of: int) -> None:
        super().__init__(model)
        self.number, self.living, self.compound = number, living, sumu
        self.circle, self.circle_number = circle, number_of
        traits = model.layout.traits
        self.late = int(traits["moves"][number])
        self.winter = int(traits["x_winter"][number]), int(traits["y_winter"][number])
        self.summer = int(traits["x_summer"][number]), int(traits["y_summer"][number])
        self.purse = self.borne = 0
        self.grievances: list[Grievance] = []
        self.aware = False
        self.evidence = {topic: Evidence() for topic in (*INTAKES, *KINDS)}
        seed, p = model.replication_seed, model.p
        self.connected = living == "herder" and chance(p.herders_connected, seed, "pasture.connected", number)
        frailty = gamma(p.herder_frailty, seed, "frictions.frailty", number) / p.herder_frailty
        self.frailty = 0.0 if living == "worker" else frailty
        self.clocks = {topic: Clock(model, f"{topic}.clock", number) for topic in TOPICS}

    @property
    def vacant(self) -> bool:
        """Whether it does not count among the households that are there all year."""
        return self.living != "herder"

    def on_summer_ground(self) -> bool:
        """Whether it has moved to the summer ground and not yet back."""
        return MOVE + self.late <= self.model.day % YEAR < BACK + self.late

    def there(self) -> bool:
        """Whether it is in the sumu today."""
        if self.living == "camper":
            return self.on_summer_ground()
        return self.living == "herder" or self.model.day % YEAR in BUILDING

    def place(self) -> tuple[int, int]:
        """Return where it is today, or would be: metres from the corner."""
        return self.summer if self.on_summer_ground() else self.winter

    # -- frictions

    def look_ahead(self) -> None:
        """Set this week's hazards: of who is there, boundaries oftener when herds meet."""
        p = self.model.p
        low = YEAR / (YEAR + (p.grazing_factor - 1) * len(GRAZING))
        season = low * p.grazing_factor if self.model.day % YEAR in GRAZING else low
        for topic, clock in self.clocks.items():
            rate = getattr(p, f"{topic}_rate") / YEAR
            if topic == "boundary":
                rate *= season
            if topic != "help":
                rate *= self.frailty
            clock.hazard = int(rate * UNIT) if self.there() and self.living != "worker" else 0

    def fall_out(self, topic: str) -> None:
        """Feel wronged by somebody, or need help."""
        other = None if topic == "help" else self.other_party(topic)
        if topic == "help" or other is not None:
            severity = round(1000 * getattr(self.model.p, f"{topic}_severity"))
            self.model.arise(self, TOPICS[topic], self, other, 16 * self.clocks[topic].rings, severity)

    def other_party(self, topic: str) -> Camp | None:
        """Draw somebody of the circle; a herder on the summer ground may fall out with a camper, a camper always."""
        seed, p, nth = self.model.replication_seed, self.model.p, self.clocks[topic].rings
        u = uniform(seed, f"{topic}.other", self.number, nth)
        herders, campers = self.compound.herders, self.compound.campers
        if self.living == "camper":
            return herders[math.floor(u * len(herders))]
        mixes = self.on_summer_ground() and campers
        if mixes and chance(p.mixing, seed, f"{topic}.mixing", self.number, nth):
            return campers[math.floor(u * len(campers))]
        size = len(self.circle)
        if size == 1:
            return None
        return self.circle[(self.circle.index(self) + 1 + math.floor(u * (size - 1))) % size]

    # -- learning

    def hear(self, topic: str, good: bool) -> None:
        """Learn from an experience of one's own; everybody else of the circle hears of it, at a discount."""
        for mate in self.circle:
            weight = ONE if mate is self else round(self.model.p.hearsay * ONE)
            mate.evidence[topic].add(good, weight)

    def trust(self, intake: str) -> float:
        """Return the trust in being answered in time by an intake."""
        prior = getattr(self.model.p, f"trust_{intake}")
        return self.evidence[intake].mean(prior, self.model.p.trust_strength)

    def belief(self, kind: str) -> float:
        """Return the believed chance that a claim of this kind succeeds."""
        return self.evidence[kind].mean(self.model.p.belief, self.model.p.trust_strength)
