"""On which assumptions a difference between two scenarios rests: screened, shared out, scanned.

Every uncertain row of the world and of the mechanisms in question is a factor. Morris's paths rank them; Sobol's
indices share the variance among the first of them; a design over three groups asks what pure estimates, rows with a
source and chance carry; scans draw one row at a time. Both scenarios live in the same worlds, point by point, so that
what varies is the effect itself. Worlds may be burned in for a shorter time than in an experiment; some of the points
are lived with either time, and how far the two agree is part of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import ConfigError
from sim.outcomes import OutcomeSpec, specs
from sim.study import design, indices
from sim.study.asked import Asked
from sim.study.config import Config
from sim.study.design import CHANCE, Design
from sim.study.executor import Executor
from sim.study.factors import Factor, factors, points
from sim.study.points import Lived, Point, live
from sim.study.statistics import paired_rows
from sim.study.store import Store

Floats = NDArray[np.float64]

EFFECT, LEVEL_OF_BASELINE = "effect", "baseline"
MEASURES = (EFFECT, LEVEL_OF_BASELINE)
"""What an outcome is looked at as: scenario less baseline, and the baseline alone."""

GUESSED, SOURCED = "guesses", "rows with a source"
"""Groups of rows, beside chance: tag E, and all other tags."""

SHORTER, FULL = "the shorter burn-in", "the full burn-in"
"""Parts in which the same points are lived after either."""

KEYS = {
    "morris": ("outcome", "measure", "factor"),
    "sobol": ("outcome", "measure", "factor"),
    "groups": ("outcome", "measure", "group"),
    "scans": ("factor", "value"),
    "spread": ("design", "outcome", "measure"),
    "burn_in": ("outcome", "measure"),
}
"""Table to the columns that identify a row."""


@dataclass
class Answers:
    """What came out.

    Attributes:
        factors: all that was varied.
        top: those of which there are Sobol's indices, the first of the screening first.
        tables: by name, see `KEYS`.
        pieces: keys of all pieces.
        lived: number of points lived, each in both scenarios.
    """

    factors: tuple[Factor, ...]
    top: tuple[Factor, ...]
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    lived: int = 0


@dataclass(frozen=True)
class Stage:
    """A part of the study as it was lived."""

    design: Design
    lived: Lived


class Study:
    """A sensitivity study under way; `answers` runs it."""

    def __init__(
        self, config: Config, asked: Asked, store: Store, compute: Executor, tell: Callable[[str, int, int], None]
    ) -> None:
        """Take what is needed.

        Args:
            config: the experiment.
            asked: what the study is told.
            store: an open store of points.
            compute: who computes.
            tell: called with what is being done, and with batches done and in all.

        Raises:
            ConfigError: there is nothing to vary.
        """
        by_name = {scenario.name: scenario for scenario in config.scenarios}
        self.config, self.asked, self.store, self.compute, self.tell = config, asked, store, compute, tell
        self.scenarios = tuple(by_name[name] for name in asked.comparison)
        self.factors = factors(config, self.scenarios)
        main = [spec for spec in specs(config.place) if spec.main and spec.name != asked.outcome]
        self.outcomes: list[OutcomeSpec] = [s for s in specs(config.place) if s.name == asked.outcome] + main
        self.found = Answers(self.factors, ())

    def answers(self) -> Answers:
        """Live all parts, one after the other, and return the tables.

        Raises:
            ConfigError: the outcome in question is missing in some runs.
            PointsError: points could not be computed.
        """
        found, names = self.found, [factor.name for factor in self.factors]
        screening = self._stage("screening", self.factors, design.morris(names, self.asked.trajectories))
        if any(np.isnan(values).any() for values in screening.lived.values[self.asked.outcome]):
            raise ConfigError(
                f"sensitivity.outcome={self.asked.outcome} is missing in some runs, and indices need all of them; "
                "choose another"
            )
        found.tables["morris"] = self._per_outcome(screening, indices.morris, self.factors)
        top = self._first(found.tables["morris"])
        found.top = tuple(top)
        shared = self._stage("sharing out", top, design.sobol([f.name for f in top], self.asked.points))
        found.tables["sobol"] = self._per_outcome(shared, indices.sobol, top)
        groups = [GUESSED if factor.guessed else SOURCED for factor in self.factors]
        of_groups = self._stage("groups", self.factors, design.grouped(names, groups, self.asked.groups))
        table = self._per_outcome(of_groups, indices.sobol, ()).drop(columns=["tag"])
        counts = {GUESSED: groups.count(GUESSED), SOURCED: groups.count(SOURCED), CHANCE: 0}
        table = table.rename(columns={"factor": "group"})
        table.insert(3, "rows", table["group"].map(counts).astype("int64"))
        found.tables["groups"] = table
        found.tables["scans"] = self._scans(top)
        found.tables["spread"] = self._spread({"top rows": shared, "all rows and seeds": of_groups})
        found.tables["burn_in"] = self._burn_in(top, shared)
        return found

    def _stage(self, name: str, over: Sequence[Factor], made: Design) -> Stage:
        """Live the points of a design."""
        return Stage(made, self._live(name, points(over, made.quantiles, made.replications), self.asked.burn_in))

    def _live(self, name: str, chosen: Sequence[Point], burn_in: int) -> Lived:
        """Live points in both scenarios."""
        lived = live(
            self.config,
            self.scenarios,
            chosen,
            burn_in=burn_in,
            store=self.store,
            compute=self.compute,
            tell=lambda done, all_of_them: self.tell(name, done, all_of_them),
        )
        self.found.pieces += lived.keys
        self.found.lived += len(chosen)
        return lived

    def _first(self, screened: pd.DataFrame) -> list[Factor]:
        """Return the factors that move the effect on the outcome in question most, ties in the order of declaration."""
        mine = screened[(screened["outcome"] == self.asked.outcome) & (screened["measure"] == EFFECT)]
        size = dict(zip(mine["factor"], mine["mu_star"], strict=True))
        return sorted(self.factors, key=lambda factor: -size[factor.name])[: self.asked.top]

    def _measured(self, lived: Lived) -> list[tuple[OutcomeSpec, str, Floats]]:
        """Return each outcome as each measure in each point; one that is missing anywhere is left out."""
        out = []
        for spec in self.outcomes:
            scenario, baseline = lived.values[spec.name]
            for measure, y in ((EFFECT, scenario - baseline), (LEVEL_OF_BASELINE, baseline)):
                if not np.isnan(y).any():
                    out.append((spec, measure, y))
        return out

    def _per_outcome(
        self, part: Stage, index: Callable[[Design, Floats], pd.DataFrame], over: Sequence[Factor]
    ) -> pd.DataFrame:
        """Return indices of every outcome and measure, with the evidence tag of each row."""
        tags = {factor.name: factor.spec.tag for factor in over}
        frames = []
        for spec, measure, y in self._measured(part.lived):
            frame = index(part.design, y)
            frame.insert(1, "tag", [tags.get(name, "") for name in frame["factor"]])
            frame.insert(0, "measure", measure)
            frame.insert(0, "outcome", spec.name)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def _scans(self, top: Sequence[Factor]) -> pd.DataFrame:
        """Scan each factor over its prior, all others at their defaults, in the same replications."""
        made = design.scans(len(top), self.asked.values, self.asked.seeds)
        lived = self._live("scanning", points(top, made.quantiles, made.replications), self.asked.burn_in)
        scenario, baseline = (
            values.reshape(len(top) * self.asked.values, self.asked.seeds)
            for values in lived.values[self.asked.outcome]
        )
        quantiles = np.linspace(design.EDGE, 1 - design.EDGE, self.asked.values)
        rows: list[dict[str, Any]] = []
        for nth, c in enumerate(paired_rows(scenario, baseline, test=False)):
            factor, at = top[nth // self.asked.values], quantiles[[nth % self.asked.values]]
            value = float(factor.at(at)[0])
            rows.append(
                {"factor": factor.name, "quantile": float(at[0]), "value": value, "unit": factor.spec.unit}
                | {"baseline": c.mean_baseline, "effect": c.difference, "low": c.low, "high": c.high, "n": c.n}
            )
        return pd.DataFrame(rows)

    def _spread(self, parts: dict[str, Stage]) -> pd.DataFrame:
        """Say how far each measure spreads over the independent points of each design."""
        rows: list[dict[str, Any]] = []
        for name, part in parts.items():
            for spec, measure, y in self._measured(part.lived):
                own = np.concatenate(indices.base(part.design, y))
                low, middle, high = np.quantile(own, [0.05, 0.5, 0.95])
                rows.append(
                    {"design": name, "outcome": spec.name, "unit": spec.unit, "measure": measure, "n": len(own)}
                    | {"mean": own.mean(), "sd": own.std(ddof=1), "q05": low, "median": middle, "q95": high}
                    | {"share_below_0": float((own < 0).mean()), "share_above_0": float((own > 0).mean())}
                )
        return pd.DataFrame(rows)

    def _burn_in(self, top: Sequence[Factor], shared: Stage) -> pd.DataFrame:
        """Live some independent points with either burn-in, each with a seed of its own, and say how far the two agree.

        With the one seed of all other points the two would differ by the luck of one world on other days, which no
        number of points averages out.
        """
        blocks = len(top) + 2
        first = np.arange(0, len(shared.design.u), blocks)[: self.asked.checked]  # rows of matrix A
        chosen = points(top, shared.design.quantiles[first], 1 + np.arange(len(first)))
        lived = [
            self._live(name, chosen, days)
            for name, days in ((SHORTER, self.asked.burn_in), (FULL, self.config.burn_in))
        ]
        short, full = ({(spec.name, m): (spec, y) for spec, m, y in self._measured(one)} for one in lived)
        both = [(measure, spec, short[spec.name, measure][1], y) for (_, measure), (spec, y) in full.items()
                if (spec.name, measure) in short]  # fmt: skip
        rows: list[dict[str, Any]] = []
        apart = paired_rows(np.array([y for *_, y in both]), np.array([x for *_, x, _ in both]), test=False)
        for (measure, spec, x, y), c in zip(both, apart, strict=True):
            rows.append(
                {"outcome": spec.name, "unit": spec.unit, "measure": measure, "n": len(y)}
                | {"days_short": self.asked.burn_in, "days_full": self.config.burn_in}
                | {"mean_short": x.mean(), "mean_full": y.mean(), "sd_short": _sd(x), "sd_full": _sd(y)}
                | {"difference": c.difference, "low": c.low, "high": c.high}
                | {"correlation": _correlation(x, y), "rank_correlation": _correlation(_ranks(x), _ranks(y))}
            )
        return pd.DataFrame(rows)


def _sd(x: Floats) -> float:
    return float(x.std(ddof=1)) if len(x) > 1 else float("nan")


def _ranks(x: Floats) -> Floats:
    from scipy import stats

    return np.asarray(stats.rankdata(x), dtype=np.float64)


def _correlation(x: Floats, y: Floats) -> float:
    """Return Pearson's correlation; missing where one of the two does not vary."""
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def how_many(asked: Asked, rows: int) -> dict[str, int]:
    """Return how many points each part takes.

    Args:
        asked: what the study is told.
        rows: the factors there are.
    """
    top = min(asked.top, rows)
    return {
        "screening": asked.trajectories * (rows + 2),
        "sharing out": asked.points * (top + 2),
        "groups": asked.groups * 5,
        "scanning": top * asked.values * asked.seeds,
        SHORTER: min(asked.checked, asked.points),
        FULL: min(asked.checked, asked.points),
    }
