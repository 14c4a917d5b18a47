"""A measure of a press case: one number of each world, of the kind that the page reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Measure:
    """One number of a world.

    Attributes:
        unit: in words.
        meaning: what it is.
        more: whether the page would boast of more of it (else of less).
        of: how it is read from what was seen, which is of a kind of its own in every place.
    """

    unit: str
    meaning: str
    more: bool
    of: Callable[[Any], NDArray[np.float64]]
