"""What a household has experienced of one thing, own and heard, in whole thousandths of an experience."""

from __future__ import annotations

ONE = 1000


class Evidence:
    """Good and bad experiences, from which a Beta-Bernoulli mean follows."""

    def __init__(self) -> None:
        self.good = 0
        self.bad = 0

    def add(self, good: bool, weight: int) -> None:
        """Add one experience of the given weight."""
        if good:
            self.good += weight
        else:
            self.bad += weight

    def mean(self, prior: float, strength: float) -> float:
        """Return the mean belief, with a prior mean worth so many experiences."""
        return (prior * (strength * ONE) + self.good) / (strength * ONE + self.good + self.bad)

    def fade(self, kept: int) -> None:
        """Keep so many 65536ths, rounded down."""
        self.good = self.good * kept // 65536
        self.bad = self.bad * kept // 65536
