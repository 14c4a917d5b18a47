"""Birds in yards: chicks are placed, some die, the rest are sold; what a household has learnt to do shows in how many.

A yard holds one batch at a time. Inputs are paid when chicks are placed, by the household or, on credit, by the
base; the birds are counted again when they are sold, whole birds only: placed = standing + sold + dead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.books import transfer
from sim.cases import NEVER
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.rules import beliefs, dealings, market, plant
from sim.rules.rearing import costs, survivors, winter_days

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

IDLE, ALONE, SPOT, CONTRACT = range(4)
"""How a yard keeps its birds: not at all, in the yard alone, at a base for the market, at a base under contract."""

BARRED_DAYS = 365
"""For so long a household that was caught selling elsewhere is offered no contract."""


@dataclass(frozen=True)
class Parameters:
    """Learning and giving up."""

    learning_by_doing: float = parameter(
        0.15,
        0.0,
        0.4,
        unit="share",
        source="guess: half of the gap is closed in four batches",
        doc="part of what is lacking in skill that a household learns from a batch of its own",
    )
    exit_losses: int = parameter(
        2,
        1,
        4,
        unit="batches",
        source="guess: two years' luck; small producers opt out (huang-2018)",
        doc="losing batches in a row after which a household gives up",
    )
    exit_days: int = parameter(
        730,
        365,
        1460,
        unit="days",
        source="guess: as long as an experience halves in memory (prior-trust)",
        doc="days before a household that gave up thinks of birds again",
    )


def place(w: Worlds, world: Ints, yard: Ints, number: Ints, mode: Ints, base: Ints, credit: NDArray[np.bool_]) -> None:
    """Place chicks in yards and pay for what they need until they are sold.

    Args:
        w: the worlds.
        world: world of each yard.
        yard: rows of the yards, empty ones.
        number: chicks.
        mode: `ALONE`, `SPOT` or `CONTRACT`.
        base: row of the base that they come from, -1 for birds kept alone.
        credit: whether the base pays for the inputs, to be paid back at the sale.
    """
    length = market.of_kind(w, "days").astype(np.int64)
    cost = number * costs(w)[world, 0]
    w.mode[world, yard], w.birds[world, yard], w.yard_base[world, yard] = mode, number, base
    w.batch_end[world, yard] = w.day + length[world, 0]
    w.batch_winter[world, yard] = winter_days(w.day, length)[world, 0]
    w.batch_cost[world, yard] = cost
    w.coached[world, yard] = 0
    w.loan[world, yard] = np.where(credit, cost, 0)
    household = w.layout.traits["yard_household"][yard]
    own, lent = ~credit, credit
    everybody = np.zeros_like(world)
    transfer(w, "purse", household[own], "outside", everybody[own], world[own], cost[own])
    transfer(w, "capital", base[lent], "outside", everybody[lent], world[lent], cost[lent])
    w.count("birds_placed", world, number)
    w.count("birds_contracted", world, np.where(mode == CONTRACT, number, 0))
    w.count("batches", world)
    w.count("batches_contract", world, mode == CONTRACT)
    large = beliefs.large(w, world, yard)
    w.count("batches_large", world, large)
    w.count("batches_contract_large", world, large & (mode == CONTRACT))
    w.count("inputs_fen", world, cost)
    w.stocks("birds", world, number)


def sell(w: Worlds) -> None:
    """Phase: batches that are grown are sold, on the market or to the enterprise, and debts are paid."""
    world, yard = np.nonzero(w.batch_end == w.day)
    if len(world) == 0:
        return
    nth = w.yard_batches[world, yard].astype(np.int64)
    number, mode, base = (getattr(w, name)[world, yard].astype(np.int64) for name in ("birds", "mode", "yard_base"))
    helped = _helped(w, world, yard)
    skill = w.skill[world, yard]
    eff = skill + (1 - skill) * helped
    lot = noise.uniform(w.seeds[world], "birds.survive", yard, nth)
    alive = survivors(w, world, number, w.batch_winter[world, yard].astype(np.int64), eff, lot)
    revenue = _take_to_market(w, world, yard, alive, mode, nth)
    at_base = base >= 0
    margin = np.where(at_base, alive * np.rint(100 * w.at("base_margin", world)).astype(np.int64), 0)
    household = w.layout.traits["yard_household"][yard]
    b_world, b_row = world[at_base], base[at_base]
    transfer(w, "purse", household[at_base], "capital", b_row, b_world, margin[at_base])
    np.add.at(w.earned_margin, (b_world, b_row), margin[at_base])
    np.add.at(w.base_sold, (b_world, b_row), alive[at_base])
    np.add.at(w.year_sold, (b_world, b_row), alive[at_base])
    plant.process(w, b_world, b_row, alive[at_base])
    loan = w.loan[world, yard]
    transfer(w, "purse", household[at_base], "capital", b_row, b_world, loan[at_base])

    profit = revenue - margin - w.batch_cost[world, yard]
    w.farm_income[world, yard] += profit
    w.year_income[world, yard] += profit
    w.count("farm_fen", world, profit)
    w.count("birds_sold", world, alive)
    w.count("birds_dead", world, number - alive)
    w.count("batches_sold", world)
    w.count("batches_lost", world, profit < 0)
    large = beliefs.large(w, world, yard)
    w.count("batches_sold_large", world, large)
    w.count("batches_lost_large", world, large & (profit < 0))
    w.stocks("birds", world, -number)
    usual = np.rint(100 * market.of_kind(w, "price")).astype(np.int64)
    w.result[world, yard] = alive * usual[world, 0] // number - market.inputs(w)[world, 0]
    w.told[world, yard] = True
    w.skill[world, yard] = skill + (1 - skill) * (
        w.at("learning_by_doing", world) + w.at("coach_learning", world) * helped
    )
    _clear(w, world, yard)
    losses = np.where(profit < 0, w.losing[world, yard] + 1, 0)
    out = losses >= w.whole("exit_losses", world)
    w.losing[world, yard] = np.where(out, 0, losses)
    out &= w.keeps[world, yard]  # who left in anger has left already
    gone, who = world[out], yard[out]
    w.stocks("keeping", gone, -1)
    w.stocks("keeping_large", gone, -large[out].astype(np.int64))
    w.keeps[gone, who] = False
    w.back_day[gone, who] = w.day + w.whole("exit_days", gone)
    w.count("gave_up", gone)
    w.count("left_large", gone, large[out])


def _clear(w: Worlds, world: Ints, yard: Ints) -> None:
    """Leave yards empty, to be placed again after a rest."""
    w.yard_batches[world, yard] += 1
    w.mode[world, yard], w.birds[world, yard], w.yard_base[world, yard] = IDLE, 0, -1
    w.batch_end[world, yard] = NEVER
    w.loan[world, yard] = w.batch_cost[world, yard] = 0
    w.back_day[world, yard] = np.maximum(w.back_day[world, yard], w.day + w.whole("rest_days", world))


def _helped(w: Worlds, world: Ints, yard: Ints) -> Floats:
    """Return how much of the coaching that a batch asks for it has had, 0 to 1."""
    weeks = market.of_kind(w, "days")[world, 0] / 7
    share: Floats = np.minimum(w.coached[world, yard] / (60 * w.at("coach_need", world) * weeks), 1.0)
    return share


def _take_to_market(w: Worlds, world: Ints, yard: Ints, alive: Ints, mode: Ints, nth: Ints) -> Ints:
    """Sell birds, to the enterprise where it is bound and the household is not tempted; return what households get."""
    household = w.layout.traits["yard_household"][yard]
    township = w.layout.up("yard", "township")[yard]
    price = w.price[world, 0]
    floor = np.rint(100 * w.at("floor", world) * market.of_kind(w, "price")[world, 0]).astype(np.int64)
    signed = mode == CONTRACT
    bound = signed & w.firm[world, township]
    aside = bound & (price > floor * (1 + w.at("side_gain", world)))
    dear = bound & (floor > price * (1 + w.at("side_gain", world)))
    refused = dear & noise.chance(w.at("firm_refuses", world), w.seeds[world], "birds.refused", yard, nth)
    loyal = bound & ~aside & ~refused
    everybody = np.zeros_like(world)

    np.add.at(w.contract_sold, (world[loyal], w.yard_base[world, yard][loyal]), alive[loyal])
    free = ~loyal
    transfer(w, "outside", everybody[free], "purse", household[free], world[free], (alive * price)[free])
    at, who, town = world[loyal], household[loyal], township[loyal]
    transfer(w, "till_firm", town, "purse", who, at, (alive * floor)[loyal])
    transfer(w, "outside", everybody[loyal], "till_firm", town, at, (alive * price)[loyal])
    caught = aside & noise.chance(w.at("caught", world), w.seeds[world], "birds.caught", yard, nth)
    gain = alive * (price - floor)
    transfer(w, "purse", household[caught], "till_firm", township[caught], world[caught], gain[caught])
    w.barred_day[world[caught], yard[caught]] = w.day + BARRED_DAYS
    short = np.where(signed & ~loyal & ~aside, np.maximum(alive * (floor - price), 0), 0)
    wronged = caught | (short > 0)
    dealings.wrong(w, world[wronged], yard[wronged], short[wronged])

    w.count("side_sold", world, aside)
    w.count("caught", world, caught)
    w.count("let_down", world, signed & ~bound)
    w.count("refused_batches", world, refused)
    w.count("firm_fen", world, np.where(loyal, alive * (price - floor), np.where(caught, gain, 0)))
    w.count("sold_contract", world, np.where(loyal, alive, 0))
    return np.where(loyal, alive * floor, alive * price) - np.where(caught, gain, 0)


def turn_year(w: Worlds) -> None:
    """Phase, yearly: what birds earned in the year that has ended is put down."""
    w.last_year[...] = w.year_income
    w.year_income[...] = 0


def _set_up(w: Worlds) -> None:
    """Begin with empty yards."""
    w.batch_end[...] = NEVER
    w.yard_base[...] = -1


BATCHES = {
    "batches": "batches placed in yards",
    "batches_contract": "batches placed in yards under contract",
    "batches_sold": "batches sold from yards",
    "batches_lost": "batches sold at a loss",
}
"""Flows that are counted of all households, and of large farmers apart."""

RULE = Rule(
    name="birds",
    places=("village",),
    columns=(
        Column("mode", "yard", np.int8, "how birds are kept: 0 not at all, 1 alone, 2 at a base, 3 under contract"),
        Column("birds", "yard", np.int64, "birds in the yard, as placed"),
        Column("yard_base", "yard", np.int32, "row of the base the birds come from, -1 = none"),
        Column("batch_end", "yard", np.int32, "day on which the batch is sold; 2^31 - 1 = no batch"),
        Column("batch_winter", "yard", np.int32, "days of the batch in winter"),
        Column("batch_cost", "yard", np.int64, "what the inputs of the batch cost, fen"),
        Column(
            "loan", "yard", np.int64, "what the household owes the base for inputs, a claim and not an account, fen"
        ),
        Column("coached", "yard", np.int64, "minutes of coaching that the batch has had"),
        Column("yard_batches", "yard", np.int32, "batches sold so far"),
        Column("skill", "yard", np.float64, "what the household has learnt of keeping birds, 0 to 1"),
        Column("losing", "yard", np.int8, "losing batches in a row"),
        Column("keeps", "yard", np.bool_, "the household is in the trade, with birds or between batches"),
        Column("back_day", "yard", np.int32, "first day on which chicks may be placed again", default=-NEVER),
        Column("barred_day", "yard", np.int32, "first day on which a contract is offered again", default=-NEVER),
        Column("result", "yard", np.int64, "what the last batch left a bird at the usual price, heat apart, fen"),
        Column("told", "yard", np.bool_, "the last batch has been sold and nobody has learnt from it yet"),
        Column("farm_income", "yard", np.int64, "what birds have earned the household since the start, fen"),
        Column("year_income", "yard", np.int64, "what birds have earned the household this year, fen"),
        Column("last_year", "yard", np.int64, "what birds earned the household in the last full year, fen"),
    ),
    parameters=Parameters,
    flows={
        "birds_placed": "chicks placed in yards",
        "birds_contracted": "chicks placed in yards under contract",
        "birds_sold": "birds sold from yards",
        "birds_dead": "birds of yards that died",
        **BATCHES,
        **{f"{flow}_large": f"{doc}, of households that would keep a large flock" for flow, doc in BATCHES.items()},
        "inputs_fen": "chicks, feed, vaccines and heat of yards, fen",
        "farm_fen": "what birds left to households, inputs and margin paid, labour not, fen",
        "gave_up": "households that gave up after losses",
        "left_large": "of those that gave up, stopped or left in anger, households that would keep a large flock",
        "side_sold": "contract batches sold elsewhere",
        "caught": "of these, found out",
        "let_down": "contract batches that no enterprise took, for it had failed",
        "refused_batches": "contract batches that the enterprise did not take at the floor",
        "sold_contract": "birds that the enterprise bought",
        "firm_fen": "what the enterprise made of birds bought, and of gains handed over, fen",
    },
    stocks={"birds": "birds in yards, as placed"},
    set_up=_set_up,
)
