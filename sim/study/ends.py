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
    run, duration, cause = _cohort(cases, runs, kind)
    if pooled:
        return aalen_johansen(duration, cause, CAUSES, last=last)
    return aalen_johansen(duration, cause, CAUSES, last=last, group=run, groups=len(runs))


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
    parts = []
    for kind in kinds:
        found = incidences(cases, runs, kind=kind, last=max(horizons))
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
    of_run = competing_ends(cases, runs, horizons=horizons, kinds=kinds)
    parts = []
    for scenario, mine in runs.groupby("scenario", sort=False):
        found = of_run[of_run["scenario"] == scenario].groupby(["kind", "day", "end"], sort=False)
        shares = np.stack([group.to_numpy(np.float64) for _, group in found["share"]])
        means = paired_rows(shares, np.zeros_like(shares), test=False)
        part = found["cases"].sum().reset_index().assign(scenario=scenario, share=[mean.difference for mean in means])
        part = part.assign(**{name: [getattr(mean, name) for mean in means] for name in ("low", "high", "n", "method")})
        theirs = cases[cases["scenario"] == scenario]
        pots = [incidences(theirs, mine, kind=kind, last=max(horizons), pooled=True).shares for kind in kinds]
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


def _cohort(cases: pd.DataFrame, runs: pd.DataFrame, kind: str) -> tuple[Ints, Ints, Ints]:
    """Return, for every case of the runs' entry cohorts, its run's row, how many days it was seen, how it ended."""
    entered = (cases["opened"] >= 0) & (cases["opened"] < ENTRY_DAYS)
    if kind != ALL:
        entered &= cases["kind"] == kind
    where = runs[["scenario", "replication", "days"]].assign(run=np.arange(len(runs)))
    # A case belongs to one run; cases of other runs are left out.
    found = cases[entered].merge(where, on=["scenario", "replication"], how="inner")
    run, closed, opened, days = (
        np.asarray(found[name], dtype=np.int64) for name in ("run", "closed", "opened", "days")
    )
    ended = closed != NOT_YET
    words = found["stage"].map({WORDS["stage"][cause]: cause for cause in CAUSES}).fillna(CENSORED)
    cause = np.asarray(words, dtype=np.int64)
    if (ended != (cause != CENSORED)).any():
        raise ValueError("a case has ended without an end, or the other way round")
    return run, np.where(ended, closed, days - 1) - opened, cause
