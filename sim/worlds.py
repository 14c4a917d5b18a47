"""Many worlds stepped at once: state is columns of shape ``(worlds, rows)``, and one day is a list of phases.

A world alone and a world in a crowd are the same world, bit for bit: rules act element by element,
sums over rows are of integers, and every draw is a function of (replication seed, decision, actor,
the actor's own ordinal). So replications, scenarios and coalitions may be stacked in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import getitem
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import cases, compaction, distributions, noise, places, settlements, stacking, winding
from sim.cases import Kind
from sim.columns import Column
from sim.compaction import TALLIED
from sim.constants import ONE, date, whole
from sim.offers import Offers
from sim.parameters import Value, Values, draw
from sim.rules import offices, votes
from sim.scenario import Scenario
from sim.schedule import SCHEDULE, Cadence, Phase, due_on, rules_of, world_specs
from sim.space import Layout
from sim.tables import TABLES, EventLog, Table, let_write

Array = NDArray[Any]
Ints = NDArray[np.int64]

LARGE = 10_000
"""Households from which on lists of a world alone are so long that one value for all of them is not written down."""


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


class Worlds(Offers):
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
        mechanisms, settings: what policy does, see `sim.offers.Offers`.
        grievances, cases, motions, asked, calls, ended, agreements, spells, agenda: tables, see `sim.tables.TABLES`.
        shelves: arrays of which some columns are views, see `sim.columns.Column`.
        log: the event log.
        flow, stock, record: what is counted, see `sim.diary.Diary`.
        first_book_day: the first day on which a case can have been opened.
        over: name of a table in `sim.compaction.TALLIED` to counts of the rows that it no longer holds, see `tally`.
        derived: arrays worked out of parameters once and kept, by name.
        newborn: grievances that arise today, see `sim.rules.grievances.arise`.
        due: rows of the grievances whose owners act today, after `sim.rules.grievances.feel` of those who decide.
        lots: what is drawn for these, see there.
        waits: claimants who go on waiting and grievances that begin to fade today, see `sim.rules.grievances.feel`.
        heard: experiences not yet learnt from, see `sim.rules.trust.hear`.
        counted: the day on which ballots were last counted, and what was over, see `sim.rules.votes.over`.
        closed: days and rows of cases that have ended and are not in the table of ended cases yet, see `ended`.
        begun, ceased: grievances that begin to be suffered today, and that are suffered no more, see
            `sim.rules.suffering.add_up`.
        handed: cases handed on that have not set out yet, and to which desks, see `sim.rules.desks.hand_off`.
        page: what the agenda holds for today, by clock: world, row, and the row of the agenda, in whose place
            `sim.winding.wind_up` puts which event of its bearer it is.
        ahead: what is drawn for this week's agenda, see `sim.winding`.
        others: draws by which the other parties of clocks that fire today are found, see there.
    """

    grievances: Table
    cases: Table
    motions: Table
    asked: Table
    calls: Table
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
        self.settings, self.mechanisms = {}, []
        self._acting = None
        self._standing: tuple[tuple[Phase, ...], dict[frozenset[Cadence], list[Phase]]] = (), {}
        self.derived = {}
        self.page: dict[int, tuple[Ints, Ints, Ints]] = {}
        self.ahead: winding.Ahead = winding.NOTHING_YET
        self.others: dict[int, NDArray[np.float64]] = {}
        self.newborn: list[tuple[Any, ...]] = []
        self.due: Ints = np.zeros(0, dtype=np.int64)
        self.lots: NDArray[np.float64] = np.zeros(0)
        self.waits: list[tuple[Ints, Ints]] = []
        self.heard: list[tuple[Ints, Ints, Ints]] = []
        self.counted: tuple[int, Ints, NDArray[np.bool_]] = votes.NOT_YET
        self.closed: list[tuple[int, Ints]] = []
        self.handed: list[tuple[Ints, Ints]] = []
        self.begun: list[Ints] = []
        self.ceased: list[Ints] = []
        self.rules, self.settlements = rules_of(recipe.place), settlements.of(recipe.place)
        self.columns, self.levers = {}, {}
        self._allocate()
        for name, (fields, points_to) in TABLES.items():
            setattr(self, name, Table(name, fields, points_to))
        self.log = EventLog(np.isin(self.replication, np.array(watch, dtype=np.int64)))
        self.over = {name: np.zeros((self.n, len(Kind), size), dtype=np.int64) for name, (_, size) in TALLIED.items()}
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
        standing: dict[str, dict[str, list[str]]] = {}
        for column in self.columns.values():
            if column.shelf:
                standing.setdefault(column.shelf, {}).setdefault(column.beside or column.name, []).append(column.name)
        for shelf, pairs in standing.items():
            place = {
                name: (pair, ..., side) for pair, names in enumerate(pairs.values()) for side, name in enumerate(names)
            }
            if shelf not in shelves:
                one = getattr(self, next(iter(place)))
                shelves[shelf] = np.empty((len(pairs), *one.shape, 2), dtype=one.dtype)
                for name, at in place.items():
                    shelves[shelf][at] = getattr(self, name)
            for name, at in place.items():
                setattr(self, name, shelves[shelf][at])

    if TYPE_CHECKING:
        # Columns and levers are ordinary attributes. While running there must be no such method: where a class has one,
        # Python takes three times as long to read any attribute, and these are read all day.
        def __getattr__(self, name: str) -> Array: ...

    # -- reading ------------------------------------------------------------------------------

    def at(self, name: str, world: Ints) -> NDArray[np.float64]:
        """Return a parameter's value for each given world."""
        return self.spread(self.p.flat[name], world)

    @cached_property
    def spread(self) -> Callable[[Array, Ints], Array]:
        """Give each of the given worlds its value out of a list of one value a world; call it as a method.

        In a large world alone the value is nowhere repeated, and what is returned must not be changed.
        """
        return _repeat if self.n == 1 and self.households >= LARGE else getitem

    def pick(self, column: str, world: Ints, row: Ints) -> Array:
        """Return what ``column[world, row]`` would, three times as fast where the lists are long."""
        array: Array = getattr(self, column)
        return array.reshape(-1)[world * whole(array.shape[1]) + row]

    def whole(self, name: str, world: Ints) -> Ints:
        """Return a whole-number parameter's value for each given world."""
        return self.spread(self.p.whole[name], world)

    def in_days(self, name: str, world: Ints) -> NDArray[np.int32]:
        """Return the day, for each given world, that is as many days ahead as a whole-number parameter says."""
        days: NDArray[np.int32] = self.spread(self.p.days[name], world) + date(self.day)
        return days

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
        days = (exponential / self.spread(self.derived[mean], world)).astype(np.int64)  # what is over is cut off
        days += ONE
        return days

    @property
    def tally(self) -> dict[str, Ints]:
        """Return how many there have been, by world, kind and where they stand, see `sim.compaction.tally`."""
        return compaction.tally(self)

    @cached_property
    def pointers(self) -> dict[str, list[Column]]:
        """Return for each table to whose rows columns point, which columns these are."""
        pointing: dict[str, list[Column]] = {}
        for column in self.columns.values():
            if column.points_to:
                pointing.setdefault(column.points_to, []).append(column)
        return pointing

    @cached_property
    def households(self) -> int:
        """Return the number of household rows of one world."""
        return self.layout.sizes["household"]

    @cached_property
    def flats(self) -> int:
        """Return the number of flats of one world: in compounds all household rows, elsewhere beside them the first."""
        return self.layout.rows("flat")

    @property
    def ended(self) -> Table:
        """The table of ended cases: those that have ended before today are written into it when somebody asks."""
        cases.book_ends(self, self.day)
        return self._ended

    @ended.setter
    def ended(self, table: Table) -> None:
        """Set the table as it is."""
        self._ended = table

    @ended.deleter
    def ended(self) -> None:
        """Give the table up."""
        del self._ended

    # -- offices ------------------------------------------------------------------------------

    def rebuild_levers(self) -> None:
        """Set every lever to its base and let the mechanisms of each world make their offers."""
        arrays = [getattr(self, name) for name in self.levers]
        let_write(arrays, True)
        for array, lever in zip(arrays, self.levers.values(), strict=True):
            if isinstance(lever.base, str):
                array[...] = getattr(self, lever.base)
            else:
                array.fill(lever.base)
        let_write(arrays, False)
        if self.mechanisms:
            with self.guarded():
                for mechanism in self.mechanisms:
                    with self.acting(mechanism):
                        mechanism.offices(self, self.settings[mechanism.name])

    # -- time ---------------------------------------------------------------------------------

    def step(self, see: Callable[[Phase], None] | None = None) -> None:
        """Live one day: every phase of the schedule that is due, then the record.

        Args:
            see: is shown each phase before it is lived; it may look, and change nothing.
        """
        for phase in self._due(SCHEDULE):
            if see is not None:
                see(phase)
            phase.function(self)
        self._write_down()
        self.day += 1

    def _due(self, schedule: tuple[Phase, ...]) -> list[Phase]:
        """Return the phases of a schedule that are lived today, as far as their rules stand here; looked up once."""
        if self._standing[0] is not schedule:
            self._standing = schedule, {}
        known, cadences = self._standing[1], due_on(self.day, self.day == self.first_day)
        if cadences not in known:
            stand = {"", *(rule.name for rule in self.rules)}
            known[cadences] = [phase for phase in schedule if phase.rule in stand and phase.every in cadences]
        return known[cadences]

    def run(self, until: int) -> None:
        """Live until the given day begins."""
        while self.day < until:
            self.step()

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
        return stacking.stack(self, scenarios, keep)


def _repeat(values: Array, world: Ints) -> Array:
    """Return the only value there is once for each of the given worlds, without writing it down once for each."""
    return np.ndarray(world.shape, values.dtype, values, strides=(0,) * world.ndim)
