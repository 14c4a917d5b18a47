"""Votes: ballots of the owners concerned, counted by heads and by area (Civil Code 278).

Two thirds must take part and more than half of those must agree. Whether an owner who says nothing counts
as taking part, on the side of the majority, is a named uncertainty (``silence_counts``): the quorum is a
cliff.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import noise
from sim.cases import NEVER
from sim.columns import Rule
from sim.constants import code, constant, date, real, whole
from sim.parameters import parameter
from sim.rules import motions
from sim.rules.motions import NOBODY, Motion
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

BALLOTS = (Motion.RENEW, Motion.REPLACE, Motion.ELECT, Motion.FUND)
"""Motions on which owners vote."""

RENEW, REPLACE = code(Motion.RENEW), code(Motion.REPLACE)

TWO_HEADS, THREE_HEADS, TWO, THREE = constant(2, np.int32), constant(3, np.int32), whole(2), whole(3)
NO, HALF = real(0.0), real(0.5)

NOT_YET = (NEVER, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool))
"""Value of `Worlds.counted` before anything has been counted."""


@dataclass(frozen=True)
class Parameters:
    """How ballots are held and counted."""

    ballot_days: int = parameter(
        60,
        30,
        90,
        unit="days",
        source="prior-consent: somewhat longer than its median",
        doc="time after which a ballot is counted for good",
    )
    silence_counts: bool = parameter(
        False,
        False,
        True,
        unit="switch",
        kind="set",
        source="design, civil-code-278: the law is silent on silence; a named uncertainty",
        doc="owners who say nothing count as having taken part, with the majority",
    )


def call(w: Worlds, asked: Ints) -> None:
    """Let the owners asked vote by and by."""
    if len(asked):
        hand_out(w, asked)
        motions.think(w, asked)


def hand_out(w: Worlds, asked: Ints) -> None:
    """Settle how the owners asked will vote; the apathetic never do.

    Whether a fund may pay or people be elected they judge by their trust in who organises; about the company
    they judge by the service they have had.

    Args:
        w: the worlds.
        asked: rows of owners asked, of motions of one kind or several.
    """
    a, m = w.asked, w.motions
    owner, motion = a.owner.take(asked).astype(np.int64), a.motion.take(asked)
    world, kind = m.world.take(motion), m.kind.take(motion)
    a.need[asked[w.pick("apathetic", world, owner)]] = NOBODY  # of the others nothing is needed, as it is at first
    service = w.pick("satisfaction", world, m.compound.take(motion))
    replace = kind == REPLACE
    about_company = (kind == RENEW) | replace
    in_favour = np.where(about_company, service, HALF + HALF * motions.confidence(w, motion, world, owner))
    draw = noise.uniform(m.key.take(motion), "vote.yes", owner)
    a.yes[asked] = (draw < in_favour) ^ replace


def count(w: Worlds, rows: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Count the ballots of the given motions; return which have passed by now, and which have failed.

    A ballot passes on the first day on which there is a quorum and a majority in it.
    """
    m = w.motions
    heads, area = m.heads_in[rows], m.area_in[rows]
    quorum = (THREE_HEADS * heads >= TWO_HEADS * m.asked[rows]) & (THREE * area >= TWO * m.area[rows])
    majority = (TWO_HEADS * m.heads_yes[rows] > heads) & (TWO * m.area_yes[rows] > area)
    late = m.until[rows] <= date(w.day)
    silent = w.at("silence_counts", m.world[rows]) > NO
    passed = majority & (quorum | (late & silent))
    return passed, late & ~passed


def over(w: Worlds, *kinds: Motion) -> tuple[Ints, NDArray[np.bool_]]:
    """Return which ballots of these kinds are over today, and whether they have passed; all kinds are counted at once.

    Whoever asks first on a day has them counted: no owner takes part between the phases that ask.
    """
    m = w.motions
    if w.counted[0] != w.day:
        ballots = motions.stirred(w, *BALLOTS)
        w.counted = w.day, *NOT_YET[1:]
        if len(ballots):
            passed, failed = count(w, ballots)
            ended = where(passed | failed)
            w.counted = w.day, ballots[ended], passed[ended]
    _, ballots, passed = w.counted
    if len(ballots) == 0:
        return ballots, passed
    asked = motions.of_kinds(kinds).take(m.kind[ballots])
    return ballots[asked], passed[asked]


RULE = Rule(name="votes", places=("compound",), parameters=Parameters)
