"""Farming: whether a household places chicks, how, and when it stays out.

It compares certainty equivalents (CRRA, to second order: pratt-1964) of birds in the yard alone, at the base for
the market, and at the base under contract, each net of labour at its shadow wage, with staying out plus hassle.
What a bird leaves at the usual price it believes (`sim.rules.beliefs`); how prices swing it knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.rules import bases, beliefs, birds, canvass, market, rearing
from sim.rules.birds import ALONE, CONTRACT, IDLE, SPOT
from sim.space import rank_in_group

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STEP = 0.125
NODES = STEP * np.arange(-48, 49)
"""Standard normal deviates, from -6 to 6, at which what a price brings is worked out."""

WEIGHTS = STEP * 0.3989422804014327 * noise.exp(-0.5 * NODES * NODES)
"""Of each: the trapezoid rule, exact for what is smooth, and fine enough for a floor, where payment has a kink."""


@dataclass(frozen=True)
class Parameters:
    """What keeping birds takes."""

    yard_birds: int = parameter(
        20,
        10,
        40,
        unit="birds",
        source="guess, stocking: a third of a mu around the house at 55 birds a mu",
        doc="birds that a yard feeds without a base",
    )
    hours_fixed: float = parameter(
        0.5, 0.25, 1.0, unit="hours/day", source="prior-flock", doc="labour that a flock takes whatever its size"
    )
    hours_bird: float = parameter(
        0.003, 0.001, 0.006, unit="hours/bird-day", source="prior-flock", doc="labour that a bird takes in addition"
    )
    hassle: float = parameter(
        100.0, 0.0, 300.0, unit="yuan", source="prior-flock", doc="what it takes to begin with birds at all"
    )
    rest_days: int = parameter(
        21,
        7,
        42,
        unit="days",
        source="guess: a yard is cleaned and left empty",
        doc="days between two batches of a yard",
    )
    considers: float = parameter(
        0.08,
        0.02,
        0.2,
        unit="probability",
        source="guess: every second year within a season of seven chances",
        doc="chance, each time chicks are placed, that a household outside the trade thinks of birds by itself",
    )
    at_hand: float = parameter(
        0.05,
        0.02,
        0.15,
        unit="share",
        source="guess: what a household can lay out at once of a year's income",
        doc="inputs that a household can pay before the sale",
    )
    extrapolates: float = parameter(
        0.5,
        0.0,
        1.0,
        unit="share",
        source="guess: between 0, a price that returns as it does, and 1, one that stays as it is (cobweb)",
        doc="how far households take today's price for tomorrow's",
    )


def choose(w: Worlds) -> None:
    """Phase, every four weeks: in the season households whose yards are empty place chicks, or stay out."""
    if not rearing.in_season(w.day):
        return
    wave = w.day // canvass.WAVE
    yards = np.arange(w.layout.sizes["yard"])
    empty = (w.birds == 0) & (w.back_day <= w.day)
    alone = noise.chance(w.p.considers, w.seeds[:, None], "farming.consider", wave, yards)
    world, yard = np.nonzero(empty & (w.keeps | w.asked_to | w.called_now | alone))
    if len(world) == 0:
        return
    case = Choosing(w, world, yard, wave)
    case.choose(np.ones((w.n, w.layout.sizes["township"]), dtype=bool))
    signed = case.contracted()
    few = (signed > 0) & (signed < w.p.minimum_batch)
    if few.any():
        case.choose(~few)
    case.settle()


class Choosing:
    """Households that choose on one day, a row each, and what they come to."""

    def __init__(self, w: Worlds, world: Ints, yard: Ints, wave: int) -> None:
        """Look up what each household knows and can do.

        Args:
            w: the worlds.
            world: world of each household.
            yard: its yard.
            wave: number of the time at which chicks are placed.
        """
        self.w, self.world, self.yard = w, world, yard
        layout = w.layout
        self.village = layout.up("yard", "village")[yard]
        self.township = layout.up("yard", "township")[yard]
        self.base = w.base_of[world, self.village]
        self.cost = rearing.costs(w)
        self.lot = (noise.bits(w.seeds[world], "farming.lot", yard, wave) >> np.uint64(24)).astype(np.int64)
        have = canvass.minutes(w)
        self.paper = np.rint(60 * w.p.paper_hours).astype(np.int64)
        self.papers = {
            lever: (canvass.WEEKS * have[lever] // self.paper)[world, self.village]
            for lever in ("contract_minutes", "supply_minutes")
        }
        unit = self.cost[world, 0]
        affordable = np.floor(w.at("at_hand", world) * w.income[world, yard] / unit).astype(np.int64)
        wish = w.flock_wish[world, yard]
        self.orders = self._first_in_line((self.base >= 0) & (affordable < wish), "supply_minutes")
        self.number = {
            ALONE: np.minimum(w.whole("yard_birds", world), affordable),
            SPOT: np.where(self.orders, wish, np.minimum(wish, affordable)),
        }
        self.number[CONTRACT] = self.number[SPOT]
        self.bound = w.firm[world, self.township] & (w.barred_day[world, yard] <= w.day) & (self.base >= 0)
        self.bound &= self.papers["contract_minutes"] > 0
        self._value()

    def _first_in_line(self, who: NDArray[np.bool_], lever: str) -> NDArray[np.bool_]:
        """Return those of some for whom the branch of their village has time for a paper, by lot."""
        rows = np.flatnonzero(who)
        village = self.world[rows] * self.w.layout.sizes["village"] + self.village[rows]
        out = np.zeros(len(who), dtype=bool)
        out[rows] = rank_in_group(village, self.lot[rows]) < self.papers[lever][rows]
        return out

    def _value(self) -> None:
        """Work out the certainty equivalent of each way to keep birds, in yuan."""
        w, world, yard = self.w, self.world, self.yard
        spot, contract = price_moments(w)
        length = market.of_kind(w, "days")[world, 0]
        believed = w.belief_mean[world, yard] + market.inputs(w)[world, 0] / 100
        revenue = np.maximum(believed, 0.0)
        variance = 1 / w.belief_precision[world, yard]
        worth, wealth = w.hour_worth[world, yard], w.income[world, yard] / 100
        margin = w.at("base_margin", world)
        self.value = {}
        for mode, moments in ((ALONE, spot), (SPOT, spot), (CONTRACT, contract)):
            number = self.number[mode]
            first, second = moments[0][world, 0], moments[1][world, 0]
            cost = self.cost[world, 0] / 100 + (0.0 if mode == ALONE else margin)
            hours = length * (w.at("hours_fixed", world) + w.at("hours_bird", world) * number)
            mean = number * (revenue * first - cost) - hours * worth
            spread = number * number * ((variance + revenue * revenue) * second - revenue * revenue * first * first)
            risk = w.risk_aversion[world, yard] * spread / (2 * wealth)
            begins = np.where(w.keeps[world, yard], 0.0, w.at("hassle", world))
            self.value[mode] = np.where(number > 0, mean - risk - begins, -1.0)

    def choose(self, offered: NDArray[np.bool_]) -> None:
        """Let everybody choose, and give room at the bases to those who are first in line.

        Args:
            offered: townships to which the enterprise comes, shape ``(worlds, townships)``.
        """
        w, value = self.w, self.value
        at_base = self.base >= 0
        signs = self.bound & offered[self.world, self.township] & (value[CONTRACT] > value[SPOT])
        gain = np.where(signs, value[CONTRACT], value[SPOT])
        called = w.called_now[self.world, self.yard] & at_base & (self.number[SPOT] > 0)
        wants = (at_base & (gain > 0) & (gain >= value[ALONE])) | called
        room = self._room(wants, called)
        signed = self._first_in_line(room & signs, "contract_minutes")
        spot = room & ~signed & ((value[SPOT] > 0) | called)
        alone = (value[ALONE] > 0) & ~room
        self.mode = np.select([signed, spot, alone & ~called], [CONTRACT, SPOT, ALONE], IDLE)
        self.turned_away = wants & ~room
        self.out = ~wants & ~alone

    def _room(self, wants: NDArray[np.bool_], called: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return who gets a place at the base: home villages first, then who keeps birds already or was called."""
        w = self.w
        free = np.maximum(bases.capacity(w) - bases.standing(w), 0)
        cash = np.maximum(w.capital, 0) // self.cost
        bases_ = w.layout.sizes["base"]
        rows = np.flatnonzero(wants)
        group = self.world[rows] * bases_ + self.base[rows]
        around = w.layout.traits["village_base"][self.village[rows]] < 0
        known = w.keeps[self.world[rows], self.yard[rows]] | called[rows]
        order = np.lexsort((self.lot[rows], ~known, around, group))
        rows, group = rows[order], group[order]
        number = self.number[SPOT][rows]
        lent = np.where(self.orders[rows], number, 0)
        out = np.zeros(len(wants), dtype=bool)
        fits = _running(number, group) <= free.reshape(-1)[group]
        out[rows] = fits & ((lent == 0) | (_running(lent, group) <= cash.reshape(-1)[group]))
        return out

    def contracted(self) -> Ints:
        """Return the chicks that would be placed under contract, by world and township."""
        signs = self.mode == CONTRACT
        total = np.zeros((self.w.n, self.w.layout.sizes["township"]), dtype=np.int64)
        np.add.at(total, (self.world[signs], self.township[signs]), self.number[CONTRACT][signs])
        return total

    def settle(self) -> None:
        """Place the chicks, and note who has begun and who has left."""
        w = self.w
        places = np.flatnonzero(self.mode != IDLE)
        world, yard, mode = self.world[places], self.yard[places], self.mode[places]
        number = np.choose(mode - 1, [self.number[m][places] for m in (ALONE, SPOT, CONTRACT)])
        base = np.where(mode == ALONE, -1, self.base[places])
        credit = self.orders[places] & (mode != ALONE)
        w.model_household[world, yard] |= w.called_now[world, yard] & (mode != ALONE)
        birds.place(w, world, yard, number, mode, base, credit)
        w.keeps[world, yard] = True
        first = (mode != ALONE) & ~w.adopted[world, yard]
        w.adopted[world[first], yard[first]] = True
        w.stocks("adopters", world[first], 1)
        w.stocks("adopters_members", world[first], w.farm_member[world[first], yard[first]])
        home = w.layout.traits["village_base"][self.village[places][first]] >= 0
        w.stocks("adopters_around", world[first], ~home)
        leaves = self.out & w.keeps[self.world, self.yard]
        w.keeps[self.world[leaves], self.yard[leaves]] = False
        w.count("stopped", self.world[leaves])
        w.count("left_large", self.world[leaves], beliefs.large(w, self.world[leaves], self.yard[leaves]))
        w.count("turned_away", self.world[self.turned_away])
        paper = self.paper[world, 0]
        w.count("minutes_contracts", world, np.where(mode == CONTRACT, paper, 0))
        w.count("minutes_orders", world, np.where(credit, paper, 0))
        w.count("could_sign", self.world[self.bound & (self.value[SPOT] > 0)])
        w.stock["keeping"][...] = w.keeps.sum(axis=1)
        w.stock["keeping_large"][...] = (w.keeps & beliefs.large_farmers(w)).sum(axis=1)


def _running(number: Ints, group: Ints) -> Ints:
    """Return the running total within each group, the groups being in order."""
    if len(number) == 0:
        return number
    total = np.cumsum(number)
    start = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    before = np.concatenate([[0], total])[start]
    return total - np.repeat(before, np.diff(np.concatenate([start, [len(group)]])))


def price_moments(w: Worlds) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return what households expect of the price at the sale, over the usual one: mean and mean square.

    On the market, and under contract: the floor, or the market's price less what is handed over if one is found
    out where that pays, or the market's if the enterprise has failed or does not take them. Each of shape
    ``(worlds, 1)``.
    """
    years = market.of_kind(w, "days") / 365
    kept = noise.exp(-w.p.price_reversion * years)
    spread = w.p.price_volatility * np.sqrt((1 - kept * kept) / (2 * w.p.price_reversion))
    centre = w.price_log * (w.p.extrapolates + (1 - w.p.extrapolates) * kept)
    hazard = w.p.firm_default * np.where(w.price_log < market.IN_CRISIS, w.p.crash_default, 1.0)
    fails = 1 - noise.exp(-hazard * years)
    price = noise.exp(centre + spread * NODES)
    aside = w.p.caught * w.p.floor + (1 - w.p.caught) * price
    taken = (1 - w.p.firm_refuses) * w.p.floor + w.p.firm_refuses * price
    bound = np.where(w.p.floor > price * (1 + w.p.side_gain), taken, w.p.floor)
    bound = np.where(price > w.p.floor * (1 + w.p.side_gain), aside, bound)
    spot = _mean(price), _mean(price * price)
    contract = (
        _mean((1 - fails) * bound + fails * price),
        _mean((1 - fails) * bound * bound + fails * price * price),
    )
    return spot, contract


def _mean(at_nodes: Floats) -> Floats:
    """Return the mean over the nodes in each world, shape ``(worlds, 1)``, added up one after the other."""
    return np.add.accumulate(WEIGHTS * at_nodes, axis=1)[:, -1:]


RULE = Rule(
    name="farming",
    places=("village",),
    columns=(Column("adopted", "yard", np.bool_, "the household has placed chicks from a base at least once"),),
    parameters=Parameters,
    flows={
        "stopped": "households that left the trade because it did not seem worth it any more",
        "turned_away": "households that wanted chicks and found no room at the base",
        "minutes_contracts": "minutes of branches signing buy-back contracts",
        "minutes_orders": "minutes of branches ordering inputs for households",
        "could_sign": "households that were offered a contract while birds for the market seemed worth it",
    },
    stocks={
        "keeping": "households in the trade, with birds or between batches",
        "keeping_large": "of these, those that would keep a large flock",
        "adopters": "households that have placed chicks from a base at least once",
        "adopters_members": "of these, with a party member",
        "adopters_around": "of these, in the villages around",
    },
)
