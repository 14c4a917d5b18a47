"""numba: the calendar of the engine's way, as loops that are compiled."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit

from benchmarks.toy import DAYS, LENGTH, RATE
from benchmarks.toy._run import main


@njit(cache=False)
def _found(households, heads, after):  # type: ignore[no-untyped-def]
    np.random.seed(1)
    for household in range(households):
        day = int(np.random.exponential(1 / RATE))
        if day < DAYS:
            after[household] = heads[0, day]
            heads[0, day] = household


@njit(cache=False)
def _live(heads, after):  # type: ignore[no-untyped-def]
    felt, open_days, open_ = 0, 0, 0
    for day in range(DAYS):
        household = heads[1, day]
        while household >= 0:
            following = after[household]
            open_ -= 1
            next_day = day + 1 + int(np.random.exponential(1 / RATE))
            if next_day < DAYS:
                after[household] = heads[0, next_day]
                heads[0, next_day] = household
            household = following
        household = heads[0, day]
        while household >= 0:
            following = after[household]
            felt += 1
            open_ += 1
            next_day = day + np.random.geometric(1 / LENGTH)
            if next_day < DAYS:
                after[household] = heads[1, next_day]
                heads[1, next_day] = household
            household = following
        open_days += open_
    return felt, open_days


def found(households: int) -> Callable[[], tuple[int, int]]:
    """Draw when each household feels its first grievance; who is due on a day stands in a linked list."""
    heads, after = np.full((2, DAYS), -1, dtype=np.int64), np.full(households, -1, dtype=np.int64)
    _found(households, heads, after)
    return lambda: _live(heads, after)


if __name__ == "__main__":
    main(found, warm=1000)
