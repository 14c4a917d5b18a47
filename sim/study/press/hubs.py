"""S7, a hub for elders where disputes fell by four fifths: the base rate and the selection that it would take.

The page tells of one place, without base, period or definition. What is simulated is the mean effect of such places.
Counts of a year in one community are small, so some fall by four fifths by luck: how likely that is depends on how
many disputes there were. Nothing is raised to meet it: ties do what the priors say.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.cases import Kind
from sim.parameters import specs
from sim.places.compound import Structure
from sim.scenario import parse
from sim.study.executor import Executor, stage
from sim.worlds import Recipe, Worlds

Floats = NDArray[np.float64]

YEAR = 365
SCENARIOS = {"without": (), "full": ("elder_services",)}
BASES = (5, 10, 20, 40)
"""Disputes a year before, for which chances are printed beside the one found."""

FALL = 0.8
"""By how much disputes fell, on the page (page-B10)."""

RISE = 1.6
"""Ratio by which participation rose, if the page means percent (page-B9); else it means 60 points."""


@dataclass(frozen=True)
class Task:
    """Some replications of one map of six compounds in two communities."""

    replications: tuple[int, ...]
    layout: int
    burn_in: int
    households: int
    seed: int
    prior_draws: bool


def play(tasks: list[Task], executor: Executor) -> pd.DataFrame:
    """Let worlds live for a year with and without hubs.

    Returns:
        A row for each replication and scenario: disputes that began between neighbours in a community and year, and
        the share of elders who took part in something in a month.

    Raises:
        RuntimeError: some could not be computed.
    """
    return gather("S7", tasks, executor, work)


def gather(name: str, tasks: list[Task], executor: Executor, compute: Callable[[Task], pd.DataFrame]) -> pd.DataFrame:
    """Compute tasks and put their rows together, by scenario and replication.

    Args:
        name: of the press case.
        tasks: what to compute.
        executor: who computes.
        compute: computes a task.

    Raises:
        RuntimeError: some could not be computed.
    """
    parts = []
    for outcome in executor.map(compute, tasks):
        if outcome.failure or outcome.value is None:
            failure = outcome.failure
            raise RuntimeError(
                f"{name}: failed while {failure.stage}: {failure.message}" if failure else f"{name}: failed"
            )
        parts.append(outcome.value)
    return pd.concat(parts, ignore_index=True).sort_values(["scenario", "replication"], ignore_index=True)


def found(task: Task) -> Worlds:
    """Found the worlds of a task and let them live until day 0."""
    structure = {name: spec.default for name, spec in specs(Structure, "compound").items()}
    recipe = Recipe(
        place="compound",
        structure=structure | {"households": task.households},
        seed=task.seed,
        layout=task.layout,
        replications=task.replications,
        prior_draws=task.prior_draws,
        burn_in=task.burn_in,
    )
    with stage("burn-in"):
        w = Worlds(recipe)
        w.run(0)
    return w


def work(task: Task) -> pd.DataFrame:
    """Compute one task."""
    w = found(task)
    with stage("running"):
        w = w.stack([parse(name, words) for name, words in SCENARIOS.items()])
        before = quarrels(w)
        w.run(YEAR)
    total = {name: w.record[:, :, w.series.index(name)].sum(axis=0) for name in ("took_part", "elder_months")}
    hubs = w.layout.sizes["community"]
    return pd.DataFrame(
        {
            "scenario": np.array(w.scenario_names)[w.scenario],
            "replication": w.replication,
            "disputes": (quarrels(w) - before) / hubs,
            "participation": total["took_part"] / total["elder_months"],
        }
    )


def quarrels(w: Worlds) -> NDArray[np.int64]:
    """Return how many grievances between neighbours have been felt in each world."""
    felt: NDArray[np.int64] = w.tally["grievances"][:, int(Kind.NEIGHBOUR)].sum(axis=1)
    return felt


def chance_of_fall(base: float, ratio: float, fall: float = FALL) -> float:
    """Return how likely a place shows a fall of so much or more by luck.

    Disputes before are Poisson with mean `base`, those after with mean `base` x `ratio`; a place without any before
    has nothing to fall.

    Args:
        base: disputes a year before, expected.
        ratio: what the arrangement leaves of them in expectation.
        fall: share by which they are to have fallen.
    """
    if base <= 0:
        return 0.0
    most = math.ceil(base + 12 * math.sqrt(base) + 30)
    after = np.cumsum([_poisson(base * ratio, k) for k in range(most + 1)])
    total = 0.0
    for before in range(1, most + 1):
        total += _poisson(base, before) * after[math.floor((1 - fall) * before + 1e-9)]
    return float(total / (1 - math.exp(-base)))


def _poisson(mean: float, k: int) -> float:
    """Return the chance of k events."""
    return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) if mean > 0 else float(k == 0)


def selected_from(chance: float, sure: float = 0.5) -> float:
    """Return among how many places the best one shows it with a chance of `sure`; infinite if none ever does."""
    if chance >= sure:
        return 1.0
    if chance < 1e-15:
        return math.inf
    return float(math.ceil(math.log(1 - sure) / math.log1p(-chance)))


def table(played: pd.DataFrame) -> pd.DataFrame:
    """Return, for the base found and others, how likely a fall of four fifths is by luck, and the selection it takes.

    Returns:
        A row for each base: ``base`` disputes a year and community, ``found`` whether it is the simulated one,
        ``ratio`` simulated, ``chance`` of a fall by four fifths or more, ``hubs`` of which the best would show it.
    """
    ratio = effect(played)
    found = float(played.loc[played["scenario"] == "without", "disputes"].mean())
    rows = []
    for base in sorted({*map(float, BASES), found}):
        chance = chance_of_fall(base, ratio)
        rows.append({"base": base, "found": base == found, "ratio": ratio, "chance": chance,
                     "hubs": selected_from(chance)})  # fmt: skip
    return pd.DataFrame(rows)


def effect(played: pd.DataFrame) -> float:
    """Return what hubs leave of disputes, all worlds together."""
    mean = played.groupby("scenario")["disputes"].mean()
    return float(mean["full"] / mean["without"])


def participation(played: pd.DataFrame) -> tuple[float, float]:
    """Return the share of elders who take part in a month, without hubs and with them."""
    mean = played.groupby("scenario")["participation"].mean()
    return float(mean["without"]), float(mean["full"])


def sentences(played: pd.DataFrame, told: pd.DataFrame) -> list[str]:
    """Say in words what came out, and what the page would take."""
    ratio, (before, after) = effect(played), participation(played)
    found = told[told["found"]].iloc[0]
    met = after / before >= RISE, after - before >= 0.6, ratio <= 1 - FALL
    by_ratio, by_points, by_disputes = ("met" if yes else "not met" for yes in met)
    rare = "never" if math.isinf(found["hubs"]) else f"the best of some {found['hubs']:,.0f} communities in a year"
    return [
        f"Participation: {before:.1%} of elders in a month without, {after:.1%} with; ratio {after / before:.2f} "
        f"(the page: up by more than 60; as percent {by_ratio}, as points {by_points}).",
        f"Disputes between neighbours: {found['base']:.1f} a year and community without, those at cards among them "
        f"{100 * (ratio - 1):+.1f}% with (the page: -80%): {by_disputes} in the mean.",
        f"At this base a community shows a fall of 80% by luck with chance {found['chance']:.2g}: {rare} would, "
        "more likely than not.",
        "The effect of ties is nowhere raised to meet the page. That disputes on paper are fewer than disputes felt "
        "is another way to its number.",
        "Satisfaction of 98% and more is skipped: at its ceiling, always the same, the instrument not told.",
    ]


PHOTOS = (
    "S10, photographs of calligraphy, a New Year's gathering and the making of flowers: nothing to match.",
    "They show that there were shared events, and no number. community_culture holds six small ones a year in a "
    "community; `run community_culture` says what comes of it.",
)
"""What there is to say of S10."""
