"""The diary: what is counted, day by day, in as few bytes as hold it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.diary import Diary

MOST = 2**31 - 1


class Kept(Diary):
    """A diary of two worlds, with nobody who lives in them."""

    def __init__(self) -> None:
        self.n, self._acting = 2, None
        self._open_diary(["spent", "never"], ["held"], np.zeros((3, 2), dtype=np.int64))

    def day(self, spent: int, held: int) -> None:
        self.count("spent", np.array([1]), np.array([spent]))
        self.stocks("held", np.array([0]), held)
        self._write_down()


@pytest.mark.parametrize(("largest", "width"), [(MOST, np.int32), (MOST + 1, np.int64), (-MOST - 2, np.int64)])
def test_a_record_is_narrow_where_that_loses_nothing(largest: int, width: type[np.integer]) -> None:
    """One number that 32 bits do not hold is enough, on whichever day."""
    diary = Kept()
    for spent in (7, largest, 0):
        diary.day(spent, held=1)
    narrow, wide = diary.narrow_record(), diary.record
    assert (narrow.dtype, wide.dtype) == (width, np.int64)
    assert np.array_equal(narrow, wide)
    assert wide[:, 1, 0].tolist() == [7, largest, 0]  # a flow begins anew every day
    assert wide[:, 0, 2].tolist() == [1, 2, 3]  # a stock stands
    assert not wide[:, :, 1].any()
    assert not wide[:, 0, 0].any()
