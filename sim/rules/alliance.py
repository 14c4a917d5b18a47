"""The alliance: two collectives talk about pooling land, rooms and capital, sign a share, and may part again.

Talks are rounds that cost both branches hours, U-shaped in the degree of integration (Xie et al. 2019). Each side
asks at first for more than standing alone is worth and gives way from round to round; they sign when the share
leaves both more than they still ask. Nash's bargain (nash-1950), half the surplus to each, is the share's yardstick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import distributions, noise
from sim.books import FEN, transfer
from sim.cases import NEVER
from sim.columns import Column, Lever, Rule
from sim.parameters import parameter
from sim.rules import bases, canvass, market, rearing

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Parameters:
    """What talks take, and when they end."""

    round_hours: float = parameter(
        40.0,
        20.0,
        80.0,
        unit="hours",
        source="prior-collective, xie-2019",
        doc="hours of both branches for a round of talks at half integration; twice as many at none or all",
    )
    round_days: int = parameter(
        28, 14, 56, unit="days", source="prior-collective: one round a month", doc="days between two rounds at least"
    )
    least_rounds: int = parameter(
        3, 1, 5, unit="rounds", source="prior-collective, page-A6", doc="rounds before anything is signed"
    )
    longest_talks: int = parameter(
        8, 5, 12, unit="rounds", source="prior-collective", doc="rounds after which talks are given up"
    )
    talks_rest: int = parameter(
        365, 180, 730, unit="days", source="guess: a year until it is tried again", doc="days after talks that failed"
    )
    stays_away: float = parameter(
        0.35,
        0.15,
        0.5,
        unit="probability",
        source="prior-handoff: as a party to a dispute that is not summoned",
        doc="chance that a side stays away from a round to which the township has not called it",
    )
    asks: float = parameter(
        0.5,
        0.2,
        1.0,
        unit="share of surplus",
        source="guess: half-normal, so that a third asks for more than half of the surplus for itself at first",
        doc="spread of what a side asks at first beyond standing alone",
    )
    gives_way: float = parameter(
        0.7, 0.6, 0.9, unit="share", source="prior-settling", doc="what is left of it after a round"
    )
    patience_years: int = parameter(
        2,
        1,
        4,
        unit="years",
        source="guess: one bad year is forgiven",
        doc="bad years in a row, below standing alone or in bitterness, until a side leaves",
    )
    walkout_share: float = parameter(
        0.0025,
        0.0005,
        0.01,
        unit="share",
        source="guess: two households of 400 in a year that have gone all the way in vain are talked of everywhere",
        doc="a village's households whose dispute about shares came to a petition or to nothing; more make a bad year",
    )


def round_cost(w: Worlds) -> Ints:
    """Return the minutes of a round of talks, shape ``(worlds, townships)``."""
    cost: Ints = np.rint(60 * w.p.round_hours * apart(w)).astype(np.int64)
    return cost


def apart(w: Worlds) -> Floats:
    """Return how much longer branches sit than one office would at half integration, shape ``(worlds, townships)``.

    U-shaped in the degree (xie-2019): 1 at a half; 2 where two branches stand apart, or are one that must ask itself.
    """
    away = (w.integration - 0.5) / 0.5
    longer: Floats = 1 + away * away
    return longer


def turns(w: Worlds) -> Ints:
    """Return how many batches a year a yard can have, shape ``(worlds, 1)``."""
    length = market.of_kind(w, "days") + w.p.rest_days
    return 1 + np.floor((rearing.SEASON[1] - rearing.SEASON[0]) / length).astype(np.int64)


def prospects(w: Worlds) -> tuple[Floats, Floats, Floats]:
    """Return what a full base would earn a year: money's alone, land's alone, both together, in yuan.

    Each of shape ``(worlds, townships)``; 0 alone for who knows of no project. Townships without a pair give 0.
    """
    layout = w.layout
    yuan = w.p.base_margin * turns(w)
    joint = layout.traits["township_joint"]
    woodland, rooms = bases.land_and_rooms(w)
    own = w.capital + bases.lent(w) + w.own_cost
    alone = yuan * bases.holds(w, own, woodland, rooms)
    home = layout.traits["base_village"]
    alone = np.where((home >= 0) & w.project[:, home], alone, 0.0)
    total = own + np.roll(own, 1, axis=1) + np.roll(own, 2, axis=1)
    together = yuan * bases.holds(w, total, woodland, rooms)
    pair = joint >= 0
    found = [
        np.where(pair, part[:, at], 0.0) for part, at in ((alone, joint - 2), (alone, joint - 1), (together, joint))
    ]
    return found[0], found[1], found[2]


def nash(money: Floats, land: Floats, together: Floats) -> Floats:
    """Return the share of the first side in what both earn together by Nash's bargain with equal power.

    Args:
        money: what the first side earns alone.
        land: what the second side earns alone.
        together: what both earn together; where that is 0 the share is a half.
    """
    surplus = together - money - land
    there = together > 0
    return np.where(there, (money + surplus / 2) / np.where(there, together, 1.0), 0.5)


def meet(w: Worlds) -> None:
    """Phase, weekly: where an alliance is offered, branches save hours, hold rounds, and sign or give up."""
    offered = (w.pool_share >= 0) & (w.layout.traits["township_joint"] >= 0)
    if not offered.any():
        return
    have = canvass.minutes(w)["meeting_minutes"]
    first = w.layout.first("township", "village")
    pair = np.add.reduceat(have, first, axis=1)
    cost = round_cost(w)
    w.flow["minutes_meeting"] += np.where(offered & w.allied, np.minimum(pair, cost // 13), 0).sum(axis=1)
    talking = offered & ~w.allied & (w.talks_from <= w.day)
    w.meeting_balance[...] += np.where(talking, pair, 0)
    world, town = np.nonzero(
        talking & (pair > 0) & (w.meeting_balance >= cost) & (w.round_day + w.p.round_days <= w.day)
    )
    if len(world) == 0:
        return
    w.meeting_balance[world, town] -= cost[world, town]
    w.flow["minutes_meeting"] += np.bincount(world, cost[world, town], w.n).astype(np.int64)
    w.round_day[world, town] = w.day
    nth = w.meetings[world, town].astype(np.int64)
    w.meetings[world, town] += 1
    w.count("rounds", world)
    absent = np.zeros(len(world), dtype=bool)
    for side in range(2):
        stays = noise.chance(w.at("stays_away", world), w.seeds[world], "alliance.absent", town, side, nth)
        absent |= stays & ~w.summoned[world, town].astype(bool)
    w.count("rounds_missed", world[absent])
    world, town = world[~absent], town[~absent]
    w.talk_rounds_held[world, town] += 1
    _conclude(w, world, town)


def _conclude(w: Worlds, world: Ints, town: Ints) -> None:
    """Sign where both sides gain more than they still ask, and give up where talks have been long enough."""
    money, land, together = (part[world, town] for part in prospects(w))
    share = w.pool_share[world, town]
    held = w.talk_rounds_held[world, town].astype(np.int64)
    surplus = together - money - land
    tries = w.talks_tried[world, town].astype(np.int64)
    left = noise.power(w.at("gives_way", world), held)
    asked = [
        w.at("asks", world) * left * np.abs(distributions.normal(w.seeds[world], "alliance.asks", town, side, tries))
        for side in range(2)
    ]
    agreed = (surplus > 0) & (held >= w.at("least_rounds", world))
    agreed &= share * together > money + asked[0] * surplus
    agreed &= (1 - share) * together > land + asked[1] * surplus
    over = ~agreed & (held >= w.at("longest_talks", world))
    _pause(w, world[over], town[over])
    w.count("talks_failed", world[over])
    w.nash_share[world, town] = nash(money, land, together)
    _sign(w, world[agreed], town[agreed])


def _pause(w: Worlds, world: Ints, town: Ints) -> None:
    """End talks for a while."""
    w.talks_from[world, town] = w.day + w.whole("talks_rest", world)
    w.talk_rounds_held[world, town] = 0
    w.talks_tried[world, town] += 1
    w.meeting_balance[world, town] = 0


def _sign(w: Worlds, world: Ints, town: Ints) -> None:
    """Pool what both have: capital, birds that are out and what is owed for them go to the joint base."""
    if len(world) == 0:
        return
    w.allied[world, town] = True
    w.share_held[world, town] = w.pool_share[world, town]
    w.signed_day[world, town] = w.day
    w.below[world, town] = 0
    w.count("signed", world)
    w.stocks("allied_townships", world, 1)
    bases.serve(w)
    joint = w.layout.traits["township_joint"][town]
    _move(w, world, joint)
    bases.gather(w)
    fen = np.rint(FEN * w.grant[world, town]).astype(np.int64)
    transfer(w, "outside", np.zeros_like(world), "capital", joint, world, fen)
    w.count("grants_fen", world, fen)


def _move(w: Worlds, world: Ints, joint: Ints) -> None:
    """Let batches that are out, and with them what is owed for them, belong to the joint base from now on."""
    moved = np.full((w.n, w.layout.sizes["base"]), -1, dtype=np.int64)
    for back in (2, 1):
        moved[world, joint - back] = joint
    at, yard = np.nonzero(w.yard_base >= 0)
    new = moved[at, w.yard_base[at, yard]]
    some = new >= 0
    w.yard_base[at[some], yard[some]] = new[some]


def review(w: Worlds) -> None:
    """Phase, yearly: each side compares its part with standing alone, counts who is bitter, and may leave."""
    world, town = np.nonzero(w.allied & (w.signed_day + 365 <= w.day))
    if len(world) == 0:
        return
    layout = w.layout
    first = layout.first("township", "village")[town]
    joint = layout.traits["township_joint"][town]
    woodland, rooms = bases.land_and_rooms(w)
    together = np.maximum(bases.capacity(w)[world, joint], 1)
    bad = np.zeros(len(world), dtype=bool)
    for side in range(2):
        village = first + side
        own = bases.holds(w, np.maximum(w.contributed, 0)[:, layout.traits["base_village"]], woodland, rooms)
        alone = np.where(w.project[world, village], own[world, joint - 2 + side], 0)
        gain = w.year_gain[world, village]
        other = w.year_gain[world, first + 1 - side]
        bad |= gain < np.floor((gain + other) * (alone / together))
        households = layout.count("village", "yard")[village]
        bad |= w.bitter[world, village] > w.at("walkout_share", world) * households
    w.below[world, town] = np.where(bad, w.below[world, town] + 1, 0)
    leaves = w.below[world, town] >= w.at("patience_years", world)
    _part(w, world[leaves], town[leaves])


def _part(w: Worlds, world: Ints, town: Ints) -> None:
    """Dissolve alliances; each side takes back the part of the capital that it put in, as debts are paid."""
    if len(world) == 0:
        return
    w.allied[world, town] = False
    w.stocks("allied_townships", world, -1)
    w.count("dissolved", world)
    _pause(w, world, town)
    bases.serve(w)
    bases.gather(w)


RULE = Rule(
    name="alliance",
    places=("village",),
    columns=(
        Column("allied", "township", np.bool_, "the two home villages are allied"),
        Column("share_held", "township", np.float64, "share of the village with money in what is earned together"),
        Column("nash_share", "township", np.float64, "the share by Nash's bargain, when talks were last held"),
        Column("signed_day", "township", np.int32, "day on which the alliance was signed", default=-NEVER),
        Column("talks_from", "township", np.int32, "first day on which talks may be held", default=-NEVER),
        Column("round_day", "township", np.int32, "day of the last round", default=-(10**6)),
        Column("meetings", "township", np.int32, "rounds called so far"),
        Column("talk_rounds_held", "township", np.int32, "rounds held in these talks"),
        Column("talks_tried", "township", np.int32, "talks that have ended so far"),
        Column("meeting_balance", "township", np.int64, "minutes saved for a round"),
        Column("below", "township", np.int32, "years in a row that were bad for a side: better alone, or bitter"),
    ),
    levers=(
        Lever(
            "meeting_minutes",
            "village",
            0,
            "max",
            "minutes/week",
            "time of the branch for talks with the other village",
        ),
        Lever("summoned", "township", 0, "max", "0 or 1", "whether the township calls both sides to the table"),
        Lever("integration", "township", 0, "max", "0 to 1", "degree of integration of the two branches", np.float64),
        Lever("pool_share", "township", -1, "max", "share", "share offered for pooling; below 0 none is", np.float64),
        Lever(
            "grant", "township", 0, "add", "yuan", "public grant paid to the joint base when it is founded", np.float64
        ),
    ),
    parameters=Parameters,
    flows={
        "rounds": "rounds of talks called",
        "rounds_missed": "rounds from which a side stayed away",
        "talks_failed": "talks given up",
        "signed": "alliances signed",
        "dissolved": "alliances dissolved",
        "grants_fen": "public grants to joint bases, fen",
        "minutes_meeting": "minutes of branches in talks, and in running the alliance",
    },
    stocks={"allied_townships": "townships whose home villages are allied"},
)
