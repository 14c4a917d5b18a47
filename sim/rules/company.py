"""The property company: it pays wages out of what it collects, and chooses how hard to work.

Each quarter it looks ahead: more effort costs wages now, satisfies the owners slowly and brings fees
later; and where it fears for the contract, the years after the next are at stake, and what is seen of
its effort counts (Holmstrom 1979: the more is seen, the sharper the incentive). One staff serves all
its compounds, so that money missing in one is effort missing in all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, exact, noise
from sim.books import FEN
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.rules import fees
from sim.rules.contracts import NONE

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

QUARTERS = 4
"""Quarters of a year."""

YEARS = 5
"""Years over which a company follows satisfaction and fees ahead; the last quarter then goes on for ever."""

STEPS = 17
"""Steps from the lowest effort to full effort, among which it chooses first."""

FINER = 8
"""Parts of such a step, among which it then chooses."""

FINEST = 1000
"""Where money is short, effort is cut to whole thousandths."""


@dataclass(frozen=True)
class Parameters:
    """What service costs, what it brings, and what is seen of it."""

    fixed_cost: float = parameter(
        0.42,
        0.35,
        0.5,
        unit="of fees billed",
        source="prior-company: retuned to a margin of 5-15%, effort being chosen",
        doc="cost whatever the effort; in proportion to the bill, since fees go by the grade of service",
    )
    effort_cost: float = parameter(
        0.79,
        0.63,
        0.95,
        unit="of fees billed",
        source="prior-company: 63 of a bill of 80 yuan",
        doc="cost of full effort beside it; it grows with the square of effort",
    )
    discount: float = parameter(
        0.90,
        0.85,
        0.93,
        unit="per year",
        source="prior-company, baker-2002",
        doc="what next year's yuan is worth to the company today",
    )
    relation_loss: float = parameter(
        0.1,
        0.05,
        0.2,
        unit="per year",
        source="prior-company",
        doc="chance that the relation ends for reasons outside the model, as the company reckons",
    )
    public_income: float = parameter(
        60.0,
        20.0,
        120.0,
        unit="yuan/flat-year",
        source="prior-public-income, civil-code-282",
        doc="income from parking and adverts, which belongs to the owners",
    )
    kept_share: float = parameter(
        0.5,
        0.0,
        1.0,
        unit="share",
        source="prior-public-income",
        doc="public income that the company keeps unless it is asked for accounts",
    )
    satisfaction_speed: float = parameter(
        0.3,
        0.15,
        0.5,
        unit="per quarter",
        source="prior-fee",
        doc="how far owners' satisfaction moves towards the effort in a quarter",
    )
    expected_effort: float = parameter(
        0.65,
        0.5,
        0.8,
        unit="effort",
        source="guess: somewhat below the normal effort of 0.7-0.8",
        doc="effort at which work seen is as likely to be called bad as good",
    )
    effort_noise: float = parameter(
        0.2,
        0.1,
        0.4,
        unit="effort",
        source="guess, holmstrom-1979: no number is given there",
        doc="how blurred effort is to owners who do not inspect",
    )
    lowest_effort: float = parameter(
        0.15,
        0.05,
        0.5,
        unit="effort",
        kind="set",
        source="prior-company",
        doc="effort of the poorest company, and of owners left to themselves",
    )
    first_effort: float = parameter(
        0.7,
        0.5,
        1.0,
        unit="effort",
        kind="set",
        source="prior-company",
        doc="effort with which companies start",
    )
    satisfied_low: float = parameter(
        0.3,
        0.0,
        0.5,
        unit="satisfaction",
        kind="set",
        source="design: wide, so that both basins are met",
        doc="lowest satisfaction at the start, where there is a company; uniform up to the highest",
    )
    satisfied_high: float = parameter(
        0.9,
        0.5,
        1.0,
        unit="satisfaction",
        kind="set",
        source="design: wide, so that both basins are met",
        doc="highest satisfaction at the start",
    )


def _set_up(w: Worlds) -> None:
    """Draw how satisfied the owners are to begin with."""
    served = w.contract != NONE
    lowest, low, high = w.p.lowest_effort, w.p.satisfied_low, w.p.satisfied_high
    u = noise.uniform(w.seeds[:, None], "company.satisfaction", np.arange(w.layout.sizes["compound"]))
    w.satisfaction[...] = np.where(served, low + (high - low) * u, lowest)
    w.effort[...] = np.where(served, w.p.first_effort, lowest)
    _take_stock(w)


def _take_stock(w: Worlds) -> None:
    """Keep up to date how satisfied owners are; each compound is rounded, so that the sum is exact."""
    w.stock["satisfaction"][...] = np.rint(1000 * w.satisfaction).astype(np.int64).sum(axis=1)


def _fen(yuan: Floats) -> Ints:
    """Return yuan in whole fen."""
    return np.rint(yuan * FEN).astype(np.int64)


def _kept(w: Worlds, income: Ints) -> Ints:
    """Return what companies keep of the public income."""
    keeps = (w.contract != NONE) & ~w.accounts_asked
    return np.where(keeps, np.rint(w.p.kept_share * income), 0).astype(np.int64)


def _public_income(w: Worlds) -> Ints:
    """Return the quarter's public income of each compound, in fen; nobody raises it without company and body."""
    raised = (w.contract != NONE) | (w.body > 0)
    return np.where(raised, _fen(w.p.public_income / 4 * w.layout.count("compound", "household")), 0)


def account(w: Worlds) -> None:
    """Phase, quarterly: companies pay wages and keep their part of public income; they see what they have earned."""
    served = w.contract != NONE
    cost = w.p.fixed_cost + w.p.effort_cost * w.effort * w.effort
    wages = np.where(served, np.rint(fees.billed(w) * cost), 0).astype(np.int64)
    income = _public_income(w)
    kept = _kept(w, income)

    world, compound = (index.reshape(-1) for index in np.indices(served.shape))
    outside = np.zeros_like(compound)
    books.transfer(w, "till", compound, "outside", outside, world, wages.reshape(-1))
    books.transfer(w, "outside", outside, "till", compound, world, kept.reshape(-1))
    books.transfer(w, "outside", outside, "public", compound, world, (income - kept).reshape(-1))
    w.flow["wages_fen"] += wages.sum(axis=1)
    w.flow["kept_fen"] += kept.sum(axis=1)
    w.flow["public_fen"] += (income - kept).sum(axis=1)

    w.earned[...] = np.where(served, w.till - w.till_before, 0)
    w.till_before[...] = w.till
    w.losses[...] = np.where(w.earned < 0, w.losses + 1, 0)


def choose(w: Worlds) -> None:
    """Phase, quarterly: owners' satisfaction follows effort; companies choose the effort of the next quarter."""
    w.satisfaction[...] += w.p.satisfaction_speed * (w.effort - w.satisfaction)
    _take_stock(w)
    none = w.contract == NONE
    w.effort[...] = w.p.lowest_effort if none.all() else np.where(none, w.p.lowest_effort, _afford(w, _wish(w)))


def _wish(w: Worlds) -> Floats:
    """Return the effort that each company would choose in each compound if it had the staff, the lowest of the best.

    Steps over the whole range come first, for what is promised may have two peaks; then finer ones around the best.
    """
    lowest = np.broadcast_to(w.p.lowest_effort, w.effort.shape)
    step = (1 - lowest) / STEPS
    best = _best(w, lowest + step * np.arange(STEPS + 1)[:, None, None])
    around = best + step * (np.arange(1 - FINER, FINER) / FINER)[:, None, None]
    return _best(w, np.minimum(np.maximum(around, lowest), 1.0))


def _best(w: Worlds, effort: Floats) -> Floats:
    """Return which of some efforts, shape ``(steps, worlds, compounds)``, promise most; of equals the first."""
    chosen: Floats = np.take_along_axis(effort, np.argmax(promise(w, effort), axis=0)[None], axis=0)[0]
    return chosen


def promise(w: Worlds, effort: Floats) -> Floats:
    """Return what companies reckon to earn by working so hard from now on, fen, in the shape of `effort`."""
    bill = fees.billed(w)
    wages = bill * (w.p.fixed_cost + w.p.effort_cost * effort * effort)
    kept = _kept(w, _public_income(w))
    satisfaction, share = w.satisfaction, fees.paying(w)
    worth = w.p.discount * (1 - w.p.relation_loss)
    factor: Floats = np.ones_like(worth)
    first: Floats = np.zeros(w.effort.shape)
    later: Floats = first
    margin: Floats = first
    for year in range(YEARS):
        earned: Floats = np.zeros(w.effort.shape)
        for _ in range(QUARTERS):
            satisfaction = satisfaction + w.p.satisfaction_speed * (effort - satisfaction)
            share = share + w.p.fee_speed * (fees.supported(w, satisfaction, share) - share)
            margin = share * bill + kept - wages
            earned = earned + margin
        if year == 0:
            first = earned
        else:
            factor = factor * worth
            later = later + factor * earned
    later = later + factor * worth * QUARTERS * margin / (1 - worth)
    result: Floats = first + np.maximum(later, 0) * staying(w, effort)
    return result


def staying(w: Worlds, effort: Floats) -> Floats:
    """Return the chance to keep the contract for a year, as a company reckons that works so hard."""
    blur = w.p.effort_noise / (1 + w.informed)
    return 1 - w.threat * exact.logistic((w.p.expected_effort - effort) / blur)


def _staff_wages(w: Worlds, effort: Floats) -> Ints:
    """Return what the quarter's effort in each compound costs, the cost of a flat without effort left out."""
    return np.rint(fees.billed(w) * (w.p.effort_cost * effort * effort)).astype(np.int64)


def _afford(w: Worlds, wish: Floats) -> Floats:
    """Return the effort that the staff of each company can give, if it spends no more than all its compounds bring."""
    served = w.contract != NONE
    means = w.earned + _staff_wages(w, w.effort)
    wages = _staff_wages(w, wish)
    row = np.arange(w.n)[:, None]
    pooled_means, pooled_wages = np.zeros((2, w.n, 2 * served.shape[1]), dtype=np.int64)
    np.add.at(pooled_means, (row, w.company), np.where(served, means, 0))
    np.add.at(pooled_wages, (row, w.company), np.where(served, wages, 0))
    b, d = pooled_means[row, w.company], pooled_wages[row, w.company]
    short = d > b
    cut = wish * np.sqrt(np.maximum(b, 0) / np.where(short, np.maximum(d, 1), 1))
    return np.where(short, np.maximum(np.floor(cut * FINEST) / FINEST, w.p.lowest_effort), wish)


RULE = Rule(
    name="company",
    places=("compound",),
    columns=(
        Column("effort", "compound", np.float64, "effort of the company this quarter, 0 to 1"),
        Column("satisfaction", "compound", np.float64, "owners' satisfaction with the service, 0 to 1"),
        Column("till_before", "compound", np.int64, "the till when the company last made up its accounts, fen"),
        Column("earned", "compound", np.int64, "what the company earned in the last quarter, fen"),
        Column("losses", "compound", np.int32, "quarters of loss, one after another"),
        Column("threat", "compound", np.float64, "chance to lose the contract within a year if the work seems bad"),
        Column("informed", "compound", np.float64, "inspections of the company's work a quarter"),
        Column("accounts_asked", "compound", np.bool_, "the company has been asked for accounts of public income"),
    ),
    flows={
        "wages_fen": "cost of companies' staff and running, fen",
        "kept_fen": "public income that companies kept, fen",
        "public_fen": "public income that came to the owners, fen",
    },
    stocks={"satisfaction": "satisfaction with the service, all compounds added up, thousandths"},
    parameters=Parameters,
    set_up=_set_up,
)
