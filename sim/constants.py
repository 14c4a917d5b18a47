"""Constants that numpy need not convert: arrays without an axis, which stand in rules where a number would.

A number of Python's is turned into an array whenever it meets one, which takes as long as a small operation itself:
``state == OPEN`` is half as dear with a constant. What it has in its place is a type, which decides the type of the
result as that of any array does; so each constant is of the type of the columns that it meets.

Rows, counts and days are made once and kept: ``date(w.day)`` may stand in a rule as it is.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Constant = NDArray[Any]
"""An array without an axis, closed to changes."""

KEPT = 4096
"""Whole numbers, and days, that are kept once they have been asked for."""


def constant(value: int | float, dtype: DTypeLike) -> Constant:
    """Return a number as a constant of a type."""
    made = np.array(value, dtype=dtype)
    made.setflags(write=False)
    return made


def word(value: int) -> Constant:
    """Return 64 bits: a key, or what bits are shifted and multiplied by."""
    return constant(value, np.uint64)


def real(value: float) -> Constant:
    """Return a floating-point number of 64 bits."""
    return constant(value, np.float64)


@lru_cache(KEPT)
def whole(value: int) -> Constant:
    """Return a whole number of 64 bits: a row, a count, fen; the same one whenever it is asked for."""
    return constant(value, np.int64)


@lru_cache(KEPT)
def date(value: int) -> Constant:
    """Return a whole number of 32 bits, as columns of days are; the same one whenever it is asked for."""
    return constant(value, np.int32)


def code(member: IntEnum | int) -> Constant:
    """Return a whole number of 8 bits, as columns of kinds, states and stages are."""
    return constant(int(member), np.int8)


ZERO, ONE = whole(0), whole(1)
"""For rows, counts and fen; a rule that meets other types has its own, named by what they mean there."""

TRUE, FALSE = constant(True, np.bool_), constant(False, np.bool_)
"""For columns of flags."""
