"""What the data collector reads every day, whatever the place; flows are counted from day 0."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.agents import today
from sim.books import FEN

if TYPE_CHECKING:
    from sim.faces import Reporter
    from sim.model import GovernanceModel
    from sim.worlds import Worlds


def unresolved_per_1000(model: GovernanceModel) -> float:
    """Return the headline stock: severity of all grievances still suffered, per 1,000 households."""
    w = model.world  # the stock is in thousandths, which is what "per 1,000" asks for
    return float(w.stock["unresolved"][0] / max(w.occupied[0, 0], 1))


def mean_trust(model: GovernanceModel) -> float:
    """Return the mean over households that are there all year of the trust in the desks that take claims."""
    inhabited = np.logical_or.reduce([s.inhabited(model.world)[0] for s in model.world.settlements])
    return float(model.today(today.mean_trust_in_desks)[inhabited].sum() / max(inhabited.sum(), 1))


def stock(model: GovernanceModel, name: str) -> int:
    """Return a stock of the engine, see `Worlds.stock`."""
    return int(model.world.stock[name][0])


def total(model: GovernanceModel, flow: str) -> int:
    """Return the sum of a daily counter of the engine since day 0, see `Worlds.flow`."""
    return model.today(_totals)[flow]


def yuan(model: GovernanceModel, column: str) -> float:
    """Return the sum of a column of money, yuan."""
    return float(getattr(model.world, column)[0].sum() / FEN)


def _totals(w: Worlds) -> dict[str, int]:
    """Return the sums of all recorded series since day 0."""
    return dict(zip(w.series, w.record[:, 0].sum(axis=0).tolist(), strict=True))


def stocks(*names: str) -> dict[str, Reporter]:
    """Return reporters of stocks, by their names."""
    return {name: partial(stock, name=name) for name in names}


def totals(*flows: str) -> dict[str, Reporter]:
    """Return reporters of flows, by their names."""
    return {flow: partial(total, flow=flow) for flow in flows}
