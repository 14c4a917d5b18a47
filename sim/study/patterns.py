"""Patterns that worlds without an arrangement are held against, from sources of evidence and never from one press case.

Each is a band for an outcome of the baseline, with the rows of `sim/evidence/sources.csv` that it comes from. Some are
matched by a calibration; the others are held out, and only say how well its worlds do where nobody made them.
No parameter's default rests on what a calibration finds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import evidence, places
from sim.errors import ConfigError, unknown

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pattern:
    """A band for an outcome.

    Attributes:
        name: of the pattern.
        outcome: whose values in the baseline are held against it.
        low: lower end of the band.
        high: upper end.
        sources: ids of the rows of evidence.
        how: how the band follows from them.
        held_out: whether it is only scored, unless one says otherwise.
        kinds: kinds of settlement where it stands.
        less: outcome that is taken off first, if any.
        rate: whether the outcome is counted on all households, so that it says nothing of one kind of settlement
            where there are several.
    """

    name: str
    outcome: str
    low: float
    high: float
    sources: tuple[str, ...]
    how: str
    held_out: bool = False
    kinds: tuple[str, ...] = ("compound",)
    less: str = ""
    rate: bool = False

    @property
    def middle(self) -> float:
        """The middle of the band."""
        return 0.5 * (self.low + self.high)

    @property
    def sd(self) -> float:
        """The band read as two standard deviations to either side."""
        return 0.25 * (self.high - self.low)

    def of(self, values: Mapping[str, Floats]) -> Floats:
        """Return what is held against the band, shape ``(points,)``; missing where an outcome is.

        Args:
            values: outcome to its values, shape ``(scenarios, points)``; the first scenario counts.
        """
        own = values[self.outcome][0]
        return own - values[self.less][0] if self.less else own

    def holds(self, values: Floats) -> NDArray[np.bool_]:
        """Return which values lie within the band; a missing one does not."""
        return np.asarray((values >= self.low) & (values <= self.high))


PERSONS = 2.35
"""Persons of a household: household-size."""

COUNTRY = ("village", "pasture")

PATTERNS = (
    Pattern(
        "requests",
        "opened",
        60.0,
        250.0,
        ("grievance-band",),
        "requests about property per 1,000 households and year, against cases opened",
        rate=True,
    ),
    Pattern(
        "fees",
        "collection",
        0.60,
        0.80,
        ("fee-collection", "fee-collection-spread"),
        "from what most companies of one city collect to a little above the national mean of 76.3%",
    ),
    Pattern(
        "mediation",
        "neighbour_cases",
        5.8 * PERSONS,
        10.6 * PERSONS,
        ("mediation-volume", "household-size"),
        "5.8 to 10.6 cases per 1,000 people and year x 2.35 people, against quarrels of neighbours brought to a desk",
        rate=True,
    ),
    Pattern(
        "village_cases",
        "opened",
        5.8 * PERSONS,
        10.6 * PERSONS,
        ("mediation-volume", "household-size"),
        "the same 5.8 to 10.6 cases per 1,000 people, against all cases opened: in villages there are only disputes",
        kinds=("village",),
        rate=True,
    ),
    Pattern(
        "survival",
        "survival",
        0.85,
        0.95,
        ("slow-bird-costs",),
        "share of slow birds that come to sale; trade pages, optimistic, and the prior of survival rests on them too",
        kinds=("village",),
    ),
    Pattern(
        "bird",
        "net_per_bird",
        10.0,
        50.0,
        ("slow-bird-costs", "free-range-specialist"),
        "yuan that a slow bird leaves by trade pages; a specialist's best case of 40 lies within",
        kinds=("village",),
    ),
    Pattern(
        "steppe_cases",
        "opened",
        4.2 * PERSONS,
        10.6 * PERSONS,
        ("hulunbuir-disputes", "mediation-volume", "household-size"),
        "4.2 (Hulunbuir) to 10.6 (national) cases per 1,000 people and year x 2.35 people, against cases opened less "
        "help brought, which is no dispute",
        kinds=("pasture",),
        less="helped",
        rate=True,
    ),
    Pattern(
        "boundaries",
        "settled_90_boundary",
        0.672,
        0.95,
        ("court-mediation", "mediation-success"),
        "from what succeeds before courts to what mediators report of themselves, against quarrels about grazing "
        "settled in 90 days",
        kinds=("pasture",),
    ),
    Pattern(
        "agreement",
        "settled_90_neighbour",
        0.672,
        0.95,
        ("court-mediation", "mediation-success"),
        "from what succeeds before courts to what mediators report of themselves, against quarrels settled in 90 days",
        held_out=True,
        kinds=("compound", "village"),
    ),
    Pattern(
        "livestock",
        "settled_90_livestock",
        0.672,
        0.95,
        ("court-mediation", "mediation-success"),
        "the same, against quarrels about livestock; a weak test, for boundaries are matched to the same band",
        held_out=True,
        kinds=("pasture",),
    ),
    Pattern(
        "closing",
        "settled_365",
        0.75,
        0.9497,
        ("hotline-volume", "centre-cases"),
        "from what a hotline reports as solved to what a centre reports as closed, against cases settled in a year",
        held_out=True,
        kinds=("compound", *COUNTRY),
    ),
    Pattern(
        "courts",
        "sued",
        0.5,
        2.0,
        ("grievance-band",),
        "disputes about property that reach a court, per 1,000 households and year",
        held_out=True,
        rate=True,
    ),
    Pattern(
        "satisfaction",
        "satisfaction",
        0.626,
        0.693,
        ("satisfaction-survey",),
        "two surveys of satisfaction with property services, of 100, against the mean of flats with a company",
        held_out=True,
    ),
    Pattern(
        "collectives",
        "collective_income",
        0.0,
        50_000.0,
        ("collectives-poor",),
        "57.7% of collectives had less than 50,000 yuan in 2019, against the mean of two home villages; were all well, "
        "58% of runs would lie within, and not all",
        held_out=True,
        kinds=("village",),
    ),
    Pattern(
        "room",
        "opened",
        100 * 1.2 / 1.7,
        100 * 1.2 / 1.0,
        ("second-room", "prior-pasture"),
        "100 disputes settled in ten months at one room, a year's worth over 1,000 to 1,700 households, against cases "
        "opened less help brought; three times what steppe-wide counts say, so both cannot be met",
        held_out=True,
        kinds=("pasture",),
        less="helped",
        rate=True,
    ),
)


def of(place: str, held_out: Sequence[str] | None = None) -> tuple[tuple[Pattern, ...], tuple[Pattern, ...]]:
    """Return the patterns of a place: those matched, and those held out.

    A place of several kinds of settlement has those of all its kinds but for what is counted on all households.

    Args:
        place: name of the place file.
        held_out: names of those to be held out; as declared if None.

    Raises:
        ConfigError: there are none, a name is unknown, or nothing is left to be matched or to be scored.
    """
    kinds = places.settlements(place)
    mine = [pattern for pattern in PATTERNS if set(pattern.kinds) & set(kinds)]
    there = [pattern for pattern in mine if len(kinds) == 1 or not pattern.rate]
    if not there:
        have = ", ".join(dict.fromkeys(kind for pattern in PATTERNS for kind in pattern.kinds))
        raise ConfigError(f"there are no patterns to calibrate a {place} against; there are for: {have}")
    names = [pattern.name for pattern in there]
    for name in held_out or ():
        if name not in names:
            raise unknown("pattern", name, names)
    out = [p.name in held_out if held_out is not None else p.held_out for p in there]
    matched = tuple(p for p, scored in zip(there, out, strict=True) if not scored)
    scored = tuple(p for p, scored in zip(there, out, strict=True) if scored)
    if len(matched) < 2:
        raise ConfigError(
            "calibration.held_out leaves fewer than two patterns to be matched; never fit a single figure"
        )
    if not scored:
        raise ConfigError("calibration.held_out=[] leaves no pattern to score; hold at least one out")
    return matched, scored


def check() -> None:
    """Refuse patterns whose sources are no rows of evidence, or are press cases to be compared with.

    Raises:
        TypeError: in a line that says which.
    """
    known = evidence.sources()
    for pattern in PATTERNS:
        for name in pattern.sources:
            if name not in known:
                raise TypeError(f"pattern '{pattern.name}': source '{name}' has no row")
            if known[name].role == "target" or known[name].tag == "S":
                raise TypeError(f"pattern '{pattern.name}' rests on the press ({name}), which is never fitted")
