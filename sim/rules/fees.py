"""Fees: owners are billed every quarter, and pay if the service satisfies and enough others pay.

Owners are conditional cooperators (Fischbacher 2001): each has a type between 0 and 1 and pays while
it lies below the share that satisfaction and the others' paying support. So service, fees and staff
can hold one another up, or drag one another down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim import books, clocks, exact, noise
from sim.columns import Column, Rule
from sim.parameters import parameter
from sim.rules import contracts
from sim.rules.contracts import NONE
from sim.rules.trust import QUARTER

if TYPE_CHECKING:
    from sim.worlds import Worlds

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SERVICE_MIDDLE = 0.5
OTHERS_MIDDLE = 0.55
"""Satisfaction and share of payers at which the supported share is halfway between its bounds."""


@dataclass(frozen=True)
class Parameters:
    """Fees and who pays them."""

    fee: float = parameter(
        1.0,
        0.5,
        2.0,
        unit="yuan/m2/month",
        source="prior-fee, fee-level",
        doc="property fee, billed by the quarter",
    )
    fee_floor: float = parameter(
        0.30,
        0.2,
        0.4,
        unit="share",
        source="prior-fee, fee-collection-spread",
        doc="owners who pay whatever the service and the others do",
    )
    fee_span: float = parameter(
        0.62,
        0.5,
        0.68,
        unit="share",
        source="prior-fee, fee-collection-spread",
        doc="owners who pay or not as service and others go; the rest never pays",
    )
    fee_service: float = parameter(
        8.0,
        4.0,
        12.0,
        unit="logit",
        source="prior-fee",
        doc="weight of satisfaction with the service",
    )
    fee_others: float = parameter(
        4.0,
        2.0,
        6.0,
        unit="logit",
        source="prior-fee",
        doc="weight of the share of the compound that pays",
    )
    fee_speed: float = parameter(
        0.35,
        0.2,
        0.5,
        unit="share",
        source="prior-fee",
        doc="flats that think it over in a quarter",
    )
    fee_start: float = parameter(
        0.76,
        0.6,
        0.9,
        unit="share",
        tag="F",
        source="fee-collection",
        doc="flats that pay at the start, where there is a company",
    )
    limitation_years: float = parameter(
        3.0,
        1.0,
        20.0,
        unit="years",
        kind="set",
        tag="G",
        source="civil-code-188: a claim made in between, which would begin the time anew, is left out",
        doc="time after which a fee that was not paid is time-barred: nobody owes more than the bills of so long",
    )


def _set_up(w: Worlds) -> None:
    """Draw the owners' types; those below the mean collection rate pay, or would pay whatever the service."""
    w.fee_type[...] = noise.uniform(w.seeds[:, None], "fee.type", np.arange(w.households))
    served = (w.contract != NONE)[:, w.layout.up("household", "compound")]
    w.pays[...] = w.fee_type < np.where(served, w.p.fee_start, w.p.fee_floor)
    contracts.take_stock(w)


def by_compound(w: Worlds, of_flats: NDArray[np.int64] | NDArray[np.bool_]) -> Ints:
    """Return the sums over the flats of each compound, shape ``(worlds, compounds)``."""
    return np.add.reduceat(of_flats, w.layout.first("compound", "household"), axis=1, dtype=np.int64)


def paying(w: Worlds) -> Floats:
    """Return the share of all flats of each compound that pay."""
    return by_compound(w, w.pays) / w.layout.count("compound", "household")


def supported(w: Worlds, satisfaction: Floats, share: Floats) -> Floats:
    """Return the share of owners who would pay, given satisfaction and the share that pays now."""
    pull = w.p.fee_service * (satisfaction - SERVICE_MIDDLE) + w.p.fee_others * (share - OTHERS_MIDDLE)
    return w.p.fee_floor + w.p.fee_span * exact.logistic(pull)


def bills(w: Worlds) -> Ints:
    """Return the quarter's bill of every flat, in fen."""
    return np.rint(w.p.fee * 3 * w.area).astype(np.int64)  # yuan x hundredths of m2 = fen x m2


def billed(w: Worlds) -> Ints:
    """Return the quarter's bill of all flats of each compound together, in fen, whoever pays it: always the same."""
    if "billed" not in w.derived:
        w.derived["billed"] = by_compound(w, bills(w))
    return w.derived["billed"]


def collect(w: Worlds) -> None:
    """Phase, quarterly: some owners think again about paying the fee; then all are billed."""
    of = w.layout.up("household", "compound")
    served = w.contract != NONE
    if not served.any():  # nobody is billed, and nobody thinks
        w.collected[...] = 0
        contracts.take_stock(w)
        return
    flat = np.arange(w.households)
    thinks = noise.chance(w.p.fee_speed, w.seeds[:, None], "fee.redecide", flat, w.day // QUARTER)
    target = supported(w, w.satisfaction, paying(w))
    billed = served[:, of]
    again = thinks & billed
    w.pays[again] = (w.fee_type < target[:, of])[again]
    contracts.take_stock(w)

    quarters = np.rint(4 * w.p.limitation_years).astype(np.int64)
    full, paid = bills(w), np.empty(w.pays.shape, dtype=np.int64)
    for part in clocks.parts(w.n, w.households):  # what is worked out on the way stays in the processor's cache
        bill = np.where(billed[part], full[part], 0)
        np.multiply(bill, w.pays[part], out=paid[part])
        owed = w.arrears[part] + bill - paid[part]
        w.arrears[part] = np.minimum(owed, quarters[part[0]] * full[part])
        w.flow["fees_billed_fen"][part[0]] += bill.sum(axis=1)
    books.transfer_all(w, "purse", "till", paid)
    w.collected[...] = by_compound(w, paid)
    w.flow["fees_paid_fen"] += w.collected.sum(axis=1)


RULE = Rule(
    name="fees",
    places=("compound",),
    columns=(
        Column("fee_type", "household", np.float64, "the owner's type: pays while the supported share is above it"),
        Column("pays", "household", np.bool_, "the owner pays the property fee, or would if there were a company"),
        Column("arrears", "household", np.int64, "fees owed to the company, a claim and not an account, fen"),
        Column("collected", "compound", np.int64, "fees collected in the last quarter, fen"),
    ),
    flows={
        "fees_billed_fen": "property fees billed, fen",
        "fees_paid_fen": "property fees paid, fen",
    },
    stocks={"payers": "flats whose owner pays the property fee to a company"},
    parameters=Parameters,
    set_up=_set_up,
)
