"""Faces: what the Mesa face shows of each place, one file each, of the name of the place's own in `sim.places`.

A face says which kinds of agent there are (`sim.agents`), which of them come and go, what stands on the grid and
what its layers are, and what is collected every day. It is read by `sim.model` and changes nothing in a world.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.parameters import Value

if TYPE_CHECKING:
    from sim.agents import View
    from sim.model import GovernanceModel
    from sim.worlds import Worlds

Cells = NDArray[np.int64]
"""Grid coordinates, shape ``(rows, 2)``; `AWAY` = not on the grid."""

AWAY = -1

Reporter = str | Callable[["GovernanceModel"], float]


@dataclass(frozen=True)
class Face:
    """What is shown of a place.

    Attributes:
        kinds: all kinds of agent, in the order of their numbers.
        small: structure of a place to play with, where the user says nothing else.
        there: kinds of which not every row is always there, to the function that says which rows are.
        standing: kinds that stand on the grid, to the function that says on which cell each row does today.
        still: layers that stay, to the function that works them out.
        daily: layers of the day, to the function that says on which cells how much is, cells perhaps several times.
        reporters: what the data collector reads every day.
    """

    kinds: tuple[type[View], ...]
    small: Mapping[str, Value]
    reporters: Mapping[str, Reporter]
    there: Mapping[type[View], Callable[[Worlds], NDArray[np.bool_]]] = field(default_factory=dict)
    standing: Mapping[type[View], Callable[[Worlds], Cells]] = field(default_factory=dict)
    still: Mapping[str, Callable[[Worlds], NDArray[Any]]] = field(default_factory=dict)
    daily: Mapping[str, Callable[[GovernanceModel], tuple[Cells, NDArray[Any]]]] = field(default_factory=dict)


@cache
def registry() -> tuple[str, ...]:
    """Return the places that have a face."""
    return tuple(m.name for m in pkgutil.iter_modules(__path__) if m.name != "reporters")


def of(place: str) -> Face:
    """Return the face of a place."""
    face: Face = importlib.import_module(f"{__name__}.{place}").FACE
    return face
