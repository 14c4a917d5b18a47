"""Villages as plain objects, one thing after another: the second opinion on `sim.places.village` and its rules."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.oracle.base import SOURCES, Base, Township, Village
from tests.oracle.disputes import Disputes
from tests.oracle.draws import bits, chance, exp, log, normal
from tests.oracle.yard import Team, Yard, learn

NODES = [(z, 0.125 * 0.3989422804014327 * exp(-0.5 * z * z)) for z in (0.125 * k for k in range(-48, 49))]
USES = ("meeting", "call", "show", "contract", "supply")
UNPAID = ("asking", "calling", "showing", "contracts", "orders", "meeting", "sharing", "coaching")


class Countryside(Disputes):
    """One world of villages.

    Attributes:
        p: parameters of the world.
        levers: what the alliance offers, if there is one: minutes a week, degree, share, grant and summons.
        today: counts of the day.
    """

    def __init__(self, seed: int, structure: Mapping[str, int], p: Mapping[str, float], first_day: int) -> None:
        self.seed, self.p, self.day, self.first_day = seed, p, first_day, first_day
        self.today: Counter[str] = Counter()
        self.outside = 0
        self.price_log, self.price = 0.0, round(100 * self.kind("price"))
        self.villages: list[Village] = []
        self.townships: list[Township] = []
        self.bases: list[Base] = []
        self.teams: list[Team] = []
        self.yards: list[Yard] = []
        self.levers: dict[str, Any] = {
            **dict.fromkeys((*USES, "extra", "coach", "grant", "degree"), 0), "share": None, "summoned": False
        }  # fmt: skip
        self.alliance: dict[str, Any] | None = None
        for first in range(0, structure["villages"], 2):
            self._settle(structure, min(2, structure["villages"] - first))
        self.open_tables()
        for base in self.bases:
            if len(base.villages) == 1:
                village = base.villages[0]
                base.capital = village.contributed = round(100 * village.capital)
                self.outside -= base.capital

    def _settle(self, structure: Mapping[str, int], homes: int) -> None:
        """Found a township with so many home villages."""
        town = Township(self, len(self.townships))
        self.townships.append(town)
        roles = [("money", "land")[n] for n in range(homes)]
        if structure["around"]:
            roles += ["around"] * homes
        for role in roles:
            village = Village(self, len(self.villages), town, role)
            self.villages.append(village)
            town.villages.append(village)
            if role != "around":
                village.own_base = Base(self, len(self.bases), town, [village])
                self.bases.append(village.own_base)
            if role == "land":
                town.joint = Base(self, len(self.bases), town, town.villages[:2])
                self.bases.append(town.joint)
            size = structure["around" if role == "around" else "households"]
            for n in range(size):
                if n % structure["team_size"] == 0:
                    village.teams.append(Team(village))
                    self.teams.append(village.teams[-1])
                yard = Yard(self, len(self.yards), village.teams[-1])
                self.yards.append(yard)
                village.teams[-1].yards.append(yard)

    # -- what everybody knows -----------------------------------------------------------------------

    def count(self, flow: str, amount: int = 1) -> None:
        """Count something of today."""
        self.today[flow] += amount

    def kind(self, what: str) -> float:
        """Return a number of the kind of birds kept."""
        return self.p[f"{'slow' if self.p['slow_birds'] else 'broiler'}_{what}"]

    @property
    def length(self) -> int:
        """Return the days of a batch."""
        return int(self.kind("days"))

    def inputs(self) -> int:
        """Return what a bird needs but heat."""
        return round(100 * (self.kind("chick") + self.kind("feed") + self.kind("vaccine")))

    def winter_days(self) -> int:
        """Return how many days of a batch placed today are in winter."""
        return sum((self.day + d) % 365 >= 304 or (self.day + d) % 365 < 59 for d in range(self.length))

    def cost_of_a_bird(self) -> int:
        """Return what a bird placed today costs."""
        return self.inputs() + round(100 * self.p["winter_heat"] * self.winter_days() / self.length)

    def survivors(self, number: int, winter: int, skill: float, lot: float) -> int:
        """Return how many of a batch live."""
        p = self.p
        rate = p["survival_alone"] + (p["survival_skilled"] - p["survival_alone"]) * skill
        return min(math.floor(number * (rate - p["winter_loss"] * winter / self.length) + lot), number)

    def in_season(self) -> bool:
        """Whether chicks are placed at this time of the year."""
        return 59 <= self.day % 365 < 243

    # -- the alliance -------------------------------------------------------------------------------

    def ally(self, channels: Mapping[str, bool], me: Mapping[str, float]) -> None:
        """Bring in the alliance."""
        self.alliance = {"channels": channels, "me": me}
        hours = me["hours"] > 0
        scale = min(me["hours"] / 6.0, 1.0)
        self.levers["extra"] = round(60 * me["extra_hours"])
        for use, channel, name in (
            ("call", "demonstration", "calling_hours"), ("show", "demonstration", "showing_hours"),
            ("contract", "floor_price", "contract_hours"), ("supply", "inputs_and_skill", "order_hours"),
        ):  # fmt: skip
            self.levers[use] = round(60 * me[name] * scale) if hours and channels[channel] else 0
        if hours and channels["inputs_and_skill"]:
            self.levers["coach"] = round(60 * me["coaches"] * me["coach_hours"] * scale)
        if hours and channels["complementarity"]:
            self.levers |= {"share": me["share"], "grant": me["public_grant"], "meeting": 1}
            self.levers["summoned"] = channels["authority"]
            self.levers["degree"] = me["degree"] if channels["coordination"] else 0.0
        self.change_offices()
        for table in self.tables:
            table.open_week()

    def change_offices(self) -> None:
        """Settle anew how much time goes into talks."""
        if self.alliance is None or self.levers["share"] is None:
            return
        me = self.alliance["me"]
        scale = min(me["hours"] / 6.0, 1.0)
        for town in self.townships:
            town.meeting_time = round(60 * ((0.25 if town.allied else 1.0) * me["meet_hours"] * scale))

    # -- a day --------------------------------------------------------------------------------------

    def step(self) -> None:
        """Live a day."""
        self.today = Counter()
        self.events = []
        day = self.day
        week = day % 7 == 0 or day == self.first_day
        if week:
            self.move_price()
        if day % 28 == 0:
            for v in self.villages:
                v.table_minutes, v.at_table = v.at_table // 4, 0
        self.fall_out(week)
        self.claim()
        self.hear_all()
        if week:
            for town in self.townships:
                town.meet()
        if day % 28 == 0:
            self.go_round()
        if week:
            self.coach()
            for town in self.townships:
                town.try_firm()
        for yard in self.yards:
            if yard.batch is not None and yard.batch.end == day:
                yard.sell()
        for base in self.bases:
            if base.own_end == day:
                base.sell_own()
        if day % 28 == 0 and self.in_season():
            self.expected = self.expect()
            self.place()
            for base in self.bases:
                base.stock_up()
        if day % 91 == 0:
            self.settle()
        if day % 365 == 0:
            self.turn_year()
        if day % 28 == 0:
            learn(self)
        if day % 7 == 6:
            self.change_offices()
        if day % 91 == 0:
            self.forget()
        if day % 7 == 6:
            for table in self.tables:
                table.open_week()
        minutes = sum(self.today[f"minutes_{practice}"] for practice in UNPAID)
        self.count("unpaid_hours_fen", round(minutes * 100 * self.p["unpaid_hour"] / 60))
        if day % 7 == 6:
            self.let_go()
        for wrong in self.wrongs:
            wrong.yard.borne += wrong.aching * wrong.severity
        self.day += 1

    def move_price(self) -> None:
        """Let the price swing for a week, and perhaps crash."""
        p, week = self.p, self.day // 7
        kept = exp(-p["price_reversion"] * (7 / 365))
        spread = p["price_volatility"] * math.sqrt((1 - kept * kept) / (2 * p["price_reversion"]))
        crash = chance(1 - exp(-p["crash_rate"] * (7 / 365)), self.seed, "market.crash", week)
        crash = crash or (self.day <= p["crash_day"] < self.day + 7 and p["crash_day"] >= 0)
        jump = log(1 - p["crash_depth"]) if crash else 0.0
        self.price_log = self.price_log * kept + spread * normal(self.seed, "market.swing", week) + jump
        self.price = round(100 * self.kind("price") * exp(self.price_log))
        self.count("crashes", int(crash))

    def expect(self) -> dict[str, tuple[float, float]]:
        """Return what is expected of the price at the sale, by how birds are kept: mean and mean square."""
        p = self.p
        years = self.kind("days") / 365
        kept = exp(-p["price_reversion"] * years)
        spread = p["price_volatility"] * math.sqrt((1 - kept * kept) / (2 * p["price_reversion"]))
        centre = self.price_log * (p["extrapolates"] + (1 - p["extrapolates"]) * kept)
        fails = 1 - exp(-(p["firm_default"] * (p["crash_default"] if self.price_log < -0.15 else 1.0)) * years)
        sums = [0.0, 0.0, 0.0, 0.0]
        for node, weight in NODES:
            price = exp(centre + spread * node)
            bound = p["floor"]
            if p["floor"] > price * (1 + p["side_gain"]):
                bound = (1 - p["firm_refuses"]) * p["floor"] + p["firm_refuses"] * price
            if price > p["floor"] * (1 + p["side_gain"]):
                bound = p["caught"] * p["floor"] + (1 - p["caught"]) * price
            parts = (
                price, price * price, (1 - fails) * bound + fails * price,
                (1 - fails) * bound * bound + fails * price * price,
            )  # fmt: skip
            sums = [total + weight * part for total, part in zip(sums, parts, strict=True)]
        spot, contract = (sums[0], sums[1]), (sums[2], sums[3])
        return {"alone": spot, "base": spot, "contract": contract}

    # -- branches -----------------------------------------------------------------------------------

    def lots(self, name: str, yards: list[Yard], wave: int) -> list[Yard]:
        """Order yards by lot."""
        return sorted(yards, key=lambda y: (bits(self.seed, name, y.number, wave) >> 24, y.number))

    def go_round(self) -> None:
        """Let branches call on members, ask households, and show yards."""
        p = self.p
        for y in self.yards:
            y.asked = y.begins = False
        cost, show = round(60 * p["ask_hours"]), round(60 * p["show_hours"])
        for v in (v for v in self.villages if v.base is not None):
            time = v.time()
            if time["show"] and any(y.model and y.result is not None for y in v.yards):
                for _ in range(min(4 * time["show"] // show, len(v.teams))):
                    v.teams[v.turn].shown = True
                    v.turn = (v.turn + 1) % len(v.teams)
                    self.count("minutes_showing", show)
            if not self.in_season():
                continue
            idle = [y for y in v.yards if not y.keeps and (y.back is None or y.back <= self.day)]
            members = [y for y in idle if y.member and not y.model and not y.called]
            for y in self.lots("canvass.call", members, 0)[: 4 * time["call"] // cost]:
                y.called = True
                y.begins = chance(p["first_signers"], self.seed, "canvass.sign", y.number)
                self.count("minutes_calling", cost)
            others = [y for y in idle if not y.begins]
            for y in self.lots("canvass.ask", others, self.day // 28)[: 4 * time["ask"] // cost]:
                y.asked = True
                self.count("minutes_asking", cost)

    def coach(self) -> None:
        """Let coaches share their hours."""
        for v in self.villages:
            if not self.levers["coach"] or v.own_base is None or not v.township.pair:
                continue
            pupils = [y.batch for y in v.yards if y.batch is not None and y.batch.base is not None]
            if pupils:
                each = min(self.levers["coach"] // len(pupils), round(60 * self.p["coach_need"]))
                for batch in pupils:
                    batch.coached += each
                    self.count("minutes_coaching", each)

    # -- placing chicks -----------------------------------------------------------------------------

    def place(self) -> None:
        """Let households choose; where too few would sign, the enterprise does not come and they choose again."""
        wave = self.day // 28
        there = []
        for y in self.yards:
            thinks = chance(self.p["considers"], self.seed, "farming.consider", wave, y.number)
            if y.free() and (y.keeps or y.asked or y.begins or thinks):
                there.append(y)
        if not there:
            return
        queue = self.lots("farming.lot", there, wave)
        plans: dict[Yard, dict[str, Any]] = {}
        for town in self.townships:
            mine = [y for y in queue if y.village.township is town]
            chosen = self.choose(mine, comes=True)
            signed = sum(plan["number"] for plan in chosen.values() if plan["how"] == "contract")
            if 0 < signed < self.p["minimum_batch"]:
                chosen = self.choose(mine, comes=False)
            plans |= chosen
        paper = round(60 * self.p["paper_hours"])
        for y in there:
            plan = plans[y]
            self.count("could_sign", int(plan["could_sign"]))
            self.count("turned_away", int(plan["turned_away"]))
            if plan["how"] is None:
                if plan["out"] and y.keeps:
                    y.keeps = False
                    self.count("stopped")
                    self.count("left_large", int(y.large))
                continue
            if plan["how"] != "alone":
                y.model = y.model or y.begins
                y.adopted = True
            lent = plan["orders"] and plan["how"] != "alone"
            self.count("minutes_contracts", paper if plan["how"] == "contract" else 0)
            self.count("minutes_orders", paper if lent else 0)
            y.place(plan["number"], plan["how"], lent)
            y.keeps = True

    def choose(self, queue: list[Yard], comes: bool) -> dict[Yard, dict[str, Any]]:
        """Let households of a township choose.

        Args:
            queue: in the order of their lots.
            comes: whether the enterprise would come.
        """
        p, paper = self.p, round(60 * self.p["paper_hours"])
        slots = {v: {use: 4 * v.time()[use] // paper for use in ("contract", "supply")} for v in self.villages}
        orders_left = {v: slots[v]["supply"] for v in self.villages}
        plans: dict[Yard, dict[str, Any]] = {}
        for y in queue:
            base, hand = y.village.base, y.at_hand()
            orders = base is not None and hand < y.wish and orders_left[y.village] > 0
            if orders:
                orders_left[y.village] -= 1
            at_base, alone = y.wish if orders else min(y.wish, hand), min(int(p["yard_birds"]), hand)
            worth = {how: y.worth(alone if how == "alone" else at_base, how) for how in ("alone", "base", "contract")}
            bound = base is not None and y.village.township.firm and slots[y.village]["contract"] > 0
            bound = bound and (y.barred is None or y.barred <= self.day)
            signs = bound and comes and worth["contract"] > worth["base"]
            gain = worth["contract"] if signs else worth["base"]
            called = y.begins and base is not None and at_base > 0
            wants = called or (base is not None and gain > 0 and gain >= worth["alone"])
            plans[y] = dict(
                how=None, number=0, orders=orders, signs=signs, wants=wants, called=called, worth=worth, room=False,
                at_base=at_base, alone=alone, could_sign=bound and worth["base"] > 0,
            )  # fmt: skip
        self._give_room(queue, plans)
        left = {v: slots[v]["contract"] for v in self.villages}
        for y in queue:
            plan, worth = plans[y], plans[y]["worth"]
            alone = worth["alone"] > 0 and not plan["room"]
            plan["turned_away"] = plan["wants"] and not plan["room"]
            plan["out"] = not plan["wants"] and not alone
            if plan["room"] and plan["signs"] and left[y.village] > 0:
                left[y.village] -= 1
                plan |= dict(how="contract", number=plan["at_base"])
            elif plan["room"] and (worth["base"] > 0 or plan["called"]):
                plan |= dict(how="base", number=plan["at_base"])
            elif alone and not plan["called"]:
                plan |= dict(how="alone", number=plan["alone"])
        return plans

    def _give_room(self, queue: list[Yard], plans: dict[Yard, dict[str, Any]]) -> None:
        """Give places at each base to those first in line; nobody overtakes."""
        for base in self.bases:
            line = [y for y in queue if plans[y]["wants"] and y.village.base is base]
            line.sort(key=lambda y: (y.village.role == "around", not (y.keeps or plans[y]["called"])))
            room, cash = max(base.capacity() - base.standing(), 0), max(base.capital, 0) // self.cost_of_a_bird()
            for y in line:
                room -= plans[y]["at_base"]
                if plans[y]["orders"]:
                    cash -= plans[y]["at_base"]
                plans[y]["room"] = room >= 0 and (not plans[y]["orders"] or plans[y]["at_base"] == 0 or cash >= 0)

    # -- quarters and years -------------------------------------------------------------------------

    def settle(self) -> None:
        """Let rooms, and move what was earned to the collectives."""
        for base in self.bases:
            base.let_rooms()
        for source in SOURCES:
            for base in self.bases:
                base.share_out(source)
        for town in self.townships:
            town.gather()

    def turn_year(self) -> None:
        """Review alliances, pay dividends, put the rest to work, find projects, build plants, note incomes."""
        for town in self.townships:
            town.review()
        for v in self.villages:
            v.paid_before, v.bitter = v.paid_out, 0
        for v in self.villages:
            v.pay_dividends()
        for v in self.villages:
            if v.own_base is not None and v.base is not None:
                v.base.capital += v.treasury
                v.contributed += v.treasury
                v.treasury = 0
        for v in self.villages:
            found = chance(1 - exp(-self.p["project_rate"]), self.seed, "bases.project", v.number, self.day // 365)
            v.project = v.project or (found and v.own_base is not None)
        for base in self.bases:
            base.build()
        for y in self.yards:
            y.last_year, y.this_year = y.this_year, 0
