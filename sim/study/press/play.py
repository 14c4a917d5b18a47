"""Playing a press case: worlds burn in, what was observed is put in place, then all scenarios live on side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import mechanisms, places
from sim.errors import ConfigError
from sim.mechanisms import mechanism_specs
from sim.parameters import Value, specs
from sim.rules import renewals
from sim.scenario import Scenario, parse
from sim.study import compounds
from sim.study.executor import Executor, stage
from sim.study.press import context, steppe, villages
from sim.study.press.cases import Case
from sim.study.press.kits import MEASURES_IN
from sim.study.press.measures import Seen
from sim.worlds import Recipe, Worlds

Floats = NDArray[np.float64]

WITHOUT, FULL, LESS = "counterfactual", "arrangement", "without_"
"""Names of the scenarios: before, after, and with one channel less."""

GROUNDS: dict[str, Any] = {"compound": context, "village": villages, "pasture": steppe}
"""Place to what sets the context of its cases there."""

GROUP_ROWS = 45_000
"""Household rows of a group of replications, all scenarios left out."""

MOST_LAYOUTS = 500
"""Maps that are looked through for one with so many buildings."""

YEAR, WEEK = 365, 7


@dataclass(frozen=True)
class Play:
    """How a case is played.

    Attributes:
        replications: worlds.
        burn_in: days before day 0.
        layouts: different maps.
        seed: the seed of all of it.
        prior_draws: whether uncertain parameters are drawn.
        follow: days that a case is followed for after its own day, if that is shorter; 0 = as long as it says.
    """

    replications: int = 200
    burn_in: int = 1456
    layouts: int = 4
    seed: int = 1
    prior_draws: bool = True
    follow: int = 0

    def days(self, case: Case) -> int:
        """Return the days from day 0 that a case is played for."""
        return min(case.days, max(case.says("day") or 0, 0) + self.follow) if self.follow else case.days


@dataclass(frozen=True)
class Task:
    """One group of worlds of one map."""

    case: Case
    play: Play
    layout: int
    replications: tuple[int, ...]


@dataclass
class Played:
    """What came out: scenario to measure to one number a replication, in their order."""

    case: Case
    play: Play
    values: dict[str, dict[str, Floats]] = field(default_factory=dict)


def scenarios(case: Case) -> list[Scenario]:
    """Return the counterfactual, the arrangement, and the arrangement without each of its channels.

    The channels are those of the mechanisms that the counterfactual lacks.
    """
    added = [name for name in case.arrangement if name not in case.without]
    words = list(case.arrangement)
    if "coverage" in case.context:
        words += [f"{name}.coverage={case.says('coverage')}" for name in added if "coverage" in mechanism_specs(name)]
    out = [parse(WITHOUT, case.without), parse(FULL, words)]
    for name in added:
        for channel in mechanisms.registry()[name].channels:
            out.append(parse(LESS + channel, [*words, f"{name}.{channel}=off"]))
    return out


def play(
    case: Case, how: Play, executor: Executor, tell: Callable[[int, int], None] = lambda done, all_: None
) -> Played:
    """Play a case on many worlds.

    Args:
        case: the case.
        how: how many and how long.
        executor: who computes.
        tell: called with how many groups are done, and how many there are.

    Raises:
        ConfigError: no map has so many buildings.
        RuntimeError: a group could not be computed.
    """
    tasks = _tasks(case, how)
    parts: dict[tuple[int, ...], dict[str, dict[str, Floats]]] = {}
    for outcome in executor.map(work, tasks):
        if outcome.failure:
            raise RuntimeError(f"{case.name}: failed while {outcome.failure.stage}: {outcome.failure.message}")
        assert outcome.value is not None
        parts[outcome.task.replications] = outcome.value
        tell(len(parts), len(tasks))
    groups = list(parts)
    order = np.argsort(np.concatenate([np.array(group) for group in groups]), kind="stable")
    first = parts[groups[0]]
    values = {
        scenario: {name: np.concatenate([parts[group][scenario][name] for group in groups])[order] for name in known}
        for scenario, known in first.items()
    }
    return Played(case, how, values)


def _tasks(case: Case, how: Play) -> list[Task]:
    """Divide the replications into groups; replication k has map k modulo the number of maps."""
    maps = layouts(case, how)
    size = max(1, min(25, GROUP_ROWS // _rows(case)))
    tasks = []
    for number, layout in enumerate(maps):
        mine = range(number, how.replications, len(maps))
        tasks += [Task(case, how, layout, tuple(mine[at : at + size])) for at in range(0, len(mine), size)]
    return tasks


def _rows(case: Case) -> int:
    """Return about how many household rows a world of the case has."""
    if case.place == "village":
        return villages.rows(case)
    if case.place == "pasture":
        return int(case.says("herders"))
    return int(case.says("households") * case.says("compounds"))


def layouts(case: Case, how: Play) -> list[int]:
    """Return the first maps that have as many buildings as the case tells, or simply the first."""
    wanted = case.says("buildings")
    number = min(how.layouts, how.replications)
    if not wanted:
        return list(range(number))
    place, shape = places.registry()[case.place], context.structure(case)
    found: list[int] = []
    for layout in range(MOST_LAYOUTS):
        seed = Recipe(case.place, shape, seed=how.seed, layout=layout).layout_seed()
        if place.build(place.Structure(**shape), seed).sizes["building"] == wanted:
            found.append(layout)
        if len(found) == number:
            return found
    if found:
        return found
    raise ConfigError(f"press case {case.name}: no map of {case.says('households')} flats has {wanted} buildings")


def work(task: Task) -> dict[str, dict[str, Floats]]:
    """Play one group; return every measure of every scenario."""
    case, how = task.case, task.play
    chosen = scenarios(case)
    ground = GROUNDS[case.place]
    recipe = Recipe(
        place=case.place,
        structure=complete(case.place, ground.structure(case)),
        fixed=ground.fixed(case),
        seed=how.seed,
        layout=task.layout,
        replications=task.replications,
        prior_draws=how.prior_draws,
        burn_in=how.burn_in,
    )
    with stage("burn-in"):
        w = Worlds(recipe, watch=recipe.replications)
        burn_in(w, case)
    with stage("running"):
        block = w.stack(chosen)
        look = observe if case.place == "compound" else ground.observe
        seen = look(block, case, how.days(case))
    with stage("measuring"):
        found = {name: measure.of(seen) for name, measure in MEASURES_IN[case.place].items()}
    return {
        scenario.name: {name: values[block.scenario == number] for name, values in found.items()}
        for number, scenario in enumerate(chosen)
    }


def complete(place: str, told: Mapping[str, Value]) -> dict[str, Value]:
    """Return all structural parameters of a place: those that are told, and the rest as usual."""
    usual = specs(places.registry()[place].Structure, place)
    return {name: told.get(name, spec.default) for name, spec in usual.items()}


def burn_in(w: Worlds, case: Case) -> None:
    """Let worlds live until day 0, and put in place what was observed; elsewhere the recipe says it."""
    if case.place == "compound":
        day = case.says("day")
        if day < 0:
            w.run(max(day, w.day))
            context.strike(w, case) if w.day == day else None
    w.run(0)
    if case.place == "compound":
        context.find(w, case)


def observe(w: Worlds, case: Case, days: int) -> Seen:
    """Let the scenarios of a case live, and look at what it is measured by."""
    day = case.says("day")
    shape = (w.n, w.layout.sizes["compound"])
    talks = {name: np.full(shape, np.nan) for name in ("relation", "shift")}
    total = np.zeros(shape, dtype=np.int64)
    while w.day < days:
        if w.day == day:
            context.strike(w, case)
        start = w.day
        relation, shift = renewals.value(w) / 100, renewals.leverage(w)
        total += compounds.live(w, min(start + WEEK, days))
        ended = (w.talked_day == start) & (start >= day) & np.isnan(talks["shift"])
        for name, now in (("relation", relation), ("shift", shift)):
            talks[name][ended] = now[ended]
    table = compounds.by_compound(w, 0, total)
    covered = _covered(w, table["covered"] == 1)
    return Seen(w, case, table, covered, talks)


def _covered(w: Worlds, covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the compounds that the full arrangement covers, for the worlds of every scenario."""
    full = w.scenario_names.index(FULL)
    mine = covered[w.scenario == full]
    return np.tile(mine, (len(w.scenario_names), 1))
