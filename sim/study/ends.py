"""How cases end, and how long it takes: competing ends of the cases that a run has opened.

A case ends settled, failed (every level tried, no agreement), withdrawn (no claimant is left) or escalated (a petition
or a fight, beyond the model), or it is still open. Who looks only at settled cases sees those that were quick; who
looks at the ends of one year sees old cases too. So cases are followed from their opening: those opened in the first
year of a run are its entry cohort, and each is followed to the end of the run. What is still open then is censored.

The unit is the replication: shares are estimated in every run by Aalen and Johansen (`sim.study.survival`), then
averaged over replications, each counting alike, with a bootstrap interval over them. Beside them stands the same
estimate for the cases of all replications in one pot, where a replication counts for as many cases as it has.

A defect's case stays on the books when one of those who suffer takes it to a petition, so roofs hardly end escalated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import outcomes
from sim.cases import Kind, Stage
from sim.outcomes import HORIZONS, YEAR
from sim.study.statistics import OutcomeSpec, compare_runs, paired_rows
from sim.study.survival import CENSORED, Incidence, aalen_johansen
from sim.study.tables import NOT_YET, WORDS

Ints = NDArray[np.int64]

ENTRY_DAYS = YEAR
"""Cases opened on one of so many first days of a run are its entry cohort."""

CAUSES = tuple(int(stage) for stage in (Stage.SETTLED, Stage.FAILED, Stage.WITHDRAWN, Stage.ESCALATED))
OPEN = "open"
ENDS = (*(WORDS["stage"][cause] for cause in CAUSES), OPEN)
"""The ends, in the order of figures and tables; the last is none."""

ALL = "all"
KINDS = (ALL, *(kind.name.lower() for kind in Kind))
"""Kinds of cases, all together first."""

COLUMNS = ("scenario", "kind", "day", "end", "share", "low", "high", "n", "cases", "pooled", "method")
"""The columns of a summary, in order."""


@dataclass(frozen=True)
class Cohorts:
    """The entry cohorts of runs as numbers, a row a case: words are compared once, not once a kind and scenario.

    Attributes:
        runs: how many runs there are, some of which may have no case.
        run: row of the table of runs that a case belongs to.
        kind: number of its kind.
        kinds: the kinds by their numbers.
        duration: how many days it was seen.
        cause: how it ended, one of `CAUSES`, or `CENSORED`.
    """

    runs: int
    run: Ints
    kind: Ints
    kinds: tuple[str, ...]
    duration: Ints
    cause: Ints

    def incidences(self, kind: str, last: int) -> Incidence:
        """Estimate the ends of the cases of a kind in every run; see `incidences`."""
        chosen = self._of(kind)
        duration, cause = self.duration[chosen], self.cause[chosen]
        return aalen_johansen(duration, cause, CAUSES, last=last, group=self.run[chosen], groups=self.runs)

    def in_a_pot(self, kind: str, last: int, among: NDArray[np.bool_]) -> Incidence:
        """Estimate the ends of all the cases of a kind together, of the runs of which a mask says so."""
        chosen = self._of(kind) & among[self.run]
        return aalen_johansen(self.duration[chosen], self.cause[chosen], CAUSES, last=last)

    def _of(self, kind: str) -> NDArray[np.bool_]:
        """Say which cases are of a kind."""
        if kind == ALL:
            return np.ones(len(self.kind), dtype=bool)
        return self.kind == (self.kinds.index(kind) if kind in self.kinds else -1)


def incidences(
    cases: pd.DataFrame, runs: pd.DataFrame, *, kind: str = ALL, last: int = YEAR, pooled: bool = False
) -> Incidence:
    """Estimate how the cases of entry cohorts end, day by day after their opening.

    Args:
        cases: the table of cases.
        runs: the table of runs; its rows are the groups of the result.
        kind: kind of the cases.
        last: the last day after opening.
        pooled: put the cases of all the runs in one pot instead; the result has no axis for runs.

    Returns:
        The shares of `ENDS`: see `Incidence.shares`, of shape ``(runs, ends, days)``, in a pot ``(ends, days)``.
    """
    followed = cohorts(cases, runs)
    return followed.in_a_pot(kind, last, np.ones(len(runs), dtype=bool)) if pooled else followed.incidences(kind, last)


def competing_ends(
    cases: pd.DataFrame, runs: pd.DataFrame, *, horizons: Sequence[int] = HORIZONS, kinds: Sequence[str] = KINDS
) -> pd.DataFrame:
    """Estimate, in every run, the shares of cases that have ended in each way some time after their opening.

    Args:
        cases: the table of cases.
        runs: the table of runs; what is needed of it are ``scenario``, ``replication`` and ``days``.
        horizons: days after opening.
        kinds: kinds of cases.

    Returns:
        A row for each kind, run, horizon and end: ``scenario``, ``replication``, ``kind``, ``day``, ``end``, ``cases``
        (how many the cohort has) and ``share``, missing where no case was followed for so long.
    """
    return _of_each_run(cohorts(cases, runs), runs, horizons, kinds)


def _of_each_run(followed: Cohorts, runs: pd.DataFrame, horizons: Sequence[int], kinds: Sequence[str]) -> pd.DataFrame:
    """Return what `competing_ends` does."""
    parts = []
    for kind in kinds:
        found = followed.incidences(kind, max(horizons))
        shape = (len(runs), len(horizons), len(ENDS))
        run, day, end = (axis.reshape(-1) for axis in np.indices(shape))
        parts.append(
            pd.DataFrame(
                {
                    "scenario": runs["scenario"].to_numpy()[run],
                    "replication": runs["replication"].to_numpy()[run],
                    "kind": kind,
                    "day": np.array(horizons)[day],
                    "end": np.array(ENDS)[end],
                    "cases": found.at_risk[run, 0],
                    "share": found.shares[:, :, list(horizons)].transpose(0, 2, 1).reshape(-1),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def kinds_of(place: str) -> tuple[str, ...]:
    """Return the kinds of cases that there are in a place, all together first."""
    return (ALL, *(kind.name.lower() for kind in outcomes.kinds(place)))


def summary(
    cases: pd.DataFrame, runs: pd.DataFrame, *, horizons: Sequence[int] = HORIZONS, kinds: Sequence[str] = KINDS
) -> pd.DataFrame:
    """Average the ends over the replications of each scenario.

    Args:
        cases: the table of cases.
        runs: the table of runs.
        horizons: days after opening.
        kinds: kinds of cases.

    Returns:
        A row for each scenario, kind, horizon and end, with the columns of `COLUMNS`: ``share`` is the mean over the
        ``n`` replications that have it, from ``low`` to ``high`` its 95% bootstrap interval made by ``method`` (see
        `sim.study.statistics.Comparison`); ``cases`` is the size of all cohorts and ``pooled`` the share in one pot.
    """
    followed = cohorts(cases, runs)
    of_run = _of_each_run(followed, runs, horizons, kinds)
    parts = []
    for scenario in runs["scenario"].drop_duplicates():
        found = of_run[of_run["scenario"] == scenario].groupby(["kind", "day", "end"], sort=False)
        shares = np.stack([group.to_numpy(np.float64) for _, group in found["share"]])
        means = paired_rows(shares, np.zeros_like(shares), test=False)
        part = found["cases"].sum().reset_index().assign(scenario=scenario, share=[mean.difference for mean in means])
        part = part.assign(**{name: [getattr(mean, name) for mean in means] for name in ("low", "high", "n", "method")})
        mine = np.asarray(runs["scenario"] == scenario, dtype=bool)
        pots = [followed.in_a_pot(kind, max(horizons), mine).shares for kind in kinds]
        part["pooled"] = np.concatenate([pot[:, list(horizons)].T.reshape(-1) for pot in pots])
        parts.append(part)
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def compare_ends(ends: pd.DataFrame, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Compare how cases end with how they end in the twins.

    Args:
        ends: what `competing_ends` returns.
        pairs: (scenario, baseline), in the order of the result.

    Returns:
        What `sim.study.statistics.compare_runs` returns; an outcome is called END_DAY_KIND.
    """
    name = ends["end"] + "_" + ends["day"].astype(str) + "_" + ends["kind"]
    wide = ends.assign(name=name).pivot(index=["scenario", "replication"], columns="name", values="share")
    specs = [OutcomeSpec(column, "share", family=column.rsplit("_", 1)[1]) for column in name.unique()]
    return compare_runs(wide.reset_index(), pairs, specs)


def cohorts(cases: pd.DataFrame, runs: pd.DataFrame) -> Cohorts:
    """Return the entry cohorts of the runs.

    Args:
        cases: the table of cases; those of other runs are left out.
        runs: the table of runs.

    Raises:
        ValueError: a case has ended without an end, or the other way round.
    """
    opened, closed = (cases[name].to_numpy(np.int64) for name in ("opened", "closed"))
    entered = np.flatnonzero((opened >= 0) & (opened < ENTRY_DAYS))
    # Words become numbers first: many cases have few of them.
    of, scenarios = pd.factorize(runs["scenario"])
    rows = pd.Series(np.arange(len(runs)), index=pd.MultiIndex.from_arrays([of, runs["replication"]]))
    place, known = pd.factorize(cases["scenario"])
    scenario = pd.Index(scenarios).get_indexer(pd.Index(known))[place[entered]]
    replication = cases["replication"].to_numpy(np.int64)[entered]
    run = rows.reindex(pd.MultiIndex.from_arrays([scenario, replication]), fill_value=-1).to_numpy(np.int64)
    entered, run = entered[run >= 0], run[run >= 0]
    kind, kinds = pd.factorize(cases["kind"])
    stage, stages = pd.factorize(cases["stage"])
    ends = {WORDS["stage"][cause]: cause for cause in CAUSES}
    cause = np.array([ends.get(str(word), CENSORED) for word in stages], dtype=np.int64)[stage[entered]]
    ended = closed[entered] != NOT_YET
    if (ended != (cause != CENSORED)).any():
        raise ValueError("a case has ended without an end, or the other way round")
    days = runs["days"].to_numpy(np.int64)
    duration = np.where(ended, closed[entered], days[run] - 1) - opened[entered]
    return Cohorts(len(runs), run, kind[entered].astype(np.int64), tuple(str(k) for k in kinds), duration, cause)
