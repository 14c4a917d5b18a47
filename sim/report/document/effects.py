"""Differences between twins as a report writes them: each number once, in one form, for tables and for prose."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.outcomes import HIGHER, NEITHER, OUTCOMES
from sim.report import labels
from sim.report import report_heads as heads
from sim.report.document.blocks import Grid
from sim.report.document.material import Material
from sim.report.labels import Language
from sim.report.tables import NOT_AVAILABLE, number

SPECS = {spec.name: spec for spec in OUTCOMES}


@dataclass(frozen=True)
class Effect:
    """One outcome of one comparison.

    Attributes:
        scenario: name of what is compared.
        baseline: name of that with which.
        outcome: name of the outcome.
        label: what the outcome is called.
        unit: its unit in words, empty for a pure number.
        mean: the baseline's mean, as written.
        difference: scenario less baseline, with its sign.
        low: lower end of the interval.
        high: upper end.
        relative: the difference as a share of the baseline's mean, in percent.
        share: share of pairs with the sign of the mean, in percent.
        n: pairs.
        reading: a word of `sim.report.report_heads.READINGS`.
        value: the difference itself, missing where there is none.
    """

    scenario: str
    baseline: str
    outcome: str
    label: str
    unit: str
    mean: str
    difference: str
    low: str
    high: str
    relative: str
    share: str
    n: str
    reading: str
    value: float

    @property
    def size(self) -> str:
        """The difference without its sign."""
        return self.difference.lstrip("+-")

    @property
    def none_at_all(self) -> bool:
        """Whether no pair of twins differs."""
        return self.value == 0 and not any(c in "123456789" for c in self.low + self.high)

    def interval(self, language: Language) -> str:
        """Return the interval as it stands in tables."""
        return NOT_AVAILABLE if NOT_AVAILABLE in (self.low, self.high) else self.low + labels.TO(language) + self.high


def effects(
    found: Material, language: Language, outcomes: Sequence[str] | None = None, pair: tuple[str, str] | None = None
) -> list[Effect]:
    """Return the comparisons of a result, as written.

    Args:
        found: the result.
        language: of the words.
        outcomes: which outcomes, in this order; all of the table by default.
        pair: which comparison; all by default.
    """
    if "comparison" not in found.tables:
        return []
    frame = found.tables["comparison"]
    if pair is not None:
        frame = frame[(frame["scenario"] == pair[0]) & (frame["baseline"] == pair[1])]
    made = [effect(row, language) for row in _rows(frame)]
    if outcomes is None:
        return made
    return [one for name in outcomes for one in made if one.outcome == name]


def effect(row: dict[str, Any], language: Language) -> Effect:
    """Return one row of a comparison, as written; difference and interval with equally many decimals."""
    name = str(row["outcome"])
    difference, low, high = (float(row[key]) for key in ("difference", "low", "high"))
    scale = max((abs(value) for value in (difference, low, high) if math.isfinite(value)), default=0.0)
    mean, share = float(row.get("mean_baseline", math.nan)), float(row["share_same_sign"])
    relative = difference / abs(mean) if mean else math.nan
    return Effect(
        scenario=str(row["scenario"]),
        baseline=str(row["baseline"]),
        outcome=name,
        label=labels.outcome(name, language),
        unit=labels.unit(str(row["unit"]), language),
        mean=number(mean),
        difference=number(difference, scale, sign=True),
        low=number(low, scale),
        high=number(high, scale),
        relative=percent(relative, sign=True),
        share=percent(share),
        n=str(int(row["n"])) if math.isfinite(float(row["n"])) else NOT_AVAILABLE,
        reading="unreached" if math.isnan(difference) and float(row["n"]) > 0 else reading(name, difference, low, high),
        value=difference,
    )


def reading(outcome: str, difference: float, low: float, high: float) -> str:
    """Return what a difference says for the people who live there, a word of `sim.report.report_heads.READINGS`."""
    if not (math.isfinite(low) and math.isfinite(high) and math.isfinite(difference)):
        return "unknown"
    if low <= 0 <= high:
        return "open"
    direction = SPECS[outcome].direction if outcome in SPECS else NEITHER
    if direction == NEITHER:
        return "more" if difference > 0 else "less"
    return "better" if (difference > 0) == (direction == HIGHER) else "worse"


def percent(share: float, *, sign: bool = False) -> str:
    """Write a share in percent, one decimal below ten."""
    if not math.isfinite(share):
        return NOT_AVAILABLE
    decimals = 0 if abs(share) >= 0.0995 or share == 0 else 1
    text = f"{100 * share:{'+' if sign else ''},.{decimals}f}%"
    if share and not any(c in "123456789" for c in text):
        return "<0.1%"
    return text if share else text.lstrip("+-")


def pair_of(scenario: str, baseline: str, language: Language) -> str:
    """Return what a comparison is called."""
    from sim.report.report_labels import PAIR

    return PAIR(language, scenario=labels.point(scenario, language), baseline=labels.point(baseline, language))


def grid(caption: str, shown: Sequence[Effect], language: Language, note: str = "") -> Grid:
    """Return comparisons of one pair of scenarios as a table, a row an outcome."""
    head = ("outcome", "unit", "mean_baseline", "difference", "relative", "interval", "share_same_sign", "n", "reading")
    rows = [
        (
            *(one.label, one.unit, one.mean, one.difference, one.relative, one.interval(language), one.share, one.n),
            heads.READINGS[one.reading](language),
        )
        for one in shown
    ]
    return Grid(caption, named(head, language), tuple(rows), words=2, note=note)


def named(columns: Sequence[str], language: Language) -> tuple[str, ...]:
    """Return the heads of columns; those without a word by their own names."""
    return tuple(heads.HEADS[c](language) if c in heads.HEADS else c.replace("_", " ") for c in columns)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


rows_of = _rows
