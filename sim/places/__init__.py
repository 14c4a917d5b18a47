"""Places: who lives where and what they start with, one file each.

A place file declares ``Structure`` (structural parameters), ``build`` (structure and layout seed to
`sim.space.Layout`) and ``RULE`` (the columns people and institutions start with); it may declare
``impossible``, which says of values that are each in range if they cannot be together. A file in this
folder is found by its being here.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType


@cache
def registry() -> dict[str, ModuleType]:
    """Return every place file of this folder by name."""
    return {m.name: importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)}
