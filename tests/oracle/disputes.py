"""A day of disputes in a world of villages: who falls out, who claims, what is heard, who forgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.oracle.draws import chance, exp
from tests.oracle.hearing import NEVER, OVER, Hearing, Table, Wrong

if TYPE_CHECKING:
    from tests.oracle.base import Township, Village
    from tests.oracle.yard import Yard


class Disputes:
    """The part of `tests.oracle.countryside.Countryside` that is about disputes.

    Attributes:
        wrongs: grievances that are not over and let go, in the order in which they were felt.
        hearings: cases likewise.
        suits_left: suits that were left waiting when the court last sat.
        over: those let go, counted by (table, kind, state).
    """

    seed: int
    day: int
    p: Mapping[str, float]
    levers: dict[str, Any]
    villages: list[Village]
    townships: list[Township]
    yards: list[Yard]
    today: Counter[str]

    @property
    def replication_seed(self) -> int:
        """Return the seed, as clocks call it."""
        return self.seed

    def open_tables(self) -> None:
        """Give every village a mediator, every township a justice office; the court is outside."""
        self.wrongs: list[Wrong] = []
        self.newborn: list[tuple[Any, ...]] = []
        self.hearings: list[Hearing] = []
        self.events: list[tuple[str, str, int, int, int]] = []
        self.ended: list[tuple[Any, ...]] = []
        self.agreements: list[tuple[Any, ...]] = []
        self.over: Counter[tuple[str, str, str]] = Counter()
        self.booked = self.suits_left = 0
        world: Any = self
        self.tables: list[Table] = []
        for v in self.villages:
            v.mediator = Table(world, len(self.tables), "mediator")
            self.tables.append(v.mediator)
        for town in self.townships:
            town.office = Table(world, len(self.tables), "justice")
            self.tables.append(town.office)
        self.court = Table(world, len(self.tables), "court")
        self.tables.append(self.court)
        for table in self.tables:
            table.open_week()

    def count(self, flow: str, amount: int = 1) -> None:
        """Count something of today."""
        raise NotImplementedError

    def arise(self, yard: Any, kind: str, other: Any, ordinal: int) -> None:
        """Let somebody be wronged; it is felt when all that is felt today is."""
        self.newborn.append((yard, kind, other, ordinal))

    def fall_out(self, week: bool) -> None:
        """Let people fall out; let what they felt before go on; then what is new is felt."""
        if week:
            for y in self.yards:
                y.look_ahead()
        for y in [y for y in self.yards if y.quarrels.tick()]:
            y.quarrel()
        for y in [y for y in self.yards if y.shares.tick()]:
            y.feel_short()
        for wrong in self.wrongs:
            if wrong.fade_day <= self.day and wrong.aching and not wrong.claimant:
                wrong.fade()
        for wrong in self.wrongs:
            if wrong.escalate_day <= self.day and wrong.state in ("quiet", "open", "joined"):
                wrong.escalate()
        for wrong in self.wrongs:
            wrong.mature()
        for new in self.newborn:
            self.wrongs.append(Wrong(*new))
            self.count("arisen")
        self.newborn = []

    def claim(self) -> None:
        """Let all decide, then claim; cases under way arrive."""
        due = [wrong for wrong in self.wrongs if wrong.state == "quiet" and wrong.act <= self.day]
        for wrong, kind in [(wrong, wrong.choose()) for wrong in due]:
            if kind is not None:
                wrong.claim(kind)
        for h in self.hearings:
            if h.stage == "transit" and h.ready <= self.day:
                h.wait_at(h.table)

    def hear_all(self) -> None:
        """Let every table hear what it can, then the court judge, and take up as many suits as it has room for."""
        agreed: list[Hearing] = []
        for h in [h for table in self.tables for h in table.serve()]:
            h.hear(agreed.append)
        self.agree(agreed, confirmed=False)
        judged = [h for h in self.hearings if h.stage == "court" and h.ready <= self.day]
        for h in judged:
            h.log("judged")
        self.agree(judged, confirmed=True)
        busy = sum(h.stage == "court" and h.ready != NEVER for h in self.hearings)
        docket = max(round(self.p["court_docket"] * len(self.yards) / 1000), 1)
        for h in self.suits_waiting()[: max(docket - busy, 0)]:
            h.begin_suit()
        self.suits_left = len(self.suits_waiting())

    def suits_waiting(self) -> list[Hearing]:
        """Return the suits that the court has not taken up, in the order in which it will."""
        waiting = [h for h in self.hearings if h.stage == "court" and h.ready == NEVER]
        return sorted(waiting, key=lambda h: (h.filed, h.key))

    def agree(self, hearings: list[Hearing], confirmed: bool) -> None:
        """Settle disputes; the enterprise may pay what it owes, and one word kept pays all."""
        p, broken, paid = self.p, [], []
        for h in hearings:
            wrong, yard = h.wrong, h.wrong.yard
            wrong.settle(confirmed)
            h.close("settled")
            if h.kind != "contract":
                continue
            if yard.barred is not None:
                yard.barred = min(yard.barred, self.day)
            default = (1 - p["dealing_kept"]) * (p["confirmed_factor"] if confirmed else 1)
            keeps = yard.village.township.firm and not chance(default, wrong.key, "dealings.default")
            if yard.owed:
                (paid if keeps else broken).append(wrong)
        for wrong in broken:
            if all(other.yard is not wrong.yard for other in paid):
                wrong.act = self.day + int(p["dealing_days"])
        for wrong in paid:
            if wrong.yard.owed:
                wrong.yard.be_paid()

    def sit(self, village: Village) -> None:
        """Let branches sit at the table with a member."""
        minutes, town = round(60 * self.p["sharing_hours"]), village.township
        whose = [(village, minutes)] if village.own_base is not None else []
        if town.allied:
            whose = [(v, round(minutes * town.apart() / 2)) for v in town.villages[:2]]
        for v, spent in whose:
            v.at_table += spent
            self.count("minutes_sharing", spent)

    def forget(self) -> None:
        """Let evidence fade by its half-life."""
        kept = round(65536 * exp(-0.6931471805599453 * (91 / self.p["memory_half_life"])))
        for y in self.yards:
            for evidence in y.evidence.values():
                evidence.fade(kept)

    def let_go(self) -> None:
        """Let go of what is over, and keep the count."""
        for wrong in self.wrongs:
            if not wrong.aching and wrong.act == NEVER:
                self.over["grievances", wrong.kind, wrong.state] += 1
        for h in self.hearings:
            if h.stage in OVER:
                self.over["cases", h.kind, h.stage] += 1
        self.wrongs = [wrong for wrong in self.wrongs if wrong.aching or wrong.act != NEVER]
        self.hearings = [h for h in self.hearings if h.stage not in OVER]

    def tally(self) -> Counter[tuple[str, str, str]]:
        """Count all there have been."""
        wrongs = Counter(("grievances", wrong.kind, wrong.state) for wrong in self.wrongs)
        return self.over + wrongs + Counter(("cases", h.kind, h.stage) for h in self.hearings)
