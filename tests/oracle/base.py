"""Bases, the villages that have them, and the townships in which two of them may found one together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.oracle.draws import chance, exp, normal, power, uniform
from tests.oracle.hearing import Table
from tests.oracle.yard import Team, Yard

if TYPE_CHECKING:
    from tests.oracle.countryside import Countryside

SOURCES = ("margin", "own", "rent", "plant")


class Base:
    """Where chicks are brooded.

    Attributes:
        villages: whose land and rooms it has: one, or the two of an alliance.
    """

    def __init__(self, world: Countryside, number: int, township: Township, villages: list[Village]) -> None:
        self.world, self.number, self.township, self.villages = world, number, township, villages
        self.capital = self.own = self.own_cost = self.own_winter = self.own_sold = 0
        self.own_end: int | None = None
        self.earned = dict.fromkeys(SOURCES, 0)
        self.let = 0.0
        self.sold = self.sold_to_firm = self.sold_in_year = 0
        self.plant = False
        self.hand = 0

    def runs(self) -> bool:
        """Whether it serves a village."""
        return any(v.base is self for v in self.world.villages)

    def batches(self) -> list[Yard]:
        """Return the yards with birds from it."""
        return [y for y in self.world.yards if y.batch is not None and y.batch.base is self]

    def lent(self) -> int:
        """Return what households owe it."""
        return sum(y.batch.cost for y in self.batches() if y.batch is not None and y.batch.lent)

    def standing(self) -> int:
        """Return its birds, own ones among them."""
        return self.own + sum(y.batch.number for y in self.batches() if y.batch is not None)

    def rooms(self) -> float:
        """Return the rooms that are neither let nor taken by a plant."""
        total = sum((v.rooms for v in self.villages), 0.0)
        return max(total - (self.world.p["plant_rooms"] if self.plant else 0.0) - self.let, 0.0)

    def holds(self, capital: int) -> int:
        """Return how many birds it holds with so much capital."""
        p = self.world.p
        woodland = sum((v.woodland for v in self.villages), 0.0)
        inputs = [max(capital, 0) / 100 / p["working_capital"], woodland * p["stocking"], self.rooms() * p["brooding"]]
        least = min(inputs)
        if least <= 0:
            return 0
        rho = (p["substitution"] - 1) / p["substitution"]
        total = 0.0
        for amount in inputs:
            total = total + power(amount / least, rho)
        return math.floor(least * power(total / 3, 1 / rho))

    def capacity(self) -> int:
        """Return how many birds it holds now."""
        return self.holds(self.capital + self.lent() + self.own_cost) if self.runs() else 0

    def process(self, alive: int) -> None:
        """Let birds that are sold pass through the plant, if there is one."""
        if not self.plant:
            return
        world, p = self.world, self.world.p
        value = round(100 * p["plant_value"] * alive)
        wages = round(100 * p["plant_hours"] * p["wage_many"] * alive)
        worker = world.yards[self.hand]
        world.outside -= value
        worker.purse += wages
        worker.wages += wages
        self.capital += value - wages
        self.earned["plant"] += value - wages
        world.count("plant_wages_fen", wages)

    def stock_up(self) -> None:
        """Buy chicks for a flock of its own, if it has none."""
        world = self.world
        cost = world.cost_of_a_bird()
        wish = math.floor(world.p["own_share"] * self.capacity())
        number = min(wish, max(self.capital, 0) // cost) if self.own == 0 else 0
        if number > 0:
            self.own, self.own_cost = number, number * cost
            self.capital -= self.own_cost
            world.outside += self.own_cost
            self.own_end, self.own_winter = world.day + world.length, world.winter_days()
            world.count("own_placed", number)

    def sell_own(self) -> None:
        """Sell the own flock, and pay the hired hand."""
        world, p = self.world, self.world.p
        lot = uniform(world.seed, "bases.survive", self.number, self.own_sold)
        alive = world.survivors(self.own, self.own_winter, 1.0, lot)
        hours = world.length * (p["hours_fixed"] + p["hours_bird"] * self.own)
        wages = round(100 * hours * p["wage_many"])
        revenue = alive * world.price
        worker = self._hire("bases.hand", self.number, self.own_sold)
        world.outside -= revenue
        self.capital += revenue - wages
        worker.purse += wages
        worker.wages += wages
        self.earned["own"] += revenue - wages - self.own_cost
        for flow, amount in (("own_sold", alive), ("own_dead", self.own - alive), ("base_wages_fen", wages)):
            world.count(flow, amount)
        self.own = self.own_cost = 0
        self.own_end = None
        self.own_sold += 1

    def _hire(self, name: str, *ids: int) -> Yard:
        """Draw a household of the township."""
        near = [y for y in self.world.yards if y.village.township is self.township]
        return near[math.floor(uniform(self.world.seed, name, *ids) * len(near))]

    def let_rooms(self) -> None:
        """Let rooms to the enterprise while it buys, if there are some to spare, and take the rent."""
        p, town = self.world.p, self.township
        self.let = 0.0
        spare = self.rooms() - self.standing() / p["brooding"]
        if self.runs() and self.sold > 0 and self.sold_to_firm > 0 and town.firm and spare >= p["rented_rooms"]:
            self.let = p["rented_rooms"]
        if self.let > 0:
            rent = round(100 * p["rent"] * self.let * (91 / 365))
            town.till -= rent
            self.capital += rent
            self.earned["rent"] += rent
        self.sold = self.sold_to_firm = 0

    def share_out(self, source: str) -> None:
        """Move what was earned in a way to the treasuries of its villages."""
        amount, self.earned[source] = self.earned[source], 0
        parts = [amount]
        if len(self.villages) == 2:
            first = math.floor(amount * self.township.share)
            parts = [first, amount - first]
        for village, fen in zip(self.villages, parts, strict=True):
            self.capital -= fen
            village.treasury += fen
            village.gain += fen
            self.world.count(f"{source}_{village.role}_fen", fen)

    def build(self) -> None:
        """Build a plant if it pays and there is the money and the room."""
        world, p = self.world, self.world.p
        net = round(100 * (p["plant_value"] - p["plant_hours"] * p["wage_many"]))
        cost = round(100 * p["plant_cost"])
        spare = self.rooms() - self.standing() / p["brooding"] >= p["plant_rooms"]
        pays = net > 0 and self.sold_in_year * net * p["plant_payback"] >= cost
        if self.runs() and not self.plant and pays and spare and self.capital >= cost:
            self.plant = True
            self.capital -= cost
            world.outside += cost
            world.count("plants")
            world.count("plants_fen", cost)
            self.hand = self._hire("plant.hand", self.number).number
        self.sold_in_year = 0


class Village:
    """A village: its land, its treasury, and the branch's hours."""

    def __init__(self, world: Countryside, number: int, township: Township, role: str) -> None:
        p = world.p
        self.world, self.number, self.township, self.role = world, number, township, role
        self.teams: list[Team] = []
        self.own_base: Base | None = None
        self.treasury = self.gain = self.contributed = self.paid_out = self.turn = 0

        def between(what: str) -> float:
            money, land = p[f"money_{what}"], p[f"land_{what}"]
            middle = (money + land) / 2
            return middle + p["mismatch"] * ((money if role == "money" else land) - middle)

        home = role != "around"
        self.woodland, self.rooms = (between(what) if home else 0.0 for what in ("land", "rooms"))
        self.capital = between("capital") if home else 0.0
        self.project = role == "money" or (
            role == "land" and chance(1 - p["mismatch"], world.seed, "village.project", number)
        )
        self.minutes_found = round(60 * p["branch_hours"]) if home else 0
        self.paid_before = self.bitter = self.at_table = self.table_minutes = 0
        self.mediator: Table | None = None

    @property
    def yards(self) -> list[Yard]:
        """Return its households."""
        return [y for team in self.teams for y in team.yards]

    @property
    def base(self) -> Base | None:
        """Return the base that serves it."""
        if self.township.allied:
            return self.township.joint
        return self.own_base if self.project else None

    def time(self) -> dict[str, int]:
        """Return the minutes a week that its branch gives to each use."""
        left = self.minutes_found + self.world.levers["extra"] * (self.own_base is not None and self.township.pair)
        left = max(left - self.table_minutes, 0)
        out = {}
        for use in ("meeting", "call", "show", "contract", "supply"):
            wanted = self.world.levers[use] if self.own_base is not None and self.township.pair else 0
            if use == "meeting" and wanted:
                wanted = self.township.meeting_time
            out[use] = min(wanted, left)
            left -= out[use]
        return out | {"ask": left}

    def unfairness(self) -> float:
        """Return by how much its share is below Nash's."""
        town = self.township
        if not town.allied or self.own_base is None:
            return 0.0
        below = town.nash - town.share
        return max(below if self.role == "money" else -below, 0.0)

    def missed(self) -> float:
        """Return the part of the dividend of the year before that it has not paid."""
        return max(self.paid_before - self.paid_out, 0) / self.paid_before if self.paid_before > 0 else 0.0

    def pay_dividends(self) -> None:
        """Pay out part of the year's gain, the same to every household."""
        yards = self.yards
        each = 0
        if self.gain > 0:
            each = math.floor(self.world.p["dividend_share"] * self.gain / len(yards))
        each = min(each, max(self.treasury, 0) // len(yards))
        for y in yards:
            y.purse += each
            y.dividends += each
        self.treasury -= each * len(yards)
        self.paid_out, self.gain = each, 0
        if each:
            self.world.count(f"dividends_{self.role}_fen", each * len(yards))


class Township:
    """Two home villages, perhaps, with those around; the enterprise within reach; talks and the alliance."""

    def __init__(self, world: Countryside, number: int) -> None:
        self.world, self.number = world, number
        self.villages: list[Village] = []
        self.joint: Base | None = None
        self.firm, self.till = True, 0
        self.firm_back: int | None = None
        self.allied, self.share, self.nash = False, 0.0, 0.0
        self.saved = self.called = self.held = self.tried = self.below = 0
        self.signed: int | None = None
        self.last_round: int | None = None
        self.rests_until: int | None = None
        self.meeting_time = 0
        self.office: Table | None = None

    @property
    def pair(self) -> bool:
        """Whether there are two home villages."""
        return self.joint is not None

    def round_minutes(self) -> int:
        """Return what a round of talks costs."""
        return round(60 * self.world.p["round_hours"] * self.apart())

    def apart(self) -> float:
        """Return how much longer two branches sit than one office would."""
        degree = self.world.levers["degree"] if self.pair else 0.0
        away = (degree - 0.5) / 0.5
        return 1 + away * away

    def meet(self) -> None:
        """Save hours, and hold a round of talks when there are enough."""
        world, p = self.world, self.world.p
        share = world.levers["share"]
        if share is None or not self.pair:
            return
        minutes = sum(v.time()["meeting"] for v in self.villages)
        cost = self.round_minutes()
        if self.allied:
            world.count("minutes_meeting", min(minutes, cost // 13))
            return
        if self.rests_until is not None and world.day < self.rests_until:
            return
        self.saved += minutes
        early = self.last_round is not None and self.last_round + int(p["round_days"]) > world.day
        if minutes == 0 or self.saved < cost or early:
            return
        self.saved -= cost
        world.count("minutes_meeting", cost)
        world.count("rounds")
        self.last_round = world.day
        nth, self.called = self.called, self.called + 1
        absent = [chance(p["stays_away"], world.seed, "alliance.absent", self.number, side, nth) for side in (0, 1)]
        if any(absent) and not world.levers["summoned"]:
            world.count("rounds_missed")
            return
        self.held += 1
        self._conclude(share)

    def _conclude(self, share: float) -> None:
        """Sign, go on, or give up."""
        world, p = self.world, self.world.p
        assert self.joint is not None
        turns = 1 + math.floor((243 - 59) / (world.length + p["rest_days"]))
        yuan = p["base_margin"] * turns
        own = [v.own_base for v in self.villages if v.own_base is not None]
        money_has = [b.capital + b.lent() + b.own_cost for b in (*own, self.joint)]
        alone = [
            yuan * b.holds(capital) if b.villages[0].project else 0.0
            for b, capital in zip(own, money_has, strict=False)
        ]
        together = yuan * self.joint.holds(sum(money_has))
        surplus = together - alone[0] - alone[1]
        asked = [
            p["asks"] * power(p["gives_way"], self.held)
            * abs(normal(world.seed, "alliance.asks", self.number, side, self.tried))
            for side in (0, 1)
        ]  # fmt: skip
        self.nash = (alone[0] + surplus / 2) / together if together > 0 else 0.5
        agreed = surplus > 0 and self.held >= p["least_rounds"]
        agreed = agreed and share * together > alone[0] + asked[0] * surplus
        agreed = agreed and (1 - share) * together > alone[1] + asked[1] * surplus
        if agreed:
            self._sign(share, own)
        elif self.held >= p["longest_talks"]:
            self.rest()
            world.count("talks_failed")

    def _sign(self, share: float, own: list[Base]) -> None:
        """Pool what there is."""
        world = self.world
        assert self.joint is not None
        self.allied, self.share, self.signed, self.below = True, share, world.day, 0
        world.count("signed")
        for base in own:
            for y in base.batches():
                assert y.batch is not None
                y.batch.base = self.joint
        self.gather()
        grant = round(100 * world.levers["grant"])
        world.outside -= grant
        self.joint.capital += grant
        world.count("grants_fen", grant)

    def rest(self) -> None:
        """Let talks rest for a while."""
        self.rests_until = self.world.day + int(self.world.p["talks_rest"])
        self.held = self.saved = 0
        self.tried += 1

    def gather(self) -> None:
        """Bring capital to where it works."""
        if self.joint is None:
            return
        home = [v for v in self.villages if v.own_base is not None]
        if self.allied:
            for v in home:
                assert v.own_base is not None
                self.joint.capital += v.own_base.capital
                v.own_base.capital = 0
            return
        put = [max(v.contributed, 0) for v in home]
        first = math.floor(self.joint.capital * (put[0] / max(sum(put), 1)))
        for v, fen in zip(home, (first, self.joint.capital - first), strict=True):
            assert v.own_base is not None
            v.own_base.capital += fen
        self.joint.capital = 0

    def review(self) -> None:
        """Let a side leave that would long have done better alone."""
        world = self.world
        if not self.allied or self.signed is None or self.signed + 365 > world.day:
            return
        assert self.joint is not None
        together = max(self.joint.capacity(), 1)
        home = [v for v in self.villages if v.own_base is not None]
        total = home[0].gain + home[1].gain
        bad = False
        for v in home:
            assert v.own_base is not None
            alone = v.own_base.holds(max(v.contributed, 0)) if v.project else 0
            bad = bad or v.gain < math.floor(total * (alone / together))
            bad = bad or v.bitter > world.p["walkout_share"] * len(v.yards)
        self.below = self.below + 1 if bad else 0
        if self.below >= world.p["patience_years"]:
            self.allied = False
            world.count("dissolved")
            self.rest()
            self.gather()

    def try_firm(self) -> None:
        """Let another enterprise come, or the one there fail."""
        world, p = self.world, self.world.p
        if not self.firm and self.firm_back is not None and self.firm_back <= world.day:
            self.firm = True
        if not self.firm:
            return
        hazard = p["firm_default"] * (p["crash_default"] if world.price_log < -0.15 else 1.0)
        week = world.day // 7
        if chance(1 - exp(-hazard * (7 / 365)), world.seed, "enterprise.fail", self.number, week):
            self.firm = False
            self.firm_back = world.day + int(p["firm_gap"])
            world.outside += self.till
            self.till = 0
            world.count("firms_failed")
