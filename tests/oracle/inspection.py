"""Inspections: what the body knows of the company's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.oracle.compound import Compound


class Inspections:
    """The watch kept on the company of a compound.

    Attributes:
        inspected: inspections in this quarter.
        tickets_read: calls to the hotline in this quarter.
    """

    def __init__(self, compound: Compound) -> None:
        self.compound, self.model = compound, compound.model
        self.inspected = self.tickets_read = 0

    def inspect(self) -> None:
        """Inspect once, if there is time."""
        if self.compound.company.serves and self.compound.spend("inspections", self.model.p.inspection_hours):
            self.inspected += 1
            self.model.count("inspections")

    def report(self) -> None:
        """Let inspections tell, and tickets where they are shared; who has been bought says nothing."""
        compound, company = self.compound, self.compound.company
        captured = compound.capture.captured
        told = compound.joined * self.model.p.ticket_signal * self.tickets_read if compound.body else 0.0
        company.informed = 0.0 if captured else self.inspected + told
        company.accounts_asked = not captured and self.inspected > 0
        self.inspected = self.tickets_read = 0
