"""Couriers: who passes through compounds every day, what they notice there, and whether they tell.

A courier goes to some of the compounds of a community each day, each drawn anew, so that how much is passed follows
the law of balls in bins, 1 - (1 - p)^n (okeeffe-2019). Who is enrolled looks out on the way: for what is
broken in the open, and, at the doors where parcels go, for quarrels that nobody has spoken of yet. Whether it is
reported hangs on trust to be answered (Beta-Bernoulli) and wears off with the months; the time is unpaid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import Kind, State
from sim.columns import Column, Lever, Rule
from sim.parameters import parameter
from sim.rules import reports
from sim.space import anywhere, rank_in_group, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

IN_THE_OPEN = (Kind.LIGHTING, Kind.RUBBISH, Kind.PESTS, Kind.ROAD, Kind.NUISANCE)
"""What a passer-by can see; roofs and pipes are seen by those under them."""

MOST_PASSES = 16
"""No courier looks out in more compounds a day; with the day this numbers passes."""

MEMORY_BITS = 62
"""So many couriers of a community each remember what they have noticed; of more, some share a memory."""

DAYS_A_MONTH = 365 / 12


@dataclass(frozen=True)
class Parameters:
    """How couriers get about, what they notice and how willing they are to tell."""

    courier_passes: int = parameter(
        2,
        1,
        MOST_PASSES,
        unit="compounds/day",
        kind="set",
        source="prior-couriers",
        doc="compounds that a courier goes through in a day",
    )
    parcels: float = parameter(
        60.0,
        20.0,
        120.0,
        unit="doors",
        source="prior-couriers: 80 to 160 parcels a day, in two compounds",
        doc="doors that a courier comes to in a compound",
    )
    notice: float = parameter(
        0.05,
        0.01,
        0.2,
        unit="probability",
        source="prior-couriers",
        doc="chance that an enrolled courier who passes notices what there is to notice",
    )
    courier_trust: float = parameter(
        0.25,
        0.1,
        0.5,
        unit="probability",
        source="prior-couriers: Beta(2, 6)",
        doc="enrolled couriers' trust, at first, that a report will be answered",
    )
    courier_strength: float = parameter(
        8.0,
        2.0,
        20.0,
        unit="reports",
        source="prior-couriers: Beta(2, 6)",
        doc="reports that this first trust weighs as much as",
    )
    courier_kept: float = parameter(
        0.5,
        0.2,
        1.0,
        unit="share",
        source="guess, wang-yang-2025: as the effort of officers after a campaign",
        doc="what is left of the zeal to report long after enrolment or the last help",
    )
    courier_months: float = parameter(
        12.0,
        3.0,
        36.0,
        unit="months",
        source="guess, wang-yang-2025: as the effort of officers after a campaign",
        doc="mean time in which the rest of that zeal wears off",
    )
    courier_minutes: float = parameter(
        12.0,
        10.0,
        30.0,
        unit="minutes/day",
        source="guess: a break; one report can always be made, and few more beside 12 hours of parcels",
        doc="time that an enrolled courier gives to reports, unpaid",
    )
    report_minutes: float = parameter(
        3.0,
        1.0,
        10.0,
        unit="minutes",
        source="prior-couriers",
        doc="what a report takes of a courier's time",
    )


class Passes(NamedTuple):
    """Passes of enrolled couriers through compounds today, one row each, by world and courier."""

    world: Ints
    courier: Ints
    compound: Ints
    number: Ints


def go_round(w: Worlds) -> None:
    """Phase: enrolled couriers go through compounds, notice some of what is wrong there, and report some of it."""
    if not anywhere(w.couriers_share):
        return
    passes = today(w)
    w.count("courier_passes", passes.world)
    in_the_open, asset = _in_the_open(w, passes)
    at_doors, quarrel = _at_doors(w, passes)
    who, bearer = np.concatenate([in_the_open, at_doors]), np.concatenate([asset, w.grievances.bearer[quarrel]])
    world = passes.world[who]
    w.count("noticed", world)
    tells = where(_willing(w, passes, who, bearer))
    tells = tells[_in_time(w, world[tells], passes.courier[who[tells]])]
    w.count("courier_unpaid_minutes", world[tells], np.rint(w.at("report_minutes", world[tells])).astype(np.int64))
    told, asked = tells[tells < len(asset)], tells[tells >= len(asset)] - len(asset)
    reports.book(w, passes.world[in_the_open[told]], asset[told], passes.courier[in_the_open[told]])
    reports.ask(w, quarrel[asked], passes.courier[at_doors[asked]])


def enrolled(w: Worlds) -> NDArray[np.bool_]:
    """Return which couriers look out, shape ``(worlds, couriers)``; who does at a small share does at a larger one."""
    share = w.couriers_share[:, w.layout.up("courier", "community")]
    return noise.chance(share, w.seeds[:, None], "courier.enrolled", np.arange(share.shape[1]))


def today(w: Worlds) -> Passes:
    """Return the passes of this day's enrolled couriers."""
    world, courier = np.nonzero(enrolled(w))
    each = w.whole("courier_passes", world)
    who = np.repeat(np.arange(len(world)), each)
    nth = np.arange(len(who)) - (np.cumsum(each) - each)[who]
    world, courier, number = world[who], courier[who], w.day * MOST_PASSES + nth
    community = w.layout.up("courier", "community")[courier]
    u = noise.uniform(w.seeds[world], "courier.round", courier, number)
    compounds = w.layout.count("community", "compound")[community]
    compound = w.layout.first("community", "compound")[community] + np.floor(u * compounds).astype(np.int64)
    return Passes(world, courier, compound, number)


def _in_the_open(w: Worlds, passes: Passes) -> tuple[Ints, Ints]:
    """Return what is noticed of defects: the row of the pass and the asset; nobody notices the same thing twice."""
    asset, at = w.layout.rows_of("compound", "asset", passes.compound)
    seen = w.defective[passes.world[at], asset] & np.isin(w.layout.traits["asset_kind"][asset], IN_THE_OPEN)
    asset, at = asset[seen], at[seen]
    world, courier = passes.world[at], passes.courier[at]
    hit = noise.chance(w.at("notice", world), w.seeds[world], "courier.notice", asset, courier, passes.number[at])
    asset, at, world, courier = asset[hit], at[hit], world[hit], courier[hit]
    thing = (world * w.layout.sizes["courier"] + courier) * w.layout.sizes["asset"] + asset
    first = np.unique(thing, return_index=True)[1]  # who comes by twice a day notices it once
    asset, at, world, courier = asset[first], at[first], world[first], courier[first]

    nth = w.defects[world, asset]
    fresh = w.sensed_defect[world, asset] != nth
    w.sensed_by[world[fresh], asset[fresh]] = 0
    w.sensed_defect[world, asset] = nth
    community = w.layout.up("courier", "community")[courier]
    own = np.int64(1) << (courier - w.layout.first("community", "courier")[community]) % MEMORY_BITS
    new = w.sensed_by[world, asset] & own == 0
    np.bitwise_or.at(w.sensed_by, (world[new], asset[new]), own[new])
    return at[new], asset[new]


def _at_doors(w: Worlds, passes: Passes) -> tuple[Ints, Ints]:
    """Return which quarrels not yet named are noticed: the row of the pass and that of the grievance."""
    g = w.grievances
    there = w.layout.sizes["compound"]
    place = passes.world * there + passes.compound
    order = np.argsort(place, kind="stable")
    count = np.bincount(place, minlength=w.n * there)
    first = np.cumsum(count) - count
    quarrel = where((g.state == int(State.LATENT)) & (g.kind == int(Kind.NEIGHBOUR)) & g.aching)
    quarrel = quarrel[g.household[quarrel] < w.flats]  # elsewhere there are no doors
    home = w.layout.up("household", "compound")[g.household[quarrel]]
    at = g.world[quarrel] * there + home
    passed = count[at] > 0
    quarrel, home, at = quarrel[passed], home[passed], at[passed]
    world = g.world[quarrel]
    doors = np.minimum(w.at("parcels", world) / w.layout.count("compound", "household")[home], 1.0)
    missed = noise.exp(count[at] * noise.log(1 - w.at("notice", world) * doors))
    hit = noise.chance(1 - missed, g.key[quarrel], "courier.overheard", w.day)
    quarrel, at = quarrel[hit], at[hit]
    by = np.floor(noise.uniform(g.key[quarrel], "courier.by", w.day) * count[at]).astype(np.int64)
    return order[first[at] + by], quarrel


def _willing(w: Worlds, passes: Passes, who: Ints, bearer: Ints) -> NDArray[np.bool_]:
    """Return which of the things noticed on the given passes the courier means to report."""
    world, courier = passes.world[who], passes.courier[who]
    months = (w.day - w.courier_fresh[world, courier]) / DAYS_A_MONTH
    kept = w.at("courier_kept", world)
    zeal = kept + (1 - kept) * noise.exp(-months / w.at("courier_months", world))
    return noise.chance(
        trust(w, world, courier) * zeal, w.seeds[world], "courier.report", bearer, courier, passes.number[who]
    )


def trust(w: Worlds, world: Ints, courier: Ints) -> Floats:
    """Return the given couriers' trust that a report will be answered: the mean of a Beta that has learned."""
    good, bad = w.courier_good[world, courier], w.courier_bad[world, courier]
    strength = w.at("courier_strength", world)
    expected: Floats = (w.at("courier_trust", world) * strength + good) / (strength + good + bad)
    return expected


def _in_time(w: Worlds, world: Ints, courier: Ints) -> NDArray[np.bool_]:
    """Return for which reports, in order, the courier has time left today."""
    _, who = np.unique(world * w.layout.sizes["courier"] + courier, return_inverse=True)
    in_time: NDArray[np.bool_] = rank_in_group(who) < np.floor(
        w.at("courier_minutes", world) / w.at("report_minutes", world)
    )
    return in_time


RULE = Rule(
    name="couriers",
    places=("compound",),
    wakes=("couriers_share",),
    columns=(
        Column("courier_good", "courier", np.int32, "times the courier was answered in time, or helped"),
        Column("courier_bad", "courier", np.int32, "times the courier was not answered in time"),
        Column("sensed_defect", "asset", np.int32, "which defect of the asset couriers have noticed last, 0 = none"),
        Column("sensed_by", "asset", np.int64, "who has noticed it, a bit for each courier of the community"),
        Column("courier_fresh", "courier", np.int32, "day on which the courier was last helped, at first day 0"),
    ),
    levers=(Lever("couriers_share", "community", 0, "max", "share", "how many of the couriers look out", np.float64),),
    parameters=Parameters,
    flows={
        "courier_passes": "passes of enrolled couriers through compounds",
        "noticed": "times that an enrolled courier noticed something for the first time",
        "courier_unpaid_minutes": "minutes that couriers gave to reports, unpaid and not among the hours worked",
    },
)
