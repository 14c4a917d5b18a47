"""The plan of an experiment: which pieces it consists of, and what has to be computed together.

A *piece* is one scenario in one group of up to 25 replications of one layout: replication k has
layout k mod layouts, so group g of layout l holds k = l + layouts x (25 g + i). Its key is made of
all that determines what it says and of no name, so that more replications, another scenario or
another experiment reuse what is there. A *task* is a few groups of one layout: burned in together, then
run in all the scenarios that are not stored yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sim import places
from sim.scenario import Scenario
from sim.study.config import Config
from sim.study.store import piece_key
from sim.worlds import Recipe

GROUP = 25
"""Replications in a group."""

GROUP_HOUSEHOLDS = 400_000
"""A group of large worlds is smaller, so that it has at most about so many household rows."""

TASK_HOUSEHOLDS = 125_000
"""Small groups of one layout are computed together up to about so many household rows: a day costs a number of calls
to numpy, and then what its rows cost, which in 50,000 rows is less than the calls."""

PACKAGE = Path(__file__).resolve().parent.parent

NOT_ENGINE = {"__main__", "commands", "environment", "install", "errors", "garbage", "model"}
"""Files of the package's top that determine no result: command line, set-up, messages, the Mesa face."""


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
    """One group in all scenarios.

    Attributes:
        recipe: its worlds.
        watch: replications of it whose events are logged.
        pieces: one for each scenario, in their order.
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
        groups: by layout, then by replication.
    """

    config: Config
    households: int
    groups: tuple[Group, ...]

    @property
    def pieces(self) -> list[Piece]:
        """Every piece, scenario by scenario."""
        return [group.pieces[i] for i in range(len(self.config.scenarios)) for group in self.groups]

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


@dataclass(frozen=True)
class Task:
    """Groups of one layout that lack the same scenarios, computed together.

    Attributes:
        groups: at least one.
    """

    groups: tuple[Group, ...]

    @property
    def recipe(self) -> Recipe:
        """Return what all their worlds are together."""
        everybody = tuple(k for group in self.groups for k in group.recipe.replications)
        return replace(self.groups[0].recipe, replications=everybody)

    @property
    def watch(self) -> tuple[int, ...]:
        """Return the replications whose events are logged."""
        return tuple(k for group in self.groups for k in group.watch)

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Return the scenarios that each group lacks."""
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
            joined = Task((*made[-1].groups, group))
            alike = made[-1].recipe.layout == group.recipe.layout and made[-1].scenarios == Task((group,)).scenarios
            if alike and len(joined.recipe.replications) * households <= TASK_HOUSEHOLDS:
                made[-1] = joined
                continue
        made.append(Task((group,)))
    return made


def plan(config: Config) -> Plan:
    """Divide an experiment into groups and pieces."""
    households = _households(config)
    size = max(1, min(GROUP, GROUP_HOUSEHOLDS // households))
    groups = []
    for layout, replications in group_replications(config.replications, config.layouts, size):
        recipe = Recipe(
            place=config.place,
            structure=config.structure,
            fixed=config.fixed,
            seed=config.seed,
            layout=layout,
            replications=replications,
            prior_draws=config.prior_draws,
            burn_in=config.burn_in,
        )
        watch = tuple(k for k in replications if k < config.events)
        pieces = tuple(Piece(_key(config, recipe, watch, s), s, recipe) for s in config.scenarios)
        groups.append(Group(recipe, watch, pieces))
    return Plan(config, households, tuple(groups))


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


def _households(config: Config) -> int:
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


@cache
def engine_digest() -> str:
    """Return the SHA-256 of the sources that determine a piece, by their paths in the package."""
    files = [path for path in PACKAGE.glob("*.py") if path.stem not in NOT_ENGINE]
    files += [path for folder in ("rules", "places", "mechanisms") for path in (PACKAGE / folder).glob("*.py")]
    files += [PACKAGE / "study" / name for name in ("compounds.py", "survival.py", "tables.py")]
    digest = hashlib.sha256()
    for path in sorted(files):
        content = path.read_bytes()
        name = path.relative_to(PACKAGE).as_posix()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


@cache
def lock_digest() -> str:
    """Return the SHA-256 of the lock of the libraries; empty where the package was installed without one."""
    lock = PACKAGE.parent / "locks" / "core.txt"
    return hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else ""
