"""Motions: the owners of a building or compound are asked one by one, for money or for a vote.

An owner whom nobody visits thinks about the motion now and then and then decides, if enough others have;
a visited one decides at the door (`sim.rules.doors`). Whoever agrees to a share (`sim.rules.shares`) pays at
once; a ballot is counted (`sim.rules.votes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, noise
from sim.cases import NO_DAY, Desk
from sim.columns import Column, Rule
from sim.constants import FALSE, TRUE, ZERO, constant, date, real, whole
from sim.parameters import parameter
from sim.places.compound import BODY, COMMUNITY
from sim.rules import defects, desks, trust
from sim.space import spans, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NOBODY = real(2.0)
"""A share of owners that is never reached."""

NONE, ONE_ROUND, ONE_HEAD = whole(-1), constant(1, np.int16), constant(1, np.int32)
TRUSTED = np.full(len(Desk), BODY)
TRUSTED[COMMUNITY] = COMMUNITY
"""By number of the kind of desk that organises a motion: the one in which owners must have trust."""


class Motion(IntEnum):
    """What is before the owners."""

    SHARES = 0  # will you sign and pay for this repair?
    FUND = 1  # may the maintenance fund pay for this repair?
    RENEW = 2  # shall the company's contract be renewed?
    REPLACE = 3  # shall the company be replaced?
    ELECT = 4  # shall these people be our committee?


@dataclass(frozen=True)
class Parameters:
    """How owners come to think about a motion."""

    consider_days: float = parameter(
        20.0,
        10.0,
        40.0,
        unit="days",
        source="prior-shares",
        doc="mean time until an unvisited owner thinks about a motion",
    )
    apathy: float = parameter(
        0.3,
        0.1,
        0.5,
        unit="share",
        source="guess, civil-code-278: no turnout was found; the quorum of 2/3 makes it decisive",
        doc="owners who never take part in a ballot",
    )


def _set_up(w: Worlds) -> None:
    """Draw who never takes part in a ballot."""
    w.apathetic[...] = noise.chance(w.p.apathy, w.seeds[:, None], "owner.apathetic", np.arange(w.flats))


def put(
    w: Worlds,
    kind: Motion | Ints,
    world: Ints,
    compound: Ints,
    organiser: Ints,
    key: NDArray[np.uint64],
    days: Ints,
) -> Ints:
    """Put matters before all owners of compounds; see `put_case`.

    Args:
        w: the worlds.
        kind: what is asked, in all or in each.
        world: world of each matter.
        compound: its compound.
        organiser: row of the desk that organises it.
        key: names it in draws.
        days: after how many days each is too late.

    Returns:
        The new rows of owners asked, motion after motion, whose ``need`` and ``yes`` the caller fills in
        before `think`.
    """
    of = "compound", "household"
    first, asked = w.layout.first(*of).take(compound), w.layout.count(*of).take(compound)
    if "area_of_compounds" not in w.derived:  # flats do not grow: they are added up once
        w.derived["area_of_compounds"] = np.add.reduceat(w.area, w.layout.first(*of), axis=1).reshape(-1)
    area = w.derived["area_of_compounds"].take(world * whole(w.layout.sizes["compound"]) + compound)
    return _put(w, kind, world, compound, organiser, key, days, first, asked, area)


def put_case(w: Worlds, rows: Ints, kind: int | Ints, days: Ints, share: Ints) -> Ints:
    """Put the repairs of the given cases before the owners of the buildings or compounds concerned.

    Args:
        w: the worlds.
        rows: case rows.
        kind: what is asked, in all or in each.
        days: after how many days each is too late.
        share: what agreeing costs each owner, fen.

    Returns:
        The same as `put`.
    """
    c = w.cases
    c.rounds[rows] = nth = c.rounds[rows] + ONE_ROUND
    c.motion[rows] = np.arange(w.motions.n, w.motions.n + len(rows))
    key = noise.bits(c.key[rows], "motion", kind, nth)
    world, asset = c.world[rows], c.bearer[rows]
    first, asked = (of.take(asset) for of in defects.flats_around(w))
    area = defects.area_around(w).take(world * whole(w.layout.sizes["asset"]) + asset)
    compound = w.layout.up("asset", "compound").take(asset)
    return _put(w, kind, world, compound, c.organiser[rows], key, days, first, asked, area, rows, share)


def _put(
    w: Worlds,
    kind: int | Ints,
    world: Ints,
    compound: Ints,
    organiser: Ints,
    key: NDArray[np.uint64],
    days: Ints,
    first: Ints,
    asked: Ints,
    area: Ints,
    case: Ints = NONE,
    share: Ints = ZERO,
) -> Ints:
    """Put matters before so many owners each, beginning with the given flats, who own so much area together."""
    owner, position = spans(first, asked)
    motion = w.motions.append(
        world=world,
        kind=kind,
        compound=compound,
        case=case,
        key=key,
        organiser=organiser,
        opened=date(w.day),
        until=days + whole(w.day),
        share=share,
        asked=asked,
        area=area,
        first=np.add.accumulate(asked) - asked + w.asked.n,
    )
    return w.asked.append(world=world.take(position), motion=motion.take(position), owner=owner, day=NO_DAY)


def asked_of(w: Worlds, motion: Ints) -> Ints:
    """Return the rows of the owners asked of the given motions, motion after motion."""
    m = w.motions
    return spans(m.first[motion], m.asked[motion].astype(np.int64))[0]


def confidence(w: Worlds, motion: Ints, world: Ints, owner: Ints) -> Floats:
    """Return the trust that owners asked have in whoever organises: the community's committee, or the body."""
    organiser = TRUSTED.take(desks.kind_of(w, w.motions.organiser.take(motion)))
    return trust.in_desks(w, organiser, world, owner)


def think(w: Worlds, asked: Ints) -> None:
    """Let owners who are asked today put it off in `consider`, with all others whose turn it is."""
    w.asked.day[_ever(w, asked)] = date(w.day)


def put_off(w: Worlds, asked: Ints) -> None:
    """Let owners who are asked after today's `consider` put it off at once."""
    asked = _ever(w, asked)
    _put_off(w, asked, w.asked.motion.take(asked).astype(np.int64))


def _ever(w: Worlds, asked: Ints) -> Ints:
    """Return which of the given owners may ever agree; the others do not think about the motion at all."""
    return asked[w.asked.need.take(asked) < NOBODY]


def _put_off(w: Worlds, asked: Ints, motion: Ints) -> None:
    """Settle when each of the given owners next thinks about the motion."""
    a, m = w.asked, w.motions
    days = date(w.day) - m.opened
    draw = noise.exponential(m.key.take(motion), "motion.consider", a.owner.take(asked), days.take(motion))
    day = w.wait("consider_days", m.world.take(motion), draw).astype(np.int32)
    day += date(w.day)
    np.putmask(day, day >= m.until.take(motion), NO_DAY)
    a.day[asked] = day


def consider(w: Worlds) -> None:
    """Phase: owners whose turn it is agree, or put it off.

    All who have only been asked today put it off: one draw settles when they and the others think again.
    """
    a, m = w.asked, w.motions
    today = date(w.day)
    rows = where(a.day == today)
    if len(rows) == 0:
        return
    put = np.count_nonzero(m.opened == today)  # these stand last in the table, and so do the owners asked
    before = rows.searchsorted(m.first[m.n - put]) if put else len(rows)
    rows, new = rows[:before], rows[before:]
    motion = a.motion.take(rows).astype(np.int64)
    on = where(m.open.take(motion) > a.done.take(rows))  # it is open and the owner has not decided
    rows, motion = rows.take(on), motion.take(on)
    agrees = _agree(w, rows, motion)
    now, others = where(agrees), where(~agrees)
    _take_part(w, rows.take(now), motion.take(now))
    later = np.concatenate((rows.take(others), new))
    _put_off(w, later, a.motion.take(later).astype(np.int64))


def decide(w: Worlds, asked: Ints) -> None:
    """Let owners who have not decided do so, given how many have by now."""
    motion = w.asked.motion.take(asked).astype(np.int64)
    now = where(_agree(w, asked, motion))
    _take_part(w, asked.take(now), motion.take(now))


def _agree(w: Worlds, asked: Ints, motion: Ints) -> NDArray[np.bool_]:
    """Return which of the owners asked agree, given how many have by now."""
    m = w.motions
    agrees: NDArray[np.bool_] = (m.heads_in / m.asked).take(motion) >= w.asked.need.take(asked)
    return agrees


def take_part(w: Worlds, asked: Ints) -> None:
    """Book that owners have decided; a share is paid at once."""
    _take_part(w, asked, w.asked.motion.take(asked).astype(np.int64))


def _take_part(w: Worlds, asked: Ints, motion: Ints) -> None:
    """Do so, given the motion about which each of them is asked."""
    if len(asked) == 0:
        return
    a, m = w.asked, w.motions
    world, owner = m.world.take(motion), a.owner.take(asked).astype(np.int64)
    a.done[asked] = TRUE
    area = w.pick("area", world, owner)
    m.stirred[motion] = TRUE
    np.add.at(m.heads_in, motion, ONE_HEAD)
    np.add.at(m.area_in, motion, area)
    yes, of = a.yes.take(asked), motion
    if np.count_nonzero(yes) < len(yes):  # whoever is asked for a share and takes part agrees
        agree = where(yes)
        of, area = motion.take(agree), area.take(agree)
    np.add.at(m.heads_yes, of, ONE_HEAD)
    np.add.at(m.area_yes, of, area)
    share = m.share.take(motion)
    paid = where(share > ZERO)
    if len(paid) == 0:
        return
    if len(paid) < len(share):
        motion, world, owner, share = (of.take(paid) for of in (motion, world, owner, share))
    asset = w.cases.bearer.take(m.case.take(motion))
    books.transfer(w, "purse", owner, "escrow", asset, world, share)
    w.count("signed_shares", world)


def stirred(w: Worlds, *kinds: Motion) -> Ints:
    """Return the open motions of these kinds in which somebody has taken part since the last count, or time is up.

    No other can have come to an end: what has been counted in vain once need not be counted each day.
    """
    m = w.motions
    rows = where(m.open & (m.stirred | (m.until <= date(w.day))))
    if len(rows):
        rows = rows[of_kinds(kinds).take(m.kind.take(rows))]
        m.stirred[rows] = FALSE
    return rows


@cache
def of_kinds(kinds: tuple[Motion, ...]) -> NDArray[np.bool_]:
    """Return for the number of every kind whether it is one of these."""
    return np.isin(np.arange(len(Motion)), kinds)


def close(w: Worlds, motions: Ints) -> None:
    """End motions; their rows stay until the next compaction."""
    if len(motions) == 0:
        return
    w.motions.open[motions] = FALSE
    case = w.motions.case[motions]
    w.cases.motion[case[case >= ZERO]] = NONE


RULE = Rule(
    name="motions",
    places=("compound",),
    columns=(Column("apathetic", "flat", np.bool_, "the flat's owner never takes part in a ballot"),),
    parameters=Parameters,
    set_up=_set_up,
    flows={"signed_shares": "shares signed and paid"},
)
