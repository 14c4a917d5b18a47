"""Shares: the owners of a building are asked, one by one, to sign and pay for its repair.

Shares are voluntary money, not votes: an owner signs, and pays at once, when benefit over share + what
others have signed + trust in the organiser reaches 1; some never do (Granovetter 1978; Fischbacher
2001). An owner whom nobody visits thinks about it now and then. When enough has come together the
works can start; a round that is not complete in time is paid back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, distributions, noise
from sim.cases import Activity, Clock, Stage, log_cases, move_cases
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.places.compound import OWNER
from sim.rules import keeping, trust
from sim.space import where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

NOBODY = 2.0
"""A share signed that is never reached."""

LONGEST_ROUND = 512
"""Days that no signing round reaches, so that (round, day of the round) is one number."""


@dataclass(frozen=True)
class Parameters:
    """Benefit, consent and patience."""

    benefit: float = parameter(
        0.65,
        0.5,
        0.8,
        unit="share",
        source="priors: b/share N(.65, .2)",
        doc="mean benefit of the repair over an owner's share",
    )
    benefit_sd: float = parameter(
        0.20,
        0.10,
        0.30,
        unit="share",
        source="priors: b/share N(.65, .2)",
        doc="spread of the benefit over owners",
    )
    benefit_top: float = parameter(
        0.95,
        0.80,
        1.20,
        unit="share",
        source="priors: top floor N(.95, .15)",
        doc="mean benefit over share on the top floor",
    )
    benefit_top_sd: float = parameter(
        0.15,
        0.05,
        0.25,
        unit="share",
        source="priors: top floor N(.95, .15)",
        doc="its spread over owners",
    )
    social_proof: float = parameter(
        1.0,
        0.5,
        1.5,
        unit="1",
        source="priors: u = b/share + 1.0 f + .4 (trust - .5)",
        doc="weight of the share of the building that has signed",
    )
    share_trust: float = parameter(
        0.4,
        0.0,
        0.8,
        unit="1",
        source="priors: u = b/share + 1.0 f + .4 (trust - .5)",
        doc="weight of trust in the organiser",
    )
    never_pay: float = parameter(
        0.15,
        0.05,
        0.30,
        unit="share",
        source="priors: never-pay .15 (Fischbacher 2001)",
        doc="owners who never pay a share",
    )
    member_leads: float = parameter(
        0.7,
        0.4,
        0.9,
        unit="probability",
        source="priors: members sign first .7 (evidence D15)",
        doc="chance that a member among the owners, when called to, signs before the others",
    )
    consider_days: float = parameter(
        20.0,
        10.0,
        40.0,
        unit="days",
        source="priors: an unvisited owner decides at 1/20 a day",
        doc="mean time until an unvisited owner thinks about it",
    )
    funded_share: float = parameter(
        0.80,
        0.67,
        1.0,
        unit="share",
        source="priors: funded at .80 of cost",
        doc="share of the cost at which the crew starts",
    )
    signing_days: int = parameter(
        90,
        45,
        180,
        unit="days",
        source="model 5.6: unfunded after 90 days = refunded",
        doc="time after which an unfunded round is paid back",
    )


def _set_up(w: Worlds) -> None:
    """Draw what a repaired roof is worth to each owner, and who will never pay for one."""
    seeds, flat = w.seeds[:, None], np.arange(w.households)
    top = w.layout.traits["top"] == 1
    mean, sd = np.where(top, w.p.benefit_top, w.p.benefit), np.where(top, w.p.benefit_top_sd, w.p.benefit_sd)
    own = mean + sd * distributions.normal(seeds, "owner.benefit", flat)
    never = noise.chance(w.p.never_pay, seeds, "owner.never_pays", flat)
    w.benefit[...] = np.where(never, -np.inf, own)


def ask(w: Worlds, rows: Ints, fen: Ints) -> None:
    """Ask the owners of the buildings for equal shares of a cost; a round of signing begins.

    Args:
        w: the worlds.
        rows: case rows of the repairs.
        fen: cost of each.
    """
    c = w.cases
    world, building = c.world[rows], c.bearer[rows]
    c.rounds[rows] += 1
    c.started[rows] = w.day
    move_cases(w, rows, Stage.SIGNING)
    log_cases(w, rows, Activity.SIGNING)
    w.repair_cost[world, building] = fen
    w.share[world, building] = -(-fen // w.layout.count("building", "household")[building])
    w.signers[world, building] = 0
    owners, position = w.layout.rows_of("building", "household", building)
    at = world[position]
    w.signed[at, owners] = False
    need = _signers_needed(w, rows[position], at, owners)
    w.signers_needed[at, owners] = need
    w.doors_passed[world, building] = 0
    first = _members_who_lead(w, rows[position], at, owners)
    _sign(w, at[first], owners[first], building[position[first]])
    later = ~first & (need < NOBODY)
    _consider_later(w, rows[position[later]], at[later], owners[later])


def _members_who_lead(w: Worlds, case: Ints, world: Ints, owner: Ints) -> NDArray[np.bool_]:
    """Return which owners are members who, called on first, sign and pay before anybody else is asked."""
    lead: NDArray[np.bool_] = np.zeros(len(owner), dtype=bool)
    members = where(w.member[world, owner] & (w.tenure[world, owner] == OWNER))
    called = keeping.spend(w, "calls", world[members], w.cases.compound[case[members]], "door_hours")
    at = members[called]
    if len(at):
        key, rounds = w.cases.key[case[at]], w.cases.rounds[case[at]]
        lead[at] = noise.chance(w.at("member_leads", world[at]), key, "share.member_leads", owner[at], rounds)
    return lead


def _signers_needed(w: Worlds, case: Ints, world: Ints, owner: Ints) -> NDArray[np.float64]:
    """Return the share of the building that must have signed before each owner signs; `NOBODY` = never.

    An owner's threshold (Granovetter 1978): benefit over share + social proof x share signed +
    weight x (trust in the organiser - 1/2) >= 1. She makes up her mind when the round begins.
    """
    by_community = w.cases.organiser[case] >= 2 * w.layout.sizes["compound"]
    confidence = trust.in_desk(w, "body", world, owner)
    confidence[by_community] = trust.in_desk(w, "community", world[by_community], owner[by_community])
    own = w.benefit[world, owner]
    short = 1 - own - w.at("share_trust", world) * (confidence - 0.5)
    proof = w.at("social_proof", world)
    return np.where(short > proof, NOBODY, short / proof)


def _consider_later(w: Worlds, case: Ints, world: Ints, owner: Ints) -> None:
    """Put on the agenda when each owner next thinks about the share asked of them."""
    if len(case) == 0:
        return
    c = w.cases
    started = c.started[case]
    draw = noise.exponential(c.key[case], "share.consider", owner, c.rounds[case] * LONGEST_ROUND + w.day - started)
    day = w.day + w.wait("consider_days", world, draw)
    soon = day < started + w.at("signing_days", world)
    w.agenda.append(world=world[soon], clock=Clock.CONSIDER, row=owner[soon], day=day[soon], stamp=started[soon])


def consider(w: Worlds) -> None:
    """Phase: owners whose turn it is sign and pay their share, or put it off."""
    world, owner, stamp = w.page[int(Clock.CONSIDER)]
    c = w.cases
    if len(world) == 0 or len(c) == 0:
        return
    building = w.layout.up("household", "building")[owner]
    case = w.leak_case.reshape(-1).take(world * w.layout.sizes["building"] + building)
    open_round = (case >= 0) & (c.stage.take(case) == int(Stage.SIGNING)) & (c.started.take(case) == stamp)
    if not open_round.all():
        world, owner, building, case = world[open_round], owner[open_round], building[open_round], case[open_round]
    undecided = ~w.signed.reshape(-1).take(world * w.households + owner)  # some have signed at their door
    world, owner, building, case = world[undecided], owner[undecided], building[undecided], case[undecided]
    signs = decide(w, world, owner, building)
    _consider_later(w, case[~signs], world[~signs], owner[~signs])


def decide(w: Worlds, world: Ints, owner: Ints, building: Ints) -> NDArray[np.bool_]:
    """Let owners who have not signed decide, given how many have by now; return who signs, and has paid."""
    house = world * w.layout.sizes["building"] + building
    have = w.signers.reshape(-1).take(house) / w.layout.count("building", "household")[building]
    signs: NDArray[np.bool_] = have >= w.signers_needed.reshape(-1).take(world * w.households + owner)
    _sign(w, world[signs], owner[signs], building[signs])
    return signs


def _sign(w: Worlds, world: Ints, owner: Ints, building: Ints) -> None:
    """Let owners sign and pay their share into the building's escrow."""
    w.signed[world, owner] = True
    np.add.at(w.signers.reshape(-1), world * w.layout.sizes["building"] + building, np.int32(1))
    books.transfer(w, "purse", owner, "escrow", building, world, w.share[world, building])
    w.count("signed_shares", world)


def fund(w: Worlds) -> None:
    """Phase: start the works of repairs with enough money; pay back those that ran out of time."""
    c = w.cases
    rows = where(c.stage == int(Stage.SIGNING))
    if len(rows) == 0:
        return
    world, building = c.world[rows], c.bearer[rows]
    held = w.escrow[world, building]
    enough = held >= np.ceil(w.at("funded_share", world) * w.repair_cost[world, building])
    late = ~enough & (w.day - c.started[rows] >= w.at("signing_days", world))

    _refund(w, rows[late])
    if not enough.any():
        return
    begun = rows[enough]
    outside = np.zeros(len(begun), dtype=np.int64)
    books.transfer(w, "escrow", building[enough], "outside", outside, world[enough], held[enough])
    w.count("repair_fen", world[enough], held[enough])
    w.count("unpaid_fen", world[enough], np.maximum(w.repair_cost[world, building] - held, 0)[enough])
    c.ready[begun] = w.day + w.whole("works_days", world[enough])
    c.started[begun] = w.day
    move_cases(w, begun, Stage.WORKS)
    log_cases(w, begun, Activity.FUNDED)


def _refund(w: Worlds, rows: Ints) -> None:
    """Pay the shares of failed rounds back and shelve the proposals."""
    if len(rows) == 0:
        return
    c = w.cases
    world, building = c.world[rows], c.bearer[rows]
    owners, position = w.layout.rows_of("building", "household", building)
    paid = w.signed[world[position], owners]
    owners, position = owners[paid], position[paid]
    fen = w.share[world[position], building[position]]
    books.transfer(w, "escrow", building[position], "purse", owners, world[position], fen)
    w.count("refunded", world)
    c.started[rows] = w.day
    move_cases(w, rows, Stage.SHELVED)
    log_cases(w, rows, Activity.REFUNDED)


RULE = Rule(
    name="shares",
    columns=(
        Column(
            "benefit", "household", np.float64, "benefit over share to the flat's owner; minus infinity: never pays"
        ),
        Column("repair_cost", "building", np.int64, "cost of the repair proposed, fen"),
        Column("share", "building", np.int64, "share asked of each owner, fen"),
        Column("signers", "building", np.int32, "owners who have signed and paid in this round"),
        Column(
            "signers_needed",
            "household",
            np.float64,
            "share of the building that must have signed before the owner signs",
        ),
        Column("doors_passed", "building", np.int32, "doors passed in this round of signing, over and over"),
        Column("signed", "household", np.bool_, "the flat's owner has signed and paid in this round"),
    ),
    parameters=Parameters,
    set_up=_set_up,
    flows={
        "signed_shares": "shares signed and paid",
        "repair_fen": "paid to crews, fen",
        "unpaid_fen": "cost of repairs begun that nobody has paid yet, fen",
        "refunded": "signing rounds that failed and were paid back",
    },
)
