"""The Mesa face: one world of the engine as a `mesa.Model` on a grid, one step a day.

It is a batch of one, day by day the same numbers as the engine's (`sim.worlds`) in any crowd: for
looking at agents, plotting, teaching. It is not the way to compare arrangements: a comparison needs
twins and many replications, which the engine steps at once. Chance comes only from the engine's
keyed noise: ``model.random`` and ``model.rng`` are Mesa's, for shuffling what one looks at, and using
them changes nothing in the world.
"""

from __future__ import annotations

import copyreg
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
from mesa import Agent, DataCollector, Model
from mesa.agent import AgentSet
from mesa.discrete_space import Cell, OrthogonalMooreGrid, PropertyLayer
from numpy.typing import NDArray

from sim import faces, garbage, places
from sim.agents import View
from sim.errors import ConfigError, said, unknown
from sim.parameters import Value, check_all, specs
from sim.rules import desks
from sim.scenario import parse
from sim.schedule import world_specs
from sim.worlds import Recipe, Worlds

V = TypeVar("V", bound=View)
T = TypeVar("T")

WEEK = 7


class GovernanceModel(Model):
    """One world as a Mesa model.

    Attributes:
        face: what of the place is shown, see `sim.faces`: kinds of agent, what stands on the grid, its layers.
        world: the engine's `Worlds`, with this one world (``world.n == 1``).
        grid: an `OrthogonalMooreGrid`; buildings of compounds, yards of villages, camps and sites of pastures occupy
            its cells. Layers that stay: ``settlement`` (row of the compound, village or sumu, -1 outside),
            ``land_use`` (`sim.space.LAND_USE`), ``travel_cost`` (minutes to cross, of pastures the time that a way
            takes over that on the open steppe) and more of villages and pastures; layers of the day, of compounds
            ``leaking`` (leaking roofs) and ``open_grievances`` (grievances still suffered).
        desk_rows: kind of desk (`sim.cases.Desk`) to the rows of these desks.
        datacollector: a row a day: row d is the state when day d begins, which is the state at the
            end of day d - 1; row 0 is the end of the burn-in.
    """

    _agents: dict[Agent, None]
    _agents_by_type: dict[type[Agent], AgentSet]
    _all_agents: AgentSet

    def __init__(
        self,
        *,
        place: str = "compound",
        scenario: Iterable[str] = (),
        structure: Mapping[str, Value] | None = None,
        parameters: Mapping[str, Value] | None = None,
        seed: int = 1,
        replication: int = 0,
        layout: int = 0,
        burn_in: int = 0,
        prior_draws: bool = False,
        rng: int | None = None,
    ) -> None:
        """Found a world, live its burn-in without mechanisms, and set the scenario up at day 0.

        Args:
            place: ``compound``, ``village`` or ``pasture``.
            scenario: words of `sim.scenario`, e.g. ``["formed_body", "yijiantiao"]``; none = baseline.
            structure: structural parameters; what is not given is as in a small world (`sim.faces.Face.small`), e.g.
                two compounds of about 100 flats.
            parameters: values of uncertain parameters by name; the rest keeps its default.
            seed: the experiment's seed, not negative.
            replication: which replication of it.
            layout: which layout of it.
            burn_in: days before day 0, whole weeks.
            prior_draws: draw the parameters that are not fixed from their priors, as studies do.
            rng: Mesa's newer name for the seed; if given, it takes the place of `seed`.

        Raises:
            ConfigError: an unknown place, word or parameter, a wrong type, a value out of range.
        """
        seed = _whole("seed", seed) if rng is None else _whole("rng", rng)
        if not isinstance(prior_draws, bool):
            raise ConfigError(f"prior_draws={said(prior_draws)} is not true or false")
        recipe = Recipe(
            place=place,
            structure=_structure(place, structure),
            fixed=_fixed(place, parameters),
            seed=seed,
            layout=_whole("layout", layout),
            replications=(_whole("replication", replication),),
            prior_draws=prior_draws,
            burn_in=_whole("burn_in", burn_in),
        )
        if recipe.burn_in % WEEK:
            raise ConfigError(f"burn_in={recipe.burn_in} is not a number of whole weeks, a multiple of {WEEK}")
        impossible = getattr(places.registry()[place], "impossible", None)
        wrong = impossible({**recipe.structure, **recipe.fixed}) if impossible else None
        if wrong:
            raise ConfigError(wrong)
        arrangement = parse("model", scenario)

        super().__init__(rng=seed)
        self.face = faces.of(place)
        before = Worlds(recipe)
        before.run(until=0)
        self.world = before.stack([arrangement])
        kind_of_desk = desks.kinds(self.world)
        self.desk_rows = {k: np.flatnonzero(kind_of_desk == k) for k in sorted(set(kind_of_desk.tolist()))}
        self._today: dict[Callable[[Worlds], Any], Any] = {}
        self._today_is = self.day
        self._views: dict[type[View], list[Any]] = {}
        self._seated: dict[type[View], NDArray[np.bool_]] = {}
        self._registered = False
        kinds = self.face.kinds
        ends = np.cumsum([1] + [self.world.layout.rows(kind.of) for kind in kinds]).tolist()
        self._first_id = dict(zip(kinds, ends, strict=False))
        self._next_id = ends[-1]
        self._stand: dict[type[View], NDArray[np.int64]] = {}
        with garbage.paused():
            self.grid = self._build_grid()
            self._paint()
        self.datacollector = DataCollector(model_reporters=dict(self.face.reporters))
        self.datacollector.collect(self)

    # -- time ---------------------------------------------------------------------------------

    @property
    def day(self) -> int:
        """Day about to be lived."""
        return self.world.day

    def step(self) -> None:
        """Live one day."""
        self.world.step()
        self._paint()
        self.datacollector.collect(self)

    def run(self, until: int) -> None:
        """Live until the given day begins."""
        while self.day < until:
            self.step()

    def today(self, compute: Callable[[Worlds], T]) -> T:
        """Return what a function makes of the world, worked out once a day however often it is asked for."""
        if self._today_is != self.day:
            self._today.clear()
            self._today_is = self.day
        if compute not in self._today:
            self._today[compute] = compute(self.world)
        found: T = self._today[compute]
        return found

    # -- space --------------------------------------------------------------------------------

    def _build_grid(self) -> OrthogonalMooreGrid:
        """Build the grid of the layout with its layers."""
        layout = self.world.layout
        size = (layout.width, layout.height)
        grid = OrthogonalMooreGrid(size, torus=False, capacity=None, random=self.random, cell_klass=_Cell)
        # Mesa notes the grid's class of cells, and with it the layers, for good; let go of it with the model.
        weakref.finalize(self, copyreg.dispatch_table.pop, grid.cell_klass, None).atexit = False
        still = {name: work_out(self.world) for name, work_out in self.face.still.items()}
        for name, data in (layout.layers | still).items():
            grid.add_property_layer(PropertyLayer.from_data(name, data))
        for name, count in self.face.daily.items():
            _, amount = count(self)
            grid.create_property_layer(name, default_value=amount.dtype.type(0), dtype=amount.dtype.type)
        return grid

    def _paint(self) -> None:
        """Bring who stands where, and the layers of the day, up to date, in place."""
        for kind, find in self.face.standing.items():
            self._move(kind, find(self.world))
        for name, count in self.face.daily.items():
            cells, amount = count(self)
            data = getattr(self.grid, name).data
            data[...] = 0
            some = np.flatnonzero(amount)
            np.add.at(data, tuple(cells[some].T), amount[some])

    def _move(self, kind: type[View], cells: NDArray[np.int64]) -> None:
        """Let agents of a kind whose cells have changed come, go or move."""
        before = self._stand.get(kind)
        if before is cells:
            return
        moved = np.flatnonzero((cells != (faces.AWAY if before is None else before)).any(axis=1))
        views = self.views(kind)
        old = np.full((len(moved), 2), faces.AWAY) if before is None else before[moved]
        for row, left, reached in zip(moved.tolist(), old.tolist(), cells[moved].tolist(), strict=True):
            if left[0] != faces.AWAY:
                self.grid[tuple(left)].remove_agent(views[row])
            if reached[0] != faces.AWAY:
                self.grid[tuple(reached)].add_agent(views[row])
        self._stand[kind] = cells

    # -- agents -------------------------------------------------------------------------------

    @property
    def agents(self) -> AgentSet:
        """All agents: views of households, of what they live in and of offices, and whatever the user has added."""
        self._register_views()
        return self._all_agents

    @property
    def agents_by_type(self) -> dict[type[Agent], AgentSet]:
        """Class of agents to the set of them."""
        self._register_views()
        return self._agents_by_type

    @property
    def agent_types(self) -> list[type[Agent]]:
        """Classes of agents."""
        return list(self.agents_by_type)

    def register_agent(self, agent: Agent) -> None:
        """Register an agent of the user's own class, numbered after the views.

        Mesa counts agents in a dictionary of the class that keeps every model alive; its entry is dropped.
        """
        Agent._ids.pop(self, None)
        agent.unique_id, self._next_id = self._next_id, self._next_id + 1
        super().register_agent(agent)

    def first_id(self, kind: type[View]) -> int:
        """Return the number of the first agent of a kind."""
        return self._first_id[kind]

    def views(self, kind: type[V]) -> list[V]:
        """Return the view of every row of a kind, made when first asked for; also of those not there today."""
        if kind not in self._views:
            with garbage.paused():
                self._views[kind] = kind.all_of(self)
        return self._views[kind]

    def _register_views(self) -> None:
        """Fill Mesa's own registers with all views at once; later, bodies, companies, campers ... come and go."""
        seated = {kind: there(self.world) for kind, there in self.face.there.items()}
        if not self._registered:
            with garbage.paused():
                sets = {kind: list(self.views(kind)) for kind in self.face.kinds}
                for kind, there in seated.items():
                    sets[kind] = [view for view in self.views(kind) if there[view.row]]
                everybody = [view for views in sets.values() for view in views]
                self._agents = dict.fromkeys([*everybody, *self._agents])
                self._all_agents = AgentSet(self._agents, random=self.random)
                by_type = {kind: AgentSet(views, random=self.random) for kind, views in sets.items()}
                self._agents_by_type = by_type | self._agents_by_type
            self._registered = True
        else:
            for kind, there in seated.items():
                rows = self.views(kind.listed_as())
                for row in np.flatnonzero(there != self._seated[kind]):
                    change = super().register_agent if there[row] else super().deregister_agent
                    change(rows[row])
        self._seated = seated


class _Cell(Cell):
    """A cell that keeps its neighbourhoods itself: Mesa's cache belongs to the class and keeps models alive."""

    def get_neighborhood(self, radius: int = 1, include_center: bool = False) -> Any:
        """Return the cells within a radius."""
        return Cell.get_neighborhood.__wrapped__(self, radius, include_center)

    def _neighborhood(self, radius: int = 1, include_center: bool = False) -> Any:
        kept = self.__dict__.setdefault("_kept", {})
        if (radius, include_center) not in kept:
            kept[radius, include_center] = Cell._neighborhood.__wrapped__(self, radius, include_center)
        return kept[radius, include_center]

    def _clear_cache(self) -> None:
        for name in ("_kept", "neighborhood"):
            self.__dict__.pop(name, None)


# -- what is asked for ----------------------------------------------------------------------------


def _whole(name: str, value: Any) -> int:
    """Return a whole number that is not negative, or say in one line what is wrong with it."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise ConfigError(f"{name}={said(value)} is not a whole number")
    if not 0 <= value < 2**63:
        raise ConfigError(f"{name}={value} is out of range [0, {2**63 - 1}]")
    return int(value)


def _structure(place: str, given: Mapping[str, Value] | None) -> dict[str, Value]:
    """Return the complete structural parameters of a place: what is given, else small, else the default."""
    if place not in places.registry():
        raise unknown("place", place, places.registry())
    if place not in faces.registry():
        raise ConfigError(f"place={place} has no agents to show; the Mesa face shows: {', '.join(faces.registry())}")
    known = specs(places.registry()[place].Structure, place)
    chosen = check_all(known, {**faces.of(place).small, **_named("structure", given)})
    return {name: chosen.get(name, spec.default) for name, spec in known.items()}


def _fixed(place: str, given: Mapping[str, Value] | None) -> dict[str, Value]:
    """Return the uncertain parameters that the user fixes."""
    known = {name: spec for name, spec in world_specs(place).items() if spec.kind != "structural"}
    return check_all(known, _named("parameters", given))


def _named(name: str, given: Mapping[str, Value] | None) -> Mapping[str, Value]:
    """Return values by name, none if nothing is given."""
    if given is not None and not isinstance(given, Mapping):
        raise ConfigError(f"{name}={given!r} is not a dictionary of values by name")
    return given or {}
