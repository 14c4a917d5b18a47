"""The plan of an experiment: which pieces it consists of, and what has to be computed together.

A *piece* is one scenario in one group of up to 25 replications of one layout: replication k has
layout k mod layouts, so group g of layout l holds k = l + layouts x (25 g + i). Its key is made of
all that determines what it says and of no name, so that more replications, another scenario or
another experiment reuse what is there. A *task* is a few groups of one layout: burned in together, then
run in all the scenarios that are not stored yet. Scenarios that set parameters of the world have groups of
their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim import places
from sim.parameters import Value
from sim.scenario import Scenario
from sim.study import draws
from sim.study.config import Config
from sim.study.keys import piece_key
from sim.study.provenance import engine_digest, lock_digest
from sim.worlds import Recipe

GROUP = 25
"""Replications in a group."""

GROUP_HOUSEHOLDS = 400_000
"""A group of large worlds is smaller, so that it has at most about so many household rows."""

TASK_HOUSEHOLDS = 125_000
"""Small groups of one layout are computed together up to about so many household rows: a day costs a number of calls
to numpy, and then what its rows cost, which in 50,000 rows is less than the calls."""


A_DAY, A_HOUSEHOLD_DAY = 2e-3, 40e-9
"""Seconds that a day costs however few live it, and that each household adds, roughly; see benchmarks/README.md."""


@dataclass(frozen=True)
class Piece:
    """One scenario in one group.

    Attributes:
        key: what identifies its content.
        scenario: the scenario.
        recipe: the group's worlds.
    """

    key: str
    scenario: Scenario
    recipe: Recipe


@dataclass(frozen=True)
class Group:
    """One group in all scenarios that say the same of the world.

    Attributes:
        recipe: its worlds.
        watch: replications of it whose events are logged.
        pieces: one for each of these scenarios, in their order.
    """

    recipe: Recipe
    watch: tuple[int, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Plan:
    """All of it.

    Attributes:
        config: the experiment.
        households: household rows of one world.
        groups: by layout, then by replication, then by what scenarios say of the world.
    """

    config: Config
    households: int
    groups: tuple[Group, ...]

    @property
    def pieces(self) -> list[Piece]:
        """Every piece, scenario by scenario."""
        return [piece for scenario in self.config.scenarios for piece in self.of(scenario.name)]

    def of(self, scenario: str) -> list[Piece]:
        """Return the pieces of a scenario, in the order of their groups."""
        return [piece for group in self.groups for piece in group.pieces if piece.scenario.name == scenario]

    def missing(self, has: Callable[[str], bool]) -> list[Group]:
        """Return the groups that lack pieces, with only the pieces they lack.

        Args:
            has: whether the piece of a key is stored.
        """
        left = []
        for group in self.groups:
            wanted = tuple(piece for piece in group.pieces if not has(piece.key))
            if wanted:
                left.append(replace(group, pieces=wanted))
        return left

    def household_days(self, groups: Sequence[Group]) -> int:
        """Return how many days of a household are to be lived for groups that lack pieces, their burn-in among them."""
        burn_in, days = self.config.burn_in, self.config.days
        return sum(self.households * len(g.recipe.replications) * (burn_in + days * len(g.pieces)) for g in groups)

    def seconds(self, groups: Sequence[Group]) -> float:
        """Reckon how long one core takes to compute groups that lack pieces.

        A day is a number of calls to numpy, which one world makes as many as all that are lived together.
        """
        todo = tasks(groups, self.households)
        called = len(todo) * (self.config.burn_in + self.config.days)
        return called * A_DAY + self.household_days(groups) * A_HOUSEHOLD_DAY


@dataclass(frozen=True)
class Task:
    """Groups of one layout in which the same is still to be done, computed together.

    Attributes:
        groups: at least one; their scenarios may have other names and say other things of the world.
    """

    groups: tuple[Group, ...]

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """Return what their worlds are, group by group."""
        return tuple(group.recipe for group in self.groups)

    @property
    def worlds(self) -> int:
        """Return how many worlds they have together."""
        return sum(len(recipe.replications) for recipe in self.recipes)

    @property
    def watch(self) -> tuple[int, ...]:
        """Return the replications whose events are logged."""
        return tuple(k for group in self.groups for k in group.watch)

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Return what each group lacks, by the first group's names."""
        return tuple(piece.scenario for piece in self.groups[0].pieces)


def tasks(groups: Sequence[Group], households: int) -> list[Task]:
    """Put groups together that follow one another and share layout and missing scenarios.

    It changes how long the computation takes and never a result: a world in a crowd is the same world.

    Args:
        groups: what is missing.
        households: household rows of one world.
    """
    made: list[Task] = []
    for group in groups:
        if made:
            joined, last = Task((*made[-1].groups, group)), made[-1].groups[-1]
            alike = last.recipe.layout == group.recipe.layout and _lacking(last) == _lacking(group)
            if alike and joined.worlds * households <= TASK_HOUSEHOLDS:
                made[-1] = joined
                continue
        made.append(Task((group,)))
    return made


def _lacking(group: Group) -> list[dict[str, Any]]:
    """Return what is to be done in a group's worlds, free of names."""
    return [piece.scenario.description() for piece in group.pieces]


def plan(config: Config) -> Plan:
    """Divide an experiment into groups and pieces."""
    households = households_of(config)
    # Worlds of a group share what they fix, so given draws make groups of one; tasks put them together again.
    size = 1 if config.draws else max(1, min(GROUP, GROUP_HOUSEHOLDS // households))
    groups = []
    for layout, replications in group_replications(config.replications, config.layouts, size):
        watch = tuple(k for k in replications if k < config.events)
        for world, scenarios in _by_world(config.scenarios):
            recipe = Recipe(
                place=config.place,
                structure=config.structure,
                fixed={**config.fixed, **draws.of(config.draws, replications[0]), **world},
                seed=config.seed,
                layout=layout,
                replications=replications,
                prior_draws=config.prior_draws,
                burn_in=config.burn_in,
            )
            pieces = tuple(Piece(_key(config, recipe, watch, s), s, recipe) for s in scenarios)
            groups.append(Group(recipe, watch, pieces))
    return Plan(config, households, tuple(groups))


def _by_world(scenarios: Sequence[Scenario]) -> list[tuple[dict[str, Value], list[Scenario]]]:
    """Put scenarios together that say the same of the world, in the order in which that is first said."""
    out: list[tuple[dict[str, Value], list[Scenario]]] = []
    for scenario in scenarios:
        mine = next((found for world, found in out if world == scenario.world), None)
        if mine is None:
            out.append((scenario.world, [scenario]))
        else:
            mine.append(scenario)
    return out


def group_replications(replications: int, layouts: int, size: int = GROUP) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield (layout, its replications) for every group; the last group of a layout may be smaller.

    Args:
        replications: how many in all.
        layouts: how many layouts.
        size: the most replications of a group.
    """
    for layout in range(min(layouts, replications)):
        mine = range(layout, replications, layouts)
        for start in range(0, len(mine), size):
            yield layout, tuple(mine[start : start + size])


def households_of(config: Config) -> int:
    """Count the household rows of a world, on its first layout."""
    place = places.registry()[config.place]
    seed = Recipe(config.place, config.structure, seed=config.seed).layout_seed()
    return int(place.build(place.Structure(**config.structure), seed).sizes["household"])


def _key(config: Config, recipe: Recipe, watch: tuple[int, ...], scenario: Scenario) -> str:
    """Return the key of a piece: everything that determines it, and no name."""
    return piece_key(
        place=recipe.place,
        structure=recipe.structure,
        fixed=recipe.fixed,
        seed=recipe.seed,
        layout=recipe.layout,
        replications=recipe.replications,
        prior_draws=recipe.prior_draws,
        burn_in=recipe.burn_in,
        days=config.days,
        events=watch,
        scenario=scenario.description(),
        engine=engine_digest(),
        lock=lock_digest(),
    )
