"""The toy: one kind of grievance and nothing else, written the way each tool would have it.

Each household feels a grievance after an exponential time with rate `RATE`; it is settled on each later day with chance
1 / `LENGTH`; the day after, the clock starts anew. Counted over a year are grievances and the household-days on which
one is open. Nothing is shared between households, so nothing but the cost of a tool itself is measured.

Every file here is one tool's side, and prints seconds of processor time (set-up and run apart) and what it counted.
"""

from __future__ import annotations

RATE = 0.12 / 365
"""Grievances a day of a household that has none."""

LENGTH = 30
"""Mean days until one is settled."""

DAYS = 365


def expected(households: int) -> float:
    """Return how many grievances theory expects in a year: those of a chain of two states that begins with none."""
    felt, without = 0.0, 1.0
    chance = 1 - 2.718281828459045 ** (-RATE)
    for _ in range(DAYS):
        new = without * chance
        settled = (1 - without) / LENGTH
        felt += new
        without += settled - new
    return households * felt
