"""Where an arrangement does worse than what it is compared with: boxes of parameters, found in half of the draws.

Every replication of an experiment draws its uncertain parameters anew, so its pairs of twins are a sample of the
parameters, and of chance. In half of them boxes (`sim.study.prim`) and a tree (`sim.study.tree`) are sought that say
where the difference has the wrong sign; the other half says whether that holds of draws that were not looked at. A
box found in noise is found again in nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import ConfigError
from sim.outcomes import HIGHER, LOWER, specs
from sim.study import prim, tree
from sim.study.asked import Asked
from sim.study.config import Config
from sim.study.factors import Factor, drawn, factors
from sim.study.prim import Bools, Box, Floats
from sim.study.statistics import LEVEL, holm, twin_differences

FEWEST = 8
"""Pairs of twins without which there is nothing to divide into halves."""

HOLDS = 0.05
"""A box holds if the half that was held out is as dense by chance alone with less than this probability."""

KEYS = {"boxes": ("box",), "restrictions": ("box", "factor"), "leaves": ("leaf",)}
"""Table to the columns that identify a row."""


@dataclass
class Discovered:
    """What came out.

    Attributes:
        factors: all that was drawn.
        n: pairs of twins.
        worse: share of them in which the scenario does worse.
        better: share in which it does better; the rest is the same.
        tables: by name, see `KEYS`.
    """

    factors: tuple[Factor, ...]
    n: int
    worse: float
    better: float
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


def narrowed(config: Config, asked: Asked) -> Config:
    """Return the experiment with nothing but the two scenarios in question, and as many replications as were asked for.

    Args:
        config: the experiment.
        asked: what the study is told.

    Raises:
        ConfigError: parameters are not drawn, or the outcome has no better and no worse.
    """
    spec = next(spec for spec in specs(config.place) if spec.name == asked.outcome)
    if spec.direction not in (LOWER, HIGHER):
        raise ConfigError(f"discovery.outcome={asked.outcome} has no better and no worse; choose another")
    if not config.prior_draws:
        raise ConfigError("prior_draws=false: where nothing is drawn there is nowhere to look; leave it out")
    scenarios = tuple(s for name in asked.comparison[::-1] for s in config.scenarios if s.name == name)
    factors(config, scenarios)
    said: dict[str, Any] = {"replications": asked.replications, "detail": False, "events": 0}
    resolved = {key: value for key, value in config.resolved.items() if key != "sweep"} | said
    resolved |= {"scenarios": {s.name: list(s.words) for s in scenarios}, "comparisons": [list(asked.comparison)]}
    changed: dict[str, Any] = {**said, "scenarios": scenarios, "comparisons": (asked.comparison,), "resolved": resolved}
    return replace(config, sweep=None, **changed)


def discover(config: Config, asked: Asked, runs: pd.DataFrame) -> Discovered:
    """Seek where the scenario does worse.

    Args:
        config: the experiment as it was run, see `narrowed`.
        asked: what the study is told.
        runs: its table of runs.

    Raises:
        ConfigError: too few pairs of twins have the outcome.
    """
    by_name = {scenario.name: scenario for scenario in config.scenarios}
    found = factors(config, [by_name[name] for name in asked.comparison])
    wide = runs.pivot(index="replication", columns="scenario", values=asked.outcome)[list(asked.comparison)].dropna()
    replications = np.array([int(k) for k in wide.index], dtype=np.int64)
    if len(replications) < FEWEST:
        raise ConfigError(
            f"discovery.outcome={asked.outcome}: only {len(replications)} pairs of twins have it; choose another, or "
            "more replications"
        )
    x = drawn(found, config, replications.tolist())
    values = wide.to_numpy(np.float64)
    effect = twin_differences(values[:, 0], values[:, 1])
    spec = next(spec for spec in specs(config.place) if spec.name == asked.outcome)
    worse = effect > 0 if spec.direction == LOWER else effect < 0
    looked_at = replications // config.layouts % 2 == 0  # every layout in either half
    out = Discovered(found, len(effect), _share(worse), _share((effect != 0) & ~worse))
    boxes = prim.boxes(x[looked_at], worse[looked_at], asked.boxes)
    out.tables["boxes"], out.tables["restrictions"] = _boxes(boxes, found, x, worse, looked_at)
    out.tables["leaves"] = _leaves(
        tree.grow(x[looked_at], worse[looked_at], asked.depth), found, x, effect, worse, looked_at
    )
    return out


def in_words(box: Box, given: Sequence[Factor]) -> str:
    """Say in words where a box is.

    Args:
        box: the box.
        given: the factors that its inputs are.
    """
    parts = []
    for k in box.inputs:
        factor = given[k]
        unit = "" if factor.spec.unit == "1" else f" {factor.spec.unit}"
        low, high = box.low.get(k), box.high.get(k)
        if low is not None and high is not None:
            where = f"between {low:.3g} and {high:.3g}{unit}"
        elif low is not None:
            where = f"above {low:.3g}{unit}"
        else:
            where = f"below {high:.3g}{unit}"
        parts.append(f"{factor.spec.doc} ({factor.name}) is {where}")
    return "; and ".join(parts) or "anywhere"


def _boxes(
    boxes: Iterable[Box], given: Sequence[Factor], x: Floats, worse: Bools, looked_at: Bools
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the boxes as they were found and as they do where nobody looked, and their restrictions."""
    rows: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    left = np.ones(len(x), dtype=bool)
    for number, box in enumerate(boxes, 1):
        inside = box.holds(x) & left
        row: dict[str, Any] = {"box": number, "in_words": in_words(box, given)}
        for name, half in (("found", looked_at), ("held_out", ~looked_at)):
            row |= _half(name, worse[half], inside[half], worse[half & left].mean())
        rows.append(row)
        mine, hits = x[looked_at & left], worse[looked_at & left]
        for k in box.inputs:
            low, high = box.low.get(k, np.nan), box.high.get(k, np.nan)
            ends.append(
                {"box": number, "factor": given[k].name, "tag": given[k].spec.tag, "unit": given[k].spec.unit}
                | {"low": low, "high": high, "low_quantile": _below(x[:, k], low, 0.0)}
                | {"high_quantile": _below(x[:, k], high, 1.0), "p": prim.carries(mine, hits, box, k)}
                | {"meaning": given[k].spec.doc}
            )
        left &= ~inside
    columns = [*_COLUMNS, "held_out_p_holm", "holds"]
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    frame["held_out_p_holm"] = holm(frame["held_out_p"].to_numpy(np.float64))
    frame["holds"] = np.where(frame["held_out_p_holm"] < HOLDS, "yes", "no")
    return frame[columns], pd.DataFrame(ends, columns=list(_ENDS))


_HALVES = ("n", "share", "density", "coverage", "base")
_COLUMNS = [
    "box", "in_words", *(f"found_{name}" for name in _HALVES), *(f"held_out_{name}" for name in _HALVES),
    "held_out_low", "held_out_high", "held_out_p",
]  # fmt: skip
_ENDS = ("box", "factor", "tag", "unit", "low", "high", "low_quantile", "high_quantile", "p", "meaning")


def _half(name: str, worse: Bools, inside: Bools, base: float) -> dict[str, Any]:
    """Return what a box is in one half of the draws.

    Of these ``share`` is how many of all draws it holds, ``density`` in how many of its own the scenario does worse,
    ``coverage`` how many of all such draws it holds, ``base`` the density of what earlier boxes have left.
    """
    n, hits = int(inside.sum()), int((worse & inside).sum())
    out: dict[str, Any] = {
        f"{name}_n": n,
        f"{name}_share": _share(inside),
        f"{name}_density": hits / n if n else np.nan,
        f"{name}_coverage": hits / int(worse.sum()) if worse.any() else np.nan,
        f"{name}_base": float(base),
    }
    if name == "held_out":
        out["held_out_low"], out["held_out_high"] = wilson(hits, n)
        out["held_out_p"] = _by_chance(hits, n, float(base))
    return out


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Return Wilson's 95% interval of a share; missing without a point."""
    if not n:
        return np.nan, np.nan
    from scipy import stats

    ends = stats.binomtest(hits, n).proportion_ci(LEVEL, method="wilson")
    return float(ends.low), float(ends.high)


def _by_chance(hits: int, n: int, base: float) -> float:
    """Return how likely so many hits or more are where a box is nothing special; missing without a point."""
    if not n or not np.isfinite(base):
        return np.nan
    from scipy import stats

    return float(stats.binom.sf(hits - 1, n, base))


def _leaves(
    grown: tree.Node, given: Sequence[Factor], x: Floats, effect: Floats, worse: Bools, looked_at: Bools
) -> pd.DataFrame:
    """Return the leaves of the tree, the densest where it was grown first."""
    rows: list[dict[str, Any]] = []
    for box, node in grown.leaves():
        inside = box.holds(x) & ~looked_at
        n, hits = int(inside.sum()), int(worse[inside].sum())
        low, high = wilson(hits, n)
        rows.append(
            {"in_words": in_words(box, given), "found_n": node.n, "found_density": node.hits / node.n}
            | {"held_out_n": n, "held_out_density": hits / n if n else np.nan, "held_out_low": low}
            | {"held_out_high": high, "held_out_effect": float(effect[inside].mean()) if n else np.nan}
        )
    rows.sort(key=lambda row: -row["found_density"])
    return pd.DataFrame([{"leaf": number, **row} for number, row in enumerate(rows, 1)])


def _share(mask: NDArray[np.bool_]) -> float:
    return float(mask.mean()) if len(mask) else float("nan")


def _below(column: Floats, value: float, otherwise: float) -> float:
    """Return the share of draws up to a value."""
    return float((column <= value).mean()) if np.isfinite(value) else otherwise
