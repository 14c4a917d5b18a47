"""Constants: what they are in the place of numbers, to the last bit and in type; nobody can change them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import cases
from sim.cases import Stage, State
from sim.constants import Constant, code, constant, date, real, whole, word


@pytest.mark.parametrize(
    ("made", "number", "dtype"),
    [
        (code(State.OPEN), int(State.OPEN), np.int8),
        (date(2**31 - 1), 2**31 - 1, np.int32),
        (whole(-1), -1, np.int64),
        (word(2**64 - 1), 2**64 - 1, np.uint64),
        (real(0.1), 0.1, np.float64),
        (constant(True, np.bool_), True, np.bool_),
    ],
)
def test_a_constant_is_its_number_in_a_type_and_closed(made: Constant, number: float, dtype: type) -> None:
    """It compares and adds as a number of that type does, keeps the type of columns of its own type, and stays."""
    column: NDArray[Any] = np.array([0, 1], dtype=dtype)
    assert made.shape == () and made.dtype == dtype and made == number
    assert np.array_equal(column < made, column < number)
    assert (column | made if dtype == np.bool_ else column + made).dtype == dtype
    with pytest.raises(ValueError, match="read-only"):
        made[...] = 0
    with pytest.raises(ValueError, match="read-only"):
        made += made


def test_a_number_that_does_not_fit_is_no_constant() -> None:
    with pytest.raises(OverflowError):
        code(128)
    with pytest.raises(OverflowError):
        date(2**31)


def test_days_and_whole_numbers_are_made_once_but_not_all_kept() -> None:
    """A rule may ask for one each time; what is kept is bounded, for rows and days go on and on."""
    assert whole(7) is whole(7) and date(7) is date(7)
    for day in range(10_000):
        date(day)
    assert date.cache_info().currsize < 10_000


def test_every_state_and_stage_has_its_code() -> None:
    """Rows are moved by code: the numbers of both lists must be among them."""
    for members in (State, Stage):
        assert [int(cases.CODES[member]) for member in members] == [int(member) for member in members]
