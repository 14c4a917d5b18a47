"""What people of a community share: a canteen, rooms, events, clinics, care; and the mediators' time for it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.oracle.draws import bits, chance, exp, normal, power, uniform

if TYPE_CHECKING:
    from tests.oracle.community import Community
    from tests.oracle.household import Household

WHOLE = 10_000
SAVED_WEEKS = {"watch": 4, "care": 8, "clinics": 13, "rota": 8, "rooms": 4, "events": 13}
MEALS = (("lunch", "lunch_price"), ("breakfast", "breakfast_price"), ("supper", "lunch_price"))


class Commons:
    """What there is to share in a community, and the time given to it.

    Attributes:
        cell: where it is on the map.
        aside: minutes a week that are to be given, by purpose; a lever, like `seats` and `budget`.
        balance: minutes in hand.
        times: minutes that the coming week brings.
        fund: public money for meals that has not been spent, fen.
    """

    def __init__(self, community: Community, cell: tuple[int, int]) -> None:
        self.community, self.model, self.cell = community, community.model, cell
        self.balance = dict.fromkeys(SAVED_WEEKS, 0)
        self.times = dict.fromkeys(SAVED_WEEKS, 0)
        self.fund = 0
        self.reset_levers()

    def reset_levers(self) -> None:
        """Set what a policy may touch to what it is without one."""
        self.aside = dict.fromkeys(SAVED_WEEKS, 0)
        self.seats = self.budget = 0

    @property
    def flats(self) -> list[Household]:
        """Return all flats."""
        return [flat for compound in self.community.compounds for flat in compound.flats]

    @property
    def elders(self) -> list[Household]:
        """Return the flats with an elder."""
        return [flat for flat in self.flats if flat.elder]

    @property
    def week(self) -> int:
        """Return the number of this week."""
        return self.model.day // 7

    # -- time

    def give(self, minutes: int) -> int:
        """Divide the coming week; return what is left for the desk."""
        left = minutes
        for purpose, weeks in SAVED_WEEKS.items():
            able = min(self.aside[purpose], left)
            self.balance[purpose] = min(self.balance[purpose], weeks * able)
            self.times[purpose] = min(able, weeks * able - self.balance[purpose])
            left -= self.times[purpose]
        return left

    def begin_week(self) -> None:
        """Put the week's time to what is in hand."""
        for purpose, minutes in self.times.items():
            self.balance[purpose] += minutes

    def spend(self, purpose: str, hours: float) -> bool:
        """Do something if there is the time for it; return whether it was done."""
        minutes = round(60 * hours)
        if minutes > self.balance[purpose]:
            return False
        self.balance[purpose] -= minutes
        self.model.count(f"minutes_{purpose}", minutes)
        return True

    # -- who comes

    def comers(self, occasion: str, pull: float) -> list[Household]:
        """Return the elders who come to an occasion this week."""
        return [elder for elder in self.elders if self.comes(elder, occasion, pull)]

    def comes(self, elder: Household, occasion: str, pull: float) -> bool:
        """Whether an elder comes."""
        p, seed = self.model.p, self.model.replication_seed
        metres = 30 * (abs(elder.cell[0] - self.cell[0]) + abs(elder.cell[1] - self.cell[1]))
        taste = p.taste_sd * normal(seed, f"{occasion}.taste", elder.number)
        way, friends = p.walk_logit * (metres / 100), p.friends_logit * (elder.tie / WHOLE)
        odds = exp(pull + taste - way + friends + p.need_logit * elder.in_need)
        return chance(odds / (1 + odds), seed, f"{occasion}.comes", elder.number, self.week)

    def lot(self, name: str, elder: Household) -> int:
        """Return the lot that says who is first."""
        return bits(self.model.replication_seed, name, elder.number, self.week) >> 24

    # -- the canteen

    def cook(self) -> None:
        """Serve the week's meals."""
        if self.seats <= 0:
            self.take_in()
            return
        self.take_in()
        p, seed = self.model.p, self.model.replication_seed
        guests = self.comers("canteen", p.canteen_logit - p.price_logit * p.lunch_price)
        guests.sort(key=lambda elder: self.lot("canteen.first", elder))
        days = int(p.meal_days)
        bill = {elder: [0, 0, 0] for elder in guests}  # meals, price, what the budget pays
        for meal, price in MEALS:
            hungry = guests
            if meal != "lunch":
                share = getattr(p, f"{meal}_share")
                hungry = [e for e in guests if chance(share, seed, f"canteen.{meal}", e.number, self.week)]
            fen, cost = round(100 * getattr(p, price)), round(100 * p.meal_cost)
            for elder in hungry[: 7 * self.seats // days]:
                for place, amount in enumerate((1, fen, max(cost - fen, 0))):
                    bill[elder][place] += days * amount
        so_far, fed = 0, []
        means = self.fund
        for elder, (meals, fen, rest) in bill.items():
            so_far += rest
            if meals and so_far <= means:
                self.pay(elder, meals, fen, rest)
                fed.append((elder, meals))
        for elder, meals in fed:
            elder.came |= 1
            if len(fed) > 1:
                elder.meet(meals)

    def take_in(self) -> None:
        """Let public money come in."""
        fen = max(min(self.budget, 13 * self.budget - self.fund), 0)
        self.fund += fen
        self.model.outside -= fen
        self.model.count("meal_fund_fen", fen)

    def pay(self, elder: Household, meals: int, fen: int, rest: int) -> None:
        """Pay for an elder's meals."""
        model = self.model
        if elder.tenure == "owner":
            elder.purse -= fen
            model.outside += fen
            model.count("meals_owners_fen", fen)
        self.fund -= rest
        model.outside += rest
        for flow, amount in (("meals", meals), ("meals_paid_fen", fen), ("meals_budget_fen", rest)):
            model.count(flow, amount)

    # -- rooms

    def open_rooms(self) -> None:
        """Hold the sessions that there is time for."""
        p, seed = self.model.p, self.model.replication_seed
        minutes = round(60 * p.session_hours)
        sessions = min(self.balance["rooms"] // minutes, 14)
        if not sessions:
            return
        self.balance["rooms"] -= sessions * minutes
        self.model.count("minutes_rooms", sessions * minutes)
        self.model.count("room_sessions", sessions)
        guests = self.comers("rooms", p.room_logit)
        for session in range(sessions):
            mine = [
                e for e in guests
                if math.floor(uniform(seed, "rooms.session", e.number, self.week) * sessions) == session
            ]  # fmt: skip
            first = sorted(mine, key=lambda elder: self.lot("rooms.first", elder))[: int(p.session_guests)]
            for room in range(3):
                table = [
                    e for e in mine if e in first and math.floor(uniform(seed, "rooms.room", e.number) * 3) == room
                ]
                self.sit_together(table, cards=room == 1)

    def sit_together(self, table: list[Household], cards: bool) -> None:
        """Let elders of one table meet, or fall out."""
        p, seed = self.model.p, self.model.replication_seed
        for place, elder in enumerate(table):
            self.model.count("room_guests")
            elder.came |= 1
            if len(table) > 1:
                elder.meet(1)
                if cards and chance(p.card_quarrel, seed, "rooms.quarrel", elder.number, self.week):
                    self.model.count("card_quarrels")
                    ordinal, severity = 16 * (2**20 + self.week), round(1000 * p.quarrel_severity)
                    beside = table[(place + 1) % len(table)]
                    self.model.arise(elder, "neighbour", elder, beside, ordinal, severity)

    # -- events

    def hold_event(self) -> None:
        """Hold an event if there is the time for it."""
        p = self.model.p
        if not self.spend("events", p.event_hours):
            return
        self.model.count("events_held")
        all_ = [flat for flat in self.flats if not flat.vacant]
        share = min(p.event_guests / max(len(all_), 1), 1.0)
        seed = self.model.replication_seed
        guests = [flat for flat in all_ if chance(share, seed, "events.comes", flat.number, self.week)]
        for flat in guests:
            self.model.count("event_guests")
            flat.came |= 1
            if len(guests) > 1:
                flat.meet(1)

    # -- watch

    def watch(self) -> None:
        """Hold a clinic, and ask elders what troubles them."""
        p = self.model.p
        met = []
        if self.spend("clinics", p.clinic_hours):
            self.model.count("clinics")
            met = self.comers("clinic", p.clinic_logit)
            self.model.count("clinic_guests", len(met))
            for elder in met:
                elder.came |= 1
        if self.balance["watch"] > 0:
            lately = [elder for elder in self.elders if elder.came & 3 and elder not in met]
            lately.sort(key=lambda elder: (elder.came & 1, self.lot("watch.asked", elder) >> 1))
            for elder in lately:
                if not self.spend("watch", p.asking_hours):
                    break
                self.model.count("asked")
                met.append(elder)
        for grievance in [grievance for elder in met for grievance in elder.grievances]:
            unvoiced = grievance.aching and grievance.state in ("latent", "quiet") and grievance.kind != "fee"
            if unvoiced:
                if grievance.state == "latent":
                    self.model.count("named")
                grievance.state = "quiet"
                grievance.act = self.model.day
                self.model.count("surfaced_asked")

    # -- care

    def tend(self) -> None:
        """See to what elders needed in the month."""
        model, p, seed, month = self.model, self.model.p, self.model.replication_seed, self.model.day // 28
        for flat in self.flats:
            flat.tired //= 2
        left = []
        drawn = {elder: uniform(seed, "care.need", elder.number, month) for elder in self.elders}
        weight = {elder: p.need_times if elder.in_need else 1 for elder in self.elders}
        by_draw = sorted(self.elders, key=lambda elder: drawn[elder])
        by_need = sorted(self.elders, key=lambda elder: drawn[elder] / weight[elder])
        for elder, whose in zip(by_draw, by_need, strict=True):
            if drawn[elder] < p.care_rate:
                model.count("care_needs")
                if chance(p.family_care, seed, "care.family", elder.number, month):
                    model.count("care_family")
                else:
                    left.append(whose)
        left.sort(key=lambda elder: elder.number)
        unseen = []
        for elder in left:
            if elder.came & 15 and self.spend("care", p.tend_hours):
                model.count("care_staff")
            else:
                unseen.append(elder)
        called = [elder for elder in unseen if self.spend("rota", p.call_hours)]
        turns: list[Household] = []
        for elder in unseen:
            helpers = self.helpers(elder, month) if elder in called else []
            turns += helpers
            model.count("volunteer_minutes", len(helpers) * round(60 * p.turn_hours))
            model.count("care_volunteers" if helpers else "care_unmet")
        for helper in turns:
            helper.tired += 8
        for flat in self.flats:
            flat.tired = min(flat.tired, 120)

    def helpers(self, needy: Household, month: int) -> list[Household]:
        """Return who steps forward."""
        p, seed = self.model.p, self.model.replication_seed
        if not self.times["rota"]:
            return []
        ready = []
        for elder in needy.compound.flats:
            share = p.willing + (1 - p.willing) * (elder.tie / WHOLE)
            able = elder.elder and elder is not needy
            if able and chance(share, seed, "volunteer.willing", elder.number):
                ready.append(elder)
        out = []
        for elder in ready:
            cost = p.help_cost * (1 + p.help_tires * (elder.tired / 8))
            steps = float(cost < 1) if len(ready) == 1 else 1 - power(min(cost, 1.0), 1 / (len(ready) - 1))
            if chance(steps, seed, "volunteer.helps", elder.number, month, needy.number):
                out.append(elder)
        return out
