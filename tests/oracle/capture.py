"""Capture: the company buys those who should watch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.draws import chance

if TYPE_CHECKING:
    from tests.oracle.compound import Compound

YEAR = 365
QUARTER = 91


class Capture:
    """What there is between the company of a compound and its principals.

    Attributes:
        captured: whether all who must be bought are.
        careful_until: first day on which the company dares to offer anything again.
    """

    def __init__(self, compound: Compound) -> None:
        self.compound, self.model = compound, compound.model
        self.captured = False
        self.careful_until = -(10**6)

    def tempt(self) -> None:
        """Be found out, or go on paying, or begin to."""
        model, p, compound = self.model, self.model.p, self.compound
        chance_now = p.detected * QUARTER / YEAR
        quarter = model.day // QUARTER
        if self.captured and chance(chance_now, model.replication_seed, "capture.detected", compound.number, quarter):
            self.careful_until = model.day + round(p.careful_years * YEAR)
            model.count("detected")
        both_there = compound.body and compound.company.serves
        self.captured = bool(both_there and p.capture and self.careful_until <= model.day and self.all_bought())
        if self.captured:
            fen = round(self.offer() * len(self.to_be_bought()) / 4 * 100)
            compound.company.till -= fen
            model.outside += fen
            model.count("bribes_fen", fen)
            model.count("captured_quarters")

    def offer(self) -> float:
        """Return what the company offers to each principal, yuan a year."""
        p = self.model.p
        saved = 4 * self.compound.company.billed() / 100 * p.effort_cost
        saved *= p.expected_effort * p.expected_effort - p.lowest_effort * p.lowest_effort
        return p.rent_share * saved / len(self.to_be_bought())

    def to_be_bought(self) -> list[float]:
        """Return the integrities of those whose consent is needed; who cannot hold a sitting in time is passed over."""
        p, both = self.model.p, self.compound.integrities()
        days = p.sitting_hours * 60 * 7 / max(self.compound.secretary_minutes, 1)
        return both if days <= p.second_patience_days else both[:1]

    def all_bought(self) -> bool:
        """Whether the offer is worth more to every principal than integrity and the risk make of it."""
        return all(self.offer() >= self.price(integrity) for integrity in self.to_be_bought())

    def price(self, integrity: float) -> float:
        """Return what somebody of such integrity would have to be offered, yuan a year."""
        return self.model.p.honesty * (1 + self.model.p.detected) * integrity
