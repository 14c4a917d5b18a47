"""Which draws of the priors are not implausible beside what is known: history matching in waves.

Points of a wave are lived without any arrangement, an emulator of each matched pattern (`sim.study.emulator`) says
what other draws would come to, and those that stand further from a pattern than observation, the model's own
discrepancy, chance and the emulator's doubt allow are ruled out (Vernon, Goldstein & Bower 2010; for stochastic models
Andrianakis et al. 2015). The next wave is drawn from what is left. Nothing is fitted: what remains is a set, often
nearly all of it, and how it does on patterns that were held out is told beside how the priors do. Should nothing
remain, the model cannot be brought to the patterns, which is told too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import ConfigError
from sim.study import emulator, patterns
from sim.study.asked import Asked
from sim.study.config import Config
from sim.study.design import SEED
from sim.study.emulator import Emulator, Floats
from sim.study.executor import Executor
from sim.study.factors import Factor, factors, points
from sim.study.patterns import Pattern
from sim.study.points import Lived, live
from sim.study.store import Store

KEYS = {"patterns": ("pattern",), "waves": ("wave", "pattern"), "narrowed": ("factor",), "draws": ("draw",)}
"""Table to the columns that identify a row."""

NARROWED = ["factor", "tag", "unit", "q05", "q50", "q95", "value_q05", "value_q50", "value_q95", "meaning"]
"""Columns of how far a row is narrowed: quantiles of its prior, and the values that they are."""

CHUNK = 20_000
"""Candidates tried at a time."""


@dataclass
class Calibrated:
    """What came out.

    Attributes:
        factors: all that is uncertain.
        left: share of the priors that is not ruled out.
        tables: by name, see `KEYS`; without ``draws`` and ``narrowed`` if nothing is left.
        pieces: keys of all pieces.
        lived: number of points lived.
    """

    factors: tuple[Factor, ...]
    left: float = 1.0
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    lived: int = 0


@dataclass(frozen=True)
class Wave:
    """What is known after a wave.

    Attributes:
        emulators: pattern to its emulator.
    """

    emulators: dict[str, Emulator]


def implausibility(matched: tuple[Pattern, ...], waves: list[Wave], u: Floats, discrepancy: float) -> Floats:
    """Return how far the worst pattern is from each draw, in standard deviations, shape ``(draws,)``.

    Args:
        matched: the patterns.
        waves: what is known; the worst of all waves counts.
        u: draws as probabilities, shape ``(draws, factors)``.
        discrepancy: the model's own, as a share of a pattern's middle.
    """
    worst = np.zeros(len(u))
    for wave in waves:
        for pattern in matched:
            mean, sd = wave.emulators[pattern.name].at(u)
            doubt = np.sqrt(pattern.sd**2 + (discrepancy * pattern.middle) ** 2 + sd**2)
            worst = np.maximum(worst, np.abs(mean - pattern.middle) / doubt)
    return worst


class Study:
    """A calibration under way; `answers` runs it."""

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
            ConfigError: there is nothing to calibrate, or nothing to calibrate it against.
        """
        self.config, self.asked, self.store, self.compute, self.tell = config, asked, store, compute, tell
        self.scenario = chosen(config, asked)
        self.factors = factors(config, [self.scenario])
        self.matched, self.scored = patterns.of(config.place, asked.held_out)
        self.cutoff, self.discrepancy = float(asked.numbers["cutoff"]), float(asked.numbers["discrepancy"])
        self.found = Calibrated(self.factors)
        self.rng = np.random.default_rng(SEED)
        self.next_replication = 0

    def answers(self) -> Calibrated:
        """Live the waves and what is left, and return the tables."""
        from scipy.stats import qmc

        found, waves, rows = self.found, list[Wave](), list[dict[str, Any]]()
        u = np.asarray(qmc.LatinHypercube(len(self.factors), rng=SEED).random(self.asked.points))
        first: Lived | None = None
        for number in range(1, self.asked.waves + 1):
            lived = self._live(f"wave {number}", u)
            first = lived if first is None else first
            waves.append(self._learn(u, lived, number, rows))
            wanted = self.asked.points if number < self.asked.waves else self.asked.kept
            u, found.left = self._candidates(waves, wanted)
            for row in rows[-len(self.matched) :]:
                row["left"] = found.left
            if len(u) < wanted:
                break
        found.tables["waves"] = pd.DataFrame(rows)
        assert first is not None
        kept = u[: self.asked.kept]
        after = self._live("what is left", kept) if len(kept) else None
        found.tables["patterns"] = self._scores(first, after)
        if len(kept):
            found.tables["narrowed"], found.tables["draws"] = self._narrowed(kept, waves)
        return found

    def _live(self, name: str, u: Floats) -> Lived:
        """Live points, each in a replication of its own that no other wave has."""
        replications = self.next_replication + np.arange(len(u))
        self.next_replication += len(u)
        lived = live(
            self.config,
            [self.scenario],
            points(self.factors, u, replications),
            burn_in=self.asked.burn_in,
            store=self.store,
            compute=self.compute,
            tell=lambda done, every: self.tell(name, done, every),
        )
        self.found.pieces += lived.keys
        self.found.lived += len(u)
        return lived

    def _learn(self, u: Floats, lived: Lived, number: int, rows: list[dict[str, Any]]) -> Wave:
        """Fit an emulator of each pattern to a wave."""
        fitted = {}
        for pattern in self.matched:
            y = pattern.of(lived.values)
            there = ~np.isnan(y)
            if there.sum() < len(y) / 2:
                raise ConfigError(f"pattern '{pattern.name}': {pattern.outcome} is missing in most runs; hold it out")
            one = fitted[pattern.name] = emulator.fit(u[there], y[there])
            active = " ".join(self.factors[k].name for k in one.active)
            rows.append(
                {"wave": number, "pattern": pattern.name, "points": int(there.sum()), "mean": float(y[there].mean())}
                | {"within": float(pattern.holds(y[there]).mean()), "r2": one.r2, "rest": one.rest, "active": active}
                | {"left": np.nan}
            )
        return Wave(fitted)

    def _candidates(self, waves: list[Wave], wanted: int) -> tuple[Floats, float]:
        """Return draws of the priors that are not ruled out, as many as are wanted, and which share that is of all."""
        kept, tried = list[Floats](), 0
        while tried < self.asked.candidates and sum(len(part) for part in kept) < wanted:
            u = self.rng.random((min(CHUNK, self.asked.candidates - tried), len(self.factors)))
            tried += len(u)
            kept.append(u[implausibility(self.matched, waves, u, self.discrepancy) < self.cutoff])
        found = np.concatenate(kept)
        return found[:wanted], len(found) / tried

    def _scores(self, before: Lived, after: Lived | None) -> pd.DataFrame:
        """Score all patterns in the first wave, which is the priors, and in what is left."""
        rows: list[dict[str, Any]] = []
        for pattern in (*self.matched, *self.scored):
            row: dict[str, Any] = {
                "pattern": pattern.name,
                "use": "matched" if pattern in self.matched else "held out",
                "outcome": pattern.outcome,
                "less": pattern.less,
                "low": pattern.low,
                "high": pattern.high,
            }
            for name, lived in (("priors", before), ("left", after)):
                y = pattern.of(lived.values) if lived else np.empty(0)
                y = y[~np.isnan(y)]
                row |= {
                    f"{name}_n": len(y),
                    f"{name}_mean": float(y.mean()) if len(y) else np.nan,
                    f"{name}_within": float(pattern.holds(y).mean()) if len(y) else np.nan,
                }
            rows.append(row | {"sources": " ".join(pattern.sources), "how": pattern.how})
        return pd.DataFrame(rows)

    def _narrowed(self, u: Floats, waves: list[Wave]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return how far each row that any emulator reads is narrowed, and the draws that are left."""
        active = dict.fromkeys(k for wave in waves for one in wave.emulators.values() for k in one.active)
        rows = []
        for k in active:
            low, middle, high = np.quantile(u[:, k], [0.05, 0.5, 0.95])
            spec = self.factors[k].spec
            rows.append(
                {"factor": self.factors[k].name, "tag": spec.tag, "unit": spec.unit, "q05": low, "q50": middle}
                | {"q95": high, "value_q05": _at(self.factors[k], low), "value_q50": _at(self.factors[k], middle)}
                | {"value_q95": _at(self.factors[k], high), "meaning": spec.doc}
            )
        columns: dict[str, Any] = {"draw": np.arange(len(u))}
        columns |= {factor.name: factor.at(u[:, k]) for k, factor in enumerate(self.factors) if not factor.mechanism}
        return pd.DataFrame(rows, columns=NARROWED), pd.DataFrame(columns)


def chosen(config: Config, asked: Asked) -> Any:
    """Return the scenario that is held against the patterns.

    Args:
        config: the experiment.
        asked: what the study is told.

    Raises:
        ConfigError: it names a mechanism; patterns are of worlds without any.
    """
    scenario = next(s for s in config.scenarios if s.name == asked.scenario)
    if scenario.choices:
        raise ConfigError(
            f"calibration.scenario={scenario.name} names {', '.join(scenario.choices)}; patterns are of worlds as found"
        )
    return scenario


def _at(factor: Factor, u: float) -> float:
    return float(factor.at(np.array([u]))[0])
