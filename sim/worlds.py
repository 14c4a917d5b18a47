"""Many worlds stepped at once: state is columns of shape ``(worlds, rows)``, and one day is a list of phases.

A world alone and a world in a crowd are the same world, bit for bit: rules act element by element,
sums over rows are of integers, and every draw is a function of (replication seed, decision, actor,
the actor's own ordinal). So replications, scenarios and coalitions may be stacked in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim import cases, distributions, mechanisms, noise, places, settlements
from sim.cases import Kind, Stage, State
from sim.columns import Column, Lever, combine
from sim.errors import ConfigError
from sim.mechanisms import Setting
from sim.parameters import Value, Values, draw
from sim.rules import offices, suffering
from sim.scenario import Scenario
from sim.schedule import SCHEDULE, Phase, rules_of, world_specs
from sim.space import Layout, where
from sim.tables import TABLES, EventLog, Table

Array = NDArray[Any]
Ints = NDArray[np.int64]

MONTH = 28
"""Days after which what is over is dropped from the tables."""

TALLIED = {"grievances": ("state", len(State)), "cases": ("stage", len(Stage))}
"""Table to the field that says where a row stands, and in how many ways it can."""


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a group of worlds before any mechanism is added.

    Attributes:
        place: name of the place file.
        structure: structural parameters, complete.
        fixed: uncertain parameters fixed by the user; the rest is drawn or takes its default.
        seed: the experiment's seed.
        layout: which layout.
        replications: replication numbers; replication k meets the same in every scenario.
        prior_draws: whether each replication draws the parameters that are not fixed.
        burn_in: days before day 0.
        mechanisms: mechanism to parameters of it that these worlds have in any scenario that does not fix them itself.
    """

    place: str
    structure: Mapping[str, Value]
    fixed: Mapping[str, Value] = field(default_factory=dict)
    seed: int = 1
    layout: int = 0
    replications: tuple[int, ...] = (0,)
    prior_draws: bool = True
    burn_in: int = 0
    mechanisms: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def layout_seed(self) -> NDArray[np.uint64]:
        """Return the layout's own seed, shared by all replications."""
        return noise.bits(np.array([self.seed]), "layout", self.layout)

    def seeds(self) -> NDArray[np.uint64]:
        """Return the replications' seeds."""
        return noise.bits(np.array([self.seed]), "replication", np.array(self.replications))


class Worlds:
    """A block of worlds that share a layout.

    Columns and levers are attributes: ``w.trust`` has shape ``(worlds, rows of its entity)``.

    Attributes:
        layout: who lives where.
        recipes: what they were founded from, see `group`.
        settlements: the kinds of settlement that there are, by their numbers.
        n: number of worlds.
        day: the day about to be lived; negative during burn-in.
        seeds: replication seed of each world, shape ``(worlds,)``.
        group: number of the recipe of each world among those it was founded with, shape ``(worlds,)``.
        p: parameters, ``w.p.NAME`` of shape ``(worlds, 1)``.
        settings: mechanism name to its `Setting`.
        grievances, cases, motions, asked, ended, agreements, spells, agenda: tables, see `sim.tables.TABLES`.
        shelves: arrays of which some columns are views, see `sim.columns.Column`.
        log: the event log.
        stock: name to the present integer stock per world.
        first_book_day: the first day on which a case can have been opened.
        over: name of a table in `TALLIED` to counts of the rows that it no longer holds, see `tally`.
        suffered: severity of what is suffered, by world, whether a company claims, and combination of groups,
            see `sim.rules.suffering.add_up`.
        derived: arrays worked out of parameters once and kept, by name.
        newborn: grievances that arise today, see `sim.rules.grievances.arise`.
        heard: experiences not yet learnt from, see `sim.rules.trust.hear`.
        page: what the agenda holds for today, see `sim.clocks.turn_page`.
        record: daily values, shape ``(days, worlds, series)``.
    """

    grievances: Table
    cases: Table
    motions: Table
    asked: Table
    ended: Table
    agreements: Table
    spells: Table
    agenda: Table

    def __init__(self, recipe: Recipe | Sequence[Recipe], watch: Sequence[int] = ()) -> None:
        """Found the worlds of a recipe, or of several one after another, on the first day of their burn-in.

        Args:
            recipe: what they are; several may differ in their replications and in what they fix, and in nothing else.
            watch: replication numbers whose events are logged.
        """
        recipes = [recipe] if isinstance(recipe, Recipe) else list(recipe)
        self.recipe = recipe = recipes[0]
        self.recipes = tuple(recipes)
        may_differ = ("replications", "fixed", "mechanisms")
        alike = {name: getattr(recipe, name) for name in may_differ}
        if any(replace(r, **alike) != recipe for r in recipes):
            raise ValueError("recipes differ in more than their replications and in what they fix")
        place = places.registry()[recipe.place]
        self.layout: Layout = place.build(place.Structure(**recipe.structure), recipe.layout_seed())
        self.seeds = np.concatenate([r.seeds() for r in recipes])
        self.n = len(self.seeds)
        self.replication = np.concatenate([np.array(r.replications) for r in recipes])
        self.group = np.repeat(np.arange(len(recipes)), [len(r.replications) for r in recipes])
        self.scenario = np.zeros(self.n, dtype=np.int64)
        self.scenario_names = ["burn_in"]
        self.day = -recipe.burn_in
        self.first_day = self.first_book_day = self.day
        known = {k: s for k, s in world_specs(recipe.place).items() if s.kind != "structural"}
        drawn = [draw(known, r.seeds(), r.fixed, r.prior_draws) for r in recipes]
        self.p = Values({name: np.concatenate([values[name] for values in drawn]) for name in known})
        self.settings: dict[str, Setting] = {}
        self._acting: mechanisms.Mechanism | None = None
        self._standing: tuple[tuple[Phase, ...], list[Phase]] = (), []
        self.mechanisms: list[mechanisms.Mechanism] = []
        self.derived: dict[str, Array] = {}
        self.page: dict[int, tuple[Ints, Ints, Ints]] = {}
        self.newborn: list[dict[str, Array]] = []
        self.heard: list[tuple[Ints, Ints, Ints]] = []
        self.rules, self.settlements = rules_of(recipe.place), settlements.of(recipe.place)
        self.columns: dict[str, Column] = {}
        self.levers: dict[str, Lever] = {}
        self._allocate()
        for name, (fields, points_to) in TABLES.items():
            setattr(self, name, Table(name, fields, points_to))
        self.log = EventLog(np.isin(self.replication, np.array(watch, dtype=np.int64)))
        self.over = {name: np.zeros((self.n, len(Kind), size), dtype=np.int64) for name, (_, size) in TALLIED.items()}
        self.suffered = np.zeros((self.n, 2, 1 << len(suffering.groups_of(recipe.place))), dtype=np.int64)
        for rule in self.rules:
            rule.set_up(self)
        offices.change(self)

    def _allocate(self) -> None:
        """Make the arrays that the rules declare."""
        for rule in self.rules:
            for column in rule.columns:
                if column.name in self.columns:
                    raise TypeError(f"column '{column.name}' is declared twice")
                self.columns[column.name] = column
                shape = (self.n, self.layout.rows(column.of))
                setattr(self, column.name, np.full(shape, column.default, dtype=column.dtype))
            for lever in rule.levers:
                self.levers[lever.name] = lever
                setattr(self, lever.name, np.zeros((self.n, self.layout.rows(lever.of)), dtype=lever.dtype))
        self._shelve({})
        flows = [name for rule in self.rules for name in rule.flows]
        stocks = [name for rule in self.rules for name in rule.stocks]
        self._open_diary(flows, stocks, np.zeros((len(flows) + len(stocks), self.n), dtype=np.int64))

    def _shelve(self, shelves: dict[str, Array]) -> None:
        """Let the columns of each shelf be views of one array.

        Args:
            shelves: the arrays as far as they are there; the others are filled with the columns as they are.
        """
        self.shelves = shelves
        standing: dict[str, list[str]] = {}
        for column in self.columns.values():
            if column.shelf:
                standing.setdefault(column.shelf, []).append(column.name)
        for shelf, names in standing.items():
            if shelf not in shelves:
                one = getattr(self, names[0])
                shelves[shelf] = np.empty((len(names), *one.shape), dtype=one.dtype)
                for number, name in enumerate(names):
                    shelves[shelf][number] = getattr(self, name)
            for number, name in enumerate(names):
                setattr(self, name, shelves[shelf][number])

    def _open_diary(self, flows: list[str], stocks: list[str], values: Ints) -> None:
        """Keep today's counts and present stocks in one array, shape ``(series, worlds)``, and its views by name."""
        self.series = [*flows, *stocks]
        self._place = {name: k for k, name in enumerate(self.series)}
        self._today = values
        self._flow = {name: values[k] for k, name in enumerate(flows)}
        self._counts: list[tuple[int, Ints, ArrayLike]] = []
        self.stock = {name: values[len(flows) + k] for k, name in enumerate(stocks)}
        self._diary = np.empty((0, *values.shape), dtype=np.int32)
        self._days = 0

    def __getattr__(self, name: str) -> Array:
        """Say which column is missing; columns themselves are ordinary attributes."""
        raise AttributeError(f"no column '{name}'")

    # -- reading ------------------------------------------------------------------------------

    def at(self, name: str, world: Ints) -> NDArray[np.float64]:
        """Return a parameter's value for each given world."""
        value: NDArray[np.float64] = self.p.flat[name].take(world)
        return value

    def pick(self, column: str, world: Ints, row: Ints) -> Array:
        """Return what ``column[world, row]`` would, three times as fast where the lists are long."""
        array: Array = getattr(self, column)
        return array.reshape(-1).take(world * array.shape[1] + row)

    def whole(self, name: str, world: Ints) -> Ints:
        """Return a whole-number parameter's value for each given world."""
        return self.at(name, world).astype(np.int64)

    def wait(self, mean: str, world: Ints, exponential: NDArray[np.float64]) -> Ints:
        """Turn exponential draws into waits of whole days, at least 1, whose mean is a parameter.

        Args:
            mean: name of the parameter, in days.
            world: world of each draw.
            exponential: draws with mean 1.

        See `sim.distributions.days`, of which this is the half that depends on the draw.
        """
        if mean not in self.derived:
            self.derived[mean] = distributions.day_rate(self.p.values[mean][:, 0])
        return 1 + np.floor(exponential / self.derived[mean].take(world)).astype(np.int64)

    def count(self, flow: str, world: Ints, amount: ArrayLike = 1) -> None:
        """Add to a daily counter, once for each given world."""
        if self._acting is not None:
            self.may_change()
        if len(world):
            self._counts.append((self._place[flow] * self.n, world, amount))  # added when asked for, all at once

    @property
    def flow(self) -> dict[str, Ints]:
        """Return today's counts per world by the flow's name."""
        if self._counts:
            firsts, worlds, amounts = zip(*self._counts, strict=True)
            self._counts = []
            sizes = [len(world) for world in worlds]
            place = np.concatenate(worlds) + np.repeat(np.array(firsts), sizes)
            one_by_one = [isinstance(amount, np.ndarray) for amount in amounts]
            each = np.repeat([1 if own else amount for own, amount in zip(one_by_one, amounts, strict=True)], sizes)
            if any(one_by_one):
                each[np.repeat(one_by_one, sizes)] = np.concatenate(list(compress(amounts, one_by_one)))
            np.add.at(self._today.reshape(-1), place, each)
        return self._flow

    def stocks(self, stock: str, world: Ints, amount: ArrayLike) -> None:
        """Change a stock, once for each given world."""
        if self._acting is not None:
            self.may_change()
        if len(world):
            np.add.at(self.stock[stock], world, amount)

    def stocks_of(self, first: str, number: Ints, world: Ints, amount: ArrayLike) -> None:
        """Change one of several stocks that a rule declares one after another, once for each given world.

        Args:
            first: name of the first of them.
            number: which of them, counted from the first.
            world: world of each change.
            amount: by how much.
        """
        if self._acting is not None:
            self.may_change()
        if len(world):
            np.add.at(self._today.reshape(-1), (self._place[first] + number) * self.n + world, amount)

    @property
    def tally(self) -> dict[str, Ints]:
        """Return how many there have been, by world, kind and where they stand: what the tables hold, and what is over.

        Shape ``(worlds, kinds, states)`` of grievances and ``(worlds, kinds, stages)`` of cases; copies.
        """
        out = {name: self.over[name] + self._counted(name) for name in TALLIED}
        for array in out.values():
            array.flags.writeable = False
        return out

    def _counted(self, name: str, rows: Ints | slice = slice(None)) -> Ints:
        """Count rows of a table by world, kind and where they stand."""
        table, (field_, size) = getattr(self, name), TALLIED[name]
        at = (table.world[rows] * len(Kind) + table.kind[rows]) * size + getattr(table, field_)[rows]
        return np.bincount(at, minlength=self.over[name].size).reshape(self.over[name].shape)

    @property
    def households(self) -> int:
        """Return the number of household rows of one world."""
        return self.layout.sizes["household"]

    @property
    def flats(self) -> int:
        """Return the number of flats of one world: in compounds all household rows, elsewhere beside them the first."""
        return self.layout.rows("flat")

    @property
    def record(self) -> Ints:
        """Return what was recorded, shape ``(days, worlds, series)``; a copy."""
        return self._diary[: self._days].transpose(0, 2, 1).astype(np.int64)

    # -- offices ------------------------------------------------------------------------------

    def rebuild_levers(self) -> None:
        """Set every lever to its base and let the mechanisms of each world make their offers."""
        for lever in self.levers.values():
            array = getattr(self, lever.name)
            array.flags.writeable = True
            array[...] = getattr(self, lever.base) if isinstance(lever.base, str) else lever.base
        with self.guarded():
            for mechanism in self.mechanisms:
                with self.acting(mechanism):
                    mechanism.offices(self, self.settings[mechanism.name])
        for lever in self.levers.values():
            getattr(self, lever.name).flags.writeable = False

    def offer(self, lever: str, value: ArrayLike, where: ArrayLike = True) -> None:
        """Let a mechanism offer a value to a lever.

        Args:
            lever: the lever's name.
            value: scalar or array that broadcasts to ``(worlds, rows)``.
            where: boolean mask that broadcasts likewise; elsewhere the lever stays as it is.
        """
        if self._acting is not None and lever not in self._acting.offers:
            raise TypeError(f"mechanism '{self._acting.name}' does not declare that it offers to '{lever}'")
        array = getattr(self, lever)
        array.flags.writeable = True
        combine(self.levers[lever], array, value, where)
        array.flags.writeable = False

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Make everything read-only while mechanisms act, one after another: see `acting`."""
        arrays = [*self.shelves.values()]
        arrays += [getattr(self, name) for name in (*self.columns, *self.levers)]
        arrays += [self._today, self._diary, *self.flow.values(), *self.stock.values(), *self.over.values()]
        arrays += [*self.p.values.values(), *self.p.flat.values(), *self.derived.values()]
        arrays += [self.suffered, self.seeds, self.replication, self.scenario]
        arrays += self.layout.traits.values()
        tables = [getattr(self, name) for name in TABLES]
        arrays += [array for table in tables for array in table.lock(True)]
        arrays = [array for array in arrays if array.flags.writeable]
        for array in arrays:
            array.flags.writeable = False
        try:
            yield
        finally:
            for table in tables:
                table.lock(False)
            for array in arrays:  # an array comes before its views
                array.flags.writeable = True

    @contextmanager
    def acting(self, mechanism: mechanisms.Mechanism) -> Iterator[None]:
        """Let a mechanism write its own columns, and nothing else."""
        own = [getattr(self, column.name) for column in mechanism.columns]
        for array in own:
            array.flags.writeable = True
        self._acting = mechanism
        try:
            yield
        finally:
            self._acting = None
            for array in own:
                array.flags.writeable = False

    def may_change(self) -> None:
        """Say so if a mechanism tries to change what is not its own (``ufunc.at`` writes into read-only arrays)."""
        if self._acting is not None:
            raise TypeError(f"mechanism '{self._acting.name}' may only offer to levers and write its own columns")

    # -- time ---------------------------------------------------------------------------------

    def step(self, see: Callable[[Phase], None] | None = None) -> None:
        """Live one day: every phase of the schedule that is due, then the record.

        Args:
            see: is shown each phase before it is lived; it may look, and change nothing.
        """
        first = self.day == self.first_day
        for phase in self._phases(SCHEDULE):
            if phase.due(self.day, first):
                if see is not None:
                    see(phase)
                phase.function(self)
        self._reserve(1)
        self._write_down(len(self.flow))  # what has been counted is added
        self.day += 1

    def _write_down(self, flows: int) -> None:
        """Write today's counts and stocks into the diary, and begin new counts.

        Its pages are written once, and fetching them is dear: it holds numbers of 32 bits until one does not fit.
        """
        page = self._diary[self._days]
        np.copyto(page, self._today, casting="unsafe")
        if page.dtype == np.int32 and not np.array_equal(page, self._today):
            self._diary = self._diary.astype(np.int64)
            self._diary[self._days] = self._today
        self._days += 1
        self._today[:flows] = 0

    def _phases(self, schedule: tuple[Phase, ...]) -> list[Phase]:
        """Return the phases of a schedule whose rules stand here; looked up once."""
        if self._standing[0] is not schedule:
            stand = {"", *(rule.name for rule in self.rules)}
            self._standing = schedule, [phase for phase in schedule if phase.rule in stand]
        return self._standing[1]

    def run(self, until: int) -> None:
        """Live until the given day begins."""
        self._reserve(until - self.day)  # at once: a diary that grows is copied again and again
        while self.day < until:
            self.step()

    def _reserve(self, days: int) -> None:
        """Make room in the diary for so many days from now on."""
        if self._days + days > len(self._diary):
            length = max(self._days + days, 2 * len(self._diary))  # doubled, or many short runs would copy it each time
            longer = np.empty((length, *self._diary.shape[1:]), dtype=self._diary.dtype)
            longer[: self._days] = self._diary[: self._days]
            self._diary = longer

    def compact(self) -> None:
        """Drop what is over from the tables, keeping order and pointers.

        Nothing acts on what is over, so it does not matter when. Of the agenda all is over by the end of a week; of
        the other tables few rows are, and moving all the rest costs more than passing over them.
        """
        self._keep("agenda", self.agenda.day >= self.day)
        if self.day % MONTH == MONTH - 1:
            grievances = self.grievances
            self._keep("cases", self.cases.stage < int(Stage.SETTLED))
            self._keep("asked", self.motions.open[self.asked.motion])
            self._keep("motions", self.motions.open.copy())
            self._keep("grievances", grievances.aching | (grievances.act != cases.NEVER))

    def _keep(self, name: str, mask: NDArray[np.bool_]) -> None:
        """Drop the rows of a table outside the mask and let every pointer to the others follow."""
        if mask.all():
            return
        if name in TALLIED:
            self.over[name] += self._counted(name, where(~mask))
        before = np.concatenate(([0], np.cumsum(mask)))
        moved = getattr(self, name).keep(mask)
        for other, (_, points_to) in TABLES.items():
            for field_, target in points_to.items():
                if target == name:
                    getattr(self, other).repoint(field_, moved)
        for column_name, column in self.columns.items():
            if column.points_to == name:
                array = getattr(self, column_name)
                array[...] = (before if column.edge else moved)[array]

    # -- scenarios ----------------------------------------------------------------------------

    def stack(self, scenarios: Sequence[Scenario], keep: bool = True) -> Worlds:
        """Return the worlds once for every scenario, with that scenario's mechanisms set up.

        World ``s * n + k`` is world ``k`` of this block in scenario ``s``. Recording starts afresh;
        this block stays as it is, unless it is given up.

        Args:
            scenarios: which.
            keep: whether this block is needed any more. If not, its memory goes over to the new one, with a
                single scenario as it is, and nothing can be done with it any longer.

        Raises:
            ValueError: a week is under way; hazards and offices hold for whole weeks.
        """
        if self.day % 7:
            raise ValueError(f"scenarios begin with a week; day {self.day} is in the midst of one")
        copies = len(scenarios)
        out: Worlds = object.__new__(Worlds)
        out.recipe, out.recipes, out.layout = self.recipe, self.recipes, self.layout
        out.rules, out.settlements, out.levers = self.rules, self.settlements, self.levers
        out.columns = dict(self.columns)
        out._acting = None
        out._standing = self._standing
        out.day = out.first_day = self.day
        out.first_book_day = self.first_book_day
        out.n = self.n * copies
        out.seeds = np.tile(self.seeds, copies)
        out.replication = np.tile(self.replication, copies)
        out.group = np.tile(self.group, copies)
        out.scenario = np.repeat(np.arange(copies), self.n)
        out.scenario_names = [s.name for s in scenarios]
        out.p = Values({k: np.tile(v, (copies, 1)) for k, v in self.p.values.items()})
        as_it_is = copies == 1 and not keep
        shelved = [name for name, column in self.columns.items() if column.shelf]
        rows = {name: getattr(self, name).n for name in TABLES}
        for name in (*self.columns, *self.levers):
            if name not in shelved:
                array = getattr(self, name)
                setattr(out, name, array if as_it_is else np.tile(array, (copies, 1)))
                if not keep:  # each goes before the next is made
                    delattr(self, name)
        if not keep:
            for name in shelved:
                delattr(self, name)
        shelves = dict(self.shelves)
        for shelf in shelves:
            array = shelves[shelf] if keep else self.shelves.pop(shelf)
            shelves[shelf] = array if as_it_is else np.tile(array, (1, copies, 1))
        out._shelve(shelves)
        for name in TABLES:
            table = getattr(self, name)
            setattr(out, name, table if as_it_is else table.stacked(copies, self.n, rows))
            if not keep:
                delattr(self, name)
        for name, column in self.columns.items():
            if column.points_to:
                array = getattr(out, name)
                array += np.where(array >= 0, out.scenario[:, None] * rows[column.points_to], 0)
        out.log = EventLog(np.tile(self.log.watched, copies))
        out.over = {k: np.tile(v, (copies, 1, 1)) for k, v in self.over.items()}
        out.suffered = np.tile(self.suffered, (copies, 1, 1))
        flows = list(self.flow)  # what has been counted is added
        out._open_diary(flows, list(self.stock), np.tile(self._today, copies))
        out.derived, out.page, out.newborn, out.heard = {}, {}, [], []
        out._appoint(scenarios)
        return out

    def _appoint(self, scenarios: Sequence[Scenario]) -> None:
        """Bring in the mechanisms that any scenario names, with switches and parameters by world."""
        self.settings, self.mechanisms = {}, []
        per_world = [scenarios[int(s)] for s in self.scenario]
        for name, kind in mechanisms.in_order().items():
            chosen = [s.choices.get(name) for s in per_world]
            if not any(chosen):
                continue
            if not set(places.settlements(self.recipe.place)) & set(kind.places):
                raise ConfigError(
                    f"mechanism '{name}' does not apply in a {self.recipe.place}; it does in: {', '.join(kind.places)}"
                )
            if reason := kind.refuse(self.recipe.structure):
                raise ConfigError(reason)
            present = np.array([c is not None for c in chosen])[:, None]
            switches = {
                channel: np.array([c is not None and c.channels[channel] for c in chosen])[:, None]
                for channel in kind.channels
            }
            known = mechanisms.mechanism_specs(name)
            values = draw(known, self.seeds, {}, self.recipe.prior_draws)
            for number, recipe in enumerate(self.recipes):
                for key, value in recipe.mechanisms.get(name, {}).items():
                    values[key][self.group == number, 0] = value
            for key in known:
                for k, choice in enumerate(chosen):
                    if choice is not None and key in choice.fixed:
                        values[key][k, 0] = choice.fixed[key]
            self.settings[name] = Setting(present, switches, values)
            mechanism = kind()
            self.mechanisms.append(mechanism)
            for column in mechanism.columns:
                self.columns[column.name] = column
                shape = (self.n, self.layout.rows(column.of))
                setattr(self, column.name, np.full(shape, column.default, dtype=column.dtype))
        with self.guarded():
            for mechanism in self.mechanisms:
                with self.acting(mechanism):
                    mechanism.set_up(self, self.settings[mechanism.name])
        offices.change(self)
