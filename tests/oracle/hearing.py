"""Disputes of villages: what is felt, the tables at which it is heard, and how it ends. Everything is between two."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.oracle.draws import bits, chance, days, exp, exponential, lognormal, normal, power, uniform

if TYPE_CHECKING:
    from tests.oracle.countryside import Countryside

NEVER = 2**31 - 1
TABLES = ("mediator", "justice")
NUMBERS = {"neighbour": 7, "contract": 13, "sharing": 14}
HOURS = {"neighbour": "mediation_hours", "contract": "dealing_hours", "sharing": "sharing_hours"}
SEVERITY = {"neighbour": "villager_severity", "contract": "dealing_severity", "sharing": "sharing_severity"}
OVER = ("settled", "failed", "withdrawn", "escalated")


class Table:
    """A mediator's table, a justice office's, or the court: hours a week, and whoever waits."""

    def __init__(self, world: Countryside, number: int, kind: str) -> None:
        self.world, self.number, self.kind = world, number, kind
        self.minutes = self.balance = 0
        self.wait = 0.0

    def queue(self) -> list[Hearing]:
        """Return who waits here."""
        return [h for h in self.world.hearings if h.table is self and h.stage == "waiting"]

    def open_week(self) -> None:
        """Have the week's hours, and post what a newcomer would wait."""
        p = self.world.p
        hours = {"mediator": "mediator_hours", "justice": "justice_hours"}.get(self.kind)
        self.minutes = round(60 * p[hours]) if hours else 0
        work = sum(h.minutes for h in self.queue()) + p["sitting_hours"] * 60
        self.wait = min(work / (self.minutes / 7), 999.0) if self.minutes else 999.0

    def serve(self) -> list[Hearing]:
        """Return what is heard today: the most urgent first, then the oldest; nobody overtakes."""
        queue = [h for h in self.queue() if h.ready <= self.world.day]
        queue.sort(key=lambda h: (-h.urgency, h.opened, h.booked))
        self.balance += self.minutes if queue else 0
        heard = []
        for h in queue:
            if 7 * h.minutes > self.balance:
                break
            self.balance -= 7 * h.minutes
            self.world.count(f"minutes_{self.kind}", h.minutes)
            heard.append(h)
        if len(heard) == len(queue):
            self.balance = 0
        return heard


class Wrong:
    """What a household feels wronged by: another household (`other`), the enterprise or the collective."""

    def __init__(self, yard: Any, kind: str, other: Any, ordinal: int) -> None:
        world = yard.world
        self.world, self.yard, self.kind, self.other, self.ordinal = world, yard, kind, other, ordinal
        p = self.p = world.p
        self.severity = round(1000 * p[SEVERITY[kind]])
        self.key = bits(world.seed, "grievance", NUMBERS[kind], yard.number, yard.number, ordinal)
        self.born, self.state, self.aching, self.answered = world.day, "latent", True, False
        self.tries = self.claims = self.claimed = self.fadings = 0
        self.desk: str | None = None
        self.hearing: Hearing | None = None
        self.agreement: list[int] = []
        self.act = self.born + days(p["naming_days"], self.key, "grievance.naming", 0)
        self.begin_to_fade()
        shape = 1 / p["escalation_shape"]
        time = p["escalation_days"] * (1.5 - self.severity / 1000)
        time *= power(exponential(self.key, "grievance.escalation", 0), shape)
        self.escalate_day = self.born + 1 + math.floor(min(time, 1e6))

    def begin_to_fade(self) -> None:
        """Draw when it will have been forgotten."""
        self.fade_day = self.world.day + days(self.p["fade_days"], self.key, "grievance.fade", self.fadings)
        self.fadings += 1

    @property
    def claimant(self) -> bool:
        """Whether it stands before a table."""
        return self.state in ("open", "joined")

    def fade(self) -> None:
        """Be forgotten, or, given up long ago, hurt no more."""
        self.aching, self.act, self.escalate_day = False, NEVER, NEVER
        if self.state in ("latent", "quiet"):
            self.world.count("lapsed")
            self.leave("withdrawn")
            self.state = "lapsed"

    def escalate(self) -> None:
        """Come to a petition or a fight."""
        self.world.count("escalated")
        self.leave("escalated")
        self.give_up("escalated", bitter=True)

    def leave(self, stage: str) -> None:
        """Leave the table."""
        if self.hearing is not None:
            self.hearing.close(stage)
        self.hearing = None

    def give_up(self, state: str, bitter: bool) -> None:
        """Stay unresolved; what came to a petition or to nothing has consequences."""
        if self.claimant:
            self.yard.hear(self.kind, False)
        if bitter and self.kind != "neighbour":
            self.yard.village.bitter += self.kind == "sharing"
            self.yard.leave_in_anger()
        self.begin_to_fade()
        self.act = self.escalate_day = NEVER
        self.state = state

    def mature(self) -> None:
        """Do what is due today."""
        world, today = self.world, self.world.day
        if self.act > today:
            return
        if self.state == "latent":
            world.count("named")
            self.state = "quiet"
        elif self.claimant and self.answered:
            assert self.hearing is not None
            if self.hearing.stage == "court":
                self.act = today + int(self.p["review_days"])
            else:
                world.count("withdrawn")
                self.leave("withdrawn")
                self.give_up("withdrawn", bitter=False)
        elif self.claimant:
            self.look_for_answer()
        elif self.state == "settled":
            world.count("relapsed")
            self.agreement[-1] = today
            self.state, self.act = "broken", NEVER
            if self.ordinal % 16 < 15:
                world.arise(self.yard, self.kind, self.other, self.ordinal + 1)

    def look_for_answer(self) -> None:
        """See whether anything was done; who hears that the case was lost is back at the start."""
        h = self.hearing
        assert h is not None and self.desk is not None
        in_time = h.handled is not None and h.handled >= self.claimed
        self.yard.hear(self.desk, in_time or h.stage == "court")
        self.answered = True
        patience = days(self.p["patience_days"], self.key, "claim.patience", self.claims)
        self.act = max(self.claimed + patience, self.world.day + 1)
        if h.stage == "lost":
            self.state = "quiet"
            self.begin_to_fade()
            self.act = self.world.day + int(self.p["review_days"])

    def choose(self) -> str | None:
        """Keep quiet (None), or go to the village's mediator or to the township."""
        p, yard, village = self.p, self.yard, self.yard.village
        common = p["any_desk"] + p["b_success"] * yard.evidence[self.kind].mean(p["belief"], p["trust_strength"])
        options: list[tuple[str | None, float]] = [(None, exp(p["quiet"] - p["quiet_severity"] * self.severity / 1000))]
        for kind, table in (("mediator", village.mediator), ("justice", village.township.office)):
            burden = p["b_wait"] * table.wait + (p["town_way"] if kind == "justice" else 0.0)
            trust = yard.evidence[kind].mean(p[f"trust_{kind}"], p["trust_strength"])
            options.append((kind, exp(common - burden + p["b_trust"] * trust)))
        aim = sum(weight for _, weight in options) * uniform(self.key, "claim.choice", self.tries)
        self.tries += 1
        self.act = self.world.day + int(p["review_days"])
        reached = 0.0
        for option, weight in options:
            reached += weight
            if aim < reached:
                return option
        return option

    def claim(self, kind: str) -> None:
        """Voice it at a table; a case that was lost is brought back."""
        world, village = self.world, self.yard.village
        for flow in ("claimed", f"claims_{kind}", *(("voiced",) if self.claims == 0 else ())):
            world.count(flow)
        self.claims += 1
        self.claimed, self.desk, self.answered = world.day, kind, False
        self.act = world.day + int(self.p["answer_days"])
        table = village.mediator if kind == "mediator" else village.township.office
        if self.hearing is None:
            self.hearing, self.state = Hearing(self, table), "open"
        else:
            self.state = "joined"
            self.hearing.log("joined")
            if self.hearing.stage == "lost":
                self.hearing.ready = world.day
                self.hearing.wait_at(table)

    def settle(self, confirmed: bool) -> None:
        """Be settled; the agreement may be broken within a year."""
        world, p = self.world, self.p
        world.count("settled")
        world.count("settled_claimed")
        if not self.answered:
            self.answered = True
            self.yard.hear(self.desk, True)
        self.yard.hear(self.kind, True)
        self.aching, self.state, self.hearing = False, "settled", None
        self.act = self.fade_day = self.escalate_day = NEVER
        self.agreement = [world.day, NEVER]
        world.agreements.append((self.kind, self.yard.number, self.ordinal, self.agreement))
        if self.kind != "contract":
            rate = p["relapse_rate"] * p["confirmed_factor"] if confirmed else p["relapse_rate"]
            years = exponential(self.key, "agreement.relapse") / rate
            if years < 1:
                self.act = world.day + 1 + math.floor(years * 365)


class Hearing:
    """A dispute on the books.

    Attributes:
        wrong: what the claimant feels wronged by.
        level: sessions held at the present table.
        narrowed: what sessions have left of the gap.
        filed: day on which it was sued over.
    """

    filed: int

    def __init__(self, wrong: Wrong, table: Table) -> None:
        world = self.world = wrong.world
        self.wrong, self.p, self.kind = wrong, world.p, wrong.kind
        self.key = bits(world.seed, "case", NUMBERS[self.kind], wrong.yard.number, wrong.ordinal)
        edge = round(1000 * self.p["connected_edge"]) if wrong.yard.connected else 0
        self.urgency = min(wrong.severity + edge, 1000)
        self.opened = self.ready = world.day
        self.handled: int | None = None
        self.sessions = self.level = self.sittings = self.handoffs = 0
        self.narrowed = 1.0
        world.booked += 1
        self.booked = world.booked
        world.hearings.append(self)
        world.count("opened")
        self.table = table
        self.log("opened")
        self.wait_at(table)

    def wait_at(self, table: Table) -> None:
        """Wait at a table."""
        self.table, self.stage = table, "waiting"
        self.minutes = round(60 * self.p[HOURS[self.kind]])

    def log(self, activity: str) -> None:
        """Write an event."""
        self.world.events.append((activity, *self.identity(), self.table.number))

    def identity(self) -> tuple[str, int, int]:
        """Return what names it."""
        return self.kind, self.wrong.yard.number, self.wrong.ordinal

    def close(self, stage: str) -> None:
        """End."""
        self.stage = stage
        self.log(stage)
        self.world.ended.append((*self.identity(), self.opened, self.world.day, stage, self.table.number))

    def called(self) -> bool:
        """Whether the township calls both sides, as to talks."""
        town = self.wrong.yard.village.township
        return self.kind == "sharing" and town.allied and self.world.levers["summoned"]

    def hear(self, agreed: Callable[[Hearing], None]) -> None:
        """Hold a session if both come; agree, go on, go up, or end."""
        world, p = self.world, self.p
        self.sittings += 1
        self.ready = world.day + int(p["session_gap_days"])
        summoned = self.table.kind == "justice" or self.called()
        stays = min(p["no_show"], p["no_show_summoned"]) if summoned else p["no_show"]
        if chance(stays, self.key, "session.no_show", self.sittings):
            self.log("no_show")
            return
        self.sessions += 1
        self.level += 1
        self.handled = world.day
        self.narrowed *= min(max(1 - (1 - p["narrowing"]) * 2 * p["mediator_ability"], 0.0), 1.0)
        world.count("sessions")
        if self.kind == "sharing":
            world.sit(self.wrong.yard.village)
        self.log("session")
        gap = p["gap_mean"] + p["gap_sd"] * normal(self.key, "dispute.gap")
        gap *= 1 + p["hardening"] * (world.day - self.opened) / 90
        if gap * self.narrowed <= p["contract_joint_cost" if self.kind == "contract" else "joint_cost"]:
            agreed(self)
        elif self.level >= p["most_sessions"]:
            if self.table.kind == "mediator":
                self.go_up()
            elif chance(p["sues"], self.key, "court.sue"):
                self.sue()
            else:
                world.count("lapsed")
                self.wrong.hearing = None
                self.wrong.give_up("lapsed", bitter=True)
                self.close("failed")

    def go_up(self) -> None:
        """Travel to the township's justice office, or get lost."""
        world, p = self.world, self.p
        self.log("handed_off")
        world.count("handed_off")
        self.handoffs += 1
        self.table, self.level = self.wrong.yard.village.township.office, 0
        self.ready = world.day + int(p["handoff_near_days" if self.called() else "handoff_days"])
        self.stage = "transit"
        if chance(p["handoff_loss"], self.key, "handoff.lost", self.handoffs):
            self.stage = "lost"
            world.count("lost")
            self.log("lost")

    def sue(self) -> None:
        """Go to court, and wait there until it has room."""
        self.table, self.stage = self.world.court, "court"
        self.ready, self.filed = NEVER, self.world.day
        self.log("sued")
        self.world.count("sued")

    def begin_suit(self) -> None:
        """Be taken up by the court, which will have judged by some day."""
        length = lognormal(self.p["court_days"], self.p["court_spread"], self.key, "court.days")
        self.ready = self.world.day + round(min(max(length, 15), 180))
