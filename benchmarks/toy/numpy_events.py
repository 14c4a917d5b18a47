"""numpy, in the way of the engine: nobody is looked at before something happens to them, and then all at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.toy import DAYS, LENGTH, RATE
from benchmarks.toy._run import main


def found(households: int) -> Callable[[], tuple[int, int]]:
    """Draw when each household feels its first grievance, and put those of this year in the order of their days."""
    random = np.random.default_rng(1)
    first = random.standard_exponential(households)
    first *= 1 / RATE
    who = np.flatnonzero(first < DAYS)
    days = first[who].astype(np.int16)
    order = np.argsort(days, kind="stable")
    who = who[order]
    edges = np.searchsorted(days[order], np.arange(DAYS + 1))

    def live() -> tuple[int, int]:
        felt = open_days = 0
        waiting, rings = who[:0], np.zeros(0, dtype=np.int64)  # those who feel another one this year, and when
        ill, ends = who[:0], np.zeros(0, dtype=np.int64)  # those who have one, and when it will be settled
        for day in range(DAYS):
            over = ends == day
            if over.any():
                again, left = ill[over], ~over
                ill, ends = ill[left], ends[left]
                next_day = day + 1 + (random.standard_exponential(len(again)) / RATE).astype(np.int64)
                inside = next_day < DAYS
                waiting, rings = np.append(waiting, again[inside]), np.append(rings, next_day[inside])
            new, due = who[edges[day] : edges[day + 1]], rings == day
            if due.any():
                new, left = np.append(new, waiting[due]), ~due
                waiting, rings = waiting[left], rings[left]
            felt += len(new)
            ill, ends = np.append(ill, new), np.append(ends, day + random.geometric(1 / LENGTH, len(new)))
            open_days += len(ill)
        return felt, open_days

    return live


if __name__ == "__main__":
    main(found)
