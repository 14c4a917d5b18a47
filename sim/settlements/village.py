"""How rules that stand everywhere are lived in villages; see `sim.settlements.Settlement`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.cases import Kind
from sim.places.village import AROUND, INTAKES, JUSTICE, MEDIATOR
from sim.rules import dealings, desks, service, sharing
from sim.rules.beliefs import large_farmers
from sim.settlements import Floats, Ints, Mask, Settlement

if TYPE_CHECKING:
    from sim.worlds import Worlds

CONTRACT, SHARING = int(Kind.CONTRACT), int(Kind.SHARING)

HOURS = {MEDIATOR: "mediator_hours", JUSTICE: "justice_hours"}
"""Kind of desk to the parameter that says how many hours a week it has."""


class Village(Settlement):
    """See the module."""

    name = "village"
    intakes = INTAKES

    def inhabited(self, w: Worlds) -> Mask:
        """Return the household rows of yards: somebody lives in each."""
        out = np.zeros((w.n, w.households), dtype=bool)
        out[:, w.layout.traits["yard_household"]] = True
        return out

    def groups(self, w: Worlds) -> dict[str, Mask]:
        """Return who is close to cadres, who lives in the villages around, and who would keep a large flock."""
        there = self.inhabited(w)
        around = np.zeros(w.households, dtype=bool)
        role = w.layout.traits["village_role"][w.layout.up("yard", "village")]
        around[w.layout.traits["yard_household"]] = role == AROUND
        large = np.zeros_like(there)
        large[:, w.layout.traits["yard_household"]] = large_farmers(w)
        return {"connected": w.connected & there, "around": there & around, "large": large}

    def unit(self, w: Worlds, household: Ints) -> Ints:
        """Return the village of each household."""
        return w.layout.up("yard", "village")[dealings.yards(w, household)]

    def burdens(self, w: Worlds, world: Ints, household: Ints, unit: Ints) -> Floats:
        """Return what waiting at each of `intakes` and the way there cost."""
        return np.stack([self.burden(w, desk, world, household) for desk in self.intakes])

    def burden(self, w: Worlds, desk: int, world: Ints, household: Ints) -> Floats:
        """Return what waiting costs, and the way to the township; the mediator is near."""
        own = self.desk(w, self.unit(w, household), desk)
        way = w.at("town_way", world) if desk == JUSTICE else 0.0
        burden: Floats = w.at("b_wait", world) * w.wait_days[world, own] + way
        return burden

    def bar(self, w: Worlds, weights: Floats, world: Ints, unit: Ints, kind: np.ndarray) -> None:
        """Leave everything to every desk: whoever is asked listens."""

    def receive(self, w: Worlds, world: Ints, household: Ints, kind: np.ndarray, intake: Ints) -> Ints:
        """Return the desk of the village or of its township."""
        village = self.unit(w, household)
        mediator = intake == MEDIATOR
        return np.where(mediator, self.desk(w, village, MEDIATOR), self.desk(w, village, JUSTICE))

    @staticmethod
    def desk(w: Worlds, village: Ints, kind: int) -> Ints:
        """Return the desk row of a kind for each village: its mediator's, or that of its township's justice office."""
        traits = w.layout.traits
        if kind == MEDIATOR:
            return traits["village_mediator"][village]
        return traits["township_justice"][w.layout.up("village", "township")[village]]

    def staff(self, w: Worlds) -> None:
        """Give mediators and justice offices their minutes a week."""
        villages = np.arange(w.layout.sizes["village"])
        for kind, hours in HOURS.items():
            w.desk_minutes[:, self.desk(w, villages, kind)] = np.rint(60 * w.p.values[hours]).astype(np.int64)

    def minutes(self, w: Worlds, rows: Ints) -> Ints:
        """Return the minutes that a session about each case takes."""
        return service.take(w, w.cases.world[rows], service.STEP_OF_KIND[w.cases.kind[rows]])

    def see_off(self, w: Worlds, rows: Ints, desk: Ints) -> tuple[Floats, Mask]:
        """Return the chance to be lost, as nobody keeps a ledger, and what the township has sent for.

        These are disputes about shares in alliances that it has brokered.
        """
        return w.at("handoff_loss", w.cases.world[rows]), self._called(w, rows)

    def _called(self, w: Worlds, rows: Ints) -> Mask:
        """Return for which cases the township calls both sides."""
        c = w.cases
        return (c.kind[rows] == SHARING) & sharing.summoned(w, c.world[rows], c.compound[rows])

    def attend(self, w: Worlds, rows: Ints) -> None:
        """Do nothing: all cases of villages are disputes."""

    def no_show(self, w: Worlds, rows: Ints) -> Floats:
        """Return the chance to stay away, less if office or centre summons, as they do, or the township calls."""
        world = w.cases.world[rows]
        called = (desks.kind_of(w, w.cases.desk[rows]) != MEDIATOR) | self._called(w, rows)
        chance = w.at("no_show", world)
        return np.where(called, np.minimum(chance, w.at("no_show_summoned", world)), chance)

    def held(self, w: Worlds, rows: Ints) -> None:
        """Let branches spend their time at the table where the collective is a party."""
        c = w.cases
        rows = rows[c.kind[rows] == SHARING]
        sharing.sit(w, c.world[rows], c.compound[rows])

    def ability(self, w: Worlds, rows: Ints) -> Floats:
        """Return the ability of mediators."""
        return w.at("mediator_ability", w.cases.world[rows])

    def above(self, w: Worlds, rows: Ints) -> Ints:
        """Return the justice office's desk after the mediator's, then a centre's if there is one that is shared."""
        level = desks.kind_of(w, w.cases.desk[rows])
        village = w.cases.compound[rows]
        last = np.where(level == JUSTICE, self.centre(w, village), -1)
        return np.where(level == MEDIATOR, self.desk(w, village, JUSTICE), last)

    @staticmethod
    def centre(w: Worlds, village: Ints) -> Ints:
        """Return the row of the centre that each village shares with other kinds of settlement, -1 where none does."""
        shared = w.layout.traits.get("township_centre")
        if shared is None:
            return np.full(len(village), -1)
        return shared[w.layout.up("village", "township")[village]]

    def embitter(self, w: Worlds, rows: Ints) -> None:
        """Let disputes about shares and contracts that came to a petition or to nothing have their consequences."""
        g = w.grievances
        rows = rows[(g.kind[rows] == CONTRACT) | (g.kind[rows] == SHARING)]
        sharing.embitter(w, g.world[rows], dealings.yards(w, g.household[rows]), g.kind[rows] == SHARING)
