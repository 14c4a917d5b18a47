"""Contracts: whether a property company serves the compound, and under what kind of contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim import noise
from sim.columns import Column, Rule
from sim.parameters import parameter

if TYPE_CHECKING:
    from sim.worlds import Worlds

DEVELOPER, FIXED, HOLDOVER, NONE = range(4)
"""States of a contract: the developer's first one, with a term, held over without term, no company."""

NEW = 10
"""Years for which a compound may still be under the developer's contract."""


@dataclass(frozen=True)
class Parameters:
    """Contracts as found."""

    no_company: float = parameter(
        0.25,
        0.05,
        0.50,
        unit="share",
        tag="F",
        source="priors: contract at t0; Donghe model sites, 28 of 48 not market-run",
        doc="compounds without a company at the start",
    )
    fixed_share: float = parameter(
        0.30,
        0.10,
        0.40,
        unit="share",
        tag="D",
        source="evidence D20: 602 contracts of 1,990",
        doc="compounds with a fixed-term contract at the start",
    )


def _set_up(w: Worlds) -> None:
    """Draw under what contract each compound is found."""
    u = noise.uniform(w.seeds[:, None], "contract.found", np.arange(w.layout.sizes["compound"]))
    without_term = np.where(w.age < NEW, DEVELOPER, HOLDOVER)
    found = np.where(u < w.p.no_company + w.p.fixed_share, FIXED, without_term)
    w.contract[...] = np.where(u < w.p.no_company, NONE, found)


RULE = Rule(
    name="contracts",
    columns=(Column("contract", "compound", np.int8, "0 developer's, 1 fixed-term, 2 held over, 3 no company"),),
    parameters=Parameters,
    set_up=_set_up,
)
