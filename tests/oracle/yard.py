"""A household with a yard: what it has, what it believes of birds, and the batch that stands in its yard."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tests.oracle.draws import chance, exp, normal, uniform
from tests.oracle.villager import Villager

if TYPE_CHECKING:
    from tests.oracle.countryside import Countryside

SMALL_FLOCK, LARGE_FLOCK, LARGE_FARMER = 50, 500, 200


class Batch:
    """Birds in a yard.

    Attributes:
        how: ``alone``, ``base`` or ``contract``.
        base: where the chicks come from, none for birds kept alone.
        lent: whether the base has paid for the inputs.
        coached: minutes of coaching so far.
    """

    def __init__(self, world: Countryside, number: int, how: str, base: Any, lent: bool) -> None:
        self.number, self.how, self.base, self.lent = number, how, base, lent
        self.end = world.day + world.length
        self.winter = world.winter_days()
        self.cost = number * world.cost_of_a_bird()
        self.coached = 0


class Yard(Villager):
    """A household and its yard."""

    def __init__(self, world: Countryside, number: int, team: Team) -> None:
        p, seed = world.p, world.seed
        self.world, self.number, self.team, self.village = world, number, team, team.village
        self.member = chance(p["farm_member_share"], seed, "yard.member", number)
        sd = p["income_spread"]
        unequal = exp(sd * normal(seed, "yard.income", number) - sd * sd / 2)
        self.income = round(100 * p["rural_income"] * unequal)
        wish = p["flock"] * exp(p["flock_spread"] * normal(seed, "yard.flock", number))
        self.wish = round(min(max(wish, SMALL_FLOCK), LARGE_FLOCK))
        self.risk = p["risk_low"] + (p["risk_high"] - p["risk_low"]) * uniform(seed, "yard.risk", number)
        u = uniform(seed, "yard.wage", number)
        self.hour = 0.0 if u < 0.35 else p["wage_some"] if u < 0.35 + 0.45 else p["wage_many"]
        self.mean = p["farm_belief"] + p["farm_belief_sd"] * normal(seed, "beliefs.first", number)
        self.precision = 1 / (p["farm_belief_sd"] * p["farm_belief_sd"])
        self.batch: Batch | None = None
        self.purse = self.wages = self.dividends = self.earned = self.this_year = self.last_year = 0
        self.sold = self.losses = 0
        self.borne = 0  # severity-days since the burn-in was over, thousandths
        self.skill = 0.0
        self.keeps = self.adopted = self.called = self.model = self.asked = self.begins = False
        self.back: int | None = None
        self.barred: int | None = None
        self.result: int | None = None  # of the last batch, while nobody has learnt from it
        self.last_result = 0
        self.settle_in()

    @property
    def large(self) -> bool:
        """Whether it is a large farmer."""
        return self.wish >= LARGE_FARMER

    def free(self) -> bool:
        """Whether chicks may be placed today."""
        return self.batch is None and (self.back is None or self.back <= self.world.day)

    def place(self, number: int, how: str, lent: bool) -> None:
        """Place chicks, and let whoever it is pay for what they need."""
        world = self.world
        base = None if how == "alone" else self.village.base
        self.batch = Batch(world, number, how, base, lent)
        if lent:
            base.capital -= self.batch.cost
        else:
            self.purse -= self.batch.cost
        world.outside += self.batch.cost
        for flow, amount in (
            ("birds_placed", number), ("batches", 1), ("inputs_fen", self.batch.cost),
            ("birds_contracted", number if how == "contract" else 0), ("batches_contract", int(how == "contract")),
            ("batches_large", int(self.large)), ("batches_contract_large", int(self.large and how == "contract")),
        ):  # fmt: skip
            world.count(flow, amount)

    def sell(self) -> None:
        """Sell the batch, pay what is owed, and learn how it is done."""
        world, p, batch = self.world, self.world.p, self.batch
        assert batch is not None
        helped = min(batch.coached / (60 * p["coach_need"] * (world.length / 7)), 1.0)
        skill = self.skill + (1 - self.skill) * helped
        lot = uniform(world.seed, "birds.survive", self.number, self.sold)
        alive = world.survivors(batch.number, batch.winter, skill, lot)
        revenue = self._revenue(batch, alive)
        margin = 0
        if batch.base is not None:
            margin = alive * round(100 * p["base_margin"])
            self.purse -= margin
            batch.base.capital += margin
            batch.base.earned["margin"] += margin
            batch.base.sold += alive
            batch.base.sold_in_year += alive
            batch.base.process(alive)
            if batch.lent:
                self.purse -= batch.cost
                batch.base.capital += batch.cost
        profit = revenue - margin - batch.cost
        self.earned += profit
        self.this_year += profit
        for flow, amount in (
            ("farm_fen", profit), ("birds_sold", alive), ("birds_dead", batch.number - alive), ("batches_sold", 1),
            ("batches_lost", int(profit < 0)), ("batches_sold_large", int(self.large)),
            ("batches_lost_large", int(self.large and profit < 0)),
        ):  # fmt: skip
            world.count(flow, amount)
        usual = round(100 * world.kind("price"))
        self.result = self.last_result = alive * usual // batch.number - world.inputs()
        self.skill += (1 - self.skill) * (p["learning_by_doing"] + p["coach_learning"] * helped)
        self.sold += 1
        self.batch = None
        rested = world.day + int(p["rest_days"])
        self.back = rested if self.back is None else max(self.back, rested)
        self.losses = self.losses + 1 if profit < 0 else 0
        if self.losses >= int(p["exit_losses"]):
            self.losses = 0
            if self.keeps:  # else it has left in anger
                self.keeps = False
                self.back = world.day + int(p["exit_days"])
                world.count("gave_up")
                world.count("left_large", int(self.large))

    def _revenue(self, batch: Batch, alive: int) -> int:
        """Sell to the enterprise, if it is there and it does not pay to sell elsewhere; else on the market."""
        world, p, town = self.world, self.world.p, self.village.township
        floor = round(100 * p["floor"] * world.kind("price"))
        signed = batch.how == "contract"
        tempted = world.price > floor * (1 + p["side_gain"])
        refused = signed and town.firm and floor > world.price * (1 + p["side_gain"])
        refused = refused and chance(p["firm_refuses"], world.seed, "birds.refused", self.number, self.sold)
        world.count("refused_batches", int(refused))
        if signed and not town.firm:
            world.count("let_down")
        if (refused or (signed and not town.firm)) and alive * (floor - world.price) > 0:
            self.be_wronged(alive * (floor - world.price))
        if signed and town.firm and not tempted and not refused:
            self.purse += alive * floor
            town.till += alive * (world.price - floor)
            world.outside -= alive * world.price
            batch.base.sold_to_firm += alive
            world.count("firm_fen", alive * (world.price - floor))
            world.count("sold_contract", alive)
            return alive * floor
        self.purse += alive * world.price
        world.outside -= alive * world.price
        got = alive * world.price
        if signed and town.firm and not refused:
            world.count("side_sold")
            if chance(p["caught"], world.seed, "birds.caught", self.number, self.sold):
                gain = alive * (world.price - floor)
                self.purse -= gain
                town.till += gain
                got -= gain
                self.barred = world.day + 365
                self.be_wronged(0)
                world.count("caught")
                world.count("firm_fen", gain)
        return got

    # -- what it makes of it ----------------------------------------------------------------------

    def at_hand(self) -> int:
        """Return for how many birds it can pay the inputs at once."""
        return math.floor(self.world.p["at_hand"] * self.income / self.world.cost_of_a_bird())

    def worth(self, number: int, how: str) -> float:
        """Return the certainty equivalent of so many birds kept so, in yuan."""
        if number <= 0:
            return -1.0
        world, p = self.world, self.world.p
        first, second = world.expected[how]
        revenue = max(self.mean + world.inputs() / 100, 0.0)
        variance = 1 / self.precision
        cost = world.cost_of_a_bird() / 100 + (0.0 if how == "alone" else p["base_margin"])
        hours = world.length * (p["hours_fixed"] + p["hours_bird"] * number)
        mean = number * (revenue * first - cost) - hours * self.hour
        spread = number * number * ((variance + revenue * revenue) * second - revenue * revenue * first * first)
        risk = self.risk * spread / (2 * (self.income / 100))
        return mean - risk - (0.0 if self.keeps else p["hassle"])


class Team:
    """Neighbours who see one another's yards."""

    def __init__(self, village: Any) -> None:
        self.village = village
        self.yards: list[Yard] = []
        self.shown = False


def learn(world: Countryside) -> None:
    """Let all households learn from batches sold since the last time, then forget who sold."""
    p = world.p
    noise = p["observation_sd"] * p["observation_sd"]
    news = [y for y in world.yards if y.result is not None]
    changes = []
    for y in world.yards if news else []:
        own = 1 if y.result is not None else 0
        near = [n for n in y.team.yards if n.result is not None and n is not y]
        same, other = ([n.result for n in near if (n.large == y.large) is alike] for alike in (True, False))
        shown: list[int | None] = []
        if y.team.shown:
            models = [m for m in y.village.yards if m.model and m.result is not None]
            shown = [m.result for m in models if m.team is not y.team]
        weight = own + p["weight_same"] * len(same) + p["weight_other"] * len(other)
        amount = (y.result or 0) + p["weight_same"] * sum(same) + p["weight_other"] * sum(other)
        if any(t.shown for t in world.teams):
            weight = weight + p["weight_other"] * len(shown)
            amount = amount + p["weight_other"] * sum(shown)
        if weight > 0:
            after = y.precision + weight / noise
            mean = (y.precision * y.mean + amount / 100 / noise) / after
            changes.append((y, mean, min(after, 1 / (p["farm_belief_least"] * p["farm_belief_least"]))))
    for y, mean, precision in changes:
        y.mean, y.precision = mean, precision
    for y in world.yards:
        y.result = None
    for team in world.teams:
        team.shown = False
