"""Villages and pastures on the Mesa face: the engine's numbers, apart from one another, gone when let go of."""

from __future__ import annotations

import copyreg
import gc
import weakref
from typing import Any

import numpy as np
import pytest

from sim import faces, places
from sim.agents import View
from sim.errors import ConfigError
from sim.model import GovernanceModel
from sim.parameters import specs
from sim.scenario import parse
from sim.schedule import world_specs
from sim.worlds import Recipe, Worlds
from tests.model.worlds import Visitor, assert_same, assert_state, state
from tests.test_pasture import LIVELY
from tests.test_pasture import SMALL as SUMUS
from tests.villages import EAGER, TINY

Words = tuple[str, ...]


def within(place: str, values: dict[str, float]) -> dict[str, float]:
    """The values, each moved into the range that a user may ask for."""
    known = world_specs(place)
    return {name: type(v)(min(max(v, known[name].low), known[name].high)) for name, v in values.items()}


GIVEN: dict[str, dict[str, Any]] = {
    "village": {"structure": TINY, "parameters": within("village", EAGER), "burn_in": 56},
    "pasture": {"structure": SUMUS, "parameters": within("pasture", LIVELY), "burn_in": 84},
}
SCENARIOS: dict[str, tuple[Words, ...]] = {
    "village": ((), ("village_alliance",), ("village_alliance", "village_alliance.authority=off")),
    "pasture": ((), ("mobile_mediation",), ("mobile_mediation", "mobile_mediation.coordination=off")),
}
CASES = [(place, scenario) for place, many in SCENARIOS.items() for scenario in many]
LAST = {place: many[1] for place, many in SCENARIOS.items()}
"""Of each place the scenario with everything on."""


def model(place: str, scenario: Words = (), **changes: Any) -> GovernanceModel:
    """A small, lively world of a place."""
    given = {"seed": 7, "layout": 1, "prior_draws": True} | GIVEN[place] | changes
    return GovernanceModel(place=place, scenario=scenario, **given)


def engine(place: str, scenarios: tuple[Words, ...], replications: tuple[int, ...]) -> Worlds:
    """The worlds of the study's engine at day 0: scenario by scenario, in each all replications."""
    known = {name: spec.default for name, spec in specs(places.registry()[place].Structure, place).items()}
    given = GIVEN[place]
    w = Worlds(
        Recipe(
            place, known | given["structure"], fixed=given["parameters"], seed=7, layout=1, replications=replications,
            burn_in=given["burn_in"],
        )
    )  # fmt: skip
    w.run(until=0)
    return w.stack([parse(f"scenario {k}", words) for k, words in enumerate(scenarios)])


@pytest.mark.parametrize(("place", "scenario"), CASES)
def test_is_the_engines_world_day_by_day(place: str, scenario: Words) -> None:
    m, w = model(place, scenario, replication=3), engine(place, (scenario,), (3,))
    assert_same(m.world, w)
    for day in range(1, 141):
        m.step()
        w.step()
        assert m.day == day
        if day < 8 or day % 7 in (0, 6):
            assert_same(m.world, w)
    happened = "birds_placed" if place == "village" else "settled"
    assert w.record[:, 0, w.series.index(happened)].sum() > 0


@pytest.mark.parametrize("place", GIVEN)
def test_is_its_world_in_a_crowd(place: str) -> None:
    replications = (5, 0, 2)
    crowd = engine(place, SCENARIOS[place], replications)
    models = {
        s * len(replications) + k: model(place, scenario, replication=replication)
        for s, scenario in enumerate(SCENARIOS[place])
        for k, replication in enumerate(replications)
    }
    for until in (0, 1, 30, 100):
        crowd.run(until)
        for k, m in models.items():
            m.run(until)
            assert_same(m.world, crowd, k)
    stock = "birds" if place == "village" else "unresolved"
    assert len({m.world.stock[stock][0] for m in models.values()}) > 3, "all worlds are alike"


@pytest.mark.parametrize("place", GIVEN)
def test_every_row_that_is_there_is_an_agent_with_its_own_number(place: str) -> None:
    m = model(place, LAST[place])
    m.run(until=200)
    face, w = m.face, m.world
    assert m.agent_types == list(face.kinds)
    for kind in face.kinds:
        found = m.agents_by_type[kind]
        there = face.there[kind](w) if kind in face.there else np.ones(w.layout.sizes[kind.of], dtype=bool)
        rows = [view.row for view in m.views(kind) if there[view.row]]
        assert sorted(found.get("row")) == rows
        assert {type(agent) for agent in found} <= {kind}
        assert all(m.views(kind.listed_as())[agent.row] is agent for agent in found)
    assert sum(len(found) for found in m.agents_by_type.values()) == len(m.agents)
    numbers = m.agents.get("unique_id")
    assert len(set(numbers)) == len(numbers)
    visitor = Visitor(m)
    assert visitor.unique_id > max(numbers)
    assert len(m.agents) == len(numbers) + 1


@pytest.mark.parametrize("place", GIVEN)
def test_every_attribute_can_be_read_and_none_written(place: str) -> None:
    m = model(place, LAST[place])
    m.run(until=120)
    before = state(m)
    for kind in m.face.kinds:
        shown = [name for name in dir(kind) if isinstance(getattr(kind, name), property)]
        for view in m.views(kind)[:40]:
            for name in shown:
                getattr(view, name)
                assert name in ("random", "rng", "unique_id") or getattr(kind, name).__doc__, f"{kind}.{name}"
            for name in ("cell", "anything", *shown):
                with pytest.raises(AttributeError, match=f"{kind.__name__}.{name} is read-only: agents are views"):
                    setattr(view, name, None)
            with pytest.raises(AttributeError, match="cannot be removed"):
                view.remove()
    assert_state(m, before)


@pytest.mark.parametrize("place", GIVEN)
def test_looking_and_shuffling_change_nothing(place: str) -> None:
    looked_at, alone = model(place, LAST[place]), model(place, LAST[place])
    home = looked_at.face.kinds[0]
    for _ in range(20):
        looked_at.random.random()
        looked_at.agents.shuffle_do("step")
        looked_at.agents.shuffle(inplace=True)
        looked_at.agents_by_type[home].get(["purse", "belief", "cell"])
        looked_at.step()
        alone.step()
    assert_same(looked_at.world, alone.world)


def test_live_models_of_different_places_share_nothing() -> None:
    village, pasture, compound = model("village", LAST["village"]), model("pasture"), GovernanceModel()
    before = [(m, state(m), len(m.agents)) for m in (pasture, compound)]
    for _ in range(40):
        village.step()
    for m, was, agents in before:
        assert_state(m, was)
        assert len(m.agents) == agents
        assert len(m.datacollector.get_model_vars_dataframe()) == 1
    was = state(village)
    pasture.step()
    compound.step()
    assert_state(village, was)


@pytest.mark.parametrize("place", GIVEN)
def test_a_deleted_model_is_collected(place: str) -> None:
    m = model(place, LAST[place])
    own = Visitor(m)
    homes = m.agents_by_type[m.face.kinds[0]]
    homes.shuffle_do("step")
    home = homes[0]
    assert len(home.cell.get_neighborhood(radius=2)) > len(home.cell.neighborhood) > 2
    m.step()
    assert type(home.cell) in copyreg.dispatch_table
    gone = [weakref.ref(thing) for thing in (m, m.world, m.grid, home, own, home.cell, type(home.cell))]
    del m, own, home, homes
    for _ in range(2):
        gc.collect()
    assert [ref() for ref in gone] == [None] * len(gone)


@pytest.mark.parametrize("place", GIVEN)
def test_agents_stand_where_the_grid_says(place: str) -> None:
    """On every day, also while herders move and campers and workers come and go."""
    m = model(place, LAST[place])
    for _ in range(25):
        standing = [view for kind in m.face.standing for view in m.views(kind) if view.cell is not None]
        assert sorted(view.unique_id for view in m.grid.agents) == sorted(view.unique_id for view in standing)
        assert all(view in view.cell.agents for view in standing)
        m.run(until=m.day + 8)


@pytest.mark.parametrize("place", GIVEN)
def test_a_row_is_the_state_at_the_beginning_of_its_day(place: str) -> None:
    m = model(place, LAST[place])
    arrays = {name: getattr(m.grid, name).data for name in (*m.world.layout.layers, *m.face.still, *m.face.daily)}
    still = {name: arrays[name].copy() for name in (*m.world.layout.layers, *m.face.still)}
    m.run(until=21)
    frame, w = m.datacollector.get_model_vars_dataframe(), m.world
    assert frame.shape == (22, len(m.face.reporters))
    assert frame["day"].tolist() == frame.index.tolist() == list(range(22))
    for name in set(w.stock) & set(frame):
        assert frame[name].tolist()[1:] == w.record[:, 0, w.series.index(name)].tolist()
    for name in set(w.flow) & set(frame):
        assert frame[name].tolist() == [0, *np.cumsum(w.record[:, 0, w.series.index(name)]).tolist()]
    for name, array in arrays.items():
        assert getattr(m.grid, name).data is array, "a layer was replaced, so whoever drew it sees an old day"
    for name, data in still.items():
        np.testing.assert_array_equal(arrays[name], data)


def test_every_kind_of_settlement_has_a_face() -> None:
    of_one_kind = {name for name, place in places.registry().items() if (name,) == place.SETTLEMENTS}
    assert set(faces.registry()) == of_one_kind
    kinds = [kind for place in faces.registry() for kind in faces.of(place).kinds]
    assert all(issubclass(kind, View) and kind.__doc__ for kind in kinds)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"place": "village", "scenario": ["yijiantiao"]},
            "'yijiantiao' does not apply in a village; it does in: comp",
        ),
        ({"place": "pasture", "scenario": ["village_alliance"]}, "'village_alliance' does not apply in a pasture"),
        ({"place": "village", "structure": {"villages": 1}, "scenario": ["village_alliance"]}, "has only one"),
        ({"place": "village", "structure": {"compounds": 1}}, "no setting called 'compounds'; have: around"),
        ({"place": "pasture", "parameters": {"flock": 100.0}}, "no setting called 'flock'"),
        ({"place": "pastures"}, "unknown place 'pastures'; did you mean 'pasture'?"),
    ],
)
def test_a_mistake_has_one_line(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        GovernanceModel(**arguments)
    assert "\n" not in str(caught.value)
