"""What is measured of a press case in each place, and what sets its context and plays it there."""

from __future__ import annotations

from sim.study.press import measures, steppe, villages
from sim.study.press.measure import Measure

MEASURES_IN: dict[str, dict[str, Measure]] = {
    "compound": measures.MEASURES,
    "village": villages.MEASURES,
    "pasture": steppe.MEASURES,
}
"""Place to its measures by name."""

MEASURES: dict[str, Measure] = {name: measure for known in MEASURES_IN.values() for name, measure in known.items()}
"""Every measure by name; no two places have one of the same name."""
