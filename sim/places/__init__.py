"""Places: who lives where and what they start with, one file each.

A place file declares ``Structure`` (structural parameters), ``build`` (structure and layout seed to
`sim.space.Layout`), ``RULE`` (the columns people and institutions start with) and ``SETTLEMENTS``, the kinds of
settlement it is made of: one, its own, or several (then there is no ``RULE``, for each kind has its own). One that is a
kind by itself says in ``TRAITS`` of what each trait of its layout is, so that layouts can be joined (`sim.land`). It
may declare ``impossible``, which says of values that are each in range if they cannot be together. A file in this
folder is found by its being here.

A place that is one kind of settlement also declares what there is in it, which the rules that stand everywhere
ask for: ``KINDS`` (of grievance), ``INTAKES`` (kinds of desk that take people's claims, in the order in which they
are thought of), ``STAFFED`` (kinds of desk whose hours are counted; the court comes on top), ``LOWEST`` (those of
them at the lowest level) and ``GROUPS`` (of people whose grievances are added up apart). How it goes about them
stands in the file of the same name in `sim.settlements`. A place of several kinds has what its kinds have, and may
declare more, such as the kinds themselves as groups of people.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType
from typing import Any, Literal

Declared = Literal["KINDS", "INTAKES", "STAFFED", "LOWEST", "GROUPS"]


@cache
def registry() -> dict[str, ModuleType]:
    """Return every place file of this folder by name."""
    return {m.name: importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)}


def settlements(place: str) -> tuple[str, ...]:
    """Return the kinds of settlement that a place is made of."""
    found: tuple[str, ...] = registry()[place].SETTLEMENTS
    return found


def declared(place: str, what: Declared) -> list[Any]:
    """Return what the kinds of settlement of a place declare, in the order of their numbers or as first named."""
    found = dict.fromkeys(thing for kind in standing(place) for thing in getattr(registry()[kind], what, ()))
    return list(found) if what == "GROUPS" else sorted(found)


def having(what: Declared, thing: Any) -> tuple[str, ...]:
    """Return the kinds of settlement, and places of several, that declare something to be there."""
    return tuple(name for name, place in registry().items() if thing in getattr(place, what, ()))


def standing(place: str) -> tuple[str, ...]:
    """Return the kinds of settlement that a place is made of, and its own name: what stands in any of them is there."""
    return tuple(dict.fromkeys((*settlements(place), place)))
