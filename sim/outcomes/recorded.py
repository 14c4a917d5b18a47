"""What a block of runs leaves behind: all that outcomes are computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import places, settlements
from sim.cases import Kind
from sim.outcomes import inequality, villages
from sim.outcomes.spec import Ints
from sim.rules import desks, suffering, trust

if TYPE_CHECKING:
    from sim.worlds import Worlds


@dataclass(frozen=True)
class Recorded:
    """What a block of runs has left behind, nothing else being needed.

    Attributes:
        place: name of the place file.
        series: names of the daily series.
        record: daily values, shape ``(days, worlds, series)``; flows of the day, stocks at its end;
            in 32 bits if these hold all of it, so sums say how wide they are.
        cases: fields of the cases on the books at the end.
        ended: fields of the cases that have ended.
        agreements: fields of the agreements between parties.
        households: households of each world.
        seeds: noise of each world, by which its cases are named.
        desk_kind: kind of each desk row, a number of `sim.cases.Desk`.
        groups: those of the households that belong to each group of people whose grievances are added up apart.
        trust: trust of all who live there in each kind of desk, at the end, added up, millionths.
        spells: fields of the spells in which crews were owed wages.
        farms: what is read at the end of villages, see `sim.outcomes.villages.at_the_end`.
        borne: how unequally people suffer, see `sim.outcomes.inequality.at_the_end`.
    """

    place: str
    series: Sequence[str]
    record: NDArray[np.integer[Any]]
    cases: Mapping[str, NDArray[Any]]
    ended: Mapping[str, NDArray[Any]]
    agreements: Mapping[str, NDArray[Any]]
    households: Ints
    seeds: NDArray[np.uint64]
    desk_kind: Ints
    groups: Mapping[str, Ints]
    trust: Mapping[str, Ints]
    spells: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    farms: Mapping[str, Ints] = field(default_factory=dict)
    borne: Mapping[str, Ints] = field(default_factory=dict)


def recorded(w: Worlds) -> Recorded:
    """Take from worlds what outcomes are computed from."""
    return Recorded(
        place=w.recipe.place,
        series=w.series,
        record=w.narrow_record(),
        cases=w.cases.arrays(),
        ended=w.ended.arrays(),
        agreements=w.agreements.arrays(),
        households=settlements.inhabited(w).sum(axis=1, dtype=np.int64),
        seeds=w.seeds,
        desk_kind=desks.kinds(w),
        groups=_sizes(w),
        trust=_trust(w),
        spells=w.spells.arrays() if Kind.WAGES in places.declared(w.recipe.place, "KINDS") else {},
        farms=villages.at_the_end(w) if "village" in places.settlements(w.recipe.place) else {},
        borne=inequality.at_the_end(w),
    )


def _sizes(w: Worlds) -> dict[str, Ints]:
    """Return how many households belong to each group of people."""
    of, names = suffering.groups(w).reshape(w.n, w.households), suffering.groups_of(w.recipe.place)
    out = {name: (of >> number & 1).sum(axis=1, dtype=np.int64) for number, name in enumerate(names)}
    kinds = {s.name: s for s in w.settlements if s.name in out}  # of several kinds only who lives there all year
    return out | {name: kind.inhabited(w).sum(axis=1, dtype=np.int64) for name, kind in kinds.items()}


def _trust(w: Worlds) -> dict[str, Ints]:
    """Return the trust of all who live there in each kind of desk, added up, each rounded to millionths."""
    world, household = np.nonzero(settlements.inhabited(w))
    out = {}
    for desk in trust.trusted(w.recipe.place):
        out[desk] = np.zeros(w.n, dtype=np.int64)
        np.add.at(out[desk], world, np.rint(1e6 * trust.in_desk(w, desk, world, household)).astype(np.int64))
    return out
