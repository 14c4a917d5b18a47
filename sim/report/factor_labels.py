"""What uncertain rows are called where there is no room for their meaning in full: in English and in Chinese."""

from __future__ import annotations

from functools import cache

from sim import mechanisms, places
from sim.mechanisms import mechanism_specs
from sim.schedule import world_specs

CHINESE: dict[str, str] = {}
"""Rows that lead in the project's own studies to their Chinese; others go by their names."""


@cache
def _meanings() -> dict[str, str]:
    """Return what every row means, as it is declared."""
    found = {name: spec.doc for place in places.registry() for name, spec in world_specs(place).items()}
    for mechanism in mechanisms.registry():
        found |= {f"{mechanism}.{name}": spec.doc for name, spec in mechanism_specs(mechanism).items()}
    return found


def meaning(name: str, language: str) -> str:
    """Return what a row means, in a language; in Chinese its name where there is no word for it.

    Args:
        name: as `sim.study.factors.Factor.name`.
        language: ``en`` or ``zh``.
    """
    return CHINESE.get(name, name) if language == "zh" else _meanings().get(name, name)
