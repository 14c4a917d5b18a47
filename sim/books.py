"""Double-entry books in whole fen: every yuan that appears somewhere leaves somewhere.

Accounts are integer columns; the world outside the model is an account too, so the sum over all
accounts of a world is zero on every day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.columns import Column, Rule
from sim.constants import whole

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]

FEN = 100
"""Fen in a yuan."""

ACCOUNTS = {
    "purse": ("household", "money of the dwelling's owner since the start, fen"),
    "escrow": ("asset", "money held for a repair of the asset, fen"),
    "till": ("compound", "what the company has made of this compound since it came, fen; below 0 it has paid in"),
    "public": ("compound", "public income that has come to the owners, fen"),
    "fund": ("compound", "maintenance fund, fen"),
    "meal_fund": ("community", "public money for meals of elders that has not been spent, fen"),
    "capital": ("base", "money of a base that is not lent to households, fen"),
    "treasury": ("village", "what the collective has gained and neither paid out nor put to work, fen"),
    "till_firm": ("township", "what the enterprise has made since it came, fen"),
    "contractor": ("asset", "what contractors of a work site have for wages; below 0 it has been paid, fen"),
    "outside": ("world", "everybody the model does not follow, contractors among them, fen"),
}
"""Account to (entity whose rows it has, meaning)."""

RULE = Rule(
    name="books",
    columns=tuple(Column(name, of, np.int64, doc) for name, (of, doc) in ACCOUNTS.items()),
    only={
        **dict.fromkeys(("till", "public", "fund", "meal_fund"), ("compound",)),
        **dict.fromkeys(("capital", "treasury", "till_firm"), ("village",)),
        "contractor": ("pasture",),
    },
)


def transfer(w: Worlds, source: str, source_rows: Ints, target: str, target_rows: Ints, world: Ints, fen: Ints) -> None:
    """Move money between two accounts, row by row.

    Args:
        w: the worlds.
        source: account that pays.
        source_rows: its rows.
        target: account that receives.
        target_rows: its rows, or one for all.
        world: world of each payment.
        fen: whole fen, may be zero.
    """
    w.may_change()
    if np.count_nonzero(fen):
        _book(np.subtract, getattr(w, source), world, source_rows, fen)
        _book(np.add, getattr(w, target), world, target_rows, fen)


def _book(how: np.ufunc, account: Ints, world: Ints, rows: Ints, fen: Ints) -> None:
    """Change rows of an account, each as often as it occurs: as one list, for in two axes numpy is slow at it."""
    width = account.shape[1]
    how.at(account.reshape(-1), world if width == 1 else world * whole(width) + rows, fen)


def transfer_all(w: Worlds, source: str, target: str, fen: Ints) -> None:
    """Move money out of every row of an account, into the row of another account to which it belongs.

    Args:
        w: the worlds.
        source: account that pays.
        target: account that receives, of an entity of which that of `source` is a part.
        fen: whole fen, shape ``(worlds, rows of the source)``, or fewer where only the first rows pay, as flats do.
    """
    w.may_change()
    first = w.layout.first(ACCOUNTS[target][0], ACCOUNTS[source][0])
    account = getattr(w, source)[:, : fen.shape[1]]
    np.subtract(account, fen, out=account)
    np.add(getattr(w, target), np.add.reduceat(fen, first, axis=1), out=getattr(w, target))


def imbalance(w: Worlds) -> Ints:
    """Return for each world the sum over all accounts, in fen; anything but 0 is a mistake."""
    total = np.zeros(w.n, dtype=np.int64)
    for account in ACCOUNTS:
        if account in w.columns:
            total += getattr(w, account).sum(axis=1)
    return total
