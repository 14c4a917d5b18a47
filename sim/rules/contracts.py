"""Contracts: whether a property company serves a compound, by which contract, until when, and who comes after it.

A contract is the developer's, fixed-term, a holdover without term (a fixed-term one that nobody has
renewed; Civil Code 948), or there is none. A company that has made a loss for some quarters gives
notice and leaves (弃管). Where there is none, another may be found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, noise
from sim.cases import NEVER, Stage
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.places.compound import ages
from sim.rules.trust import QUARTER
from sim.space import anywhere, where

if TYPE_CHECKING:
    from sim.worlds import Worlds

DEVELOPER, FIXED_TERM, HOLDOVER, NONE = 0, 1, 2, 3
"""Values of the column ``contract``."""

STOCKS = ("developer_contracts", "fixed_contracts", "holdover_contracts", "without_company")
"""Stocks of the compounds that have each contract, by its number."""

CONTRACTS = np.arange(len(STOCKS), dtype=np.int8)
"""All contracts there are."""

DEVELOPER_YEARS = 10
"""Age of a compound from which on nobody calls the developer's contract the developer's any more."""

YEAR = 365

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Parameters:
    """Contracts as found, and how they end and begin."""

    no_company: float = parameter(
        0.25,
        0.05,
        0.5,
        unit="share",
        source="prior-contract, companies-absent",
        doc="compounds without a property company at the start",
    )
    fixed_share: float = parameter(
        0.30,
        0.1,
        0.4,
        unit="share",
        tag="D",
        source="page-D20, page-D4: 602 / 1,990 = 0.30",
        doc="compounds with a fixed-term contract at the start; the rest has the developer's or a holdover",
    )
    term_years: float = parameter(
        2.0,
        1.0,
        3.0,
        unit="years",
        source="prior-contract",
        doc="length of a fixed-term contract",
    )
    notice_days: int = parameter(
        60,
        1,
        365,
        unit="days",
        kind="set",
        tag="F",
        source="civil-code-948",
        doc="time between notice and end",
    )
    exit_quarters: int = parameter(
        4,
        1,
        12,
        unit="quarters",
        kind="set",
        source="prior-company",
        doc="quarters of loss, one after another, after which a company gives notice",
    )
    tender_days: float = parameter(
        365.0,
        180.0,
        720.0,
        unit="days",
        source="guess: hiring by the owners' vote takes half a year to two years",
        doc="mean time until a compound without a company looks for one, in rounds of a quarter",
    )
    substitute: float = parameter(
        0.7,
        0.3,
        0.95,
        unit="probability",
        source="prior-contract",
        doc="chance that a firm can be had when one is looked for",
    )


def _set_up(w: Worlds) -> None:
    """Draw which contract each compound has, and how long a fixed-term one still runs."""
    seeds, compound = w.seeds[:, None], np.arange(w.layout.sizes["compound"])
    u = noise.uniform(seeds, "contract.found", compound)
    none, fixed = w.p.no_company, w.p.fixed_share
    grown = np.where(w.age < DEVELOPER_YEARS, DEVELOPER, HOLDOVER)
    w.contract[...] = np.where(u < none, NONE, np.where(u < none + fixed, FIXED_TERM, grown))
    phase = noise.uniform(seeds, "contract.phase", compound)
    left = 1 + np.floor(phase * w.p.term_years * YEAR).astype(np.int64)
    w.contract_end[...] = np.where(w.contract == FIXED_TERM, w.day + left, NEVER)
    w.company[...] = w.layout.traits["first_company"]
    take_stock(w)


def expire(w: Worlds) -> None:
    """Phase: contracts end; a company that has given notice leaves, a fixed term runs out into a holdover."""
    ends = w.contract_end == w.day
    if not anywhere(ends):
        return
    w.contract_end[ends] = NEVER
    world, compound = np.nonzero(ends & ~w.leaving)
    w.contract[world, compound] = HOLDOVER
    w.count("expired", world)

    left = ends & w.leaving
    if anywhere(left):
        _leave(w, left)
    _count_contracts(w)


def _leave(w: Worlds, left: NDArray[np.bool_]) -> None:
    """Let the companies of the given compounds leave, and those that stand ready begin."""
    world, compound = np.nonzero(left)
    _count_payers(w, world, compound, -1)
    w.contract[left] = NONE
    w.leaving[left] = False
    w.effort[left] = np.broadcast_to(w.p.lowest_effort, left.shape)[left]
    fen = w.till[left]
    books.transfer(w, "till", compound, "outside", np.zeros_like(compound), world, fen)
    w.count("tills_closed_fen", world, fen)
    w.stocks("captured_compounds", world[w.captured[left]], -1)
    for column in (w.till_before, w.collected, w.earned, w.losses, w.recoup, w.captured, w.informed, w.accounts_asked):
        column[left] = 0  # whoever follows has bought nobody, and has not been looked at
    _leave_behind(w, left)
    _forget_arrears(w, world, compound)
    w.count("left", world)
    _begin(w, left & w.successor)
    w.successor[left] = False


def review(w: Worlds) -> None:
    """Phase, quarterly: companies in loss for too long give notice, compounds without one look for another."""
    none = w.contract == NONE
    grown = (w.contract == DEVELOPER) & (ages(w) >= DEVELOPER_YEARS)
    if grown.any():
        w.contract[grown] = HOLDOVER
        _count_contracts(w)

    gives_up = ~none & ~w.leaving & (w.losses >= w.p.exit_quarters)
    w.contract_end[...] = np.where(gives_up, w.day + w.p.notice_days, w.contract_end)
    w.leaving[gives_up] = True

    _begin(w, none & _tendered(w))


def _begin(w: Worlds, found: NDArray[np.bool_]) -> None:
    """Let another company begin in the given compounds."""
    if not found.any():
        return
    compound = np.arange(w.layout.sizes["compound"])
    hired = (w.body > 0) & w.functioning
    until = w.day + np.rint(w.p.term_years * YEAR).astype(np.int64)
    w.contract[...] = np.where(found, np.where(hired, FIXED_TERM, HOLDOVER), w.contract)
    w.contract_end[...] = np.where(found & hired, until, w.contract_end)
    w.company[...] = np.where(found, len(compound) + compound, w.company)
    w.effort[...] = np.where(found, w.p.first_effort, w.effort)
    w.losses[found] = 0
    w.till_before[found] = w.till[found]
    world, begun = np.nonzero(found)
    _forget_arrears(w, world, begun)
    _count_payers(w, world, begun, 1)
    _count_contracts(w)


def renew(w: Worlds, world: Ints, compound: Ints) -> None:
    """Begin a new fixed term in the given compounds, after the present one if that still runs."""
    if len(world) == 0:
        return
    end = w.contract_end[world, compound].astype(np.int64)
    start = np.where(w.contract[world, compound] == FIXED_TERM, end, w.day)
    w.contract[world, compound] = FIXED_TERM
    w.contract_end[world, compound] = start + np.rint(w.at("term_years", world) * YEAR).astype(np.int64)
    _count_contracts(w)


def stand(w: Worlds, where_: NDArray[np.bool_], until: int) -> None:
    """Let a contract stand in the given compounds, whatever was there; who serves already goes on, else one begins.

    Not part of any day: for worlds in which it has been observed.

    Args:
        w: the worlds.
        where_: compounds, shape ``(worlds, compounds)``.
        until: the day on which a fixed term ends; `NEVER` = it goes on without term.
    """
    _begin(w, where_ & (w.contract == NONE))
    w.contract[where_] = HOLDOVER if until == NEVER else FIXED_TERM
    w.contract_end[where_] = until
    w.leaving[where_] = w.successor[where_] = False
    _count_contracts(w)


def replace(w: Worlds, world: Ints, compound: Ints) -> None:
    """Give notice to the companies of the given compounds; others stand ready."""
    w.leaving[world, compound] = True
    w.successor[world, compound] = True
    w.contract_end[world, compound] = w.day + w.whole("notice_days", world)


def _tendered(w: Worlds) -> NDArray[np.bool_]:
    """Return which compounds would find a company this quarter if they had none."""
    chance = np.minimum(QUARTER / w.p.tender_days, 1.0) * w.p.substitute
    compound = np.arange(w.layout.sizes["compound"])
    return noise.chance(chance, w.seeds[:, None], "company.found", compound, w.day // QUARTER)


def _forget_arrears(w: Worlds, world: Ints, compound: Ints) -> None:
    """Forget what the flats of the given compounds owe to a company that is gone."""
    flats, position = w.layout.rows_of("compound", "household", compound)
    w.arrears[world[position], flats] = 0


def _count_payers(w: Worlds, world: Ints, compound: Ints, change: int) -> None:
    """Count the payers of the given compounds, each named once, in (1) or out (-1)."""
    flats, position = w.layout.rows_of("compound", "household", compound)
    at = world[position]
    w.stocks("payers", at[w.pays[at, flats]], change)


def _leave_behind(w: Worlds, compounds: NDArray[np.bool_]) -> None:
    """Let what a company that leaves has put into repairs not yet begun be the owners' from now on.

    It lies in escrow; whoever comes after it has no claim to it if the money does not come together.
    """
    c = w.cases
    rows = where(c.from_company > 0)
    held = (c.stage[rows] >= int(Stage.SIGNING)) & (c.stage[rows] <= int(Stage.FUNDING))
    rows = rows[held & compounds[c.world[rows], c.compound[rows]]]
    w.count("left_behind_fen", c.world[rows], c.from_company[rows])
    c.from_public[rows] += c.from_company[rows]
    c.from_company[rows] = 0


def take_stock(w: Worlds) -> None:
    """Count in how many compounds there is a company, by which contract, and how many flats pay it."""
    _count_contracts(w)
    served = w.contract != NONE
    w.stock["payers"][...] = (w.pays & served[:, w.layout.up("flat", "compound")]).sum(axis=1)


def _count_contracts(w: Worlds) -> None:
    """Keep up to date how many compounds have which contract."""
    have = (w.contract[:, None] == CONTRACTS[:, None]).sum(axis=2)
    for contract, stock in enumerate(STOCKS):
        w.stock[stock][...] = have[:, contract]
    w.stock["with_company"][...] = w.contract.shape[1] - have[:, NONE]


RULE = Rule(
    name="contracts",
    places=("compound",),
    columns=(
        Column("contract", "compound", np.int8, "contract: 0 developer's, 1 fixed-term, 2 holdover, 3 no company"),
        Column("contract_end", "compound", np.int32, "day on which the contract ends; 2^31 - 1 = without term"),
        Column("successor", "compound", np.bool_, "another company stands ready to follow the one that leaves"),
        Column("leaving", "compound", np.bool_, "the company has given notice"),
        Column("company", "compound", np.int64, "number of the company; of the last one where there is none"),
    ),
    flows={
        "left": "companies that left a compound",
        "tills_closed_fen": "what companies that left had made of the compound and took along, debts below 0, fen",
        "left_behind_fen": "put into repairs not yet begun by companies that then left; the owners' since, fen",
        "expired": "fixed terms that ran out into a holdover",
    },
    stocks={
        "with_company": "compounds that have a property company",
        "without_company": "compounds that have none",
        "developer_contracts": "compounds served by the developer's contract",
        "fixed_contracts": "compounds served for a fixed term",
        "holdover_contracts": "compounds served without term",
    },
    parameters=Parameters,
    set_up=_set_up,
)
