"""Renewals: what is asked of the company when its contract is up, what it accepts, and how owners vote.

A contract in its last months, or held over without term, can be talked about if the body has time for talks.
After some rounds the body lays its demand on the table: the dear repairs that are waiting. The company accepts
a repair if its own cost is at most V x [P(stay | accept) - P(stay | refuse)]: V what the relation is worth to
it, P from the quorum it expects and from whether another firm could be had (Baker, Gibbons & Murphy 2002).
Refused, or seen to work badly, it may face a ballot on its replacement; else the owners vote on the renewal.
Without talks, or without a quorum, the contract holds over (Civil Code 948).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, exact, noise
from sim.cases import DEFECT, Stage
from sim.columns import Column, Lever, Rule
from sim.parameters import parameter
from sim.places.compound import BODY
from sim.rules import bodies, company, contracts, defects, funding, keeping, motions, referrals, votes
from sim.rules.motions import Motion
from sim.rules.trust import QUARTER
from sim.space import anywhere, first_of_group, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR, WEEK = 365, 7

RENEW, REPLACE = int(Motion.RENEW), int(Motion.REPLACE)


@dataclass(frozen=True)
class Parameters:
    """Talks, threats and what becomes of concessions."""

    window_days: int = parameter(
        120,
        90,
        180,
        unit="days",
        source="prior-contract, page-D8",
        doc="last days of a term in which a renewal can be talked about",
    )
    talk_hours: float = parameter(
        3.0,
        1.5,
        6.0,
        unit="hours",
        source="prior-service",
        doc="one round of talks",
    )
    talk_rounds: int = parameter(
        3,
        1,
        6,
        unit="rounds",
        kind="set",
        source="prior-service",
        doc="rounds before the demand is on the table",
    )
    own_talk_hours: float = parameter(
        0.5,
        0.0,
        1.5,
        unit="hours/week",
        source="guess: a round in six weeks; bodies talk a little of their own accord",
        doc="what a functioning body sets aside for talks of its own accord",
    )
    talk_pause_days: int = parameter(
        365,
        180,
        730,
        unit="days",
        source="guess: once a year where there is no term",
        doc="time after talks before a contract without term is talked about again",
    )
    own_resolve: float = parameter(
        0.2,
        0.0,
        0.5,
        unit="probability",
        source="guess: few committees ever put a replacement to the vote",
        doc="chance that a body whose demand is refused calls the ballot of its own accord",
    )
    forecast_error: float = parameter(
        0.05,
        0.02,
        0.10,
        unit="share",
        source="guess: turnout and votes are foreseen within some five points",
        doc="how unsure the company is of turnout and of votes",
    )
    recouped: float = parameter(
        0.5,
        0.0,
        1.0,
        unit="share",
        source="prior-capture",
        doc="what the company takes back out of public income over the next term",
    )


def _set_up(w: Worlds) -> None:
    """Settle how much time bodies as found set aside; nobody has talked yet."""
    w.talked_day[...] = w.day - np.floor(
        noise.uniform(w.seeds[:, None], "renewal.talked", np.arange(w.layout.sizes["compound"])) * w.p.talk_pause_days
    ).astype(np.int64)
    found(w)


def found(w: Worlds) -> None:
    """Settle anew what the bodies that now stand set aside for talks of their own accord, and their resolve."""
    w.talks_found[...] = np.where(w.functioning, np.rint(60 * w.p.own_talk_hours), 0)
    w.resolve_found[...] = np.where(w.functioning, w.p.own_resolve, 0.0)


def up(w: Worlds) -> NDArray[np.bool_]:
    """Return which contracts are up: they could be talked about today if there were somebody to do so."""
    ending = (w.contract == contracts.FIXED_TERM) & (w.contract_end - w.day <= w.p.window_days)
    loose = ((w.contract == contracts.HOLDOVER) | (w.contract == contracts.DEVELOPER)) & (
        w.day - w.talked_day >= w.p.talk_pause_days
    )
    return (ending | loose) & ~w.leaving & ~w.balloting


def talk(w: Worlds) -> None:
    """Phase, weekly: bodies with enough time in hand talk with the company; after the last round they demand."""
    open_ = up(w)
    before = w.contract_up & (w.day != 0)  # of a run that begins on day 0 all that are up then are new
    w.count("came_up", np.nonzero(open_ & ~before)[0])
    w.contract_up[...] = open_
    may = open_ & (w.body > bodies.NONE) & ~w.captured
    w.talks[~may] = 0
    world, compound = np.nonzero(may & (w.talks_balance > 0))
    done = keeping.spend(w, "talks", world, compound, "talk_hours")
    world, compound = world[done], compound[done]
    w.count("talks", world)
    w.talks[world, compound] += 1
    over = w.talks[world, compound] >= w.at("talk_rounds", world)
    _conclude(w, world[over], compound[over])


def _conclude(w: Worlds, world: Ints, compound: Ints) -> None:
    """Lay the demand on the table; then the owners vote, on the renewal or on a replacement."""
    if len(world) == 0:
        return
    w.talks[world, compound] = 0
    w.talked_day[world, compound] = w.day
    w.contract_up[world, compound] = False
    w.recoup[world, compound] = 0
    refused = _demand(w, world, compound)
    seeds = w.seeds[world]
    blur = w.at("effort_noise", world) / (1 + w.informed[world, compound])
    bad = exact.logistic((w.at("expected_effort", world) - w.effort[world, compound]) / blur)
    draw = noise.uniform(seeds, ("renewal.displeased", "renewal.resolved"), compound, w.day)
    displeased, resolved = refused | (draw[0] < bad), draw[1] < w.resolve[world, compound]
    replace = displeased & resolved
    w.balloting[world, compound] = True
    w.count("renewals", world)
    w.count("replacements", world[replace])
    order = replace.argsort(kind="stable")  # renewals are put first
    world, compound, kind = world[order], compound[order], np.where(replace, REPLACE, RENEW)[order]
    organiser = referrals.of_compound(w, compound, BODY)
    key = noise.bits(w.seeds[world], "motion", kind, compound, w.day)
    votes.call(w, motions.put(w, kind, world, compound, organiser, key, w.whole("ballot_days", world)))


def value(w: Worlds) -> Floats:
    """Return what each relation is worth to its company, fen: a year's earnings for as long as it may last."""
    return company.QUARTERS * np.maximum(w.earned, 0) / (1 - w.p.discount * (1 - w.p.relation_loss))


def leverage(w: Worlds) -> Floats:
    """Return by how much refusing a demand would lower the company's chance to stay, as it reckons.

    It expects the body to call the ballot with chance ``resolve``; a quorum from how many owners will think
    about it unvisited, how many doors can be knocked on, and how many never vote; a majority from how
    dissatisfied owners are; and another firm with chance ``substitute``.
    """
    flats = w.layout.count("compound", "household")
    days = w.p.ballot_days
    doors = w.doors_minutes / (60 * w.p.door_hours) * days / WEEK
    visited = np.minimum(doors * w.p.at_home / flats, 1.0)
    unaware = noise.exp(-days / w.p.consider_days) * (1 - visited)
    turnout = (1 - w.p.apathy) * (1 - unaware)
    quorum = exact.logistic((turnout - 2 / 3) / w.p.forecast_error)
    quorum = np.where(w.p.silence_counts > 0, 1.0, quorum)
    majority = exact.logistic((0.5 - w.satisfaction) / w.p.forecast_error)
    feared: Floats = w.resolve * quorum * majority * w.p.substitute
    return feared


def fear(w: Worlds) -> None:
    """Phase, quarterly: companies reckon how likely bad work would cost them the contract within a year."""
    soon = (w.contract_end <= w.day + YEAR) | (w.contract == contracts.HOLDOVER) | (w.contract == contracts.DEVELOPER)
    time = w.talks_minutes > 0
    w.threat[...] = np.where(soon & time & (w.body > bodies.NONE) & ~w.captured, leverage(w), 0.0)


def _demand(w: Worlds, world: Ints, compound: Ints) -> NDArray[np.bool_]:
    """Ask for the dear repairs that are waiting, the most severe first; return where one was refused.

    The company accepts one after another as long as their cost to it together stays within its interest.
    """
    c, compounds = w.cases, w.layout.sizes["compound"]
    asked = np.zeros((w.n, compounds), dtype=bool)
    asked[world, compound] = True
    stage = c.stage
    open_ = (stage == int(Stage.WAITING)) | (stage == int(Stage.APPROVAL)) | (stage == int(Stage.SHELVED))
    rows = where((DEFECT.take(c.kind)) & ~c.minor & open_)
    rows = rows[asked[c.world[rows], c.compound[rows]]]
    refused = np.zeros((w.n, compounds), dtype=bool)
    if len(rows):
        place = c.world[rows] * compounds + c.compound[rows]
        order = np.lexsort((rows, c.opened[rows], -c.severity[rows], place))
        rows, place = rows[order], place[order]
        own = np.rint(w.at("own_cost", c.world[rows]) * defects.cost_now(w, rows)).astype(np.int64)
        total = np.cumsum(own)
        together = total - (total - own)[first_of_group(place)]
        interest = (value(w) * leverage(w)).reshape(-1)[place]
        yes = together <= interest
        funding.concede(w, rows[yes], own[yes])
        refused[c.world[rows[~yes]], c.compound[rows[~yes]]] = True
        term = _quarters(w)[c.world[rows], 0]
        back = np.rint(w.at("recouped", c.world[rows]) * own / term).astype(np.int64)
        np.add.at(w.recoup.reshape(-1), place[yes], back[yes])
    return refused[world, compound]


def count(w: Worlds) -> None:
    """Phase: ballots on renewal or replacement are counted."""
    if not anywhere(w.balloting):
        return
    over, passed = votes.over(w, Motion.RENEW, Motion.REPLACE)
    if len(over) == 0:
        return
    m = w.motions
    motions.close(w, over)
    w.balloting[m.world[over], m.compound[over]] = False
    yes = over[passed]
    if len(yes) == 0:
        return
    served = w.contract[m.world[yes], m.compound[yes]] != contracts.NONE
    yes = yes[served & ~w.leaving[m.world[yes], m.compound[yes]]]
    world, compound, renewed = m.world[yes], m.compound[yes], m.kind[yes] == int(Motion.RENEW)
    contracts.renew(w, world[renewed], compound[renewed])
    w.count("renewed", world[renewed])
    if renewed.all():
        return
    world, compound = world[~renewed], compound[~renewed]
    had = noise.chance(w.at("substitute", world), w.seeds[world], "renewal.substitute", compound, w.day)
    contracts.replace(w, world[had], compound[had])
    w.count("replaced", world[had])


def _quarters(w: Worlds) -> Floats:
    """Return the quarters of a term, over which what was conceded is taken back, shape ``(worlds, 1)``."""
    quarters: Floats = np.maximum(np.rint(w.p.term_years * YEAR / QUARTER), 1)
    return quarters


def take_back(w: Worlds) -> None:
    """Phase, quarterly: companies take back out of public income part of what they conceded, as far as it goes.

    They do so on the quarter days of one term, that of the concession included.
    """
    nth = w.day // QUARTER + -w.talked_day.astype(np.int64) // QUARTER + 1  # quarter days since, this one included
    world, compound = np.nonzero((w.recoup > 0) & (nth <= _quarters(w)) & (w.contract != contracts.NONE))
    fen = np.minimum(w.recoup[world, compound], np.maximum(w.public[world, compound], 0))
    books.transfer(w, "public", compound, "till", compound, world, fen)
    w.count("recouped_fen", world, fen)


RULE = Rule(
    name="renewals",
    places=("compound",),
    columns=(
        Column(
            "contract_up", "compound", np.bool_, "the contract was up when the week began, and no ballot has followed"
        ),
        Column("talks", "compound", np.int32, "rounds of talks so far"),
        Column("talked_day", "compound", np.int32, "day on which talks last came to an end"),
        Column("balloting", "compound", np.bool_, "owners vote on the company"),
        Column("recoup", "compound", np.int64, "what the company takes back a quarter of what it last conceded, fen"),
        Column("resolve_found", "compound", np.float64, "chance that the body as found calls a ballot when refused"),
    ),
    levers=(
        Lever(
            "resolve",
            "compound",
            "resolve_found",
            "max",
            "probability",
            "whether a ballot on replacement is called when a demand is refused",
            np.float64,
        ),
    ),
    parameters=Parameters,
    flows={
        "talks": "rounds of talks with companies",
        "came_up": "contracts that came to be up, in the last months of a term or long enough without talks, or were "
        "up on day 0",
        "renewals": "ballots on contracts called after talks, on renewing or replacing",
        "replacements": "of those, on replacing the company",
        "renewed": "contracts renewed",
        "replaced": "companies replaced",
        "recouped_fen": "taken back out of public income for what was conceded, fen",
    },
    set_up=_set_up,
)
