"""Defects: what breaks in buildings and compounds, who suffers from it, and what mending it costs.

Every asset (a roof, the pipes, the lights and doors of a building; the rubbish point, the grounds, road
and gate of a compound; the building works nearby) has a clock. A roof's hazard depends on age, season and
the compound's rain of the year; that of what is looked after depends on the company's effort. While an
asset is defective its clock stands still.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import clocks, distributions, noise, winding
from sim.cases import Activity, Clock, Kind, Stage, State, close_cases
from sim.columns import Column, Rule
from sim.constants import ONE, ZERO, code, constant, date, real, whole, word
from sim.parameters import parameter
from sim.places.compound import VACANT, ages, flats_of
from sim.renaming import ANY, of_worlds
from sim.rules import grievances, suffering, weather
from sim.space import RANKED_BITS, anywhere, rank_in_group, spans, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

YOUNG, OLD = 10, 25
"""Ages in years that separate young, middle-aged and old roofs."""

NAMES = ("roof", "pipe", "lighting", "rubbish", "pests", "road", "works")
"""Words for the kinds of asset in names of parameters, by number of the kind."""

ROOF, NUISANCE = int(Kind.ROOF), int(Kind.NUISANCE)

DEEPEST, LOT_BITS = 63, 34
"""Who suffers is drawn by lots of so many bits; under a roof from the top, counted down from a floor that is never."""

UNUSED_BITS = word(64 - LOT_BITS)

STOCKS = ("leaking_roofs", *(f"defective_{kind.name.lower()}" for kind in Kind if ROOF < kind <= NUISANCE))
"""Stocks of what is defective, by number of the kind."""

IDLE = 1.75
"""Hazards of what is looked after are as declared at an effort of .75, and grow as effort falls."""

LEAKS = (ROOF, int(Kind.PIPE))
"""Defects that cost the more the longer they last."""

OF_ROOF, OF_WORKS, LAST_LEAK, KINDS = whole(ROOF), whole(NUISANCE), code(LEAKS[-1]), whole(len(NAMES))
LAST_CLAIMED, NOBODY_HOME, REOPENINGS = code(State.JOINED), code(VACANT), whole(grievances.REOPENINGS)
LOTS, HIGHEST, ABOVE_ALL = real(1 << LOT_BITS), real(DEEPEST + 1), whole(DEEPEST)
LOT_UP, RANKED_UP = whole(LOT_BITS), whole(RANKED_BITS)
BROKEN, WHOLE, NO_ATTEMPT, NO_CASE = constant(True, np.bool_), constant(False, np.bool_), date(0), whole(-1)
MONTH, FEN, UNCHANGED = real(30), real(100), real(1.0)
"""The same numbers, and what columns hold, as constants of the types that they meet."""


@dataclass(frozen=True)
class Parameters:
    """How often things break, who suffers, what mending costs."""

    roof_young: float = parameter(
        0.02,
        0.005,
        0.05,
        unit="per building-year",
        source="prior-roof",
        doc="leaks of a roof younger than 10 years",
    )
    roof_middle: float = parameter(
        0.1,
        0.05,
        0.2,
        unit="per building-year",
        source="prior-roof",
        doc="leaks of a roof of 10 to 25 years",
    )
    roof_old: float = parameter(
        0.2,
        0.1,
        0.4,
        unit="per building-year",
        source="prior-roof",
        doc="leaks of a roof older than 25 years",
    )
    pipe_rate: float = parameter(
        0.6,
        0.3,
        1.2,
        unit="per building-year",
        source="prior-defects",
        doc="pipes that break, at an effort of .75",
    )
    lighting_rate: float = parameter(
        1.0,
        0.5,
        2.0,
        unit="per building-year",
        source="prior-defects",
        doc="lights and doors that fail, at an effort of .75",
    )
    rubbish_rate: float = parameter(
        1.8,
        0.9,
        3.6,
        unit="per compound-year",
        source="prior-defects: 4 a compound-year together; the split is a guess",
        doc="times that rubbish piles up, at an effort of .75",
    )
    pests_rate: float = parameter(
        1.2,
        0.6,
        2.4,
        unit="per compound-year",
        source="prior-defects: 4 a compound-year together; the split is a guess",
        doc="plagues of pests, at an effort of .75",
    )
    road_rate: float = parameter(
        1.0,
        0.5,
        2.0,
        unit="per compound-year",
        source="prior-defects: 4 a compound-year together; the split is a guess",
        doc="road or gate broken, at an effort of .75",
    )
    works_rate: float = parameter(
        0.15,
        0.05,
        0.3,
        unit="per compound-year",
        source="prior-defects",
        doc="building works nearby that are a nuisance",
    )
    works_length: float = parameter(
        60.0,
        20.0,
        120.0,
        unit="days",
        source="guess: a small site takes two months",
        doc="mean length of works nearby",
    )
    roof_sufferers: int = parameter(
        8,
        2,
        16,
        unit="flats",
        source="prior-roof",
        doc="flats under a leaking roof, from the top floor down",
    )
    pipe_sufferers: int = parameter(
        6,
        2,
        12,
        unit="flats",
        source="prior-defects",
        doc="flats that suffer from a broken pipe",
    )
    lighting_sufferers: int = parameter(
        6,
        2,
        12,
        unit="flats",
        source="prior-defects",
        doc="flats that notice a failed light or door",
    )
    rubbish_sufferers: int = parameter(
        30,
        10,
        60,
        unit="flats",
        source="prior-defects",
        doc="flats that notice the rubbish",
    )
    pests_sufferers: int = parameter(
        30,
        10,
        60,
        unit="flats",
        source="prior-defects",
        doc="flats that suffer from pests",
    )
    road_sufferers: int = parameter(
        30,
        10,
        60,
        unit="flats",
        source="prior-defects",
        doc="flats that notice a broken road or gate",
    )
    works_sufferers: int = parameter(
        30,
        10,
        60,
        unit="flats",
        source="prior-defects",
        doc="flats that suffer from works nearby",
    )
    roof_severity: float = parameter(
        0.8,
        0.05,
        1.0,
        unit="severity",
        kind="set",
        source="prior-severity",
        doc="severity of living under a leak",
    )
    pipe_severity: float = parameter(
        0.5,
        0.05,
        1.0,
        unit="severity",
        kind="set",
        source="prior-severity",
        doc="severity of a broken pipe",
    )
    lighting_severity: float = parameter(
        0.1,
        0.05,
        1.0,
        unit="severity",
        kind="set",
        source="prior-severity",
        doc="severity of a failed light or door",
    )
    rubbish_severity: float = parameter(
        0.3,
        0.05,
        1.0,
        unit="severity",
        kind="set",
        source="prior-severity",
        doc="severity of rubbish",
    )
    pests_severity: float = parameter(
        0.3,
        0.05,
        1.0,
        unit="severity",
        kind="set",
        source="guess, prior-severity: as rubbish",
        doc="severity of pests",
    )
    road_severity: float = parameter(
        0.3,
        0.05,
        1.0,
        unit="severity",
        kind="set",
        source="guess, prior-severity: as rubbish",
        doc="severity of a broken road or gate",
    )
    works_severity: float = parameter(
        0.3,
        0.05,
        1.0,
        unit="severity",
        kind="set",
        source="guess, prior-severity: as rubbish",
        doc="severity of works nearby",
    )
    roof_cost: float = parameter(
        25000.0,
        20000.0,
        35000.0,
        unit="yuan",
        tag="D",
        source="page-D10, roof-cost: 200,000 / 8 = 25,000",
        doc="typical cost of a roof repair",
    )
    pipe_cost: float = parameter(
        800.0,
        300.0,
        2500.0,
        unit="yuan",
        source="guess: some hundred yuan, below the cap of the company's duty",
        doc="typical cost of a pipe repair",
    )
    lighting_cost: float = parameter(
        400.0,
        100.0,
        1000.0,
        unit="yuan",
        source="guess: some hundred yuan, below the cap of the company's duty",
        doc="typical cost of mending lights and doors",
    )
    rubbish_cost: float = parameter(
        500.0,
        200.0,
        2000.0,
        unit="yuan",
        source="guess: some hundred yuan, below the cap of the company's duty",
        doc="typical cost of clearing rubbish",
    )
    pests_cost: float = parameter(
        800.0,
        300.0,
        2000.0,
        unit="yuan",
        source="guess: some hundred yuan, below the cap of the company's duty",
        doc="typical cost of getting rid of pests",
    )
    road_cost: float = parameter(
        2500.0,
        800.0,
        10000.0,
        unit="yuan",
        source="guess: just above the cap of the company's duty",
        doc="typical cost of mending road or gate",
    )
    cost_low: float = parameter(
        0.6,
        0.4,
        0.8,
        unit="of the typical",
        tag="D",
        source="roof-cost, page-D10: 15,000 / 25,000",
        doc="the cheapest repair of a kind",
    )
    cost_high: float = parameter(
        2.4,
        1.6,
        3.2,
        unit="of the typical",
        tag="E",
        source="roof-cost-range, page-D10: 60,000 / 25,000",
        doc="the dearest repair of a kind",
    )
    leak_growth: float = parameter(
        0.03,
        0.0,
        0.06,
        unit="per month",
        source="prior-defects",
        doc="growth of the cost while a roof or pipe leaks",
    )


def _set_up(w: Worlds) -> None:
    """Draw each asset's first threshold."""
    w.defect_left[...] = noise.threshold(w.seeds[:, None], "defect.clock", np.arange(w.layout.sizes["asset"]), 0)


def of_kind(w: Worlds, what: str, world: Ints, kind: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return a parameter that every kind of asset has (``sufferers``, ``severity``, ``cost``), for each given one."""
    name = "defect_" + what
    if name not in w.derived:
        w.derived[name] = _all_kinds(w, what).reshape(-1)
    values = w.derived[name]
    picked: NDArray[np.float64] = values[world * whole(len(values) // w.n) + kind]
    return picked


def _all_kinds(w: Worlds, what: str) -> NDArray[np.float64]:
    """Return such a parameter of all kinds of asset that there are, shape ``(worlds, kinds)``."""
    return np.concatenate([getattr(w.p, f"{n}_{what}") for n in NAMES if f"{n}_{what}" in w.p.values], axis=1)


def look_ahead(w: Worlds) -> None:
    """Phase, weekly: refresh the hazards and see which assets will break this week."""
    years = ages(w)
    leak = np.where(years < YOUNG, w.p.roof_young, np.where(years > OLD, w.p.roof_old, w.p.roof_middle))
    neglect = IDLE - w.effort
    compound = w.layout.up("asset", "compound")
    for kind, name in enumerate(NAMES):
        if kind == ROOF:
            per_day = leak * w.rain * weather.season(w) / weather.YEAR
        elif kind == NUISANCE:
            per_day = np.broadcast_to(w.p.works_rate / weather.YEAR, w.effort.shape)
        else:
            per_day = getattr(w.p, name + "_rate") * neglect / weather.YEAR
        asset = assets_of_kind(w, kind)
        w.defect_hazard[:, asset] = clocks.quantise(per_day)[:, compound[asset]]
    clocks.look_ahead(w, Clock.DEFECT, w.defect_left, w.defect_hazard, ~w.defective)


def assets_of_kind(w: Worlds, kind: int) -> Ints:
    """Return the rows of all assets of a kind."""
    name = f"assets_of_{kind}"
    if name not in w.derived:
        w.derived[name] = where(w.layout.traits["asset_kind"] == kind)
    return w.derived[name]


def arise(w: Worlds) -> None:
    """Phase: things break, and those who notice begin to suffer."""
    world, asset, nth = winding.fired(w, Clock.DEFECT)
    if len(world):
        _break_down(w, world, asset, nth)


def break_down(w: Worlds, world: Ints, asset: Ints) -> None:
    """Let the given assets, all of them sound and on no agenda, be defective from today on."""
    if len(world):
        _break_down(w, world, asset, winding.wind(w, Clock.DEFECT, world, asset))


def _break_down(w: Worlds, world: Ints, asset: Ints, nth: Ints) -> None:
    """Let assets, each for the nth time, be defective from today on; their clocks are wound up."""
    kind = w.layout.traits["asset_kind"].take(asset)
    place = world * whole(w.layout.sizes["asset"]) + asset
    w.defective.reshape(-1)[place] = BROKEN
    w.attempts.reshape(-1)[place] = NO_ATTEMPT
    w.defect_day.reshape(-1)[place] = date(w.day)
    w.count("leaked", world[kind == OF_ROOF])
    w.count("broke", world)
    _take_stock(w, world, kind, 1)
    works = where(kind == OF_WORKS)
    if len(works):
        _end_of_works(w, world[works], asset[works], nth[works])
    _let_suffer(w, world, asset, kind, nth)


def _let_suffer(w: Worlds, world: Ints, asset: Ints, kind: Ints, nth: Ints) -> None:
    """Draw who notices that the given assets are broken, each for the nth time, and let them suffer."""
    first, count = flats_around(w)
    there = count.take(asset)
    flats, position = spans(first.take(asset), there)
    seeds = of_worlds(w, "defect.sufferer", world.take(position), flats)
    drawn = noise.bits(seeds, ANY, asset.take(position), nth.take(position))
    order = (drawn >> UNUSED_BITS).view(np.int64)
    roofs = kind == OF_ROOF
    if anywhere(roofs):
        below = where(roofs.take(position))
        order[below] |= (ABOVE_ALL - w.layout.traits["floor"].take(flats.take(below))) << LOT_UP
    most, enough, severity = _of_kinds(w)
    sort = world * KINDS + kind
    hit = _first(position, order, there, most.take(sort), enough.take(sort))
    flats, position = flats.take(hit), position.take(hit)
    lived_in = where(w.pick("tenure", world.take(position), flats) != NOBODY_HOME)
    flats, position = flats.take(lived_in), position.take(lived_in)
    suffered = severity.take(sort).take(position)
    ordinal = (REOPENINGS * nth).take(position)
    world, kind, asset = world.take(position), kind.take(position), asset.take(position)
    grievances.arise(w, world, flats, kind, asset, -1, ordinal, suffered)


def _first(position: Ints, order: Ints, there: Ints, most: Ints, enough: NDArray[np.float64]) -> Ints:
    """Return those who come first, in the order given: of each place at most so many.

    Where the order is by lot only low lots are sorted, so many that there ought to be enough of them; if somewhere
    there are not, all are.

    Args:
        position: the place of each, in order.
        order: whole numbers, the smaller the sooner; lots are of `LOT_BITS` bits.
        there: how many there are in each place.
        most: how many of each place.
        enough: of how many low lots there ought to be enough; infinite where the order is not by lot alone.
    """
    wanted = np.minimum(most, there)
    highest = (np.minimum(enough / there, HIGHEST) * LOTS).astype(np.int64)
    low = where(order < highest.take(position))
    some = np.bincount(position.take(low), minlength=len(most))
    if anywhere(some < wanted):
        low, some = np.arange(len(position)), there
    position = position.take(low)
    lots = (position << RANKED_UP) | order.take(low)
    last = np.maximum(some.cumsum() - some + wanted - ONE, ZERO)  # that still comes in, of each place
    hit = low[lots <= np.sort(lots).take(last).take(position)]
    if len(hit) > wanted.sum():  # two drew the same
        hit = low[rank_in_group(position, order.take(low)) < most.take(position)]
    return hit


def _of_kinds(w: Worlds) -> tuple[Ints, NDArray[np.float64], Ints]:
    """Return how many notice what breaks, of how many low lots there are enough (see `_first`), and how severe it is.

    Each by world and kind, as one list: the world's number times the kinds there are, and the kind's; severity in
    thousandths.
    """
    if "sufferers_most" not in w.derived:
        most = np.ceil(_all_kinds(w, "sufferers")).astype(np.int64)
        enough = most + 5 * np.sqrt(most) + 10
        enough[:, ROOF] = np.inf
        w.derived["sufferers_most"], w.derived["sufferers_enough"] = most.reshape(-1), enough.reshape(-1)
        w.derived["sufferers_severity"] = np.rint(1000 * _all_kinds(w, "severity")).astype(np.int64).reshape(-1)
    return w.derived["sufferers_most"], w.derived["sufferers_enough"], w.derived["sufferers_severity"]


def flats_around(w: Worlds) -> tuple[Ints, Ints]:
    """Return the first of the flats in whose building, or compound, each asset is, and how many these are."""
    if "flats_around" not in w.derived:
        building, compound = place_of(w, np.arange(w.layout.sizes["asset"]))
        w.derived["flats_around"], w.derived["flats_around_number"] = flats_of(w.layout, building, compound)
    return w.derived["flats_around"], w.derived["flats_around_number"]


def area_around(w: Worlds) -> Ints:
    """Return the area of all flats in whose building, or compound, each asset is, world after world."""
    if "area_around" not in w.derived:  # flats do not grow: they are added up once
        building, compound = place_of(w, np.arange(w.layout.sizes["asset"]))
        of_buildings = np.add.reduceat(w.area, w.layout.first("building", "household"), axis=1)
        of_compounds = np.add.reduceat(w.area, w.layout.first("compound", "household"), axis=1)
        area = np.where(building >= 0, of_buildings[:, building], of_compounds[:, compound])
        w.derived["area_around"] = area.reshape(-1)
    return w.derived["area_around"]


def place_of(w: Worlds, asset: Ints) -> tuple[Ints, Ints]:
    """Return the building (-1 for what belongs to the whole compound) and the compound of each asset."""
    return w.layout.traits["asset_building"][asset], w.layout.up("asset", "compound")[asset]


def _end_of_works(w: Worlds, world: Ints, asset: Ints, nth: Ints) -> None:
    """Put on the agenda when works nearby, which begin today for the nth time, will end by themselves."""
    length = w.wait("works_length", world, noise.exponential(w.seeds[world], "works.length", asset, nth))
    w.agenda.append(world=world, clock=Clock.SILENCE, row=asset, day=w.day + length, stamp=nth)


def fall_silent(w: Worlds) -> None:
    """Phase: works nearby end; whoever still suffers from them suffers no more, unsettled."""
    world, asset, entry = w.page.get(int(Clock.SILENCE), clocks.NOTHING)
    if len(world) == 0:
        return
    still = w.defective[world, asset] & (w.defects[world, asset] == w.agenda.stamp[entry])
    world, asset = world[still], asset[still]
    if len(world) == 0:
        return
    case = w.defect_case[world, asset]
    close_cases(w, case[case >= 0], Stage.WITHDRAWN, Activity.WITHDRAWN)
    given_up, others = _suffering(w, world, asset)
    grievances.relieve(w, given_up)
    grievances.outlive(w, others)
    _restore(w, world, asset)


def mend(w: Worlds, world: Ints, asset: Ints) -> None:
    """End defects: everybody who suffers is relieved, claimant or not, and the clock runs again."""
    if len(world) == 0:
        return
    given_up, others = _suffering(w, world, asset)
    grievances.settle(w, others)
    grievances.relieve(w, given_up)
    roof = w.layout.traits["asset_kind"][asset] == OF_ROOF
    w.count("mended", world[roof])
    w.count("repaired", world)
    _restore(w, world, asset)


def end_unfelt(w: Worlds, world: Ints, asset: Ints) -> None:
    """End defects from which nobody suffers any more, of the given assets; their cases are dropped."""
    once = np.unique(world * w.layout.sizes["asset"] + asset)
    world, asset = once // w.layout.sizes["asset"], once % w.layout.sizes["asset"]
    over = w.defective[world, asset]
    over[suffering.sufferers(w, world, asset)[1]] = False
    world, asset = world[over], asset[over]
    if len(world) == 0:
        return
    case = w.defect_case[world, asset]
    close_cases(w, case[case >= 0], Stage.WITHDRAWN, Activity.WITHDRAWN)
    w.count("unfelt", world)
    _restore(w, world, asset)


def _suffering(w: Worlds, world: Ints, asset: Ints) -> tuple[Ints, Ints]:
    """Return the rows of grievances still suffered from the given assets: those given up, and the others."""
    rows = np.sort(suffering.sufferers(w, world, asset)[0])  # in the order of the table
    given_up = w.grievances.state[rows] > LAST_CLAIMED
    return rows[given_up], rows[~given_up]


def _restore(w: Worlds, world: Ints, asset: Ints) -> None:
    """Make assets whole; their clocks run from tomorrow."""
    place = world * whole(w.layout.sizes["asset"]) + asset
    w.defective.reshape(-1)[place] = WHOLE
    w.defect_case.reshape(-1)[place] = NO_CASE
    suffering.disperse(w, place)
    _take_stock(w, world, w.layout.traits["asset_kind"][asset], -1)
    left = clocks.days_left(w.day) - 1
    clocks.restart(w, Clock.DEFECT, w.defect_left, w.defect_hazard, world, asset, left)


def _take_stock(w: Worlds, world: Ints, kind: Ints, change: int) -> None:
    """Keep up to date how many assets are defective, of each kind and in all."""
    w.stocks_of(STOCKS[0], kind, world, change)
    w.stocks("defective_assets", world, change)


def price(w: Worlds, world: Ints, kind: NDArray[np.integer], key: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return what mending a defect would cost on its first day, yuan; cases keep it.

    Args:
        w: the worlds.
        world: world of each case.
        kind: its kind, a defect's.
        key: the case's key.
    """
    low, high = w.at("cost_low", world), w.at("cost_high", world)
    spread = distributions.triangular(low, 1.0, high, noise.uniform(key, "defect.cost"))
    yuan: NDArray[np.float64] = of_kind(w, "cost", world, kind) * spread
    return yuan


def cost_now(w: Worlds, rows: Ints) -> Ints:
    """Return what the repairs of the given cases cost if begun today, fen; leaks grow dearer by the month."""
    c = w.cases
    world = c.world[rows]
    months = (date(w.day) - w.pick("defect_day", world, c.bearer[rows])) / MONTH
    growth = UNCHANGED + w.at("leak_growth", world) * months
    growth[c.kind[rows] > LAST_LEAK] = UNCHANGED
    fen: Ints = np.rint(c.price[rows] * growth * FEN).astype(np.int64)
    return fen


RULE = Rule(
    name="defects",
    places=("compound",),
    columns=(
        Column("defect_left", "asset", np.int64, "hazard left on the asset's clock, units of sim.noise.UNIT"),
        Column("defect_hazard", "asset", np.int64, "this week's hazard a day, same units"),
        Column("defective", "asset", np.bool_, "the asset is defective"),
        Column("defects", "asset", np.int32, "defects so far"),
        Column("defect_day", "asset", np.int32, "day on which the present defect began"),
    ),
    parameters=Parameters,
    flows={
        "leaked": "roofs that began to leak",
        "mended": "roofs mended",
        "broke": "defects that began",
        "repaired": "defects mended, works nearby made quiet among them",
        "unfelt": "defects that ended because whoever suffered from them has seen to it without any desk",
    },
    stocks={
        **{stock: f"assets that are defective: {name}" for stock, name in zip(STOCKS, NAMES, strict=True)},
        "defective_assets": "assets that are defective",
    },
    set_up=_set_up,
)
