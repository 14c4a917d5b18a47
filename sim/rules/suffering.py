"""Suffering: who suffers from what, kept up to date in numbers, in all and for each group of people.

A grievance is suffered (*aches*) from the day on which it is felt until it is resolved, fades, or its cause is gone,
voiced or not. How severely all together suffer is the headline outcome. What begins or ends in the course of a day is
booked at its end, all together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import places, settlements
from sim.cases import SHARED, Kind
from sim.columns import Column, Rule
from sim.constants import FALSE, ONE, code, date, whole
from sim.space import spans, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

FEE, LESS, NOTHING = code(Kind.FEE), whole(-1), date(0)

AT_ONCE = 1 << 17
"""Household rows whose combination of groups is looked for at once: for all of a large world that takes memory."""

GROUPS = {
    "owner": "in flats where their owner lives",
    "tenant": "in let flats",
    "connected": "of people close to cadres",
    "elder": "in flats with an elder",
    "top": "on top floors",
    "near": "of the herders nearest to the sumu centre",
    "far": "of the herders farthest from it",
    "seasonal": "of campers and workers",
    "around": "in the villages around",
    "large": "of households that would keep a large flock",
    "compound": "in compounds",
    "village": "in villages",
    "pasture": "on pastures",
}
"""Groups of people whose own grievances are added up apart; which of them there are stands with the settlements."""

PARTS = {
    **{f"unresolved_{group}": f"of that severity, people's own grievances {who}" for group, who in GROUPS.items()},
    "unresolved_fee": "of that severity, what companies claim",
}
"""Stocks that are parts of what is suffered in all, thousandths: one for each of `GROUPS`, and what companies claim."""


def stand_together(w: Worlds, rows: Ints) -> None:
    """Keep between which edges of the table all stand who suffer from the same thing.

    Args:
        w: the worlds.
        rows: new rows about things from which several suffer, in order.
    """
    if len(rows) == 0:
        return
    place = w.grievances.world[rows] * whole(w.layout.sizes["asset"]) + w.grievances.bearer[rows]
    first, end = w.sufferers_first.reshape(-1), w.sufferers_end.reshape(-1)
    fresh = where(first[place] == end[place])[::-1]
    first[place[fresh]] = rows[fresh]  # of several about one thing the first is written last, and stays
    end[place] = rows + ONE


def sufferers(w: Worlds, world: Ints, asset: Ints) -> tuple[Ints, Ints]:
    """Return the rows of all grievances still suffered from the given things, and which of them each is about.

    Args:
        w: the worlds.
        world: world of each thing.
        asset: its row.
    """
    g = w.grievances
    first = w.sufferers_first[world, asset]
    rows, position = spans(first, w.sufferers_end[world, asset] - first)
    about = where(g.bearer[rows] == asset[position])  # of all between the edges few are
    rows, position = rows[about], position[about]
    there = g.aching[rows] & SHARED.take(g.kind[rows]) & (g.world[rows] == world[position])
    return rows[there], position[there]


def disperse(w: Worlds, place: Ints) -> None:
    """Forget where they stand who have suffered from the given things, from which nobody suffers any more.

    Args:
        w: the worlds.
        place: of each thing in a list of those of all worlds, one world after another.
    """
    w.sufferers_first.reshape(-1)[place] = w.sufferers_end.reshape(-1)[place] = 0


def groups_of(place: str) -> tuple[str, ...]:
    """Return the groups of people that there are in a place, in the order of their bits in `groups`."""
    there = places.declared(place, "GROUPS")
    return tuple(group for group in GROUPS if group in there)


def groups(w: Worlds) -> NDArray[np.int16]:
    """Return to which groups the people of each household row belong, a bit for each of `groups_of`."""
    bits = np.zeros((w.n, w.households), dtype=np.int16)
    for settlement in w.settlements:
        belong = settlement.groups(w)
        if len(w.settlements) > 1:  # also who is there for a season
            belong[settlement.name] = w.layout.traits["settlement"] == settlements.number(w, settlement.name)
        for number, group in enumerate(groups_of(w.recipe.place)):
            if group in belong:
                np.bitwise_or(
                    bits, np.int16(1 << number), out=bits, where=belong.pop(group)
                )  # as little at once as can be
    return bits.reshape(-1)


def begin(w: Worlds, rows: Ints) -> None:
    """Let the given grievances, all new, be suffered from today on; `add_up` books it."""
    w.begun.append(rows)


def end(w: Worlds, rows: Ints) -> None:
    """Let the given grievances be suffered no more; `add_up` books it."""
    aching = w.grievances.aching
    rows = rows[aching[rows]]
    if len(rows):
        aching[rows] = FALSE
        w.ceased.append(rows)


def borne(w: Worlds) -> Ints:
    """Return what each household has suffered itself since recording began, shape ``(worlds, households)``.

    Severity-days up to the end of yesterday, thousandths, without what companies claim: over all household rows they
    add up to what the daily record has of ``unresolved``, less ``unresolved_fee``.
    """
    return w.borne.astype(np.int64) + _aching(w) * w.day


def begin_anew(w: Worlds) -> None:
    """Begin to add up what each household suffers, as recording begins: what aches already counts from today on."""
    w.borne[...] = _aching(w) * -w.day


def _aching(w: Worlds) -> Ints:
    """Return the severity of what each household now suffers itself, thousandths, shape ``(worlds, households)``."""
    g = w.grievances
    rows = where(g.aching & (g.kind != FEE))
    place = g.world[rows].astype(np.int64) * w.households + g.household[rows]
    out = np.zeros(w.n * w.households, dtype=np.int64)
    np.add.at(out, place, g.severity[rows].astype(np.int64))
    return out.reshape(w.n, w.households)


def add_up(w: Worlds) -> None:
    """Phase: what is suffered is added up for each group of people, and what companies claim.

    What has begun today and what has ended is booked; on a day without either all stays as it is.
    """
    if not (w.begun or w.ceased):
        return
    g, rows, begun = w.grievances, np.concatenate([*w.begun, *w.ceased]), sum(map(len, w.begun))
    w.begun, w.ceased = [], []
    change = np.empty(len(rows), dtype=np.int64)
    change[:begun], change[begun:] = ONE, LESS
    world, household = g.world[rows], g.household[rows]
    amount = change * g.severity[rows].astype(np.int64)
    company = g.kind[rows] == FEE  # there the company claims
    owed = where(company)
    if len(owed):
        flat = world[owed] * w.flats + household[owed]
        np.add.at(w.fees_disputed.reshape(-1), flat, change[owed].astype(np.int8))
    place = world * whole(w.households) + household
    combination, counts_in = _combinations(w)
    who = combination[place].astype(np.int64)
    who[owed] = counts_in.shape[1] - 1
    more = np.bincount(who * whole(w.n) + world, weights=amount, minlength=counts_in.shape[1] * w.n)
    w.add_stocks("unresolved", (counts_in @ more.reshape(-1, w.n)).astype(np.int64))
    w.stocks("aching", world, change)
    ahead = amount.astype(np.int32) * date(-w.day)  # what begins counts from today on, what ends up to today
    ahead[owed] = NOTHING
    np.add.at(w.borne.reshape(-1), place, ahead)


def _combinations(w: Worlds) -> tuple[NDArray[np.unsignedinteger], NDArray[np.float64]]:
    """Return which combination of groups each household row belongs to, and in which stocks each of them counts.

    Nobody moves or changes: it is worked out once.

    Returns:
        Numbers of combinations, of those that occur, as narrow as can be; and a matrix of 0 and 1: a row for each stock
        of the rule that there is, that of `aching` left 0; a column for each combination, a last one for what companies
        claim.
        Floating-point numbers, whose sums of whole thousandths are exact: numpy multiplies matrices of integers slowly.
    """
    if "combination" not in w.derived:
        belong, present = groups(w), groups_of(w.recipe.place)
        occurring = np.unique(belong)
        w.derived["combination"] = combination = np.empty(len(belong), dtype=np.min_scalar_type(len(occurring)))
        for start in range(0, len(belong), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            combination[part] = occurring.searchsorted(belong[part])
        fees = Kind.FEE in places.declared(w.recipe.place, "KINDS")
        counts_in = np.zeros((2 + len(present) + fees, len(occurring) + 1))
        counts_in[0] = 1
        counts_in[2 : 2 + len(present), :-1] = occurring >> np.arange(len(present))[:, None] & 1
        if fees:
            counts_in[-1, -1] = 1
        w.derived["counts_in"] = counts_in
    return w.derived["combination"], w.derived["counts_in"]


RULE = Rule(
    name="suffering",
    columns=(
        Column(
            "sufferers_first",
            "asset",
            np.int64,
            "rows of grievances before the first about the thing, if anybody suffers from it",
            points_to="grievances",
            edge=True,
        ),
        Column(
            "sufferers_end",
            "asset",
            np.int64,
            "rows of grievances up to the last about the thing",
            points_to="grievances",
            edge=True,
        ),
        Column(
            "borne",
            "household",
            np.int32,  # a day of a grievance is a thousand at most: 58 of them at once can be borne for a century
            "severity-days of own grievances since recording began, less severity times today of what still aches, "
            "thousandths",
        ),
        Column("fees_disputed", "flat", np.int8, "whether a claim to fees that the flat owes is still disputed"),
    ),
    stocks={
        "unresolved": "severity of all grievances still suffered, thousandths",
        "aching": "grievances still suffered",
        **{stock: f"{doc}, thousandths" for stock, doc in PARTS.items()},
    },
    only={
        **{f"unresolved_{group}": places.having("GROUPS", group) for group in GROUPS},
        **dict.fromkeys(("unresolved_fee", "fees_disputed"), places.having("KINDS", Kind.FEE)),
    },
)
