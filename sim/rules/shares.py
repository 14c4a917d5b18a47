"""Shares: the owners of a building are asked, one by one, to sign and pay for its repair.

Shares are voluntary money, not votes: an owner signs, and pays at once, when benefit over share + what
others have signed + trust in the organiser reaches 1; some never do (Granovetter 1978; Fischbacher
2001). An owner whom nobody visits thinks about it now and then. When enough has come together the
works can start; a round that is not complete in time is paid back (`sim.rules.funding`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, distributions, noise
from sim.cases import Activity, Stage, log_cases, move_cases
from sim.columns import Column, Rule
from sim.constants import code, real, whole
from sim.parameters import parameter
from sim.places.compound import OWNER
from sim.rules import defects, keeping, motions
from sim.rules.motions import NOBODY
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

LIVES_THERE = code(OWNER)
HALF, ENOUGH = real(0.5), real(1.0)


@dataclass(frozen=True)
class Parameters:
    """Benefit, consent and patience."""

    benefit: float = parameter(
        0.65,
        0.5,
        0.8,
        unit="share",
        source="prior-shares",
        doc="mean benefit of the repair over an owner's share",
    )
    benefit_sd: float = parameter(
        0.20,
        0.10,
        0.30,
        unit="share",
        source="prior-shares",
        doc="spread of the benefit over owners",
    )
    benefit_top: float = parameter(
        0.95,
        0.80,
        1.20,
        unit="share",
        source="prior-shares",
        doc="mean benefit over share on the top floor",
    )
    benefit_top_sd: float = parameter(
        0.15,
        0.05,
        0.25,
        unit="share",
        source="prior-shares",
        doc="its spread over owners",
    )
    social_proof: float = parameter(
        1.0,
        0.5,
        1.5,
        unit="1",
        source="prior-shares, granovetter-1978",
        doc="weight of the share of the building that has signed",
    )
    share_trust: float = parameter(
        0.4,
        0.0,
        0.8,
        unit="1",
        source="prior-shares",
        doc="weight of trust in the organiser",
    )
    never_pay: float = parameter(
        0.15,
        0.05,
        0.30,
        unit="share",
        source="prior-shares, fischbacher-2001: below the third of the laboratory, as neighbours meet again",
        doc="owners who never pay a share",
    )
    member_leads: float = parameter(
        0.7,
        0.4,
        0.9,
        unit="probability",
        source="prior-shares, page-D15",
        doc="chance that a member among the owners, when called to, signs before the others",
    )
    funded_share: float = parameter(
        0.80,
        0.67,
        1.0,
        unit="share",
        source="prior-shares",
        doc="share of the cost at which the crew starts",
    )
    signing_days: int = parameter(
        90,
        45,
        180,
        unit="days",
        source="prior-shares",
        doc="time after which an unfunded round is paid back",
    )


def _set_up(w: Worlds) -> None:
    """Draw what a repaired roof is worth to each owner, and who will never pay for one."""
    seeds, flat = w.seeds[:, None], np.arange(w.flats)
    top = w.layout.traits["top"] == 1
    mean, sd = np.where(top, w.p.benefit_top, w.p.benefit), np.where(top, w.p.benefit_top_sd, w.p.benefit_sd)
    own = mean + sd * distributions.normal(seeds, "owner.benefit", flat)
    never = noise.chance(w.p.never_pay, seeds, "owner.never_pays", flat)
    w.benefit[...] = np.where(never, -np.inf, own)


def begin(w: Worlds, rows: Ints) -> None:
    """Begin rounds of signing for the given cases."""
    if len(rows) == 0:
        return
    w.cases.started[rows] = w.day
    move_cases(w, rows, Stage.SIGNING)
    log_cases(w, rows, Activity.SIGNING)


def of_each(w: Worlds, rows: Ints) -> Ints:
    """Return the equal share, fen, of each owner concerned in what the given cases' repairs still lack."""
    c = w.cases
    owners = defects.flats_around(w)[1].take(c.bearer[rows])
    return -(-c.owed[rows] // owners)


def ask(w: Worlds, asked: Ints) -> Ints:
    """Let the owners asked for a share make up their minds, members first; return who will think about it."""
    a = w.asked
    owner, motion = a.owner.take(asked).astype(np.int64), a.motion.take(asked).astype(np.int64)
    world = w.motions.world.take(motion)
    flat = world * whole(w.flats)
    flat += owner
    a.need[asked] = _signers_needed(w, world, motion, owner, flat)
    if not keeping.has_time(w, "calls"):
        return asked
    lead = _members_who_lead(w, world, motion, owner, flat)
    if len(lead) == 0:
        return asked
    motions.take_part(w, asked.take(lead))
    rest = np.ones(len(asked), dtype=bool)
    rest[lead] = False
    return asked[rest]


def pay_back(w: Worlds, rows: Ints) -> None:
    """Pay the shares of failed rounds back to whoever signed."""
    if len(rows) == 0:
        return
    c, a = w.cases, w.asked
    asked = motions.asked_of(w, c.motion[rows])
    asked = asked[a.done[asked]]
    paid = a.motion[asked]
    asset = c.bearer[w.motions.case[paid]]
    books.transfer(w, "escrow", asset, "purse", a.owner[asked], a.world[asked], w.motions.share[paid])
    w.count("refunded", c.world[rows])


def _members_who_lead(w: Worlds, world: Ints, motion: Ints, owner: Ints, flat: Ints) -> Ints:
    """Return which owners are members who, called on first, sign and pay before anybody else is asked."""
    m = w.motions
    members = where(w.member.reshape(-1)[flat] & (w.tenure.reshape(-1)[flat] == LIVES_THERE))
    if len(members) == 0:
        return members
    world, motion = world.take(members), motion.take(members)
    called = where(keeping.spend(w, "calls", world, m.compound.take(motion), "door_hours"))
    if len(called) == 0:
        return called
    members, leads = members.take(called), w.at("member_leads", world.take(called))
    key = m.key.take(motion.take(called))
    return members[noise.chance(leads, key, "share.member_leads", owner.take(members))]


def _signers_needed(w: Worlds, world: Ints, motion: Ints, owner: Ints, flat: Ints) -> NDArray[np.float64]:
    """Return the share of the owners that must have signed before each owner signs; `NOBODY` = never.

    An owner's threshold (Granovetter 1978): benefit over share + social proof x share signed +
    weight x (trust in the organiser - 1/2) >= 1. She makes up her mind when the round begins.
    """
    short: NDArray[np.float64] = ENOUGH - w.benefit.reshape(-1).take(flat)
    trust = motions.confidence(w, motion, world, owner)
    trust -= HALF
    trust *= w.at("share_trust", world)
    short -= trust
    proof = w.at("social_proof", world)
    needed: NDArray[np.float64] = short / proof
    np.putmask(needed, short > proof, NOBODY)
    return needed


RULE = Rule(
    name="shares",
    places=("compound",),
    columns=(
        Column("benefit", "flat", np.float64, "benefit over share to the flat's owner; minus infinity: never pays"),
    ),
    parameters=Parameters,
    set_up=_set_up,
    flows={
        "refunded": "signing rounds that failed and were paid back",
    },
)
